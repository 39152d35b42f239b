"""Which ink goes on which page: title, blocks, signature line, page numbers."""

from __future__ import annotations

from collections.abc import Callable

from hsdesk.reports.content import Block, Card, Chart, Notice, Signature, Summary, Table
from ui.painting.card import put_card, put_notice
from ui.painting.chart import put_chart
from ui.painting.flow import Flow
from ui.painting.ink import (
    FOOT,
    MM,
    SIGNATURE,
    SUBTITLE,
    TITLE,
    Frame,
    Ink,
    LineInk,
    TextInk,
    line_height,
    text_ink,
    text_width,
    wrapped,
)
from ui.painting.table import put_table


def laid_out(summary: Summary) -> list[list[Ink]]:
    flow = Flow(summary)
    _head(flow)
    tail = signature_height(flow, summary.signature)
    for number, block in enumerate(summary.blocks):
        last = number == len(summary.blocks) - 1
        _BLOCKS[type(block)](flow, block, tail if last else 0.0)
        flow.y += 0 if last else 4 * MM
    if summary.signature:
        sign(flow, summary.signature, tail)
    _feet(flow)
    return flow.pages


def _head(flow: Flow) -> None:
    summary = flow.summary
    for line in wrapped(summary.title, flow.right - flow.left, TITLE):
        flow.text(line, TITLE, "center")
        flow.y += line_height(TITLE)
    flow.y += 1.5 * MM
    if summary.subtitle or summary.remark:
        flow.text(summary.subtitle, SUBTITLE)
        flow.text(summary.remark, SUBTITLE, "right")
        flow.y += line_height(SUBTITLE) + 1 * MM


def _feet(flow: Flow) -> None:
    y = flow.height - 12 * MM
    for number, page in enumerate(flow.pages, start=1):
        note = Frame(flow.left, flow.right - flow.left, (flow.summary.note,), FOOT)
        count = Frame(
            flow.left, flow.right - flow.left, (f"第{number}页 共{len(flow.pages)}页",), FOOT, "center"
        )
        for frame in (note, count):
            page.extend(text_ink(frame, y, line_height(FOOT), padding=0))


_BLOCKS: dict[type, Callable[[Flow, Block, float], None]] = {
    Table: put_table,
    Card: put_card,
    Notice: put_notice,
    Chart: put_chart,
}


def _signature_lines(flow: Flow, signature: Signature) -> list[list[tuple[str, str]]]:
    """Return the parts of the signature line by line: one line on wide paper, else the unit by itself."""
    parts = list(signature.parts())
    return [parts] if flow.summary.paper == "landscape" else [parts[:1], parts[1:]]


def signature_height(flow: Flow, signature: Signature | None) -> float:
    return 0 if signature is None else 5 * MM + 9 * MM * len(_signature_lines(flow, signature))


def sign(flow: Flow, signature: Signature, height: float) -> None:
    if height > flow.room:
        flow.start_page()
    flow.y += 5 * MM
    for parts in _signature_lines(flow, signature):
        texts = [
            (label, value or ("　　　年　　月　　日" if label.startswith("填报日期") else ""))
            for label, value in parts
        ]
        taken = sum(text_width(label + value, SIGNATURE) for label, value in texts)
        blanks = [number for number, (_, value) in enumerate(texts) if not value]
        gap = 4 * MM
        blank = (flow.right - flow.left - taken - gap * (len(texts) - 1)) / max(len(blanks), 1)
        x = flow.left
        for label, value in texts:
            x = _put_part(flow, x, label, value, min(blank, 40 * MM)) + gap
        flow.y += 9 * MM


def _put_part(flow: Flow, x: float, label: str, value: str, blank: float) -> float:
    """Put a heading with its value, or with a line to write on; return where it ends."""
    baseline = flow.y + 6 * MM
    flow.add(TextInk(x, baseline, label + value, SIGNATURE))
    x += text_width(label + value, SIGNATURE)
    if value:
        return x
    flow.add(LineInk(x, baseline + 1 * MM, x + blank, baseline + 1 * MM, 5))
    return x + blank
