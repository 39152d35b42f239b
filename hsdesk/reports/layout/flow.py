"""Pages that fill from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from hsdesk.reports.content import Align, Summary
from hsdesk.reports.layout.cells import cell_ink, split_lines, text_ink
from hsdesk.reports.layout.ink import (
    MM,
    PAPER_HEIGHT,
    PAPER_WIDTH,
    Box,
    Frame,
    Ink,
    Ruler,
    Style,
    line_height,
)


class Margins(NamedTuple):
    """Of a page, in layout units."""

    top: float
    left: float
    bottom: float
    right: float


LANDSCAPE = Margins(16 * MM, 15 * MM, 17 * MM, 15 * MM)
PORTRAIT = Margins(22 * MM, 24 * MM, 17 * MM, 20 * MM)
OFFICIAL = Margins(37 * MM, 28 * MM, 35 * MM, 26 * MM)  # GB/T 9704-2012


@dataclass
class Flow:
    """Fills pages from top to bottom with ink."""

    summary: Summary
    ruler: Ruler
    pages: list[list[Ink]] = field(default_factory=list)
    boxes: list[list[Box]] = field(default_factory=list)
    y: float = 0.0

    def __post_init__(self) -> None:
        wide = self.summary.paper == "landscape"
        self.width, self.height = (PAPER_HEIGHT, PAPER_WIDTH) if wide else (PAPER_WIDTH, PAPER_HEIGHT)
        margins = LANDSCAPE if wide else OFFICIAL if self.summary.is_official else PORTRAIT
        self.left, self.right = margins.left, self.width - margins.right
        self.top, self.bottom = margins.top, self.height - margins.bottom
        self.start_page()

    @property
    def room(self) -> float:
        return self.bottom - self.y

    @property
    def whole_room(self) -> float:
        """The room on an empty page."""
        return self.bottom - self.top

    def start_page(self) -> None:
        self.pages.append([])
        self.boxes.append([])
        self.y = self.top

    def add(self, *inks: Ink) -> None:
        self.pages[-1].extend(inks)

    def text(self, text: str, style: Style, align: Align = "left", y: float | None = None) -> None:
        """Put one line between the margins, at `y` or at the present height."""
        frame = Frame(self.left, self.right - self.left, (text,), style, align)
        self.add(*text_ink(self.ruler, frame, self.y if y is None else y, line_height(style), padding=0))

    def row(self, frames: tuple[Frame, ...], height: float) -> None:
        """Put a row of framed cells and move below it; one higher than a page goes on on the next."""
        if height > self.whole_room:
            for piece, high in split_lines(frames, self.whole_room):
                if high > self.room:
                    self.start_page()
                self._put(piece, high)
            return
        self._put(frames, height)

    def _put(self, frames: tuple[Frame, ...], height: float) -> None:
        for frame in frames:
            self.pages[-1].extend(cell_ink(self.ruler, frame, self.y, height))
            if frame.path:
                self.boxes[-1].append(Box(frame.path, frame.x, self.y, frame.width, height))
        self.y += height
