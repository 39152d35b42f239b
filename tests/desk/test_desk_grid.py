"""A register as a grid: what is listed, in which order, and what its rows say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hsdesk.desk import Desk
from hsdesk.desk.block_values import BlockPreview
from hsdesk.desk.grid_values import PLACE, STATE, TITLE, ColumnFilter, GridView, Layout, Layouts
from hsdesk.desk.json_records import JsonRecord

FORM = "social_org"
VILLAGES = ("341021101204", "341021104201")
PASSPHRASE = "kou-ling-2020"
ROWS = (
    ("定潭第10组护河队", "1", "13900000010", 10),
    ("定潭第2组护河队", "2", "13900000002", 2),
    ("定潭村老年协会", "2", "13900000003", 30),
    ("定潭第一组护河队", "1", "13900000001", None),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of two villages with four organizations in the first and one in the second."""
    made, _ = Desk.create(tmp_path_factory.mktemp("grid") / "home", VILLAGES, "汪文书", PASSPHRASE)
    add(made, *ROWS, place=VILLAGES[0])
    add(made, ("潭渡文艺社", "3", "13900000004", 8), place=VILLAGES[1])
    yield made
    made.close()


def add(desk: Desk, *rows: tuple[str, str, str, int | None], place: str) -> None:
    records = [
        {"org_name": name, "category": category, "leader_phone": phone, "member_n": members}
        for name, category, phone, members in rows
    ]
    done = desk.bulk.add(FORM, (JsonRecord(at, one) for at, one in enumerate(records)), place)
    assert not done.rejected


def names(desk: Desk, view: GridView) -> list[str]:
    found = desk.grid.listed(FORM, view)
    return [row.title for row in desk.grid.rows(FORM, found.numbers, ())]


def test_numbers_in_names_count_by_their_value(desk: Desk) -> None:
    listed = names(desk, GridView(filters=(ColumnFilter(TITLE, "护河"),)))
    assert listed == ["定潭第一组护河队", "定潭第2组护河队", "定潭第10组护河队"]


@pytest.mark.parametrize("descending", [False, True])
def test_empty_cells_come_last_in_either_order(desk: Desk, descending: bool) -> None:
    listed = names(desk, GridView(order="member_n", descending=descending))
    assert listed[-1] == "定潭第一组护河队"
    assert listed[0] == ("定潭村老年协会" if descending else "定潭第2组护河队")


@pytest.mark.parametrize("typed", ["laonian", "lnxh", "老年", "naonian"])
def test_a_name_is_found_by_any_part_of_it(desk: Desk, typed: str) -> None:
    assert names(desk, GridView(search=typed)) == ["定潭村老年协会"]


@pytest.mark.parametrize("typed", ["矛盾调处", "maodun", "mdtc"])
def test_a_choice_is_found_by_its_label(desk: Desk, typed: str) -> None:
    assert names(desk, GridView(search=typed)) == ["潭渡文艺社"]
    assert names(desk, GridView(search=f"{typed} 护河")) == []


def test_a_label_that_every_record_holds_lets_the_rest_of_a_search_decide(tmp_path: Path) -> None:
    own, _ = Desk.create(tmp_path / "home", VILLAGES, "汪文书", PASSPHRASE)
    add(own, *((name, "2", phone, n) for name, _, phone, n in ROWS), place=VILLAGES[0])
    (label,) = (one.words for one in own.grid.choosable(FORM, "category"))
    with_label = [names(own, GridView(search=text)) for text in (label, f"{label} 老年", f"老年 {label}")]
    assert len(with_label[0]) == len(ROWS)
    assert with_label[1:] == [["定潭村老年协会"]] * 2
    assert names(own, GridView(search=label, filters=(ColumnFilter("member_n", "30"),))) == ["定潭村老年协会"]
    own.close()


def test_a_column_lets_several_values_through(desk: Desk) -> None:
    listed = names(desk, GridView(filters=(ColumnFilter("category", values=("1", "3")),)))
    assert set(listed) == {"定潭第10组护河队", "定潭第一组护河队", "潭渡文艺社"}
    both = (ColumnFilter("category", values=("1", "3")), ColumnFilter("member_n", values=("",)))
    assert names(desk, GridView(filters=both)) == ["定潭第一组护河队"]


def test_a_column_is_filtered_by_what_it_says_in_words(desk: Desk) -> None:
    assert names(desk, GridView(filters=(ColumnFilter("category", "maodun"),))) == ["潭渡文艺社"]
    assert names(desk, GridView(filters=(ColumnFilter(PLACE, "tandu"),))) == ["潭渡文艺社"]


def test_a_filter_offers_the_values_with_their_counts(desk: Desk) -> None:
    offered = {(one.value, one.count) for one in desk.grid.choosable(FORM, "category")}
    assert offered == {("1", 2), ("2", 2), ("3", 1)}
    places = [(one.words, one.count) for one in desk.grid.choosable(FORM, PLACE)]
    assert [count for _, count in places] == [4, 1]


def test_records_stand_together_by_what_a_column_says(desk: Desk) -> None:
    found = desk.grid.listed(FORM, GridView(group="category"))
    assert [(group.start, group.count) for group in found.groups] == [(0, 2), (2, 2), (4, 1)]
    rows = desk.grid.rows(FORM, found.numbers, ("category",))
    assert [row.shown["category"] for row in rows[::2]] == [group.words for group in found.groups]


def test_rows_say_their_state_and_hide_what_is_personal(desk: Desk) -> None:
    (row,) = desk.grid.listed(FORM, GridView(search="文艺社"), 0, 1, ("leader_phone",)).rows
    assert row.states == ("unfinished",)
    assert row.shown["leader_phone"] == "139****0004"
    assert len(names(desk, GridView(filters=(ColumnFilter(STATE, values=("unfinished",)),)))) == 5
    assert names(desk, GridView(filters=(ColumnFilter(STATE, values=("conflict", "waiting")),))) == []


def test_columns_that_tell_nothing_apart_are_known(desk: Desk) -> None:
    held = desk.grid.contents(FORM, ("category", "member_n", "dissolved_on"))
    assert (held["category"].is_varied, held["dissolved_on"].is_varied) == (True, False)


def test_progress_names_every_village(desk: Desk) -> None:
    assert [(one.records, one.unfinished) for one in desk.grid.progress(FORM)] == [(4, 4), (1, 1)]


def test_how_a_grid_is_kept_lies_in_the_file(desk: Desk) -> None:
    kept = Layouts(Layout((TITLE, "category"), {"category": 120}, GridView(order="category")))
    desk.grid.keep_layouts(FORM, kept)
    assert desk.grid.layouts(FORM) == kept
    assert desk.grid.layouts("grid") == Layouts()


def test_a_changed_record_moves_to_its_place_and_a_deleted_one_goes(tmp_path: Path) -> None:
    desk, _ = Desk.create(tmp_path / "home", VILLAGES[:1], "汪文书", PASSPHRASE)
    add(desk, *((f"第{n}组", "1", "", n) for n in range(400)), place="")
    by_name, by_kind = GridView(), GridView(filters=(ColumnFilter("category", values=("2",)),))
    assert names(desk, by_name)[:2] == ["第0组", "第1组"]
    assert names(desk, by_kind) == []
    first, second = (row.key for row in desk.grid.listed(FORM, by_name, 0, 2).rows)
    desk.bulk.edit(FORM, [JsonRecord(1, {"_id": first.record, "org_name": "第150组改", "category": "2"})])
    assert names(desk, by_kind) == ["第150组改"]
    listed = names(desk, by_name)
    assert listed[listed.index("第150组") + 1] == "第150组改"
    desk.records.delete(FORM, second.record, "重复登记")
    assert names(desk, by_name)[0] == "第2组"
    assert names(desk, GridView(deleted=True)) == ["第1组"]
    desk.close()


def preview_of(desk: Desk, columns: tuple[str, ...], texts: list[list[str]], place: str = "") -> BlockPreview:
    numbers = desk.grid.listed(FORM, GridView()).numbers
    return desk.blocks.preview(FORM, numbers, columns, texts, place)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Desk]:
    """A desk of one village with three organizations, which a test may change."""
    made, _ = Desk.create(tmp_path / "home", VILLAGES[:1], "汪文书", PASSPHRASE)
    add(made, *((f"第{n}组", "1", "", n) for n in (1, 2, 3)), place="")
    yield made
    made.close()


def test_a_block_is_read_by_the_rules_of_the_form_and_written_as_one_act(own: Desk) -> None:
    texts = [["公益类", "5"], ["矛盾调处类", "约30"], ["没有这一类", "3"]]
    preview = preview_of(own, ("category", "member_n"), texts)
    outcomes = [[cell.outcome for cell in row.cells] for row in preview.rows]
    assert outcomes == [["same", "changed"], ["changed", "refused"], ["refused", "same"]]
    assert "约30" in str(preview.rows[1].cells[1].reason)
    assert preview.rows[1].cells[0].becomes == "矛盾调处类"
    changes = own.blocks.write(preview)
    assert len(changes.records) == 2
    rows = own.grid.listed(FORM, GridView(), 0, 3, ("category", "member_n")).rows
    assert [row.shown["member_n"] for row in rows] == ["5", "2", "3"]
    assert str(own.journal.acts()[0].words) == "修改 2 条（社区社会组织）"
    own.journal.undo()
    rows = own.grid.listed(FORM, GridView(), 0, 3, ("category", "member_n")).rows
    assert [row.shown["member_n"] for row in rows] == ["1", "2", "3"]
    assert len({row.shown["category"] for row in rows}) == 1


def test_a_masked_cell_that_was_copied_changes_nothing(own: Desk) -> None:
    preview = preview_of(own, ("leader_phone", "category"), [["139****0002", "1"]])
    assert preview.rows[0].cells[0].outcome == "refused"
    assert not preview.edits


def test_rows_beyond_the_list_become_records_of_its_place(own: Desk) -> None:
    place = own.grid.listed(FORM, GridView(), 0, 1).rows[0].key.scope
    texts = [["第1组", "1"], ["第2组", "2"], ["第3组", "3"], ["第4组", "4"]]
    preview = preview_of(own, (TITLE, "member_n"), texts, place)
    assert (preview.count("changed"), preview.made, preview.cut) == (2, 1, None)
    own.blocks.write(preview)
    assert names(own, GridView()) == ["第1组", "第2组", "第3组", "第4组"]
    assert str(preview_of(own, (TITLE,), [["a"]] * 5).cut).startswith("下面没有行了")


def test_a_block_says_what_stood_on_the_screen_when_it_was_previewed(own: Desk) -> None:
    (edit,) = preview_of(own, ("member_n",), [["50"]]).edits
    assert edit.screen is not None
    assert edit.stood == {"member_n": 1}
    own.bulk.edit(FORM, [JsonRecord(1, {"_id": edit.record, "member_n": 7})])
    (later,) = preview_of(own, ("member_n",), [["50"]]).edits
    assert later.screen is not None
    assert later.stood == {"member_n": 7}
    assert edit.screen.seen["member_n"] != later.screen.seen["member_n"]


def test_the_first_row_is_filled_down_as_it_is_stored(own: Desk) -> None:
    numbers = own.grid.listed(FORM, GridView()).numbers
    first = own.blocks.first_row(FORM, numbers[2], (TITLE, "category", "member_n"))
    assert first == ("第3组", "1", "3")
    preview = own.blocks.preview(FORM, numbers[:2], ("member_n",), [first[2:]] * 2)
    own.blocks.write(preview)
    filled = GridView(filters=(ColumnFilter("member_n", values=("3",)),))
    assert names(own, filled) == ["第1组", "第2组", "第3组"]


def test_a_form_that_names_no_answers_to_search_is_looked_through(own: Desk) -> None:
    visit = {"visit_kind": "1", "date": "2026-03-01", "households_n": 1}
    for issue in ("路灯ABC", "水渠"):
        own.bulk.add("visit", [JsonRecord(1, {**visit, "issue": issue})])

    def issues(typed: str) -> list[str]:
        numbers = own.grid.listed("visit", GridView(search=typed)).numbers
        return [row.shown["issue"] for row in own.grid.rows("visit", numbers, ("issue",))]

    assert issues("abc") == ["路灯ABC"]
    own.bulk.add("visit", [JsonRecord(1, {**visit, "issue": "abcd"})])
    assert set(issues("abc")) == {"路灯ABC", "abcd"}
