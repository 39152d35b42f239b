"""The navigation at the left: registers in the groups a cadre thinks in, one group open.

While a record is open, and at large text sizes, it is folded into a rail of icons with words.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from hsdesk.desk.values import FormInfo, Status
from hsdesk.model.punctuation import full_width
from ui.pages.page import Target
from ui.parts.lines import DATA, add_line
from ui.parts.plain import column, restyle, row
from ui.parts.rail import Rail
from ui.theme import metrics
from ui.words import tr

WIDTH = 226
WIDEST = 330  # at large text sizes


class Nav(QWidget):
    """Emits `chosen` with a Target. The registers scroll, the other pages always stay in view."""

    chosen = Signal(object)
    lock_wanted = Signal()
    undo_wanted = Signal()  # the list of what was done last

    def __init__(self) -> None:
        super().__init__()
        self.full = QWidget()
        self.full.setFixedWidth(min(metrics().px(WIDTH), WIDEST))
        self.rail = Rail()
        self._is_record = False
        self.registers = _words(tr("登记表"))
        self.others = _words(tr("其他页面"))
        self.others.setProperty("place", "foot")
        self._groups: dict[str, list[FormInfo]] = {}
        self._open_group = ""
        self._room = self.full.width() - metrics().px(38) - 14  # scroll bar, padding and borders of a line
        for words in (self.registers, self.others):
            words.itemClicked.connect(self._choose)
            words.itemActivated.connect(self._choose)
        layout = column(gap=0)
        layout.addWidget(self.registers, 1)
        layout.addWidget(self.others)
        self.full.setLayout(layout)
        self.setLayout(row(self.rail, self.full, gap=0))
        self._build_rail()
        self._fold(folded=metrics().is_large)
        if metrics().is_large:
            self.others.hide()  # its lines follow the registers
        else:
            self._build_others(self.others)
            self.others.setFixedHeight(self.others.count() * metrics().px(42) + metrics().px(18))

    def fold(self, *, record: bool) -> None:
        """Make room for an open record; large text always needs it."""
        self._is_record = record
        self._fold(folded=record or metrics().is_large)

    def unfold(self) -> None:
        """Show the registers until one is chosen, or hide them again."""
        if self.full.isHidden():
            self._fold(folded=False)
            self.rail.setVisible(metrics().is_large or self._is_record)
            self.take_focus()
        else:
            self._fold(folded=True)

    def _fold(self, *, folded: bool) -> None:
        self.rail.setVisible(folded)
        self.full.setVisible(not folded)

    def _build_rail(self) -> None:
        self.rail.add("home", "home", tr("工作台"), lambda: self.chosen.emit(Target("home")))
        self.rail.add("register", "ledger", tr("台账"), self.unfold)
        for words, page in ((tr("收发"), "sync"), (tr("指标"), "indicators"), (tr("打印"), "prints")):
            self._rail_page(words, page)
        self._rail_page(tr("设置"), "settings")
        self._rail_page(tr("帮助"), "help")
        self.rail.add("undo", "undo", tr("撤销…"), self.undo_wanted.emit)
        self.rail.add("lock", "lock", tr("锁屏"), self.lock_wanted.emit)

    def _rail_page(self, words: str, page: str) -> None:
        self.rail.add(page, page, words, lambda: self.chosen.emit(Target(page)))

    def take_focus(self) -> None:
        """Let keys choose among the registers."""
        self.registers.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_status(self, status: Status) -> None:
        """Show the registers that are switched on, and how much waits in the sync centre."""
        groups: dict[str, list[FormInfo]] = {}
        for info in status.registers:
            if info.open:
                groups.setdefault(info.group, []).append(info)
        shape = {name: [(one.form_id, one.title) for one in members] for name, members in groups.items()}
        old = {name: [(one.form_id, one.title) for one in members] for name, members in self._groups.items()}
        if shape != old or not self.registers.count():
            self._groups = groups
            self._build()
        waiting = status.conflicts + status.set_aside
        words = tr("收发中心（{n}）", n=waiting) if waiting else tr("收发中心")
        self.rail.say("sync", tr("收发（{n}）", n=waiting) if waiting else tr("收发"))
        pages = self.registers if metrics().is_large else self.others
        for at in range(pages.count()):
            own = pages.item(at).data(DATA)
            if isinstance(own, Target) and own.page == "sync":
                pages.item(at).setText(words)

    def mark(self, target: Target, *, record: bool) -> None:
        """Mark the line that leads to a page, opening its group; fold what was unfolded to choose it."""
        self.fold(record=record)
        self.rail.mark("register" if target.page in ("record", "new", "all") else target.page)
        group = self._group_of(target.form)
        if group and group != self._open_group and len(self._groups[group]) > 1:
            self._open_group = group
            self._build()
        for words in (self.registers, self.others):
            words.setCurrentRow(-1)
            for at in range(words.count()):
                own = words.item(at).data(DATA)
                if isinstance(own, Target) and _same(own, target):
                    words.setCurrentRow(at)

    def target(self, at: int) -> Target | None:
        """Return where the register line `at` leads, counted over all registers."""
        forms = [info for members in self._groups.values() for info in members]
        return Target("register", forms[at].form_id) if 0 <= at < len(forms) else None

    def _group_of(self, form: str) -> str:
        for name, members in self._groups.items():
            if any(info.form_id == form for info in members):
                return name
        return ""

    def _build(self) -> None:
        self.registers.clear()
        add_line(self.registers, tr("工作台"), Target("home"))
        for name, members in self._groups.items():
            if len(members) == 1:
                self._register(members[0], "")
                continue
            is_open = name == self._open_group
            mark = "▾" if is_open else "▸"  # in front: at the end a long name would push it out of view
            add_line(self.registers, f"{mark} {full_width(name)}", name, width=self._room)
            if is_open:
                for info in members:
                    self._register(info, "　")
        if metrics().is_large:
            self._build_others(self.registers)

    def _register(self, info: FormInfo, indent: str) -> None:
        title, target = full_width(info.title), Target("register", info.form_id)
        add_line(self.registers, title, target, width=self._room, indent=indent)

    def _build_others(self, words: QListWidget) -> None:
        for text, page in (
            (tr("收发中心"), "sync"),
            (tr("考核指标"), "indicators"),
            (tr("打印与导出"), "prints"),
            (tr("设置"), "settings"),
            (tr("帮助（F1）"), "help"),
        ):
            add_line(words, text, Target(page), width=self._room)

    def _choose(self, item: QListWidgetItem) -> None:
        data = item.data(DATA)
        if isinstance(data, Target):
            self.chosen.emit(data)
            return
        at = self.registers.row(item)
        self._open_group = "" if data == self._open_group else data
        self._build()
        self.registers.setCurrentRow(at)


class _Words(QListWidget):
    """A part of the navigation; its mark is stronger while the keys go there."""

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        restyle(self, "lit", True)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        restyle(self, "lit", False)


def _words(name: str) -> QListWidget:
    words = _Words()
    words.setObjectName("Nav")
    words.setWordWrap(True)
    words.setAccessibleName(name)
    words.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    words.setTextElideMode(Qt.TextElideMode.ElideRight)
    return words


def _same(own: Target, target: Target) -> bool:
    pages = ("register",) if target.page in ("record", "new", "all") else (target.page,)
    return own.page in pages and own.form == target.form
