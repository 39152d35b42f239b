"""Pages that fill from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass, field

from hsdesk.reports.content import Align, Summary
from ui.painting.ink import MM, PAPER_HEIGHT, PAPER_WIDTH, Frame, Ink, Style, cell_ink, line_height, text_ink


@dataclass
class Flow:
    """Fills pages from top to bottom with ink."""

    summary: Summary
    pages: list[list[Ink]] = field(default_factory=list)
    y: float = 0.0

    def __post_init__(self) -> None:
        wide = self.summary.paper == "landscape"
        self.width, self.height = (PAPER_HEIGHT, PAPER_WIDTH) if wide else (PAPER_WIDTH, PAPER_HEIGHT)
        self.left = (15 if wide else 24) * MM
        self.right = self.width - (15 if wide else 20) * MM
        self.top = (16 if wide else 22) * MM
        self.bottom = self.height - 17 * MM
        self.start_page()

    @property
    def room(self) -> float:
        return self.bottom - self.y

    def start_page(self) -> None:
        self.pages.append([])
        self.y = self.top

    def add(self, *inks: Ink) -> None:
        self.pages[-1].extend(inks)

    def text(self, text: str, style: Style, align: Align = "left", y: float | None = None) -> None:
        """Put one line between the margins, at `y` or at the present height."""
        frame = Frame(self.left, self.right - self.left, (text,), style, align)
        self.add(*text_ink(frame, self.y if y is None else y, line_height(style), padding=0))

    def row(self, frames: tuple[Frame, ...], height: float) -> None:
        """Put a row of framed cells and move below it."""
        for frame in frames:
            self.pages[-1].extend(cell_ink(frame, self.y, height))
        self.y += height
