"""The registers of this desk as forms and print-outs read them. Used on the database thread only."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import msgspec

from hsdesk.desk.figured import NamedCounts
from hsdesk.desk.host import DeskHost
from hsdesk.desk.opening import Opened
from hsdesk.desk.records_in_turn import RecordsInTurn
from hsdesk.forms.codelists import COUNT, CodeLists
from hsdesk.forms.host import Rows
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.types import show as as_text
from hsdesk.language.aggregate import Aggregate, form_of, registers_of
from hsdesk.model.answer import Class
from hsdesk.model.place import LEVELS, Directory
from hsdesk.registers.query import Query, RegisterRow

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANCE = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")


class DeskSource:
    """Answers what a host asks about the registers held here."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.counts = NamedCounts(opened, self.figures)

    @property
    def directory(self) -> Directory:
        return self._opened.directory

    @property
    def lists(self) -> CodeLists:
        return self._opened.standing.lists

    def granted(self, scope: str) -> frozenset[Class]:
        """Return the classes of data that this desk is granted of a place."""
        return self._opened.granted(scope)

    def title_of(self, register: str, record: str) -> str:
        """Return the title of a record or place, "" when it is not here."""
        if register == "places":
            place = self.directory.get(record)
            return self.directory.full_name(place) if place else ""
        file = self._opened.file
        return (
            self.readable(file.form(register), file.title(register, record))
            if file.has_form(register)
            else ""
        )

    def readable(self, form: Form, title: str) -> str:
        """Return a title with the records it names called by theirs: the file keeps only their ids in it."""
        return self.reader(form)(title)

    def reader(self, form: Form) -> Callable[[str], str]:
        """Return `readable` for many titles of a form; each record they name is looked up once."""
        named = _named(form)
        known: dict[str, str] = {}

        def name(found: re.Match[str]) -> str:
            record = found[0]
            if record not in known:
                known[record] = next(
                    (text for one in named if (text := self.title_of(one, record))), record[-6:]
                )
            return known[record]

        return (lambda title: _ID.sub(name, title)) if named else str

    def named_registers(self, form: Form) -> tuple[str, ...]:
        """Return the registers held here whose records the titles of a form name, and so on from them."""
        found: dict[str, None] = {}
        asked = _named(form)
        while asked:
            one = asked.pop()
            if one not in found and self._opened.file.has_form(one):
                found[one] = None
                asked += _named(self._opened.file.form(one))
        return tuple(found)

    def holds(self, register: str, scope: str) -> bool:
        """Tell whether this desk holds a register of a place: the form, and leave to see its class."""
        return bool(self.held(register, (scope,)))

    def held(self, register: str, scopes: Sequence[str]) -> tuple[str, ...]:
        """Return those places of whom this desk holds a register."""
        file = self._opened.file
        if not file.has_form(register):
            return ()
        here = self._opened.readable(file.form(register).stream)
        return tuple(scope for scope in scopes if scope in here)

    def register_rows(self, register: str, scope: str) -> Rows | None:
        """Return the records a place may refer to as texts by column; None: not held here (此处不知).

        They are those of the place itself and, where other levels fill the register, those of the places
        above or below it that are held: a village names an item its county publishes, a township an
        organization of one of its villages, a county a task of the city.
        """
        scopes = self.held(register, self._filled_at(register, scope))
        if not scopes:
            return None
        form = self._opened.file.form(register)
        by_key = {question.key: question for question in questions(form.children)}
        rows = self._opened.file.query(register, Query(scopes=scopes))
        read = self.reader(form)
        return Rows(self._texts(by_key, row, read(row.title)) for row in rows)

    def _texts(self, by_key: Mapping[str, Question], row: RegisterRow, title: str) -> dict[str, str]:
        """Return a record as texts by column, as forms read it."""
        texts = dict.fromkeys(by_key, "")
        texts |= {key: as_text(by_key[key], value) for key, value in row.values.items() if key in by_key}
        shown, place = title or row.record[-6:], self.directory.get(row.scope)
        owner = {"_place": row.scope, "_level": place.level if place else ""}
        return texts | {"name": row.record, "label": shown, "_id": row.record, "_title": shown, **owner}

    def _filled_at(self, register: str, scope: str) -> tuple[str, ...]:
        """Return the places that fill a register for a place: by the levels of its form, its own first."""
        place = self.directory.get(scope)
        if place is None or not self._opened.file.has_form(register):
            return (scope,)
        form = self._opened.file.form(register)
        own = (scope,) if place.level in form.levels else ()
        reaches_up = not own or form.publish == "down"  # else what is above is another's affair
        above = tuple(
            one.id for one in self.directory.ancestors(scope) if reaches_up and one.level in form.levels
        )
        lower = (level for level in form.levels if LEVELS.index(level) < LEVELS.index(place.level))
        return (*own, *above, *(one for level in lower for one in self._below(scope, level)))

    def _below(self, scope: str, level: str) -> tuple[str, ...]:
        if level == "village":
            return tuple(village.id for village in self.directory.village_level(scope))
        children = self.directory.children(scope)
        here = tuple(child.id for child in children if child.level == level)
        return here or tuple(one for child in children for one in self._below(child.id, level))

    def figure(self, query: Aggregate, scope: str) -> float | None:
        """Return a figure over the records a place may refer to, NaN of nothing; None: not held here."""
        whole = msgspec.structs.replace(query, group_by="")
        (found,) = self.figures([whole], self._filled_at(query.register, scope))
        if found is None:
            return None
        return found.get("", 0.0 if query.agg in {"count", "sum"} else math.nan)  # of nothing they are 0

    def figures(self, queries: Sequence[Aggregate], places: Sequence[str]) -> list[dict[str, float] | None]:
        """Return for each query the figure of each group; None where no place is held here (此处不知)."""
        together: dict[tuple[str, ...], list[int]] = {}
        known: dict[frozenset[str], tuple[str, ...]] = {}  # by the forms that a query reads
        for at, query in enumerate(queries):
            asked = frozenset(map(form_of, registers_of(query)))
            if asked not in known:
                known[asked] = reduce(lambda held, form: self.held(form, held), sorted(asked), tuple(places))
            held = known[asked]
            if held:
                together.setdefault(held, []).append(at)
        found: list[dict[str, float] | None] = [None] * len(queries)
        for held, numbers in together.items():
            figures = self._opened.file.figures([queries[at] for at in numbers], held)
            for at, figure in zip(numbers, figures, strict=True):
                found[at] = figure
        return found

    def counted(self, name: str, scope: str) -> float | None:
        """Return what a named count comes to for a place today; None: 此处不知."""
        return self.counts.figure(name, scope)

    def host(self, scope: str) -> DeskHost:
        """Return a host for records of a place."""
        return DeskHost(self, scope, self._opened.person, self._opened.file.device_id())

    def reads_registers(self, form: Form) -> bool:
        """Tell whether a computed answer of the form reads other registers, so that reading computes it."""
        return any(self._read(question) for question in questions(form.children))

    def _read(self, question: Question) -> bool:
        return any(
            name.startswith(COUNT) or self._opened.file.has_form(name)
            for name in _INSTANCE.findall(question.calculation)
        )

    def in_turn(self, form: Form, rows: Sequence[RegisterRow]) -> RecordsInTurn:
        """Return the sessions of many records of a form."""
        return RecordsInTurn(self._opened.file, self, form, rows)


def reads(expression: str, register: str) -> bool:
    """Tell whether an expression reads a register.

    >>> reads("1 + max(instance('grid')/root/item/seq)", "grid"), reads("today()", "grid")
    (True, False)
    """
    return register in _INSTANCE.findall(expression)


def prefetch(form: Form, host: DeskHost) -> None:
    """Ask the host for everything the form may ever show, so that it can go on in another thread."""
    for question in questions(form.children, into_repeats=True):
        if question.list_name and question.list_name not in form.lists:
            host.choices(question.list_name)
    for name in set(_INSTANCE.findall(msgspec.json.encode(form).decode())):
        if name not in form.lists:
            host.rows(name)


def _named(form: Form) -> list[str]:
    """Return the registers whose records the titles of a form name."""
    return [one.reference for one in questions(form.children) if one.hs.title and one.reference]
