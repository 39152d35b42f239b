"""Asks the desk, when a field is left, whether the record or the person is here already, and shows it there.

The desk is asked on the database thread, at most one question of each kind at a time, and only the answer to
the latest question is shown: typing never waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from hsdesk.desk import Desk
from hsdesk.desk.duplicates import Duplicate, DuplicateQuery, FoundDuplicates, Offer, subjects
from hsdesk.desk.values import Changes as DeskChanges
from hsdesk.desk.values import Undone
from hsdesk.forms.views import Finding, FormChanges
from hsdesk.model.answer import generic
from ui.record.autosave import Autosave
from ui.record.remark import APART, COPY, MERGE, OPEN, Remark
from ui.record.sheet import Sheet
from ui.words import tr

KIND = "likely"


@dataclass
class _Subject:
    """What a remark is about: the record, a person in it, or a roster."""

    waiting: bool = False  # a question is under way
    again: str = ""  # the answer left meanwhile
    path: str = ""  # where the remark is shown
    said: str = ""


class Watch(QObject):
    """Watches the answers by which records and persons are recognised."""

    changed = Signal()  # a remark came or went
    wanted = Signal(object)  # Twin: open it
    merged = Signal(object)  # Twin: it took the place of this record

    def __init__(self, autosave: Autosave, sheet: Sheet, parent: QObject) -> None:
        super().__init__(parent)
        self._autosave, self._sheet, self._entry = autosave, sheet, autosave.entry
        self._watched = subjects(self._entry.form) if self._entry.writable else {}
        self._subjects: dict[str, _Subject] = {}
        self._old = not self._entry.is_new
        self._merge_act = 0  # in the journal of undo
        autosave.applied.connect(self.look)

    def findings(self) -> list[Finding]:
        """Return what may be a duplicate, as findings of the record."""
        return [
            Finding(one.path, "same", "warn", one.said)
            for one in self._subjects.values()
            if one.said and self._sheet.is_shown(one.path)
        ]

    def look_over(self) -> None:
        """Ask whether an old record is there twice, as when it is opened from a finding."""
        if not self._old:
            return
        asked: dict[str, str] = {}
        for path, subject in self._watched.items():
            if "/" not in path and self._entry.session.stored_value(path) not in (None, "", ()):
                asked.setdefault(subject, path)
        for subject, path in asked.items():
            self._ask(subject, path, offering=False)

    def look(self, changes: FormChanges) -> None:
        """Ask about what the answers that changed are looked for by."""
        left: dict[str, str] = {}
        for path in changes.answers:
            subject = self._watched.get(generic(path), "")
            if subject:
                left.setdefault(subject, path)
        rows = {path.split("/")[1] for path in changes.answers if "/" in path}
        for subject, path in left.items():
            if "/" not in path or len(rows) == 1:  # a pasted block of rows is not asked about
                self._ask(subject, path)

    def _ask(self, subject: str, path: str, *, offering: bool = True) -> None:
        one = self._subjects.setdefault(subject, _Subject())
        if one.waiting:
            one.again = path
            return
        one.waiting = True
        entry = self._entry
        asked = DuplicateQuery(entry.form.form_id, entry.record, entry.scope, path, entry.session.effective())
        self._autosave.office.ask(
            lambda desk: desk.duplicates.likely(asked),
            partial(self._answered, subject, path, offering),
            owner=self,
        )

    def _answered(self, subject: str, path: str, offering: bool, likely: FoundDuplicates) -> None:
        one = self._subjects[subject]
        one.waiting = False
        if one.again:
            again, one.again = one.again, ""
            self._ask(subject, again)
            return
        if likely.twins:
            self._show(one, path, self._same(subject, path, likely.twins))
        elif likely.offers and offering:
            self._show(one, path, self._known(subject, path, likely.offers[0]))
        elif one.path:
            self._show(one, "", None)

    def _show(self, one: _Subject, path: str, remark: Remark | None) -> None:
        if one.path:
            self._sheet.remark(one.path, KIND, None)
        if remark is not None:
            self._sheet.remark(path, KIND, remark)
        one.path = path
        one.said = remark.text if remark is not None and OPEN in remark.actions_by_key else ""
        self.changed.emit()

    # Remarks

    def _same(self, subject: str, path: str, twins: tuple[Duplicate, ...]) -> Remark:
        records = tuple(twin.record for twin in twins)
        new = tr("不是同一条（Alt+N）") if self._old else tr("仍然是新的（Alt+N）")
        actions = [
            (tr("打开那一条（Alt+O）"), OPEN, lambda: self.wanted.emit(twins[0])),
            (new, APART, lambda: self._set_apart(subject, path, records)),
        ]
        if self._entry.form.kind != "ledger" and twins[0].scope == self._entry.scope:
            actions.append((tr("合并到那一条（Alt+M）"), MERGE, lambda: self._merge(twins[0])))
        which = tr("可能重复：{which}。", which="；".join(_which(twin) for twin in twins))
        return Remark(which, "warn", tuple(actions))

    def _merge(self, twin: Duplicate) -> None:
        """Let the other record take the place of this one; what is being typed goes first."""
        self._sheet.flush()
        form, record = twin.form, self._entry.record
        for subject in self._subjects.values():
            self._show(subject, "", None)

        def merge(desk: Desk) -> DeskChanges:
            changes = desk.records.merge(form, record, twin.record)
            self._merge_act = desk.journal.acts(limit=1)[0].id
            return changes

        self._autosave.change(merge, lambda: self.merged.emit(twin))

    def take_apart(self, told: Callable[[Undone], None]) -> None:
        """Undo the merge; the two are told as a possible duplicate again, and `told` hears what stayed."""
        done: list[Undone] = []

        def undo(desk: Desk) -> DeskChanges:
            done.append(desk.journal.undo_act(self._merge_act, self._entry.record))
            return done[0].changes

        def undone() -> None:
            self._old = True
            self.look_over()
            told(done[0])

        self._autosave.change(undo, undone)

    def _known(self, subject: str, path: str, offer: Offer) -> Remark:
        text = tr(
            "“{name}”在“{register}”里已有登记{told}。可以照抄：{labels}。",
            name=offer.name,
            register=offer.register,
            told=tr("（{told}）", told=offer.told) if offer.told else "",
            labels="、".join(offer.labels),
        )
        return Remark(
            text,
            "accent",
            (
                (tr("照抄这些栏目（Alt+C）"), COPY, lambda: self._copy(subject, offer)),
                (tr("不是同一人（Alt+N）"), APART, lambda: self._set_apart(subject, path, offer.records)),
            ),
        )

    def _copy(self, subject: str, offer: Offer) -> None:
        """Copy what is still empty, as one step; what is being typed goes first."""
        self._sheet.flush()
        session = self._entry.session
        answers = {
            path: value
            for path, value in offer.answers.items()
            if session.is_relevant(path) and session.stored_value(path) in (None, "", ())
        }
        self._show(self._subjects[subject], "", None)
        if answers:
            self._autosave.step(session.fill(answers))

    def _set_apart(self, subject: str, path: str, records: tuple[str, ...]) -> None:
        record = self._entry.record
        self._show(self._subjects[subject], "", None)
        self._autosave.office.note(lambda desk: desk.duplicates.set_apart(record, records))
        self._ask(subject, path)


def _which(twin: Duplicate) -> str:
    told = tr("（{told}）", told=twin.told) if twin.told else ""
    when = tr("{by} {day} 填", by=twin.by, day=twin.day)
    return tr("“{title}”{told}已有一条，{when}", title=twin.title, told=told, when=when)
