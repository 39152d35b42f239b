"""Who signs a print-out, for which places and on which day."""

from __future__ import annotations

from datetime import date

import msgspec

from hsdesk.model.asked_day import BY_TODAY, AskedDay
from hsdesk.model.place import LEVELS, Directory, Place
from hsdesk.registers.contract import Registers
from hsdesk.reports.content import Signature
from hsdesk.reports.definitions import Definition
from hsdesk.reports.picking import ALL, Picked

PROFILE = "community"  # the register that knows a place's legal name


class Occasion(msgspec.Struct, frozen=True):
    """For whom and when something is printed."""

    places: tuple[str, ...]  # ids of the places whose records are printed
    unit: str  # id of the place that signs
    asked: AskedDay  # as of which day, or for which period
    person: str = ""  # 填表人, printed when known
    is_sample: bool = False  # the data is invented: every page says so
    picked: Picked = ALL  # which records, where not all are asked for

    @property
    def day(self) -> date:
        return self.asked.day

    def places_of(self, registers: Registers) -> Directory:
        """Return the places as they were on the day."""
        return registers.directory.seen_on(self.day.isoformat())

    def remark(self, own: str = "", note: str = "") -> str:
        """Return what stands above a table: the day or period where one was asked for, else its own remark.

        `note`: what the sheet must say about the day.
        """
        said = self.asked.words if self.asked.named or not own else ""
        return "；".join(filter(None, (said, own, note)))

    def by_today(self) -> str:
        """Return what a sheet says that shows things as they are now for a day that is past."""
        return BY_TODAY if self.asked.is_past else ""


def legal_name(registers: Registers, place: Place) -> str:
    """Return the full legal name (法人全称) above the seal: from the profile, else from the directory."""
    if place.level != "village":
        return place.name
    for record in registers.records(PROFILE, (place.id,)) or ():
        name = record.values.get("full_name")
        if name:
            return str(name)
    return place.legal_name


def signature_of(definition: Definition, registers: Registers, occasion: Occasion) -> Signature | None:
    """Return the signature line of the place that answers for a print-out; None where it has none.

    What only levels above fill, as the tasks of the city, is sealed by the nearest of these.
    """
    if not definition.signed:
        return None
    directory = occasion.places_of(registers)
    unit = _answering(directory, directory.by_id(occasion.unit), registers.form(definition.register).levels)
    return Signature(unit=legal_name(registers, unit), filled_by=occasion.person)


def _answering(directory: Directory, unit: Place, levels: tuple[str, ...]) -> Place:
    """Return who fills a register of these levels for a place: itself, or the nearest place above it."""
    own = LEVELS.index(unit.level)
    if not levels or any(LEVELS.index(level) <= own for level in levels):
        return unit
    above = (one for one in directory.ancestors(unit.id) if one.level in levels)
    return next(above, unit)
