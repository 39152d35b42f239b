"""The history of a record part: its ops in the order of the server, latest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hsdesk.city.sql.database import Connection
from hsdesk.model.answer import Class, SetDelta, Written

answers_of = msgspec.msgpack.Decoder(dict[str, str | int | float | SetDelta | None]).decode


class Logged(msgspec.Struct, frozen=True):
    """An op as the log keeps it. `received`: milliseconds since 1970. `lost`: paths that did not hold."""

    rev: int
    device: str
    epoch: int
    seq: int
    version: str
    base_rev: int
    hlc: int
    received: int
    person: str
    answers: dict[str, Written]
    resolves: str
    lost: tuple[str, ...]


def history(connection: Connection, scope: str, cls: Class, head: int) -> Iterator[Logged]:
    """Yield the ops of a part from revision `head` backwards."""
    while head:
        ((body, lost, before, *row),) = connection.all(_LOGGED, scope, cls, head)
        plain: dict[str, Any] = dict(zip(_PLAIN, row, strict=True))
        yield Logged(**plain, answers=answers_of(body), lost=tuple(filter(None, lost.split("\n"))))
        head = before


_PLAIN = (
    "rev", "device", "epoch", "seq", "version", "base_rev", "hlc", "received", "person", "resolves",
)  # fmt: skip
_LOGGED = f"SELECT body, lost, before, {', '.join(_PLAIN)} FROM hs_op WHERE scope = ? AND cls = ? AND rev = ?"
