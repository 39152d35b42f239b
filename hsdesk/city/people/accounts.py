"""Accounts of officials (账号) who log in with a password, as on a web page. Desks log in by their key."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec

from hsdesk.city.people import audit
from hsdesk.city.people.permission import (
    ADMINISTRATOR,
    Official,
    Places,
    Reach,
    Reaches,
    Role,
    Rule,
    handed_out,
    stored_rules,
)
from hsdesk.city.people.throttle import WorkSlots
from hsdesk.city.sql.database import Connection, Database
from hsdesk.errors import DataError, Refused
from hsdesk.model import passphrase
from hsdesk.model.clock import wall_milliseconds
from hsdesk.wire.enrolment import TOKEN_HOURS, Token, hashed

_SHORTEST = 10
_SALT_BYTES = 16
_HASH_BYTES = 32
_NOBODY = "YWFhYWFhYWFhYWFhYWFhYQ$iZTLpQVNk647kcGuowwxhVecsoNrrh9BzC4+y95QDC8"  # of no password

# One at a time: a password kept by an earlier program is checked in four lanes, and two derivations that each
# use the threads of OpenSSL, of which a process has one set, fail or wait for each other for ever
# (cryptography 50, OpenSSL 4.0).
_TURNS = WorkSlots(at_once=1, waiting=8, of_one=3)


class Argon2Cost(msgspec.Struct, frozen=True):
    """Cost of one guess at a password: `memory` KiB in so many passes, about 0.2 s on one core.

    OWASP asks for 46 MiB in one pass at least. One lane: more would be threads of OpenSSL.
    """

    memory: int = 46 * 1024
    passes: int = 3
    lanes: int = 1


COST = Argon2Cost()


class Account(msgspec.Struct, frozen=True):
    """An official. `disabled` is milliseconds since 1970, 0 while the account may log in."""

    name: str
    role: Role
    rules: tuple[Rule, ...]
    disabled: int


class Accounts:
    """Makes, checks and disables accounts. Passwords are kept as Argon2id (RFC 9106) only.

    Each derivation takes 46 MiB and 0.2 s: they take turns, and beyond a short queue Crowded is raised. What
    an earlier program kept at another cost is kept anew when its owner logs in.
    """

    def __init__(
        self, database: Database, places: Places, now_ms: Callable[[], int] = wall_milliseconds
    ) -> None:
        self._database = database
        self._reaches = Reaches(places, "account")
        self._now_ms = now_ms

    def add(self, name: str, password: str, role: Role, rules: tuple[Rule, ...], by: Official) -> None:
        """Make an account, or give an existing one a new password and new rights.

        Raises DataError for a name or a password that will not do, Refused if role and places do not fit
        together, or go beyond what `by` may give; an account with more rights than his is not his to change.
        """
        if not 2 <= len(name) <= 64 or not name.isprintable() or name == ADMINISTRATOR:
            raise DataError("账号名应为 2 至 64 个字，并且不能是 admin。")
        if len(password) < _SHORTEST:
            raise DataError("密码至少要 {least} 位。", least=_SHORTEST)
        passphrase.check(password, (name,))
        handed_out(by, "users", role, rules, "account")
        with _TURNS.turn(by.name):
            kept = _derived(password)
        now = self._now_ms()
        with self._database.writing() as connection:
            self._require_own(connection, name, by)
            connection.run(
                "INSERT INTO hs_account (name, password, role, grants, created, disabled)"
                " VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (name) DO UPDATE SET"
                " password = excluded.password, role = excluded.role, grants = excluded.grants, disabled = 0",
                name,
                kept,
                role,
                msgspec.json.encode(rules),
                now,
            )
            connection.run("DELETE FROM hs_token WHERE account = ?", name)
            audit.record(connection, now, by.name, "account", name=name, role=role)

    def disable(self, name: str, by: Official) -> None:
        """Stop an account at once. Raises Refused if there is none of that name among his, or it is his."""
        if name == by.name:
            raise Refused("不能停用自己正在用的账号。")
        now = self._now_ms()
        with self._database.writing() as connection:
            if not self._require_own(connection, name, by):
                raise Refused("没有账号“{name}”。", name=name)
            connection.run("UPDATE hs_account SET disabled = ? WHERE name = ?", now, name)
            connection.run("DELETE FROM hs_token WHERE account = ?", name)
            audit.record(connection, now, by.name, "disable", name=name)

    def _require_own(self, connection: Connection, name: str, by: Official) -> bool:
        """Return whether there is such an account. Raises Refused if it is beyond what `by` may give."""
        rows = connection.all("SELECT role, grants FROM hs_account WHERE name = ? FOR UPDATE", name)
        for role, grants in rows:
            reach = Reach(role, stored_rules(grants), by.reach.places, "account")
            if not (by.reach.manages("users", reach.rules) and by.reach.covers(reach)):
                raise Refused("账号“{name}”不归您管理，没有改动。", name=name)
        return bool(rows)

    def everyone(self, by: Official) -> tuple[Account, ...]:
        """Return every account that `by` may manage, by name."""
        with self._database.reading() as connection:
            rows = connection.all("SELECT name, role, grants, disabled FROM hs_account ORDER BY name")
        accounts = (Account(name, role, stored_rules(grants), off) for name, role, grants, off in rows)
        return tuple(account for account in accounts if by.reach.manages("users", account.rules))

    def number(self, name: str) -> int:
        """Return the number of an account, by which logs tell it; 0 if there is none of that name."""
        with self._database.reading() as connection:
            ((number,),) = connection.all(
                "SELECT COUNT(*) FROM hs_account a, hs_account b WHERE b.name = ?"
                " AND (a.created < b.created OR a.created = b.created AND a.name <= b.name)",
                name,
            )
        return int(number)

    def login(self, name: str, password: str, address: str = "") -> Token:
        """Return a token. Raises Refused, after the same work whether the name exists or not; Crowded."""
        with self._database.reading() as connection:
            rows = connection.all("SELECT password FROM hs_account WHERE name = ? AND disabled = 0", name)
        with _TURNS.turn(address):
            kept = str(rows[0][0]) if rows else _phc_head(COST) + _NOBODY
            if not _matches(kept, password) or not rows:
                raise Refused("账号或密码不对。")
            anew = "" if kept.startswith(_phc_head(COST)) else _derived(password)
        token, now = secrets.token_urlsafe(32), self._now_ms()
        until = now + TOKEN_HOURS * 3_600_000
        with self._database.writing() as connection:
            connection.run("DELETE FROM hs_token WHERE expires < ?", now)
            if anew:
                connection.run(
                    "UPDATE hs_account SET password = ? WHERE name = ? AND password = ?", anew, name, kept
                )
            connection.run(
                "INSERT INTO hs_token (hash, device, account, expires) VALUES (?, '', ?, ?)",
                hashed(token),
                name,
                until,
            )
            audit.record(connection, now, name, "login")
        return Token(token, until // 1000)

    def logout(self, token: str) -> None:
        """Let a token hold no more; one that does not hold any more is all right."""
        with self._database.writing() as connection:
            rows = connection.all(
                "SELECT account, device FROM hs_token WHERE hash = ? FOR UPDATE", hashed(token)
            )
            for name, device in rows:
                connection.run("DELETE FROM hs_token WHERE hash = ?", hashed(token))
                audit.record(connection, self._now_ms(), name or device, "logout")

    def who(self, token: str) -> tuple[str, Reach] | None:
        """Return the account of a token and what it reaches; None if the token does not hold."""
        with self._database.reading() as connection:
            rows = connection.all(
                "SELECT a.name, a.role, a.grants FROM hs_token t JOIN hs_account a ON a.name = t.account"
                " WHERE t.hash = ? AND t.expires > ? AND a.disabled = 0",
                hashed(token),
                self._now_ms(),
            )
        if not rows:
            return None
        name, role, grants = rows[0]
        return name, self._reaches.stored(role, grants)


def _derived(password: str) -> str:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = Argon2id(
        salt=secrets.token_bytes(_SALT_BYTES), length=_HASH_BYTES,
        iterations=COST.passes, lanes=COST.lanes, memory_cost=COST.memory,
    )  # fmt: skip
    return kdf.derive_phc_encoded(password.encode())


def _phc_head(cost: Argon2Cost) -> str:
    """Return how a password kept at this cost begins."""
    return f"$argon2id$v=19$m={cost.memory},t={cost.passes},p={cost.lanes}$"


def _matches(kept: str, password: str) -> bool:
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id.verify_phc_encoded(password.encode(), kept)
    except InvalidKey:
        return False
    return True
