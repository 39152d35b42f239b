"""Who may read and write what: the one place where it is decided.

A *rule* gives a place and classes; the role says how far it reaches:

    village     reads and writes its own place
    township    reads and writes its own place and all villages below it
    county      writes its own place, reads everything below it
    city        writes its own place, reads everything below it

What is published downwards (下发) is read by all below: every rule also reads the class `published` of its
place and of the places above. Whoever writes the class `common` of a place writes what it publishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

import msgspec

from hsdesk.errors import Refused
from hsdesk.model.op import GRANTED, Class
from hsdesk.model.place import Directory
from hsdesk.wire.messages import Grant

Role = Literal["village", "township", "county", "city"]
ROLES: tuple[Role, ...] = ("village", "township", "county", "city")
_WRITES_BELOW: frozenset[Role] = frozenset({"village", "township"})


class Rule(msgspec.Struct, frozen=True, array_like=True):
    """A place (its UUID) and the classes granted there."""

    place: str
    classes: tuple[Class, ...] = GRANTED


class Reach:
    """Every stream that a set of rules reaches, looked up by (scope, class)."""

    def __init__(self, role: Role, rules: tuple[Rule, ...], directory: Directory) -> None:
        self.role = role
        self.rules = rules
        self.places = directory
        self._writable: dict[tuple[str, Class], bool] = {}
        for rule in rules:
            for place, own in _covered(rule.place, directory):
                writes = own or role in _WRITES_BELOW
                for cls in rule.classes:
                    self._add(place, cls, writes)
                self._add(place, "published", writes and "common" in rule.classes)
            for above in directory.ancestors(rule.place):
                self._add(above.id, "published", False)

    def _add(self, place: str, cls: Class, write: bool) -> None:
        self._writable[place, cls] = self._writable.get((place, cls), False) or write

    @property
    def rank(self) -> int:
        """The role's level, 0 for a village: a field's policy may let the higher level hold."""
        return ROLES.index(self.role)

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """The streams as they are told to a desk, sorted."""
        return tuple(sorted(Grant(scope, cls, write) for (scope, cls), write in self._writable.items()))

    def may_read(self, scope: str, cls: Class) -> bool:
        return (scope, cls) in self._writable

    def may_write(self, scope: str, cls: Class) -> bool:
        return self._writable.get((scope, cls), False)

    def require_read(self, scope: str, cls: Class) -> None:
        """Raise Refused if the stream may not be read."""
        if not self.may_read(scope, cls):
            raise Refused("没有查看这份数据的权限。如工作需要，请向上级申请。")


def _covered(place: str, directory: Directory) -> Iterator[tuple[str, bool]]:
    """Yield the place and every place below it; True for the place itself."""
    yield place, True
    for child in _below(place, directory):
        yield child, False


def _below(place: str, directory: Directory) -> Iterable[str]:
    for child in directory.children(place):
        yield child.id
        yield from _below(child.id, directory)


def check_rules(role: Role, rules: tuple[Rule, ...], directory: Directory) -> None:
    """Raise Refused if a role is given for a place above its level.

    A village code for a township's place would quietly give a village cadre every village of the township.
    """
    for rule in rules:
        if ROLES.index(directory.by_id(rule.place).level) > ROLES.index(role):
            raise Refused(
                "“{place}”高于{level}一级，不能发给这一级的登记码。请核对 --scope 和 --role。",
                place=directory.by_id(rule.place).name,
                level=LEVEL_NAMES[role],
            )


LEVEL_NAMES: dict[Role, str] = {"village": "村社", "township": "乡镇", "county": "区县", "city": "市"}
