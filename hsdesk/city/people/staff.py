"""Accounts, codes and computers as an official gives them out, lists and stops them.

The command line of the server and the routes of administration answer with these very things. Places are
asked for and named by their codes.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import msgspec

from hsdesk.city.people.accounts import Account, Accounts
from hsdesk.city.people.devices import Device, Devices
from hsdesk.city.people.enrolment import Registrar
from hsdesk.city.people.permission import ROLES, VERBS, Official, Role, Rule, Verb
from hsdesk.errors import DataError, Refused
from hsdesk.model.answer import GRANTED, Class
from hsdesk.model.place import Directory


class IssuedCode(TypedDict):
    code: str
    expires: str


class ListedDevice(TypedDict):
    """`last_seq`: how many changes have come from it; what it made after them is not known to the server.

    `wipe`: "", ordered, sent (the computer has the order) or done.
    """

    id: str
    name: str
    role: str
    places: list[str]
    created: str
    seen: str
    revoked: bool
    last_seq: int
    wipe: str


class ListedUser(TypedDict):
    """`number` is how logs tell the account."""

    number: int
    name: str
    role: str
    places: list[str]
    disabled: bool


class Rights(msgspec.Struct, frozen=True):
    """What is asked for: places by code or id, a role; no classes: all; no verbs: those of the role."""

    scopes: tuple[str, ...]
    role: str = "village"
    classes: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()

    def rules(self, directory: Directory) -> tuple[Rule, ...]:
        """Return them as rules. Raises Refused for a word that is none, DataError for no or another place."""
        if not self.scopes:
            raise DataError("请写明单位（区划代码）。")
        classes, verbs = _classes(self.classes), _verbs(self.verbs)
        return tuple(Rule(place_of(scope, directory), classes, verbs) for scope in self.scopes)


def role_of(rights: Rights) -> Role:
    """Return the role asked for. Raises Refused if there is none of that name."""
    for role in ROLES:
        if rights.role == role:
            return role
    raise Refused("没有“{role}”这个角色，应为 village、township、county 或 city。", role=rights.role)


def place_of(code_or_id: str, directory: Directory) -> str:
    """Return the id of a place given by its code or its id. Raises DataError if there is none."""
    known = directory.get(code_or_id)
    return known.id if known else directory.by_code(code_or_id).id


def _classes(classes: tuple[str, ...]) -> tuple[Class, ...]:
    unknown = set(classes) - set(GRANTED)
    if unknown:
        raise Refused("没有“{cls}”这个级别，应为 common、party 或 personal。", cls="、".join(sorted(unknown)))
    return tuple(cls for cls in GRANTED if cls in classes) or GRANTED


def _verbs(verbs: tuple[str, ...]) -> tuple[Verb, ...] | None:
    unknown = set(verbs) - set(VERBS)
    if unknown:
        raise Refused(
            "没有“{verb}”这种权限，应为 {verbs}。", verb="、".join(sorted(unknown)), verbs="、".join(VERBS)
        )
    return tuple(verb for verb in VERBS if verb in verbs) or None


def issue_code(registrar: Registrar, rights: Rights, by: Official) -> IssuedCode:
    """Make an enrolment code. Raises Refused, also for a closed place, or DataError."""
    rules, day = rights.rules(by.reach.places), datetime.now().astimezone().date().isoformat()
    for place in (by.reach.places.by_id(rule.place) for rule in rules):
        if not place.is_valid_on(day):
            raise Refused(
                "“{name}”已经撤销或合并，不再发登记码。请给并入的单位发，它看得到合并来的内容。",
                name=place.name,
            )
    issued = registrar.new_code(role_of(rights), rules, by)
    return {"code": str(issued.code), "expires": shown(issued.expires)}


def release_device(registrar: Registrar, device: str, by: Official) -> IssuedCode:
    """Make a code for one computer to register again with a new key. Raises Refused."""
    issued = registrar.release(device, by)
    return {"code": str(issued.code), "expires": shown(issued.expires)}


def list_devices(devices: Devices, by: Official) -> list[ListedDevice]:
    """Return every computer within the official's places."""
    return [_listed_device(device, by.reach.places) for device in devices.everyone(by)]


def _listed_device(device: Device, directory: Directory) -> ListedDevice:
    return {
        "id": device.id,
        "name": device.name,
        "role": device.role,
        "places": _codes(device.rules, directory),
        "created": shown(device.created),
        "seen": shown(device.seen) if device.seen else "",
        "revoked": bool(device.revoked),
        "last_seq": device.last_seq,
        "wipe": device.wipe,
    }


def add_user(accounts: Accounts, name: str, password: str, rights: Rights, by: Official) -> None:
    """Make an account, or give it a new password and new rights. Raises DataError, Refused."""
    accounts.add(name, password, role_of(rights), rights.rules(by.reach.places), by)


def list_users(accounts: Accounts, by: Official) -> list[ListedUser]:
    """Return every account within the official's places."""
    return [
        _listed_user(account, accounts.number(account.name), by.reach.places)
        for account in accounts.everyone(by)
    ]


def _listed_user(account: Account, number: int, directory: Directory) -> ListedUser:
    return {
        "number": number,
        "name": account.name,
        "role": account.role,
        "places": _codes(account.rules, directory),
        "disabled": bool(account.disabled),
    }


def _codes(rules: tuple[Rule, ...], directory: Directory) -> list[str]:
    """Return the places by code; one that has left the directory by the id it had."""
    places = ((rule.place, directory.get(rule.place)) for rule in rules)
    return [known.code if known else place for place, known in places]


def shown(milliseconds: int) -> str:
    """Return a moment as ISO text of this computer's time zone."""
    return datetime.fromtimestamp(milliseconds / 1000).astimezone().isoformat(timespec="seconds")
