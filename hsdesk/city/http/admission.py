"""Who may ask now, and where the work is done: budgets of devices and addresses, and pools of threads.

The loop of the server only moves bytes and says no; `/healthz` is answered there. Work is done by few
threads: more of them would take the interpreter from the loop and each other. Cheap questions have their own,
so that a login does not stand behind 60 pushes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Literal, TypeVar

from hsdesk.city.http.bodies import Room
from hsdesk.city.http.limits import LIMITS, Budget, Limits
from hsdesk.errors import Locked

Pool = Literal["loop", "light", "work", "password"]
_LIGHT = 6  # threads
_NICE = 5
_WRONG_SECONDS = 5.0
_WORK = "work"
_PASSWORD = 12  # they wait in `accounts`, which lets one work
T = TypeVar("T")


class Greedy(Locked):
    """One asker takes too much; `seconds` says when to come again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "同时向市级服务器要的太多，请 {seconds} 秒后再试。已填内容都保存在本机。", seconds=seconds
        )
        self.seconds = seconds


class Admission:
    """The budgets, the requests in hand and the threads of one server process."""

    def __init__(self, limits: Limits = LIMITS, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.room = Room(limits.bodies)
        self._requests = Budget(limits.requests, limits.requests_refill, now)
        self._challenges = Budget(limits.challenges, limits.challenges_refill, now)
        self._of_device = Budget(limits.seconds_of_device, limits.seconds_of_device_refill, now)
        self._of_address = Budget(limits.seconds_of_address, limits.seconds_of_address_refill, now)
        self._attached = Budget(limits.attached_of_device, limits.attached_of_device_refill, now)
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._pools: dict[Pool, ThreadPoolExecutor] = {
            "light": ThreadPoolExecutor(_LIGHT, "light"),
            "work": ThreadPoolExecutor(limits.working, "work", _step_back),
            "password": ThreadPoolExecutor(_PASSWORD, "password", _step_back),
        }

    def request(self, address: str) -> None:
        """Count a request of an address. Raises Greedy."""
        _unless(self._requests.take(address, 1))

    def challenge(self, address: str) -> None:
        """Count a nonce asked for. Raises Greedy."""
        _unless(self._challenges.take(address, 1))

    def attach(self, device: str, size: int) -> None:
        """Count a part of an attachment that a device sends. Raises Greedy."""
        _unless(self._attached.take(device, size))

    def wrong(self, device: str) -> None:
        """Charge a device for a message that no program of ours makes, as if it had worked for long."""
        self._of_device.spend(device, _WRONG_SECONDS)

    @contextmanager
    def turn(self, address: str, device: str, pool: Pool) -> Iterator[None]:
        """Hold a request of a device in hand, of nobody known with "". Raises Greedy."""
        limits = self.limits
        _unless(self._of_address.take(address, 0))
        with ExitStack() as inside:
            if device:
                _unless(self._of_device.take(device, 0))
                inside.enter_context(self._held(f"device {device}", limits.of_device))
                inside.enter_context(self._held(f"known {address}", limits.known_of_address))
            else:
                inside.enter_context(self._held(f"open {address}", limits.open_of_address))
            if pool == "work":
                inside.enter_context(self._held(_WORK, limits.working + limits.waiting))
            yield

    @contextmanager
    def _held(self, key: str, most: int) -> Iterator[None]:
        with self._lock:
            if self._inside[key] >= most:
                raise (
                    Locked("市级服务器正忙，请稍后再试。已填内容都保存在本机。")
                    if key == _WORK
                    else Greedy(2)
                )
            self._inside[key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside[key] -= 1
                if not self._inside[key]:
                    del self._inside[key]

    async def run(self, pool: Pool, address: str, device: str, work: Callable[[], T]) -> T:
        """Do the work on a thread of a pool; its processor time is charged to who asked."""

        def charged() -> T:
            begun = time.thread_time()
            try:
                return work()
            finally:
                spent = time.thread_time() - begun
                self._of_address.spend(address, spent)
                if device:
                    self._of_device.spend(device, spent)

        return await asyncio.get_running_loop().run_in_executor(self._pools[pool], charged)


def _step_back() -> None:
    """Let this thread, and those it begins, come after the loop where both want the processor."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _unless(seconds: int) -> None:
    if seconds:
        raise Greedy(seconds)
