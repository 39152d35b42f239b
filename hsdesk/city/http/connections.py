"""Open connections, counted by address and in all; one whose request does not come is closed.

uvicorn limits connections in all only (`limit_concurrency`: beyond it everybody gets 503, and those who fill
it stay), has no time limit for the head of a request, and forgets its keep-alive limit once a byte has come.
What a client does not read of an answer it keeps for ever. These four are added to its protocol here.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from hsdesk.city.http.limits import Limits, address_key

_NOTHING_MORE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)  # on, no seconds


class Connections:
    """The connections of a server, counted from accepting to closing, those in a TLS handshake too.

    `proxies` speak for many addresses and are not counted as one.
    """

    def __init__(self, limits: Limits, proxies: tuple[str, ...] = ()) -> None:
        self.limits = limits
        self._proxies = {address_key(one) for one in proxies}
        self._of_address: Counter[str] = Counter()
        self._waiting: dict[Line, None] = {}  # those that have no whole request in hand, the longest first

    def enter(self, address: str) -> bool:
        """Count a connection, if it may come in.

        In a full house that one makes way whose whole request has been awaited longest, whether it is silent
        or trickles: who has just come in is never it.
        """
        if address not in self._proxies and self._of_address[address] >= self.limits.connections_of_address:
            return False
        if self._of_address.total() >= self.limits.connections:
            oldest = next(iter(self._waiting), None)
            if oldest is None:
                return False
            oldest.cut()
        self._of_address[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Forget a connection that was counted."""
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]

    def note(self, line: Line, *, waits: bool) -> None:
        """Take note whether a whole request of a connection is awaited; a byte more of it changes nothing."""
        if waits:
            self._waiting.setdefault(line)
        else:
            self._waiting.pop(line, None)


class Accepted(socket.socket):
    """A connection that says when it is closed, whoever closes it."""

    leaving: Callable[[], None] | None = None

    def close(self) -> None:
        leaving, self.leaving = self.leaving, None
        if leaving:
            leaving()
        super().close()


class Listener(socket.socket):
    """Refuses at the door, before anything is made for a connection.

    The loop of Windows accepts by itself: there nothing is refused and nothing counted.
    """

    connections: Connections

    def accept(self) -> tuple[socket.socket, Any]:
        """Return a connection that may come in. Raises BlockingIOError, as if none had come."""
        number, peer = self._accept()  # type: ignore[attr-defined]
        line = Accepted(self.family, self.type, self.proto, fileno=number)
        address = address_key(str(peer[0]))
        if self.connections.enter(address):
            line.leaving = partial(self.connections.leave, address)
            return line, peer
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOTHING_MORE)
        line.close()
        raise BlockingIOError


class Line(H11Protocol):
    """One connection."""

    open: Connections  # of its server, see `protocol`
    _head: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None
    _unread = 0  # bytes of an answer that the client had not read when it was looked at

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.open.note(self, waits=True)
        self._expect_head()

    def cut(self) -> None:
        """Close at once: no word more is worth its cost, and the system shall not keep what was unread."""
        self.open.note(self, waits=False)
        line = self.transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOTHING_MORE)
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.open.note(self, waits=self._waits())
        if self.conn.their_state is not h11.IDLE:
            self._forget_head()
        elif not self.transport.is_closing():
            self._expect_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.open.note(self, waits=self._waits())

    def _waits(self) -> bool:
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reading()

    def timeout_keep_alive_handler(self) -> None:
        """Close a line that asks nothing more; one that still reads its answer is let read."""
        if self.transport.get_write_buffer_size():
            self._watch_reading()
        else:
            super().timeout_keep_alive_handler()

    def _watch_reading(self) -> None:
        """See in a while whether the client has read at the pace that a body must have."""
        if self._reading is None:
            self._unread = self.transport.get_write_buffer_size()
            self._reading = self.loop.call_later(self.open.limits.body_seconds, self._check_reading)

    def _check_reading(self) -> None:
        self._reading, limits = None, self.open.limits
        unread = self.transport.get_write_buffer_size()
        if unread and self._unread - unread < limits.body_rate * limits.body_seconds:
            self.cut()
        elif unread:
            self._watch_reading()
        elif self.cycle is None or self.cycle.response_complete:
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        if self._reading is not None:
            self._reading.cancel()
        self.open.note(self, waits=False)
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self.open.limits.head_seconds, self.cut)

    def _forget_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


def protocol(connections: Connections) -> type[Line]:
    """Return the protocol of a server's connections, as uvicorn wants it: a class."""
    named: dict[str, Any] = {"open": connections}
    return type("CountedLine", (Line,), named)
