"""What the administrator of a city server does, without its network side. Results match the command line."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from hsdesk.errors import Refused
from hsdesk.forms.schema import Form
from hsdesk.model.clock import wall_milliseconds
from hsdesk.model.op import GRANTED, Class
from hsdesk.model.place import Directory, load_directory
from hsdesk.server import audit, authority, reference
from hsdesk.server.accounts import Accounts
from hsdesk.server.database import Database, open_database, sqlite_path
from hsdesk.server.enrolment import Registrar
from hsdesk.server.permission import ROLES, Role, Rule
from hsdesk.server.schema import create_tables, put_setting, setting
from hsdesk.server.service import open_service

_BY = "admin"


class Initialised(TypedDict):
    """`created` is False if the database had been prepared before: nothing was changed then."""

    database: str
    fingerprint: str
    authority: str
    tls_cert: str
    tls_key: str
    created: bool


class IssuedCode(TypedDict):
    code: str
    expires: str


class PublishedForm(TypedDict):
    form: str
    version: str


class ListedDevice(TypedDict):
    id: str
    name: str
    role: str
    places: list[str]
    created: str
    seen: str
    revoked: bool


def key_folder(database: str, home: Path) -> Path:
    """Return the folder of the server's keys: beside a SQLite file, else in the home."""
    if database.startswith("sqlite:"):
        return Path(sqlite_path(database)).absolute().parent
    return home / "server"


def init(database: str, folder: Path, hosts: tuple[str, ...] = (), city: str = "黄山市") -> Initialised:
    """Prepare a database, and make the city's authority and a certificate for this server in `folder`."""
    names = tuple(dict.fromkeys((*hosts, "localhost", "127.0.0.1")))
    opened = open_database(database)
    try:
        create_tables(opened)
        with opened.reading() as connection:
            known = setting(connection, "fingerprint")
        is_new = not known
        if is_new:
            known = _make(opened, folder, city)
        certificate = authority.issue(authority.read_authority(folder), names)
        authority.write_secret(folder / "server.pem", certificate.certificate)
        authority.write_secret(folder / "server.key", certificate.key)
        reference.publish_shipped(opened)
    finally:
        opened.close()
    return {
        "database": database.rpartition("@")[2],
        "fingerprint": known,
        "authority": str(folder / "ca.pem"),
        "tls_cert": str(folder / "server.pem"),
        "tls_key": str(folder / "server.key"),
        "created": is_new,
    }


def _make(opened: Database, folder: Path, city: str) -> str:
    made = authority.make_authority(city)
    authority.write_authority(folder, made)
    fingerprint = authority.fingerprint_of(made.certificate)
    with opened.writing() as connection:
        put_setting(connection, "authority", made.certificate)
        put_setting(connection, "fingerprint", fingerprint)
        put_setting(connection, "server_epoch", secrets.token_hex(8))
        audit.record(connection, wall_milliseconds(), _BY, "init", city=city)
    return fingerprint


def code(
    database: str, scopes: tuple[str, ...], role: str, classes: tuple[str, ...] = (), by: str = _BY
) -> IssuedCode:
    """Make an enrolment code for places given by their codes. Raises Refused or DataError."""
    directory = load_directory()
    opened = open_database(database)
    try:
        open_service(opened, directory=directory)
        rules = tuple(
            Rule(directory.by_id(place_of(scope, directory)).id, _classes(classes)) for scope in scopes
        )
        issued = Registrar(opened, directory).new_code(_role(role), rules, by)
    finally:
        opened.close()
    return {"code": str(issued.code), "expires": _shown(issued.expires)}


def place_of(code_or_id: str, directory: Directory) -> str:
    """Return the id of a place given by its code or its id. Raises DataError if there is none."""
    known = directory.get(code_or_id)
    return known.id if known else directory.by_code(code_or_id).id


def _role(role: str) -> Role:
    if role not in ROLES:
        raise Refused("没有“{role}”这个角色，应为 village、township、county 或 city。", role=role)
    return role


def _classes(classes: tuple[str, ...]) -> tuple[Class, ...]:
    unknown = set(classes) - set(GRANTED)
    if unknown:
        raise Refused("没有“{cls}”这个级别，应为 common、party 或 personal。", cls="、".join(sorted(unknown)))
    return tuple(cls for cls in GRANTED if cls in classes) or GRANTED


def add_form(database: str, form: Form, by: str = _BY) -> PublishedForm:
    """Publish a compiled form: it reaches desks on their next sync, before data that uses it."""
    opened = open_database(database)
    try:
        open_service(opened)
        with opened.writing() as connection:
            if reference.put_form(connection, form):
                audit.record(
                    connection, wall_milliseconds(), by, "form", form=form.form_id, version=form.version
                )
    finally:
        opened.close()
    return {"form": form.form_id, "version": form.version}


def devices(database: str) -> list[ListedDevice]:
    """Return every registered computer."""
    directory = load_directory()
    opened = open_database(database)
    try:
        listed = Registrar(opened, directory).devices()
    finally:
        opened.close()
    return [
        {
            "id": device.id,
            "name": device.name,
            "role": device.role,
            "places": [directory.by_id(rule.place).code for rule in device.rules],
            "created": _shown(device.created),
            "seen": _shown(device.seen) if device.seen else "",
            "revoked": bool(device.revoked),
        }
        for device in listed
    ]


def revoke(database: str, device: str, by: str = _BY) -> None:
    """Stop a computer from logging in, at once. Raises Refused if it is not registered."""
    opened = open_database(database)
    try:
        Registrar(opened, load_directory()).revoke(device, by)
    finally:
        opened.close()


class ListedUser(TypedDict):
    name: str
    role: str
    places: list[str]
    disabled: bool


def add_user(
    database: str, name: str, password: str, role: str, scopes: tuple[str, ...], *, by: str = _BY
) -> ListedUser:
    """Make an official's account, or give it a new password and new rights. Raises DataError, Refused."""
    directory = load_directory()
    rules = tuple(Rule(directory.by_id(place_of(scope, directory)).id) for scope in scopes)
    opened = open_database(database)
    try:
        create_tables(opened)
        Accounts(opened, directory).add(name, password, _role(role), rules, by)
    finally:
        opened.close()
    return next(user for user in users(database) if user["name"] == name)


def disable_user(database: str, name: str, by: str = _BY) -> None:
    """Stop an account at once. Raises Refused if there is none of that name."""
    opened = open_database(database)
    try:
        Accounts(opened, load_directory()).disable(name, by)
    finally:
        opened.close()


def users(database: str) -> list[ListedUser]:
    """Return every account."""
    directory = load_directory()
    opened = open_database(database)
    try:
        listed = Accounts(opened, directory).everyone()
    finally:
        opened.close()
    return [
        {
            "name": account.name,
            "role": account.role,
            "places": [directory.by_id(rule.place).code for rule in account.rules],
            "disabled": bool(account.disabled),
        }
        for account in listed
    ]


def check_audit(database: str) -> int:
    """Return how many entries the audit chain has. Raises Corrupt if one was changed."""
    opened = open_database(database)
    try:
        return audit.verify(opened)
    finally:
        opened.close()


def audit_entries(database: str, after: int = 0, limit: int = 1000) -> tuple[audit.Entry, ...]:
    """Return audit entries after a number, oldest first."""
    opened = open_database(database)
    try:
        return audit.entries(opened, after, limit)
    finally:
        opened.close()


def _shown(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000).astimezone().isoformat(timespec="seconds")
