"""Reports of an open desk: print-outs, workbooks, indicators, checks."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hsdesk.desk.display_values import worded
from hsdesk.desk.figured import DeskFigures
from hsdesk.desk.ledgers import ledger_findings
from hsdesk.desk.listing import Listing
from hsdesk.desk.opening import Opened
from hsdesk.desk.predicates import condition
from hsdesk.desk.printing import Printing
from hsdesk.desk.singles import single_findings
from hsdesk.desk.source import DeskSource
from hsdesk.desk.values import DeskFinding, DeskRound
from hsdesk.forms.schema import Form, Repeat, questions, repeats
from hsdesk.forms.shipped import form_named
from hsdesk.model.answer import Class, Value
from hsdesk.model.asked_day import AskedDay, today_is
from hsdesk.model.step import Step, unheard
from hsdesk.registers.contract import RegisterRecord
from hsdesk.registers.made_when_asked import MadeWhenAsked
from hsdesk.registers.query import Query, RegisterRow

if TYPE_CHECKING:
    from hsdesk.reports.behind import Behind
    from hsdesk.reports.broken import Broken
    from hsdesk.reports.content import Chart
    from hsdesk.reports.indicators import IndicatorValue
    from hsdesk.reports.reminders import Due
    from hsdesk.reports.settings import ShownSetting


class DeskRegisters(DeskFigures):
    """The registers of this desk as reports read them (`registers.contract.Registers`)."""

    def __init__(self, opened: Opened, source: DeskSource, listing: Listing) -> None:
        super().__init__(opened, source.figures)
        self._source = source
        self._listing = listing

    @property
    def settings(self) -> Mapping[str, str]:
        return self._opened.standing.settings

    def may_read(self, place: str, cls: Class) -> bool:
        return self._opened.may_read(place, cls)

    def records(
        self, register: str, places: Sequence[str], where: str = ""
    ) -> Sequence[RegisterRecord] | None:
        form = self.form(register)
        held = self._source.held(register, self._published_for(form, places))
        if not held:
            return None
        rule = condition(form, where)
        numbers = self._opened.file.keys(form.form_id, Query(scopes=held, where=rule.sql, keep=rule.keep))
        rows, rosters = self._listing.with_rosters(form, numbers)
        title = self._source.reader(form)
        by_key = {question.key: question for question in questions(form.children)}
        below = {roster.key: roster for roster in repeats(form.children)}

        def record(row: RegisterRow) -> RegisterRecord:
            asked = [key for key in row.values if key in by_key]
            return RegisterRecord(
                id=row.record,
                place=row.scope,
                title=title(row.title),
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
        title = self._source.reader(form)
        return [RegisterRecord(row.record, row.scope, title(row.title), row.values, {}) for row in rows]

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


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()


def _value(value: object) -> Value:
    return tuple(map(str, value)) if isinstance(value, list) else value  # type: ignore[return-value]


class Reporting(Printing):
    """Makes the reports of an open desk: print-outs, figures, reminders, findings."""

    def __init__(self, opened: Opened, source: DeskSource, listing: Listing) -> None:
        registers = DeskRegisters(opened, source, listing)
        super().__init__(opened, registers)
        self._plain = registers.plain
        self._source = source
        self._known_broken: tuple[tuple[Form, ...], Mapping[str, str], tuple[Broken, ...]] = ((), {}, ())

    def indicators(
        self, asked: AskedDay | None = None, level: str = "", step: Step = unheard
    ) -> tuple[IndicatorValue, ...]:
        """Return every indicator for the places of this desk, as of a day (today by default).

        `step` hears how many figures of how many are made, and may stop the work.
        """
        from hsdesk.reports.indicator_values import evaluate_all

        asked = asked or today_is(_today())
        return evaluate_all(self._registers, self._opened.own_places[0], asked, level, step)

    def charts(self, asked: AskedDay | None = None) -> tuple[Chart, ...]:
        """Return the structure charts (结构图) of this desk, as of a day (today by default)."""
        from hsdesk.reports.charts import charts

        asked = asked or today_is(_today())
        return charts(self._registers, self._held(), asked)

    def behind(self, indicator: str, asked: AskedDay | None = None) -> tuple[Behind, ...]:
        """Return which records count for an indicator and which do not, as of a day (today by default)."""
        from hsdesk.reports.behind import behind

        asked = asked or today_is(_today())
        return behind(self._registers, self._plain, indicator, self._held(), asked)

    def _held(self) -> tuple[str, ...]:
        return tuple(place.id for place in self._opened.held_places())

    def reminders(self, day: dt.date | None = None, register: str = "") -> tuple[Due, ...]:
        """Return what is near its end or past it, in one register or all, what is past first (到期提醒)."""
        from hsdesk.reports.reminders import due, standing

        on = day or _today()
        held = tuple(place.id for place in self._opened.held_places())
        places = standing(self._opened.directory, held, on)
        return due(self._plain, self._registers.form, places, on, register)

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
        if new is not None:
            return newly_broken(forms, new, settings)
        known, chosen, found = self._known_broken
        if not (len(known) == len(forms) and all(map(operator.is_, known, forms)) and chosen == settings):
            found = broken(forms, settings)
            self._known_broken = forms, settings, found
        return found

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
