"""Which ink goes on which page: title, blocks, signature line, page numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hsdesk.reports.content import Block, Card, Chart, Letter, Notice, Signature, Summary, Table
from hsdesk.reports.layout.breaking import wrapped
from hsdesk.reports.layout.card import put_card
from hsdesk.reports.layout.cells import text_ink
from hsdesk.reports.layout.chart import put_chart
from hsdesk.reports.layout.flow import Flow
from hsdesk.reports.layout.ink import (
    FOOT,
    MM,
    SIGNATURE,
    SUBTITLE,
    TITLE,
    Box,
    Frame,
    Ink,
    LineInk,
    Ruler,
    TextInk,
    line_height,
)
from hsdesk.reports.layout.letter import LETTER_TITLE, LINE, PAGE_NUMBER, put_letter, put_notice
from hsdesk.reports.layout.table import put_table


class Page(NamedTuple):
    """The ink of one page, and where its answers stand."""

    ink: list[Ink]
    boxes: list[Box]


def laid_out(summary: Summary, ruler: Ruler) -> list[Page]:
    """Return the pages of a print-out."""
    flow = Flow(summary, ruler)
    _official_head(flow) if summary.is_official else _head(flow)
    tail = signature_height(flow, summary.signature)
    for number, block in enumerate(summary.blocks):
        last = number == len(summary.blocks) - 1
        _BLOCKS[type(block)](flow, block, tail if last else 0.0)
        flow.y += 0 if last else 4 * MM
    if summary.signature:
        sign(flow, summary.signature, tail)
    _official_feet(flow) if summary.is_official else _feet(flow)
    return [Page(ink, boxes) for ink, boxes in zip(flow.pages, flow.boxes, strict=True)]


_BLOCKS: dict[type, Callable[[Flow, Block, float], None]] = {
    Table: put_table,
    Card: put_card,
    Notice: put_notice,
    Letter: put_letter,
    Chart: put_chart,
}


def _head(flow: Flow) -> None:
    summary, width = flow.summary, flow.right - flow.left
    for line in wrapped(summary.title, width, TITLE, flow.ruler, even=True):
        flow.text(line, TITLE, "center")
        flow.y += line_height(TITLE)
    flow.y += 1.5 * MM
    beside = flow.ruler.width(summary.subtitle, SUBTITLE) + flow.ruler.width(summary.remark, SUBTITLE)
    if beside > width - 4 * MM:
        _lines_of_head(flow, width)
    elif summary.subtitle or summary.remark:
        flow.text(summary.subtitle, SUBTITLE)
        flow.text(summary.remark, SUBTITLE, "right")
        flow.y += line_height(SUBTITLE) + 1 * MM


def _lines_of_head(flow: Flow, width: float) -> None:
    """Put the place and below it the remark, which are too long to stand beside each other."""
    for text in (flow.summary.subtitle, flow.summary.remark):
        for line in wrapped(text, width, SUBTITLE, flow.ruler) if text else ():
            flow.text(line, SUBTITLE)
            flow.y += line_height(SUBTITLE)
    flow.y += 1 * MM


def _official_head(flow: Flow) -> None:
    for line in wrapped(flow.summary.title, flow.right - flow.left, LETTER_TITLE, flow.ruler, even=True):
        flow.text(line, LETTER_TITLE, "center")
        flow.y += LINE * 1.2
    flow.y += LINE


def _feet(flow: Flow) -> None:
    y, width = flow.height - 12 * MM, flow.right - flow.left
    for number, page in enumerate(flow.pages, start=1):
        note = Frame(flow.left, width, (flow.summary.note,), FOOT)
        count = Frame(flow.left, width, (f"第{number}页 共{len(flow.pages)}页",), FOOT, "center")
        for frame in (note, count):
            page.extend(text_ink(flow.ruler, frame, y, line_height(FOOT), padding=0))


def _official_feet(flow: Flow) -> None:
    """Put page numbers as 一字线 at the outer side, one character from the edge of the text."""
    y, width = flow.bottom + 7 * MM, flow.right - flow.left
    for number, page in enumerate(flow.pages, start=1):
        text = f"— {number} —"
        outer = Frame(flow.left, width, (f"{text}　" if number % 2 else f"　{text}",), PAGE_NUMBER)
        outer = outer._replace(align="right" if number % 2 else "left")
        page.extend(text_ink(flow.ruler, outer, y, line_height(PAGE_NUMBER), padding=0))
        if flow.summary.note:
            note = Frame(flow.left, width, (flow.summary.note,), FOOT, "center")
            page.extend(text_ink(flow.ruler, note, y + 8 * MM, line_height(FOOT), padding=0))


Parts = list[tuple[str, str]]
_GAP = 4 * MM


def _signature_lines(flow: Flow, signature: Signature) -> list[Parts]:
    """Return the parts of the signature line by line: one line on wide paper, else the unit by itself.

    What does not fit stands on a further line; a name longer than a line goes on on the next.
    """
    width, wide = flow.right - flow.left, flow.summary.paper == "landscape"
    lines: list[Parts] = [[]]
    for number, (label, said) in enumerate(signature.parts()):
        value = said or ("　　　年　　月　　日" if label.startswith("填报日期") else "")
        texts = wrapped(label + value, width, SIGNATURE, flow.ruler)
        parts = [(label, value)] if len(texts) == 1 else [("", text) for text in texts]
        for part in parts:
            alone = number == 1 and not wide
            if lines[-1] and (alone or _taken(flow, [*lines[-1], part]) > width):
                lines.append([])
            lines[-1].append(part)
    return lines


def _taken(flow: Flow, parts: Parts) -> float:
    """Return the width of the parts with their gaps and the least room to write on."""
    wide = sum(flow.ruler.width(label + value, SIGNATURE) for label, value in parts)
    return wide + _GAP * (len(parts) - 1) + 15 * MM * sum(not value for _, value in parts)


def signature_height(flow: Flow, signature: Signature | None) -> float:
    """Return the height of the signature line, 0 without one."""
    return 0 if signature is None else 5 * MM + 9 * MM * len(_signature_lines(flow, signature))


def sign(flow: Flow, signature: Signature, height: float) -> None:
    """Put the signature line, blanks as lines to write on."""
    if height > flow.room:
        flow.start_page()
    flow.y += 5 * MM
    for parts in _signature_lines(flow, signature):
        taken = sum(flow.ruler.width(label + value, SIGNATURE) for label, value in parts)
        blanks = sum(not value for _, value in parts)
        blank = (flow.right - flow.left - taken - _GAP * (len(parts) - 1)) / max(blanks, 1)
        x = flow.left
        for label, value in parts:
            x = _put_part(flow, x, label, value, min(blank, 40 * MM)) + _GAP
        flow.y += 9 * MM


def _put_part(flow: Flow, x: float, label: str, value: str, blank: float) -> float:
    """Put a heading with its value, or with a line to write on; return where it ends."""
    baseline = flow.y + 6 * MM
    flow.add(TextInk(x, baseline, label + value, SIGNATURE))
    x += flow.ruler.width(label + value, SIGNATURE)
    if value:
        return x
    flow.add(LineInk(x, baseline + 1 * MM, x + blank, baseline + 1 * MM, 5))
    return x + blank
