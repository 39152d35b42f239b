"""The ledger grid of one register: rows, what they are chosen and sorted by, and how a person has them.

It asks the desk and changes nothing. Who puts it on a page hears which record is marked (`current_changed`)
and which is to be opened (`open_wanted`), and may keep and give back how it is (`layout`, `restore`).
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hsdesk.desk import Desk
from hsdesk.desk.grid_values import (
    STATE,
    TITLE,
    Choosable,
    ColumnFilter,
    Content,
    GridRow,
    GridView,
    Layout,
    Layouts,
)
from hsdesk.forms.schema import Form
from ui.grid.columns import GridColumn, all_columns, usual_keys
from ui.grid.model import GridModel
from ui.grid.table import GridTable
from ui.grid.widths import fitted_widths
from ui.office import Office
from ui.parts.plain import LabelRole, column, label, restyle, reveal
from ui.theme import metrics
from ui.words import tr
from ui.work import Job

MANY = 5000  # records from which on a search is prepared for
KEEP_MS = 1500  # after the last change of columns or filters they are written
MOST_COPIED = 5000  # rows on the clipboard
_SUMMED = 3000  # cells whose figures are added up


class Grid(QWidget):
    """Rows with a cell cursor, and a line below that counts."""

    current_changed = Signal(object)  # RecordKey of the marked row, or None
    open_wanted = Signal(object)  # RecordKey
    typed = Signal(str)  # letters typed into the rows: a search begins
    listed = Signal(int)  # the records of the view have arrived, so many
    changed = Signal()  # columns, order, filters or groups are others now

    def __init__(self, office: Office, form: Form, *, with_place: bool) -> None:
        super().__init__()
        self.office, self.form = office, form
        self.columns = all_columns(form, with_place=with_place)
        self.table = GridTable()
        self.model = GridModel(office, form, self.columns[:1])
        self.layouts = Layouts()
        self.said = label("", "quiet")  # what is selected
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.words: dict[tuple[str, str], str] = {}  # of values that filters name, by column and value
        self._contents: dict[str, Content] = {}
        self._widths: dict[str, int] = {}
        self._tells_selection = False
        self._is_prepared = False
        self._has_chosen = False  # a person chose the columns
        self._wanted_record = ""
        self._here = (0, 0)  # number of the record and column under the cursor
        self.table.setModel(self.model)
        self.setLayout(column(self.table, gap=4))
        if metrics().is_large:  # there is no line below with room for it
            self.said.setWordWrap(True)
            self.said.hide()
            self.layout().addWidget(self.said)  # type: ignore[union-attr]
        self._keep_soon = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._keep_soon.timeout.connect(self._keep)
        self._listen()

    def _listen(self) -> None:
        table, model = self.table, self.model
        table.typed.connect(self.typed)
        table.open_wanted.connect(self.open_current)
        table.copy_wanted.connect(self.copy)
        table.sort_wanted.connect(self.sort_by)
        table.moved.connect(self._columns_moved)
        table.verticalScrollBar().valueChanged.connect(self._scrolled)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._recall)
        model.filled.connect(self._tell_current)
        table.selectionModel().currentChanged.connect(self._moved)
        table.selectionModel().selectionChanged.connect(lambda *_: self._tell_selected())

    # What is listed

    def begin(self, view: GridView | None = None) -> None:
        """Read how the grid was left and what its columns hold, then list the records."""
        form, keys = self.form.form_id, [one.key for one in self.columns if one.question is not None]

        def read(desk: Desk) -> tuple[Layouts, dict[str, Content]]:
            return desk.grid.layouts(form), desk.grid.contents(form, keys)

        def begun(found: tuple[Layouts, dict[str, Content]]) -> None:
            self.layouts, self._contents = found
            kept = self.layouts.last
            self.restore(kept if view is None else msgspec.structs.replace(kept, view=view))

        self.office.ask(read, begun, owner=self)

    @property
    def view(self) -> GridView:
        """What is listed, in which order."""
        return self.model.view

    def show_view(self, view: GridView) -> None:
        """List something else."""
        is_kept = msgspec.structs.replace(view, search="", deleted=False) != msgspec.structs.replace(
            self.view, search="", deleted=False
        )
        self.model.show(view)
        if is_kept:
            self._keep_soon.start()
            self.changed.emit()

    def search(self, text: str, *, deleted: bool) -> None:
        """List what is found, among the deleted ones or the others."""
        self.show_view(msgspec.structs.replace(self.view, search=text, deleted=deleted))

    def filter(self, wanted: ColumnFilter) -> None:
        """Let through what a column says; a filter without text and values lets all through."""
        others = tuple(one for one in self.view.filters if one.column != wanted.column)
        filters = (*others, wanted) if wanted.text or wanted.values else others
        self.show_view(msgspec.structs.replace(self.view, filters=filters))

    def filter_of(self, key: str) -> ColumnFilter:
        """Return what a column lets through."""
        found = (one for one in self.view.filters if one.column == key)
        return next(found, ColumnFilter(key))

    def clear_filters(self) -> None:
        """Let everything through."""
        self.show_view(msgspec.structs.replace(self.view, filters=()))

    def group_by(self, key: str) -> None:
        """Put records together of which a column says the same; "" takes them apart."""
        self.show_view(msgspec.structs.replace(self.view, group=key))

    def sort_by(self, at: int) -> None:
        """Order by a column; the other way round when it is ordered by it already."""
        key = self.model.columns[at].key
        if self.model.columns[at].is_answer or key == "@place":
            again = self.view.order == key and not self.view.descending
            self.show_view(msgspec.structs.replace(self.view, order=key, descending=again))

    def reload(self) -> None:
        """Read again what is listed; the cursor stays on its record."""
        self.model.reload()

    # Columns

    def layout_now(self) -> Layout:
        """Return how the grid is, to be given back to `restore`."""
        keys = tuple(one.key for one in self.model.living) if self._has_chosen else ()
        return Layout(keys, dict(self._widths), self.view)

    def restore(self, layout: Layout) -> None:
        """Be as a layout says."""
        known = {one.key for one in self.columns}
        self._has_chosen = bool(layout.columns)
        self._widths = dict(layout.widths)
        keys = [key for key in layout.columns if key in known and key != TITLE]
        self.model.living = self._shown_columns(tuple(keys) if self._has_chosen else ())
        view = layout.view
        filters = tuple(one for one in view.filters if one.column in known)
        order = view.order if view.order in known else TITLE
        group = view.group if view.group in known else ""
        self.show_view(msgspec.structs.replace(view, filters=filters, order=order, group=group))
        self.changed.emit()
        for one in filters:
            if one.values and one.column != STATE:
                self._learn_words(one.column)

    def _learn_words(self, key: str) -> None:
        """Read what the values of a column are called: a filter that was kept names them by their codes."""
        form = self.form.form_id

        def learnt(values: tuple[Choosable, ...]) -> None:
            self.words.update({(key, one.value): one.words or tr("（空）") for one in values})
            self.changed.emit()

        self.office.ask(lambda desk: desk.grid.choosable(form, key), learnt, owner=self)

    def _shown_columns(self, keys: tuple[str, ...]) -> tuple[GridColumn, ...]:
        by_key = {one.key: one for one in self.columns}
        if not self._has_chosen:
            keys = usual_keys(self.columns, self._contents)
        return tuple(by_key[key] for key in (TITLE, *(one for one in keys if one != TITLE)))

    def choose_columns(self, keys: tuple[str, ...]) -> None:
        """Show these columns in this order, the title first; none: by content again."""
        self._has_chosen = bool(keys)
        self.model.set_columns(self._shown_columns(keys))
        self._keep_soon.start()

    def keep_as(self, name: str) -> None:
        """Give the present layout a name (常用视图)."""
        named = {**self.layouts.named, name: self.layout_now()}
        self.layouts = msgspec.structs.replace(self.layouts, named=named)
        self._keep()

    def forget(self, name: str) -> None:
        """Take a named layout away."""
        named = {one: layout for one, layout in self.layouts.named.items() if one != name}
        self.layouts = msgspec.structs.replace(self.layouts, named=named)
        self._keep()

    def _keep(self) -> None:
        self._keep_soon.stop()
        status = self.office.status
        if status is None or status.read_only:
            return
        now = self.layout_now()
        last = msgspec.structs.replace(now, view=msgspec.structs.replace(now.view, search="", deleted=False))
        self.layouts = msgspec.structs.replace(self.layouts, last=last)
        form, layouts = self.form.form_id, self.layouts
        self.office.note(lambda desk: desk.grid.keep_layouts(form, layouts))

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        if self._keep_soon.isActive():
            self._keep()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the columns widths by what they hold, or those a person gave them."""
        columns = self.model.columns
        if not columns:
            return
        texts = [self._typical(one) for one in columns]
        given = [metrics().px(self._widths.get(one.key, 0)) for one in columns]
        room = self.table.viewport().width()
        self.table.set_widths(fitted_widths(self.table.fontMetrics(), columns, texts, given, room))
        at = next((at for at, one in enumerate(columns) if one.key == self.view.order), -1)
        self.table.show_order(at, descending=self.view.descending)

    def _typical(self, one: GridColumn) -> str:
        """Return a text as long as most of a column."""
        kept = self._contents[one.key].typical if one.key in self._contents else ""
        if kept and one.key != TITLE:
            return kept
        at = self.model.columns.index(one)
        seen = (self.model.text(row, at) for row in range(min(self.model.rowCount(), 30)))
        return max((kept, *seen), key=len)

    def _columns_moved(self) -> None:
        """A column was dragged: keep its width, and its place as the order of the columns."""
        heads = self.table.horizontalHeader()
        columns = self.model.columns
        for at, one in enumerate(columns):
            self._widths[one.key] = round(self.table.columnWidth(at) / metrics().factor)
        places = sorted(range(len(columns)), key=heads.visualIndex)
        if places != list(range(len(columns))):
            QTimer.singleShot(0, self, lambda: self._settle_order(tuple(columns[at].key for at in places)))
        self._keep_soon.start()

    def _settle_order(self, keys: tuple[str, ...]) -> None:
        heads = self.table.horizontalHeader()
        heads.blockSignals(True)
        for at in range(heads.count()):
            heads.moveSection(heads.visualIndex(at), at)
        heads.blockSignals(False)
        self.choose_columns(tuple(key for key in keys if key != "@deleted"))

    # The marked record

    def current(self) -> GridRow | None:
        """Return the marked row, None when it has not been read or none is marked."""
        at = self.table.currentIndex()
        return self.model.record(at.row()) if at.isValid() else None

    def select(self, record: str) -> None:
        """Mark a record, as soon as it is listed."""
        row = self.model.find(record)
        if row >= 0:
            self.table.go_to(row, max(self.table.currentIndex().column(), 0))
        else:
            self._wanted_record = record

    def open_current(self) -> None:
        """Ask for the marked record to be opened."""
        if (record := self.current()) is not None:
            self.open_wanted.emit(record.key)

    def _moved(self, now: QModelIndex, _: QModelIndex) -> None:
        self._tell_current()

    def _tell_current(self) -> None:
        if self._wanted_record and (row := self.model.find(self._wanted_record)) >= 0:
            self._wanted_record = ""
            self.table.go_to(row, 0)
            return
        record = self.current()
        self.current_changed.emit(record.key if record is not None else None)

    def _scrolled(self, row: int) -> None:
        self.model.first_seen = row

    def _remember(self) -> None:
        at = self.table.currentIndex()
        self._here = (self.model.number(at.row()) if at.isValid() else 0, max(at.column(), 0))

    def _recall(self) -> None:
        """After another list has come: widths, and the cursor on its record, else on the first row."""
        self._fit()
        number, part = self._here
        row = self.model.row_of(number) if number else -1
        top = self.model.first_seen
        if self.model.rowCount():
            row = row if row >= 0 else next((at for at in (top, top + 1) if self.model.number(at)), 0)
            at = self.model.index(row, min(part, len(self.model.columns) - 1))
            self.table.selectionModel().setCurrentIndex(at, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            if number and self.model.number(row) == number:
                self.table.scrollTo(at)
            elif not top:
                self.table.scrollToTop()
        self.listed.emit(self.model.count)
        self._tell_selected()
        if not self._is_prepared and self.model.count > MANY:
            self._is_prepared = True
            self._prepare()

    def _prepare(self) -> None:
        """Have read what a search needs; saves and rows that are wanted meanwhile pass."""
        form = self.form.form_id
        self.office.carry(
            lambda desk, step: desk.grid.prepare(form, step),
            Job(self),
            lambda _: None,
            self.office.work.trouble.emit,
            self,
        )

    # The clipboard, and what is selected

    def copy(self) -> None:
        """Put the selected cells on the clipboard, as an internal roster shows them."""
        rows, parts = self.table.selected_block()
        numbers = [number for row in rows[: MOST_COPIED + 1] if (number := self.model.number(row))]
        if not numbers or not parts:
            return
        if len(numbers) > MOST_COPIED:
            self.say(tr("一次最多复制 {n} 行。要更多请用导出，内容没有少。", n=MOST_COPIED))
            return
        form, keys = self.form.form_id, [self.model.columns[at].key for at in parts]

        def copied(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self.say(tr("已复制 {rows} 行 {columns} 栏", rows=len(numbers), columns=len(keys)))

        self.office.ask(lambda desk: desk.grid.block(form, numbers, keys), copied, owner=self)

    def _tell_selected(self) -> None:
        rows, parts = self.table.selected_block()
        if len(rows) * len(parts) < 2:
            if self._tells_selection:
                self.say("")
            return
        words = tr("选中 {rows} 行 {columns} 栏", rows=len(rows), columns=len(parts))
        figures = [at for at in parts if self.model.columns[at].is_figure]
        if len(figures) == 1 and len(rows) <= _SUMMED:
            texts = (self.model.text(row, figures[0]) for row in rows)
            found = [number for text in texts if (number := _figure(text)) is not None]
            words += "　" + tr("合计 {sum}", sum=f"{sum(found):g}") if found else ""
        self.say(words)
        self._tells_selection = True

    def say(self, words: str, role: LabelRole = "quiet") -> None:
        """Put a sentence below the rows."""
        self._tells_selection = False
        restyle(self.said, "role", role)
        self.said.setText(words)
        if metrics().is_large:
            reveal(self.said, bool(words))

    def take_focus(self) -> None:
        """Put the focus on the cell cursor."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)


def _figure(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
