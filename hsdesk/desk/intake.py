"""Records given as JSON become answers of a session; what cannot be stored is refused with its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.schema import Group, Item, Question, Repeat
from hsdesk.forms.session import Session
from hsdesk.forms.typed import name_of, parse
from hsdesk.forms.views import Changes
from hsdesk.model.op import DELETED, SYSTEM, Value

FindReference = Callable[[str, str], str]  # (register, id or code or title) -> record id; raises DataError
Attach = Callable[[Question, str], str]  # (question, @FILE or a known attachment) -> answer; raises DeskError


class Reading(msgspec.Struct, frozen=True):
    """How texts are read that mean something outside the form: another record, a file."""

    find: FindReference
    attach: Attach


class Incoming(msgspec.Struct, frozen=True):
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


def fill(session: Session, content: object, reading: Reading) -> dict[str, Value]:
    """Give every answer of `content` to the session; return the answers that changed.

    Roster rows with `_id` are changed, others are added; `_deleted` removes a row. Passed over are computed
    answers and what `list` says of a record beside its answers (`_place`, `_title`).

    Raises:
        DataError: not an object, an unknown field, or a value that does not fit its type; `field` names it.
    """
    if not isinstance(content, Mapping):
        raise DataError('这一行不是一条记录。请写成 {{"栏目": 值}} 的样子。')
    return _fill_level(session, members(session.form.children), content, "", reading)


def _fill_level(
    session: Session, known: Members, content: Mapping[str, Any], prefix: str, reading: Reading
) -> dict[str, Value]:
    changed: dict[str, Value] = {}
    for key, raw in content.items():
        item = known.get(key)
        if item is None and key in _OF_RECORD:
            continue
        if item is None:
            raise DataError("登记表里没有“{key}”这个栏目。", field=prefix + key, key=key)
        if isinstance(item, Repeat):
            changed |= _fill_roster(session, item, raw, prefix + key, reading)
        elif not item.calculation and item.type != "note":
            changed |= session.answer(prefix + key, typed(item, raw, reading, prefix + key)).answers
    return changed


def _fill_roster(
    session: Session, roster: Repeat, raw: object, path: str, reading: Reading
) -> dict[str, Value]:
    if not isinstance(raw, list):
        raise DataError(
            "“{name}”是子表，要写成一组记录。", field=path, name=roster.label.plain() or roster.name
        )
    changed: dict[str, Value] = {}
    for content in raw:
        if not isinstance(content, Mapping):
            raise DataError(
                "子表“{name}”里有一行不是记录。", field=path, name=roster.label.plain() or roster.name
            )
        made, row = _row(session, path, str(content.get("_id") or ""))
        changed |= made.answers
        if content.get(DELETED):
            changed |= session.remove_row(row).answers
        else:
            changed |= _fill_level(session, members(roster.children), content, f"{row}/", reading)
    return changed


def _row(session: Session, path: str, row: str) -> tuple[Changes, str]:
    if row and f"{path}/{row}" in session.rows(path):
        return Changes(), f"{path}/{row}"
    made = session.add_row(path, row=row)
    if f"{path}/{made.row}" not in session.rows(path):
        raise DataError("子表的行数由别的栏目决定，给的行数比它多。请核对。", field=path)
    return made, f"{path}/{made.row}"


def typed(question: Question, raw: object, reading: Reading, path: str = "") -> Value:
    """Return the stored value of a JSON value. Raises DataError naming the field."""
    try:
        value = _typed(question, raw)
        if question.data_type == "binary" and value is not None:
            return reading.attach(question, str(value))
        return _referenced(question, value, reading.find) if question.reference else value
    except DataError as error:
        raise DataError("{reason}", field=path or question.key, reason=error) from error


def _typed(question: Question, raw: object) -> Value:
    match raw:
        case None | "" | []:
            return None
        case bool():
            return "1" if raw else "0"
        case str():
            return parse(question, raw)
        case int() | float():
            return parse(question, _written(raw))
        case list() if question.data_type == "select":
            return tuple(sorted({str(member) for member in raw}))
        case _:
            raise DataError("“{name}”的写法不对。", name=name_of(question))


def _written(number: float) -> str:
    if isinstance(number, float) and number.is_integer():
        return str(int(number))
    return repr(number)


def _referenced(question: Question, value: Value, find: FindReference) -> Value:
    if value is None:
        return None
    if isinstance(value, tuple):
        return tuple(sorted(find(question.reference, member) for member in value))
    return find(question.reference, str(value))
