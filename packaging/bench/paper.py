"""Printing: a roster of a thousand rows and twelve columns as a PDF, and a hundred cards.

The floor is a bare painter: the same texts drawn one by one at fixed places, rules once a page.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bench.table import Row

if TYPE_CHECKING:
    from hsdesk.reports.content import Summary

COUNT, CARDS, CARDS_MOST = 1000, 100, 500
HEADS = (
    "序号", "村(社区)", "姓名", "性别", "出生年月", "学历", "职务", "身份", "社工", "证书",
    "到岗日期", "手机",
)  # fmt: skip
DUTIES = ("村党总支书记、村委会主任", "村党总支书记、村委会主任兼文书", "网格员")


def rows() -> list[Row]:
    """Return the figures of a long roster and of many cards. Everybody in them is invented."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from ui.painter import page_count, paint_pdf

    QApplication.instance() or QApplication([])
    roster, cards = _roster(), _cards()
    pages = page_count(roster)
    with tempfile.TemporaryDirectory(prefix="hsdesk-bench-") as folder:
        out = Path(folder) / "made.pdf"
        taken = _best(lambda: paint_pdf(roster, out))
        floor = _best(lambda: bare(out, _texts(roster), pages))
        card = _best(lambda: paint_pdf(cards, out))
    figure = f"print {COUNT:,} rows of {len(HEADS)} columns to PDF, {pages} pages"
    return [
        Row(figure, "≤ 2 ×", taken, "ms", taken / floor, f"bare painter {floor:.1f} ms"),
        Row(f"print {CARDS} cards to PDF", "≤ 1 ×", card, "ms", card / CARDS_MOST, "asked for: 500 ms"),
    ]


def _roster() -> Summary:
    from hsdesk.reports.content import PrintColumn, Signature, Summary, Table

    told = tuple(
        (
            str(n), "示例村", f"示例{n % 97}", "男女"[n % 2], f"19{60 + n % 40}-0{1 + n % 9}",
            "大学专科和专科学校", DUTIES[n % 3], "两委成员", "是", "助理社会工作师",
            f"20{10 + n % 15}-03-{10 + n % 19}", f"154{n:08}",
        )
        for n in range(1, COUNT + 1)
    )  # fmt: skip
    table = Table(tuple(PrintColumn((head,), 20) for head in HEADS), told)
    return Summary("roster", "花名册", paper="landscape", blocks=(table,), signature=Signature("示例村"))


def _cards() -> tuple[Summary, ...]:
    from hsdesk.reports.content import Card, CardItem, CardSection, Summary

    items = tuple(CardItem(f"栏目{n}", f"示例内容{n}") for n in range(40))
    return tuple(
        Summary("card", f"登记卡{n}", blocks=(Card((CardSection("基本情况", items),)),)) for n in range(CARDS)
    )


def _texts(roster: Summary) -> tuple[tuple[str, ...], ...]:
    from hsdesk.reports.content import Table

    (table,) = roster.blocks
    assert isinstance(table, Table)
    return table.rows


def bare(path: Path, told: tuple[tuple[str, ...], ...], pages: int) -> None:
    """Write the same texts to as many pages with nothing measured."""
    from PySide6.QtCore import QLineF, QPointF
    from PySide6.QtGui import QFont, QPainter, QPdfWriter

    writer = QPdfWriter(str(path))
    painter = QPainter(writer)
    font = QFont("WenQuanYi Zen Hei")
    font.setPixelSize(166)
    painter.setFont(font)
    a_page = -(-len(told) // pages)
    for number, row in enumerate(told):
        if number % a_page == 0:
            if number:
                writer.newPage()
            painter.drawLines([QLineF(0, y * 300, 13000, y * 300) for y in range(a_page)])
            painter.drawLines([QLineF(x * 1000, 0, x * 1000, 9000) for x in range(len(row) + 1)])
        for column, text in enumerate(row):
            painter.drawText(QPointF(column * 1000, number % a_page * 300 + 200), text)
    painter.end()


def empty_pages(path: Path, pages: int) -> None:
    """Write a PDF of empty pages."""
    from PySide6.QtGui import QPainter, QPdfWriter

    writer = QPdfWriter(str(path))
    painter = QPainter(writer)
    for _ in range(pages - 1):
        writer.newPage()
    painter.end()


def _best(act: Callable[[], object]) -> float:
    """Return the best of three runs in milliseconds of processor time."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        act()
        best = min(best, time.process_time() - started)
    return best * 1000
