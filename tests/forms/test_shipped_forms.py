import csv

import pytest
from shipped_world import DEMO_PLACES, Village, shipped

from hsdesk.forms.codelists import code_lists, shipped_list
from hsdesk.forms.compiler import check_file, compile_file
from hsdesk.forms.schema import class_of, questions, repeats
from hsdesk.forms.types import type_of
from hsdesk.model.resource import resource_dir

FOLDER = resource_dir() / "forms"
with (FOLDER / "index.csv").open(encoding="utf-8", newline="") as lines:
    INDEX = {row["form_id"]: row for row in csv.DictReader(lines)}
DICTIONARY = {form_id: row for form_id, row in INDEX.items() if row["open"] != "off"}  # its 40; packs go on
PARTY = {"party_org", "party_member", "member_checkin", "pledge", "post"}


def test_there_are_forty_forms_in_eight_groups_and_the_core_is_open():
    assert len(DICTIONARY) == 40
    assert len({row["group"] for row in DICTIONARY.values()}) == 8
    core = {row["number"].rstrip("ab") for row in INDEX.values() if row["open"] == "1"}
    assert core == {"F01", "F03", "F04", "F05", "F06", "F10", "F13", "F15", "F16", "F17", "F20", "F25"}


def test_all_474_answers_of_the_dictionary_are_asked():
    """The days since and until which another answer holds are that answer's, not the dictionary's."""
    asked = sum(
        sum(not (question.hs.since or question.hs.until) for question in questions(shipped(form_id).children))
        + len(tuple(repeats(shipped(form_id).children)))
        for form_id in DICTIONARY
    )
    # 走访人(党员), 属于禁止开具的证明 and 事项名称属于禁止开具: needed by the dictionary, not listed there
    # 近亲属回避 (the law of 2026), and who issued, decided or awarded (民政部门 beside 党委社会工作部)
    # 上级任务 and 已分解任务数 (tasks broken down); 组团团队名称, 走访人身份 and 走访人(其他) (visits)
    # 类别(五类活动): the five activities of 民发〔2017〕191号 beside the kinds of the policy
    # 年度, 设岗党组织, 群众/支部评议, 评议日期 and 评议意见 of a post, which is set anew each year
    # 报到单位 of who reported, by reference
    assert asked == 474 + 3 + 4 + 2 + 1 + 3 + 5 + 1


@pytest.mark.parametrize("form_id", INDEX)
def test_a_form_compiles_without_a_problem_and_says_what_the_index_says(form_id: str):
    row = INDEX[form_id]
    assert check_file(FOLDER / row["file"]) == ()
    form = compile_file(FOLDER / row["file"])
    said = (form.form_id, form.number, form.title, form.cls, " ".join(form.levels), form.publish)
    assert said == tuple(row[key] for key in ("form_id", "number", "title", "class", "level", "publish"))
    assert form == shipped(form_id)


@pytest.mark.parametrize("form_id", INDEX)
def test_every_list_and_register_that_a_form_asks_is_there(form_id: str):
    for question in questions(shipped(form_id).children, into_repeats=True):
        if question.reference:
            assert question.reference in INDEX or question.reference == "places"
        elif question.type.startswith("select"):
            assert shipped_list(question.list_name), question.list_name


def test_every_code_of_a_list_has_a_cell_for_each_column_and_no_more():
    for path in (resource_dir() / "codelists").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            assert len({len(row) for row in csv.reader(lines)}) == 1, path.name


def test_no_list_has_the_name_of_a_register():
    assert not code_lists() & INDEX.keys()  # instance('x') would be the list


@pytest.mark.parametrize("form_id", INDEX)
def test_every_answer_has_a_label_and_every_rule_a_message_in_chinese(form_id: str):
    for question in questions(shipped(form_id).children, into_repeats=True):
        assert question.label.plain() or not type_of(question).is_shown
        assert bool(question.constraint) == bool(question.constraint_message.plain())
        assert bool(question.required) == bool(question.required_message.plain())


@pytest.mark.parametrize("form_id", INDEX)
def test_references_to_party_registers_are_in_the_party_class(form_id: str):
    form = shipped(form_id)
    for question in questions(form.children, into_repeats=True):
        if question.reference in PARTY:
            assert class_of(form, question) in ("party", "personal")


def test_a_ledger_is_append_only_and_the_profile_is_single():
    assert {form_id: shipped(form_id).kind for form_id in INDEX if shipped(form_id).kind != "register"} == {
        "point_ledger": "ledger",
        "community": "single",
    }


@pytest.mark.parametrize("form_id", INDEX)
def test_a_form_opens_and_says_what_is_missing(form_id: str):
    session = Village("341021101204").session(form_id, "new")
    rules = {finding.rule for finding in session.validate()}
    assert rules <= {"required"}, session.validate()


@pytest.mark.parametrize("code", DEMO_PLACES)
def test_the_sample_records_meet_every_rule(code: str):
    village = Village(code)
    village.add_demo()
    assert village.findings == []


def test_a_new_profile_knows_its_place():
    session = Village("341021101204").session("community", "new")
    known = {
        key: session.node(key).value
        for key in ("community_code", "community_kind", "full_name", "report_period")
    }
    assert known == {
        "community_code": "341021101204",
        "community_kind": "N",
        "full_name": "定潭村村民委员会",
        "report_period": "2025-12-31",
    }


def test_only_villages_are_asked_about_fields():
    session = Village("341002001001").session("community", "new")
    assert not session.node("cultivated_mu").relevant
    session.answer("community_kind", "N")
    assert session.node("cultivated_mu").relevant


def finding(session, path: str):
    return next((each for each in session.validate() if each.path == path), None)


def test_a_part_greater_than_its_whole_must_be_changed():
    session = Village("341021101204").session("community", "new")
    session.answer("pop_registered", 100)
    session.answer("pop_female", 101)
    found = finding(session, "pop_female")
    assert (found.rule, found.severity) == ("constraint", "error")


def test_an_unlikely_figure_is_only_asked_about():
    session = Village("341021101204").session("community", "new")
    session.answer("hh_registered", 20000)
    assert finding(session, "hh_registered").severity == "warn"


def test_a_grid_numbers_itself_after_those_that_are_there():
    village = Village("341021101204")
    village.add_demo()
    assert village.session("grid", "new").node("grid_code").value == "341021101204005"


def test_a_grid_asks_for_its_party_organization_only_where_there_is_one():
    session = Village("341021101204").session("grid", "new")
    assert not session.node("party_org").relevant
    session.answer("party_form", "2")
    assert session.node("party_org").required
    session.answer("party_form", "3")
    assert not session.node("party_org").relevant
    assert session.node("party_leader").required


def test_only_grid_leaders_can_lead_a_grid():
    village = Village("341021101204")
    village.add_demo()
    choices = village.session("grid", "new").node("grid_leader").choices
    assert len(choices) == 4  # three of the seven are 微网格长


def test_a_grid_is_fused_with_a_party_group_and_a_leader():
    village = Village("341021101204")
    village.add_demo()
    session = village.session("grid", "new")
    session.answer("party_form", "1")
    assert session.node("fused").value == "0"
    session.answer("grid_leader", village.rows["grid_staff"][0]["_id"])
    assert session.node("fused").value == "1"


def test_an_organization_asks_by_its_state():
    session = Village("341021101204").session("social_org", "new")
    assert session.node("filed_on").relevant
    assert session.node("org_code").relevant
    session.answer("reg_status", "4")
    assert not session.node("filed_on").relevant
    session.answer("reg_status", "1")
    session.answer("reg_type", "52")
    assert session.node("uscc").required
    session.answer("reg_status", "9")
    assert session.node("cancelled_on").required


def test_an_organization_that_does_not_count_is_asked_about():
    session = Village("341021101204").session("social_org", "new")
    session.answer("org_name", "金桥小区业主委员会")
    assert finding(session, "org_name").severity == "warn"


def test_filing_before_founding_must_be_changed():
    session = Village("341021101204").session("social_org", "new")
    session.answer("founded_on", "2020-05-01")
    session.answer("filed_on", "2020-04-30")
    assert finding(session, "filed_on").severity == "error"


def test_members_of_an_organization_are_rows():
    session = Village("341021101204").session("social_org", "new")
    row = session.add_row("members").row
    session.answer(f"members/{row}/name", "汪小明")
    session.answer(f"members/{row}/political", "01")
    assert session.answers()[f"members/{row}/political"] == "01"
    roster = next(repeats(shipped("social_org").children))
    classes = {
        question.key: class_of(shipped("social_org"), question) for question in questions(roster.children)
    }
    assert classes["political"] == "personal"
    assert classes["name"] == "common"


def test_a_category_brings_its_other_code_and_may_be_changed():
    session = Village("341021101204").session("social_org", "new")
    session.answer("category", "1")
    assert session.node("category_mca").value == "3"
    session.answer("category_mca", "2")
    assert session.node("category_mca").value == "2"


def test_the_five_kinds_come_from_the_list_of_the_four_and_may_be_changed():
    session = Village("341021101204").session("social_org", "new")
    four, five = shipped_list("org_category") or (), shipped_list("org_category5") or ()
    for choice in four:
        session.answer("category", choice.value)
        assert session.node("category5").value == choice.extra["kind5"]
    assert {choice.extra["kind5"] for choice in four} <= {choice.value for choice in five}
    session.answer("category5", "5")
    assert session.node("category5").value == "5"


def test_sex_and_birth_come_from_an_identity_number():
    session = Village("341021101204").session("grid_staff", "new")
    session.answer("id_no", "34102119650212001X")
    assert session.node("gender").value == "1"
    assert session.node("birth_ym").value == "1965-02"
    session.answer("id_no", "341021196502120019")
    assert finding(session, "id_no").severity == "error"


def test_votes_cannot_exceed_those_present():
    session = Village("341021101204").session("deliberation", "new")
    session.answer("meeting_type", "2")
    session.answer("real_n", 20)
    session.answer("agree_n", 18)
    assert finding(session, "agree_n") is None
    session.answer("against_n", 3)
    assert finding(session, "agree_n").severity == "error"


def test_a_forbidden_proof_is_warned_about_and_needs_a_reason():
    village = Village("341021101204")
    village.add(
        "access_item",
        {"item": "亲属关系证明", "access_kind": "5", "dept": "公安派出所", "forbidden_code": "01"},
    )
    session = village.session("seal_use", "new")
    assert not session.node("reason").relevant
    session.answer("item", village.rows["access_item"][0]["_id"])
    assert finding(session, "item").severity == "warn"
    assert session.node("reason").required


FORBIDDEN = [
    "未婚证明", "亲戚证明", "（亲戚）的　证明", "没有 犯罪记录 的证明", "兄弟关系说明", "某某去世证明",
    "身份证丢失的证明", "无业人员证明",
    "房屋产权证明", "养狗登记证明", "同一人证明", "婚姻 状况，证明",
]  # fmt: skip
ALLOWED = [
    "困难补助申请",
    "残疾人补贴申请表",
    "失业登记表",
    "居住情况说明",
    "疾病应急救助申请",
    "继承红色基因活动用章",
    "死亡殡葬补贴申请表",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_a_forbidden_proof_by_another_name_is_noticed_and_needs_a_reason(text: str):
    session = Village("341021101204").session("seal_use", "new")
    session.answer("item_text", text)
    assert session.node("forbidden_hit").value == "1"
    assert finding(session, "item_text").severity == "warn"
    assert "请咨询主管部门" in finding(session, "item_text").message
    assert session.node("reason").required


@pytest.mark.parametrize("text", ALLOWED)
def test_an_application_that_sounds_alike_is_no_forbidden_proof(text: str):
    session = Village("341021101204").session("seal_use", "new")
    session.answer("item_text", text)
    assert session.node("forbidden_hit").value == "0"
    assert finding(session, "item_text") is None
    assert not session.node("reason").relevant


def test_every_forbidden_proof_is_known_by_its_name_and_by_other_words():
    codes = {choice.value: choice.label.plain() for choice in shipped_list("proof_forbidden_2020") or ()}
    words = shipped_list("proof_synonyms") or ()
    assert {choice.extra["code"] for choice in words} == set(codes)
    for name in codes.values():
        session = Village("341021101204").session("seal_use", "new")
        session.answer("item_text", name)
        assert session.node("forbidden_hit").value == "1", name


def test_the_reason_is_asked_for_right_after_the_proof():
    keys = [question.key for question in questions(shipped("seal_use").children)]
    between = keys[keys.index("item_text") + 1 : keys.index("reason")]
    assert between == ["forbidden_text", "forbidden_hit"]  # both computed


def test_points_come_from_the_rule_and_a_change_needs_a_word():
    village = Village("341021101204")
    village.add(
        "point_rule",
        {"code": "A1", "kind": "1", "item": "房前屋后整洁", "points": 5, "valid_from": "2026-01-01"},
    )
    session = village.session("point_ledger", "new")
    session.answer("rule", village.rows["point_rule"][0]["_id"])
    assert session.node("points").value == 5
    assert not session.node("remark").relevant
    session.answer("points", 8)
    assert session.node("remark").required
