"""The only file that knows printers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QWidget

from hsdesk.errors import DeskError
from ui.parts.notice import show_error, tell
from ui.words import tr

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from hsdesk.reports.content import Summary


def print_summaries(parent: QWidget, summaries: Sequence[Summary]) -> bool:
    """Let a person choose a printer and print; False when nothing was printed."""

    from ui.painter import page_count, paint

    def draw(printer: QPrinter) -> None:
        paint(summaries, printer, chosen_pages(printer))

    return _print(parent, summaries[0].title, draw, sum(map(page_count, summaries)))


def chosen_pages(printer: QPrinter) -> range | None:
    """Return the pages that were chosen in the printer's dialog, None for all."""
    if not printer.fromPage():
        return None
    return range(printer.fromPage(), printer.toPage() + 1)


def print_text(parent: QWidget, text: str) -> bool:
    """Print a short text, such as the recovery code."""

    def draw(printer: QPrinter) -> None:
        document = QTextDocument()
        document.setPlainText(text)
        font = document.defaultFont()
        font.setPointSize(16)
        document.setDefaultFont(font)
        document.print_(printer)

    return _print(parent, tr("恢复码"), draw)


def _print(parent: QWidget, name: str, draw: Callable[[QPrinter], None], pages: int = 1) -> bool:
    try:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
    except ImportError as error:
        words = tr("这台电脑缺少打印组件。可以先存为 PDF，拷到别的电脑上打印。")
        tell(parent, tr("不能打印"), words, str(error))
        return False
    if not QPrinterInfo.availablePrinterNames():
        tell(
            parent,
            tr("没有找到打印机"),
            tr("这台电脑没有装打印机。可以先存为 PDF，拷到有打印机的电脑上打印。"),
        )
        return False
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(name)
    dialog = QPrintDialog(printer, parent)
    dialog.setMinMax(1, pages)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return False
    try:
        draw(printer)
    except DeskError as error:
        show_error(parent, error)
        return False
    return True
