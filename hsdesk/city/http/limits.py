"""How much of the server one asker may take: numbers, and budgets that refill with time.

An *address* is where a connection comes from, or what a named proxy says of it; in IPv6 the network of 64
bits that one subscriber has. A township office with 23 villages is one address, so its limits are for a
crowd; those of a device are for one program that asks one thing at a time.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections.abc import Callable, Iterable
from typing import Annotated

import msgspec

from hsdesk.errors import UsageError

_MOST_KEYS = 20_000  # budgets that are remembered; the one not asked for longest is forgotten first


Count = Annotated[int, msgspec.Meta(gt=0)]
Amount = Annotated[float, msgspec.Meta(gt=0)]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of a server. Times in seconds, sizes in bytes; `_refill` is what comes back in a second."""

    connections: Count = 2000  # open at once; beyond, those whose request is awaited longest are closed
    connections_of_address: Count = 256
    head_seconds: Amount = 8  # from the first byte of a request, or from connecting, to the end of its head
    body_seconds: Amount = 20  # for a body to begin; then it must go on at `body_rate`, as in mod_reqtimeout
    body_rate: Amount = 500
    bodies: Count = 64 << 20  # of all requests that are being read or wait for their turn
    requests: Amount = 2000  # of an address, before they count against the refill
    requests_refill: Amount = 200
    challenges: Amount = 300  # of an address
    challenges_refill: Amount = 5
    open_of_address: Count = 16  # requests without a token in hand at once
    known_of_address: Count = 32  # requests with a token
    of_device: Count = 2
    seconds_of_device: Amount = 60  # of processor time, before they count against the refill
    seconds_of_device_refill: Amount = 0.25
    attached_of_device: Amount = 512 << 20  # bytes of attachments that it sends, before they count as above
    attached_of_device_refill: Amount = 64 << 10
    seconds_of_address: Amount = 240
    seconds_of_address_refill: Amount = 0.5
    working: Count = 4  # pushes, pages and figures at once
    waiting: Count = 60  # for one of these
    refused_seconds: Annotated[float, msgspec.Meta(ge=0)] = 1  # a refusal is told so late


LIMITS = Limits()


def changed(told: Iterable[str]) -> Limits:
    """Return the limits with some changed, each told as NAME=NUMBER. Raises UsageError.

    >>> changed(["working=8", "body_rate=1e3"]).working
    8
    """
    limits = LIMITS
    for one in told:
        name, _, number = one.partition("=")
        try:
            limits = msgspec.convert(msgspec.structs.asdict(limits) | {name: number}, Limits, strict=False)
        except msgspec.ValidationError as error:
            names = "、".join(Limits.__struct_fields__)
            raise UsageError(
                "限额“{limit}”不对，应写作 名称=数字。可以改的有：{names}。", limit=one, names=names
            ) from error
    return limits


class Budget:
    """What each key has left: `most` at first, and `refill` more each second, up to `most`."""

    def __init__(self, most: float, refill: float, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._refill, self._now = most, refill, now
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, cost: float) -> int:
        """Take `cost` and return 0; if nothing is left, take nothing and return the seconds to wait.

        >>> budget = Budget(2, 0.5, lambda: 0.0)
        >>> [budget.take("a", 1) for _ in range(3)], budget.take("b", 1)
        ([0, 0, 2], 0)
        """
        with self._lock:
            left = self._left_of(key)
            if left <= 0 or left < cost:
                return max(1, math.ceil((cost - left) / self._refill))
            self._put(key, left - cost)
        return 0

    def spend(self, key: str, cost: float) -> None:
        """Take what was used already, more than is left too."""
        with self._lock:
            self._put(key, self._left_of(key) - cost)

    def _left_of(self, key: str) -> float:
        left, at = self._left.get(key, (self._most, self._now()))
        return min(self._most, left + (self._now() - at) * self._refill)

    def _put(self, key: str, left: float) -> None:
        self._left.pop(key, None)
        self._left[key] = (left, self._now())
        while len(self._left) > _MOST_KEYS:
            self._left.pop(next(iter(self._left)))


def address_key(host: str) -> str:
    """Return what counts as one address.

    >>> address_key("10.0.0.7"), address_key("::ffff:10.0.0.7"), address_key("fe80::1%eth0")
    ('10.0.0.7', '10.0.0.7', 'fe80::')
    >>> address_key("2001:db8:0:1:a:b:c:d"), address_key("x")
    ('2001:db8:0:1::', 'x')
    """
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(found) >> 64 << 64))
