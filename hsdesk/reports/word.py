"""Writes summaries to a Word document (.docx): real paragraphs and tables that WPS and Word can edit.

Office Open XML written by hand, as it takes no library: text parts in a zip. Each summary is a section with
its own paper. Nothing is a picture; codes stay text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from hsdesk.model.clean_text import cleaned, whole
from hsdesk.reports.content import Card, CardItem, Chart, Letter, Notice, Summary, Table
from hsdesk.reports.layout.card import SEAL_AND_DAY
from hsdesk.reports.layout.flow import LANDSCAPE, OFFICIAL, PORTRAIT, Margins
from hsdesk.reports.layout.heading import spans
from hsdesk.reports.layout.ink import PAPER_HEIGHT, PAPER_WIDTH
from hsdesk.reports.layout.letter import is_first_heading, is_second_heading
from hsdesk.reports.layout.plain_ruler import PLAIN_RULER
from hsdesk.reports.layout.widths import fitted
from hsdesk.reports.ooxml import Cell, Font, document_parts, paragraph, row, section, table
from hsdesk.reports.written import whole_file

_TITLE, _HEAD, _TEXT = Font(18, "黑体", bold=True), Font(10, "黑体", bold=True), Font(10)
_BESIDE, _NOTICE, _FOOT = Font(11), Font(14), Font(9)
_LABEL, _VALUE, _SECTION = Font(10.5, "黑体", bold=True), Font(10.5), Font(11.5, "黑体", bold=True)
_LETTER_TITLE, _LETTER = Font(22, "宋体", bold=True), Font(15.75)
_BLANK = "__________"  # to be written on
_LINE = 28.9  # points, of a letter


def write_document(summaries: Sequence[Summary], path: Path) -> None:
    """Write each summary as a section of one document; an older file stays until the new one is complete.

    Raises DiskFull when it cannot be written, Missing without its folder.
    """
    body = "".join(_section(summary, last=summary is summaries[-1]) for summary in summaries)
    with whole_file(path) as part, ZipFile(part, "w", ZIP_DEFLATED) as made:
        for name, text in document_parts(body, _clean(summaries[0].title), summaries[0].is_official):
            made.writestr(name, text)


def _clean(text: str) -> str:
    return escape(cleaned(whole(text)))


def _section(summary: Summary, *, last: bool) -> str:
    """Return a summary with the paper it stands on."""
    width, height, margins = _paper(summary)
    room = width - margins.left - margins.right
    parts = [*_head(summary)]
    for block in summary.blocks:
        parts += [*_block(block, room), paragraph("", Font(5))]
    parts += _foot(summary)
    return "".join(parts) + section((width, height), margins, last=last)


def _paper(summary: Summary) -> tuple[float, float, Margins]:
    if summary.paper == "landscape":
        return PAPER_HEIGHT, PAPER_WIDTH, LANDSCAPE
    return PAPER_WIDTH, PAPER_HEIGHT, OFFICIAL if summary.is_official else PORTRAIT


def _head(summary: Summary) -> Iterator[str]:
    title = _LETTER_TITLE if summary.is_official else _TITLE
    yield paragraph(_clean(summary.title), title, align="center", after=12 if summary.is_official else 4)
    if summary.subtitle:
        yield paragraph(_clean(summary.subtitle), _BESIDE)
    if summary.remark:
        yield paragraph(_clean(summary.remark), _BESIDE, align="right")


def _foot(summary: Summary) -> Iterator[str]:
    if summary.signature:
        line = summary.signature.line().replace(":__", f":{_BLANK}")
        yield paragraph(_clean(line), _BESIDE, before=10)
    if summary.note:
        yield paragraph(_clean(summary.note), _FOOT)


def _block(block: object, room: float) -> Iterator[str]:
    match block:
        case Table():
            yield _table(block, room)
        case Card():
            yield _card(block, room)
        case Letter():
            yield from _letter(block)
        case Notice():
            for text in block.paragraphs:
                yield paragraph(_clean(text), _NOTICE, indent=2)
        case Chart():
            yield from _chart(block, room)


def _table(block: Table, room: float) -> str:
    widths = fitted(block, room, PLAIN_RULER).widths
    rows = [*_heading_rows(block, widths)]
    aligns = [column.align for column in block.columns]
    text = _TEXT._replace(grey=block.grey)
    for cells in block.rows:
        told = zip(cells, widths, aligns, strict=True)
        rows.append(row([Cell(_clean(one), width, text, align) for one, width, align in told]))
    if not block.rows:
        rows.append(row([Cell(_clean(block.empty), room, _TEXT, "center", across=len(widths))]))
    if block.totals:
        told = zip(block.totals, widths, aligns, strict=True)
        rows.append(row([Cell(_clean(one), width, _HEAD, align) for one, width, align in told]))
    return table(rows, widths)


def _heading_rows(block: Table, widths: Sequence[float]) -> Iterator[str]:
    """Yield the rows of a heading, which Word repeats on every page; cells over several rows go on below."""
    depth = max(len(column.heading) for column in block.columns)
    known = spans(block.columns, depth)
    cells = {(level, start): (rows, end, words) for level, rows, start, end, words in known}
    below: dict[int, int] = {}  # column: rows that its cell still reaches down
    for level in range(depth):
        made, at = [], 0
        while at < len(widths):
            if below.get(at):
                below[at] -= 1
                made.append(Cell("", widths[at], _HEAD, "center", shaded=True, goes_on=True))
                at += 1
                continue
            rows, end, words = cells[level, at]
            below[at] = rows - 1
            wide = sum(widths[at:end])
            made.append(Cell(_clean(words), wide, _HEAD, "center", end - at, shaded=True, starts=rows > 1))
            at = end
        yield row(made, is_heading=True)


def _card(card: Card, room: float) -> str:
    label, value = room * 0.21, room * 0.29
    rows = []
    for part in card.sections:
        if part.title:
            rows.append(row([Cell(_clean(part.title), room, _SECTION, across=4, shaded=True)]))
        rows += [row(_card_cells(items, room, label, value)) for items in _card_lines(part.items)]
    return table(rows, (label, value, label, value))


def _card_lines(items: Sequence[CardItem]) -> Iterator[list[CardItem]]:
    waiting: list[CardItem] = []
    for item in items:
        if item.wide and waiting:
            yield waiting
            waiting = []
        waiting.append(item)
        if item.wide or len(waiting) == 2:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _card_cells(items: Sequence[CardItem], room: float, label: float, value: float) -> list[Cell]:
    cells = []
    for item in items:
        text = f"\n\n{SEAL_AND_DAY}" if item.opinion else item.value or "□" * item.boxes
        across = 3 if len(items) == 1 else 1
        cells.append(Cell(_clean(item.label), label, _LABEL, "center"))
        wide = room - label if across == 3 else value
        cells.append(Cell(_clean(text), wide, _VALUE._replace(grey=item.grey), across=across))
    return cells


def _letter(letter: Letter) -> Iterator[str]:
    if letter.to:
        yield paragraph(f"{_clean(letter.to)}：", _LETTER, line=_LINE)
    for text in letter.paragraphs:
        font = _LETTER
        if is_first_heading(text):
            font = _LETTER._replace(face="黑体")
        elif is_second_heading(text):
            font = _LETTER._replace(face="楷体")
        yield paragraph(_clean(text), font, indent=2, line=_LINE)
    yield paragraph("", _LETTER, line=_LINE)
    for text in filter(None, (letter.unit, letter.day)):
        yield paragraph(_clean(text), _LETTER, align="right", beside=4, line=_LINE)


def _chart(chart: Chart, room: float) -> Iterator[str]:
    yield paragraph(_clean(chart.title), _SECTION)
    widths = (room * 0.6, room * 0.4)
    told = [
        row([Cell(_clean(bar.label), widths[0], _TEXT), Cell(_clean(bar.shown), widths[1], _TEXT, "right")])
        for bar in chart.bars
    ]
    yield table(told, widths)
    if chart.note:
        yield paragraph(_clean(chart.note), _FOOT)
