"""An installed form and how its records become rows of the register table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hsdesk.forms.completeness import Completeness
from hsdesk.forms.duplicates import all_keys, persons, rules
from hsdesk.forms.projection import Projection, Projector, RosterRow
from hsdesk.forms.schema import Form, Group, Item, Question, Repeat, class_of, questions
from hsdesk.forms.types import holding_of
from hsdesk.model.answer import CLASSES, DELETED, MERGED_INTO, SYSTEM, Class, Value, generic
from hsdesk.model.days import ALWAYS, DaysTyped
from hsdesk.registers.tables import (
    RegisterTable,
    RosterTable,
    all_tables,
    quoted,
    register_table,
    upsert_numbered_sql,
    upsert_sql,
)

NUMBER_BITS = 40  # a record's number is the form's number << 40 | a count from 1
_ENCODE = msgspec.json.encode


class AnswerNature(msgspec.Struct, frozen=True):
    """What the form says of one answer: its class, whether it is a set of codes, whether it was renamed."""

    cls: Class
    is_set: bool = False
    was_renamed: bool = False


class RosterRows(msgspec.Struct, frozen=True):
    """Rows of one roster table."""

    sql: str
    rows: list[tuple[Any, ...]]


class RecordRows(msgspec.Struct, frozen=True):
    """What one record is in the tables of its form."""

    row: tuple[Any, ...]  # parameters of `Register.upsert`
    rosters: tuple[RosterRows, ...]
    search: tuple[str, ...]
    same: tuple[str, ...] = ()  # keys by which records that are alike find each other


class Register:
    """A form with its number in this file. Immutable; a new version of the form is a new Register."""

    def __init__(self, number: int, form: Form) -> None:
        self.number = number
        self.form = form
        self.tables: RegisterTable = register_table(form)
        named = any(question.hs.search for question in questions(form.children))
        self.unnamed_keys = () if named else tuple(sorted(self.tables.spoken))
        self.unnamed_texts = () if named else _text_columns(self.tables)
        self.upsert = upsert_numbered_sql(self.tables.table)
        table = self.tables.table
        columns = ", ".join(map(quoted, (table.number, *table.names)))
        self._select = f"SELECT {columns} FROM {quoted(table.name)} WHERE {quoted(table.number)} IN"
        self.delete = f"DELETE FROM {quoted(table.name)} WHERE _n = ?"
        self.first = number << NUMBER_BITS
        self.last = self.first | ((1 << NUMBER_BITS) - 1)
        self.sets = rules(form)
        self.persons = persons(form)
        self.references = dict(_references(form.children))  # the register that is named, by path
        self._natures = dict(_natures(form, form.children))
        self._unknown = AnswerNature(form.stream)
        self.attaches = any(holding_of(one).is_file for one in questions(form.children, into_repeats=True))
        used = {form.stream, *(nature.cls for nature in self._natures.values())}
        self.classes: tuple[Class, ...] = tuple(cls for cls in CLASSES if cls in used)
        self._renamed = dict(_renamed(form.children))
        self._known = {*self.tables.keys, *(roster.roster for roster in self.tables.rosters)}
        roster_tables = all_tables(self.tables)[1:]
        self.clear_rosters = tuple(
            f"DELETE FROM {quoted(table.name)} WHERE _scope = ? AND _record = ?" for table in roster_tables
        )

    def select(self, rows: int) -> str:
        """Return the statement that reads so many rows by their numbers, as `upsert` writes them."""
        return f"{self._select} ({','.join('?' * rows)})"

    def update(self, columns: Sequence[int]) -> str:
        """Return the statement that writes some columns of a row, by their places in `upsert`.

        The number of the row is its last parameter.
        """
        table = self.tables.table
        named = (table.number, *table.names)
        return (
            f"UPDATE {quoted(table.name)} SET {', '.join(f'{quoted(named[at])} = ?' for at in columns)}"
            f" WHERE {quoted(table.number)} = ?"
        )

    def nature(self, path: str) -> AnswerNature:
        """Return what an answer is; unknown ones and `_deleted` go with the form's class."""
        found = self._natures.get(path)
        if found is not None:
            return found
        plain = generic(path)
        return self._natures.get(plain, self._unknown) if plain != path else self._unknown

    def current(self, answers: dict[str, Value]) -> dict[str, Value]:
        """Return answers under the names this version of the form gives them (`hs:was`); newer names win.

        Empty answers must be among them, lest an answer emptied under its new name shows its old value.
        """
        if not self._renamed:
            return answers
        renamed = {self.new_path(path): value for path, value in answers.items()}
        return {**renamed, **{path: value for path, value in answers.items() if path in renamed}}

    def new_path(self, path: str) -> str:
        """Return a path under the name that this version of the form gives it."""
        new = self._renamed.get(generic(path))
        if new is None:
            return path
        pieces = path.split("/")
        pieces[::2] = new.split("/")
        return "/".join(pieces)

    def rows(
        self,
        where: tuple[int, str, str],
        version: str,
        rev: int,
        answers: Mapping[str, Value],
        projector: Projector,
        *,
        typed: DaysTyped = ALWAYS,
    ) -> RecordRows:
        """Return what a record is in the tables, computed answers included, and when they were `typed`.

        `where` is the record's number, scope and id. Without a number (on the city server) no keys are made.
        """
        shown = projector.project(answers, typed)
        more = self._more(answers)
        values = self.values(shown.row)
        gone = (answers.get(DELETED), answers.get(MERGED_INTO))
        counts = _counts(typed.made, shown.complete)
        row = (*where, version, *gone, shown.title, rev or None, more, *counts, *values)
        keyed = where[0] and (self.sets or self.persons)
        same = all_keys(self.sets, self.persons, shown.row) if keyed else ()
        return RecordRows(row, self._roster_rows(where[1:], shown), (shown.title, *shown.search), same)

    def values(self, row: Mapping[str, Value], keys: Collection[str] | None = None) -> list[Any]:
        """Return effective answers as the columns of the table hold them, all or those of `keys`."""
        multiple = self.tables.multiple
        asked = self.tables.keys if keys is None else keys
        if not multiple:
            return list(map(row.get, asked))
        return [_codes(row.get(key)) if key in multiple else row.get(key) for key in asked]

    def _more(self, answers: Mapping[str, Value]) -> str | None:
        """Return the answers this version of the form does not know, as JSON: the shelf 旧栏目."""
        unknown = [path for path in answers if path not in self._known]
        if not unknown:
            return None
        shelf = {
            path: answers[path]
            for path in unknown
            if path.partition("/")[0] not in self._known and path not in SYSTEM
        }
        return _ENCODE(shelf).decode() if shelf else None

    def _roster_rows(self, owner: tuple[str, str], shown: Projection) -> tuple[RosterRows, ...]:
        if not shown.rosters:
            return ()
        return tuple(
            made
            for roster in self.tables.rosters
            for made in _made(roster, owner, shown.rosters.get(roster.roster, ()))
        )


def _counts(made: int, complete: Completeness) -> tuple[int | str | None, ...]:
    """Return the columns that say how complete a record was on which day, for `figures.answered`."""
    later = complete.later
    settled = (later[0][0], _ENCODE(later).decode()) if later else (None, None)
    return (complete.required, complete.filled, made, *settled)


def _made(roster: RosterTable, front: tuple[str, ...], rows: tuple[RosterRow, ...]) -> Iterator[RosterRows]:
    if not rows:
        return
    yield RosterRows(
        upsert_sql(roster.table, "sqlite"),
        [(*front, row.row_id, row.pos, *_values(roster, row.row)) for row in rows],
    )
    for inner in roster.inner:
        for row in rows:
            yield from _made(inner, (*front[:2], row.row_id), row.rosters.get(inner.roster, ()))


def _values(roster: RosterTable, row: Mapping[str, Value]) -> Iterator[Any]:
    for key in roster.keys:
        value = row.get(key)
        yield _codes(value) if key in roster.multiple else value


def _codes(value: Value) -> str | None:
    """Return a set of codes as the table keeps it.

    >>> _codes(("a", "b"))
    '["a","b"]'
    """
    if value is None or value in ((), ""):
        return None
    return _ENCODE(value if isinstance(value, tuple) else (str(value),)).decode()


def _text_columns(tables: RegisterTable) -> tuple[str, ...]:
    """Return the columns that hold texts."""
    columns = (tables.column_of(key) for key in tables.keys if key in tables.spoken)
    return tuple(column.name for column in columns if column is not None)


def _natures(form: Form, items: tuple[Item, ...], prefix: str = "") -> Iterator[tuple[str, AnswerNature]]:
    for item in items:
        match item:
            case Question():
                yield (
                    prefix + item.key,
                    AnswerNature(class_of(form, item), holding_of(item).is_set, bool(item.hs.was)),
                )
            case Group():
                yield from _natures(form, item.children, prefix)
            case Repeat():
                yield from _natures(form, item.children, f"{prefix}{item.key}/")


def _references(items: tuple[Item, ...], prefix: str = "") -> Iterator[tuple[str, str]]:
    for item in items:
        match item:
            case Question():
                if item.reference and item.reference != "places":
                    yield prefix + item.key, item.reference
            case Group():
                yield from _references(item.children, prefix)
            case Repeat():
                yield from _references(item.children, f"{prefix}{item.key}/")


def _renamed(items: tuple[Item, ...], old: str = "", new: str = "") -> Iterator[tuple[str, str]]:
    """Yield (earlier path, present path) of answers that were renamed, without row ids."""
    for item in items:
        match item:
            case Question():
                for name in item.hs.was:
                    yield old + name, new + item.key
            case Group():
                yield from _renamed(item.children, old, new)
            case Repeat():
                yield from _renamed(item.children, f"{old}{item.key}/", f"{new}{item.key}/")
