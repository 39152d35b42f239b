"""Reports of an open desk: print-outs, workbooks, indicators, checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hsdesk.desk.audit import DeskAudit, FullAccess
from hsdesk.desk.display_values import worded
from hsdesk.desk.ledgers import ledger_findings
from hsdesk.desk.listing import Listing
from hsdesk.desk.opening import Opened
from hsdesk.desk.predicates import condition
from hsdesk.desk.singles import single_findings
from hsdesk.desk.source import DeskSource
from hsdesk.desk.values import DeskFinding, DeskRound
from hsdesk.forms.masking import ROSTER, Showing, Use
from hsdesk.forms.schema import Form, Repeat, questions, repeats
from hsdesk.forms.shipped import form_named
from hsdesk.language.aggregate import Aggregate
from hsdesk.model.answer import Class, Value
from hsdesk.model.asked_day import AskedDay, today_is
from hsdesk.model.place import Directory, Place
from hsdesk.registers.contract import RegisterRecord
from hsdesk.registers.made_when_asked import MadeWhenAsked
from hsdesk.registers.query import Query, RegisterRow

if TYPE_CHECKING:
    from hsdesk.reports.broken import Broken
    from hsdesk.reports.content import Summary
    from hsdesk.reports.indicators import IndicatorValue
    from hsdesk.reports.reminders import Due
    from hsdesk.reports.settings import ShownSetting
    from hsdesk.reports.signing import Occasion

SAMPLE = "sample"  # "1": the data of this desk is invented, every print-out says so


class SummaryInfo(msgspec.Struct, frozen=True):
    """A print-out this desk can make."""

    name: str
    title: str
    register: str
    use: str  # notice, roster or filing


class DeskRegisters:
    """The registers of this desk as reports read them (`registers.contract.Registers`)."""

    def __init__(self, opened: Opened, source: DeskSource, listing: Listing) -> None:
        self._opened = opened
        self._source = source
        self._listing = listing

    @property
    def directory(self) -> Directory:
        return self._opened.directory

    @property
    def settings(self) -> Mapping[str, str]:
        return self._opened.standing.settings

    def may_read(self, place: str, cls: Class) -> bool:
        return self._opened.may_read(place, cls)

    def readable(self, cls: Class) -> frozenset[str]:
        return self._opened.readable(cls)

    @property
    def stands_alone(self) -> bool:
        return not self._opened.file.grants()

    def form(self, register: str) -> Form:
        return self._opened.file.form(register)

    def records(
        self, register: str, places: Sequence[str], where: str = ""
    ) -> Sequence[RegisterRecord] | None:
        form = self.form(register)
        held = self._source.held(register, self._published_for(form, places))
        if not held:
            return None
        rule = condition(form, where)
        numbers = self._opened.file.keys(form.form_id, Query(scopes=held, where=rule.sql, keep=rule.keep))
        rows = tuple(self._listing.living(form, numbers))
        rosters = self._listing.rosters(form, rows)
        by_key = {question.key: question for question in questions(form.children)}
        below = {roster.key: roster for roster in repeats(form.children)}

        def record(row: RegisterRow) -> RegisterRecord:
            asked = [key for key in row.values if key in by_key]
            return RegisterRecord(
                id=row.record,
                place=row.scope,
                title=self._source.readable(form, row.title),
                values=row.values,
                texts=MadeWhenAsked(
                    asked, lambda key: worded(form, by_key[key], row.values[key], self._listing)
                ),
                rosters=MadeWhenAsked(
                    below, lambda key: self._lines(form, below[key], rosters(row).get(key, ()))
                ),
            )

        return [record(row) for row in rows]

    def plain(self, register: str, places: Sequence[str], where: str) -> Sequence[RegisterRecord] | None:
        """Return the records that fit as the register's table holds them, without what is shown of them."""
        if not self._opened.file.has_form(register):
            return None
        form = self.form(register)
        held = self._source.held(register, places)
        if not held:
            return None
        rule = condition(form, where)
        rows = self._opened.file.query(form.form_id, Query(scopes=held, where=rule.sql, keep=rule.keep))
        return [
            RegisterRecord(row.record, row.scope, self._source.readable(form, row.title), row.values, {})
            for row in rows
        ]

    def _published_for(self, form: Form, places: Sequence[str]) -> tuple[str, ...]:
        """Return the places themselves, and for a published register those above that hand it down."""
        if form.publish != "down":
            return tuple(places)
        above = (up.id for place in places for up in self.directory.ancestors(place))
        return tuple(dict.fromkeys((*places, *above)))

    def _lines(
        self, form: Form, roster: Repeat, lines: Sequence[Mapping[str, object]]
    ) -> tuple[Mapping[str, str], ...]:
        by_key = {question.key: question for question in questions(roster.children)}
        return tuple(
            {
                key: worded(form, by_key[key], _value(value), self._listing)
                for key, value in line.items()
                if key in by_key
            }
            for line in lines
        )

    def answered(self, places: Sequence[str], as_of: dt.date) -> Mapping[str, tuple[int, int]]:
        return self._opened.file.answered(places, as_of)

    def figures(
        self, queries: Sequence[Aggregate], places: Sequence[str]
    ) -> Sequence[Mapping[str, float] | None]:
        return self._source.figures(queries, places)


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()


def _value(value: object) -> Value:
    return tuple(map(str, value)) if isinstance(value, list) else value  # type: ignore[return-value]


class Reporting:
    """Makes the reports of an open desk."""

    def __init__(self, opened: Opened, source: DeskSource, listing: Listing) -> None:
        self._opened = opened
        self._source = source
        self._listing = listing
        self._registers = DeskRegisters(opened, source, listing)
        self._audit = DeskAudit(opened)

    def _places(self, place: str, asked: AskedDay) -> tuple[Place, tuple[str, ...]]:
        """Return who signs, and whose records are reported: everything held below the signing place.

        Where a day was asked for, places lie as they lay then, and one that did not exist reports nothing.
        """
        day = asked.day.isoformat()
        directory = self._opened.directory.seen_on(day)
        held = {found.id: found for found in self._opened.held_places()}
        unit = self._opened.held_place(place) if place else self._opened.own_places[0]
        below = {unit.id, *(village.id for village in directory.village_level(unit.id))}
        own = () if place else tuple(found.id for found in self._opened.own_places)
        reported = (directory.by_id(found) for found in held if found in below or found in own)
        return unit, tuple(one.id for one in reported if not asked.named or one.is_valid_on(day))

    def summaries(self) -> tuple[SummaryInfo, ...]:
        """Return the print-outs whose registers are installed here."""
        from hsdesk.reports.definitions import definitions

        return tuple(
            SummaryInfo(found.name, found.title, found.register, found.use)
            for found in definitions()
            if self._opened.file.has_form(found.register)
        )

    def build(
        self, name: str, place: str = "", full: FullAccess | None = None, asked: AskedDay | None = None
    ) -> tuple[Summary, ...]:
        """Return a print-out as of a day (today by default): one summary, or one for each record.

        `full`: nothing is hidden. Raises WrongPassphrase for it, UsageError without a reason, Refused for a
        notice; what shows more than an internal roster leaves a line in the log.
        """
        from hsdesk.reports.definitions import definition_named
        from hsdesk.reports.summaries import build

        definition = definition_named(name)
        asked = asked or today_is(_today())
        unit, places = self._places(place, asked)
        if full is not None:
            definition.refuse_in_full()
            self._audit.confirm(full)
        showing = Showing("full") if full else None
        made = build(definition, self._registers, self._occasion(unit, places, asked), showing)
        self._note(definition.use, definition.name, unit.id if place else "", made, full)
        return made

    def _note(
        self,
        use: Use,
        name: str,
        place: str,
        made: tuple[Summary, ...],
        full: FullAccess | None,
    ) -> None:
        count = sum(summary.records for summary in made)
        if full is not None:
            self._audit.note("full", name, records=count, place=place, reason=full.reason.strip())
        elif use == "filing":
            self._audit.note("filing", name, records=count, place=place)

    def _occasion(self, unit: Place, places: tuple[str, ...], asked: AskedDay) -> Occasion:
        from hsdesk.reports.signing import Occasion

        return Occasion(
            places=places,
            unit=unit.id,
            asked=asked,
            person=self._opened.person,
            is_sample=self._opened.file.get(SAMPLE) == "1",
        )

    def export_xlsx(self, name: str, out: Path, place: str = "", full: FullAccess | None = None) -> Path:
        """Write a print-out, or a whole register, as a workbook. Raises UsageError for an unknown name.

        `full` as in `build`.
        """
        from hsdesk.reports.excel import write_workbook

        write_workbook(self.exported(name, place, full), out)
        return out

    def exported(
        self, name: str, place: str = "", full: FullAccess | None = None, asked: AskedDay | None = None
    ) -> tuple[Summary, ...]:
        """Return the print-out of this name, else the plain export of the register of this name.

        `full` and `asked` as in `build`.
        """
        from hsdesk.reports.definitions import definitions
        from hsdesk.reports.summaries import plain_roster

        form_id = form_named(name)
        print_outs = {known for found in definitions() for known in (found.name, found.title)}
        if name in print_outs or not self._opened.file.has_form(form_id):
            return self.build(name, place, full, asked)
        asked = asked or today_is(_today())
        unit, places = self._places(place, asked)
        if full is not None:
            self._audit.confirm(full)
        showing = Showing("full") if full else ROSTER
        occasion = self._occasion(unit, places, asked)
        made = (plain_roster(form_id, self._registers, occasion, showing),)
        self._note(showing.use, form_id, unit.id if place else "", made, full)
        return made

    def indicators(self, asked: AskedDay | None = None, level: str = "") -> tuple[IndicatorValue, ...]:
        """Return every indicator for the places of this desk, as of a day (today by default)."""
        from hsdesk.reports.indicator_values import evaluate_all

        asked = asked or today_is(_today())
        unit, _ = self._places("", asked)
        return evaluate_all(self._registers, unit, asked, level)

    def reminders(self, day: dt.date | None = None) -> tuple[Due, ...]:
        """Return what is near its end or past it, what is past first (到期提醒)."""
        from hsdesk.reports.reminders import due, standing

        on = day or _today()
        held = tuple(place.id for place in self._opened.held_places())
        return due(
            self._registers.plain, self._registers.form, standing(self._opened.directory, held, on), on
        )

    def rounds(self) -> tuple[DeskRound, ...]:
        """Return the open rounds that places of this desk have to answer, by deadline."""
        directory = self._opened.directory
        found = (
            DeskRound(asked, place.code, place.short_name)
            for asked in self._opened.standing.rounds
            for place in self._opened.held_places()
            if asked.open and asked.asks(place, directory)
        )
        return tuple(sorted(found, key=lambda one: (one.round.deadline, one.round.id, one.place)))

    def settings(self) -> tuple[ShownSetting, ...]:
        """Return the open definitions (口径) as they hold here."""
        from hsdesk.reports.settings import shown_settings

        return shown_settings(self._opened.standing.settings)

    def findings(self, form_id: str = "") -> tuple[DeskFinding, ...]:
        """Return what records do not meet, of one register or of all that are installed."""
        file = self._opened.file
        forms = (file.form(form_named(form_id)),) if form_id else file.all_forms()
        own = (one for form in forms for found in self.findings_in_turn(form) for one in found)
        return (*own, *self.findings_between(form_id))

    def findings_between(self, form_id: str = "") -> tuple[DeskFinding, ...]:
        """Return what several records do not meet together, of one register or of all that are installed."""
        file = self._opened.file
        forms = (file.form(form_named(form_id)),) if form_id else file.all_forms()
        found = [one for form in forms for one in ledger_findings(file, self._source, form)]
        found += [one for form in forms for one in single_findings(file, form)]
        return (*found, *self._checked(forms[0].form_id if form_id else ""))

    def _checked(self, form_id: str) -> Iterator[DeskFinding]:
        """Yield what the checks over several records and registers find."""
        from hsdesk.reports.checks import findings

        today = _today()
        places = tuple(place.id for place in self._opened.held_places())
        for found in findings(self._registers, places, today, form_id):
            yield DeskFinding(
                found.severity, found.register, found.record, found.path, found.rule, found.message
            )
        for one in self._broken():
            if form_id in ("", one.lack.register):
                yield DeskFinding("warn", one.lack.register, "", one.lack.column, "definition", one.sentence)

    def _broken(self, new: Form | None = None) -> tuple[Broken, ...]:
        from hsdesk.reports.broken import broken, newly_broken

        forms, settings = self._opened.file.all_forms(), self._opened.standing.settings
        return newly_broken(forms, new, settings) if new else broken(forms, settings)

    def would_break(self, form: Form) -> tuple[str, ...]:
        """Return a sentence for each definition that is no longer known once this form is installed."""
        from hsdesk.reports.broken import told

        return told(self._broken(form))

    def findings_in_turn(self, form: Form, most: int | None = None) -> Iterator[tuple[DeskFinding, ...]]:
        """Yield what the form's own rules find in each record, of at most so many records."""
        turns = self._source.in_turn(form, self._opened.file.query(form.form_id, Query(limit=most)))
        for row in turns.rows:
            session = turns.session(row)
            yield tuple(
                DeskFinding(found.severity, form.form_id, row.record, found.path, found.rule, found.message)
                for found in (session.validate() if session else ())
            )
