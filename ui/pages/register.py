"""A register (台账) as a list: search, filter, sort, add, open, delete with a reason, bring back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QCheckBox, QPushButton, QStackedWidget

from hsdesk.desk.grid_values import PLACE, ColumnFilter
from hsdesk.desk.values import Changes, ListQuery, PlaceInfo, RecordKey
from hsdesk.forms.schema import Form
from hsdesk.model.punctuation import full_width
from ui.grid.filtering import ask_filter, filter_words
from ui.grid.grid import Grid
from ui.grid.menu import Entry, open_menu
from ui.grid.model import GridModel
from ui.grid.pasting import Pasting
from ui.grid.progress import ask_progress
from ui.grid.revealing import Revealing
from ui.grid.table import GridTable
from ui.office import Office
from ui.pages.page import Page
from ui.pages.place_choice import choose_place
from ui.pages.reason import ask_erasure, ask_reason, ask_reversal
from ui.pages.register_bar import register_bar
from ui.parts.clamp import Clamped
from ui.parts.hold import HoldButton
from ui.parts.plain import button, clear, column, holder, keyed, label, reveal, row
from ui.parts.search_line import SearchLine
from ui.parts.yielding import Yielding
from ui.theme import metrics
from ui.words import error_text, tr

PAUSE_MS = 20  # keys that follow at once are looked for together


class CellEditing(Protocol):
    """Changes one cell where it stands."""

    @property
    def field_wanted(self) -> SignalInstance: ...  # RecordKey and path: to be filled on the record's page

    def begin(self) -> None:
        """Open the cell under the cursor."""

    def flush(self) -> None:
        """Hand over what is typed."""

    def heard(self, changes: Changes) -> None:
        """Look whether a change concerns the open cell."""

    def has_unsaved(self) -> bool:
        """Tell whether something could not be put into the file."""


class RegisterPage(Page):
    """One register. The grid appears when the form has been read."""

    print_wanted = Signal()
    marked = Signal(object)  # RecordKey the cursor came to, or None

    def __init__(self, office: Office, form: str, editing: Callable[[Grid], CellEditing]) -> None:
        super().__init__(office)
        self.form_id = form
        self._make_editing = editing
        self.grid: Grid | None = None
        self.title = Clamped("heading" if metrics().is_large else "title")
        self.count = label("", "quiet")
        large = metrics().is_large
        self.search = SearchLine(tr("在本表查找") if large else tr("在本表查找：名称、拼音首字母"))
        self.search.setMinimumWidth(190 if large else 150)
        self.search.setMaximumWidth(280 if large else min(metrics().px(330), 420))
        self.gone = QCheckBox(tr("看已作废"))
        self.add = button(keyed(tr("新增（Ctrl+N）")), self.new, "primary")
        self.open_button = button(tr("打开"), self.open_current)
        self.delete_button = button(tr("作废…"), self.delete_current)
        self.move_button = button(tr("转到别的村…"), self.move_current)
        self.erase_button = button(tr("彻底清除…"), self.erase_current)
        self.more = button(keyed(tr("更多（Shift+F10）")), self._open_more)
        self._elsewhere: list[PlaceInfo] = []  # where records may be moved to
        self.hold = HoldButton(focus=True)
        self.chips = row(gap=8)
        self.empty = label("", "quiet", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        self._put_together()
        self.is_ready = False
        office.ask(lambda desk: desk.file.form(form), self._with_form, owner=self)

    @property
    def model(self) -> GridModel | None:
        return self.grid.model if self.grid is not None else None

    @property
    def table(self) -> GridTable:
        assert self.grid is not None
        return self.grid.table

    def take_focus(self) -> None:
        if self.stack.currentIndex() and self.grid is not None:
            self.grid.take_focus()
        else:
            self.empty_add.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if self.grid is not None and not self.grid.model.rowCount():
            self.grid.reload()

    def refresh(self, changes: Changes) -> None:
        touched = self.form_id in changes.registers or any(
            form == self.form_id for form, _ in changes.records
        )
        if touched and self.grid is not None:
            self.editing.heard(changes)
            self.grid.reload()

    def new(self) -> None:
        """Open an empty record."""
        if self.add.isEnabled():
            self.go("new", self.form_id)

    def open_current(self) -> None:
        """Open the marked record."""
        if self.grid is not None:
            self.grid.open_current()

    def _open(self, key: RecordKey, path: str = "") -> None:
        self.go("record", self.form_id, key.record, path, key.scope)

    def flush(self) -> None:
        if self.grid is not None:
            self.editing.flush()

    def has_unsaved(self) -> bool:
        return self.grid is not None and self.editing.has_unsaved()

    def delete_current(self) -> None:
        """Take the marked record out of the list with a reason, reverse it, or bring a deleted one back."""
        if (marked := self._marked_record()) is None or self.grid is None:
            return
        key, name = marked
        form = self.form_id
        if self.grid.view.deleted:
            self.office.change(lambda desk: desk.records.restore(form, key.record))
            return
        if self.grid.form.kind == "ledger":
            self.office.ask(
                lambda desk: desk.records.is_closed(form, key.record),
                lambda closed: self._undo(key.record, name, closed=closed),
                owner=self,
            )
            return
        self._undo(key.record, name, closed=False)

    def erase_current(self) -> None:
        """Have a deleted record forgotten for good, everywhere."""
        if (marked := self._marked_record()) is not None:
            record, name = marked[0].record, marked[1]
            self.office.ask(
                lambda desk: desk.erasure.must_ask,
                lambda asks: self._erase(record, name, asks=asks),
                owner=self,
            )

    def _erase(self, record: str, name: str, *, asks: bool, given: str = "", trouble: str = "") -> None:
        form = self.form_id
        if reason := ask_erasure(self, name, given, trouble, asks=asks):
            self.office.change(
                lambda desk: desk.erasure.erase(form, record, reason),
                failed=lambda error: self._erase(
                    record, name, asks=asks, given=reason, trouble=error_text(error)
                ),
                owner=self,
            )

    def move_current(self) -> None:
        """Move the marked record to another place of this desk."""
        if (marked := self._marked_record()) is None:
            return
        key, name = marked
        others = [place for place in self._elsewhere if place.id != key.scope]
        question = tr("“{name}”转到哪里？下次数据同步时转过去，历史和附件一起走。", name=name)
        chosen = choose_place(self, others, question, tr("转过去"))
        if chosen is not None:
            form, target = self.form_id, chosen.id
            self.office.change(lambda desk: desk.erasure.move(form, key.record, target))

    def _marked_record(self) -> tuple[RecordKey, str] | None:
        record = self.grid.current() if self.grid is not None else None
        return None if record is None else (record.key, record.title)

    def _undo(self, record: str, name: str, *, closed: bool, given: str = "", trouble: str = "") -> None:
        """Ask why, then delete a record, or reverse it where it is a closed entry of a ledger.

        When that fails the question comes back with the reason that was typed, and with why.
        """
        form = self.form_id
        reason = (ask_reversal if closed else ask_reason)(self, name, given, trouble)
        if not reason:
            return
        self.office.change(
            lambda desk: (desk.records.reverse if closed else desk.records.delete)(form, record, reason),
            failed=lambda error: self._undo(
                record, name, closed=closed, given=reason, trouble=error_text(error)
            ),
            owner=self,
        )

    def _put_together(self) -> None:
        large = metrics().is_large
        self.bar = register_bar(self.title, self.count, self.search, self.more, self.add)
        acts = (self.open_button, self.delete_button, self.erase_button, self.move_button, self.hold)
        first = holder(row(*acts, gap=10))
        self._foot = row(first, *([] if large else [self.more]), 8, self.gone, None, gap=10)
        foot = Yielding(self._foot, first)
        if large:
            foot.hide()  # the menu has it all
        reveal(self.erase_button, False)
        self.empty_add = button(tr("新增第一条"), self.new, "primary")
        self.empty_gone = button(tr("看已作废"), lambda: self.gone.setChecked(True))
        self.empty_gone.hide()
        self.empty_all = button(tr("全部列出，不筛选"), self._list_all)
        self.empty_all.hide()
        ways = row(None, self.empty_add, self.empty_gone, self.empty_all, None, gap=10)
        self.stack.addWidget(holder(column(None, self.empty, 10, ways, None)))
        self._chips = holder(self.chips)
        self._chips.hide()
        body = column(self._chips, self.stack, foot, gap=8)
        side, above = metrics().px(16), 4 if large else metrics().px(8)
        body.setContentsMargins(side, above, side, above)
        body.setStretch(1, 1)
        layout = column(self.bar, gap=0)
        layout.addLayout(body, 1)
        self.setLayout(layout)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._query)
        self.search.textChanged.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(self.take_focus)
        self.gone.toggled.connect(lambda _: self._query())
        QShortcut(QKeySequence("Ctrl+N"), self).activated.connect(self.new)

    def _with_form(self, form: Form) -> None:
        self.title.setText(full_width(form.title))
        self.bar.fit()
        status = self.office.status
        several = status is not None and len(status.places) > 1
        self.grid = grid = Grid(self.office, form, with_place=several)
        self.stack.addWidget(grid)
        if not metrics().is_large:
            self._foot.addWidget(grid.said, 100)
        self.pasting = Pasting(grid)
        self.editing = self._make_editing(grid)
        self.editing.field_wanted.connect(self._open)
        self.revealing = Revealing(self.office, grid.table, self.hold)
        grid.listed.connect(self._counted)
        grid.open_wanted.connect(self._open)
        grid.typed.connect(self._type)
        grid.changed.connect(self._show_chips)
        grid.current_changed.connect(lambda key: self.open_button.setEnabled(key is not None))
        grid.current_changed.connect(self.marked)
        grid.table.filter_wanted.connect(self._filter_here)
        grid.table.menu_wanted.connect(self._open_menu)
        self._permit(form)
        grid.begin()

    def _permit(self, form: Form) -> None:
        """Offer what this desk may do with the register."""
        status = self.office.status
        info = (
            next((one for one in status.registers if one.form_id == form.form_id), None) if status else None
        )
        writable = info is None or info.writable
        self.add.setEnabled(writable)
        self.add.setVisible(writable)
        self.empty_add.setVisible(writable)
        self.delete_button.setVisible(writable)
        self._elsewhere = [
            place
            for place in (status.places if status else ())
            if place.writable and place.level in form.levels
        ]
        self._name_actions()

    def _name_actions(self) -> None:
        """Show the buttons that fit what is listed: the deleted ones or the others."""
        assert self.grid is not None
        gone, writable = self.gone.isChecked(), self.add.isEnabled()
        undo = tr("冲正…") if self.grid.form.kind == "ledger" else tr("作废…")
        self.delete_button.setText(tr("恢复") if gone else undo)
        reveal(self.erase_button, gone and writable)
        reveal(self.move_button, not gone and writable and len(self._elsewhere) > 1)

    def _query(self) -> None:
        if self.grid is not None:
            self.grid.search(self.search.sought, deleted=self.gone.isChecked())
            self._name_actions()

    def _counted(self, count: int) -> None:
        assert self.grid is not None
        groups = len(self.grid.model.groups)
        self.count.setText(
            tr("共 {n} 条，{groups} 组", n=count, groups=groups) if groups else tr("共 {n} 条", n=count)
        )
        if metrics().is_large:
            self.search.setPlaceholderText(tr("查 {n} 条", n=count))
        self.bar.fit()
        self.revealing.use(self.grid.model)
        self.stack.setCurrentIndex(1 if count else 0)
        self.empty.setText(self._empty_words())
        self.empty_gone.hide()
        narrowed = bool(self.search.sought or self.grid.view.filters)
        self.empty_all.setVisible(bool(self.grid.view.filters))
        if not count and not narrowed and not self.gone.isChecked():
            form, gone = self.form_id, ListQuery(deleted=True)
            self.office.ask(lambda desk: len(desk.lists.keys(form, gone)), self._show_gone, owner=self)
        self.empty_add.setVisible(not narrowed and not self.gone.isChecked() and self.add.isEnabled())
        for each in (self.open_button, self.delete_button, self.erase_button, self.move_button):
            each.setEnabled(bool(count))
        self.settle()

    def _show_gone(self, count: int) -> None:
        """Say that there are deleted ones where none is in use."""
        if count and self.model is not None and not self.model.rowCount() and not self.gone.isChecked():
            self.empty.setText(tr("没有在用的，另有 {n} 条已作废。", n=count))
            self.empty_gone.show()

    def _empty_words(self) -> str:
        if self.grid is not None and self.grid.view.filters:
            return tr("没有符合筛选条件的。数据都在，去掉筛选就能看到。")
        if self.search.sought:
            return tr("本表没有找到“{text}”。可以少打几个字，或用右上角的全部查找。", text=self.search.sought)
        if self.gone.isChecked():
            return tr("没有已作废的。作废的都留着，可以在这里恢复。")
        return tr("这张表还没有内容。点「新增第一条」开始填，填一项存一项。")

    def _list_all(self) -> None:
        if self.grid is not None:
            self.grid.clear_filters()

    # Filters, columns, menu

    def _show_chips(self) -> None:
        """Show each filter as a button that takes it away."""
        assert self.grid is not None
        clear(self.chips)
        for one in self.grid.view.filters:
            self.chips.addWidget(self._chip(filter_words(self.grid, one), one))
        self.chips.addStretch(1)
        self._chips.setVisible(bool(self.grid.view.filters))

    def _chip(self, words: str, one: ColumnFilter) -> QPushButton:
        assert self.grid is not None
        made = button(tr("{words}　×", words=words), partial(self.grid.filter, ColumnFilter(one.column)))
        made.setToolTip(tr("去掉这一条筛选"))
        made.setAccessibleName(tr("去掉筛选 {words}", words=words))
        return made

    def _filter_here(self) -> None:
        if self.grid is not None:
            at = max(self.grid.table.currentIndex().column(), 0)
            ask_filter(self.grid, self.grid.model.columns[at])

    def _open_more(self) -> None:
        self._open_menu(self.more.mapToGlobal(QPoint(0, 0)))

    def _open_menu(self, at: QPoint) -> None:
        if self.grid is not None:
            open_menu(self.grid, self._entries(), at)

    def _entries(self) -> list[Entry]:
        """Return what can be done with the marked record besides opening it."""
        gone, found = self.gone.isChecked(), list[Entry]()
        if self.add.isEnabled():
            if self.grid is not None and not gone:
                found.append((tr("改这一格"), "F2", self.editing.begin))
                found.append((tr("粘贴…"), "Ctrl+V", self.pasting.paste))
                found.append((tr("第一行填到下面…"), "Ctrl+D", self.pasting.fill_down))
            found.append((self.delete_button.text(), "", self.delete_current))
            if gone:
                found.append((self.erase_button.text(), "", self.erase_current))
            elif len(self._elsewhere) > 1:
                found.append((self.move_button.text(), "", self.move_current))
        if self.grid is not None and any(one.key == PLACE for one in self.grid.columns):
            found.append((tr("各村进度…"), "", partial(ask_progress, self.grid)))
        found.append((tr("打印这个列表…"), "Ctrl+P", self.print_wanted.emit))
        turn = tr("回到在用的") if gone else tr("看已作废")
        return [*found, (turn, "", lambda: self.gone.setChecked(not gone))]

    def _type(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.insert(text)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(1100, 640)
