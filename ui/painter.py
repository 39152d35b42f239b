"""Draws a `Summary` on paper: A4, to a PDF file or a printer.

A row never breaks across pages, the heading of a table comes back on every page, the signature line never
stands alone. Layout first (which ink on which page), then drawing, so that every page can say
how many follow.
Qt is made here, without a screen, when nobody has made it before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from PySide6.QtCore import QLineF, QMarginsF, QPointF, QRectF
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from hsdesk.errors import DiskFull
from hsdesk.reports.content import Summary
from hsdesk.reports.layout.ink import POINT, FillInk, Ink, LineInk, Style, TextInk
from hsdesk.reports.layout.pages import Page, laid_out
from hsdesk.reports.written import check_pdf, whole_file
from ui.painting.glyphs import missing
from ui.painting.ink import font_of, ruler

_BLACK, _GREY, _LINE, _SHADE = QColor("black"), QColor("#666666"), QColor("#222222"), QColor("#eef1f4")
_BAR = QColor("#4f8f8a")  # dark enough on a black and white printer


Passing = Callable[[int], object]  # hears how many pages are painted; what it raises ends the painting


def paint_pdf(summary: Summary | Sequence[Summary], path: Path, passing: Passing | None = None) -> str:
    """Write one or more summaries to a PDF file; an older file stays until the new one is complete.

    Returns the characters that no font here can draw, "" for none.

    Raises DiskFull when it cannot be written, Missing without its folder, and what `passing` raises.
    """
    _application()
    with whole_file(path) as part:
        writer = QPdfWriter(str(part))
        writer.setTitle(_several(summary)[0].title)
        writer.setCreator("HSDesk 村社台账")
        writer.setResolution(1200)
        _, lacking = _paint(summary, writer, passing)
        del writer
        check_pdf(part)
    return lacking


def paint(summary: Summary | Sequence[Summary], device: QPagedPaintDevice, pages: range | None = None) -> int:
    """Draw the summary on a printer (or any paged device) and return the number of pages.

    `pages`: only these, counted from 1 over all summaries.
    """
    _application()
    return _paint(summary, device, None, pages)[0]


def page_count(summary: Summary) -> int:
    """Return how many pages the summary takes."""
    return len(pages_of(summary))


def pages_of(summary: Summary) -> list[Page]:
    """Return the pages of a summary, measured with the fonts of this computer."""
    _application()
    return laid_out(summary, ruler())


def _several(summary: Summary | Sequence[Summary]) -> Sequence[Summary]:
    return (summary,) if isinstance(summary, Summary) else summary


@cache
def _application() -> QGuiApplication:
    """Return the running application, or make one that needs no screen."""
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    # the plugin without a screen finds the system's fonts on Linux only
    platform = ["-platform", "offscreen"] if sys.platform.startswith("linux") else []
    return QGuiApplication(["hsdesk", *platform])


def _paint(
    summary: Summary | Sequence[Summary],
    device: QPagedPaintDevice,
    passing: Passing | None,
    only: range | None = None,
) -> tuple[int, str]:
    """Draw the pages; return how many, and the characters that cannot be drawn."""
    found = ((one, page) for one in _several(summary) for page in pages_of(one))
    chosen = ((one, page) for at, (one, page) in enumerate(found, start=1) if only is None or at in only)
    _turn(device, _several(summary)[0])
    painter = QPainter()
    if not painter.begin(device):
        raise DiskFull("打印没有开始：打印机没有准备好，或磁盘已满。数据都还在，请检查后再打印。")
    pages, lacking = 0, ""
    try:
        scale = device.logicalDpiX() / 72 / POINT
        painter.scale(scale, scale)
        for one, page in chosen:
            _turn(device, one)
            if pages:
                device.newPage()
            paint_page(painter, page.ink)
            lacking += missing(page.ink)
            pages += 1
            if passing is not None:
                passing(pages)
    finally:
        painter.end()
    return pages, "".join(dict.fromkeys(lacking))


def _turn(device: QPagedPaintDevice, summary: Summary) -> None:
    """Turn the paper as the summary wants it; takes effect on the next page."""
    wide = summary.paper == "landscape"
    orientation = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
    sheet = QPageLayout(QPageSize(QPageSize.PageSizeId.A4), orientation, QMarginsF(0, 0, 0, 0))
    sheet.setMode(QPageLayout.Mode.FullPageMode)  # printers begin at their own margin otherwise
    device.setPageLayout(sheet)


def paint_page(painter: QPainter, page: list[Ink]) -> None:
    """Draw one page of `pages_of`, in tenths of a point, as a preview does."""
    for shade in page:
        if isinstance(shade, FillInk):
            painter.fillRect(QRectF(*shade[:4]), _BAR if shade.dark else _SHADE)
    lines: dict[float, dict[LineInk, None]] = {}  # by weight; neighbours share theirs
    for line in page:
        if isinstance(line, LineInk):
            lines.setdefault(line.weight, {})[line] = None
    for weight, drawn in lines.items():
        painter.setPen(QPen(_LINE, weight))
        painter.drawLines([QLineF(*line[:4]) for line in drawn])
    _draw_texts(painter, (ink for ink in page if isinstance(ink, TextInk)))


def _draw_texts(painter: QPainter, texts: Iterable[TextInk]) -> None:
    """Draw texts in their order, which is that of copying; the font changes only where the style does."""
    last: Style | None = None
    for x, baseline, text, style in texts:
        if style != last:
            painter.setFont(font_of(style))
            painter.setPen(_GREY if style.grey else _BLACK)
            last = style
        painter.drawText(QPointF(x, baseline), text)
