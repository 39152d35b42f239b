from datetime import date

import pytest
from registers_world import Memory, organization
from shipped_world import DEMO_PLACES, DIRECTORY, Village, shipped

from hsdesk.forms.duplicates import rules
from hsdesk.forms.schema import questions
from hsdesk.forms.types.columns import kinds_of
from hsdesk.language.rows import row_predicate
from hsdesk.reports.checks import BalanceCheck, RowCheck, UniqueCheck, checks, findings

TODAY = date(2026, 11, 22)
RURAL = DIRECTORY.by_code("341021101204")
NEXT = DIRECTORY.by_code("341021101205")
FAR = DIRECTORY.by_code("341002001001")


def found(rows, *places, today: date = TODAY):
    return {
        (finding.rule, finding.path, finding.record, finding.severity)
        for finding in findings(Memory(rows), [place.id for place in places or (RURAL,)], today)
    }


def record(number: int, place=RURAL, **answers):
    return {"_id": f"r{number}", "_place": place.id, "_title": f"第{number}条", **answers}


def test_every_check_reads_answers_that_exist():
    names = [check.id for check in checks()]
    assert len(names) == len(set(names)) > 25
    for check in checks():
        known = {question.key for question in questions(shipped(check.register).children)} | {""}
        match check:
            case RowCheck():
                assert check.path in known
                row_predicate(check.where, kinds_of(shipped(check.register)) | {"_code": "text"})
            case UniqueCheck():
                assert check.same in {rule.name for rule in rules(shipped(check.register))}
            case BalanceCheck():
                assert check.path in known


def test_two_organizations_of_one_name_are_asked_about_in_one_village_only():
    one = organization(RURAL.id, 1, org_name="老年协会(一)")
    same = organization(RURAL.id, 2, org_name="老年协会（一） ")
    other = organization(NEXT.id, 3, org_name="老年协会(一)")
    hits = found({"social_org": [one, same, other]}, RURAL, NEXT)
    assert {hit[2] for hit in hits if hit[0] == "unique"} == {one["_id"], same["_id"]}


def test_a_name_that_sounds_the_same_is_asked_about():
    one = organization(RURAL.id, 1, org_name="夕阳红艺术团")
    same = organization(RURAL.id, 2, org_name="夕阳虹艺术团")
    hits = found({"social_org": [one, same]})
    assert {hit[2] for hit in hits if hit[0] == "unique"} == {one["_id"], same["_id"]}


def test_a_meeting_typed_twice_is_asked_about_though_no_check_names_it():
    topics = [
        record(1, topic="道路硬化", held_on="2026-03-05"),
        record(2, topic="道路 硬化", held_on="2026-03-05"),
    ]
    hits = found({"deliberation": [*topics, record(3, topic="道路硬化", held_on="2026-06-05")]})
    assert {hit[2] for hit in hits if hit[0] == "unique"} == {"r1", "r2"}


def test_a_filing_number_may_not_come_twice_in_a_township():
    rows = [
        organization(RURAL.id, 1, org_code="深〔2020〕1号"),
        organization(NEXT.id, 2, org_code="深〔2020〕1号"),
        organization(FAR.id, 3, org_code="深〔2020〕1号"),
    ]
    hits = {hit[2] for hit in found({"social_org": rows}, RURAL, NEXT, FAR) if hit[1] == "org_code"}
    assert hits == {rows[0]["_id"], rows[1]["_id"]}


@pytest.mark.parametrize(
    ("expires", "reminded"), [("2027-01-21", True), ("2027-01-22", False), ("2026-01-01", True)]
)
def test_a_filing_is_remembered_sixty_days_before_it_ends(expires: str, reminded: bool):
    hits = found({"social_org": [organization(RURAL.id, 1, expire_on=expires)]})
    assert (("expiry", "expire_on", f"{RURAL.id}-1", "warn") in hits) == reminded


def test_a_grid_code_of_another_village_is_asked_about_and_a_double_one_must_be_changed():
    grids = [record(1, grid_code="341021101204001"), record(2, grid_code="341021101999001")]
    hits = found({"grid": [*grids, record(3, grid_code="341021101204001")]})
    assert ("row", "grid_code", "r2", "warn") in hits
    assert {hit[2] for hit in hits if hit[3] == "error"} == {"r1", "r3"}


@pytest.mark.parametrize(("households", "asked"), [(105, False), (106, True), (95, False), (94, True)])
def test_grids_should_hold_the_households_of_the_village(households: int, asked: bool):
    rows = {
        "grid": [
            record(1, households=households - 40, valid_from="2019-01-01"),
            record(2, households=40, valid_from="2019-01-01"),
        ],
        "community": [record(9, hh_registered=100, full_name="某村村民委员会")],
    }
    assert (("balance", "hh_registered", "r9", "warn") in found(rows)) == asked


def test_a_committee_has_as_many_rows_as_members():
    village = Village(RURAL.code)
    body = {
        "body_type": "1",
        "name": "村委会",
        "set_on": "2026-03-18",
        "manner": "1",
        "chair": "汪某",
        "women_n": 1,
    }
    village.add("self_gov_body", body | {"members_n": 4, "members": [{"name": "汪某"}, {"name": "程某"}]})
    hits = findings(Memory(village.values), [RURAL.id], TODAY)
    assert ("rows", "members") in {(hit.rule, hit.path) for hit in hits}


def test_a_finding_names_the_record_and_the_rule():
    (finding,) = findings(
        Memory({"social_org": [organization(RURAL.id, 1, expire_on="2026-12-01")]}), [RURAL.id], TODAY
    )
    assert finding.message.startswith("组织1:")


def test_what_is_not_held_is_passed_over():
    assert findings(Memory({}), [RURAL.id], TODAY) == ()


@pytest.mark.parametrize("code", DEMO_PLACES)
def test_nothing_in_the_sample_must_be_changed(code: str):
    village = Village(code)
    village.add_demo()
    hits = findings(Memory(village.values), [village.place.id], TODAY)
    assert {hit.severity for hit in hits} == {"warn"}
    assert {hit.rule for hit in hits} <= {"row", "expiry"}


@pytest.mark.parametrize(
    ("text", "hinted"),
    [
        ("汪某身份证34102119650212001X申请低保", True),
        ("汪某身份证３４１０２１１９６５０２１２００１Ｘ", True),
        ("联系电话13900000001", True),
        ("编号341021101204001的网格路灯不亮", False),
        ("备案号34102120191301001X", False),
        ("走访3户", False),
    ],
)
def test_numbers_of_persons_in_free_text_are_asked_about(text: str, hinted: bool):
    hits = found({"visit": [record(1, issue=text)]})
    assert (("privacy", "issue", "r1", "warn") in hits) == hinted


def test_a_telephone_number_belongs_in_its_own_answer():
    assert found({"social_org": [organization(RURAL.id, 1, leader_phone="13900000001")]}) == set()
