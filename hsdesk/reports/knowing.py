"""Known here or not: which records a figure needs, and who holds all of them (此处不知（由××计算）).

A figure of an area is known where the reader may read every answer it looks at of every place whose records
may count for the area. Which places those are follows from who fills the register (`Form.levels`) and from
how far a record may name a place (`Count.reach`). Else there is no figure, rather than 0 or a smaller one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from hsdesk.forms.schema import class_of, questions
from hsdesk.language.aggregate import form_of
from hsdesk.model.answer import GRANTED, Class
from hsdesk.model.place import LEVELS, Directory, Place
from hsdesk.registers.contract import Figured
from hsdesk.reports.counts import Count, Reach, leans_of_count
from hsdesk.reports.leaning import Lean

NOT_HELD = "此处不知：要用的登记表不在这台电脑上"
_CLASS_NAMES: Mapping[Class, str] = {"party": "党务", "personal": "个人信息"}


class Need(msgspec.Struct, frozen=True):
    """Records that may count: a register, the answers read of it, and how far away they may lie.

    `reach` "line": of the places above and below that fill the register.
    """

    register: str
    classes: frozenset[Class]
    reach: Reach = ""


class Places:
    """The places of one day, and which of them lie at or below another, or above it."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._above: dict[str, tuple[Place, ...]] = {}
        self._inside: dict[str, frozenset[str]] = {}
        self._at: dict[tuple[str, str], str] = {}

    def above(self, place: str) -> tuple[Place, ...]:
        """Return a place and those above it, the nearest first; () for one that is not known."""
        if place not in self._above:
            found = self._directory.get(place)
            self._above[place] = (found, *self._directory.ancestors(place)) if found else ()
        return self._above[place]

    def inside(self, place: str) -> frozenset[str]:
        """Return a place and all that lie below it."""
        if place not in self._inside:
            self._inside[place] = frozenset(self._directory.subtree(place))
        return self._inside[place]

    def at(self, place: str, level: str) -> str:
        """Return the place of a level that a place lies in, "" without one."""
        key = place, level
        if key not in self._at:
            self._at[key] = next((one.id for one in self.above(place) if one.level == level), "")
        return self._at[key]

    def may_name(self, owner: str, named: str, reach: Reach) -> bool:
        """Tell whether a record of a place counts for another that it names.

        What it names farther away than `reach` counts nowhere: no level would count what another cannot see.
        """
        match reach:
            case "township" | "county":
                return self.at(owner, reach) == self.at(named, reach) != ""
            case "line":
                return any(one.id == owner for one in self.above(named))
            case _:
                return owner == named

    def around(self, area: str, reach: Reach) -> frozenset[str]:
        """Return the places whose records may count for an area."""
        if reach == "line":
            return self.inside(area).union(one.id for one in self.above(area))
        return self.inside((self.at(area, reach) or area) if reach else area)


class Knowledge:
    """What one reader holds, and who would hold the rest."""

    def __init__(self, registers: Figured, directory: Directory, places: Places) -> None:
        self._registers = registers
        self._directory = directory
        self._places = places
        self._readable: dict[Class, frozenset[str]] = {}
        self._classes: dict[tuple[str, frozenset[str]], frozenset[Class]] = {}
        self._needs: dict[Count, tuple[tuple[Need, ...], tuple[Need, ...]]] = {}
        self._offices: dict[str, bool] = {}
        self._wanted: dict[tuple[frozenset[str], str, Reach], frozenset[str]] = {}
        self._lacking: dict[tuple[Need, str], tuple[frozenset[str], frozenset[Class]]] = {}

    def readable(self, classes: Iterable[Class]) -> frozenset[str]:
        """Return the places of which all these classes may be read."""
        sets = [self._of_class(cls) for cls in classes]
        return frozenset.intersection(*sets) if sets else frozenset()

    def any_readable(self) -> frozenset[str]:
        """Return the places of which anything may be read."""
        return frozenset().union(*(self._of_class(cls) for cls in (*GRANTED, "published")))

    def needs_of(self, count: Count) -> tuple[tuple[Need, ...], tuple[Need, ...]]:
        """Return what a count needs to read: of the places it counts for, and of others that fit it."""
        if count not in self._needs:
            self._needs[count] = self._read_by(count)
        return self._needs[count]

    def _read_by(self, count: Count) -> tuple[tuple[Need, ...], tuple[Need, ...]]:
        leans = leans_of_count(count)
        reach: Reach = count.reach
        own = {count.register: reach}
        others: dict[str, Reach] = {}
        waiting = [(related, True) for related in count.exists]
        while waiting:
            related, is_here = waiting.pop()
            is_here = is_here and not related.anywhere
            (own if is_here else others).setdefault(related.register, reach if is_here else "line")
            waiting.extend((inner, is_here) for inner in related.exists)
        return (
            tuple(self._need(register, leans, far) for register, far in own.items()),
            tuple(self._need(register, leans, far) for register, far in others.items()),
        )

    def need(self, leans: Iterable[Lean], register: str, reach: Reach = "") -> Need:
        """Return what is read of one register."""
        return self._need(register, frozenset(leans), reach)

    def unknown(self, needs: Iterable[Need], area: str) -> str:
        """Return who knows a figure that is not known here (由××计算), "" when it is known here."""
        places: set[str] = set()
        classes: set[Class] = set()
        for need in needs:
            lacking, without = self._lack(need, area)
            places |= lacking
            classes |= without
        return self._who(area, places, classes) if places else ""

    def unknown_wholly(self, area: str) -> str:
        """Return who knows a figure over every answer of an area, "" when it is known here."""
        offices = frozenset(place for place in self._places.inside(area) if self._has_office(place))
        lacking = {cls: self._missing(offices, self._of_class(cls), LEVELS) for cls in GRANTED}
        places = frozenset().union(*lacking.values())
        return self._who(area, places, {cls for cls, gone in lacking.items() if gone}) if places else ""

    def _need(self, register: str, leans: frozenset[Lean], reach: Reach) -> Need:
        return Need(form_of(register), self.classes(register, leans), reach)

    def classes(self, register: str, leans: frozenset[Lean]) -> frozenset[Class]:
        """Return the class of a register, and of each of its answers that is read."""
        form = self._registers.form(form_of(register))
        columns = frozenset(column for name, column in leans if form_of(name) == form.form_id)
        key = form.form_id, columns
        if key not in self._classes:
            asked = (one for one in questions(form.children, into_repeats=True) if one.key in columns)
            self._classes[key] = frozenset({form.stream, *(class_of(form, one) for one in asked)})
        return self._classes[key]

    def _lack(self, need: Need, area: str) -> tuple[frozenset[str], frozenset[Class]]:
        if (need, area) not in self._lacking:
            levels = self._registers.form(need.register).levels
            wanted = self._filled_by(frozenset(levels), area, need.reach)
            gone = {cls: self._missing(wanted, self._of_class(cls), levels) for cls in need.classes}
            self._lacking[need, area] = (
                frozenset().union(*gone.values()),
                frozenset(cls for cls, places in gone.items() if places),
            )
        return self._lacking[need, area]

    def _filled_by(self, levels: frozenset[str], area: str, reach: Reach) -> frozenset[str]:
        """Return the places of these levels whose records may count for an area."""
        key = levels, area, reach
        if key not in self._wanted:
            self._wanted[key] = frozenset(
                place
                for place in self._places.around(area, reach)
                if self._directory.by_id(place).level in levels and self._has_office(place)
            )
        return self._wanted[key]

    def _missing(self, wanted: frozenset[str], held: frozenset[str], levels: Iterable[str]) -> frozenset[str]:
        """Return the places wanted that are not held.

        A desk that no city has enrolled is a world of its own: at a level it fills, only its places are.
        """
        gone = wanted - held
        if gone and self._registers.stands_alone:
            own = {self._directory.by_id(place).level for place in held if self._directory.get(place)}
            gone = frozenset(place for place in gone if self._directory.by_id(place).level not in own)
        return gone

    def _has_office(self, place: str) -> bool:
        """Tell whether a place fills registers: a township that is none (类似单位) has nobody who does."""
        if place not in self._offices:
            found = self._directory.by_id(place)
            is_none = (found.level, found.kind) == ("township", "quasi")
            self._offices[place] = not is_none and found.is_valid_on(self._directory.day)
        return self._offices[place]

    def _of_class(self, cls: Class) -> frozenset[str]:
        if cls not in self._readable:
            self._readable[cls] = frozenset(self._registers.readable(cls))
        return self._readable[cls]

    def _who(self, area: str, places: Iterable[str], classes: Iterable[Class]) -> str:
        """Return the lowest place at or above an area that holds all these places, in words."""
        wanted = frozenset(places)
        for one in self._places.above(area):
            if self._has_office(one.id) and wanted <= self._places.inside(one.id):
                return f"由{one.short_name}{_asked(classes) if one.id == area else '计算'}"
        return "由市级计算"


def _asked(classes: Iterable[Class]) -> str:
    """Return what it takes at the very place whose figure it is: a class that was not granted, or a sync."""
    named = "、".join(_CLASS_NAMES[cls] for cls in sorted(classes) if cls in _CLASS_NAMES)
    return f"有{named}权限的人计算" if named else "计算，请先数据同步"


def sentence(who: str) -> str:
    """Return what is said of a figure that another place knows.

    >>> sentence("由深渡镇计算")
    '此处不知（由深渡镇计算）'
    """
    return f"此处不知（{who}）"
