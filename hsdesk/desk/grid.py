"""A register as a ledger grid: which records a view lists, in which order, and what their rows say.

Of records that are not in sight only numbers are kept: 100,000 are one array (`registers.row_orders`).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hsdesk.desk.display_values import display_value, worded
from hsdesk.desk.grid_states import States
from hsdesk.desk.grid_values import (
    PLACE,
    STATE,
    STATES,
    TITLE,
    Choosable,
    ColumnFilter,
    Content,
    GridRow,
    GridView,
    Group,
    Layouts,
    Listed,
    PlaceProgress,
    State,
)
from hsdesk.desk.listing import Listing
from hsdesk.desk.matching import fits
from hsdesk.desk.opening import Opened
from hsdesk.desk.source import DeskSource
from hsdesk.desk.values import RecordKey
from hsdesk.deskfile.register_lists import RegisterLists
from hsdesk.forms.masking import ROSTER
from hsdesk.forms.projection import crosses_registers
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.shipped import form_named
from hsdesk.forms.types import as_typed, holding_of, type_of
from hsdesk.model.answer import Value
from hsdesk.model.clean_text import said
from hsdesk.model.natural import natural_key
from hsdesk.registers.query import RegisterRow
from hsdesk.registers.row_orders import SCOPE, Key, Numbers

MOST_CHOOSABLE = 300  # different values of a column that a filter offers
_LAYOUTS = "grid {form}"  # a small setting of the file
_SAMPLE = (8, 25)  # runs of rows looked at to tell what a column holds
_LEAST_LABEL = 2  # characters typed before labels of choices are looked through


class Grid:
    """The registers of an open desk as grids."""

    def __init__(self, opened: Opened, source: DeskSource, listing: Listing, states: States) -> None:
        self._opened = opened
        self._lists: RegisterLists = opened.file.lists
        self._source = source
        self._listing = listing
        self._states = states
        self._labels: dict[str, tuple[Form, dict[str, list[tuple[str, str]]]]] = {}

    # Which records

    def listed(
        self, form_id: str, view: GridView, first: int = 0, count: int = 0, columns: Sequence[str] = ()
    ) -> Listed:
        """Return the records of a view in order, and `count` rows from the `first` one on."""
        form = self._form(form_id)
        filled, empty = self._ordered(form, view.order, gone=view.deleted)
        both = (reversed(filled) if view.descending else filled, empty)
        kept = self._kept(form, view, len(filled) + len(empty))
        numbers = array("q")
        for some in both:
            numbers.extend(some if kept is None else filter(kept.__contains__, some))
        groups: tuple[Group, ...] = ()
        if view.group:
            numbers, groups = self._grouped(form, view, numbers)
        seen = numbers[first : first + count]
        return Listed(numbers, groups, self.rows(form_id, seen, columns))

    def records(self, form_id: str, view: GridView) -> tuple[str, ...]:
        """Return the ids of the records of a view, in order."""
        form, numbers = self._form(form_id).form_id, self.listed(form_id, view).numbers
        return tuple(record for _, record in self._opened.file.identities(form, numbers))

    def _form(self, form_id: str) -> Form:
        return self._opened.file.form(form_named(form_id))

    def _ordered(self, form: Form, column: str, *, gone: bool) -> tuple[Numbers, Numbers]:
        named = self._source.named_registers(form) if column == TITLE else ()
        at, key = SCOPE if column == PLACE else column, self._key(form, column)
        return self._lists.ordered(form.form_id, at, key, gone=gone, named=named)

    def _key(self, form: Form, column: str) -> Key:
        """Return what the values of a column are sorted by."""
        if column == TITLE:
            readable = self._source.reader(form)
            return lambda title: natural_key(readable(title))
        if column == PLACE:
            return self._place_code
        question = _question(form, column)
        if question.list_name and not question.reference:
            return self._rank(form, question)
        if question.reference:
            return _once(lambda value: natural_key(self._words(form, question, value)))
        return natural_key if holding_of(question).is_spoken else _plain_key

    def _rank(self, form: Form, question: Question) -> Key:
        """Return the place of a code in its list: 第2 before 第10, whatever the codes are."""
        ranks = {code: at for at, (code, _) in enumerate(self._choices(form, question))}

        def placed(value: Any) -> tuple[int, str]:
            code = str(value).strip('["').partition('"')[0]  # the first one of a set
            return ranks.get(code, len(ranks)), str(value)

        return placed

    def _kept(self, form: Form, view: GridView, whole: int) -> set[int] | None:
        """Return the records, of `whole` so many, that search and filters let through, None for all."""
        sets = [self._filtered(form, one, gone=view.deleted) for one in view.filters]
        found = (self._found(form, piece, whole, gone=view.deleted) for piece in said(view.search).split())
        sets += [one for one in found if one is not None]
        if not sets:
            return None
        return sets[0] if len(sets) == 1 else set.intersection(*sorted(sets, key=len))

    def _found(self, form: Form, piece: str, whole: int, *, gone: bool) -> set[int] | None:
        """Return what a piece of what was typed finds: records by their names, or a choice by its label.

        None where a single choice is held by all of the `whole` so many records: that needs no set.
        """
        chosen = list(self._holding(form, piece, gone=gone))
        if any(len(one) == whole for one in chosen):
            return None
        found, looked = self._lists.found(piece), self._looked_through(form, piece, gone=gone)
        most, least = (found, looked) if len(found) > len(looked) else (looked, found)
        most.update(least, *chosen)
        return most

    def _holding(self, form: Form, piece: str, *, gone: bool) -> Iterator[Numbers]:
        """Yield the records that hold a choice, for each choice whose label has a piece in it."""
        if len(piece) < _LEAST_LABEL:
            return
        for column, labels in self._searched_labels(form).items():
            codes = [code for code, label in labels if fits(label, piece.lower())]
            if codes:
                held = self._lists.holders(form.form_id, column, gone=gone)
                yield from (held[code] for code in codes if code in held)

    def prepare(self, form_id: str, step: Callable[[object], None]) -> None:
        """Read what a search looks through beside the index, and keep the order of a long register."""
        form = self._form(form_id)
        for column in self._searched_labels(form):
            self._lists.holders(form.form_id, column, gone=False)
            step(column)
        self._looked_through(form, "", gone=False)
        step(TITLE)
        self._lists.keep_order(form.form_id, self._key(form, TITLE), self._source.named_registers(form))

    def _looked_through(self, form: Form, piece: str, *, gone: bool) -> set[int]:
        """Return where a form that names no answers to search says a piece: it is looked through as it is."""
        named = {one.key for one in questions(form.children) if not (one.list_name or one.reference)}
        columns = [key for key in self._lists.register(form.form_id).unnamed_keys if key in named]
        return self._lists.saying(form.form_id, columns, piece.lower(), gone=gone)

    def _searched_labels(self, form: Form) -> dict[str, list[tuple[str, str]]]:
        """Return by column the codes and labels of its choices."""
        known = self._labels.get(form.form_id)
        if known is None or known[0] is not form:
            asked = [one for one in questions(form.children) if one.list_name and not one.reference]
            found = {one.key: self._choices(form, one) for one in asked if type_of(one).is_answered}
            known = self._labels[form.form_id] = (form, found)
        return known[1]

    def _choices(self, form: Form, question: Question) -> list[tuple[str, str]]:
        """Return the codes of a question with their labels, withdrawn ones at the end."""
        own = (*form.lists.get(question.list_name, ()), *form.withdrawn.get(question.list_name, ()))
        if own:
            return [(one.value, one.label.plain() or one.value) for one in own]
        return list(self._listing.labels_of(question.list_name).items())

    def _filtered(self, form: Form, wanted: ColumnFilter, *, gone: bool) -> set[int]:
        if wanted.column == STATE:
            sets = (self._states.numbers(form, _state(value)) for value in wanted.values)
            return set[int]().union(*sets)
        if wanted.values:
            column = SCOPE if wanted.column == PLACE else wanted.column
            held = self._lists.holders(form.form_id, column, gone=gone)
            names = set(wanted.values)
            return set[int]().union(*(found for value, found in held.items() if as_typed(value) in names))
        return self._saying(form, wanted, gone=gone)

    def _saying(self, form: Form, wanted: ColumnFilter, *, gone: bool) -> set[int]:
        pieces = said(wanted.text).lower().split()
        words = self._teller(form, wanted.column)
        return self._lists.fitting(
            form.form_id,
            SCOPE if wanted.column == PLACE else wanted.column,
            lambda value: value is not None and all(fits(words(value), piece) for piece in pieces),
            gone=gone,
        )

    def _teller(self, form: Form, column: str) -> Callable[[Any], str]:
        """Return what tells a stored value of a column in words."""
        if column == TITLE:
            return self._source.reader(form)
        if column == PLACE:
            return _once(self._place_name)
        question = _question(form, column)
        if question.list_name or question.reference:
            return _once(lambda value: self._words(form, question, value))
        return as_typed

    def _words(self, form: Form, question: Question, value: Any) -> str:
        return worded(form, question, _members(question, value), self._listing)

    # Groups

    def _grouped(self, form: Form, view: GridView, numbers: Numbers) -> tuple[array[int], tuple[Group, ...]]:
        """Return the records with those together that a column says the same of, and where each group is."""
        column = SCOPE if view.group == PLACE else view.group
        held = self._lists.holders(form.form_id, column, gone=view.deleted)
        key = self._key(form, view.group)
        values = sorted((one for one in held if one is not None), key=key) + ([None] if None in held else [])
        rank = {n: at for at, value in enumerate(values) for n in held[value]}
        placed = array("q", sorted(numbers, key=lambda n: rank[n]))
        counts = [0] * len(values)
        for n in placed:
            counts[rank[n]] += 1
        words = self._teller(form, view.group)
        groups: list[Group] = []
        start = 0
        for value, count in zip(values, counts, strict=True):
            if count:
                groups.append(Group(words(value) if value is not None else "", start, count))
                start += count
        return placed, tuple(groups)

    # Rows

    def rows(self, form_id: str, numbers: Sequence[int], columns: Sequence[str]) -> tuple[GridRow, ...]:
        """Return what rows say in some columns, personal data masked."""
        form = self._form(form_id)
        asked = [one for one in questions(form.children) if one.key in set(columns)]
        crossing = any(crosses_registers(form, one) for one in asked)
        file = self._opened.file
        rows = self._listing.living(form, numbers) if crossing else file.rows_by_key(form.form_id, numbers)
        found = tuple(rows)
        states = self._states.of_rows(form, found)
        return tuple(self._row(form, asked, row, states.get(row.key, ())) for row in found)

    def _row(
        self, form: Form, asked: Sequence[Question], row: RegisterRow, states: tuple[State, ...]
    ) -> GridRow:
        told = (
            (one.key, display_value(form, one, row.values[one.key], self._listing))
            for one in asked
            if one.key in row.values
        )
        return GridRow(
            key=RecordKey(row.scope, row.record, row.key),
            title=self._source.readable(form, row.title),
            place=self._place_name(row.scope),
            shown=dict(told),
            states=states,
            deleted=self._listing.why_gone(form, row),
        )

    def _place_name(self, scope: str) -> str:
        return place.short_name if (place := self._opened.directory.get(scope)) else scope

    def _place_code(self, scope: str) -> str:
        place = self._opened.directory.get(scope)
        return place.code if place else scope

    def block(self, form_id: str, numbers: Sequence[int], columns: Sequence[str]) -> str:
        """Return rows for the clipboard, tabs between cells, as an internal roster shows them."""
        form = self._form(form_id)
        cells = {one.key: one for one in questions(form.children)}

        def cell(row: RegisterRow, column: str) -> str:
            if column == TITLE:
                return self._source.readable(form, row.title)
            if column == PLACE:
                return self._place_name(row.scope)
            if column not in cells:
                return ""
            return display_value(form, cells[column], row.values.get(column), self._listing, ROSTER)

        rows = self._listing.living(form, numbers)
        return "\n".join("\t".join(" ".join(cell(row, key).split()) for key in columns) for row in rows)

    def contents(self, form_id: str, columns: Sequence[str]) -> dict[str, Content]:
        """Return what columns hold, as rows from all over show it: constant ones tell nothing apart."""
        form = self._form(form_id)
        rows = self.rows(form_id, self._lists.spread(form.form_id, *_SAMPLE), columns)
        return {
            column: _content([row.title if column == TITLE else row.shown.get(column, "") for row in rows])
            for column in columns
        }

    def choosable(self, form_id: str, column: str) -> tuple[Choosable, ...]:
        """Return the values that a filter of a column may name; none where there are too many."""
        form = self._form(form_id)
        if column == PLACE:
            found = self._lists.holders(form.form_id, SCOPE, gone=False)
            return tuple(
                Choosable(scope, self._place_name(scope), len(found[scope]))
                for scope in sorted(found, key=self._place_code)
            )
        question = _question(form, column)
        many = MOST_CHOOSABLE + 1
        if not _is_set(question) and len(self._lists.different(form.form_id, column, many)) == many:
            return ()
        held = self._lists.holders(form.form_id, column, gone=False)
        key = self._key(form, column)
        values = sorted((one for one in held if one is not None), key=key)
        told = [
            Choosable(as_typed(one), display_value(form, question, one, self._listing), len(held[one]))
            for one in values
        ]
        return (*told, *([Choosable("", "", len(held[None]))] if None in held else ()))

    # How a person has it

    def layouts(self, form_id: str) -> Layouts:
        """Return how a grid was left, and the layouts that were given names."""
        kept = self._opened.file.get(_LAYOUTS.format(form=form_named(form_id)))
        return msgspec.json.decode(kept, type=Layouts) if kept else Layouts()

    def keep_layouts(self, form_id: str, layouts: Layouts) -> None:
        """Keep how a grid is; filters may name people, so it lies in the file and nowhere else."""
        if not self._opened.is_read_only:
            body = msgspec.json.encode(layouts).decode()
            self._opened.file.set(_LAYOUTS.format(form=form_named(form_id)), body)

    def progress(self, form_id: str) -> tuple[PlaceProgress, ...]:
        """Return how far each held place is that fills this register, those without a record too."""
        form = self._form(form_id)
        counted = {one.scope: one for one in self._lists.progress(form.form_id)}
        waiting = self._states.waiting_by_place(form)
        places = [place for place in self._opened.held_places() if place.level in form.levels]
        scopes = dict.fromkeys((*(place.id for place in places), *counted))
        return tuple(
            PlaceProgress(
                scope,
                self._place_name(scope),
                counted[scope].records if scope in counted else 0,
                counted[scope].unfinished if scope in counted else 0,
                waiting.get(scope, 0),
            )
            for scope in sorted(scopes, key=self._place_code)
        )


def _question(form: Form, key: str) -> Question:
    return next(one for one in questions(form.children) if one.key == key)


def _is_set(question: Question) -> bool:
    return holding_of(question).is_set


def _members(question: Question, value: Any) -> Value:
    """Return a value as a session has it: a set that the table keeps as JSON, as its codes."""
    if _is_set(question) and isinstance(value, str) and value.startswith("["):
        return tuple(value.strip('[]"').split('","'))
    return value  # type: ignore[no-any-return]


def _plain_key(value: Any) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int | float) else (1, str(value))


def _once(tell: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return a function that works each different value out once: choices and places repeat."""
    known: dict[Any, str] = {}

    def told(value: Any) -> str:
        if value not in known:
            known[value] = tell(value)
        return known[value]

    return told


def _content(texts: Sequence[str]) -> Content:
    """Return what a column holds that says these texts."""
    filled = sorted((text for text in texts if text), key=len)
    typical = filled[len(filled) * 9 // 10] if filled else ""
    return Content(len(set(texts)) > 1 or (len(texts) == 1 and bool(typical)), typical)


def _state(value: str) -> State:
    states: Mapping[str, State] = {one: one for one in STATES}
    return states[value]
