"""A place with the size of each of its registers, known before any record is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from city.dice import Dice
from hsdesk.model.answer import Value
from hsdesk.model.place import Place, stem

Answers = dict[str, Value]
Maker = Callable[["Site", Dice, int], Answers]

# Order in which a village would fill them: what a record refers to mostly comes before it.
VILLAGE_FORMS = (
    "party_org", "grid", "grid_staff", "party_member", "worker", "community", "population_stat", "fund",
    "self_gov_body", "deliberation", "charter", "social_org", "org_activity", "volunteer", "vol_activity",
    "vol_record", "member_checkin", "pledge", "post", "household", "point_rule", "point_ledger", "redeem",
    "seal_use", "visit", "facility", "open_venue", "task_progress",
)  # fmt: skip
TOWNSHIP_FORMS = ("team", "org_support", "tri_project", "integrity_stat")
COUNTY_FORMS = ("access_item", "pilot", "training", "project_eval", "vol_award", "exchange")
CITY_FORMS = ("task", "policy_doc")
FORMS = (*VILLAGE_FORMS, *TOWNSHIP_FORMS, *COUNTY_FORMS, *CITY_FORMS)
NUMBER = {form: number for number, form in enumerate(FORMS)}

# (least, most) records of a village at full size; these shrink with the size of the city, the others do not
BULK = {
    "household": (420, 780), "volunteer": (90, 170), "party_member": (60, 100), "point_ledger": (40, 80),
    "vol_record": (20, 40), "visit": (12, 28), "org_activity": (8, 16), "redeem": (6, 14),
    "seal_use": (6, 14),
}  # fmt: skip
FIXED = {
    "population_stat": (2, 2), "fund": (2, 4), "grid_staff": (1, 3), "party_org": (2, 4),
    "member_checkin": (3, 7), "pledge": (5, 11), "post": (3, 7), "worker": (5, 9), "self_gov_body": (3, 6),
    "charter": (1, 3), "deliberation": (3, 9), "point_rule": (4, 6), "vol_activity": (4, 8),
    "facility": (3, 5), "open_venue": (0, 3), "task_progress": (2, 4),
}  # fmt: skip
UPPER = {
    "team": (1, 2), "org_support": (4, 8), "tri_project": (2, 4), "integrity_stat": (4, 4),
    "access_item": (26, 26), "pilot": (16, 24), "training": (60, 100), "project_eval": (10, 20),
    "vol_award": (10, 20), "exchange": (2, 5), "task": (30, 30), "policy_doc": (6, 6),
}  # fmt: skip
RURAL_ORGANIZATIONS = (0, 2, 3, 4, 4, 5, 5, 5, 6, 7, 9)  # around the target of 5
URBAN_ORGANIZATIONS = (7, 9, 9, 10, 10, 11, 13)  # around the target of 10


class Made(msgspec.Struct, frozen=True):
    """One invented record. `flawed`: a required answer was left out on purpose, as half-filled ones are."""

    place: str  # id
    form: str
    record: str
    answers: Answers
    flawed: bool = False


class Site(msgspec.Struct, frozen=True):
    """A place that has records. `below`: its villages in the city, `towns`: its townships."""

    place: Place
    seed: int
    counts: dict[str, int]
    township: str = ""  # name; "" where there is none with an office
    county: str = ""  # code of the county
    town: str = ""  # code of the township
    neighbour: str = ""  # id of another village of the township
    below: tuple[Site, ...] = ()
    towns: tuple[Site, ...] = ()

    @property
    def code(self) -> str:
        return self.place.code

    @property
    def kind(self) -> str:
        """C, N or Q; "" above the village."""
        return self.place.community_kind

    def of(self, form: str, number: int) -> str:
        """Return the id of a record of this place, by its number from 0."""
        return record_id(form, self.code, number, self.seed)

    def any_of(self, dice: Dice, form: str) -> str:
        """Return the id of one of this place's records; "" where it has none."""
        count = self.counts.get(form, 0)
        return self.of(form, dice.below(count)) if count else ""

    def several(self, dice: Dice, form: str, most: int) -> tuple[str, ...]:
        """Return one to `most` records of this place, sorted by id."""
        count = self.counts.get(form, 0)
        if not count:
            return ()
        return tuple(sorted({self.of(form, dice.below(count)) for _ in range(dice.between(1, most))}))

    def dice(self, form: str) -> Dice:
        """Return the dice of one of its registers."""
        return Dice(f"{self.seed}/{self.code}/{form}")


def record_id(form: str, place: str, number: int, seed: int) -> str:
    """Return the id of a record as the text of a UUIDv7 that needs nothing but these four.

    >>> record_id("grid", "341021101204", 0, 7)
    '016f5e66-e800-7001-8007-004f66710c94'
    """
    stamp = f"{1_577_836_800_000 + number:012x}"
    return f"{stamp[:8]}-{stamp[8:]}-7{NUMBER[form]:03x}-8{seed & 0xFFF:03x}-{int(place):012x}"


def village_counts(place: Place, seed: int, share: float) -> dict[str, int]:
    """Return how many records of each register a village has; `share` (0 to 1) thins the large ones."""
    dice = Dice(f"{seed}/{place.code}/counts")
    counts = {form: dice.between(*limits) for form, limits in FIXED.items()}
    counts |= {form: max(1, round(dice.between(*limits) * share)) for form, limits in BULK.items()}
    urban = place.community_kind == "C"
    counts["social_org"] = dice.pick(URBAN_ORGANIZATIONS if urban else RURAL_ORGANIZATIONS)
    counts["grid"] = dice.between(3, 8) if urban else dice.between(2, 6)
    counts["grid_staff"] += counts["grid"]
    counts["community"] = 0 if dice.chance(0.02) else 1
    if not counts["social_org"]:
        counts["org_activity"] = 0
    return counts


def upper_counts(place: Place, seed: int, forms: tuple[str, ...]) -> dict[str, int]:
    """Return how many records of each register a township, county or the city has."""
    dice = Dice(f"{seed}/{place.code}/counts")
    return {form: dice.between(*UPPER[form]) for form in forms}


@cache
def without_ending(name: str) -> str:
    """Return 深渡 for 深渡村村委会, to begin the names of invented organizations with."""
    return stem(name)
