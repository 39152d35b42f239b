"""The city: which places are in it at which size, and its records one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from city import autonomy, organizations, party, profile, works
from city.days import give_days
from city.dice import Dice
from city.site import (
    CITY_FORMS,
    COUNTY_FORMS,
    TOWNSHIP_FORMS,
    VILLAGE_FORMS,
    Made,
    Maker,
    Site,
    upper_counts,
    village_counts,
)
from hsdesk.model.place import Directory, Place, load_directory

MODULES = (profile, party, organizations, autonomy, works)
MAKERS: dict[str, Maker] = {
    form: maker
    for form in (*VILLAGE_FORMS, *TOWNSHIP_FORMS, *COUNTY_FORMS, *CITY_FORMS)
    for module in MODULES
    if (maker := getattr(module, form, None)) is not None
}
FLAW = 0.01  # share of records that lack a required answer, as half-filled ones do
# what a cadre often leaves for later; no indicator counts by it
LEFT_OUT = {
    "worker": "phone", "social_org": "biz_scope", "party_member": "education", "grid": "scope_text",
    "facility": "own", "household": "group", "volunteer": "phone", "visit": "solved", "seal_use": "to_unit",
}  # fmt: skip
_WHOLE = 1034  # records of a village at full size, about
_FIXED = 86  # of them, those that do not shrink


class City:
    """Records of all registers; equal arguments give equal records, in every run and on every machine.

    `size` is the share of the whole city's 0.8 million records: smaller cities have both fewer villages
    and fewer records in the large registers of each. `places` (codes of villages) says which villages.
    """

    def __init__(
        self,
        size: float = 1.0,
        seed: int = 1,
        *,
        places: Iterable[str] = (),
        flaws: float = FLAW,
        directory: Directory | None = None,
    ) -> None:
        self.directory = directory or load_directory()
        self.seed = seed
        self.flaws = flaws
        self._share = min(size, 1.0) ** 0.5
        chosen = list(places) or _chosen(self.directory, seed, size, self._share)
        self.villages = tuple(self._village(self.directory.by_code(code)) for code in sorted(chosen))
        self.townships = tuple(self._upper("township"))
        self.counties = tuple(self._upper("county"))
        self.whole = Site(
            self.directory.by_code("341000"),
            seed,
            upper_counts(self.directory.by_code("341000"), seed, CITY_FORMS),
            below=self.villages,
        )
        self._by_code = {site.code: site for site in self.sites()}

    def _village(self, place: Place) -> Site:
        above = self.directory.ancestors(place.id)
        office = self.directory.has_township_office(place)
        return Site(
            place,
            self.seed,
            village_counts(place, self.seed, self._share),
            township=above[0].name if office else "",
            county=above[1].code,
            town=above[0].code,
            neighbour=_neighbour(self.directory, place),
        )

    def _upper(self, level: str) -> Iterator[Site]:
        forms = TOWNSHIP_FORMS if level == "township" else COUNTY_FORMS
        codes = sorted({site.town if level == "township" else site.county for site in self.villages})
        for code in codes:
            place = self.directory.by_code(code)
            below = tuple(site for site in self.villages if site.code.startswith(code))
            towns = () if level == "township" else tuple(t for t in self.townships if t.code.startswith(code))
            yield Site(
                place,
                self.seed,
                upper_counts(place, self.seed, forms),
                county=code[:6],
                below=below,
                towns=towns,
            )

    def sites(self) -> tuple[Site, ...]:
        """Return every place that has records: city, counties, townships, villages."""
        return (self.whole, *self.counties, *self.townships, *self.villages)

    def records(self, forms: Iterable[str] = ()) -> Iterator[Made]:
        """Yield every record, or those of some registers, place by place and register by register."""
        wanted = frozenset(forms)
        for site in self.sites():
            yield from self.of_site(site, wanted)

    def of_site(self, site: Site, forms: Collection[str] = ()) -> Iterator[Made]:
        """Yield every record of a place, or those of some registers, register by register."""
        for form in MAKERS:
            if site.counts.get(form) and (not forms or form in forms):
                yield from self._register(site, form)

    def of_place(self, code: str, form: str) -> Iterator[Made]:
        """Yield the records of one register of a place."""
        site = self._by_code[code]
        if site.counts.get(form):
            yield from self._register(site, form)

    def _register(self, site: Site, form: str) -> Iterator[Made]:
        dice, maker, left_out = site.dice(form), MAKERS[form], LEFT_OUT.get(form, "")
        flaws, place = self.flaws if left_out else 0.0, site.place.id
        days = Dice(f"{site.seed}/{site.code}/{form}/days")
        for number in range(site.counts[form]):
            answers = maker(site, dice, number)
            give_days(form, answers, days)
            flawed = flaws > 0 and dice.chance(flaws)
            if flawed:
                answers.pop(left_out, None)
            yield Made(place, form, site.of(form, number), answers, flawed)

    def one(self, form: str, place: str, number: int = 0) -> Made:
        """Return a record by register, code of its place, and its number there from 0."""
        return next(islice(self._register(self._by_code[place], form), number, None))

    def count(self) -> int:
        """Return how many records `records` will yield."""
        return sum(sum(site.counts.values()) for site in self.sites())


def _neighbour(directory: Directory, place: Place) -> str:
    beside = directory.children(place.parent)
    return beside[(beside.index(place) + 1) % len(beside)].id


def _chosen(directory: Directory, seed: int, size: float, share: float) -> list[str]:
    """Return the villages of a city of this size: whole townships, from the counties in turn."""
    villages = directory.village_level()
    thinned = _FIXED + (_WHOLE - _FIXED) * share
    wanted = min(len(villages), max(1, round(len(villages) * size * _WHOLE / thinned)))
    order: list[tuple[int, float, Place]] = []
    for county in directory.children(directory.by_code("341000").id):
        ranked = sorted(
            (Dice(f"{seed}/{town.code}/rank").roll(), town) for town in directory.children(county.id)
        )
        order += [(turn, rank, town) for turn, (rank, town) in enumerate(ranked)]
    order.sort(key=lambda entry: entry[:2])
    codes = [village.code for _, _, town in order for village in directory.village_level(town.id)]
    return codes[:wanted]
