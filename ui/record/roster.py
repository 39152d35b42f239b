"""A roster (子表) as a table: one line per person or thing, filled from cell to cell with Enter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from hsdesk.forms.masking import SCREEN, treatment
from hsdesk.forms.schema import Question, Repeat, questions
from hsdesk.forms.session import Session
from hsdesk.forms.types import show, type_of
from hsdesk.forms.views import NodeView
from hsdesk.model.answer import Value
from hsdesk.model.attachment import read_attachment
from ui.parts.headings import heading
from ui.theme import COLOURS
from ui.words import tr

_NO_CELL = ("note", "")  # widgets that have no column
_BELOW = ("photo", "file", "choices")  # the cell shows the answer; the field stands under the table
Index = QModelIndex | QPersistentModelIndex
Mask = Callable[[Question, str], str]


def cell_questions(repeat: Repeat) -> tuple[Question, ...]:
    """Return the questions of a roster that have a column, in screen order."""
    return tuple(one for one in questions(repeat.children) if type_of(one).widget not in _NO_CELL)


class RosterModel(QAbstractTableModel):
    """Rows of a roster; the session is asked for every cell."""

    reloaded = Signal()

    def __init__(self, session: Session, path: str, repeat: Repeat, mask: Mask) -> None:
        super().__init__()
        self.session, self.path, self.repeat, self.mask = session, path, repeat, mask
        self.columns = cell_questions(repeat)
        self.lines: tuple[str, ...] = session.rows(path)
        self.unread: dict[str, tuple[str, str]] = {}  # path: text that cannot be taken, and why
        self.opened = ""  # path of the hidden cell that is shown while 按住显示 is held
        self._added: dict[str, tuple[Value, ...]] = {}  # what the form itself put into rows added here
        self._going: frozenset[str] = frozenset()  # rows that the session no longer has, on their way out

    def reload(self) -> None:
        """Show the rows as the session has them now; the editor of a cell stays open if its row stays."""
        wanted, none = self.session.rows(self.path), QModelIndex()
        self._going = frozenset(self.lines) - frozenset(wanted)
        for at in reversed(range(len(self.lines))):
            if self.lines[at] not in wanted:
                self.beginRemoveRows(none, at, at)
                self.lines = (*self.lines[:at], *self.lines[at + 1 :])
                self.endRemoveRows()
        for at, line in enumerate(wanted):
            if line in self.lines:
                self._move(self.lines.index(line), at)
                continue
            self.beginInsertRows(none, at, at)
            self.lines = (*self.lines[:at], line, *self.lines[at:])
            self.endInsertRows()
        self._going = frozenset()
        self.reloaded.emit()

    def _move(self, here: int, to: int) -> None:
        """Move a row up."""
        if here == to:
            return
        none, line = QModelIndex(), self.lines[here]
        self.beginMoveRows(none, here, here, none, to)
        rest = (*self.lines[:here], *self.lines[here + 1 :])
        self.lines = (*rest[:to], line, *rest[to:])
        self.endMoveRows()

    def touch(self) -> None:
        """Show every cell again."""
        if self.lines:
            last = self.index(len(self.lines) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def cell(self, index: Index) -> str:
        """Return the storage path of a cell."""
        return f"{self.lines[index.row()]}/{self.columns[index.column()].key}"

    def view(self, index: Index) -> NodeView:
        return self.session.node(self.cell(index))

    def is_there(self, index: Index) -> bool:
        """Tell whether the row of a cell is not just being taken out."""
        return self.lines[index.row()] not in self._going

    def is_below(self, question: Question) -> bool:
        """Tell whether an answer is given in a field under the table."""
        return type_of(question).widget in _BELOW and not question.calculation

    def opens_below(self, index: Index) -> bool:
        """Tell whether a cell leads to a field under the table."""
        return self.is_below(self.columns[index.column()]) and self.view(index).relevant

    def find(self, path: str) -> QModelIndex:
        """Return the cell with this path, or an invalid index."""
        row, _, key = path.rpartition("/")
        keys = [question.key for question in self.columns]
        if row in self.lines and key in keys:
            return self.index(self.lines.index(row), keys.index(key))
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not self.is_there(index):
            return None
        path = self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            if path in self.unread:
                return self.unread[path][0]
            view = self.session.node(path)
            return self._shown(view) if view.relevant else "／"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.unread[path][1] if path in self.unread else self.session.node(path).problem
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(path)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not self.is_there(index):
            return Qt.ItemFlag.NoItemFlags
        view = self.view(index)
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        fixed = view.readonly or not view.relevant or type_of(view.question).widget in ("computed", *_BELOW)
        return base if fixed else base | Qt.ItemFlag.ItemIsEditable

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        return heading(section, orientation, role, self._heading)

    def _heading(self, section: int) -> str:
        question = self.columns[section]
        star = " *" if question.required.strip() in ("yes", "true", "true()") else ""
        return question.label.plain() + star

    def has_content(self, row: int) -> bool:
        """Tell whether a person has put anything into a row."""
        line = self.lines[row]
        made = self._added.get(line, (None,) * len(self.columns))
        return any(
            value not in (None, "", (), first) for value, first in zip(self._answers(line), made, strict=True)
        ) or any(path.startswith(f"{line}/") for path in self.unread)

    def note_added(self, line: str) -> None:
        """Take note of what the form put into a row that was added just now."""
        self._added[line] = self._answers(line)

    def _answers(self, line: str) -> tuple[Value, ...]:
        return tuple(
            None
            if type_of(question).widget == "computed"
            else self.session.node(f"{line}/{question.key}").value
            for question in self.columns
        )

    def _shown(self, view: NodeView) -> str:
        if self.is_below(view.question):
            return _shown_below(view)
        for choice in view.choices:
            if choice.value == view.value:
                return choice.label.plain() or choice.value
        text = show(view.question, view.value)
        return text if view.path == self.opened else self.mask(view.question, text)

    def hides(self, question: Question) -> bool:
        """Tell whether cells of a column are hidden while they are not edited."""
        return treatment(self.session.form, question, SCREEN) != "open"

    def open_cell(self, path: str) -> None:
        """Show one hidden cell whole; "" hides it again."""
        self.opened = path
        self.touch()

    def _colour(self, path: str) -> QColor | None:
        if path in self.unread:
            return QColor(COLOURS.bad)
        view = self.session.node(path)
        if not view.relevant or type_of(view.question).widget == "computed":
            return QColor(COLOURS.quiet)
        if self.is_below(view.question) and not view.problem:
            return QColor(COLOURS.accent)
        return QColor(COLOURS.bad) if view.problem and view.value is not None else None


def _shown_below(view: NodeView) -> str:
    """Return an answer that is given under the table: a file's name, the choices in a row."""
    several = type_of(view.question).choosing == "several"
    if view.value is None and not view.readonly:
        return tr("选择…") if several else tr("选择文件…")
    if several:
        names = {choice.value: choice.label.plain() or choice.value for choice in view.choices}
        held = view.value if isinstance(view.value, tuple) else ()
        return "、".join(names.get(code, code) for code in held)
    attachment = read_attachment(view.value)
    return attachment.name if attachment else show(view.question, view.value)


def roster_heading(repeat: Repeat, count: int) -> str:
    """Return the heading of a roster with its number of rows."""
    name = repeat.label.plain() or repeat.name
    return tr("{name}（{n} 行）", name=name, n=count)
