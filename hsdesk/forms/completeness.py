"""How complete a record is (完整率): how many answers must be there, how many are, and since which day.

What must be there is judged by what the record holds now, what is there by the day on which it was typed. An
answer is asked from the day its record or roster row was made or, where a condition decides, from the day the
answers were typed that the condition reads. It is filled from the day its present value was typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.plan import plan_of
from hsdesk.forms.live.reading import answers_read, governing
from hsdesk.forms.live.spec import FormNode, FormulaKind
from hsdesk.forms.live.tree import everything
from hsdesk.forms.schema import Form
from hsdesk.model.answer import Value, generic
from hsdesk.model.days import DaysTyped

_EMPTY: tuple[Value, ...] = (None, "", ())


class Completeness(msgspec.Struct, frozen=True):
    """`later`: what came after the day the record was made, latest day first: (day, asked, filled)."""

    required: int = 0
    filled: int = 0
    later: tuple[tuple[int, int, int], ...] = ()


class AnsweredRow(Protocol):
    """A row of a roster."""

    @property
    def row_id(self) -> str: ...

    @property
    def row(self) -> Mapping[str, Value]: ...

    @property
    def rosters(self) -> Mapping[str, tuple[AnsweredRow, ...]]: ...


class Always(msgspec.Struct, frozen=True):
    """The answers of a record or a roster row that must always be there, and those of the rosters below."""

    keys: tuple[str, ...]
    inner: dict[str, Always]


def of_rows(
    always: Always, row: Mapping[str, Value], below: Mapping[str, tuple[AnsweredRow, ...]], typed: DaysTyped
) -> Completeness:
    """Return how complete a record is, from its table row: for forms without conditions and calculations."""
    if not typed.days:
        return Completeness(*_counted(always, row, below))
    tally = _Tally(typed)
    for path, is_filled in _each(always, row, below):
        tally.add(path, tally.begun(path), is_filled=is_filled)
    return tally.outcome()


def _counted(
    always: Always, row: Mapping[str, Value], below: Mapping[str, tuple[AnsweredRow, ...]]
) -> tuple[int, int]:
    asked = len(always.keys)
    given = sum(1 for key in always.keys if row[key] not in _EMPTY)
    for key, inner in always.inner.items():
        for line in below.get(key, ()):
            more = _counted(inner, line.row, line.rosters)
            asked, given = asked + more[0], given + more[1]
    return asked, given


def _each(
    always: Always, row: Mapping[str, Value], below: Mapping[str, tuple[AnsweredRow, ...]], front: str = ""
) -> Iterator[tuple[str, bool]]:
    """Yield the path of each answer that must be there, and whether it is."""
    for key in always.keys:
        yield front + key, row[key] not in _EMPTY
    for key, inner in always.inner.items():
        for line in below.get(key, ()):
            yield from _each(inner, line.row, line.rosters, f"{front}{key}/{line.row_id}/")


def of_record(form: Form, root: LiveNode, uncertain: frozenset[int], typed: DaysTyped) -> Completeness:
    """Return how complete an open record is.

    Answers `uncertain` are left out: the tables do not see the other registers that decide on them.
    """
    asked = [node for node in everything(root) if _is_asked(node, uncertain)]
    if not typed.days:
        return Completeness(len(asked), sum(node.value != "" for node in asked))
    tally, conditions = _Tally(typed), _conditions_of(form)
    for node in asked:
        since = tally.begun(node.place)
        if reads := conditions.get(node.spec.path):
            since = max(since, tally.last_of(reads, node.place))
        tally.add(node.place, since, is_filled=node.value != "")
    return tally.outcome()


def _is_asked(node: LiveNode, uncertain: frozenset[int]) -> bool:
    question = node.spec.question
    if question is None or not node.required or not node.relevant or question.calculation:
        return False
    return id(question) not in uncertain


class _Tally:
    """Counts the answers of one record by the days on which they were asked and filled."""

    def __init__(self, typed: DaysTyped) -> None:
        self._made = typed.made
        self._days = typed.days
        self._begun: dict[str, int] = {}  # by roster row: the day of its first answer
        self._late: dict[str, list[tuple[str, int]]] = {}  # by path without row ids
        for path, day in typed.days.items():
            for row in _rows_above(path):
                self._begun[row] = min(day, self._begun.get(row, day))
            if day > typed.made:
                self._late.setdefault(generic(path), []).append((path, day))
        self._asked: Counter[int] = Counter()
        self._filled: Counter[int] = Counter()

    def begun(self, path: str) -> int:
        """Return the day on which the record or roster row was made in which an answer stands."""
        return self._begun.get(path.rpartition("/")[0], self._made)

    def last_of(self, names: Iterable[str], place: str) -> int:
        """Return the last day on which one of these answers was typed, in the same rows as `place`."""
        found = (
            day for name in names for path, day in self._late.get(name, ()) if _are_together(path, place)
        )
        return max(found, default=self._made)

    def add(self, path: str, since: int, *, is_filled: bool) -> None:
        """Count an answer asked from day `since` on, and filled from then or from its later typing."""
        self._asked[since] += 1
        if is_filled:
            self._filled[max(since, self._days.get(path, since))] += 1

    def outcome(self) -> Completeness:
        later = sorted((day for day in {*self._asked, *self._filled} if day > self._made), reverse=True)
        return Completeness(
            self._asked.total(),
            self._filled.total(),
            tuple((day, self._asked[day], self._filled[day]) for day in later),
        )


def _rows_above(path: str) -> Iterator[str]:
    """Yield the roster rows that hold an answer, outer first.

    >>> list(_rows_above("a/1/b/2/c"))
    ['a/1', 'a/1/b/2']
    """
    pieces = path.split("/")
    for end in range(2, len(pieces), 2):
        yield "/".join(pieces[:end])


def _are_together(path: str, place: str) -> bool:
    """Tell whether two answers can be read together: they lie in no two different rows of one roster.

    >>> _are_together("a/1/x", "a/1/y"), _are_together("a/1/x", "a/2/y"), _are_together("a/1/x", "y")
    (True, False, True)
    """
    one, other = path.split("/"), place.split("/")
    for at in range(0, min(len(one), len(other)) - 1, 2):
        if one[at] != other[at]:
            return True
        if one[at + 1] != other[at + 1]:
            return False
    return True


# --- what the conditions of a form read


def _conditions_of(form: Form) -> Mapping[tuple[str, ...], frozenset[str]]:
    """Return, by path of a question, the answers that decide whether it must be answered."""
    plan = plan_of(form)
    if plan.deciding is None:
        plan.deciding = {
            spec.path: frozenset(map(_stored_path, answers_read(plan, governing(spec, FormulaKind.REQUIRED))))
            for spec in plan.by_path.values()
            if spec.question is not None
        }
    return plan.deciding


def _stored_path(spec: FormNode) -> str:
    keys, under = [spec.key], spec.under
    while under is not None:
        keys.append(under.key)
        under = under.parent.under if under.parent else None
    return "/".join(reversed(keys))
