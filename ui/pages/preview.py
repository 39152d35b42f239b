"""A summary on the screen, page by page, drawn by the same painter as the paper."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from ui.parts.plain import clear, column, holder, label
from ui.theme import COLOURS, metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.reports.content import Summary
    from hsdesk.reports.layout.ink import Ink

ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)  # 1: a page is as wide as the view
_GAP = 16  # pixels between pages


class Preview(QScrollArea):
    """Pages under each other. Only what is in view is drawn, so that long lists take no memory."""

    paged = Signal(int, int)  # the page at the top of the view from 1 on, and how many there are
    zoomed = Signal(float)

    def __init__(self, zoom: float = 1.0) -> None:
        super().__init__()
        self.setObjectName("PageScroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("预览"))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # the width never jumps
        self.zoom = zoom if zoom in ZOOMS else 1.0
        self.sheets: list[Sheet] = []
        self._pages = column(gap=_GAP, margin=8)
        self._body = holder(self._pages, "PageBody")
        self.setWidget(self._body)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._tell())
        self.blank(tr("在左边选一张表，这里就能看到打印出来的样子。"))

    def blank(self, words: str) -> None:
        """Show words in place of pages."""
        self.sheets = []
        clear(self._pages)
        line = label(words, "quiet", wrap=True)
        line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(line)
        self._tell()

    def show_summaries(self, summaries: Sequence[Summary]) -> int:
        """Show the pages; return how many there are."""
        from ui.painter import pages_of

        if not summaries:
            self.blank(tr("还没有可以打印的内容。先在登记表里填上，这里就有了。"))
            return 0
        clear(self._pages)
        self.sheets = [
            Sheet(page.ink, wide=one.paper == "landscape") for one in summaries for page in pages_of(one)
        ]
        for sheet in self.sheets:
            self._pages.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        self._pages.addStretch(1)
        self._fit()
        self.verticalScrollBar().setValue(0)
        self._tell()
        return len(self.sheets)

    def magnify(self, step: int) -> None:
        """Make pages larger or smaller by a step; 0: as wide as the view. The page in view stays."""
        at = ZOOMS.index(self.zoom) + step
        self.zoom = ZOOMS[min(max(at, 0), len(ZOOMS) - 1)] if step else 1.0
        page = self._page()
        self._fit()
        self.go_to(page)
        self.zoomed.emit(self.zoom)

    def turn(self, step: int) -> None:
        """Show the next page, or the one before."""
        self.go_to(self._page() + step)

    def go_to(self, page: int) -> None:
        """Show a page from its top, counted from 0."""
        tops = self._tops()
        if tops:
            self._pages.activate()
            self.verticalScrollBar().setValue(tops[min(max(page, 0), len(tops) - 1)])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.viewport().width() - metrics().px(40), 400)
        for sheet in self.sheets:
            width = room if sheet.is_wide else min(room, metrics().px(760))
            sheet.be_wide(round(width * self.zoom))
        self._body.adjustSize()  # the bar knows at once how far it reaches

    def _tops(self) -> list[int]:
        tops, top = list[int](), self._pages.contentsMargins().top() - 4
        for sheet in self.sheets:
            tops.append(top)
            top += sheet.height() + self._pages.spacing()
        return tops

    def _page(self) -> int:
        """Return which page is at the top of the view, from 0: one that is nearly gone counts no more."""
        seen = self.verticalScrollBar().value() + self.viewport().height() // 3
        return max(bisect_right(self._tops(), seen) - 1, 0)

    def _tell(self) -> None:
        self.paged.emit(self._page() + 1 if self.sheets else 0, len(self.sheets))


class Sheet(QWidget):
    """One page of paper."""

    def __init__(self, ink: list[Ink], *, wide: bool) -> None:
        super().__init__()
        self._ink, self.is_wide = ink, wide
        self._scale = 1.0

    def be_wide(self, width: int) -> None:
        """Take so many pixels."""
        from hsdesk.reports.layout.ink import PAPER_HEIGHT, PAPER_WIDTH

        across, down = (PAPER_HEIGHT, PAPER_WIDTH) if self.is_wide else (PAPER_WIDTH, PAPER_HEIGHT)
        self._scale = width / across
        self.setFixedSize(width, round(down * self._scale))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        from ui.painter import paint_page

        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor("white"))
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(self._scale, self._scale)
        top, bottom = event.rect().top() / self._scale, (event.rect().bottom() + 1) / self._scale
        paint_page(painter, [ink for ink in self._ink if _reaches(ink, top, bottom)])
        painter.resetTransform()
        painter.setPen(QColor(COLOURS.edge))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


def _reaches(ink: Ink, top: float, bottom: float) -> bool:
    """Tell whether ink has a part between two heights of the page."""
    from hsdesk.reports.layout.ink import POINT, FillInk, TextInk

    if isinstance(ink, TextInk):
        size = ink.style.size * POINT
        return ink.baseline + size > top and ink.baseline - 1.5 * size < bottom
    if isinstance(ink, FillInk):
        return ink.y + ink.height > top and ink.y < bottom
    return max(ink.y1, ink.y2) + ink.weight > top and min(ink.y1, ink.y2) - ink.weight < bottom
