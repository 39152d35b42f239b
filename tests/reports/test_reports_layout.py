"""Where ink goes: lines, widths, pages. A ruler of our own stands for the fonts: Chinese is one em wide."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from invented_registers import PLACE, SETS, Invented

from hsdesk.model.asked_day import today_is
from hsdesk.reports.content import Card, CardItem, CardSection, Letter, PrintColumn, Signature, Summary, Table
from hsdesk.reports.definitions import Definition, definitions
from hsdesk.reports.layout.breaking import wrapped
from hsdesk.reports.layout.ink import CELL, MM, PAPER_HEIGHT, PAPER_WIDTH, LineInk, Ruler, Style, TextInk
from hsdesk.reports.layout.letter import BODY
from hsdesk.reports.layout.pages import Page, laid_out
from hsdesk.reports.layout.pagination import page_starts
from hsdesk.reports.layout.widths import fitted
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import build

EM = 100.0  # of a cell of 10 points


def advance(character: str, style: Style) -> float:
    return style.size * 10 * (0.5 if character < "\u2000" else 1)


RULER = Ruler(advance, lambda style: (style.size * 9, style.size * 2))


def lines(text: str, ems: float) -> tuple[str, ...]:
    return wrapped(text, ems * EM, CELL, RULER)


def test_no_line_begins_with_a_closing_sign_nor_ends_with_an_opening_one():
    assert lines("一二三四，五六七八", 4) == ("一二三", "四，五六", "七八")
    assert lines("一二三（四五）六七", 4) == ("一二三", "（四五）", "六七")


def test_no_character_stands_alone_on_the_last_line():
    assert lines("一二三四五六七八九", 4) == ("一二三四", "五六七", "八九")


def test_numbers_dates_and_words_stay_in_one_piece_where_they_fit():
    assert lines("电话13956789012和2026-03-01", 8) == ("电话13956789012", "和2026-03-01")
    assert lines("0123456789", 2) == ("0123", "4567", "89")


def test_nothing_is_lost_in_breaking():
    text = "（一）堨晹珰磻靄𠮷，ABC-12.5%；“引文”……" * 7
    for ems in range(1, 30):
        assert "".join(lines(text, ems)) == text


@pytest.mark.parametrize("count", range(1, 40))
def test_no_page_has_a_row_or_two_alone_and_none_is_too_full(count: int):
    starts = page_starts([10.0] * count, 85, 110, 25)
    sizes = [end - start for start, end in pairwise((*starts, count))]
    assert sum(sizes) == count
    assert all(10 * size <= (85 if page == 0 else 110) for page, size in enumerate(sizes))
    assert 10 * sizes[-1] + 25 <= (85 if len(sizes) == 1 else 110)
    assert len(sizes) == 1 or sizes[-1] >= 3


def table(rows: int, *heads: str, texts: tuple[str, ...]) -> Table:
    columns = tuple(PrintColumn((head,), 20) for head in heads)
    return Table(columns, tuple(texts for _ in range(rows)), totals=("合计", *("",) * (len(heads) - 1)))


def test_a_column_is_as_wide_as_what_stands_in_it():
    narrow, wide = table(3, "序号", "职务", texts=("1", "村党总支书记、村委会主任兼文书")), 2600.0
    widths = fitted(narrow, wide, RULER).widths
    assert sum(widths) == pytest.approx(wide)
    assert widths[1] > 15 * EM and widths[0] < widths[1]


def test_a_table_of_many_columns_is_set_smaller_before_a_number_breaks():
    heads = tuple(f"栏{number}" for number in range(16))
    fit = fitted(table(2, *heads, texts=("13956789012",) * 16), 269 * MM, RULER)
    assert fit.cell.size < 10
    assert all(width >= RULER.width("13956789012", fit.cell) for width in fit.widths)


def test_a_letter_is_set_22_lines_of_28_characters_with_its_page_number_outside():
    text = "黄" * 28 * 40 + "。"
    letter = Letter((text,), to="全体村民", unit="示例村民委员会", day="2026年3月1日")
    pages = laid_out(Summary("letter", "公示", blocks=(letter,), is_official=True), RULER)
    first = [ink for ink in pages[0].ink if isinstance(ink, TextInk) and ink.style == BODY]
    assert len({ink.baseline for ink in first}) == 22 - 3  # the title takes three lines with the blank below
    assert max(len(ink.text) for ink in first) == 28
    assert min(ink.x for ink in first) == pytest.approx(28 * MM)
    numbers = [ink for page in pages for ink in page.ink if isinstance(ink, TextInk) and "—" in ink.text]
    assert [ink.text.strip("　") for ink in numbers] == [f"— {n} —" for n in range(1, len(pages) + 1)]
    assert numbers[0].x > PAPER_WIDTH / 2 > numbers[1].x


def test_an_id_number_has_a_square_for_each_digit_and_an_opinion_room_for_seal_and_day():
    items = (
        CardItem("身份证号", "34102119650212001X", wide=True, boxes=18, path="id_no"),
        CardItem("村(社区)意见", "", wide=True, opinion=True),
    )
    (page,) = laid_out(Summary("card", "卡", blocks=(Card((CardSection("", items),)),)), RULER)
    digits = [ink.text for ink in page.ink if isinstance(ink, TextInk) and len(ink.text) == 1]
    assert "".join(digits[-18:]) == "34102119650212001X" or "34102119650212001X" in "".join(digits)
    assert any("年　　月　　日" in ink.text for ink in page.ink if isinstance(ink, TextInk))
    assert [box.path for box in page.boxes] == ["id_no"]


# Every print-out with every set of data


def sheets(definition: Definition, name: str) -> tuple[Summary, ...]:
    occasion = Occasion((PLACE.id,), PLACE.id, today_is(date(2026, 11, 22)), "示例员", is_sample=True)
    most = 5 if definition.kind in ("card", "letter") else 500
    return build(definition, Invented(name, most), occasion)


def texts(page: Page) -> list[TextInk]:
    return [ink for ink in page.ink if isinstance(ink, TextInk)]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("definition", definitions(), ids=lambda one: one.name)
def test_every_print_out_is_whole_on_its_paper(definition: Definition, name: str):
    if name == "empty" and definition.kind in ("card", "letter"):
        pytest.skip("a card of nothing is refused")
    for summary in sheets(definition, name):
        wide = summary.paper == "landscape"
        right, bottom = (PAPER_HEIGHT, PAPER_WIDTH) if wide else (PAPER_WIDTH, PAPER_HEIGHT)
        pages = laid_out(summary, RULER)
        for page in pages:
            for ink in texts(page):
                assert ink.x > 0 and ink.x + RULER.width(ink.text, ink.style) < right, ink
                assert 0 < ink.baseline < bottom
            assert all(0 < ink.y1 <= ink.y2 < bottom for ink in page.ink if isinstance(ink, LineInk))
        _check_table(summary, pages)


def _check_table(summary: Summary, pages: list[Page]) -> None:
    """The heading of the table is on every page of it, each row's cells on one page, none left out."""
    if not (len(summary.blocks) == 1 and isinstance(summary.blocks[0], Table)):
        return
    block = summary.blocks[0]
    said = ["".join(ink.text for ink in texts(page)) for page in pages]
    head = block.columns[0].heading[-1]
    assert all(head in one for one in said)
    last = [ink for ink in texts(pages[-1]) if ink.style.size <= 10 and not ink.style.grey]
    assert len(last) > len(block.columns) or not block.rows
    if summary.signature:
        assert "填报单位(盖章)" in said[-1] and not any("填报单位(盖章)" in one for one in said[:-1])
    whole = "".join(said)
    for row in block.rows:
        assert all(cell in whole for cell in row if len(cell) <= 4)


def test_a_signature_never_leaves_its_table():
    block = table(60, "序号", "内容", texts=("1", "示例"))
    for count in range(20, 40):
        cut = Table(block.columns, block.rows[:count], totals=block.totals)
        pages = laid_out(Summary("x", "表", blocks=(cut,), signature=Signature("示例村")), RULER)
        said = [ink.text for ink in texts(pages[-1])]
        assert "合计" in said and said.count("示例") >= min(2, count)
