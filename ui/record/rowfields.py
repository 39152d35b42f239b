"""What does not fit into a cell of a roster, as fields under the table: attachments, several choices."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from ui.parts.plain import column, holder, label
from ui.record.line import QuestionLine
from ui.record.roster import RosterModel
from ui.words import tr


class Host(Protocol):
    """The sheet, as it makes and serves fields."""

    def made(self, path: str) -> QuestionLine:
        """Return a new field for an answer."""

    def gone(self, path: str) -> None:
        """Forget a field whose row is no longer there."""

    def focus(self, stop: QuestionLine) -> None:
        """Put the focus on a field and bring it into view."""


class RowFields(QWidget):
    """One set of fields for each row that was marked; only those of the marked row are seen.

    done      the person goes on to the next cell (Enter) or back (False)
    """

    done = Signal(bool)

    def __init__(self, model: RosterModel, host: Host) -> None:
        super().__init__()
        self.model, self.host = model, host
        self.keys = tuple(question.key for question in model.columns if model.is_below(question))
        self._rows: dict[str, QWidget] = {}
        self._lines: dict[str, list[QuestionLine]] = {}
        self._heads: dict[str, QLabel] = {}
        self._shown = ""
        self._box = column(gap=6)
        self.setLayout(self._box)
        self.setVisible(False)
        model.reloaded.connect(self._keep_living)

    def show_row(self, row_path: str) -> None:
        """Show the fields of a row, "" for none."""
        if not self.keys:
            return
        if row_path and row_path not in self._rows:
            self._make(row_path)
        self._shown = row_path
        for path, fields in self._rows.items():
            fields.setVisible(path == row_path)
        self.setVisible(bool(row_path))

    def begin(self, path: str) -> None:
        """Go to the field of an answer."""
        row_path, _, key = path.rpartition("/")
        self.show_row(row_path)
        self.host.focus(self._lines[row_path][self.keys.index(key)])

    def recover(self, path: str, text: str) -> None:
        """Enter text that was typed into a field but not finished before the program ended."""
        row_path, _, key = path.rpartition("/")
        self.show_row(row_path)
        editor = self._lines[row_path][self.keys.index(key)].editor
        editor.recover(text, len(text))
        editor.flush()

    def _make(self, row_path: str) -> None:
        lines = [self.host.made(f"{row_path}/{key}") for key in self.keys]
        for line in lines:
            line.editor.done.connect(self.done.emit)
        self._heads[row_path] = label("", "accent")
        fields = holder(column(self._heads[row_path], *lines, gap=8))
        self._box.addWidget(fields)
        self._rows[row_path], self._lines[row_path] = fields, lines
        self._number()

    def _number(self) -> None:
        for row_path, head in self._heads.items():
            head.setText(tr("第 {n} 行", n=self.model.lines.index(row_path) + 1))

    def _keep_living(self) -> None:
        """Throw the fields of rows away that are gone; the others may stand under another number now."""
        for row_path in self._rows.keys() - set(self.model.lines):
            del self._heads[row_path]
            for line in self._lines.pop(row_path):
                self.host.gone(line.path)
            fields = self._rows.pop(row_path)
            fields.hide()
            fields.deleteLater()
        self._number()
        self.show_row(self._shown if self._shown in self.model.lines else "")
