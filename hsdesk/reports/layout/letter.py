"""Texts on paper: notices, and official letters as GB/T 9704-2012 sets them.

A4 with 37, 28, 35 and 26 mm around the text: 22 lines of 28 characters, 3号 (15.75 pt) 仿宋, headings of the
first level 黑体, of the second 楷体, the title 2号 小标宋.
"""

from __future__ import annotations

import re

from hsdesk.reports.content import Block, Letter, Notice
from hsdesk.reports.layout.breaking import wrapped
from hsdesk.reports.layout.flow import Flow
from hsdesk.reports.layout.ink import NOTICE, POINT, Style, line_height

BODY = Style(15.75)
LETTER_TITLE = Style(22, heading=True, face="title")
PAGE_NUMBER = Style(14)
LINE = 28.9 * POINT  # 22 lines on a page
_FIRST, _SECOND = re.compile(r"[一二三四五六七八九十]+、"), re.compile(r"（[一二三四五六七八九十]+）")
_INDENT, _BESIDE = "　　", "　　　　"


def put_notice(flow: Flow, block: Block, tail: float) -> None:
    """Put paragraphs of text, the first line of each indented by two characters."""
    assert isinstance(block, Notice)
    for paragraph in block.paragraphs:
        for line in wrapped(_INDENT + paragraph, flow.right - flow.left, NOTICE, flow.ruler):
            if flow.room < line_height(NOTICE) * 1.3 + tail:
                flow.start_page()
            flow.text(line, NOTICE)
            flow.y += line_height(NOTICE) * 1.3


def put_letter(flow: Flow, block: Block, tail: float) -> None:
    """Put an official letter: to whom, paragraphs, and at the right below who signs and the day."""
    assert isinstance(block, Letter)
    if block.to:
        _put_paragraph(flow, f"{block.to}：", BODY, indent=False)
    for paragraph in block.paragraphs:
        _put_paragraph(flow, paragraph, _style_of(paragraph))
    width = flow.right - flow.left - flow.ruler.width(_BESIDE, BODY)
    signed = [
        line for text in (block.unit, block.day) if text for line in wrapped(text, width, BODY, flow.ruler)
    ]
    if not signed:
        return
    if flow.room < (len(signed) + 2) * LINE:
        flow.start_page()
    flow.y += 2 * LINE
    for line in signed:  # 成文日期 four characters from the right, the unit in the middle above it
        flow.text(line + _BESIDE, BODY, "right")
        flow.y += LINE


def is_first_heading(paragraph: str) -> bool:
    """Tell whether a paragraph is a heading of the first level: 一、 and no full stop."""
    return bool(_FIRST.match(paragraph)) and _is_short(paragraph)


def is_second_heading(paragraph: str) -> bool:
    """Tell whether a paragraph is a heading of the second level: （一） and no full stop."""
    return bool(_SECOND.match(paragraph)) and _is_short(paragraph)


def _is_short(paragraph: str) -> bool:
    return not paragraph.endswith("。") and len(paragraph) <= 40


def _style_of(paragraph: str) -> Style:
    if is_first_heading(paragraph):
        return BODY._replace(heading=True)
    return BODY._replace(face="kai") if is_second_heading(paragraph) else BODY


def _put_paragraph(flow: Flow, text: str, style: Style, *, indent: bool = True) -> None:
    """Put a paragraph; neither its first nor its last line stands alone on a page."""
    lines = wrapped(_INDENT * indent + text, flow.right - flow.left, style, flow.ruler)
    for number, line in enumerate(lines):
        left = len(lines) - number
        together = 2 if left == 2 or (number == 0 and left > 1) else 1
        if flow.room < LINE * together and flow.room < flow.whole_room:
            flow.start_page()
        flow.text(line, style, y=flow.y + (LINE - line_height(style)) / 2)
        flow.y += LINE
