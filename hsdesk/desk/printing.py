"""Print-outs and exports of an open desk: which sheets, for which places; the log of what left."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hsdesk.desk.audit import DeskAudit, FullAccess
from hsdesk.desk.opening import Opened
from hsdesk.desk.predicates import condition
from hsdesk.deskfile.audit import AuditEntry
from hsdesk.errors import DataError, Missing
from hsdesk.forms.masking import ROSTER, Showing, Use
from hsdesk.forms.schema import Form
from hsdesk.forms.shipped import form_named
from hsdesk.model.asked_day import AskedDay, today_is
from hsdesk.model.place import Place
from hsdesk.registers.contract import Registers
from hsdesk.reports.picking import ALL, Picked

if TYPE_CHECKING:
    from hsdesk.reports.content import Summary
    from hsdesk.reports.definitions import Definition
    from hsdesk.reports.signing import Occasion

SAMPLE = "sample"  # "1": the data of this desk is invented, every print-out says so
LIST = "list/"  # before the name of a register: what a list shows of it
BLANK = "blank/"  # its empty form
KNOWN = "known/"  # a sheet of each place with what is known, to be corrected by hand
_PER_PLACE = ("quarter",)  # print-outs with one row per place: one sheet for the level above
_DIGITS = 8  # of the fingerprint of what was picked, in the log


class SummaryInfo(msgspec.Struct, frozen=True):
    """A print-out this desk can make."""

    name: str
    title: str
    register: str
    use: str  # notice, roster or filing


class Sheet(msgspec.Struct, frozen=True):
    """Who signs a sheet, and whose records are on it."""

    unit: Place
    places: tuple[str, ...]


class Printing:
    """Makes the print-outs of an open desk and keeps the log of what left it."""

    def __init__(self, opened: Opened, registers: Registers) -> None:
        self._opened = opened
        self._registers = registers
        self._audit = DeskAudit(opened)

    def summaries(self) -> tuple[SummaryInfo, ...]:
        """Return the print-outs whose registers are installed here."""
        from hsdesk.reports.definitions import definitions

        return tuple(
            SummaryInfo(found.name, found.title, found.register, found.use)
            for found in definitions()
            if self._opened.file.has_form(found.register)
        )

    def offered(self, register: str, *, listed: bool = False) -> tuple[SummaryInfo, ...]:
        """Return what can be made of picked records of a register: its print-outs, then its form.

        `listed`: of what a list shows; then the list as it stands comes first.
        """
        from hsdesk.reports.definitions import COMPUTED, definitions

        form = self._opened.file.form(form_named(register))
        kinds = {found.name: found.kind for found in definitions()}
        own = [one for one in self.summaries() if one.register == form.form_id]
        shown = [SummaryInfo(LIST + form.form_id, f"{form.title}(照列表)", form.form_id, "roster")]
        by_hand = SummaryInfo(BLANK + form.form_id, f"{form.title}(登记表)", form.form_id, "roster")
        picked = [one for one in own if kinds[one.name] not in COMPUTED]
        return (*(shown if listed else ()), *picked, by_hand)

    def build(
        self,
        name: str,
        place: str = "",
        full: FullAccess | None = None,
        asked: AskedDay | None = None,
        picked: Picked = ALL,
    ) -> tuple[Summary, ...]:
        """Return a print-out as of a day (today by default): a sheet for each place, or one for each record.

        `name`: a print-out, `list/REGISTER` for what a list shows, `blank/REGISTER` for an empty form or, of
        picked records, one with what is known, `known/REGISTER` for what is known of all. `place`: only its
        sheet; without it each of the desk's own places signs its own. `full`: nothing is hidden.

        Raises UsageError for an unknown name or place and for `full` without a reason, WrongPassphrase,
        Refused for a notice in full, Missing for a record that is not here. What shows more than an internal
        roster leaves a line in the log.
        """
        from hsdesk.reports.definitions import definition_named

        if name.startswith(LIST):
            return self._whole(name.removeprefix(LIST), place, full, asked, picked)[:1]
        if name.startswith((BLANK, KNOWN)):
            return self._by_hand(name, place, asked or _as_of_today(), picked)
        definition = definition_named(name)
        form = self._opened.file.form(definition.register)
        self._check(form, picked)
        if full is not None:
            definition.refuse_in_full()
            self._audit.confirm(full)
        showing = Showing("full") if full else None
        sheets = tuple(self._sheets(definition, form, place, asked or _as_of_today()))
        occasions = (self._occasion(sheet, asked or _as_of_today(), picked) for sheet in sheets)
        made = self._made(definition, occasions, showing)
        self._note(definition.use, definition.name, self._place_id(place), made, full)
        return made

    def exported(
        self,
        name: str,
        place: str = "",
        full: FullAccess | None = None,
        asked: AskedDay | None = None,
        picked: Picked = ALL,
    ) -> tuple[Summary, ...]:
        """Return the print-out of this name, else the whole register of this name with its roster rows.

        The rest as in `build`.
        """
        from hsdesk.reports.definitions import definitions

        form_id = form_named(name)
        print_outs = {known for found in definitions() for known in (found.name, found.title)}
        if name in print_outs or "/" in name or not self._opened.file.has_form(form_id):
            return self.build(name, place, full, asked, picked)
        return self._whole(form_id, place, full, asked, picked)

    def export_xlsx(self, name: str, out: Path, place: str = "", full: FullAccess | None = None) -> Path:
        """Write a print-out, or a whole register, as a workbook. Raises UsageError for an unknown name.

        `full` as in `build`.
        """
        from hsdesk.reports.excel import write_workbook

        write_workbook(self.exported(name, place, full), out)
        return out

    def took_out(
        self,
        made: Sequence[Summary],
        place: str = "",
        *,
        asked: AskedDay | None = None,
        picked: Picked = ALL,
        reason: str = "",
    ) -> int:
        """Write to the log that print-outs were printed or saved: a line for each card, one for a table.

        Returns how many of these lines are of something that was taken out before (重印). Nothing is written
        where the desk lies on a full disk.
        """
        if self._opened.is_read_only:
            return 0
        day = asked or _as_of_today()
        name, where = made[0].name, self._place_id(place)
        entry = AuditEntry(0, 0, "print", "", name, where, reason=reason.strip())
        cards = [
            msgspec.structs.replace(entry, record=one.record, records=1, path=_fingerprint(day, ALL))
            for one in made
            if one.record
        ]
        count = sum(summary.records for summary in made)
        table = msgspec.structs.replace(entry, records=count, path=_fingerprint(day, picked))
        return sum(self._audit.took_out(one) for one in cards or [table])

    # Which sheets

    def _made(
        self, definition: Definition, occasions: Iterable[Occasion], showing: Showing | None
    ) -> tuple[Summary, ...]:
        """Return the sheets of all occasions; where records were picked, those that show some."""
        from hsdesk.reports.summaries import build

        made = []
        for each in occasions:
            found = build(definition, self._registers, each, showing)
            made += [one for one in found if one.records or not each.picked.is_some]
        if not made:
            raise DataError("没有符合条件的记录，没有生成文件。请核对 --record、--where 和日期。")
        return tuple(made)

    def _sheets(self, definition: Definition, form: Form, place: str, asked: AskedDay) -> Iterator[Sheet]:
        """Yield the sheets of a print-out: one for each place that signs.

        Cards sign themselves; of what is handed down the owners sign. Both need all places at once.
        """
        units = self._units(place)
        together = tuple(dict.fromkeys(one for unit in units for one in self._below(unit, form, asked)))
        if definition.kind in ("card", "letter") or form.publish == "down":
            yield Sheet(units[0], together)
        elif definition.kind in _PER_PLACE and (upper := self._upper(units)):
            yield Sheet(upper, together)
        else:
            yield from (Sheet(unit, self._below(unit, form, asked)) for unit in units)

    def _units(self, place: str) -> tuple[Place, ...]:
        """Return the places that sign: the one named, else the desk's own, without those inside another."""
        if place:
            return (self._opened.held_place(place),)
        own = self._opened.own_places
        ids = {one.id for one in own}
        inner = (one for one in own if ids & {up.id for up in self._opened.directory.ancestors(one.id)})
        covered = {one.id for one in inner}
        return tuple(one for one in own if one.id not in covered)

    def _upper(self, units: Sequence[Place]) -> Place | None:
        """Return the place right above several villages, None for one village or for several such places."""
        above = {unit.parent for unit in units}
        upper = above.pop() if len(units) > 1 and len(above) == 1 else ""
        return self._opened.directory.by_id(upper) if upper else None

    def _below(self, unit: Place, form: Form, asked: AskedDay) -> tuple[str, ...]:
        """Return the places held here whose records a place reports: its own and those below it.

        Where a day was asked for, places lie as they lay then, and one that did not exist reports nothing.
        Of what is handed down only a place itself and villages: each level has its own.
        """
        day = asked.day.isoformat()
        directory = self._opened.directory.seen_on(day)
        handed_down = form.publish == "down"
        villages = (one.id for one in directory.village_level(unit.id))
        below = {unit.id, *(villages if handed_down else directory.subtree(unit.id))}
        held = (directory.by_id(one.id) for one in self._opened.held_places() if one.id in below)
        return tuple(one.id for one in held if not asked.named or one.is_valid_on(day))

    def _whole(
        self, register: str, place: str, full: FullAccess | None, asked: AskedDay | None, picked: Picked
    ) -> tuple[Summary, ...]:
        from hsdesk.reports.whole_register import plain_sheets

        form = self._opened.file.form(form_named(register))
        self._check(form, picked)
        if full is not None:
            self._audit.confirm(full)
        showing, asked = Showing("full") if full else ROSTER, asked or _as_of_today()
        units = self._units(place)
        together = tuple(dict.fromkeys(one for unit in units for one in self._below(unit, form, asked)))
        occasion = self._occasion(Sheet(self._upper(units) or units[0], together), asked, picked)
        made = plain_sheets(form.form_id, self._registers, occasion, showing)
        self._note(showing.use, form.form_id, self._place_id(place), made[:1], full)
        return made

    def _by_hand(self, name: str, place: str, asked: AskedDay, picked: Picked) -> tuple[Summary, ...]:
        """Return forms to be filled in by hand: empty ones of who signs, what is known of each place."""
        from hsdesk.reports.blank import blank_form, known_list

        form = self._opened.file.form(form_named(name.partition("/")[2]))
        self._check(form, picked)
        units = self._units(place)
        sheets = [Sheet(unit, self._below(unit, form, asked)) for unit in units]
        make = blank_form
        if name.startswith(KNOWN):
            below = dict.fromkeys(one for sheet in sheets for one in sheet.places)
            directory, make = self._opened.directory, known_list
            places = (directory.by_id(one) for one in below)
            sheets = [Sheet(one, (one.id,)) for one in places if one.level in form.levels]
        occasions = (self._occasion(sheet, asked, picked) for sheet in sheets)
        return tuple(one for each in occasions for one in make(form.form_id, self._registers, each))

    def _check(self, form: Form, picked: Picked) -> None:
        """Look up what was picked. Raises UsageError for the predicate, Missing for a record not here."""
        condition(form, picked.where)
        for record in picked.records:
            rows = [
                row
                for scope in self._opened.file.scopes_of(record)
                if (number := self._opened.file.number_of(form.form_id, scope, record))
                for row in self._opened.file.rows_by_key(form.form_id, (number,))
            ]
            if not rows:
                raise Missing(
                    "“{title}”里没有这一条（{record}），没有生成文件。", title=form.title, record=record
                )
            if all(row.deleted or row.merged_into for row in rows):
                raise Missing(
                    "这一条（{record}）已作废或已合并，不能打印，没有生成文件。要打印请先恢复。",
                    record=record,
                )

    def _place_id(self, place: str) -> str:
        return self._opened.held_place(place).id if place else ""

    def _note(
        self, use: Use, name: str, place: str, made: Sequence[Summary], full: FullAccess | None
    ) -> None:
        count = sum(summary.records for summary in made)
        if full is not None:
            self._audit.note("full", name, records=count, place=place, reason=full.reason.strip())
        elif use == "filing":
            self._audit.note("filing", name, records=count, place=place)

    def _occasion(self, sheet: Sheet, asked: AskedDay, picked: Picked = ALL) -> Occasion:
        from hsdesk.reports.signing import Occasion

        return Occasion(
            places=sheet.places,
            unit=sheet.unit.id,
            asked=asked,
            person=self._opened.person,
            is_sample=self._opened.file.get(SAMPLE) == "1",
            picked=picked,
        )


def _as_of_today() -> AskedDay:
    return today_is(dt.datetime.now().astimezone().date())


def _fingerprint(asked: AskedDay, picked: Picked) -> str:
    """Return what was asked for the log: the day or period, and a mark of what was picked, no values."""
    day = str(asked.period) if asked.period is not None else asked.day.isoformat() if asked.named else ""
    if picked == ALL:
        return day
    mark = hashlib.blake2s(msgspec.json.encode(picked)).hexdigest()[:_DIGITS]
    return " ".join(filter(None, (day, f"#{mark}")))
