"""Cards on paper: heading, answer, heading, answer."""

from __future__ import annotations

from collections.abc import Iterator

from hsdesk.reports.content import Block, Card, CardItem, CardSection
from hsdesk.reports.layout.cells import framed, row_height
from hsdesk.reports.layout.flow import Flow
from hsdesk.reports.layout.ink import CARD_LABEL, CARD_VALUE, MM, SECTION, Frame

_LABEL = 0.21  # of the width
_MOST = 3  # lines in half a line of the card; a longer answer takes the whole
_OPINION = 30 * MM  # for an opinion written by hand, a seal and a day
SEAL_AND_DAY = "负责人（签字）：　　　　　　（盖章）　　　　　年　　月　　日"
Line = tuple[tuple[Frame, ...], float]


def put_card(flow: Flow, block: Block, tail: float) -> None:
    """Put a card; `tail` is the height of what may not stand without its last line."""
    assert isinstance(block, Card)
    least = _least_height(flow, block, tail)
    for number, section in enumerate(block.sections):
        lines = list(_card_lines(section, flow, least))
        kept_below = tail if number == len(block.sections) - 1 else 0.0
        for place, (frames, height) in enumerate(lines):
            with_next = lines[1][1] if place == 0 and section.title and len(lines) > 1 else 0.0
            needed = height + with_next + (kept_below if place == len(lines) - 1 else 0)
            if needed > flow.room and flow.pages[-1] and height <= flow.whole_room:
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


def _card_lines(section: CardSection, flow: Flow, least: float) -> Iterator[Line]:
    if section.title:
        width = flow.right - flow.left
        title = framed(flow.ruler, (flow.left, width), section.title, SECTION)._replace(shaded=True)
        yield (title,), row_height((title,), least)
    waiting: list[CardItem] = []
    half = (flow.right - flow.left) * (0.5 - _LABEL)
    for item in section.items:
        wide = item.wide or flow.ruler.width(item.value, CARD_VALUE) > _MOST * half
        if wide and waiting:
            yield _card_line(waiting, flow, least)
            waiting = []
        waiting.append(item)
        if wide or len(waiting) == 2:
            yield _card_line(waiting, flow, least)
            waiting = []
    if waiting:
        yield _card_line(waiting, flow, least)


def _card_line(items: list[CardItem], flow: Flow, least: float) -> Line:
    width = flow.right - flow.left
    label, x = width * _LABEL, flow.left
    value = width / len(items) - label
    frames: list[Frame] = []
    for item in items:
        frames.append(framed(flow.ruler, (x, label), item.label, CARD_LABEL, "center", even=True))
        frames.append(_value(item, flow, x + label, value))
        x += label + value
    high = _OPINION if any(item.opinion for item in items) else least
    return tuple(frames), row_height(frames, high)


def _value(item: CardItem, flow: Flow, x: float, width: float) -> Frame:
    style = CARD_VALUE._replace(grey=item.grey)
    if item.boxes:
        return Frame(x, width, (item.value,), style, boxes=item.boxes, path=item.path)
    frame = framed(flow.ruler, (x, width), item.value, style)
    return frame._replace(path=item.path, foot=SEAL_AND_DAY if item.opinion else "")
