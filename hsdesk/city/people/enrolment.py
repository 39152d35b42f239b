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
from hsdesk.city.people.devices import require_theirs
from hsdesk.city.people.permission import (
    Official,
    Places,
    Reach,
    Reaches,
    Role,
    Rule,
    handed_out,
    stored_rules,
)
from hsdesk.city.people.writers import DeviceWriters, is_sound
from hsdesk.city.sql.database import Connection, Database
from hsdesk.city.sql.schema import setting
from hsdesk.errors import Refused
from hsdesk.model.clock import wall_milliseconds
from hsdesk.model.identity import new_id
from hsdesk.model.writer import MOST_WRITERS
from hsdesk.wire.enrolment import (
    CODE_HOURS,
    TOKEN_HOURS,
    Code,
    EnrolReply,
    EnrolRequest,
    Token,
    TokenRequest,
    challenge_text,
    enrolment_text,
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
            issued = NewCode(new_code(setting(connection, "fingerprint")), expires)
            _put_code(connection, issued, _Offered(role, msgspec.json.encode(rules)))
            places = ",".join(by.reach.places.by_id(rule.place).code for rule in rules)
            audit.record(connection, now, by.name, "code", role=role, places=places)
        return issued

    def release(self, device: str, by: Official) -> NewCode:
        """Make a code with which this computer alone may register again under its number, with a new key.

        Raises Refused unless `by` may stop it and give out what it was granted, and for one to be wiped.
        """
        now = self._now_ms()
        expires = now + CODE_HOURS * _HOUR_MS
        with self._database.writing() as connection:
            require_theirs(connection, device, by)
            ((role, grants),) = connection.all("SELECT role, grants FROM hs_device WHERE id = ?", device)
            handed_out(by, "enrol", role, stored_rules(grants), "device")
            if connection.all("SELECT 1 FROM hs_wipe WHERE device = ?", device):
                raise Refused("这台电脑已下令清除，不能放行。请给新的电脑发登记码。")
            issued = NewCode(new_code(setting(connection, "fingerprint")), expires)
            _put_code(connection, issued, _Offered(role, bytes(grants), device=device))
            audit.record(connection, now, by.name, "release", device=device)
        return issued

    def enrol(self, request: EnrolRequest) -> EnrolReply:
        """Register a device with its code; the number that the reply gives it is the server's.

        A computer that is registered keeps its number, and proves by its key that it is the one. Its key is
        replaced only where an official released it. The same request may be repeated: the first answer may
        have been lost. Raises Refused on a wrong, used or expired code, and for another's number.
        """
        _check_request(request)
        now = self._now_ms()
        with self._database.writing() as connection:
            code = _offered(connection, request.secret, now)
            fingerprint = setting(connection, "fingerprint")
            if code.used_by:
                device = _repeated(code, request)
            else:
                device = self._register(connection, request, code, fingerprint)
            writers = DeviceWriters(connection, device, request.writers)
            writers.write()
            epoch = setting(connection, "server_epoch")
        grants = self._reaches.stored(code.role, code.grants).grants
        return EnrolReply(device, code.role, epoch, grants, writers.all())

    def _register(
        self, connection: Connection, request: EnrolRequest, code: _Offered, fingerprint: str
    ) -> str:
        """Register a computer and return its number."""
        now, device = self._now_ms(), request.device or new_id()
        if code.device not in ("", device):
            raise Refused(
                "这个登记码是放行另一台电脑用的。请向上级为这台电脑申请登记码。已填内容都保存在本机。"
            )
        known = connection.all("SELECT public_key, revoked FROM hs_device WHERE id = ?", device)
        if known and not code.device:
            _prove(request, str(known[0][0]), bool(known[0][1]), fingerprint)
        connection.run(
            "INSERT INTO hs_device (id, public_key, name, role, grants, created, seen, revoked)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT (id) DO UPDATE SET"
            " public_key = excluded.public_key, name = excluded.name, role = excluded.role,"
            " grants = excluded.grants, revoked = 0",
            device,
            request.public_key,
            request.name,
            code.role,
            code.grants,
            now,
        )
        connection.run("DELETE FROM hs_token WHERE device = ?", device)
        owner = f"{device} {request.public_key}"
        connection.run("UPDATE hs_code SET used_by = ? WHERE hash = ?", owner, hashed(request.secret))
        said = {"released": 1} if code.device else {}
        audit.record(connection, now, device, "enrol", role=code.role, again=len(known), **said)
        return device

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


class _Offered(msgspec.Struct, frozen=True):
    """A code that was handed out. `used_by`: number and key of the computer that used it, "" before.

    `device`: the only computer that may use it, "" for any.
    """

    role: Role
    grants: bytes
    used_by: str = ""
    device: str = ""


WRONG_CODE = "wrong-code"
UNKNOWN = "unknown-device"
TAKEN = "registered-already"
REVOKED = "revoked"
SERVER = "city-server"  # the name under which the server itself writes; no computer has it
_DEVICE = re.compile(r"[A-Za-z0-9-]{8,64}")
_KEY = re.compile(r"[0-9a-f]{64}")


def _check_request(request: EnrolRequest) -> None:
    is_number = not request.device or (_DEVICE.fullmatch(request.device) and request.device != SERVER)
    if not is_number or not _KEY.fullmatch(request.public_key):
        raise Refused("登记请求不完整，没有登记。")
    if len(request.writers) > MOST_WRITERS or not all(map(is_sound, request.writers)):
        raise Refused("填报人的姓名不对，没有登记。")
    if len(request.name) > 100:
        raise Refused("电脑名称过长，没有登记。")


def _put_code(connection: Connection, issued: NewCode, offered: _Offered) -> None:
    connection.run(
        "INSERT INTO hs_code (hash, role, grants, expires, used_by, device) VALUES (?, ?, ?, ?, '', ?)",
        hashed(issued.code.secret),
        offered.role,
        offered.grants,
        issued.expires,
        offered.device,
    )


def _offered(connection: Connection, secret: str, now: int) -> _Offered:
    """Return the code of a secret. Raises Refused if there is none or it has expired."""
    rows = connection.all(
        "SELECT role, grants, used_by, device, expires FROM hs_code WHERE hash = ? FOR UPDATE", hashed(secret)
    )
    if not rows or rows[0][4] < now:
        raise _wrong_code()
    role, grants, used_by, device, _expires = rows[0]
    return _Offered(role, bytes(grants), str(used_by), str(device))


def _repeated(code: _Offered, request: EnrolRequest) -> str:
    """Return the number that this very request was given before. Raises Refused for another's request."""
    device, _, key = code.used_by.partition(" ")
    if key != request.public_key or request.device not in ("", device):
        raise _wrong_code()
    return device


def _wrong_code() -> Refused:
    return Refused("登记码不对或已过期，请向上级重新申请。已填内容都保存在本机。", detail=WRONG_CODE)


def _prove(request: EnrolRequest, public_key: str, is_revoked: bool, fingerprint: str) -> None:
    """Raise Refused unless the request comes from the computer that is registered under this number."""
    if is_revoked:
        raise Refused("这台电脑已被停用，请联系系统管理员。已填内容都保存在本机。")
    text = enrolment_text(fingerprint, request.device, request.secret)
    if request.public_key != public_key or not is_signed_by(public_key, request.signature, text):
        raise Refused(
            "这个编号的电脑已经登记过，没有登记。请把编号 {device} 报给系统管理员，"
            "请他放行（server device release）后，用新的登记码再登记。已填内容都保存在本机。",
            device=request.device,
            detail=TAKEN,
        )


def _is_signed(request: TokenRequest, public_key: str, fingerprint: str) -> bool:
    text = challenge_text(fingerprint, request.device, request.nonce)
    return is_signed_by(public_key, request.signature, text)
