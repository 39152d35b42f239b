"""Text in lines: broken where Chinese may be broken, no sign where it must not stand, no lonely character."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hsdesk.reports.layout.ink import Ruler, Style

_OPENING = "（(《〈“‘「『【〔["
_CLOSING = "），。、；：？！》〉”’」』】〕…—%)],.;:?!"
_WORD = r"[0-9A-Za-z@#&_+\-*/=<>|~^$'\"\\]+(?:[.,:;?!%](?=[0-9A-Za-z])[0-9A-Za-z@#&_+\-*/=]+)*"
_PIECE = re.compile(
    rf"□[^□\s]*|[{re.escape(_OPENING)}]*(?:{_WORD}|[^{re.escape(_OPENING)}]|$)[{re.escape(_CLOSING)}]*"
)
Lines = list[list[str]]  # of each line its pieces


def wrapped(text: str, width: float, style: Style, ruler: Ruler, *, even: bool = False) -> tuple[str, ...]:
    """Return a text in lines not wider than `width`.

    `even`: lines of a heading, about equally long. A piece wider than the line is broken anywhere.
    """
    widths = ruler.widths(style)
    if "\n" not in text and widths[text] <= width:
        return (text,)
    return tuple(
        "".join(line).rstrip()
        for paragraph in text.split("\n")
        for line in _lines(paragraph, width, style, ruler, even=even)
    )


def longest_piece(text: str, style: Style, ruler: Ruler) -> float:
    """Return the width of the widest piece of a text that should not be broken."""
    widths = ruler.widths(style)
    return max((widths[piece] for piece in _PIECE.findall(text) if piece), default=0.0)


def _lines(text: str, width: float, style: Style, ruler: Ruler, *, even: bool) -> Lines:
    widths = ruler.widths(style)
    if widths[text] <= width:
        return [[text]]
    pieces = [part for piece in _PIECE.findall(text) for part in _fitting(piece, width, widths)]
    lines = _filled(pieces, width, widths)
    if even:
        return _evened(pieces, lines, width, widths)
    return _without_orphan(lines)


def _fitting(piece: str, width: float, widths: dict[str, float]) -> Iterator[str]:
    """Yield a piece, broken where it is wider than a line."""
    if not piece:
        return
    while len(piece) > 1 and widths[piece] > width:
        taken = 1
        while taken < len(piece) - 1 and widths[piece[: taken + 1]] <= width:
            taken += 1
        yield piece[:taken]
        piece = piece[taken:]
    yield piece


def _filled(pieces: list[str], width: float, widths: dict[str, float]) -> Lines:
    """Return the lines when each takes as many pieces as it can."""
    lines: Lines = [[]]
    taken = 0.0
    for piece in pieces:
        wide = widths[piece]
        if lines[-1] and taken + wide > width + 0.01:
            lines.append([])
            taken = 0.0
        if len(lines) > 1 and not lines[-1] and piece.isspace():
            continue
        lines[-1].append(piece)
        taken += wide
    return [line for line in lines if line] or [[""]]


def _without_orphan(lines: Lines) -> Lines:
    """Give a last line of one character the last piece of the line before."""
    if len(lines) > 1 and len("".join(lines[-1])) == 1 and len(lines[-2]) > 2:
        lines[-1].insert(0, lines[-2].pop())
    return lines


def _evened(pieces: list[str], lines: Lines, width: float, widths: dict[str, float]) -> Lines:
    """Return as many lines as needed at `width`, but as narrow as they can be."""
    count, narrow = len(lines), sum(widths[piece] for piece in pieces) / len(lines)
    while narrow < width:
        tried = _filled(pieces, narrow, widths)
        if len(tried) == count:
            return tried
        narrow += width / 20
    return lines
