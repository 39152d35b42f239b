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
    for number, section in enumerate(block.sections):
        lines = list(_card_lines(section, flow))
        kept_below = tail if number == len(block.sections) - 1 else 0
        for place, (frames, height) in enumerate(lines):
            with_next = (
                lines[1][1] if place == 0 and len(lines) > 1 else 0
            )  # a section's name needs a line below
            needed = height + with_next + (kept_below if place == len(lines) - 1 else 0)
            if needed > flow.room and flow.pages[-1]:
                flow.start_page()
            flow.row(frames, height)


def _card_lines(section: CardSection, flow: Flow) -> Iterator[tuple[tuple[Frame, ...], float]]:
    width = flow.right - flow.left
    if section.title:
        title = framed(flow.left, width, section.title, SECTION, "left", shaded=True)
        yield (title,), row_height((title,), 8 * MM)
    waiting: list[CardItem] = []
    for item in section.items:
        if item.wide:
            if waiting:
                yield _card_line(waiting, flow.left, width)
            yield _card_line([item], flow.left, width)
            waiting = []
            continue
        waiting.append(item)
        if len(waiting) == 2:
            yield _card_line(waiting, flow.left, width)
            waiting = []
    if waiting:
        yield _card_line(waiting, flow.left, width)


def _card_line(items: list[CardItem], left: float, width: float) -> tuple[tuple[Frame, ...], float]:
    label, x, frames = width * 0.21, left, []
    value = width / len(items) - label
    for item in items:
        frames.append(framed(x, label, item.label, CARD_LABEL, "center"))
        frames.append(framed(x + label, value, item.value, CARD_VALUE))
        x += label + value
    return tuple(frames), row_height(tuple(frames), 8.5 * MM)


def put_notice(flow: Flow, block: Block, tail: float) -> None:
    assert isinstance(block, Notice)
    for paragraph in block.paragraphs:
        for line in wrapped("　　" + paragraph, flow.right - flow.left, NOTICE):
            if flow.room < line_height(NOTICE) * 1.3 + tail:
                flow.start_page()
            flow.text(line, NOTICE)
            flow.y += line_height(NOTICE) * 1.3
