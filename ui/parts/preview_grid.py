"""预览: a block of cells before it is written, from the clipboard, a row filled down, or a file.

Each cell says what it becomes; one that cannot be read says so, with the reason beside the name.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QHeaderView, QTableView, QWidget

from hsdesk.desk.block_values import BlockCell, BlockPreview, BlockRow
from ui.parts.headings import heading
from ui.parts.notice import Notice
from ui.parts.plain import column, label, reveal
from ui.theme import COLOURS, metrics
from ui.words import sentence_text, tr

Index = QModelIndex | QPersistentModelIndex
ROW = 36  # pixels
WIDEST = 240
_MEASURED = 60  # rows looked at for the widths


class PreviewModel(QAbstractTableModel):
    """Name, what is wrong, and the cells."""

    def __init__(self, preview: BlockPreview) -> None:
        super().__init__()
        self.preview = preview
        self.rows: Sequence[BlockRow] = preview.rows

    def show_only_refused(self, only: bool) -> None:
        """Show the rows that have a cell which cannot be read, or all."""
        self.beginResetModel()
        self.rows = [row for row in self.preview.rows if not only or _refused(row)]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.preview.headings) + 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            cell = self._cell(row, index.column())
            return _ink(cell) if cell is not None else QColor(COLOURS.bad) if index.column() else None
        return None

    def _cell(self, row: BlockRow, at: int) -> BlockCell | None:
        return row.cells[at - 2] if 1 < at < len(row.cells) + 2 else None

    def _text(self, row: BlockRow, at: int) -> str:
        if at == 0:
            return tr("（新的一条）") if row.is_new else row.title or tr("（还没有名称）")
        cell = self._cell(row, at)
        return cell_words(cell) if cell is not None else reasons(row, self.preview.headings)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        words = (tr("哪一条"), tr("问题"), *self.preview.headings)
        return heading(section, orientation, role, words.__getitem__)


class PreviewGrid(QWidget):
    """The table of a preview, with a sentence that counts above it."""

    def __init__(self, preview: BlockPreview) -> None:
        super().__init__()
        self.model = PreviewModel(preview)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(metrics().px(ROW))
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setMinimumHeight(metrics().px(44 + 5 * ROW // 2))
        self.table.setAccessibleName(tr("预览"))
        self.only = QCheckBox(tr("只看读不懂的"))
        self.only.toggled.connect(self.model.show_only_refused)
        self.said = label(counted(preview), wrap=True)
        self.setLayout(column(self.said, self.only, self.table, gap=8))
        reveal(self.only, bool(preview.count("refused")))
        self._fit()

    def _fit(self) -> None:
        measure = self.table.fontMetrics()
        pad, widest = metrics().px(28), metrics().px(WIDEST)
        for at in range(self.model.columnCount()):
            some = range(min(self.model.rowCount(), _MEASURED))
            texts = [str(self.model.index(row, at).data()) for row in some]
            texts.append(str(self.model.headerData(at, Qt.Orientation.Horizontal)))
            wide = max(map(measure.horizontalAdvance, texts)) + pad
            self.table.setColumnWidth(at, min(wide, 2 * widest if at == 1 else widest))
        self.table.setColumnHidden(1, not any(cell.reason for row in self.model.rows for cell in row.cells))


def counted(preview: BlockPreview) -> str:
    """Return what writing would do, in one sentence."""
    changed, refused = preview.count("changed"), preview.count("refused")
    words = tr("要写 {n} 格，涉及 {rows} 条。", n=changed, rows=preview.touched)
    if preview.made:
        words += tr("其中新增 {n} 条。", n=preview.made)
    if refused:
        words += tr("有 {n} 格读不懂或不能写（标了 ✕），那几格不动，其余照写。", n=refused)
    return words + (sentence_text(preview.cut) if preview.cut is not None else "")


def cell_words(cell: BlockCell) -> str:
    """Return what a cell of a preview says."""
    if cell.outcome == "refused":
        return f"✕ {cell.given}"
    if cell.outcome == "same":
        return cell.was
    becomes = cell.becomes or tr("（清空）")
    return f"{cell.was} → {becomes}" if cell.was else becomes


def reasons(row: BlockRow, headings: Sequence[str]) -> str:
    """Return what is wrong with the cells of a row, each with its heading."""
    found: list[str] = []
    for named, cell in zip(headings, row.cells, strict=False):
        if cell.reason is not None:
            said = sentence_text(cell.reason)
            names_it = f"“{named}”" in said
            found.append(said if names_it else tr("{heading}：{words}", heading=named, words=said))
    return "　".join(found)


def _refused(row: BlockRow) -> bool:
    return any(cell.outcome == "refused" for cell in row.cells)


def _ink(cell: BlockCell) -> QColor | None:
    if cell.outcome == "refused":
        return QColor(COLOURS.bad)
    return QColor(COLOURS.quiet) if cell.outcome == "same" else None


class PreviewDialog(Notice):
    """Asks whether to write what a preview shows."""

    def __init__(self, parent: QWidget, title: str, preview: BlockPreview) -> None:
        super().__init__(parent, title, tr("还没有写进去。看好了再写，写了也能撤销（Ctrl+Z）。"))
        self.grid = PreviewGrid(preview)
        window, share = parent.window().size(), 1.0 if metrics().is_large else 0.85
        self.setMinimumSize(round(window.width() * share), round(window.height() * share))
        self.put_under(self.grid)
        if metrics().is_large:  # the rows need the room
            self.message.hide()
            self.buttons.insertWidget(0, self.grid.only)
        self.body.setStretchFactor(self.grid, 1)
        changed = preview.count("changed")
        self.accept_button = self.answers(tr("写进去（{n} 格）", n=changed), tr("不写"))
        self.accept_button.setEnabled(bool(changed))
        if not changed:
            self.grid.table.setFocus()
