"""Places (区划): villages and communities, townships, counties, the city, and the directory of all of them.

A place is known by a stable UUID; its code (6, 9 or 12 digits) may change and is valid for a time. A place
that was renamed, recoded or put below another parent has several rows with the same id, one for each time; a
place that was closed names in `into` the places it went into (合并、拆分).
Every desk carries the whole directory: 1 city, 7 counties, 109 townships and the like, 764 villages.
"""

from __future__ import annotations

import copy
import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.place_search import Keys, search_keys
from hsdesk.model.resource import resource_dir

PlaceLevel = Literal["village", "township", "county", "city"]
LEVELS: tuple[PlaceLevel, ...] = ("village", "township", "county", "city")  # from below
LEVEL_WORDS: dict[PlaceLevel, str] = {
    "village": "村（社区）", "township": "乡镇（街道）", "county": "区县", "city": "市",
}  # fmt: skip
PlaceKind = Literal[
    "residents_committee", "villagers_committee", "quasi",  # village level; quasi: 类似单位
    "subdistrict", "town", "rural_township",  # township level: 街道, 镇, 乡; quasi: no township office
    "county", "city",
]  # fmt: skip
CommunityKind = Literal["C", "N", "Q"]

PLACE_COLUMNS = (
    "id",
    "code",
    "name",
    "level",
    "kind",
    "parent",
    "valid_from",
    "valid_to",
    "urban_rural",
    "was",
    "into",
)
_ENDING = re.compile(r"(村*村委会|社区居委会|居委会|社区|村)$")
LAST_DAY = "9999-12-31"
_NAMESPACE = uuid5(NAMESPACE_URL, "urn:hsdesk:place")


def place_id(code: str) -> str:
    """Return the stable UUIDv5 of the place that first had this code.

    >>> place_id("341000") == place_id("341000")
    True
    """
    return str(uuid5(_NAMESPACE, code))


def stem(name: str) -> str:
    """Return a village's name without its ending, to compare names written differently.

    >>> stem("深渡村村委会"), stem("荷花池社区居委会"), stem("篁墩村委会")
    ('深渡', '荷花池', '篁墩')
    """
    return _ENDING.sub("", name)


class Place(msgspec.Struct, frozen=True):
    """One place for a time: from `valid_from` until the day before `valid_to`.

    Dates are ISO text, empty where open; `parent` is an id, empty for the city.
    """

    id: str
    code: str
    name: str
    level: PlaceLevel
    kind: PlaceKind
    parent: str = ""
    valid_from: str = ""
    valid_to: str = ""
    urban_rural: str = ""  # class of the statistics office; never a denominator
    was: str = ""  # earlier names, separated by spaces
    into: str = ""  # ids of the places it went into, separated by spaces

    @property
    def community_kind(self) -> CommunityKind | Literal[""]:
        """城市社区 C, 农村社区 N or 类似单位 Q, by digits 10 to 12 of the code; "" above the village.

        001–199 is a residents' committee, 200–399 a villagers' committee, 400–599 something similar.
        """
        if self.level != "village":
            return ""
        number = int(self.code[9:12])
        if number < 200:
            return "C"
        return "N" if number < 400 else "Q"

    @property
    def legal_name(self) -> str:
        """The full name of the legal person (法人全称), as it is printed above a seal.

        The statistics office writes 村委会 and 居委会; the seal has 村民委员会 and 居民委员会.
        """
        if self.name.endswith("村委会"):
            base = self.name.removesuffix("村委会")
            return f"{base}{'' if base.endswith('村') else '村'}村民委员会"
        if self.name.endswith("居委会"):
            return self.name.removesuffix("居委会") + "居民委员会"
        return self.name

    @property
    def short_name(self) -> str:
        """The name people say: 深渡村, 荷花池社区."""
        if self.name.endswith("村委会"):
            base = self.name.removesuffix("村委会")
            return base if base.endswith("村") else base + "村"
        return self.name.removesuffix("居委会") or self.name

    def is_valid_on(self, day: str) -> bool:
        """Return whether the place exists on this day (ISO text)."""
        return (not self.valid_from or self.valid_from <= day) and (not self.valid_to or day < self.valid_to)


class Directory:
    """All places, to look up by id, by code or by what a person types; and how they came to be (沿革).

    Of a place with several rows the one that holds on `day` stands for it, else the nearest; a closed place
    stays in the directory, so that what it filled in can be read.
    """

    def __init__(self, rows: Iterable[Place], day: str = LAST_DAY) -> None:
        """`rows`: every place at least once; `day`: the day (ISO text) as of which places are seen."""
        self.rows = tuple(rows)
        self.day = day
        self._versions: dict[str, tuple[Place, ...]] = {}
        for row in self.rows:
            self._versions[row.id] = (*self._versions.get(row.id, ()), row)
        self._by_id = {place: _seen(rows, day) for place, rows in self._versions.items()}
        self.places = tuple(self._by_id.values())

    def __iter__(self) -> Iterator[Place]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def _by_code(self) -> dict[str, Place]:
        """Return who has a code: whoever stands, else whoever closed last, else whoever once had it."""
        former = {row.code: self._by_id[row.id] for row in self.rows}
        return former | {place.code: place for place in sorted(self.places, key=_end)}

    @cached_property
    def _children(self) -> dict[str, tuple[Place, ...]]:
        children: dict[str, list[Place]] = {}
        for place in self.places:
            children.setdefault(place.parent, []).append(place)
        return {parent: tuple(group) for parent, group in children.items()}

    @cached_property
    def _keys(self) -> dict[str, Keys]:
        """Return what each place is found by; worked out when something is looked for first."""
        return {place.id: self._found_by(place) for place in self.places}

    def _found_by(self, place: Place) -> Keys:
        former = [text for row in self.versions(place.id) for text in (row.code, row.name, row.was)]
        full = self.full_name(place)
        names = (place.short_name, *(parent.name for parent in self.ancestors(place.id)))
        return search_keys((place.code, full, full.replace("-", ""), place.legal_name, *former), names)

    @cached_property
    def _predecessors(self) -> dict[str, tuple[Place, ...]]:
        found: dict[str, list[Place]] = {}
        for place in self.places:
            for heir in self._went_into(place.id):
                found.setdefault(heir, []).append(place)
        return {heir: tuple(places) for heir, places in found.items()}

    def seen_on(self, day: str) -> Directory:
        """Return this directory as of another day: names, codes and parents as they were then."""
        if day == self.day:
            return self
        if any(len(rows) > 1 for rows in self._versions.values()):
            return Directory(self.rows, day)
        same = copy.copy(self)  # nothing looks otherwise on another day: what was worked out is shared
        same.day = day
        return same

    def with_rows(self, rows: Iterable[Place]) -> Directory:
        """Return this directory with other rows for the places they name, and with new places.

        Every row of a place is replaced, so that `rows` must hold all of them.
        """
        changed: dict[str, tuple[Place, ...]] = {}
        for row in rows:
            changed[row.id] = (*changed.get(row.id, ()), row)
        every = self._versions | changed
        return Directory((row for place in every.values() for row in place), self.day)

    def versions(self, place: str) -> tuple[Place, ...]:
        """Return the rows of a place, the oldest first; () when there is no such place."""
        return tuple(sorted(self._versions.get(place, ()), key=lambda row: row.valid_from))

    def valid_on(self, day: str, level: PlaceLevel | None = None) -> tuple[Place, ...]:
        """Return the places that exist on a day (ISO text), each by the row that holds then."""
        seen = self.seen_on(day)
        return tuple(
            place for place in seen if place.is_valid_on(day) and (level is None or place.level == level)
        )

    def successors(self, place: str) -> tuple[Place, ...]:
        """Return the places that a place went into directly; () for one that stands."""
        return tuple(self._by_id[heir] for heir in self._went_into(place) if heir in self._by_id)

    def predecessors(self, place: str) -> tuple[Place, ...]:
        """Return the places that went into a place directly."""
        return self._predecessors.get(place, ())

    def heirs(self, place: str, day: str) -> tuple[Place, ...]:
        """Return who stands on a day for a place: itself, or those it went into, through every step."""
        seen, found, waiting = {place}, list[Place](), [place]
        for one in waiting:
            row = self.at(one, day)
            if row is not None and row.is_valid_on(day):
                found.append(row)
                continue
            new = [heir for heir in self._went_into(one) if heir not in seen]
            seen.update(new)
            waiting.extend(new)
        return tuple(found)

    def at(self, place: str, day: str) -> Place | None:
        """Return the row of a place that holds on a day, else the nearest; None without such a place."""
        rows = self._versions.get(place)
        return _seen(rows, day) if rows else None

    def _went_into(self, place: str) -> tuple[str, ...]:
        named = (heir for row in self._versions.get(place, ()) for heir in row.into.split())
        return tuple(dict.fromkeys(heir for heir in named if heir != place))

    def by_id(self, place: str) -> Place:
        """Return the place with this id. Raises DataError when there is none."""
        found = self._by_id.get(place)
        if found is None:
            raise DataError(
                "区划目录里没有这个单位（{place}）。数据没有改动，请先更新区划目录。", place=place
            )
        return found

    def by_code(self, code: str, day: str = "") -> Place:
        """Return the place with this code (6, 9 or 12 digits). Raises DataError when there is none.

        With a day, the place that had the code then, as it was; without, whoever has it now, else whoever had
        it before. A longer code of a higher level, filled with zeros, is understood as well.
        """
        short = _without_zeros(code)
        if day:
            held = {row.code: row for row in self.rows if row.is_valid_on(day)}
            found = held.get(code) or held.get(short)
        else:
            found = self._by_code.get(code) or self._by_code.get(short)
        if found is None:
            raise DataError("区划目录里没有代码 {code}。请核对代码，或先更新区划目录。", code=code)
        return found

    def get(self, place: str) -> Place | None:
        """Return the place with this id, or None."""
        return self._by_id.get(place)

    def children(self, place: str) -> tuple[Place, ...]:
        """Return the places directly below, in the order of their codes."""
        return self._children.get(place, ())

    def ancestors(self, place: str) -> tuple[Place, ...]:
        """Return the places above, the nearest first."""
        above = []
        parent = self.by_id(place).parent
        while parent:
            above.append(self.by_id(parent))
            parent = above[-1].parent
        return tuple(above)

    def subtree(self, place: str) -> tuple[str, ...]:
        """Return the ids of a place and of all places below it, parents first."""
        return (place, *(one for child in self.children(place) for one in self.subtree(child.id)))

    def village_level(self, under: str = "") -> tuple[Place, ...]:
        """Return the villages and communities below a place (itself, if it is one), or all of them."""
        places = map(self.by_id, self.subtree(under)) if under else self.places
        return tuple(place for place in places if place.level == "village")

    def full_name(self, place: Place) -> str:
        """Return 县-乡-村, since 23 names of villages repeat; the city alone keeps its name."""
        above = [parent.name for parent in self.ancestors(place.id) if parent.level != "city"]
        return "-".join([*reversed(above), place.name])

    def has_township_office(self, place: Place) -> bool:
        """Return whether a township reviews this village; the counties do so for nine of them."""
        return place.level == "village" and self.by_id(place.parent).kind != "quasi"

    def find(
        self, text: str, *, level: PlaceLevel | None = None, limit: int = 50, day: str = ""
    ) -> tuple[Place, ...]:
        """Return the places that every word of `text` fits: name, earlier name, code or pinyin.

        Names that begin with the first word come first, then shorter names. With a day (ISO text) only places
        that exist then are found: a closed village is not offered for anything new.
        """
        words = text.casefold().split()
        if not words:
            return ()
        found = [
            place
            for place in self.places
            if (level is None or place.level == level)
            and (not day or place.is_valid_on(day))
            and all(map(self._keys[place.id].fit, words))
        ]
        found.sort(key=lambda place: (not place.name.startswith(words[-1]), len(place.name), place.code))
        return tuple(found[:limit])


def place_row(directory: Directory, place: Place) -> dict[str, str]:
    """Return a place as a row of the instances `places` and `here` that expressions of forms read.

    `name` is the stored value (the id), `label` what a person sees; the other columns serve choice filters
    and defaults: code, place_name, level, kind, community_kind, urban_rural, legal_name, county, township
    (empty where there is no township office), and valid_from and valid_to where they are not open.
    """
    above = {parent.level: parent.name for parent in directory.ancestors(place.id) if parent.kind != "quasi"}
    time = {"valid_from": place.valid_from, "valid_to": place.valid_to}
    return {
        "name": place.id,
        "label": directory.full_name(place),
        "code": place.code,
        "place_name": place.name,
        "level": place.level,
        "kind": place.kind,
        "community_kind": place.community_kind,
        "urban_rural": place.urban_rural,
        "legal_name": place.legal_name,
        "township": above.get("township", ""),
        "county": above.get("county", ""),
        **{column: day for column, day in time.items() if day},
    }


def read_places(path: Path) -> Directory:
    """Read a directory from CSV (columns PLACE_COLUMNS). Raises DataError naming the line that is wrong."""
    places = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        if tuple(next(reader, ())) != PLACE_COLUMNS:
            raise DataError(
                "区划文件 {name} 的表头不对，应为：{want}。", name=path.name, want=",".join(PLACE_COLUMNS)
            )
        for line, row in enumerate(reader, start=2):
            if len(row) != len(PLACE_COLUMNS):
                raise DataError(
                    "区划文件 {name} 第 {row} 行的列数不对。", name=path.name, row=line, line=line
                )
            places.append(Place(*row))  # type: ignore[arg-type]
    return Directory(places)


@cache
def load_directory() -> Directory:
    """Return the directory shipped with the program, read once."""
    return read_places(resource_dir() / "places.csv")


def _seen(rows: tuple[Place, ...], day: str) -> Place:
    """Return the row that holds on a day: the last that had begun, else the first to begin."""
    if len(rows) == 1:
        return rows[0]
    begun = [row for row in rows if row.valid_from <= day]
    return max(begun, key=_begin) if begun else min(rows, key=_begin)


def _begin(row: Place) -> str:
    return row.valid_from


def _end(row: Place) -> str:
    return row.valid_to or LAST_DAY


def _without_zeros(code: str) -> str:
    """Return 341021000000 as 341021, 341021100000 as 341021100."""
    for length in (6, 9):
        if len(code) == 12 and set(code[length:]) == {"0"}:
            return code[:length]
    return code
