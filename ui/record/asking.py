"""The question at a field whose answer another person changed while it was being typed: mine or theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from hsdesk.desk.values import Draft
from hsdesk.forms.views import Finding
from ui.gate import field_in_focus
from ui.record.autosave import Autosave
from ui.record.editor import shown_text
from ui.record.fields import hand_over, let_go, readable, whereabouts
from ui.record.remark import MINE, THEIRS, Remark
from ui.record.sheet import Sheet
from ui.words import tr

KIND = "asked"


class Asking(QObject):
    """Shows the questions of an open record, and does what its author chooses.

    Text whose field was left for its question, or for another window, waits. Whoever goes on to another field
    without choosing has left it unanswered: both values go to the city, which lists them (两边改得不一样).
    """

    changed = Signal()  # a question came or went

    def __init__(self, autosave: Autosave, sheet: Sheet, parent: QObject) -> None:
        super().__init__(parent)
        self._autosave, self._sheet, self._entry = autosave, sheet, autosave.entry
        self._shown: dict[str, Remark] = {}
        self._waiting: dict[str, Callable[[], object]] = {}  # how to go on with text that waits
        autosave.hold = self._hold
        autosave.retyped.connect(self._retyped)
        autosave.applied.connect(self.look)
        autosave.forgotten.connect(self.look)

    @property
    def count(self) -> int:
        """Return how many questions wait for an answer."""
        return len(self._shown)

    def findings(self) -> list[Finding]:
        """Return the questions as findings of the record: each shows its own remark."""
        return [Finding(path, "asked", "error", remark.text) for path, remark in self._shown.items()]

    def look(self, _: object = None) -> None:
        """Show the questions there are now, and no others."""
        before = set(self._shown)
        for path in before - self._entry.questions.keys():
            del self._shown[path]
            self._waiting.pop(path, None)
            self._sheet.remark(path, KIND, None)
        for path in self._entry.questions:
            words = self._words(path)
            if path not in self._shown:
                self._shown[path] = self._remark(path, words)
                self._sheet.remark(path, KIND, self._shown[path])
            elif self._shown[path].text != words:
                self._shown[path].say(words)
        if before != self._shown.keys():
            self.changed.emit()

    def reveal(self) -> None:
        """Bring the question of the field that has the focus into view."""
        focused = QApplication.focusWidget()
        for path, remark in self._shown.items():
            line = self._sheet.lines.get(path)
            if focused is not None and line is not None and line.isAncestorOf(focused):
                self._sheet.settle()
                self._sheet.reveal_below(focused, remark)

    def recover(self, draft: Draft, put_back: Callable[[], object]) -> bool:
        """Go on with a draft cell; tell whether it waits, since its answer has changed meanwhile.

        `put_back` puts its text into the field and enters it.
        """
        if self._entry.recover(draft) is None:
            return False
        line = self._sheet.lines.get(draft.path)
        if line is not None and line.editor.is_typed_into:
            line.editor.recover(draft.text, draft.caret)
        elif line is None:
            self._autosave.keep(draft.path, draft.text, self._words(draft.path))
            self._waiting[draft.path] = put_back
        else:
            self._waiting[draft.path] = put_back
        self.look()
        return True

    def _remark(self, path: str, words: str) -> Remark:
        mine = (tr("用我的（Alt+W）"), MINE, partial(self._mine, path))
        theirs = (tr("用别人的（Alt+B）"), THEIRS, partial(self._theirs, path))
        return Remark(words, "warn", (mine, theirs), alike=True)

    def _words(self, path: str) -> str:
        mine, theirs = self._both(path)
        if mine == theirs:  # what tells them apart is hidden: the question is at the field being edited
            mine, theirs = self._both(path, whole=True)
        where = whereabouts(self._sheet, path)
        if not theirs:
            return tr("{where}别人刚把这一栏清空了。您正在填“{mine}”。用哪一个？", where=where, mine=mine)
        return tr(
            "{where}别人刚把这一栏改成了“{theirs}”。您正在填“{mine}”。用哪一个？",
            where=where,
            theirs=theirs,
            mine=mine,
        )

    def _both(self, path: str, *, whole: bool = False) -> tuple[str, str]:
        """Return what is typed and what another wrote, as a sentence quotes them."""
        view = self._entry.session.node(path)
        theirs = shown_text(view.question, self._entry.questions[path].theirs, view.choices)
        return (
            readable(self._sheet, path, self._entry.typing[path].text, whole=whole),
            readable(self._sheet, path, theirs, whole=whole),
        )

    def _retyped(self, path: str) -> None:
        if path in self._shown and path in self._entry.questions:
            self._shown[path].say(self._words(path))

    def _mine(self, path: str) -> None:
        self._entry.keep_mine(path)
        self._finish(path, self._waiting.pop(path, partial(hand_over, self._sheet, path)))

    def _theirs(self, path: str) -> None:
        self._entry.take_theirs(path)
        self._waiting.pop(path, None)
        self._finish(path, partial(self._give_up, path))

    def _give_up(self, path: str) -> None:
        self._autosave.drop(path)
        let_go(self._sheet, path)

    def _finish(self, path: str, act: Callable[[], object]) -> None:
        """Take the question away, carry out the choice, and go back to the field."""
        self.look()
        act()
        self._sheet.focus_path(path)

    def _hold(self, path: str, text: str, again: Callable[[], object]) -> bool:
        if path not in self._entry.questions or not self._is_left_for_question(path):
            return False
        line = self._sheet.lines.get(path)
        self._waiting[path] = again
        if line is None:
            self._autosave.keep(path, text, self._words(path))
            return True
        self._autosave.typed(path, text, len(text))
        line.editor.hold_text()
        if line.editor.is_typed_into:
            del self._waiting[path]  # the text stays in the field: it is read from there
        return True

    def _is_left_for_question(self, path: str) -> bool:
        """Tell whether the focus went to the question's own buttons, or to no field of this window."""
        now, remark = field_in_focus(), self._shown.get(path)
        return now is None or (remark is not None and remark.isAncestorOf(now))
