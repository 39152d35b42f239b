"""A chart in the window, drawn by what draws it on paper."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hsdesk.reports.content import Chart
from hsdesk.reports.layout.chart import Look, chart_height, chart_ink
from hsdesk.reports.layout.ink import POINT, Style
from ui.painter import paint_page
from ui.painting.ink import ruler
from ui.theme import BASE_PT, metrics

_LOOK = Look(
    Style(BASE_PT + 2, heading=True, screen=True),
    Style(BASE_PT, screen=True),
    Style(BASE_PT, grey=True, screen=True),
)


class ChartView(QWidget):
    """Takes the width it gets and the height its bars need. A reader hears the figures as text."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.chart = chart
        figures = "，".join(f"{bar.label} {bar.shown}" for bar in chart.bars)
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(figures)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(metrics().px(420), round(chart_height(self.chart, _LOOK) * self._scale()) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = self._scale()
        painter.scale(scale, scale)
        paint_page(painter, list(chart_ink(ruler(), self.chart, (0, self.width() / scale), 0, _LOOK)))
        painter.end()

    def _scale(self) -> float:
        """Return how many pixels a tenth of a point takes at this text size."""
        return self.logicalDpiY() / 72 / POINT * metrics().factor
