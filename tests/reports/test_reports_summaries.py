from datetime import date

import pytest
from registers_world import Memory
from shipped_world import DEMO_PLACES, DIRECTORY, Village, shipped

from hsdesk.errors import DataError, UsageError
from hsdesk.forms.schema import questions
from hsdesk.model.asked_day import today_is
from hsdesk.reports.content import SAMPLE_NOTE, Card, Signature, Table
from hsdesk.reports.definitions import definition_named, definitions, read_definition
from hsdesk.reports.letters import names_in
from hsdesk.reports.signing import Occasion, legal_name
from hsdesk.reports.summaries import build, heading
from hsdesk.reports.whole_register import plain_roster

TODAY = date(2026, 11, 22)
RURAL = DIRECTORY.by_code(DEMO_PLACES[0])


@pytest.fixture(scope="module")
def registers() -> Memory:
    village = Village(RURAL.code)
    village.add_demo()
    return Memory(village.values)


def made(registers: Memory, name: str, **more):
    occasion = Occasion(places=(RURAL.id,), unit=RURAL.id, asked=today_is(TODAY), person="汪丽", **more)
    return build(definition_named(name), registers, occasion)


def test_the_card_shows_the_whole_profile(registers: Memory):
    (summary,) = made(registers, "社区(村)基本情况表")
    assert (summary.paper, summary.remark) == ("portrait", "统计截止日期:2025年12月31日")
    (card,) = summary.blocks
    assert isinstance(card, Card)
    labels = [item.label for section in card.sections for item in section.items]
    elsewhere = {"report_period", "filled_by"}  # above the card and in the signature line
    asked = [q for q in questions(shipped("community").children) if q.key not in elsewhere]
    assert labels == [heading(q) for q in asked if q.hs.print != "no"]
    shown = {item.label: item.value for section in card.sections for item in section.items}
    assert shown["社区类型"] == "农村社区(村委会)"
    (community,) = registers.records("community", (RURAL.id,))
    head = community.values["legal_rep"]
    assert shown["法定代表人"] == registers.title_of("worker", head)


def test_the_card_is_signed_by_the_legal_person(registers: Memory):
    (summary,) = made(registers, "F01")
    assert summary.signature == Signature(unit="定潭村村民委员会", filled_by="汪丽")


def test_the_roster_has_the_columns_of_the_dictionary_in_order(registers: Memory):
    (summary,) = made(registers, "社区社会组织花名册")
    (table,) = summary.blocks
    assert isinstance(table, Table)
    assert summary.paper == "landscape"
    wanted = (
        "序号 村(社区) 组织名称 类别 登记/备案 编号/信用代码 负责人 电话 成员数 成立日期 业务范围 是否枢纽"
    )
    assert " ".join(column.heading[0] for column in table.columns) == wanted


def test_the_roster_has_a_row_for_each_organization_and_a_total(registers: Memory):
    (summary,) = made(registers, "social_org_roster")
    table = summary.blocks[0]
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [str(number) for number in range(1, 7)]
    assert {row[1] for row in table.rows} == {"定潭村"}
    assert "深渡社备〔2020〕001号" in {row[5] for row in table.rows}
    assert table.totals[0] == "合计"
    assert table.totals[8] == str(sum(int(row[8]) for row in table.rows)) == "136"


def test_invented_data_says_so(registers: Memory):
    assert made(registers, "F10", is_sample=True)[0].note == SAMPLE_NOTE
    assert made(registers, "F10")[0].note == ""


def test_a_card_for_each_organization_has_its_members_and_room_for_seals(registers: Memory):
    summaries = made(registers, "社区社会组织备案登记表")
    assert len(summaries) == 5  # not the one that was cancelled
    card, members = summaries[0].blocks
    assert isinstance(card, Card)
    assert isinstance(members, Table)
    assert [(item.label, item.opinion) for item in card.sections[-1].items] == [
        ("村(社区)意见", True),
        ("乡镇(街道)意见", True),
    ]


def test_the_unit_is_named_by_the_profile_before_the_directory():
    profile = {"_id": "p", "_place": RURAL.id, "_title": "", "full_name": "深渡镇定潭村村民委员会"}
    assert legal_name(Memory({"community": [profile]}), RURAL) == "深渡镇定潭村村民委员会"
    assert legal_name(Memory({}), RURAL) == "定潭村村民委员会"


def test_what_is_not_held_cannot_be_printed_and_says_what_to_do():
    with pytest.raises(DataError, match="同步"):
        made(Memory({}), "F10")


def test_an_empty_profile_asks_to_be_filled_and_an_empty_roster_is_printed():
    with pytest.raises(DataError, match="录入"):
        made(Memory({"community": []}), "F01")
    (summary,) = made(Memory({"community": [], "social_org": []}), "F10")
    assert isinstance(summary.blocks[0], Table)
    assert summary.blocks[0].rows == ()


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UsageError, match="社区社会组织花名册"):
        definition_named("nothing")


@pytest.mark.parametrize("definition", definitions(), ids=lambda definition: definition.name)
def test_every_print_out_names_answers_that_exist(definition):
    form = shipped(definition.register)
    known = {question.key for question in questions(form.children)}
    used = {field for column in definition.columns for field in column.fields}
    used |= {*definition.wide, *definition.leave_out, *names_in(definition)}
    assert used <= known
    assert (definition.kind == "roster") == bool(definition.columns)


def test_a_damaged_definition_is_named(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text('name = "x"\nsurprise = 1\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"broken\.toml"):
        read_definition(path)


def test_a_register_is_exported_with_every_answer(registers: Memory):
    summary = plain_roster("grid_staff", registers, Occasion((RURAL.id,), RURAL.id, today_is(TODAY)))
    table = summary.blocks[0]
    assert isinstance(table, Table)
    assert len(table.columns) == 2 + 14
    assert len(table.rows) == 7


def test_sensitive_answers_are_masked_on_paper():
    staff = {"_id": "s", "_place": RURAL.id, "_title": "汪某", "name": "汪某", "id_no": "34102119650212001X"}
    held = Memory({"grid_staff": [staff], "community": []})
    summary = plain_roster("grid_staff", held, Occasion((RURAL.id,), RURAL.id, today_is(TODAY)))
    assert isinstance(summary.blocks[0], Table)
    assert "341021********001X" in summary.blocks[0].rows[0]
    assert "34102119650212001X" not in summary.blocks[0].rows[0]


def test_the_indicators_are_a_table_with_those_who_are_short(registers: Memory):
    (summary,) = made(registers, "考核指标达标情况表")
    table = summary.blocks[0]
    assert isinstance(table, Table)
    assert len(table.rows) == 42
    row = next(row for row in table.rows if row[0] == "I02")
    assert row[2:] == ("4", "1", "4家", "5家", "否", "1", "定潭村委会")
    said = {row[0]: row[4] for row in table.rows}
    assert (said["I01"], said["I07"], said["I14"]) == ("不适用", "本级不算", "此处不知")


def test_a_township_adds_its_villages_up_and_averages_stay_averages(registers: Memory):
    town = DIRECTORY.by_code("341021101")
    villages = tuple(place.id for place in DIRECTORY.village_level(town.id))
    occasion = Occasion(places=(town.id, *villages), unit=town.id, asked=today_is(TODAY))
    (summary,) = build(definition_named("社会组织季度汇总表"), registers, occasion)
    table = summary.blocks[0]
    assert isinstance(table, Table)
    assert len(table.rows) == 12
    row = next(row for row in table.rows if row[0] == "定潭村委会")
    assert row[1:4] == ("1", "4", "4")
    assert table.totals[:4] == ("合计", "12", "4", "0.33")
    assert len(table.columns) == 17 + 4  # the four kinds of the work points


def test_what_the_city_hands_down_is_sealed_by_the_city():
    city = next(place for place in DIRECTORY if place.level == "city")
    paper = {"_id": "p", "_place": city.id, "_title": "", "title": "意见"}
    task = {"_id": "t", "_place": city.id, "_title": "", "task_no": "1", "content": "甲"}
    held = Memory({"policy_doc": [paper], "task": [task], "task_progress": [], "community": []})
    occasion = Occasion((RURAL.id, city.id), RURAL.id, today_is(TODAY))
    (papers,) = build(definition_named("政策制定清单"), held, occasion)
    assert papers.signature and papers.signature.unit == papers.subtitle == city.name
