"""怎么算的: what a calculated answer is made of, in words, with each part, its value and the way there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject

from hsdesk.forms.formula_words import Explanation, Part, Phrase
from ui.record.autosave import Autosave
from ui.record.editor import shown_text
from ui.record.fields import readable
from ui.record.line import QuestionLine
from ui.record.remark import Action, Remark
from ui.record.sheet import Sheet
from ui.words import ERRORS, tr

Go = Callable[[str, str], None]  # the word of a page, and the register it is to show
KIND = "explained"


class Explaining(QObject):
    """Shows an explanation under its answer, and takes it away again."""

    def __init__(self, autosave: Autosave, sheet: Sheet, go: Go, parent: QObject) -> None:
        super().__init__(parent)
        self._autosave, self._sheet, self._leave = autosave, sheet, go

    def toggle(self, path: str) -> None:
        """Explain a calculated answer; one that is explained already is folded up."""
        line = self._sheet.lines.get(path)
        if line is None:
            return
        if KIND in line.remarks.shown:
            self._sheet.remark(path, KIND, None)
            return
        form = self._sheet.entry.form.form_id
        self._autosave.office.ask(
            lambda desk: desk.lists.explained(form, path), partial(self._show, line), owner=self._sheet
        )

    def _show(self, line: QuestionLine, found: Explanation) -> None:
        actions = tuple(filter(None, map(self._way, found.parts)))
        self._sheet.remark(line.path, KIND, Remark(phrase_text(found.words), "quiet", actions, alike=True))
        self._sheet.reveal(line)

    def _way(self, part: Part) -> Action | None:
        """Return the button of one part: its value, and where one looks at it."""
        if part.register:
            open_it = partial(self._leave, "register", part.register)
            return tr("打开“{register}”", register=part.label), "", open_it
        if part.path in self._sheet.rosters:
            rows = self._sheet.rosters[part.path].model.rowCount()
            return tr("{label}：{n} 行", label=part.label, n=rows), "", partial(self._go, part.path)
        if part.path not in self._sheet.lines:
            return None
        view = self._sheet.entry.session.node(part.path)
        value = shown_text(view.question, view.value, view.choices)
        shown = readable(self._sheet, part.path, value) or tr("（空）")
        return tr("{label}：{value}", label=part.label, value=shown), "", partial(self._go, part.path)

    def _go(self, path: str) -> None:
        if path in self._sheet.rosters:
            self._sheet.focus(self._sheet.rosters[path])
            return
        line = self._sheet.lines[path]
        if line.can_be_filled:
            self._sheet.focus(line)
        else:
            self._sheet.reveal(line)
            self.toggle(path)


def phrase_text(said: Phrase | str) -> str:
    """Return a phrase in the language of the window."""
    if isinstance(said, str):
        return said
    values = {name: phrase_text(value) for name, value in said.values.items()}
    return QCoreApplication.translate(ERRORS, said.template).format(**values)
