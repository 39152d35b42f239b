"""Special rules of registers that are off by default: numbers in order, grades by post, sheets that lodge."""

import random
from collections import defaultdict

import pytest
from shipped_world import Village

from hsdesk.forms.session import Session
from hsdesk.forms.views import Finding

PLACE = "341021101204"


@pytest.fixture(scope="module")
def filled() -> Village:
    village = Village(PLACE)
    village.add_demo()
    return village


def proof(day: str, **more: object) -> dict[str, object]:
    return {"issued_on": day, "applicant": "胡样例", "item_text": "居住情况说明", "to_unit": "学校"} | more


def finding(session: Session, path: str) -> Finding | None:
    return next((each for each in session.validate() if each.path == path), None)


def test_certificates_are_numbered_in_the_order_they_are_issued_in_each_year() -> None:
    village = Village(PLACE)
    days = ["2025-12-30", "2026-01-06", "2026-01-06", "2025-12-31", "2026-11-20"]
    given = [village.add("certificate", proof(day)).node("number").value for day in days]
    assert given == ["〔2025〕001号", "〔2026〕001号", "〔2026〕002号", "〔2025〕002号", "〔2026〕003号"]


def test_each_year_has_every_number_once_however_the_years_are_mixed() -> None:
    village, dice, by_year = Village(PLACE), random.Random(13), defaultdict(list)
    for _ in range(30):
        year = dice.choice(["2024", "2025", "2026"])
        session = village.add("certificate", proof(f"{year}-0{dice.randint(1, 9)}-15"))
        by_year[year].append(session.node("seq").value)
    for numbers in by_year.values():
        assert numbers == list(range(1, len(numbers) + 1))
    assert village.findings == []


def test_a_void_certificate_keeps_its_number() -> None:
    village = Village(PLACE)
    village.add("certificate", proof("2026-01-06", state="2", void_on="2026-01-07", void_reason="写错"))
    assert village.add("certificate", proof("2026-01-08")).node("seq").value == 2


def test_two_computers_that_numbered_alike_are_told_so() -> None:
    village = Village(PLACE)
    village.add("certificate", proof("2026-01-06"))
    session = village.session("certificate", "second", proof("2026-01-06", seq=1))
    found = finding(session, "seq")
    assert found and found.severity == "error" and "顺序号" in found.message
    session.answer("issued_on", "2026-01-07")  # the next free number of that year
    assert session.node("seq").value == 2
    assert finding(session, "seq") is None


def test_another_day_of_the_same_year_leaves_a_number_as_it_is() -> None:
    village = Village(PLACE)
    for _ in range(3):
        village.add("certificate", proof("2026-01-06"))
    session = village.session("certificate", f"{PLACE}-certificate-1", proof("2026-01-06", seq=1))
    session.answer("issued_on", "2026-01-05")
    assert session.node("seq").value == 1


def test_a_certificate_takes_what_was_written_when_the_seal_was_used() -> None:
    village = Village(PLACE)
    village.add(
        "seal_use",
        {"applicant": "吴样例", "item_text": "困难情况说明", "to_unit": "县医院", "approved_by": "江样例"},
    )
    session = village.session("certificate", "new")
    session.answer("seal_use", village.rows["seal_use"][0]["_id"])
    told = [session.node(key).value for key in ("applicant", "item_text", "to_unit")]
    assert told == ["吴样例", "困难情况说明", "县医院"]


@pytest.mark.parametrize(("post", "grades"), [("1", (7, 18)), ("2", (4, 15)), ("3", (1, 12))])
def test_a_post_has_the_grades_that_the_list_gives_it(filled: Village, post: str, grades: tuple[int, int]):
    session = filled.session("worker_grade", "new")
    session.answer("post", post)
    offered = [int(choice.value) for choice in session.node("grade").choices]
    assert offered == list(range(grades[0], grades[1] + 1))


def test_a_chief_post_for_somebody_who_is_no_chief_is_asked_about(filled: Village) -> None:
    session = filled.session("worker_grade", "new")
    session.answer("worker", worker(filled, "罗学文"))
    session.answer("post", "1")
    found = finding(session, "post")
    assert found and found.severity == "warn"
    session.answer("worker", worker(filled, "江雅琴"))
    assert finding(session, "post") is None


def test_a_second_grade_for_somebody_asks_for_the_end_of_the_first() -> None:
    village = Village(PLACE)
    village.add_demo()
    given = {"worker": worker(village, "罗学文"), "post": "3", "grade": "5", "effective_on": "2026-01-01"}
    village.add("worker_grade", {**given, "worker": "罗学文"})
    second = given | {"grade": "6", "effective_on": "2029-01-01"}
    found = finding(village.session("worker_grade", "second", second), "effective_on")
    assert found and found.severity == "warn" and "终止" in found.message
    village.rows["worker_grade"][0]["ended_on"] = "2028-12-31"
    assert finding(village.session("worker_grade", "second", second), "effective_on") is None


def test_a_granted_request_is_asked_about_until_it_is_in_the_list() -> None:
    village = Village(PLACE)
    village.add("access_item", {"item": "充电点登记", "access_kind": "3", "dept": "应急", "fund": 1200})
    given = {"decision": "2", "decided_on": "2026-03-05", "doc_no": "样例〔2026〕1号"}
    session = village.session("access_request", "new", given)
    assert finding(session, "doc_no")
    session.answer("listed", village.rows["access_item"][0]["_id"])
    assert finding(session, "doc_no") is None


def worker(village: Village, name: str) -> str:
    return next(row["_id"] for row in village.rows["worker"] if row["name"] == name)


def test_a_granted_change_is_asked_about_until_the_organization_is_changed() -> None:
    village = Village(PLACE)
    village.add_demo()
    organization = village.rows["social_org"][0]
    session = village.session("org_change", "new")
    session.answer("org", organization["_id"])
    session.answer("item", "2")
    assert session.node("before").value == organization["leader"] == "洪静怡"
    session.answer("after", "王翠英")
    session.answer("decision", "2")
    session.answer("approved_on", "2026-06-02")
    found = finding(session, "approved_on")
    assert found and found.severity == "warn" and "台账" in found.message
    organization["leader"] = "王翠英"
    changed = village.session("org_change", "new", session.answers())
    assert finding(changed, "approved_on") is None
    organization["leader"] = "凌素琴"  # changed once more, by a later sheet
    later = village.session("org_change", "new", session.answers())
    assert finding(later, "approved_on") is None


def test_a_granted_filing_or_cancellation_is_asked_about_until_the_organization_says_so() -> None:
    village = Village(PLACE)
    village.add_demo()
    organization = village.rows["social_org"][0]
    given = {"org": organization["_id"], "decision": "2"}
    filing = {**given, "filed_on": "2026-06-02", "filing_no": "深渡社备〔2026〕009号"}
    gone = {**given, "cancelled_on": "2026-07-01"}

    def told(register: str, answers: dict[str, str], path: str) -> bool:
        return finding(village.session(register, "new", answers), path) is not None

    assert told("org_filing", filing, "filed_on")
    organization["filed_on"] = "2026-06-02"
    assert not told("org_filing", filing, "filed_on")
    assert told("org_filing", filing, "filing_no")
    organization["org_code"] = "深渡社备〔2026〕009号"
    assert not told("org_filing", filing, "filing_no")
    assert told("org_cancel", gone, "cancelled_on")
    organization |= {"reg_status": "9", "cancelled_on": "2026-07-01"}
    assert not told("org_cancel", gone, "cancelled_on")
