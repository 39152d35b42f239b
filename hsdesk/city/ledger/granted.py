"""The registers as one caller may read them: a class that is not granted leaves a figure unknown.

A figure reads the class of its register and of every answer that its expressions name. If the caller lacks
one of them at any of his places among those asked for, there is no figure, rather than a smaller one. Places
above his own count with what they publish. Records of other places (`anywhere`) are looked for only where he
may read them, as on a desk that holds no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.people.permission import Reach
from hsdesk.forms.schema import Form, class_of, questions
from hsdesk.language.aggregate import Aggregate, Related, form_of
from hsdesk.model.answer import GRANTED, Class
from hsdesk.model.place import Directory
from hsdesk.registers.contract import RegisterRecord
from hsdesk.registers.made_when_asked import MadeWhenAsked

_WORD = re.compile(r"\w+")


class GrantedRegisters:
    """`registers.contract.Registers` for one caller."""

    def __init__(self, registers: CityRegisters, reach: Reach) -> None:
        self._registers = registers
        self._reach = reach

    @property
    def directory(self) -> Directory:
        return self._registers.directory

    @property
    def settings(self) -> Mapping[str, str]:
        return self._registers.settings

    def may_read(self, place: str, cls: Class) -> bool:
        return self._reach.may_read(place, cls)

    def readable(self, cls: Class) -> frozenset[str]:
        return frozenset(grant.scope for grant in self._reach.grants if grant.cls == cls)

    @property
    def stands_alone(self) -> bool:
        return False

    def form(self, register: str) -> Form:
        return self._registers.form(register)

    def figures(
        self, queries: Sequence[Aggregate], places: Sequence[str]
    ) -> list[Mapping[str, float] | None]:
        """Return for each query the figure of each group; None if a class is not granted or no register."""
        together: dict[tuple[tuple[str, ...], tuple[str, ...] | None], list[int]] = {}
        for at, query in enumerate(queries):
            words = frozenset(_words(query))
            here, elsewhere = set(self._classes(query.register, words)), set[Class]()
            for related, is_here in _related(query.exists):
                (here if is_here else elsewhere).update(self._classes(related.register, words))
            own, others = self._readable(here, places), self._readable(elsewhere, places)
            if own is None or others is None:
                continue
            every = (
                tuple(one.id for one in self.directory if self._reads(elsewhere, one.id))
                if elsewhere
                else None
            )
            together.setdefault((tuple(own), every), []).append(at)
        found: list[Mapping[str, float] | None] = [None] * len(queries)
        for (mine, every), numbers in together.items():
            figures = self._registers.figures([queries[at] for at in numbers], mine, every)
            for at, figure in zip(numbers, figures, strict=True):
                found[at] = figure
        return found

    def answered(self, places: Sequence[str], as_of: date) -> Mapping[str, tuple[int, int]] | None:
        """Return how many answers had to be there and were; None if a class is not granted: all count."""
        own = self._readable(GRANTED, places)
        return None if own is None else self._registers.answered(own, as_of)

    def records(
        self, register: str, places: Sequence[str], where: str = ""
    ) -> Sequence[RegisterRecord] | None:
        """Return the records with the answers granted; None if the register's own class is not."""
        if not self._registers.has(register):
            return None
        form = self.form(register)
        needed = self._classes(register, frozenset(_WORD.findall(where)))
        own = self._readable(needed, places)
        if own is None:
            return None
        by_key = {one.key: class_of(form, one) for one in questions(form.children)}
        kept = {place: self._kept(place, by_key) for place in own}
        found = self._registers.records(register, own, where) or ()
        return tuple(_granted(record, kept[record.place]) for record in found)

    def _kept(self, place: str, by_key: Mapping[str, Class]) -> frozenset[str]:
        """Return the answers of a place that the caller may read."""
        return frozenset(key for key, cls in by_key.items() if self._reach.may_read(place, cls))

    def _classes(self, register: str, words: frozenset[str]) -> Iterator[Class]:
        """Yield the class of a register, and of each of its answers that is among the words."""
        name = form_of(register)
        if not self._registers.has(name):
            return  # no such register: there is no figure either
        form = self.form(name)
        yield form.stream
        for question in questions(form.children, into_repeats=True):
            if question.key in words:
                yield class_of(form, question)

    def _readable(self, classes: Iterable[Class], places: Sequence[str]) -> list[str] | None:
        """Return the places where all classes may be read; None if the caller lacks one at a place of his."""
        readable, needed = [], tuple(classes)
        for place in places:
            if self._reads(needed, place):
                readable.append(place)
            elif self._reach.may("read", place):
                return None
        return readable

    def _reads(self, classes: Iterable[Class], place: str) -> bool:
        return all(self._reach.may_read(place, cls) for cls in classes)


def _granted(record: RegisterRecord, kept: frozenset[str]) -> RegisterRecord:
    return msgspec.structs.replace(
        record,
        values={key: value for key, value in record.values.items() if key in kept},
        texts=MadeWhenAsked([key for key in record.texts if key in kept], record.texts.__getitem__),
    )


def _related(conditions: Sequence[Related], *, here: bool = True) -> Iterator[tuple[Related, bool]]:
    """Yield every condition, and whether its rows are of the same place as the row that is counted."""
    for condition in conditions:
        is_here = here and not condition.anywhere
        yield condition, is_here
        yield from _related(condition.exists, here=is_here)


def _words(query: Aggregate) -> Iterator[str]:
    """Yield every word of the expressions of a query: the names of answers are among them."""
    texts = [query.where, query.of, query.by, query.group_by]
    for condition, _is_here in _related(query.exists):
        texts += [condition.on, condition.where]
    for text in texts:
        yield from _WORD.findall(text)
