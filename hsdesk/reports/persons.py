"""The same person in several registers: found by name, month of birth and telephone, offered for copying.

There is no register of persons. A match is a guess of this place, shown to a person who decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hsdesk.forms.duplicates import Person, plain, same_person
from hsdesk.model.answer import Value

FIRST = ("worker", "grid_staff", "party_member", "volunteer")  # whose answers go before those of others
_TELLING = ("birth_ym", "phone", "id_no")


class Sighting(msgspec.Struct, frozen=True):
    """What one record says of a person, by role."""

    register: str
    record: str
    place: str
    answers: dict[str, Value]
    told: str = ""  # how a person recognises the person: 1968年5月出生


class Known(msgspec.Struct, frozen=True):
    """What the registers of a place say of one person, by role."""

    answers: dict[str, Value]
    seen: tuple[Sighting, ...]


def gathered(sightings: Sequence[Sighting]) -> tuple[Known, ...]:
    """Return the persons seen; the answers of later registers fill the gaps of earlier ones.

    Two sightings are of one person only where month of birth, telephone or identity number agree: answers of
    two people of one name are never mixed.
    """
    groups: list[list[Sighting]] = []
    for sighting in sorted(sightings, key=_rank):
        home = next((group for group in groups if _surely_one(group, sighting)), None)
        if home is None:
            groups.append([sighting])
        else:
            home.append(sighting)
    return tuple(_known(group) for group in groups)


def offered(known: Known, asked: Person, typed: Mapping[str, Value]) -> dict[str, Value]:
    """Return the answers, by storage key, that a form asks of a person and that are still empty."""
    return {
        key: known.answers[role]
        for role, key in asked.answers.items()
        if role in known.answers and typed.get(key) in (None, "", ())
    }


def _rank(sighting: Sighting) -> tuple[int, str]:
    first = FIRST.index(sighting.register) if sighting.register in FIRST else len(FIRST)
    return first, sighting.register


def _surely_one(group: Sequence[Sighting], sighting: Sighting) -> bool:
    return any(
        one.place == sighting.place
        and same_person(one.answers, sighting.answers)
        and any(_agree(one.answers.get(role), sighting.answers.get(role)) for role in _TELLING)
        for one in group
    )


def _agree(one: Value, other: Value) -> bool:
    return bool(plain(one)) and plain(one) == plain(other)


def _known(group: Sequence[Sighting]) -> Known:
    answers: dict[str, Value] = {}
    for sighting in group:
        for role, value in sighting.answers.items():
            if value not in (None, "", ()):
                answers.setdefault(role, value)
    return Known(answers, tuple(group))
