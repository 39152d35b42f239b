"""The same person in several registers: found by name, month of birth and telephone, offered for copying.

There is no register of persons. A match is a guess of this place, shown to a person who decides (design §6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hsdesk.errors import DataError, Missing
from hsdesk.forms.schema import questions
from hsdesk.model.identity import half_width
from hsdesk.model.op import Value
from hsdesk.reports.registers import Record, Registers

REGISTERS = ("worker", "grid_staff", "party_member", "volunteer")
SHARED = ("name", "id_no", "gender", "birth_ym", "ethnic", "political", "education", "phone")
TELLING = ("birth_ym", "phone", "id_no")  # answers that tell two people of one name apart


class Sighting(msgspec.Struct, frozen=True):
    """One record of a person."""

    register: str
    record: str
    place: str


class Person(msgspec.Struct, frozen=True):
    """What the registers of a place say about one person. `answers` hold what a form may copy."""

    name: str
    answers: dict[str, Value]
    seen: tuple[Sighting, ...]


def persons(registers: Registers, places: Sequence[str]) -> tuple[Person, ...]:
    """Return the persons of some places, the answers of later registers filling the gaps of earlier ones."""
    found: dict[tuple[str, ...], list[tuple[str, Record]]] = {}
    for register, record in _records(registers, places):
        found.setdefault(_key(record.place, record.values), []).append((register, record))
    return tuple(_person(sightings) for sightings in found.values())


def candidates(known: Sequence[Person], typed: Mapping[str, Value], register: str) -> tuple[Person, ...]:
    """Return who is meant by what was typed so far: the same name, and no other month of birth or telephone.

    Persons that the register already holds are left out: a second record of them is a finding, no offer.
    """
    name = _plain(typed.get("name"))
    if not name:
        return ()
    return tuple(
        person
        for person in known
        if _plain(person.name) == name
        and all(
            _agree(person.answers.get(field), typed.get(field)) for field in ("birth_ym", "phone", "id_no")
        )
        and register not in {sighting.register for sighting in person.seen}
    )


def offer(
    registers: Registers, person: Person, typed: Mapping[str, Value], register: str
) -> dict[str, Value]:
    """Return the answers of a person that a form asks for and that are still empty."""
    asked = {question.key for question in questions(registers.form(register).children)}
    return {
        field: value
        for field, value in person.answers.items()
        if field in asked and typed.get(field) in (None, "")
    }


def _records(registers: Registers, places: Sequence[str]) -> Iterator[tuple[str, Record]]:
    for register in REGISTERS:
        try:
            records = registers.records(register, places)
        except (DataError, Missing):  # this form is not installed here
            continue
        for record in records or ():
            if record.values.get("name"):
                yield register, record


def _key(place: str, values: Mapping[str, Value]) -> tuple[str, ...]:
    return (place, *(_plain(values.get(field)) for field in ("name", "birth_ym", "phone")))


def _person(sightings: Sequence[tuple[str, Record]]) -> Person:
    answers: dict[str, Value] = {}
    for _, record in sightings:
        for field in SHARED:
            value = record.values.get(field)
            if value not in (None, ""):
                answers.setdefault(field, value)
    seen = tuple(Sighting(register, record.id, record.place) for register, record in sightings)
    return Person(str(answers["name"]), answers, seen)


def _agree(one: Value, other: Value) -> bool:
    """Return whether two answers do not contradict each other; an empty one never does."""
    return not _plain(one) or not _plain(other) or _plain(one) == _plain(other)


def _plain(value: Value) -> str:
    return "" if value is None else half_width(str(value)).replace(" ", "").casefold()
