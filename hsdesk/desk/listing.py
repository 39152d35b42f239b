"""Lists, search and history: what windows and the command line show of the registers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hsdesk.desk.audit import DeskAudit
from hsdesk.desk.display_values import display_value, worded
from hsdesk.desk.matching import fits, matching_answer
from hsdesk.desk.opening import Opened
from hsdesk.desk.predicates import condition
from hsdesk.desk.records import Records
from hsdesk.desk.records_in_turn import RecordsInTurn
from hsdesk.desk.source import DeskSource
from hsdesk.desk.values import AnswerChange, Counted, Hit, ListQuery, RecordKey, RecordRow, RecordVersion
from hsdesk.deskfile.search_all import Found
from hsdesk.errors import Missing, UsageError
from hsdesk.forms.formula_words import Explanation, explain
from hsdesk.forms.masking import SCREEN, treatment
from hsdesk.forms.projection import RosterRow
from hsdesk.forms.schema import Form, Question, Repeat, questions, questions_by_path, repeats
from hsdesk.forms.shipped import form_named
from hsdesk.forms.types import type_of
from hsdesk.model.answer import DELETED, ERASURE, MERGED_INTO, MOVED_TO, Value, generic
from hsdesk.model.clean_text import said, whole
from hsdesk.model.clock import moment_of
from hsdesk.registers.query import Predicate, Query, RegisterRow

SYSTEM_LABELS = {
    DELETED: "作废原因",
    MERGED_INTO: "并入",
    MOVED_TO: "转到",
    ERASURE: "申请清除",
    "_pos": "行的次序",
}


class Listing:
    """Reads the registers of an open desk."""

    def __init__(self, opened: Opened, source: DeskSource, records: Records) -> None:
        self._opened = opened
        self._records = records
        self._file = opened.file
        self._source = source
        self._audit = DeskAudit(opened)

    def title_of(self, register: str, record: str) -> str:
        """Return the title of a referenced record or place, "" when it is not here."""
        return self._source.title_of(register, record)

    def labels_of(self, list_name: str) -> Mapping[str, str]:
        """Return the label of each code of a code list, withdrawn ones too."""
        return self._opened.standing.lists.labels(list_name)

    def keys(self, form_id: str, wanted: ListQuery) -> tuple[RecordKey, ...]:
        """Return the records found, in order."""
        form = self._file.form(form_named(form_id))
        numbers = self._file.keys(form.form_id, self._query(form, wanted))
        found = self._file.identities(form.form_id, numbers)
        return tuple(
            RecordKey(scope, record, number) for (scope, record), number in zip(found, numbers, strict=True)
        )

    def _query(self, form: Form, wanted: ListQuery) -> Query:
        rule = condition(form, whole(wanted.where))
        return Query(
            scopes=wanted.places,
            search=said(wanted.search),
            where=_among(wanted.records, rule.sql),
            keep=rule.keep,
            order=wanted.order,
            descending=wanted.descending,
            limit=wanted.limit,
            deleted=wanted.deleted,
        )

    def rows(self, form_id: str, keys: Sequence[RecordKey]) -> tuple[RecordRow, ...]:
        """Return the rows of these records, personal data masked."""
        form = self._file.form(form_named(form_id))
        by_key = {question.key: question for question in questions(form.children)}
        numbers = [key.number for key in keys]
        return tuple(self._row(form, by_key, row) for row in self.living(form, numbers))

    def living(self, form: Form, numbers: Sequence[int]) -> Iterator[RegisterRow]:
        """Yield register rows; answers computed over other registers are computed now."""
        found = self._file.rows_by_key(form.form_id, numbers)
        yield from self._computed(form, found, self._source.in_turn(form, found))

    def with_rosters(
        self, form: Form, numbers: Sequence[int]
    ) -> tuple[tuple[RegisterRow, ...], Callable[[RegisterRow], dict[str, Any]]]:
        """Return what `living` yields, and a function from each row to its rosters; each is read once."""
        found = self._file.rows_by_key(form.form_id, numbers)
        turns = self._source.in_turn(form, found)
        return tuple(self._computed(form, found, turns)), self._rosters(form, turns)

    def _computed(
        self, form: Form, found: Sequence[RegisterRow], turns: RecordsInTurn
    ) -> Iterator[RegisterRow]:
        if not self._source.reads_registers(form):
            yield from found
            return
        for row in found:
            yield msgspec.structs.replace(row, values=turns.values(row))

    def _row(self, form: Form, by_key: Mapping[str, Question], row: RegisterRow) -> RecordRow:
        place = self._opened.directory.get(row.scope)
        texts = {
            key: display_value(form, by_key[key], value, self)
            for key, value in row.values.items()
            if key in by_key
        }
        return RecordRow(
            key=RecordKey(row.scope, row.record, row.key),
            title=self._source.readable(form, row.title) or "（未填名称）",
            place=place.code if place else "",
            values=row.values,
            shown=texts,
            deleted=self.why_gone(form, row),
        )

    def why_gone(self, form: Form, row: RegisterRow) -> str:
        """Return why a deleted or merged record is in no list, "" for others."""
        if row.deleted:
            return row.deleted
        return f"已并入“{self.title_of(form.form_id, row.merged_into)}”" if row.merged_into else ""

    def find(self, text: str, limit: int = 50) -> tuple[Hit, ...]:
        """Return records of any register found by 张三, zhangsan or zs."""
        hits = []
        text = said(text)
        for found in self._file.search(text, limit=limit):
            place = self._opened.directory.get(found.scope)
            form = self._file.form(found.form)
            hits.append(
                Hit(
                    form=found.form,
                    form_title=form.title,
                    key=RecordKey(found.scope, found.record, 0),
                    title=self._source.readable(form, found.title) or "（未填名称）",
                    place=place.short_name if place else "",
                    found=self._why(found, text),
                )
            )
        return tuple(hits)

    def _why(self, found: Found, text: str) -> str:
        """Return the answer by which a record was found, "" where its title says it."""
        if any(fits(found.title, piece) for piece in text.lower().split()):
            return ""
        state = self._file.state(found.scope, found.record)
        form = self._file.form(found.form)
        return matching_answer(form, state.answers, text, self) if state else ""

    def reveal(self, form_id: str, record: str, key: str) -> str:
        """Return an answer whole for as long as a person holds 按住显示; a line in the log of this desk."""
        form_id = form_named(form_id)
        form, row = self.one(form_id, self._records.scope_of(form_id, record), record)
        question = questions_by_path(form)[key]
        self._audit.note_record("reveal", form_id, record, key)
        return worded(form, question, row.values.get(key), self)

    def explained(self, form_id: str, path: str) -> Explanation:
        """Return in words how a calculated answer comes about, and what it is made of."""
        form = self._file.form(form_named(form_id))
        return explain(form, questions_by_path(form)[generic(path)], self._installed, self.labels_of)

    def _installed(self, form_id: str) -> Form | None:
        return self._file.form(form_id) if self._file.has_form(form_id) else None

    # Documents: stored codes, for JSON

    def counted(self, form_id: str, name: str, place: str = "") -> Counted:
        """Return the records of a register that a named count counts for a place, or for those of this desk.

        Raises UsageError where there is no such count, or where it counts another register.
        """
        counts, register = self._source.counts, form_named(form_id)
        if counts.register(name) != register:
            raise UsageError("口径“{name}”不是这张登记表的。", name=name)
        areas = (place,) if place else tuple(one.id for one in self._opened.own_places)
        records = frozenset[str]().union(*(counts.records(name, area) for area in areas))
        return Counted(records, next(filter(None, (counts.unknown(name, area) for area in areas)), ""))

    def documents(self, form_id: str, wanted: ListQuery) -> tuple[int, Iterator[dict[str, Any]]]:
        """Return how many records fit and an iterator over them as JSON objects, nothing hidden.

        The machine's door: each call is a line in the log of this desk. A desk that is open to be read only
        can write none, and hides what the screen hides.
        """
        form = self._file.form(form_named(form_id))
        numbers = self._file.keys(
            form.form_id, self._query(form, msgspec.structs.replace(wanted, limit=None))
        )
        chosen = numbers if wanted.limit is None else numbers[: wanted.limit]
        if not self._opened.is_read_only:
            place = wanted.places[0] if len(wanted.places) == 1 else ""
            self._audit.note("list", form.form_id, records=len(chosen), place=place)
        return len(numbers), self._as_json(form, chosen)

    def _as_json(self, form: Form, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield records with stored codes, sets as lists, rosters as lists of objects with `_id`."""
        rows, rosters = self.with_rosters(form, numbers)
        for row in rows:
            yield {**self._own_answers(form, row), **rosters(row)}

    def _rosters(self, form: Form, turns: RecordsInTurn) -> Callable[[RegisterRow], dict[str, Any]]:
        """Return a function from each of these rows to its rosters, as lists of objects with `_id`."""
        below = tuple(repeats(form.children))
        if not below:
            return lambda row: {}

        def found(row: RegisterRow) -> dict[str, Any]:
            made = turns.rosters(row)
            return {
                roster.key: self._lines(form, roster, made.get(roster.key, ()), roster.key)
                for roster in below
            }

        return found

    def _lines(
        self, form: Form, roster: Repeat, rows: Sequence[RosterRow], path: str
    ) -> list[dict[str, Any]]:
        inner = tuple(repeats(roster.children))
        asked = {question.key: question for question in questions(roster.children)}
        return [
            {
                "_id": row.row_id,
                **{
                    key: self._told(form, asked.get(key), value, f"{path}/{key}")
                    for key, value in row.row.items()
                },
                **{
                    below.key: self._lines(form, below, row.rosters.get(below.key, ()), f"{path}/{below.key}")
                    for below in inner
                },
            }
            for row in rows
        ]

    def _told(self, form: Form, question: Question | None, value: Value, path: str) -> Any:
        """Return an answer as JSON has it: as it is stored, or hidden where no line can be written."""
        hides = self._opened.is_read_only and question is not None
        if question is None or not hides or treatment(form, question, SCREEN, path) == "open":
            return plain(value)
        return display_value(form, question, value, self)

    def _own_answers(self, form: Form, row: RegisterRow) -> dict[str, Any]:
        place = self._opened.directory.get(row.scope)
        answers: dict[str, Any] = {
            question.key: self._told(form, question, row.values.get(question.key), question.key)
            for question in questions(form.children)
            if type_of(question).is_answered
        }
        front = {
            "_id": row.record,
            "_place": place.code if place else row.scope,
            "_title": self._source.readable(form, row.title),
        }
        if row.deleted:
            front[DELETED] = row.deleted
        return {**front, **answers}

    def one(self, form_id: str, scope: str, record: str) -> tuple[Form, RegisterRow]:
        """Return one record's row, deleted or not. Raises Missing."""
        form = self._file.form(form_named(form_id))
        number = self._file.number_of(form.form_id, scope, record)
        rows = tuple(self.living(form, (number,))) if number else ()
        if not rows:
            raise Missing("找不到这一条（{record}）。", record=record)
        return form, rows[0]

    # History

    def versions(self, form_id: str, scope: str, record: str) -> tuple[RecordVersion, ...]:
        """Return the versions of a record (修改记录), first one first."""
        form = self._file.form(form_named(form_id))
        labels = questions_by_path(form)
        return tuple(
            RecordVersion(
                version=entry.version,
                at=moment_of(entry.hlc).astimezone().isoformat(timespec="seconds"),
                by=entry.person,
                device=entry.device,
                answers=tuple(
                    self._change(form, labels, change.path, change.old, change.new)
                    for change in entry.changes
                ),
            )
            for entry in self._file.history(scope, record)
        )

    def _change(
        self, form: Form, known: Mapping[str, Question], path: str, old: Value, new: Value
    ) -> AnswerChange:
        label, question = self.label(known, path)
        if path == MERGED_INTO:
            titles = (self.title_of(form.form_id, str(one)) if one else "" for one in (old, new))
            return AnswerChange(path, label, old, new, *titles)
        if question is None:
            return AnswerChange(path, label, old, new, str(old or ""), str(new or ""))
        texts = (display_value(form, question, value, self) for value in (old, new))
        return AnswerChange(path, label, old, new, *texts)

    def text(self, form: Form, path: str, value: Value) -> str:
        """Return an answer as a person reads it, personal data masked."""
        return self._change(form, questions_by_path(form), path, None, value).new_shown

    def label(self, known: Mapping[str, Question], path: str) -> tuple[str, Question | None]:
        """Return what a person calls an answer, and its question if the form knows it."""
        question = known.get(generic(path))
        if question is None:
            last = path.rpartition("/")[2]
            return SYSTEM_LABELS.get(last, path), None
        return question.label.plain() or question.name, question

    def document(self, form_id: str, record: str) -> dict[str, Any]:
        """Return one record as a JSON object with stored codes, nothing hidden; a line in the log."""
        scope = self._records.scope_of(form_named(form_id), record)
        if not self._opened.is_read_only:
            self._audit.note_record("show", form_named(form_id), record)
        form, row = self.one(form_id, scope, record)
        return next(self._as_json(form, (row.key,)))

    def history(self, form_id: str, record: str) -> tuple[RecordVersion, ...]:
        """Return the versions of a record (修改记录), first one first."""
        scope = self._records.scope_of(form_named(form_id), record)
        return self.versions(form_id, scope, record)


def plain(value: Value) -> Any:
    """Return a value as JSON has it: sets as lists."""
    return list(value) if isinstance(value, tuple) else value


def _among(records: frozenset[str] | None, where: Predicate | None) -> Predicate | None:
    """Return a condition that holds for some records only."""
    if records is None:
        return where
    among = Predicate("t._id IN (SELECT value FROM json_each(?))", (json.dumps(sorted(records)),))
    if where is None:
        return among
    return Predicate(f"{among.sql} AND ({where.sql})", among.params + where.params)
