"""The registered computers (设备), listed and stopped. Revocation is looked up on every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from hsdesk.city.people import audit
from hsdesk.city.people.permission import Official, Role, Rule, stored_rules
from hsdesk.city.sql.database import Connection, Database
from hsdesk.errors import DataError, Refused
from hsdesk.model.clock import wall_milliseconds

_LONGEST_NAME = 100
Wipe = Literal["", "ordered", "sent", "done"]


class Device(msgspec.Struct, frozen=True):
    """A registered computer. Times in milliseconds since 1970; `revoked` is 0 while it may log in.

    `last_seq` is how many ops of its latest epoch have come: what it made after them is not known here.
    `wipe` says how far an order to wipe it is, "" without one.
    """

    id: str
    name: str
    role: Role
    rules: tuple[Rule, ...]
    created: int
    seen: int
    revoked: int
    last_seq: int
    wipe: Wipe


class Devices:
    """Lists computers and stops them, within what an official reaches."""

    def __init__(self, database: Database, now_ms: Callable[[], int] = wall_milliseconds) -> None:
        self._database = database
        self._now_ms = now_ms

    def everyone(self, by: Official) -> tuple[Device, ...]:
        """Return every computer that `by` may revoke, the oldest first."""
        with self._database.reading() as connection:
            rows = connection.all(
                "SELECT d.id, d.name, d.role, d.grants, d.created, d.seen, d.revoked, COALESCE(("
                "SELECT p.last FROM hs_progress p WHERE p.device = d.id ORDER BY p.epoch DESC LIMIT 1), 0),"
                " CASE WHEN w.done > 0 THEN 'done' WHEN w.sent > 0 THEN 'sent'"
                " WHEN w.ordered > 0 THEN 'ordered' ELSE '' END"
                " FROM hs_device d LEFT JOIN hs_wipe w ON w.device = d.id ORDER BY d.created, d.id"
            )
        devices = (
            Device(name, called, role, stored_rules(grants), *rest)
            for name, called, role, grants, *rest in rows
        )
        return tuple(device for device in devices if by.reach.manages("revoke", device.rules))

    def rename(self, device: str, name: str, by: Official) -> None:
        """Call a computer otherwise in the lists. Raises Refused, or DataError for a name that is none."""
        called = _checked(name)
        with self._database.writing() as connection:
            require_theirs(connection, device, by)
            connection.run("UPDATE hs_device SET name = ? WHERE id = ?", called, device)
            audit.record(connection, self._now_ms(), by.name, "rename", device=device)

    def revoke(self, device: str, by: Official) -> None:
        """Stop a computer at once. Raises Refused if there is none of that id among theirs."""
        now = self._now_ms()
        with self._database.writing() as connection:
            require_theirs(connection, device, by)
            stop(connection, device, now)
            audit.record(connection, now, by.name, "revoke", device=device)


def _checked(name: str) -> str:
    if not 1 <= len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
        raise DataError("电脑名称应为 1 至 {most} 个字。", most=_LONGEST_NAME)
    return name.strip()


def require_theirs(connection: Connection, device: str, by: Official) -> None:
    """Raise Refused, in the same words, if there is no such computer or `by` may not revoke it."""
    rows = connection.all("SELECT grants FROM hs_device WHERE id = ? FOR UPDATE", device)
    if not rows or not by.reach.manages("revoke", stored_rules(rows[0][0])):
        raise Refused("没有登记过这台电脑（{device}）。", device=device)


def stop(connection: Connection, device: str, now: int) -> None:
    """Let a computer log in no more, and its token hold no more."""
    connection.run("UPDATE hs_device SET revoked = ? WHERE id = ?", now, device)
    connection.run("DELETE FROM hs_token WHERE device = ?", device)
