"""Checks (校验规则) over records and across registers, as data in `resources/checks.json`.

What a single answer must be is said in the forms; here is what several records or registers say together,
and what upper levels ask before a return. What is about to expire comes from `reminders`, as 请核实 with the
rule `expiry`: no fault of a record, but to be looked at before one reports. A check never stops a save:
必须改 (`error`) only where the data dictionary says so, else 请核实 (`warn`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Literal

import msgspec

from hsdesk.errors import DataError, Missing
from hsdesk.forms.duplicates import duplicates_among, rules
from hsdesk.forms.masking import SCREEN, shown
from hsdesk.forms.schema import Form, class_of, questions
from hsdesk.forms.shipped import index
from hsdesk.forms.types.columns import kinds_of
from hsdesk.language.calendar import LOCAL
from hsdesk.language.rows import row_predicate
from hsdesk.model.answer import Value
from hsdesk.model.resource import resource_dir
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.registers.read_once import ReadOnce
from hsdesk.reports.counting import Counting, Figures
from hsdesk.reports.counts import both, count_named, day_of, leans_of_count, rows_of
from hsdesk.reports.free_texts import hints
from hsdesk.reports.laws import Version, statutes
from hsdesk.reports.leaning import OF_PLACES, Lean, lacking, leans_of_rows
from hsdesk.reports.reminders import due, standing

Severity = Literal["error", "warn"]


class RowCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="row", forbid_unknown_fields=True):
    """Records that fit `where` are found; with `rule`, those of them that break a rule of the law.

    `count`: only records that are in this named count are looked at.

    `_code`, `_level` and `_kind` there are code, level and kind (C, N, Q) of the place that owns it. The
    version of a rule is that of the day in `day`, an answer of the record, else of the day that is asked for.
    """

    id: str
    register: str
    message: str  # {says}: what the law says
    path: str
    where: str = ""
    severity: Severity = "warn"
    count: str = ""  # of `counts`
    rule: str = ""  # of `laws`
    day: str = ""

    def versions(self) -> tuple[Version, ...]:
        """Return the versions of its rule; none where it has no rule."""
        return statutes().rule(self.rule).versions if self.rule else ()

    def broken(self, version: Version | None) -> str:
        """Return the row predicate of the records that are found, under a version of the rule."""
        parts = (version.where if version else "", self.where)
        return " and ".join(f"({part})" for part in parts if part)


class UniqueCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="unique", forbid_unknown_fields=True):
    """Records that are alike by a set of answers that the form names (`hs:same`; "person": a person's).

    A set without a check of its own is looked at all the same, within a place, as 请核实.
    """

    id: str
    register: str
    same: str
    message: str  # {value}: the first of the answers
    within: Literal["place", "township", "city"] = "place"
    where: str = ""
    severity: Severity = "warn"


class RowsCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="rows", forbid_unknown_fields=True):
    """Records whose roster has not as many rows as an answer says, or fewer than `least`."""

    id: str
    register: str
    roster: str
    message: str  # {rows}, {value}
    field: str = ""
    least: int = 0
    severity: Severity = "warn"


class BalanceCheck(msgspec.Struct, frozen=True, tag_field="kind", tag="balance", forbid_unknown_fields=True):
    """Two named counts of a place that should be equal, within `tolerance` as a share of the right one."""

    id: str
    register: str  # where the finding is shown
    path: str
    left: str
    right: str
    message: str  # {left}, {right}
    tolerance: float = 0.0
    severity: Severity = "warn"


Check = RowCheck | UniqueCheck | RowsCheck | BalanceCheck


class CheckFinding(msgspec.Struct, frozen=True):
    """One thing to look at. `record` is empty where a whole place is meant."""

    severity: Severity
    register: str
    place: str
    record: str
    path: str
    rule: str
    message: str


@cache
def checks() -> tuple[Check, ...]:
    """Return every check the program carries."""
    content = (resource_dir() / "checks.json").read_bytes()
    return msgspec.json.decode(content, type=tuple[Check, ...])


def leans_of_check(check: Check) -> frozenset[Lean]:
    """Return the columns that a check reads."""
    match check:
        case RowCheck():
            asked = [check.broken(version) for version in check.versions() or (None,)]
            counted = leans_of_count(count_named(check.count)) if check.count else frozenset()
            return counted | leans_of_rows(check.register, check.path, check.day, *asked)
        case UniqueCheck():
            return leans_of_rows(check.register, check.where)
        case RowsCheck():
            rows = frozenset({(f"{check.register}/{check.roster}", "_record")})
            return rows | leans_of_rows(check.register, check.field)
        case BalanceCheck():
            return leans_of_count(count_named(check.left)) | leans_of_count(count_named(check.right))


def findings(
    registers: Registers, places: Sequence[str], today: date, register: str = ""
) -> tuple[CheckFinding, ...]:
    """Return what the checks find in these places.

    Registers that are not installed or not held are passed over, and so are checks that read a column which
    is not there.
    """
    registers = ReadOnce(registers)
    inspection = _Inspection(registers, tuple(places), today)
    known = (*checks(), *_unnamed(registers))
    wanted = [check for check in known if not register or check.register == register]
    whole = [check for check in wanted if lacking(leans_of_check(check), registers.form) is None]
    found = [finding for check in whole for finding in inspection.run(check)]
    return (
        *found,
        *_expiring(registers, places, today, register),
        *_privacy(registers, places, today, register),
    )


def _expiring(
    registers: Registers, places: Sequence[str], today: date, register: str
) -> Iterator[CheckFinding]:
    there = standing(registers.directory, places, today)
    for one in due(registers.records, registers.form, there, today, register):
        message = f"{one.title}:{one.message}" if one.title else one.message
        yield CheckFinding("warn", one.register, one.place, one.record, one.path, "expiry", message)


def _unnamed(registers: Registers) -> Iterator[UniqueCheck]:
    """Yield a check for each set of a form that has none of its own."""
    named = {(check.register, check.same) for check in checks() if isinstance(check, UniqueCheck)}
    for name in index():
        try:
            form = registers.form(name)
        except (DataError, Missing):  # this form is not installed here
            continue
        for rule in rules(form):
            if (name, rule.name) not in named:
                yield UniqueCheck(f"{name}_{rule.name}", name, rule.name, "可能与另一条重复")


def reach(register: str, same: str) -> str:
    """Return how far records of a register are compared by a set: within a place, a township or the city."""
    own = (check for check in checks() if isinstance(check, UniqueCheck))
    return next((check.within for check in own if (check.register, check.same) == (register, same)), "place")


def _privacy(
    registers: Registers, places: Sequence[str], today: date, register: str
) -> Iterator[CheckFinding]:
    for one in hints(registers, places, today, register):
        message = f"{one.record.title}:“{one.label}”{one.sentence}"
        yield CheckFinding(
            "warn", one.register, one.record.place, one.record.id, one.path, "privacy", message
        )


class _Inspection:
    """Runs checks over the registers."""

    def __init__(self, registers: Registers, places: tuple[str, ...], today: date) -> None:
        self._registers = registers
        self._places = places
        self._today = today
        self._now = LOCAL.noon(today)
        self._counting = Counting(registers, registers.directory, places)

    def run(self, check: Check) -> Iterator[CheckFinding]:
        match check:
            case RowCheck():
                return self._rows(check)
            case UniqueCheck():
                return self._unique(check)
            case RowsCheck():
                return self._roster(check)
            case BalanceCheck():
                return self._balance(check)

    def _all(self, register: str) -> Sequence[RegisterRecord]:
        if self._form(register) is None:
            return ()
        return self._registers.records(register, self._places) or ()

    def _fitting(self, register: str, where: str, path: str = "") -> Iterator[RegisterRecord]:
        """Yield the records that fit; none of a place of which the reader is not granted what it reads."""
        records = self._granted(register, leans_of_rows(register, where, path))
        if not records:
            return
        kinds = kinds_of(self._registers.form(register)) | OF_PLACES
        holds = row_predicate(where, kinds, self._now)
        yield from (record for record in records if holds(self._row(record)))

    def _granted(self, register: str, leans: frozenset[Lean]) -> Sequence[RegisterRecord]:
        records = self._all(register)
        form = self._registers.form(register) if records else None
        if form is None:
            return ()
        read = (one for one in questions(form.children) if (register, one.key) in leans)
        classes = {class_of(form, one) for one in read} - {form.stream}
        may = self._registers.may_read
        return [one for one in records if all(may(one.place, cls) for cls in classes)] if classes else records

    def _row(self, record: RegisterRecord) -> dict[str, Value]:
        place = self._registers.directory.by_id(record.place)
        return {
            **record.values,
            "_id": record.id,
            "_place": record.place,
            "_title": record.title,
            "_code": place.code,
            "_kind": place.community_kind,
            "_level": place.level,
        }

    def _rows(self, check: RowCheck) -> Iterator[CheckFinding]:
        counted = self._counted(check)
        for version in check.versions() or (None,):
            where = both(counted, check.broken(version))
            for record in self._fitting(check.register, where, check.path):
                if version is None:
                    yield _finding(check, record, check.path, "row", check.message)
                elif version.in_force(self._day(record, check.day)):
                    message = f"{check.message.format(says=version.says)}({statutes().cited(version)})"
                    yield _finding(check, record, check.path, "row", message)

    def _counted(self, check: RowCheck) -> str:
        """Return the row predicate of the count whose records are looked at, "" where it is all of them."""
        form = self._form(check.register) if check.count else None
        return rows_of(count_named(check.count), day_of(self._today), form) if form is not None else ""

    def _day(self, record: RegisterRecord, path: str) -> str:
        """Return the day that a record is judged by: that of an answer, else the day asked for."""
        own = record.values.get(path) if path else None
        return own if isinstance(own, str) and own else self._now.date().isoformat()

    def _unique(self, check: UniqueCheck) -> Iterator[CheckFinding]:
        form = self._form(check.register)
        rule = next((rule for rule in rules(form) if rule.name == check.same), None) if form else None
        if form is None or rule is None:  # an earlier version of the form does not name the set
            return
        records = list(self._fitting(check.register, check.where))
        areas = [self._area(record, check.within) for record in records]
        first, asked = rule.fields[0], {question.key: question for question in questions(form.children)}
        for number in duplicates_among(form, rule, [record.values for record in records], areas):
            record = records[number]
            message = check.message.format(
                value=shown(form, asked[first], record.texts.get(first, ""), SCREEN)
            )
            yield _finding(check, record, first, "unique", message)

    def _form(self, register: str) -> Form | None:
        try:
            return self._registers.form(register)
        except (DataError, Missing):  # this form is not installed here
            return None

    def _area(self, record: RegisterRecord, within: str) -> str:
        if within == "place":
            return record.place
        above = self._registers.directory.ancestors(record.place)
        return next((place.id for place in above if place.level == within), record.place)

    def _roster(self, check: RowsCheck) -> Iterator[CheckFinding]:
        for record in self._all(check.register):
            rows = len(record.rosters.get(check.roster, ()))
            value = record.values.get(check.field) if check.field else None
            if rows < check.least or (value is not None and rows != value):
                message = check.message.format(rows=rows, value=value)
                yield _finding(check, record, check.roster, "rows", message)

    def _balance(self, check: BalanceCheck) -> Iterator[CheckFinding]:
        left, right = self._figures(check.left), self._figures(check.right)
        for place in sorted(left.keys() & right.keys(), key=self._places.index):
            one, other = left[place], right[place]
            if one and other and abs(one - other) > abs(other) * check.tolerance:
                record = next((each for each in self._all(check.register) if each.place == place), None)
                message = check.message.format(left=f"{one:g}", right=f"{other:g}")
                name = record.id if record else ""
                yield CheckFinding(
                    check.severity, check.register, place, name, check.path, "balance", message
                )

    def _figures(self, name: str) -> Figures:
        """Return a count by place, of the places of which it is known here."""
        count, day = count_named(name), day_of(self._today)
        found = self._counting.by_place(count, day) or {}
        return {place: one for place, one in found.items() if not self._counting.unknown(count, place, day)}


def _finding(
    check: RowCheck | UniqueCheck | RowsCheck, record: RegisterRecord, path: str, rule: str, message: str
) -> CheckFinding:
    named = f"{record.title}:{message}" if record.title else message
    return CheckFinding(check.severity, check.register, record.place, record.id, path, rule, named)
