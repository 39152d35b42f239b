"""What lies behind an indicator: which records count for it, which do not, and what they lack."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from hsdesk.forms.schema import Form, questions
from hsdesk.model.asked_day import AskedDay
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.counting import Counting
from hsdesk.reports.counts import Count, FigureDay, count_named, leans_of_count
from hsdesk.reports.indicators import PlacesTerm, RecordsTerm, Term, chosen, indicators
from hsdesk.reports.reminders import Reader

MOST_NAMED = 200  # records of each list; how many there are is told besides


class BehindRecord(msgspec.Struct, frozen=True):
    """A record, and the answer to look at: the first empty one that the indicator reads, if any is."""

    register: str
    record: str
    place: str  # id
    title: str
    path: str = ""
    label: str = ""  # of the answer
    is_empty: bool = False


class Behind(msgspec.Struct, frozen=True):
    """The records of one register that count, and those that do not; the first of each by title."""

    register: str
    title: str  # of the register
    counted: tuple[BehindRecord, ...]
    left: tuple[BehindRecord, ...]
    counted_number: int
    left_number: int


def behind(
    registers: Registers, read: Reader, indicator_id: str, places: Sequence[str], asked: AskedDay
) -> tuple[Behind, ...]:
    """Return what lies behind an indicator in these places: a part for each register that is counted.

    `read` gives the rows of a register as its table holds them. () where it is not counted by records
    (answers, days, reports), or where its registers are not held here.
    """
    found = next(one for one in indicators() if one.id == indicator_id)
    indicator = chosen(found, registers.settings)
    day = FigureDay(asked.day, asked.start(indicator.period))
    directory = registers.directory.seen_on(asked.day.isoformat())
    counting = Counting(registers, directory, places)
    above, below = _counts(indicator.numerator), _counts(indicator.denominator)
    names = dict.fromkeys(count.register for count, _ in above if "/" not in count.register)
    parts = (_Part(registers, read, counting, day).told(name, above, below) for name in names)
    return tuple(part for part in parts if part is not None)


def _counts(terms: Iterable[Term]) -> list[tuple[Count, str]]:
    """Return the named counts of some terms, each with the set of places for which it counts."""
    found: list[tuple[Count, str]] = []
    for term in terms:
        if isinstance(term, RecordsTerm):
            found.append((term.counted, term.places))
        elif isinstance(term, PlacesTerm):
            found += [(count_named(name), term.places) for name in term.having]
    return found


class _Part:
    """One register behind an indicator."""

    def __init__(self, registers: Registers, read: Reader, counting: Counting, day: FigureDay) -> None:
        self._registers, self._rows, self._counting, self._day = registers, read, counting, day
        self._register = ""

    def told(
        self, register: str, above: Sequence[tuple[Count, str]], below: Sequence[tuple[Count, str]]
    ) -> Behind | None:
        """Return the two lists; None where the register is not held here."""
        self._register = register
        rows = self._rows(register, self._counting.held, "")
        counted = self._records(above)
        if rows is None or counted is None:
            return None
        form = self._registers.form(self._register)
        whole = self._records(below)
        of_all = whole if whole else {row.id for row in rows}
        sorted_rows = sorted(rows, key=lambda row: (row.title, row.id))
        inside = [row for row in sorted_rows if row.id in counted]
        outside = [row for row in sorted_rows if row.id in of_all and row.id not in counted]
        columns = self._columns(form, above, below)
        return Behind(
            self._register,
            form.title,
            tuple(_named(form, row, ()) for row in inside[:MOST_NAMED]),
            tuple(_named(form, row, columns) for row in outside[:MOST_NAMED]),
            len(inside),
            len(outside),
        )

    def _records(self, counts: Sequence[tuple[Count, str]]) -> frozenset[str] | None:
        """Return the records of this register that are in one of these counts; None: not held here."""
        found: set[str] = set()
        for count, places in counts:
            if count.register == self._register:
                records = self._counting.records(count, self._day)
                if records is None:
                    return None
                wanted = self._counting.places_of(places) if places else None
                found.update(one for one, place in records if wanted is None or place in wanted)
        return frozenset(found)

    def _columns(
        self, form: Form, above: Sequence[tuple[Count, str]], below: Sequence[tuple[Count, str]]
    ) -> tuple[str, ...]:
        """Return what the numerator asks of a record beyond the denominator, in the order of the form."""
        asked = self._read(above) - self._read(below)
        return tuple(one.key for one in questions(form.children) if one.key in asked and not one.readonly)

    def _read(self, counts: Sequence[tuple[Count, str]]) -> set[str]:
        leans = (lean for count, _ in counts for lean in leans_of_count(count))
        return {column for register, column in leans if register == self._register}


def _named(form: Form, row: RegisterRecord, columns: Collection[str]) -> BehindRecord:
    made = BehindRecord(form.form_id, row.id, row.place, row.title)
    if not columns:
        return made
    empty = next((key for key in columns if row.values.get(key) in (None, "", ())), "")
    path = empty or next(iter(columns))
    label = next(one.label.plain() for one in questions(form.children) if one.key == path)
    return msgspec.structs.replace(made, path=path, label=label, is_empty=bool(empty))
