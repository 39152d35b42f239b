"""Who may do what where: the one place where it is decided.

A *rule* gives a place and classes; the role says how far its verbs reach:

                 read         write        enrol, revoke, users    publish, audit, dispose, backup
    village      own place    own place    —                       —
    township     and below    and below    —                       —
    county       and below    own place    places below            —
    city         and below    own place    own place and below     own place and below

A rule may name its verbs: then these hold instead of the role's, and those of officials reach the place and
what lies below it. A computer has only what its rule names beside reading and writing. Nobody hands out what
he has not got himself; only writing is the affair of each place, given by whoever gives out its codes.

An attachment (附件) may be read by who may read a stream that names it. It may be brought by who may write
one, and by the computer whose own acknowledged op names it, wherever the record is now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Literal, get_args

import msgspec

from hsdesk.errors import Refused
from hsdesk.model.answer import GRANTED, Class
from hsdesk.model.place import Directory
from hsdesk.wire.messages import Grant

Role = Literal["village", "township", "county", "city"]
ROLES: tuple[Role, ...] = ("village", "township", "county", "city")
Verb = Literal["read", "write", "enrol", "revoke", "users", "publish", "audit", "dispose", "backup"]
VERBS: tuple[Verb, ...] = get_args(Verb)
Holder = Literal["device", "account"]
_NOT_YOURS = "没有办理这件事的权限，没有改动。如工作需要，请向上级申请。"
Places = Callable[[], Directory]  # the places as they are today
_DATA: frozenset[Verb] = frozenset({"read", "write"})
_WRITES_BELOW: frozenset[Role] = frozenset({"village", "township"})
_OFFICIAL: dict[Role, frozenset[Verb]] = {
    "county": frozenset({"enrol", "revoke", "users"}),
    "city": frozenset(VERBS) - _DATA,
}


class Rule(msgspec.Struct, frozen=True, array_like=True):
    """A place (its UUID), the classes granted there, and the verbs if they are not those of the role."""

    place: str
    classes: tuple[Class, ...] = GRANTED
    verbs: tuple[Verb, ...] | None = None


_rules_of = msgspec.json.Decoder(tuple[Rule, ...]).decode


class Reach:
    """What a role and rules allow: every stream they reach, and every place of each verb."""

    def __init__(
        self, role: Role, rules: tuple[Rule, ...], directory: Directory, holder: Holder = "device"
    ) -> None:
        self.role = role
        self.rules = rules
        self.places = directory
        self.holder = holder
        self._writable: dict[tuple[str, Class], bool] = {}
        self._official: set[tuple[Verb, str]] = set()
        for rule in rules:
            verbs = _verbs(rule, role, holder)
            for place, own in _covered(rule.place, directory):
                self._official.update((verb, place) for verb in _reaching(verbs, rule, role, own=own))
                if "read" in verbs:
                    self._read(place, rule, writes="write" in verbs and (own or role in _WRITES_BELOW))
            above = directory.ancestors(rule.place) if directory.get(rule.place) and "read" in verbs else ()
            for place_above in above:
                self._add(place_above.id, "published", False)

    def _read(self, place: str, rule: Rule, *, writes: bool) -> None:
        for cls in rule.classes:
            self._add(place, cls, writes)
        self._add(place, "published", writes and "common" in rule.classes)

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

    def may(self, verb: Verb, place: str) -> bool:
        """Return whether a verb reaches a place; reading and writing, in any granted class."""
        if verb in _DATA:
            allowed = self.may_read if verb == "read" else self.may_write
            return any(allowed(place, cls) for cls in GRANTED)
        return (verb, place) in self._official

    def require(self, verb: Verb, rules: tuple[Rule, ...] = ()) -> None:
        """Raise Refused unless a verb reaches every place of the rules; without rules, the whole city."""
        if not self.manages(verb, rules):
            raise Refused(_NOT_YOURS)

    def require_somewhere(self, verb: Verb) -> None:
        """Raise Refused unless a verb reaches any place at all."""
        if not any(held == verb for held, _place in self._official):
            raise Refused(_NOT_YOURS)

    def manages(self, verb: Verb, rules: tuple[Rule, ...]) -> bool:
        """Return whether a verb reaches every place of the rules; a place unknown is the whole city's."""
        named = {rule.place for rule in rules if self.places.get(rule.place)}
        is_known = bool(rules) and len(named) == len({rule.place for rule in rules})
        return all(self.may(verb, place) for place in (named if is_known else tops(self.places)))

    def covers(self, other: Reach) -> bool:
        """Return whether everything `other` allows is allowed here as well, writing set apart."""
        return (
            other.rank <= self.rank
            and other._official <= self._official
            and other._writable.keys() <= self._writable.keys()
        )

    def may_read(self, scope: str, cls: Class) -> bool:
        return (scope, cls) in self._writable

    def may_write(self, scope: str, cls: Class) -> bool:
        return self._writable.get((scope, cls), False)

    def require_read(self, scope: str, cls: Class) -> None:
        """Raise Refused if the stream may not be read."""
        if not self.may_read(scope, cls):
            raise Refused("没有查看这份数据的权限。如工作需要，请向上级申请。")


class Caller(msgspec.Struct, frozen=True):
    """Who asks: a registered device, or an account by name and `number`, and what it reaches."""

    device: str
    reach: Reach
    number: int = 0

    @property
    def logged_as(self) -> str:
        """Return who it is without a person's name."""
        return f"account {self.number}" if self.reach.holder == "account" else f"device {self.device}"

    def may_bring(self, scope: str, cls: Class, *, has_named: bool) -> bool:
        """Return whether the caller may bring a content that a record of a stream names.

        `has_named`: an op of this computer was taken that names it there; it was allowed to then.
        """
        return has_named or self.reach.may_write(scope, cls)


class Reaches:
    """Reads stored rules; each reach is worked out once, and again when the places have changed."""

    def __init__(self, places: Places, holder: Holder) -> None:
        self._places = places
        self._holder = holder
        self._known: dict[tuple[Role, tuple[Rule, ...]], Reach] = {}

    def of(self, role: Role, rules: tuple[Rule, ...]) -> Reach:
        """Return what a role and rules reach."""
        directory, known = self._places(), self._known.get((role, rules))
        if known is None or known.places is not directory:
            known = self._known[role, rules] = Reach(role, rules, directory, self._holder)
        return known

    def stored(self, role: Role, grants: bytes) -> Reach:
        """Return what the stored rules of a device or an account reach."""
        return self.of(role, stored_rules(grants))


def stored_rules(grants: bytes) -> tuple[Rule, ...]:
    """Return rules as the database keeps them; those from before there were verbs are read as well."""
    return _rules_of(grants)


class Official(msgspec.Struct, frozen=True):
    """Who does an official's work, by account name or computer, and what he reaches."""

    name: str
    reach: Reach


def administrator(directory: Directory) -> Official:
    """Return the administrator (系统管理员) at the server itself: the whole city is his."""
    everything = tuple(Rule(place) for place in tops(directory))
    return Official(ADMINISTRATOR, Reach("city", everything, directory, "account"))


ADMINISTRATOR = "admin"  # no account has this name


def handed_out(by: Official, verb: Verb, role: Role, rules: tuple[Rule, ...], holder: Holder) -> Reach:
    """Return what a role and rules reach, if `by` may give them by this verb. Raises Refused, DataError."""
    check_rules(role, rules, by.reach.places)
    by.reach.require(verb, rules)
    given = Reach(role, rules, by.reach.places, holder)
    if not by.reach.covers(given):
        raise Refused("不能给出自己没有的权限，没有改动。如工作需要，请向上级申请。")
    return given


def tops(directory: Directory) -> tuple[str, ...]:
    """Return the places with nothing above them: together they are the whole city."""
    return tuple(place.id for place in directory.children(""))


def _verbs(rule: Rule, role: Role, holder: Holder) -> frozenset[Verb]:
    if rule.verbs is not None:
        return frozenset(rule.verbs)
    return _DATA | (_OFFICIAL.get(role, frozenset()) if holder == "account" else frozenset())


def _reaching(verbs: frozenset[Verb], rule: Rule, role: Role, *, own: bool) -> frozenset[Verb]:
    """Return the verbs of officials that reach a place: a county by its role has only those below it."""
    if own and rule.verbs is None and role != "city":
        return frozenset()
    return verbs - _DATA


def _covered(place: str, directory: Directory) -> Iterator[tuple[str, bool]]:
    """Yield the place and every place below it; True for the place itself and for those it went into.

    A laptop of a village that was merged or split works on in what became of it, until it gets a new code.
    """
    own = [place]
    for one in own:
        own.extend(heir.id for heir in directory.successors(one) if heir.id not in own)
    for one in own:
        yield one, True
        for child in _below(one, directory):
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
