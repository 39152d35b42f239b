"""Rules of the shipped forms that reach into other registers or rosters."""

from shipped_world import Village

RURAL = "341021101204"


def broken(session, path: str) -> str:
    """Return the severity of the rule an answer breaks, "" for none."""
    return next((found.severity for found in session.validate() if found.path == path), "")


def test_a_minor_needs_a_guardian():
    session = Village(RURAL).session("volunteer", "v")
    session.answer("birth_ym", "2010-01")
    assert session.node("guardian").required
    session.answer("birth_ym", "1980-01")
    assert not session.node("guardian").relevant


def test_hours_of_service_fit_their_activity_and_add_up():
    village = Village(RURAL)
    village.add(
        "volunteer", {"name": "汪某某", "phone": "13900000001", "reg_on": "2020-01-01", "birth_ym": "1980-01"}
    )
    times = {"start_at": "2026-11-01T08:00:00", "end_at": "2026-11-01T10:00:00"}
    village.add("vol_activity", {"title": "清洁", "field": "4", "organizer": "村", "sw_led": "0", **times})
    activity = village.rows["vol_activity"][0]["_id"]
    session = village.session("vol_record", "r")
    session.answer("activity", activity)
    for hours, severity in ((2.0, ""), (2.5, "warn"), (1.3, "warn"), (0.5, "")):
        session.answer("hours", hours)
        assert broken(session, "hours") == severity
    village.add("vol_record", {"volunteer": "汪某某", "activity": activity, "hours": 2})
    volunteer = village.session("volunteer", village.rows["volunteer"][0]["_id"])
    assert volunteer.node("hours_total").value == 2


def test_points_of_a_household_are_what_it_got_less_what_it_spent():
    village = Village(RURAL)
    village.add("household", {"head_name": "程某", "group": "1组"})
    household = village.rows["household"][0]
    assert household["hh_code"] == "3410211012040001"
    village.add(
        "point_rule", {"code": "A1", "kind": "1", "item": "整洁", "points": 5, "valid_from": "2026-01-01"}
    )
    rule = village.rows["point_rule"][0]["_id"]
    entry = {"household": household["_id"], "rule": rule, "happened_on": "2026-11-01"}
    village.add("point_ledger", entry)
    assert float(village.rows["point_ledger"][0]["points"]) == 5
    assert village.session("household", household["_id"]).node("balance").value == 5
    session = village.session("redeem", "d")
    session.answer("household", household["_id"])
    session.answer("cost_points", 6)
    assert broken(session, "cost_points") == "warn"
    session.answer("cost_points", 5)
    assert broken(session, "cost_points") == ""


def test_a_committee_is_complete_with_a_chair_enough_members_and_a_running_term():
    village = Village(RURAL)
    body = {"body_type": "3", "name": "监委会", "manner": "2", "chair": "汪某", "members_n": 3}
    body |= {"chair_in_village_committee": "0"}
    village.add("self_gov_body", body | {"set_on": "2023-03-18"})
    village.add("self_gov_body", body | {"set_on": "2021-03-18"})
    village.add("self_gov_body", body | {"set_on": "2023-03-18", "members_n": 2})
    assert [row["complete"] for row in village.rows["self_gov_body"]] == ["1", "0", "0"]


def test_services_of_this_year_are_counted():
    session = Village(RURAL).session("member_checkin", "c")
    for day, hours in (("2026-03-01", 2.5), ("2025-03-01", 4.0), ("2026-05-01", 1.0)):
        row = session.add_row("services").row
        session.answer(f"services/{row}/service_on", day)
        session.answer(f"services/{row}/hours", hours)
    assert session.node("times_year").value == 2
    assert session.node("hours_year").value == 3.5


def test_an_evaluation_adds_up_to_a_grade():
    session = Village(RURAL).session("project_eval", "e")
    for part, score in {"plan": 18, "output": 27, "effect": 25, "fund": 9, "satis": 8}.items():
        session.answer(f"score_{part}", score)
    assert (session.node("score").value, session.node("grade").value) == (87, "良")
    session.answer("score_plan", 10)
    assert session.node("grade").value == "合格"


def test_no_more_members_hold_a_post_than_it_has():
    session = Village(RURAL).session("post", "p")
    session.answer("quota", 2)
    session.answer("holders", ("a", "b"))
    assert session.node("vacancy").value == 0
    session.answer("holders", ("a", "b", "c"))
    assert broken(session, "holders") == "error"


def test_nobody_joins_the_party_before_eighteen():
    session = Village(RURAL).session("party_member", "m")
    session.answer("birth_ym", "2000-05")
    session.answer("joined_on", "2018-04-30")
    assert broken(session, "joined_on") == "error"
    session.answer("joined_on", "2018-05-01")
    assert broken(session, "joined_on") == ""


def test_a_certificate_makes_a_social_worker_and_asks_for_its_number():
    session = Village(RURAL).session("worker", "w")
    session.answer("sw_cert", "1")
    assert session.node("is_sw").value == "1"
    assert session.node("cert_no").required
    assert session.node("sw_basis").required


def test_brackets_of_a_document_number_may_be_of_any_kind():
    session = Village(RURAL).session("policy_doc", "d")
    for number in ("黄民基〔2020〕7号", "黄民基[2020]7号", "黄民基(2020)7号", "黄民基【2020】7号"):
        session.answer("doc_no", number)
        assert broken(session, "doc_no") == "", number
    session.answer("doc_no", "黄民基2020年7号")
    assert broken(session, "doc_no") == "error"


def test_a_smart_community_shows_its_six_parts():
    session = Village(RURAL).session("pilot", "p")
    assert not session.node("c4_1").relevant
    session.answer("pilot_kind", "1")
    assert session.node("c4_1").relevant
    assert session.node("due_on").value == "2026-12-31"


def test_posts_a_member_holds_come_from_the_posts():
    village = Village(RURAL)
    village.add_demo()
    member = village.rows["party_member"][0]["_id"]
    village.add("post", {"post_kind": "4", "post_name": "环境监督岗", "duty": "巡查", "holders": [member]})
    assert village.session("party_member", member).node("posts").value == "环境监督岗"
    last = {"post_name": "去年的岗", "year": 2025, "holders": [member]}
    village.add("post", {"post_kind": "4", "duty": "巡查", **last})
    assert village.session("party_member", member).node("posts").value == "环境监督岗"
