"""A register (台账) as a list: search, sort, add, open, delete with a reason, bring back."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
)

from hsdesk.desk.values import Changes, ListQuery, PlaceInfo, RecordKey
from hsdesk.forms.schema import Form
from ui.office import Office
from ui.pages.page import Page, title_bar
from ui.pages.place_choice import choose_place
from ui.pages.reason import ask_erasure, ask_reason, ask_reversal
from ui.pages.record_table import RecordTable, Revealing
from ui.pages.records import RecordModel
from ui.parts.clamp import Clamped
from ui.parts.hold import HoldButton
from ui.parts.plain import button, column, holder, keyed, label, reveal, row
from ui.theme import metrics
from ui.words import error_text, tr

PAUSE_MS = 150
MOST_TITLE = 480  # pixels for the title before it is cut
MOST_WHOLE = 280  # for other names and dates
MOST_SHORT = 180  # anything shorter, such as a telephone number, is never cut


class SearchLine(QLineEdit):
    """A search field that also sees what an input method still holds."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setClearButtonEnabled(True)
        self.preedit = ""

    @property
    def sought(self) -> str:
        return (self.text() + self.preedit).strip()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802
        super().inputMethodEvent(event)
        self.preedit = event.preeditString().replace("'", "").replace(" ", "")
        self.textChanged.emit(self.text())


class RegisterPage(Page):
    """One register. The table appears when the form has been read."""

    def __init__(self, office: Office, form: str) -> None:
        super().__init__(office)
        self.form_id = form
        self.model: RecordModel | None = None
        self.title = Clamped("heading" if metrics().is_large else "title")
        self.count = label("", "quiet")
        large = metrics().is_large
        self.search = SearchLine(tr("在本表查找") if large else tr("在本表查找：名称、拼音首字母"))
        self.search.setFixedWidth(280 if large else min(metrics().px(330), 420))
        self.gone = QCheckBox(tr("看已作废"))
        self.add = button(keyed(tr("新增（Ctrl+N）")), self.new, "primary")
        self.open_button = button(tr("打开"), self.open_current)
        self.delete_button = button(tr("作废…"), self.delete_current)
        self.move_button = button(tr("转到别的村…"), self.move_current)
        self.erase_button = button(tr("彻底清除…"), self.erase_current)
        self._elsewhere: list[PlaceInfo] = []  # where records may be moved to
        self._fitted = False
        self._heads = 0  # columns the widths were made for
        self.table = RecordTable()
        self.table.typed.connect(self._type)
        self.hold = HoldButton(focus=True)
        self.revealing = Revealing(office, self.table, self.hold)
        self.empty = label("", "quiet", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        self._dress_table()
        self._put_together()
        self.is_ready = False
        office.ask(lambda desk: desk.file.form(form), self._with_form, owner=self)

    def take_focus(self) -> None:
        (self.table if self.stack.currentIndex() else self.empty_add).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if self.model is not None and not self.model.rowCount():
            self.model.reload()

    def refresh(self, changes: Changes) -> None:
        touched = self.form_id in changes.registers or any(
            form == self.form_id for form, _ in changes.records
        )
        if touched and self.model is not None:
            self.model.reload()

    def new(self) -> None:
        """Open an empty record."""
        if self.add.isEnabled():
            self.go("new", self.form_id)

    def open_current(self) -> None:
        """Open the marked record."""
        at = self.table.currentIndex()
        if at.isValid() and self.model is not None:
            key = self.model.key(at.row())
            self.go("record", self.form_id, key.record, scope=key.scope)

    def delete_current(self) -> None:
        """Take the marked record out of the list with a reason, reverse it, or bring a deleted one back."""
        if (marked := self._marked_record()) is None or self.model is None:
            return
        key, name = marked
        form = self.form_id
        if self.model.query.deleted:
            self.office.change(lambda desk: desk.records.restore(form, key.record))
            return
        if self.model.form.kind == "ledger":
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
        at = self.table.currentIndex()
        if not at.isValid() or self.model is None:
            return None
        record = self.model.record(at.row())
        return self.model.key(at.row()), record.title if record is not None else ""

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
        name = holder(row(self.title, 8, self.count, None, gap=6))
        bar = title_bar(name, self.search, self.add)
        hint = label(tr("回车打开　Ctrl+N 新增　直接打字就是查找"), "quiet")
        reveal(hint, not metrics().is_large)
        acts = (self.open_button, self.delete_button, self.erase_button, self.move_button, self.hold)
        foot = row(*acts, 8, self.gone, None, hint, gap=10)
        reveal(self.erase_button, False)
        self.empty_add = button(tr("新增第一条"), self.new, "primary")
        self.empty_gone = button(tr("看已作废"), lambda: self.gone.setChecked(True))
        self.empty_gone.hide()
        blank = column(None, self.empty, 10, row(None, self.empty_add, self.empty_gone, None, gap=10), None)
        self.stack.addWidget(holder(blank))
        self.stack.addWidget(self.table)
        body = column(self.stack, foot, gap=12, margin=16)
        layout = column(bar, gap=0)
        layout.addLayout(body, 1)
        self.setLayout(layout)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._query)
        self.search.textChanged.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(self.table.setFocus)
        self.gone.toggled.connect(lambda _: self._query())
        QShortcut(QKeySequence("Ctrl+N"), self).activated.connect(self.new)

    def _dress_table(self) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().setDefaultSectionSize(metrics().px(44))
        table.verticalHeader().setMinimumWidth(metrics().px(56))
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setResizeContentsPrecision(0)  # measure what is in view, do not read on
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.activated.connect(lambda _: self.open_current())

    def _with_form(self, form: Form) -> None:
        self.title.setText(form.title)
        status = self.office.status
        several = status is not None and len(status.places) > 1
        self.model = RecordModel(self.office, form, with_place=several)
        self.model.counted.connect(self._counted)
        self.model.dataChanged.connect(lambda *_: self._fit())
        self.model.modelReset.connect(self._reset)
        self.table.setModel(self.model)
        self.revealing.use(self.model)
        self._set_widths()
        self.table.setSortingEnabled(True)
        self.table.selectionModel().currentRowChanged.connect(self._marked)
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
        reveal(self.move_button, writable and len(self._elsewhere) > 1)
        self._query()

    def _set_widths(self) -> None:
        assert self.model is not None
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(metrics().px(90))
        measure = header.fontMetrics()
        for at, one in enumerate(self.model.columns):
            least = 260 if at == 0 else 130
            wide = measure.horizontalAdvance(one.heading) + metrics().px(56)
            header.resizeSection(at, max(metrics().px(least), min(wide, metrics().px(240))))

    def _query(self) -> None:
        if self.model is None:
            return
        query = ListQuery(search=self.search.sought, deleted=self.gone.isChecked())
        old = self.model.query
        self.model.show(msgspec.structs.replace(query, order=old.order, descending=old.descending))
        undo = tr("冲正…") if self.model.form.kind == "ledger" else tr("作废…")
        self.delete_button.setText(tr("恢复") if self.gone.isChecked() else undo)
        reveal(self.erase_button, self.gone.isChecked() and self.add.isEnabled())
        reveal(
            self.move_button, not self.gone.isChecked() and self.add.isEnabled() and len(self._elsewhere) > 1
        )

    def _reset(self) -> None:
        assert self.model is not None
        if self._heads != len(self.model.columns):
            self._heads = len(self.model.columns)
            self._fitted = False

    def _fit(self) -> None:
        """Give columns the width of what they show, within bounds; once per list."""
        if self._fitted or self.model is None or self.model.record(0) is None:
            return
        self._fitted = True
        hidden, widths = self._layout_of_columns()
        for at, width in enumerate(widths):
            self.table.setColumnHidden(at, at in hidden)
            self.table.setColumnWidth(at, width)

    def _layout_of_columns(self) -> tuple[set[int], list[int]]:
        """Return the columns for which there is no room, and the widths of all."""
        assert self.model is not None
        columns, margin = self.model.columns, metrics().px(24)
        measure = self.table.horizontalHeader().fontMetrics()
        wanted = [self.table.sizeHintForColumn(at) + margin for at in range(len(columns))]
        most = [metrics().px(MOST_WHOLE if one.is_whole else MOST_SHORT) for one in columns]
        most[0] = metrics().px(MOST_TITLE)
        whole = [
            min(wish, limit) if one.is_whole or wish <= limit else 0
            for wish, limit, one in zip(wanted, most, columns, strict=True)
        ]
        heads = [measure.horizontalAdvance(one.heading) + margin for one in columns]
        least = [max(pair) for pair in zip(heads, whole, strict=True)]
        room = self.table.viewport().width()
        hidden = surplus([one.rank for one in columns], least, room)
        shown = [at for at in range(len(columns)) if at not in hidden]
        fitted = fitting_widths([wanted[at] for at in shown], [least[at] for at in shown], room)
        widths = dict(zip(shown, fitted, strict=True))
        return hidden, [widths.get(at, least[at]) for at in range(len(columns))]

    def _counted(self, count: int) -> None:
        self.count.setText(tr("共 {n} 条", n=count))
        self.stack.setCurrentIndex(1 if count else 0)
        self.empty.setText(self._empty_words())
        self.empty_gone.hide()
        if not count and not self.search.sought and not self.gone.isChecked():
            form, gone = self.form_id, ListQuery(deleted=True)
            self.office.ask(lambda desk: len(desk.lists.keys(form, gone)), self._show_gone, owner=self)
        self.empty_add.setVisible(
            not self.search.sought and not self.gone.isChecked() and self.add.isEnabled()
        )
        if count and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.model().index(0, 0))
        for each in (self.open_button, self.delete_button, self.erase_button, self.move_button):
            each.setEnabled(bool(count))
        self.settle()

    def _show_gone(self, count: int) -> None:
        """Say that there are deleted ones where none is in use."""
        if count and self.model is not None and not self.model.rowCount() and not self.gone.isChecked():
            self.empty.setText(tr("没有在用的，另有 {n} 条已作废。", n=count))
            self.empty_gone.show()

    def _empty_words(self) -> str:
        if self.search.sought:
            return tr("本表没有找到“{text}”。可以少打几个字，或用右上角的全部查找。", text=self.search.sought)
        if self.gone.isChecked():
            return tr("没有已作废的。作废的都留着，可以在这里恢复。")
        return tr("这张表还没有内容。点「新增第一条」开始填，填一项存一项。")

    def _type(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.insert(text)

    def _marked(self, current: QModelIndex, _: QModelIndex) -> None:
        self.open_button.setEnabled(current.isValid())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fitted = False
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(1100, 640)


def fitting_widths(wanted: list[int], least: list[int], room: int) -> list[int]:
    """Return widths for columns: what they want, cut back to a common most where the room is short.

    >>> fitting_widths([100, 400, 200], [80, 80, 80], 500)
    [100, 200, 200]
    """
    widths = [max(pair) for pair in zip(wanted, least, strict=True)]
    while sum(widths) > room and any(width > low for width, low in zip(widths, least, strict=True)):
        widest = max(width for width, low in zip(widths, least, strict=True) if width > low)
        widths = [
            max(low, width - 20) if width == widest else width
            for width, low in zip(widths, least, strict=True)
        ]
    return widths


def surplus(ranks: list[int], least: list[int], room: int) -> set[int]:
    """Return the columns that do not fit: the least important first, then the rightmost. The first one stays.

    >>> surplus([0, 1, 2, 1], [100, 100, 100, 100], 300)
    {2}
    """
    hidden: set[int] = set()
    order = sorted(range(1, len(ranks)), key=lambda at: (ranks[at], at))
    while order and sum(width for at, width in enumerate(least) if at not in hidden) > room:
        hidden.add(order.pop())
    return hidden
