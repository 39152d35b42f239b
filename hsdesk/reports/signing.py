"""Who signs a print-out, for which places and on which day."""

from __future__ import annotations

from datetime import date

import msgspec

from hsdesk.model.place import Place
from hsdesk.registers.contract import Registers
from hsdesk.reports.content import Signature
from hsdesk.reports.definitions import Definition

PROFILE = "community"  # the register that knows a place's legal name


class Occasion(msgspec.Struct, frozen=True):
    """For whom and when something is printed."""

    places: tuple[str, ...]  # ids of the places whose records are printed
    unit: str  # id of the place that signs
    today: date
    person: str = ""  # 填表人, printed when known
    is_sample: bool = False  # the data is invented: every page says so


def legal_name(registers: Registers, place: Place) -> str:
    """Return the full legal name (法人全称) above the seal: from the profile, else from the directory."""
    if place.level != "village":
        return place.name
    for record in registers.records(PROFILE, (place.id,)) or ():
        name = record.values.get("full_name")
        if name:
            return str(name)
    return place.legal_name


def chinese_date(day: date) -> str:
    """Return a date as on paper: 2020年3月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def signature_of(definition: Definition, registers: Registers, occasion: Occasion) -> Signature | None:
    """Return the signature line of the signing place; None where the print-out has none."""
    if not definition.signed:
        return None
    unit = registers.directory.seen_on(occasion.today.isoformat()).by_id(occasion.unit)
    return Signature(unit=legal_name(registers, unit), filled_by=occasion.person)
