"""Devices and their login: codes used once, signed challenges, tokens of twelve hours.

There are no refresh tokens, so weeks offline lock nobody out: the device signs a new challenge. Of codes and
tokens only hashes are stored. Revocation is looked up on every request.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import msgspec

from hsdesk.city.people import audit, wipes
from hsdesk.city.people.challenges import Challenges
from hsdesk.city.people.permission import Official, Places, Reach, Reaches, Role, Rule, handed_out
from hsdesk.city.sql.database import Connection, Database
from hsdesk.city.sql.schema import setting
from hsdesk.errors import Refused
from hsdesk.model.clock import wall_milliseconds
from hsdesk.wire.enrolment import (
    CODE_HOURS,
    TOKEN_HOURS,
    Code,
    EnrolReply,
    EnrolRequest,
    Token,
    TokenRequest,
    challenge_text,
    hashed,
    is_signed_by,
    new_code,
)

_HOUR_MS = 3_600_000


class NewCode(msgspec.Struct, frozen=True):
    """A code to hand out, and when it stops working (milliseconds since 1970)."""

    code: Code
    expires: int


class Registrar:
    """Gives out codes, registers devices, checks logins."""

    def __init__(
        self, database: Database, places: Places, now_ms: Callable[[], int] = wall_milliseconds
    ) -> None:
        self._database = database
        self._now_ms = now_ms
        self._challenges = Challenges()
        self._reaches = Reaches(places, "device")

    def new_code(self, role: Role, rules: tuple[Rule, ...], by: Official) -> NewCode:
        """Make a code bound to a role and places. Raises Refused if `by` may not give this."""
        handed_out(by, "enrol", role, rules, "device")
        now = self._now_ms()
        expires = now + CODE_HOURS * _HOUR_MS
        with self._database.writing() as connection:
            code = new_code(setting(connection, "fingerprint"))
            connection.run(
                "INSERT INTO hs_code (hash, role, grants, expires, used_by) VALUES (?, ?, ?, ?, '')",
                hashed(code.secret),
                role,
                msgspec.json.encode(rules),
                expires,
            )
            places = ",".join(by.reach.places.by_id(rule.place).code for rule in rules)
            audit.record(connection, now, by.name, "code", role=role, places=places)
        return NewCode(code, expires)

    def enrol(self, request: EnrolRequest) -> EnrolReply:
        """Register a device with its code. Raises Refused on a wrong, used or expired code.

        The same device with the same key may repeat its request: the first answer may have been lost.
        """
        _check_request(request)
        now = self._now_ms()
        with self._database.writing() as connection:
            rows = connection.all(
                "SELECT role, grants, expires, used_by FROM hs_code WHERE hash = ? FOR UPDATE",
                hashed(request.secret),
            )
            if not rows:
                raise Refused(
                    "登记码不对或已过期，请向上级重新申请。已填内容都保存在本机。", detail=WRONG_CODE
                )
            role, grants, expires, used_by = rows[0]
            owner = f"{request.device} {request.public_key}"
            if used_by not in ("", owner) or expires < now:
                raise Refused(
                    "登记码不对或已过期，请向上级重新申请。已填内容都保存在本机。", detail=WRONG_CODE
                )
            if used_by == "":
                self._register(connection, request, str(role), bytes(grants), now)
            connection.run("UPDATE hs_code SET used_by = ? WHERE hash = ?", owner, hashed(request.secret))
            epoch = setting(connection, "server_epoch")
        reach = self._reaches.stored(role, bytes(grants))
        return EnrolReply(request.device, str(role), epoch, reach.grants)

    def _register(
        self, connection: Connection, request: EnrolRequest, role: str, grants: bytes, now: int
    ) -> None:
        known = connection.all("SELECT public_key, revoked FROM hs_device WHERE id = ?", request.device)
        if known and known[0][1]:
            raise Refused("这台电脑已被停用，请联系系统管理员。已填内容都保存在本机。")
        connection.run(
            "INSERT INTO hs_device (id, public_key, name, role, grants, created, seen, revoked)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT (id) DO UPDATE SET"
            " public_key = excluded.public_key, name = excluded.name, role = excluded.role,"
            " grants = excluded.grants",
            request.device,
            request.public_key,
            request.name,
            role,
            grants,
            now,
        )
        connection.run("DELETE FROM hs_token WHERE device = ?", request.device)
        audit.record(connection, now, request.device, "enrol", role=role, again=len(known))

    def challenge(self, device: str) -> str:
        """Return a nonce to sign. Unknown devices get one too, so that nobody learns which exist."""
        return self._challenges.new(device, self._now_ms())

    def knows(self, device: str) -> bool:
        """Return whether there is such a device, stopped or not."""
        with self._database.reading() as connection:
            return bool(connection.all("SELECT 1 FROM hs_device WHERE id = ?", device))

    def login(self, request: TokenRequest) -> Token:
        """Return a token for a signed challenge, or the order to wipe this device.

        Raises Refused on a bad signature or device.
        """
        now = self._now_ms()
        device = request.device
        if not self._challenges.holds(device, request.nonce, now):
            raise Refused(_TOO_LATE)
        with self._database.writing() as connection:
            rows = connection.all("SELECT public_key, revoked FROM hs_device WHERE id = ?", device)
            if not rows or not _is_signed(request, str(rows[0][0]), setting(connection, "fingerprint")):
                raise Refused("市级服务器不认识这台电脑，请重新登记。已填内容都保存在本机。", detail=UNKNOWN)
            if not self._challenges.use(device, request.nonce):
                raise Refused(_TOO_LATE)
            if order := wipes.handed_over(connection, device, now):
                return Token("", 0, order)
            if rows[0][1]:
                raise Refused("这台电脑已被停用，请联系系统管理员。已填内容都保存在本机。", detail=REVOKED)
            token = secrets.token_urlsafe(32)
            until = now + TOKEN_HOURS * _HOUR_MS
            connection.run("DELETE FROM hs_token WHERE expires < ?", now)
            connection.run(
                "INSERT INTO hs_token (hash, device, account, expires) VALUES (?, ?, '', ?)",
                hashed(token),
                device,
                until,
            )
            connection.run("UPDATE hs_device SET seen = ? WHERE id = ?", now, device)
        return Token(token, until // 1000)

    def who(self, token: str) -> tuple[str, Reach] | None:
        """Return the device of a token and what it reaches; None if the token does not hold (any more)."""
        with self._database.reading() as connection:
            rows = connection.all(
                "SELECT d.id, d.role, d.grants FROM hs_token t JOIN hs_device d ON d.id = t.device"
                " WHERE t.hash = ? AND t.expires > ? AND d.revoked = 0",
                hashed(token),
                self._now_ms(),
            )
        if not rows:
            return None
        device, role, grants = rows[0]
        return str(device), self._reaches.stored(role, bytes(grants))


_TOO_LATE = "登录请求已过期，请再试一次。"
WRONG_CODE = "wrong-code"
UNKNOWN = "unknown-device"
REVOKED = "revoked"
_DEVICE = re.compile(r"[A-Za-z0-9-]{8,64}")
_KEY = re.compile(r"[0-9a-f]{64}")


def _check_request(request: EnrolRequest) -> None:
    if not _DEVICE.fullmatch(request.device) or not _KEY.fullmatch(request.public_key):
        raise Refused("登记请求不完整，没有登记。")
    if len(request.name) > 100:
        raise Refused("电脑名称过长，没有登记。")


def _is_signed(request: TokenRequest, public_key: str, fingerprint: str) -> bool:
    text = challenge_text(fingerprint, request.device, request.nonce)
    return is_signed_by(public_key, request.signature, text)
