"""Ctrl+K: one box for registers, pages, print-outs, commands and records; the part that fits is bold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from hsdesk.desk.values import Hit, Status
from hsdesk.model.pinyin_match import span
from hsdesk.model.punctuation import full_width
from ui.office import Office
from ui.pages.page import Target
from ui.parts.lines import DATA
from ui.parts.plain import column, label
from ui.parts.suggest import SuggestBox
from ui.parts.todo_list import word_font
from ui.returning import FocusPlace
from ui.theme import COLOURS, metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.desk.printing import SummaryInfo

PAUSE_MS = 30
MOST_RECORDS = 30
MOST_OTHERS = 8  # of all else, so that records stay in view
_LINE, _KIND = 44, 160  # pixels


class Entry(NamedTuple):
    """One line: what it is, its name, where it is, and what choosing it means: a Target or a function."""

    kind: str
    name: str
    detail: str
    meaning: object


class Palette(QDialog):
    """Emits `chosen` with the meaning of the line taken."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, office: Office, commands: Iterable[tuple[str, object]]) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.office, self.window_part = office, parent
        self._from = FocusPlace(parent.focusWidget())
        self._entries = tuple(_known(office.status, commands))
        self._records: tuple[Entry, ...] = ()
        self.box = SuggestBox()
        self.box.setPlaceholderText(tr("找什么：登记表、页面、打印件、要办的事、姓名或名称，拼音首字母也行"))
        self.box.setAccessibleName(tr("找什么"))
        self.box.wanted.connect(lambda _: self._changed())
        self.box.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("找到的"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Painter(self.list))
        self.list.itemClicked.connect(lambda _: self._take())
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        hint = label(tr("↑ ↓ 选，回车打开，Esc 收起"), "quiet")
        self.setLayout(column(self.box, self.list, hint, gap=10, margin=16))
        office.ask(lambda desk: desk.reports.summaries(), self._add_prints, owner=self)
        width, height = parent.width(), parent.height()
        self.resize(min(metrics().px(820), width - 40), min(metrics().px(560), height - 40))
        self.move(parent.mapToGlobal(parent.rect().center()) - self.rect().center())
        self._show()
        self.box.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Move the mark and take its line by keys while the focus stays in the box."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if event.key() in step:
                last = self.list.count() - 1
                at = self.list.currentRow() + step[Qt.Key(event.key())]
                self.list.setCurrentRow(min(max(at, 0), last))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take()
                return True
        return super().eventFilter(watched, event)

    def done(self, outcome: int) -> None:
        """Close, and give the keys back to where they went before."""
        super().done(outcome)
        self.window_part.activateWindow()
        if outcome == QDialog.DialogCode.Rejected:
            self._from.give_back()

    def shown(self) -> list[Entry]:
        """Return the lines in order."""
        return [self.list.item(at).data(DATA)[0] for at in range(self.list.count())]

    def _changed(self) -> None:
        self._pause.start()
        self._show()

    def _add_prints(self, prints: Sequence[SummaryInfo]) -> None:
        found = (Entry(tr("打印件"), one.title, "", Target("prints", path=one.name)) for one in prints)
        self._entries = (*self._entries, *found)
        self._show()

    def _ask(self) -> None:
        text = self.box.sought().strip()
        if text:
            self.office.ask(
                lambda desk: desk.lists.find(text, MOST_RECORDS),
                lambda hits: self._add(text, hits),
                owner=self,
            )
        else:
            self._records = ()
            self._show()

    def _add(self, text: str, hits: Sequence[Hit]) -> None:
        if text == self.box.sought().strip():
            self._records = tuple(
                Entry(
                    full_width(one.form_title),
                    one.title,
                    "　".join(filter(None, (one.found, one.place))),
                    Target("record", one.form, one.key.record, scope=one.key.scope),
                )
                for one in hits
            )
            self._show()

    def _show(self) -> None:
        typed = self.box.sought().strip()
        found = [(one, where) for one in self._entries if (where := span(one.name, typed)) is not None]
        found.sort(key=lambda one: one[1][0] > 0)
        records = [(one, span(one.name, typed) or (0, 0)) for one in self._records if typed]
        self.list.clear()
        for line in (*found[: MOST_OTHERS if records else None], *records):
            item = QListWidgetItem(f"{line[0].kind}：{line[0].name}　{line[0].detail}")
            item.setData(DATA, line)
            item.setSizeHint(QSize(0, metrics().px(_LINE)))
            self.list.addItem(item)
        self.list.setCurrentRow(0 if self.list.count() else -1)

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            meaning = item.data(DATA)[0].meaning
            self.accept()
            self.chosen.emit(meaning)


def _known(status: Status | None, commands: Iterable[tuple[str, object]]) -> Iterator[Entry]:
    """Yield what is known without asking the desk: registers, pages, commands."""
    registers = [one for one in status.registers if one.open] if status else []
    for info in registers:
        yield Entry(tr("登记表"), full_width(info.title), info.number, Target("register", info.form_id))
    for name, page in pages():
        yield Entry(tr("页面"), name, "", Target(page))
    for name, act in commands:
        yield Entry(tr("办事"), name, "", act)
    for info in registers:
        if info.writable and info.kind != "single":
            yield Entry(tr("新增"), full_width(info.title), info.number, Target("new", info.form_id))


def pages() -> tuple[tuple[str, str], ...]:
    """Return the pages by name."""
    return (
        (tr("工作台"), "home"),
        (tr("收发中心"), "sync"),
        (tr("考核指标"), "indicators"),
        (tr("打印与导出"), "prints"),
        (tr("未填完"), "drafts"),
        (tr("设置"), "settings"),
        (tr("帮助"), "help"),
    )


class _Painter(QStyledItemDelegate):
    """Paints kind, name with its fitting part in bold, and detail in columns."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry, where = index.data(DATA)
        marked = bool(option.state & QStyle.StateFlag.State_Selected)
        box, sizes = option.rect, metrics()
        margin, kind = sizes.px(12), sizes.px(_KIND)
        painter.save()
        if marked:
            painter.fillRect(box, QColor(COLOURS.accent))
        quiet = QColor(COLOURS.on_accent if marked else COLOURS.quiet)
        painter.setPen(quiet)
        left = QRect(box.left() + margin, box.top(), kind, box.height())
        _draw(painter, left, entry.kind)
        rest = QRect(left.right() + margin, box.top(), box.width() - kind - 3 * margin, box.height())
        painter.setPen(QColor(COLOURS.on_accent if marked else COLOURS.ink))
        used = _draw_name(painter, rest, entry.name, where)
        painter.setPen(quiet)
        _draw(painter, rest.adjusted(used + margin, 0, 0, 0), entry.detail, right=True)
        painter.restore()


def _draw(painter: QPainter, box: QRect, text: str, *, right: bool = False) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(box.width(), 0))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)


def _draw_name(painter: QPainter, box: QRect, name: str, where: tuple[int, int]) -> int:
    """Draw a name with a part in bold; return how much of the width it takes."""
    plain = painter.font()
    bold, used = word_font(plain), 0
    for part, font in ((name[: where[0]], plain), (name[slice(*where)], bold), (name[where[1] :], plain)):
        painter.setFont(font)
        _draw(painter, box.adjusted(used, 0, 0, 0), part)
        used += QFontMetrics(font).horizontalAdvance(part)
    painter.setFont(plain)
    return min(used, box.width())
