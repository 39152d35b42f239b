"""Accounts of officials (账号) who log in with a password, as on a web page. Desks log in by their key."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec

from hsdesk.errors import DataError, Refused
from hsdesk.model.clock import wall_milliseconds
from hsdesk.model.place import Directory
from hsdesk.server import audit
from hsdesk.server.database import Database
from hsdesk.server.permission import Reach, Role, Rule, check_rules
from hsdesk.wire.enrolment import TOKEN_HOURS, Token, hashed

_SHORTEST = 10
_rules_of = msgspec.json.Decoder(tuple[Rule, ...]).decode
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$YWFhYWFhYWFhYWFhYWFhYQ$iZTLpQVNk647kcGuowwxhVecsoNrrh9BzC4+y95QDC8"


class Account(msgspec.Struct, frozen=True):
    """An official. `disabled` is milliseconds since 1970, 0 while the account may log in."""

    name: str
    role: Role
    rules: tuple[Rule, ...]
    disabled: int


class Accounts:
    """Makes, checks and disables accounts. Passwords are kept as Argon2id (RFC 9106) only."""

    def __init__(
        self, database: Database, directory: Directory, now_ms: Callable[[], int] = wall_milliseconds
    ) -> None:
        self._database = database
        self._directory = directory
        self._now_ms = now_ms

    def add(self, name: str, password: str, role: Role, rules: tuple[Rule, ...], by: str) -> None:
        """Make an account, or give an existing one a new password and new rights.

        Raises DataError for a password that is too short, Refused if role and places do not fit together.
        """
        if not 2 <= len(name) <= 64 or not name.isprintable():
            raise DataError("账号名应为 2 至 64 个字。")
        if len(password) < _SHORTEST:
            raise DataError("密码至少要 {least} 位。", least=_SHORTEST)
        check_rules(role, rules, self._directory)
        kept, now = _derived(password), self._now_ms()
        with self._database.writing() as connection:
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
            audit.record(connection, now, by, "account", name=name, role=role)

    def disable(self, name: str, by: str) -> None:
        """Stop an account at once. Raises Refused if there is none of that name."""
        now = self._now_ms()
        with self._database.writing() as connection:
            if not connection.run("UPDATE hs_account SET disabled = ? WHERE name = ?", now, name):
                raise Refused("没有账号“{name}”。", name=name)
            connection.run("DELETE FROM hs_token WHERE account = ?", name)
            audit.record(connection, now, by, "disable", name=name)

    def everyone(self) -> tuple[Account, ...]:
        """Return every account by name."""
        with self._database.reading() as connection:
            rows = connection.all("SELECT name, role, grants, disabled FROM hs_account ORDER BY name")
        return tuple(Account(name, role, _rules_of(grants), off) for name, role, grants, off in rows)

    def login(self, name: str, password: str) -> Token:
        """Return a token. Raises Refused, after the same work whether the name exists or not."""
        with self._database.reading() as connection:
            rows = connection.all("SELECT password FROM hs_account WHERE name = ? AND disabled = 0", name)
        if not _matches(rows[0][0] if rows else _NOBODY, password) or not rows:
            raise Refused("账号或密码不对。")
        token, now = secrets.token_urlsafe(32), self._now_ms()
        until = now + TOKEN_HOURS * 3_600_000
        with self._database.writing() as connection:
            connection.run(
                "INSERT INTO hs_token (hash, device, account, expires) VALUES (?, '', ?, ?)",
                hashed(token),
                name,
                until,
            )
            audit.record(connection, now, name, "login")
        return Token(token, until // 1000)

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
        return name, Reach(role, _rules_of(grants), self._directory)


def _derived(password: str) -> str:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = Argon2id(salt=secrets.token_bytes(16), length=32, iterations=3, lanes=4, memory_cost=64 * 1024)
    return kdf.derive_phc_encoded(password.encode())


def _matches(kept: str, password: str) -> bool:
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id.verify_phc_encoded(password.encode(), kept)
    except InvalidKey:
        return False
    return True
