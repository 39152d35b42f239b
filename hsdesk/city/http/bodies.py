"""Reading the body of a request: within a size, a time, and the room that all bodies have together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from hsdesk.city.http.limits import Limits
from hsdesk.errors import Locked, Refused

_LINGER_BYTES = 1 << 20


class TooLarge(Refused):
    """A body beyond the limit."""


class TooSlow(Locked):
    """A body that did not come at a pace that any network has."""


class Room:
    """The bytes of all bodies that are in memory."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0

    @contextmanager
    def visitor(self) -> Iterator[Visitor]:
        """Give a share of the room for the length of a request."""
        visitor = Visitor(self)
        try:
            yield visitor
        finally:
            self._held -= visitor.held

    def take(self, size: int) -> None:
        """Raise Locked if there is no room for so many bytes more."""
        if self._held + size > self._most:
            raise Locked("市级服务器正忙，请稍后再试。已填内容都保存在本机。")
        self._held += size


class Visitor:
    """The share of one request."""

    def __init__(self, room: Room) -> None:
        self._room, self.held = room, 0

    def hold(self, size: int) -> None:
        """Take so many bytes more. Raises Locked."""
        self._room.take(size)
        self.held += size


class Incoming:
    """The body of one request, read once, or let pass."""

    def __init__(self, receive: Receive, limits: Limits) -> None:
        self._receive, self._limits = receive, limits
        self.is_done = False

    async def read(self, most: int, share: Visitor) -> bytes:
        """Return the body. Raises TooLarge, TooSlow, Locked without room, ClientDisconnect."""
        pieces: list[bytes] = []
        size, began = 0, asyncio.get_running_loop().time()
        while not self.is_done:
            due = began + self._limits.body_seconds + size / self._limits.body_rate
            try:
                async with asyncio.timeout_at(due):
                    piece = await self._piece()
            except TimeoutError as error:
                raise TooSlow("网络太慢，市级服务器没有等到全部内容。已填内容都保存在本机。") from error
            size += len(piece)
            if size > most:
                raise TooLarge("内容超过大小限制，没有接收。")
            share.hold(len(piece))
            pieces.append(piece)
        return b"".join(pieces)

    async def let_pass(self, seconds: float) -> None:
        """Take what comes for a moment and keep nothing: a client still sending would not hear the answer."""
        size = 0
        try:
            async with asyncio.timeout(seconds):
                while not self.is_done and size < _LINGER_BYTES:
                    size += len(await self._piece())
        except (TimeoutError, ClientDisconnect):
            return

    async def _piece(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        self.is_done = not message.get("more_body", False)
        return bytes(message.get("body", b""))
