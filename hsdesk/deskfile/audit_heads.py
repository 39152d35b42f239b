"""What a computer of officials keeps of the city's audit trail, and what it finds when it compares.

Each sync brings number and hash of the last entry, and the hash that the entry kept before has now. Whoever
takes an entry out of the trail and seals the rest anew, or takes an op out of the log, changes what this file
has and he has not. What was kept when something did not fit stays: it is the evidence.
"""

from __future__ import annotations

import msgspec

from hsdesk.deskfile.connection import DeskConnection
from hsdesk.wire.messages import AuditHead

_KEPT = 1000  # heads of an epoch of the server; the oldest go first


class CityAlarm(msgspec.Struct, frozen=True):
    """What did not fit. `kind`: "resealed" or "missing-op"; `text` says it in Chinese."""

    kind: str
    n: int
    kept: str
    told: str
    at: int
    text: str


class CityAudit(msgspec.Struct, frozen=True):
    """The last entry that is kept, when it was told, and everything that did not fit."""

    n: int
    hash: str
    at: int
    alarms: tuple[CityAlarm, ...] = ()


def kept(connection: DeskConnection) -> int:
    """Return the number of the last entry kept of the server's present epoch, 0 for none."""
    return _last(connection)[0]


def take(connection: DeskConnection, head: AuditHead, now_ms: int) -> None:
    """Compare a head with the one kept, and keep it; one that does not fit does not take its place."""
    n, sealed = _last(connection)
    with connection.transaction():
        if 0 <= head.counted < head.ops:
            _alarm(connection, "missing-op", head.n, (str(head.ops), str(head.counted)), now_ms)
        if n and head.then != sealed:
            _alarm(connection, "resealed", n, (sealed, head.then), now_ms)
        elif head.n > n:
            epoch = connection.server_epoch()
            connection.run(
                "INSERT INTO hs_city_head (server_epoch, n, hash, ops, at) VALUES (?, ?, ?, ?, ?)",
                (epoch, head.n, head.hash, head.ops, now_ms),
            )
            connection.run(
                "DELETE FROM hs_city_head WHERE server_epoch = ? AND n NOT IN"
                " (SELECT n FROM hs_city_head WHERE server_epoch = ? ORDER BY n DESC LIMIT ?)",
                (epoch, epoch, _KEPT),
            )


def city_audit(connection: DeskConnection) -> CityAudit | None:
    """Return what is kept of the trail, None where nothing is."""
    rows = connection.all("SELECT n, hash, at FROM hs_city_head ORDER BY at DESC, n DESC LIMIT 1")
    alarms = connection.all("SELECT kind, n, kept, told, at FROM hs_city_alarm ORDER BY at")
    found = tuple(
        CityAlarm(kind, n, there, told, at, text=_text(kind, n, there, told))
        for kind, n, there, told, at in alarms
    )
    return CityAudit(rows[0][0], rows[0][1], rows[0][2], found) if rows else None


def _last(connection: DeskConnection) -> tuple[int, str]:
    rows = connection.all(
        "SELECT n, hash FROM hs_city_head WHERE server_epoch = ? ORDER BY n DESC LIMIT 1",
        (connection.server_epoch(),),
    )
    return (rows[0][0], rows[0][1]) if rows else (0, "")


def _alarm(connection: DeskConnection, kind: str, n: int, told: tuple[str, str], now_ms: int) -> None:
    connection.run(
        "INSERT OR IGNORE INTO hs_city_alarm (kind, n, kept, told, at) VALUES (?, ?, ?, ?, ?)",
        (kind, n, *told, now_ms),
    )


def _text(kind: str, n: int, there: str, told: str) -> str:
    if kind == "resealed":
        found = f"市级服务器的审计记录第 {n} 条与本机留存的不一样，可能被删改后重新封存过。"
    else:
        found = f"市级服务器的改动记录应有 {there} 条，实际只有 {told} 条，有缺失。"
    return found + "请保留现场，立即报告。"
