"""The navigation at the left: words only, registers in the groups a cadre thinks in."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from hsdesk.desk.values import FormInfo, Status
from ui.pages.page import Target
from ui.theme import metrics
from ui.words import tr

_TARGET = Qt.ItemDataRole.UserRole
WIDTH = 214


class Nav(QListWidget):
    """Emits `chosen` with a Target. Up, Down and Enter work; Ctrl+1…9 jump."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Nav")
        self.setFixedWidth(metrics().px(WIDTH) if metrics().scale <= 130 else metrics().px(180))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName(tr("导航"))
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)
        self._shape: tuple[object, ...] = ()

    def show_status(self, status: Status) -> None:
        """Build the list again when registers were switched on or off; keep the mark."""
        registers = [info for info in status.registers if info.open]
        shape = tuple((info.form_id, info.title, info.group) for info in registers)
        if shape != self._shape:
            self._shape = shape
            self._build(registers)
        self._count(status)

    def mark(self, target: Target) -> None:
        """Mark the line that leads to a page."""
        for at in range(self.count()):
            own = self.item(at).data(_TARGET)
            same = own is not None and own.page in (target.page, _list_of(target)) and own.form == target.form
            if same or (own is not None and own.page == target.page and not own.form and not target.form):
                self.setCurrentRow(at)
                return

    def target(self, at: int) -> Target | None:
        """Return where the line `at` leads, counted without headings."""
        leading = [
            self.item(index).data(_TARGET)
            for index in range(self.count())
            if self.item(index).data(_TARGET) is not None
        ]
        return leading[at] if 0 <= at < len(leading) else None

    def _build(self, registers: list[FormInfo]) -> None:
        self.clear()
        self._line(tr("工作台"), Target("home"))
        group = ""
        for info in registers:
            if info.group != group:
                group = info.group
                self._heading(group)
            self._line(info.title, Target("register", info.form_id))
        self._heading(tr("上报与打印"))
        self._line(tr("收发中心"), Target("sync"))
        self._line(tr("考核指标"), Target("indicators"))
        self._line(tr("打印与导出"), Target("prints"))
        self._heading(tr("其他"))
        self._line(tr("设置"), Target("settings"))
        self._line(tr("帮助（F1）"), Target("help"))

    def _heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setSizeHint(QSize(0, metrics().px(38)))
        item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        self.addItem(item)

    def _line(self, text: str, target: Target) -> None:
        item = QListWidgetItem(text)
        item.setData(_TARGET, target)
        item.setToolTip(text)
        self.addItem(item)

    def _count(self, status: Status) -> None:
        """Say on the line of the sync centre that something waits."""
        open_work = status.conflicts + status.set_aside
        for at in range(self.count()):
            item = self.item(at)
            target = item.data(_TARGET)
            if target is not None and target.page == "sync":
                item.setText(tr("收发中心（{n}）", n=open_work) if open_work else tr("收发中心"))

    def _choose(self, item: QListWidgetItem) -> None:
        target = item.data(_TARGET)
        if target is not None:
            self.chosen.emit(target)


def _list_of(target: Target) -> str:
    return "register" if target.page == "record" else target.page
