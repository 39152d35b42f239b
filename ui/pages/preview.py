"""A summary on the screen, page by page, drawn by the same painter as the paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea

from ui.parts.plain import clear, column, holder, label
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.reports.content import Summary
    from hsdesk.reports.layout.ink import Ink

MOST_PAGES = 30  # drawn for the screen; paper and PDF have all


class Preview(QScrollArea):
    """Pages under each other, as wide as the view."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("PageScroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("预览"))
        self._pages = column(gap=16, margin=8)
        self.setWidget(holder(self._pages, "PageBody"))
        self.blank(tr("在左边选一张表，这里就能看到打印出来的样子。"))

    def blank(self, words: str) -> None:
        """Show words in place of pages."""
        clear(self._pages)
        line = label(words, "quiet", wrap=True)
        line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(line)

    def show_summaries(self, summaries: Sequence[Summary]) -> int:
        """Draw the pages; return how many there are."""
        from ui.painter import pages_of

        if not summaries:
            self.blank(tr("还没有可以打印的内容。先在登记表里填上，这里就有了。"))
            return 0
        pages = [(page.ink, one.paper == "landscape") for one in summaries for page in pages_of(one)]
        clear(self._pages)
        for page, wide in pages[:MOST_PAGES]:
            self._pages.addWidget(self._sheet(page, wide=wide))
        if len(pages) > MOST_PAGES:
            words = tr("后面还有 {n} 页，打印和 PDF 里都有。", n=len(pages) - MOST_PAGES)
            self._pages.addWidget(label(words, "quiet"))
        self._pages.addStretch(1)
        self.verticalScrollBar().setValue(0)
        return len(pages)

    def _sheet(self, page: list[Ink], *, wide: bool) -> QLabel:
        from hsdesk.reports.layout.ink import PAPER_HEIGHT, PAPER_WIDTH
        from ui.painter import paint_page

        across, down = (PAPER_HEIGHT, PAPER_WIDTH) if wide else (PAPER_WIDTH, PAPER_HEIGHT)
        width = max(self.viewport().width() - metrics().px(40), 400)
        if not wide:
            width = min(width, metrics().px(760))
        ratio = self.devicePixelRatioF()
        scale = width * ratio / across
        picture = QPixmap(round(width * ratio), round(down * scale))
        picture.fill(QColor("white"))
        painter = QPainter(picture)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        paint_page(painter, page)
        painter.end()
        picture.setDevicePixelRatio(ratio)
        sheet = QLabel()
        sheet.setPixmap(picture)
        sheet.setFixedSize(picture.deviceIndependentSize().toSize())
        sheet.setProperty("role", "paper")
        return sheet
