"""Orders to wipe lost computers (清除): signed by the city's authority, handed over at login, answered once.

A computer that never connects never hears of its order. `hs_wipe` keeps when each was ordered, handed over
and carried out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from hsdesk.city.people import audit, devices
from hsdesk.city.people.permission import Official
from hsdesk.city.sql.database import Connection, Database
from hsdesk.city.sql.schema import setting
from hsdesk.errors import Missing, Refused
from hsdesk.model.clock import wall_milliseconds
from hsdesk.wire.enrolment import is_signed_by
from hsdesk.wire.orders import WipeDone, WipeOrder, wiped_text

_order_of = msgspec.json.Decoder(WipeOrder).decode


def order(
    database: Database,
    device: str,
    by: Official,
    folder: Path | None,
    now_ms: Callable[[], int] = wall_milliseconds,
) -> None:
    """Stop a computer at once and sign the order to wipe it, with the authority's key in `folder`.

    Raises Refused if there is no such computer among theirs, Missing without the authority's key.
    """
    from hsdesk.city.people import authority

    if folder is None:
        raise Missing("这个服务进程不知道市级证书在哪里。请在服务器上运行 server device wipe。")
    city = authority.read_authority(folder)
    fingerprint, now = authority.fingerprint_of(city.certificate), now_ms()
    with database.writing() as connection:
        devices.require_theirs(connection, device, by)
        if setting(connection, "fingerprint") != fingerprint:
            raise Refused("这里的市级证书与数据库不相配，没有下令。")
        ((public_key,),) = connection.all("SELECT public_key FROM hs_device WHERE id = ?", device)
        unsigned = WipeOrder(device, str(public_key), fingerprint, now)
        signed = msgspec.structs.replace(unsigned, signature=authority.sign(city, unsigned.text))
        devices.stop(connection, device, now)
        connection.run(
            "INSERT INTO hs_wipe (device, body, ordered, sent, done) VALUES (?, ?, ?, 0, 0)"
            " ON CONFLICT (device) DO UPDATE SET body = excluded.body, ordered = excluded.ordered,"
            " sent = 0, done = 0",
            device,
            msgspec.json.encode(signed),
            now,
        )
        audit.record(connection, now, by.name, "wipe", device=device)


def handed_over(connection: Connection, device: str, now: int) -> WipeOrder | None:
    """Return the order that waits for a computer which has just proved who it is, and note that it has it."""
    rows = connection.all("SELECT body, sent FROM hs_wipe WHERE device = ? AND done = 0 FOR UPDATE", device)
    if not rows:
        return None
    body, sent = rows[0]
    if not sent:
        connection.run("UPDATE hs_wipe SET sent = ? WHERE device = ?", now, device)
        audit.record(connection, now, device, "wipe-sent", outcome="已送达")
    return _order_of(bytes(body))


def confirm(database: Database, done: WipeDone, now_ms: Callable[[], int] = wall_milliseconds) -> None:
    """Note that a computer has carried its order out. Raises Refused unless that computer signed it."""
    now = now_ms()
    with database.writing() as connection:
        rows = connection.all("SELECT body, done FROM hs_wipe WHERE device = ? FOR UPDATE", done.device)
        ordered = _order_of(bytes(rows[0][0])) if rows else None
        if (
            ordered is None
            or ordered.at != done.at
            or not is_signed_by(ordered.public_key, done.signature, wiped_text(ordered))
        ):
            raise Refused("没有这样的清除命令。")
        if not rows[0][1]:
            connection.run("UPDATE hs_wipe SET done = ? WHERE device = ?", now, done.device)
            audit.record(connection, now, done.device, "wiped", outcome="已执行")
