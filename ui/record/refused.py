"""What the city did not take of an open record waits beside its field: to be used again, or given up."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from hsdesk.desk import Desk
from hsdesk.desk.values import Changes, Refusal
from hsdesk.errors import DataError
from hsdesk.model.answer import SetDelta, Value, members
from ui.record.autosave import Autosave
from ui.record.editor import shown_text
from ui.record.fields import is_on_page, readable, whereabouts
from ui.record.remark import MINE, THEIRS, Action, Remark
from ui.record.sheet import Sheet
from ui.words import tr

KIND = "refused"


class Refused(QObject):
    """Shows at its field what was refused and why (暂存待改)."""

    def __init__(self, autosave: Autosave, sheet: Sheet, parent: QObject) -> None:
        super().__init__(parent)
        self._autosave, self._sheet, self._entry = autosave, sheet, autosave.entry
        self._shown: dict[str, Refusal] = {}

    def elsewhere(self) -> list[Refusal]:
        """Return what has no field on this page, such as a row that was to be removed."""
        return [one for one in self._entry.refusals if not is_on_page(self._sheet, one.path)]

    def look(self) -> None:
        """Show at each field the last that was refused of it."""
        now = {one.path: one for one in self._entry.refusals if is_on_page(self._sheet, one.path)}
        for path in self._shown.keys() - now.keys():
            self._sheet.remark(path, KIND, None)
        for path, refusal in now.items():
            if self._shown.get(path) != refusal:
                self._sheet.remark(path, KIND, self._remark(refusal))
        self._shown = now

    def give_up(self, refusal: Refusal) -> None:
        """Take it off the list, with what was refused of the same field before."""
        for one in [one for one in self._entry.refusals if one.path == refusal.path]:
            if self._entry.drop_refusal(one):
                self._autosave.office.change(partial(_forget, one.number))
        self.look()

    def _remark(self, refusal: Refusal) -> Remark:
        where = whereabouts(self._sheet, refusal.path)
        words = tr(
            "{where}没有被接收：{reason}您填的是“{mine}”。",
            where=where,
            reason=refusal.reason.replace(f"“{refusal.path}”", f"“{self._name(refusal.path)}”"),
            mine=self._mine(refusal),
        )
        use: Action = (tr("用我填的（Alt+W）"), MINE, partial(self._use, refusal))
        drop: Action = (tr("不要了（Alt+B）"), THEIRS, partial(self._drop, refusal))
        return Remark(words, "bad", (use, drop) if self._entry.can_change else (drop,), alike=True)

    def _name(self, path: str) -> str:
        return self._entry.session.node(path).label or path

    def _mine(self, refusal: Refusal) -> str:
        view = self._entry.session.node(refusal.path)
        mine = shown_text(view.question, self._value(refusal), view.choices)
        return readable(self._sheet, refusal.path, mine) or tr("（空）")

    def _value(self, refusal: Refusal) -> Value:
        value = refusal.value
        if isinstance(value, SetDelta):
            return value.apply(members(self._entry.session.stored_value(refusal.path))) or None
        return value

    def _use(self, refusal: Refusal) -> None:
        """Give the refused value once more, as an ordinary new answer."""
        try:
            self._autosave.answer(refusal.path, self._value(refusal))
        except DataError as error:
            self._autosave.office.work.trouble.emit(error)
            return
        self._drop(refusal)

    def _drop(self, refusal: Refusal) -> None:
        self.give_up(refusal)
        self._sheet.focus_path(refusal.path)


def _forget(number: int, desk: Desk) -> Changes:
    return desk.records.forget_refused(number)
