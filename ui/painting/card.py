"""Cards and notices on paper."""

from __future__ import annotations

from collections.abc import Iterator

from hsdesk.reports.content import Block, Card, CardItem, CardSection, Notice
from ui.painting.flow import Flow
from ui.painting.ink import (
    CARD_LABEL,
    CARD_VALUE,
    MM,
    NOTICE,
    SECTION,
    Frame,
    framed,
    line_height,
    row_height,
    wrapped,
)


def put_card(flow: Flow, block: Block, tail: float) -> None:
    assert isinstance(block, Card)
    least = _least_height(flow, block, tail)
    for number, section in enumerate(block.sections):
        lines = list(_card_lines(section, flow, least))
        kept_below = tail if number == len(block.sections) - 1 else 0
        for place, (frames, height) in enumerate(lines):
            with_next = (
                lines[1][1] if place == 0 and len(lines) > 1 else 0
            )  # a section's name needs a line below
            needed = height + with_next + (kept_below if place == len(lines) - 1 else 0)
            if needed > flow.room and flow.pages[-1]:
                flow.start_page()
            flow.row(frames, height)


def _least_height(flow: Flow, block: Card, tail: float) -> float:
    """Return the least height of a line: lower where that keeps the card on one page."""
    for tenths in range(85, 56, -3):
        least = tenths / 10 * MM
        lines = (line for section in block.sections for line in _card_lines(section, flow, least))
        if sum(height for _, height in lines) + tail <= flow.room:
            return least
    return 8.5 * MM


def _card_lines(section: CardSection, flow: Flow, least: float) -> Iterator[tuple[tuple[Frame, ...], float]]:
    width = flow.right - flow.left
    if section.title:
        title = framed(flow.left, width, section.title, SECTION, "left", shaded=True)
        yield (title,), row_height((title,), least)
    waiting: list[CardItem] = []
    for item in section.items:
        if item.wide:
            if waiting:
                yield _card_line(waiting, flow, least)
            yield _card_line([item], flow, least)
            waiting = []
            continue
        waiting.append(item)
        if len(waiting) == 2:
            yield _card_line(waiting, flow, least)
            waiting = []
    if waiting:
        yield _card_line(waiting, flow, least)


def _card_line(items: list[CardItem], flow: Flow, least: float) -> tuple[tuple[Frame, ...], float]:
    width = flow.right - flow.left
    label, x = width * 0.21, flow.left
    value = width / len(items) - label
    frames: list[Frame] = []
    for item in items:
        frames.append(framed(x, label, item.label, CARD_LABEL, "center"))
        frames.append(framed(x + label, value, item.value, CARD_VALUE))
        x += label + value
    return tuple(frames), row_height(tuple(frames), least)


def put_notice(flow: Flow, block: Block, tail: float) -> None:
    assert isinstance(block, Notice)
    for paragraph in block.paragraphs:
        for line in wrapped("　　" + paragraph, flow.right - flow.left, NOTICE):
            if flow.room < line_height(NOTICE) * 1.3 + tail:
                flow.start_page()
            flow.text(line, NOTICE)
            flow.y += line_height(NOTICE) * 1.3
