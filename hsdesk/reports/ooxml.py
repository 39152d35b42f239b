"""The markup of a Word document: paragraphs, tables, sections, the parts of its file. Texts are escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hsdesk.reports.content import Align
from hsdesk.reports.layout.flow import Margins

_TWIPS = 2.0  # in a layout unit, a tenth of a point
_ROW = 425  # twips, the least height of a row: 7.5 mm
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EDGES = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="444444"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)


class Font(NamedTuple):
    size: float  # points
    face: str = "仿宋"
    bold: bool = False
    grey: bool = False


class Cell(NamedTuple):
    text: str
    width: float  # layout units
    font: Font
    align: Align = "left"
    across: int = 1  # columns
    shaded: bool = False
    starts: bool = False  # reaches down over further rows
    goes_on: bool = False  # belongs to the cell above


def paragraph(
    text: str,
    font: Font,
    *,
    align: Align = "left",
    indent: int = 0,
    beside: int = 0,
    line: float = 0.0,
    before: float = 0.0,
    after: float = 0.0,
) -> str:
    """Return a paragraph; line ends break its line.

    `indent` of the first line and `beside` it at the right: characters. `line`, `before`, `after`: points.
    """
    spacing = f' w:before="{round(before * 20)}" w:after="{round(after * 20)}"'
    if line:
        spacing += f' w:line="{round(line * 20)}" w:lineRule="exact"'
    first, right = round(indent * font.size * 20), round(beside * font.size * 20)
    around = f'<w:ind w:right="{right}" w:firstLineChars="{indent * 100}" w:firstLine="{first}"/>'
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{part}</w:t>' for part in text.split("\n"))
    run = f"<w:r>{_run(font)}{runs}</w:r>" if text else ""
    look = f'<w:pPr><w:spacing{spacing}/>{around}<w:jc w:val="{align}"/></w:pPr>'
    return f"<w:p>{look}{run}</w:p>"


def _run(font: Font) -> str:
    bold = "<w:b/>" if font.bold else ""
    colour = '<w:color w:val="808080"/>' if font.grey else ""
    faces = f'<w:rFonts w:ascii="{font.face}" w:hAnsi="{font.face}" w:eastAsia="{font.face}"/>'
    size = round(font.size * 2)
    return f'<w:rPr>{faces}{bold}{colour}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'


def row(cells: Sequence[Cell], *, is_heading: bool = False) -> str:
    """Return a row that never breaks across pages; a heading comes back on every page."""
    look = f'<w:cantSplit/><w:trHeight w:val="{_ROW}" w:hRule="atLeast"/>' + "<w:tblHeader/>" * is_heading
    return f"<w:tr><w:trPr>{look}</w:trPr>{''.join(map(_cell, cells))}</w:tr>"


def _cell(cell: Cell) -> str:
    look = f'<w:tcW w:w="{round(cell.width * _TWIPS)}" w:type="dxa"/>'
    if cell.across > 1:
        look += f'<w:gridSpan w:val="{cell.across}"/>'
    if cell.starts or cell.goes_on:
        look += '<w:vMerge w:val="restart"/>' if cell.starts else "<w:vMerge/>"
    if cell.shaded:
        look += '<w:shd w:val="clear" w:color="auto" w:fill="EEF1F4"/>'
    text = paragraph(cell.text, cell.font, align=cell.align)
    return f'<w:tc><w:tcPr>{look}<w:vAlign w:val="center"/></w:tcPr>{text}</w:tc>'


def table(rows: Sequence[str], widths: Sequence[float]) -> str:
    """Return a table of rows with rules around every cell."""
    grid = "".join(f'<w:gridCol w:w="{round(width * _TWIPS)}"/>' for width in widths)
    total = round(sum(widths) * _TWIPS)
    look = (
        f'<w:tblW w:w="{total}" w:type="dxa"/><w:tblBorders>{_EDGES}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/>'
        '<w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
    )
    return f"<w:tbl><w:tblPr>{look}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def section(paper: tuple[float, float], margins: Margins, *, last: bool) -> str:
    """Return the end of a section with its paper; the last one stands at the end of the body."""
    width, height = (round(side * _TWIPS) for side in paper)
    top, left, bottom, right = (round(one * _TWIPS) for one in margins)
    turned = ' w:orient="landscape"' if width > height else ""
    look = (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId1"/>'
        f'<w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}"'
        ' w:header="500" w:footer="560" w:gutter="0"/></w:sectPr>'
    )
    return look if last else f"<w:p><w:pPr>{look}</w:pPr></w:p>"


def document_parts(body: str, title: str, is_official: bool) -> Iterator[tuple[str, str]]:
    """Yield the parts of the file: name and text."""
    spaces = f'xmlns:w="{_WORD}" xmlns:r="{_RELATIONS}"'
    yield "[Content_Types].xml", _content_types()
    yield (
        "_rels/.rels",
        _relations(
            ("officeDocument", "word/document.xml"), ("metadata/core-properties", "docProps/core.xml")
        ),
    )
    yield "word/_rels/document.xml.rels", _relations(("footer", "footer1.xml"))
    yield "word/footer1.xml", f"{_START}<w:ftr {spaces}>{_footer(is_official)}</w:ftr>"
    yield "docProps/core.xml", _properties(title)
    yield "word/document.xml", f"{_START}<w:document {spaces}><w:body>{body}</w:body></w:document>"


def _content_types() -> str:
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    kinds = (
        ("word/document.xml", f"{office}.document.main+xml"),
        ("word/footer1.xml", f"{office}.footer+xml"),
        ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
    )
    parts = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds)
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    usual = f'<Default Extension="rels" ContentType="{relations}"/>'
    usual += '<Default Extension="xml" ContentType="application/xml"/>'
    return f'{_START}<Types xmlns="{_PACKAGE}/content-types">{usual}{parts}</Types>'


def _relations(*known: tuple[str, str]) -> str:
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{_kind(kind)}" Target="{target}"/>'
        for number, (kind, target) in enumerate(known, start=1)
    )
    return f'{_START}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def _kind(kind: str) -> str:
    return f"{_PACKAGE}/relationships/{kind}" if "/" in kind else f"{_RELATIONS}/{kind}"


def _footer(is_official: bool) -> str:
    """Return the page numbers: — 1 — of a letter, else 第1页 共3页."""
    font = Font(14, "宋体") if is_official else Font(9)
    parts = ("— ", "PAGE", " —") if is_official else ("第 ", "PAGE", " 页 共 ", "NUMPAGES", " 页")
    runs = "".join(
        f'<w:fldSimple w:instr="{part}"><w:r>{_run(font)}<w:t>1</w:t></w:r></w:fldSimple>'
        if part.isupper()
        else f'<w:r>{_run(font)}<w:t xml:space="preserve">{part}</w:t></w:r>'
        for part in parts
    )
    return f'<w:p><w:pPr><w:jc w:val="{"right" if is_official else "center"}"/></w:pPr>{runs}</w:p>'


def _properties(title: str) -> str:
    spaces = f'xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    told = f"<dc:title>{title}</dc:title><dc:creator>HSDesk 村社台账</dc:creator>"
    return f"{_START}<cp:coreProperties {spaces}>{told}</cp:coreProperties>"
