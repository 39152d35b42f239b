"""The view of a grid: the first column stays, the rest scrolls; letters begin a search, keys do the work."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.grid.painting import CellPainter
from ui.theme import metrics

HELD_KEY = Qt.Key.Key_F6
Index = QModelIndex | QPersistentModelIndex
Hint = QAbstractItemView.ScrollHint
_PAD = 8  # pixels above and below the text of a row, together
_FROZEN = 0.55  # of the view: as wide may the first column be


def row_height(view: QWidget) -> int:
    """Return how high a row is: one line of text with a little air."""
    return view.fontMetrics().height() + (_PAD if metrics().is_large else metrics().px(_PAD))


class _RowNumbers(QHeaderView):
    """The numbers of the rows. Qt's own asks for 200 of them at every new list to know how wide they are."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, over)

    def sizeHint(self) -> QSize:  # noqa: N802
        model = self.model()
        digits = len(str(model.rowCount())) if model is not None else 1
        return QSize(self.fontMetrics().horizontalAdvance("0" * digits) + 2 * metrics().px(_PAD), 0)


class _Plain(QTableView):
    """What both parts of the grid have in common."""

    def __init__(self, parent: QWidget | None = None, *, covered: int = -1) -> None:
        super().__init__(parent)
        self.setVerticalHeader(_RowNumbers(self))
        self.painter = CellPainter(self, covered=covered)
        self.setItemDelegate(self.painter)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        rows, heads = self.verticalHeader(), self.horizontalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(row_height(self))
        heads.setHighlightSections(False)
        heads.setSortIndicatorShown(True)
        heads.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        heads.setSectionsClickable(True)
        heads.setMinimumSectionSize(metrics().px(60))


class _Frozen(_Plain):
    """The first column, over the view; it takes no focus."""

    def __init__(self, over: GridTable) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("Frozen")
        self.verticalHeader().hide()
        self.setFocusProxy(over)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.doubleClicked.connect(lambda _: over.open_wanted.emit())


class GridTable(_Plain):
    """The whole view."""

    typed = Signal(str)
    open_wanted = Signal()
    edit_wanted = Signal()
    copy_wanted = Signal()
    paste_wanted = Signal()
    fill_wanted = Signal()
    filter_wanted = Signal()
    menu_wanted = Signal(QPoint)  # on the screen
    sort_wanted = Signal(int)  # column
    moved = Signal()  # columns were dragged to another place or width
    held = Signal()
    let_go = Signal()

    def __init__(self) -> None:
        super().__init__(covered=0)
        self.setObjectName("Grid")
        self._is_laying = False
        self.kept_keys: list[QKeyEvent] | None = None  # pressed while a cell is being opened, for its field
        self.frozen = _Frozen(self)
        self.verticalHeader().setMinimumWidth(metrics().px(52))
        self.verticalHeader().setSectionsClickable(True)
        heads = self.horizontalHeader()
        heads.setSectionsMovable(True)
        heads.setFirstSectionMovable(False)
        heads.sectionResized.connect(self._resized)
        heads.sectionMoved.connect(lambda *_: self._told())
        for one in (heads, self.frozen.horizontalHeader()):
            one.sectionClicked.connect(self.sort_wanted)
        self.verticalScrollBar().valueChanged.connect(self.frozen.verticalScrollBar().setValue)
        self.frozen.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        self.doubleClicked.connect(lambda _: self.open_wanted.emit())

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        super().setModel(model)
        self.frozen.setModel(model)
        own = self.frozen.selectionModel()
        self.frozen.setSelectionModel(self.selectionModel())
        if own is not None and own is not self.selectionModel():
            own.deleteLater()
        self.selectionModel().currentRowChanged.connect(self._row_changed)
        if model is not None:
            model.modelReset.connect(self.lay_out)
        self.lay_out()

    def set_widths(self, widths: list[int]) -> None:
        """Give the columns their widths; the first never takes most of the view."""
        self._is_laying = True
        for at, width in enumerate(widths):
            self.setColumnWidth(at, width if at else min(width, int(self.viewport().width() * _FROZEN)))
        self._is_laying = False
        self.lay_out()

    def show_order(self, column: int, *, descending: bool) -> None:
        """Mark by which column the rows stand in order, -1 for none."""
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        for one in (self.horizontalHeader(), self.frozen.horizontalHeader()):
            one.setSortIndicator(column, order)

    def lay_out(self) -> None:
        """Put the first column over its place."""
        model = self.model()
        if model is None or not model.columnCount():
            return
        for at in range(1, model.columnCount()):
            if not self.frozen.isColumnHidden(at):  # hiding lays the whole view out anew
                self.frozen.setColumnHidden(at, True)
        self.frozen.setColumnWidth(0, self.columnWidth(0))
        self.frozen.horizontalHeader().setFixedHeight(self.horizontalHeader().height())
        frame = self.frameWidth()
        top = frame + self.horizontalHeader().height()
        left, height = self.verticalHeader().width() + frame, self.viewport().height() + top - frame
        self.frozen.setGeometry(left, frame, self.columnWidth(0), height)
        self.frozen.verticalScrollBar().setValue(self.verticalScrollBar().value())
        self.frozen.raise_()

    def selected_block(self) -> tuple[list[int], list[int]]:
        """Return the rows and columns that are selected, in order."""
        rows: set[int] = set()
        columns: set[int] = set()
        for one in self.selectionModel().selection().toList():
            rows.update(range(one.top(), one.bottom() + 1))
            columns.update(range(one.left(), one.right() + 1))
        shown = [at for at in sorted(columns) if not self.isColumnHidden(at)]
        return sorted(rows), shown

    def go_to(self, row: int, column: int) -> None:
        """Put the cell cursor somewhere and bring it into view."""
        model = self.model()
        if model is not None and 0 <= row < model.rowCount():
            index = model.index(row, min(max(column, 0), model.columnCount() - 1))
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)

    # Qt's own

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:  # noqa: N802
        """Bring a cell into view, not under the first column; that one is always seen."""
        bar = self.horizontalScrollBar()
        before = bar.value()
        super().scrollTo(index, hint)
        if not index.column():
            bar.setValue(before)
            return
        hidden = self.columnWidth(0) - self.visualRect(index).left()
        if hidden > 0:
            bar.setValue(bar.value() - hidden)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        self.typed.emit(search)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self.kept_keys is not None:
            self.kept_keys.append(QKeyEvent(event))
            return
        if event.key() == HELD_KEY:
            if not event.isAutoRepeat():
                self.held.emit()
            return
        wanted = self._meant(event)
        if wanted is not None:
            wanted.emit()
        elif event.key() == Qt.Key.Key_Menu:
            self._menu_here()
        else:
            super().keyPressEvent(event)

    def _meant(self, event: QKeyEvent) -> SignalInstance | None:
        """Return what a key asks for."""
        keys: dict[str, SignalInstance] = {
            "Ctrl+C": self.copy_wanted,
            "Ctrl+V": self.paste_wanted,
            "Ctrl+D": self.fill_wanted,
            "F2": self.edit_wanted,
            "Return": self.open_wanted,
            "Enter": self.open_wanted,
            "Alt+Down": self.filter_wanted,
        }
        pressed = QKeySequence(event.keyCombination()).toString().replace("Num+", "")
        return keys.get(pressed)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == HELD_KEY and not event.isAutoRepeat():
            self.let_go.emit()
        else:
            super().keyReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._menu_here()
            return
        at = self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        if at.isValid() and not self.selectionModel().isSelected(at):
            self.go_to(at.row(), at.column())
        self.menu_wanted.emit(event.globalPos())

    def _menu_here(self) -> None:
        box = self.visualRect(self.currentIndex())
        self.menu_wanted.emit(self.viewport().mapToGlobal(box.bottomLeft()))

    def updateGeometries(self) -> None:  # noqa: N802
        super().updateGeometries()
        if hasattr(self, "frozen"):  # Qt asks while the view is being made
            self.lay_out()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            for one in (self, self.frozen):
                one.painter.forget()
                one.verticalHeader().setDefaultSectionSize(row_height(one))

    def _row_changed(self, now: QModelIndex, before: QModelIndex) -> None:
        for row in {now.row(), before.row()} - {-1}:
            for part in (self, self.frozen):
                top = part.rowViewportPosition(row)
                part.viewport().update(QRect(0, top, part.viewport().width(), part.rowHeight(row)))

    def _resized(self, section: int, _: int, width: int) -> None:
        if section == 0:
            self.frozen.setColumnWidth(0, width)
            self.lay_out()
        self._told()

    def _told(self) -> None:
        if not self._is_laying:
            self.moved.emit()
