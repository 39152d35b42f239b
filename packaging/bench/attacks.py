"""What others still get while somebody tries to take the server: `/healthz` and a sync, attack by attack.

The server has one core, who attacks the other one. Attacks come from 127.0.0.2 or, with a token, from a
laptop that is validly enrolled; monitoring and the normal laptop come from 127.0.0.1.
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.storm import Laptop, _typed
from bench.table import Row

_SECONDS = 4.0
_ATTACKER, _GREEDY_LINES = "127.0.0.2", 48
_MOST_MS = 50.0
_OPS = 50  # of the normal sync
_SERVER = """
import os, sys
os.sched_setaffinity(0, {0})
from hsdesk.city.http.serving import serve
serve(sys.argv[1], folder=__import__("pathlib").Path(sys.argv[2]))
"""
_CHALLENGE = b'{"device":"nobody-at-all"}'
_LOGIN = b'{"name":"nobody","password":"a long wrong password"}'


@dataclass(frozen=True)
class Target:
    """A server under attack, and the token and address book of a laptop that attacks it."""

    port: int
    token: str
    device: str
    scope: str
    server_epoch: str


def rows() -> list[Row]:
    """Return, for each attack, the 95th percentile of `/healthz` and the time of a normal sync."""
    if len(os.sched_getaffinity(0)) < 2:
        return [Row("service under attack", "", None, "", None, "needs two cores")]
    with tempfile.TemporaryDirectory() as folder, _city(Path(folder)) as city:
        idle, quiet = _percentile(_health(city.target.port, _SECONDS)), city.sync()
        small, found = city.memory(), []
        for name in ATTACKS:
            health, sync = _under(name, city)
            told = f"idle {idle:.2f} ms; at most {_MOST_MS:.0f} ms"
            found.append(Row(f"/healthz p95, {name}", "≤ 3 ×", health, "ms", health / idle, told))
            told = f"idle {quiet:.2f} s"
            found.append(Row(f"sync of {_OPS} ops, {name}", "≤ 10 ×", sync, "s", sync / quiet, told))
        peak, told = city.memory(), f"before them {small:.0f} MB"
        found.append(Row("memory of the server after all attacks", "≤ 4 ×", peak, "MB", peak / small, told))
    return found


class City:
    """A server, and a laptop that syncs normally."""

    def __init__(self, database: str, url: str, process: subprocess.Popen[str]) -> None:
        from hsdesk.model.place import load_directory

        self._database, self._url, self._process = database, url, process
        self._villages = [place for place in load_directory() if place.level == "village"]
        self._laptops = 0
        token, device, scope = self._enrolled()
        self.target = Target(urlsplit(url).port or 0, token, device, scope, self._epoch)

    def _enrolment(self) -> tuple[Any, str]:
        from hsdesk.city.running import administration
        from hsdesk.sync.carriers.http import Asking, enrol

        place = self._villages[self._laptops]
        self._laptops += 1
        code = administration.code(self._database, (place.code,), "village")["code"]
        name = f"laptop-{self._laptops:05}"
        return enrol(self._url, code, Asking(name, name))[0], place.id

    def _enrolled(self) -> tuple[str, str, str]:
        from hsdesk.sync.carriers.http import HttpCarrier

        enrolment, scope = self._enrolment()
        with HttpCarrier(enrolment) as carrier:
            carrier._login()
            self._epoch = carrier.enrolment.server_epoch
            return carrier.enrolment.token, carrier.enrolment.device, scope

    def sync(self) -> float:
        """Return the seconds in which another laptop has sent its ops; it waits as it is told."""
        from hsdesk.sync.carriers.http import HttpCarrier
        from hsdesk.sync.loop import synchronise

        enrolment, scope = self._enrolment()
        laptop = Laptop(enrolment.device, _typed(enrolment.device, scope, self._laptops, _OPS))
        began = time.perf_counter()
        with HttpCarrier(enrolment) as carrier:
            synchronise(laptop, carrier)
        assert not laptop.pending_count()
        return time.perf_counter() - began

    def memory(self) -> float:
        """Return the most that the server has had in memory so far, in MB."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
        return int(peak) / 1024


@contextmanager
def _city(folder: Path) -> Iterator[City]:
    from hsdesk.city.running import administration
    from hsdesk.forms.schema import Form, Question

    database = f"sqlite:///{folder}/server/city.db"
    administration.init(database, folder / "server")
    asked = tuple(Question(name, name, "text") for name in ("name", "phone", "note"))
    administration.add_form(database, Form("storm", "1", "风暴", children=asked))
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, database, str(folder / "server")], stdout=subprocess.PIPE, text=True
    )
    os.sched_setaffinity(0, {1})
    assert process.stdout
    try:
        yield City(database, json.loads(process.stdout.readline())["url"], process)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def _under(name: str, city: City) -> tuple[float, float]:
    """Return p95 of `/healthz` in ms and the seconds of a normal sync while an attack is under way."""
    command = [sys.executable, "-m", "bench.attacks", name, json.dumps(vars(city.target))]
    attack = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.nice(10))  # noqa: PLW1509
    assert attack.stdout
    try:
        attack.stdout.readline()  # it has begun
        health = _percentile(_health(city.target.port, _SECONDS))
        sync = city.sync()
    finally:
        attack.kill()
        attack.wait()
        attack.stdout.close()
    return health, sync


def _health(port: int, seconds: float) -> list[float]:
    """Return the milliseconds of each `/healthz`, one every 20 ms, each on a line of its own."""
    found, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        line.request("GET", "/healthz")
        assert line.getresponse().status == http.HTTPStatus.OK
        line.close()
        found.append((time.perf_counter() - began) * 1000)
        time.sleep(0.02)
    return found


def _percentile(found: list[float]) -> float:
    return sorted(found)[int(len(found) * 0.95)]


def _asking(target: Target, path: str, body: bytes, lines: int = _GREEDY_LINES, token: str = "") -> None:
    """Ask without end on so many lines."""

    def ask() -> None:
        while True:
            with suppress(OSError, http.client.HTTPException):
                line = http.client.HTTPConnection("127.0.0.1", target.port, 20, (_ATTACKER, 0))
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                for _ in range(1000):
                    line.request("POST", f"/api/v1{path}", body, headers)
                    line.getresponse().read()

    for _ in range(lines):
        threading.Thread(target=ask, daemon=True).start()


def _holding(target: Target, said: bytes, count: int, addresses: int) -> None:
    """Keep so many lines open that say something and then nothing more; open them again when they are cut."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)

    def hold() -> None:
        lines: dict[int, socket.socket] = {}
        while True:
            for number in range(count):
                with suppress(OSError):
                    if number in lines:
                        lines[number].sendall(b"x")
                        continue
                    source = f"127.0.{2 + number % addresses // 250}.{1 + number % addresses % 250}"
                    lines[number] = socket.create_connection(("127.0.0.1", target.port), 5, (source, 0))
                    lines[number].sendall(said)
                    continue
                lines.pop(number, None)
            time.sleep(0.5)

    threading.Thread(target=hold, daemon=True).start()


def _claiming(target: Target) -> bytes:
    """A push of some kB that claims a million ops."""
    from hsdesk.wire import codec

    count = 1_000_000
    group = ["s", "common", "f", "1", [], [1] * count, [""] * count, [0] * count, [0] * count, ["p"], []]
    return codec.pack([target.device, 1, target.server_epoch, [group], b""])


def _chunk(target: Target) -> bytes:
    """A chunk of 500 honest ops that has been sent before, or begins anew."""
    from hsdesk.records.chain import START
    from hsdesk.wire import codec
    from hsdesk.wire.messages import Push

    ops = tuple(_typed(target.device, target.scope, 1, 500))
    return codec.pack_push(Push(target.device, 1, target.server_epoch, ops, START))


_HEAD = b"POST /api/v1/challenge HTTP/1.1\r\nHost: x\r\n"
_BODY = _HEAD + b"Content-Length: 10000\r\n\r\n"
ATTACKS: dict[str, Callable[[Target], None]] = {
    "48 lines asking for challenges": lambda t: _asking(t, "/challenge", _CHALLENGE),
    "48 lines guessing passwords": lambda t: _asking(t, "/login", _LOGIN),
    "2,050 slow bodies of one address": lambda t: _holding(t, _BODY, 2050, 1),
    "2,050 slow bodies of 500 addresses": lambda t: _holding(t, _BODY, 2050, 500),
    "2,050 slow heads of 500 addresses": lambda t: _holding(t, _HEAD[:30], 2050, 500),
    "8 lines pushing a million ops in 8 kB": lambda t: _asking(t, "/sync/push", _claiming(t), 8, t.token),
    "8 lines pushing what inflates to 1 GB": lambda t: _asking(
        t, "/sync/push", zlib.compress(bytes(1 << 30), 9), 8, t.token
    ),
    "8 lines pushing 500 ops over and over": lambda t: _asking(t, "/sync/push", _chunk(t), 8, t.token),
}


if __name__ == "__main__":
    ATTACKS[sys.argv[1]](Target(**json.loads(sys.argv[2])))
    print("begun", flush=True)
    time.sleep(600)
