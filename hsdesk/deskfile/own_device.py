"""The number of this device: its own until it is registered, then the one that the city server gave it."""

from __future__ import annotations

import msgspec

from hsdesk.deskfile.connection import DEVICE, DeskConnection
from hsdesk.records.chain import hash_of
from hsdesk.records.op import Op

_OP = msgspec.json.Decoder(Op)
_ENCODER = msgspec.json.Encoder()


def take_number(connection: DeskConnection, device: str) -> None:
    """Go by the number that the city server gave, inside a transaction.

    Ops are immutable once they were offered. Those that a file wrote before it was registered were not: they
    are made anew under the number, with their hashes. What an erasure emptied keeps the hash that it had.
    """
    old = connection.device()
    if device == old:
        return
    rows = connection.all(
        "SELECT n, body FROM hs_op WHERE n >> 40 IN (SELECT number FROM hs_origin WHERE device = ?)", (old,)
    )
    made = [(n, msgspec.structs.replace(_OP.decode(body), device=device)) for n, body in rows]
    connection.sqlite.executemany(
        "UPDATE hs_op SET body = ?, hash = ? WHERE n = ?",
        [(_ENCODER.encode(op), hash_of(op), n) for n, op in made],
    )
    connection.run("UPDATE hs_origin SET device = ? WHERE device = ?", (device, old))
    connection.set_meta(DEVICE, device)
    connection.forget_pending()
