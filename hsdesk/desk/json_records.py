"""Records given as JSON become answers of a session; what cannot be stored is refused with its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.schema import Group, Item, Question, Repeat
from hsdesk.forms.session import Session
from hsdesk.forms.types import Lookup, quoted, read, type_of
from hsdesk.forms.views import FormChanges
from hsdesk.model.answer import DELETED, SYSTEM, Value

FindReference = Callable[[Question, str], str]  # (question, id or code or title) -> id; raises DataError
Attach = Callable[[Question, str], str]  # (question, @FILE or a known attachment) -> answer; raises DeskError
_ROW_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class ReferenceReading(msgspec.Struct, frozen=True):
    """How texts are read that mean something outside the form: another record, a file."""

    find: FindReference
    attach: Attach


class JsonRecord(msgspec.Struct, frozen=True):
    """One record as it was read: its 1-based line and its JSON value (None: unreadable)."""

    line: int
    content: Any


Members = dict[str, Question | Repeat]
_OF_RECORD = SYSTEM | {"_id", "_place", "_title"}  # what JSON says of a record or row itself


def members(items: tuple[Item, ...]) -> Members:
    """Return questions and rosters of one level by storage key, groups looked through."""
    found: Members = {}
    for item in items:
        match item:
            case Question() | Repeat():
                found[item.key] = item
            case Group():
                found |= members(item.children)
    return found


def fill(session: Session, content: object, reading: ReferenceReading) -> dict[str, Value]:
    """Give every answer of `content` to the session; return the answers that changed.

    Roster rows with `_id` are changed, others are added; `_deleted` removes a row. Rows that the form makes
    itself, because they are counted or come with it, take what is given in order. Passed over are
    computed answers and what `list` says of a record beside its answers (`_place`, `_title`).

    Raises:
        DataError: not an object, an unknown field, or a value that cannot be read; `field` names it.
    """
    if not isinstance(content, Mapping):
        raise DataError('这一行不是一条记录。请写成 {{"栏目": 值}} 的样子。')
    return _fill_level(session, members(session.form.children), content, "", reading)


def _fill_level(
    session: Session, known: Members, content: Mapping[str, Any], prefix: str, reading: ReferenceReading
) -> dict[str, Value]:
    changed: dict[str, Value] = {}
    rosters: list[tuple[Repeat, object]] = []  # after the answers that may count their rows
    for key, raw in sorted(content.items(), key=lambda given: _is_day_of_another(known.get(given[0]))):
        item = known.get(key)
        if isinstance(item, Repeat):
            rosters.append((item, raw))
        elif item is not None:
            changed |= _answer(session, item, raw, prefix + key, reading)
        elif key not in _OF_RECORD:
            field = prefix + quoted(key)
            raise DataError("登记表里没有“{key}”这个栏目。", field=field, key=quoted(key))
    for item, raw in rosters:
        changed |= _fill_roster(session, item, raw, prefix + item.key, reading)
    return changed


def _is_day_of_another(item: Question | Repeat | None) -> bool:
    """Tell whether an answer is the day since or until which another holds: what is given comes last."""
    return isinstance(item, Question) and bool(item.hs.since or item.hs.until)


def _answer(
    session: Session, question: Question, raw: object, path: str, reading: ReferenceReading
) -> dict[str, Value]:
    if question.calculation or not type_of(question).is_answered:
        return {}
    held = session.stored_value(path)
    if held is not None and raw == (list(held) if isinstance(held, tuple) else held):
        return {}  # as `list` prints it: what another desk or an older program stored stays as it is
    lookup = Lookup(lambda _: session.named(path), reading.find, reading.attach)
    try:
        value = read(question, raw, lookup)
    except DataError as error:
        raise DataError("{reason}", field=path, reason=error) from error
    return session.put(path, value)


def _fill_roster(
    session: Session, roster: Repeat, raw: object, path: str, reading: ReferenceReading
) -> dict[str, Value]:
    if not isinstance(raw, list):
        raise DataError(
            "“{name}”是子表，要写成一组记录。", field=path, name=roster.label.plain() or roster.name
        )
    changed: dict[str, Value] = {}
    rows = _Rows(session, roster, path)
    for content in raw:
        if not isinstance(content, Mapping):
            raise DataError(
                "子表“{name}”里有一行不是记录。", field=path, name=roster.label.plain() or roster.name
            )
        made, row = rows.take(str(content.get("_id") or ""))
        changed |= made.answers
        if content.get(DELETED):
            changed |= session.remove_row(row).answers
        else:
            changed |= _fill_level(session, members(roster.children), content, f"{row}/", reading)
    return changed


class _Rows:
    """The rows of one roster of a session: those given by id, else those the form made, else new ones."""

    def __init__(self, session: Session, roster: Repeat, path: str) -> None:
        self._session = session
        self._path = path
        makes_rows = session.is_new or roster.count or roster.fixed
        self._made = list(session.rows(path)) if makes_rows else []

    def take(self, row_id: str) -> tuple[FormChanges, str]:
        """Return the row that an object of the file is about, and what making it changed."""
        if row_id and not _ROW_ID.fullmatch(row_id):
            raise DataError("子表里的 _id“{row}”不对。", field=self._path, row=quoted(row_id))
        row = f"{self._path}/{row_id}"
        if row_id and row in self._session.rows(self._path):
            if row in self._made:
                self._made.remove(row)
            return FormChanges(), row
        if self._made:
            return FormChanges(), self._made.pop(0)
        made = self._session.add_row(self._path, row=row_id)
        if not made.row or f"{self._path}/{made.row}" not in self._session.rows(self._path):
            raise DataError("子表的行数由别的栏目决定，给的行数比它多。请核对。", field=self._path)
        return made, f"{self._path}/{made.row}"
