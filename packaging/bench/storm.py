"""A storm: 800 laptops push 1,000 ops each through a proxy that resets, truncates and loses answers.

Only with `--storm`. Every op must arrive exactly once, in one run.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import floors
from bench.table import Row
from bench.workload import workload

LAPTOPS, OPS, AT_ONCE = 800, 1000, 24
_FAULTS = 0.02  # of the pieces that pass
_PIECE = 65_536
_TRIES = 200
_SERVE = """
import sys
from hsdesk.city.http.limits import changed
from hsdesk.city.http.serving import Network, serve
serve(sys.argv[1], network=Network(limits=changed(sys.argv[2:])))
"""
_CROWD = (  # one address stands for 800 here
    "challenges=1e6", "requests=1e6", "seconds_of_address=1e6", "known_of_address=800", "open_of_address=800",
    "connections_of_address=2000",
)  # fmt: skip


class Proxy:
    """Passes bytes between laptops and a server, and fails them now and then."""

    def __init__(self, port: int, seed: int = 1) -> None:
        self._target = port
        self._chance = random.Random(seed)  # noqa: S311
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self.port = 0
        self.faults = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        waiting = asyncio.all_tasks(self._loop)
        for task in waiting:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
        self._loop.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _fails(self) -> bool:
        failed = self._chance.random() < _FAULTS
        self.faults += failed
        return failed

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._fails():  # reset before a word is said
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        with suppress(asyncio.CancelledError):  # the proxy is closed
            await asyncio.gather(
                self._pass(reader, far_writer, writer), self._pass(far_reader, writer, far_writer)
            )

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, other: asyncio.StreamWriter
    ) -> None:
        try:
            while piece := await source.read(_PIECE):
                if self._fails():  # half of it arrives, then both sides are cut off
                    sink.write(piece[: len(piece) // 2])
                    await sink.drain()
                    break
                sink.write(piece)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.transport.abort() if source.at_eof() is False else sink.close()
            other.transport.abort() if source.at_eof() is False else None


class NoAttachments:
    """The attachments of a laptop that has none."""

    def uploads(self) -> tuple[Any, ...]:
        return ()

    def downloads(self) -> tuple[Any, ...]:
        return ()

    def counts(self) -> tuple[int, int]:
        return (0, 0)


class Laptop:
    """A replica in memory: a queue of ops, and no interest in what comes down."""

    def __init__(self, device: str, ops: Sequence[Any]) -> None:
        from hsdesk.records.chain import hash_of

        self.attachments: Any = NoAttachments()
        self._device = device
        self._ops = ops
        self._hashes = [hash_of(op) for op in ops]
        self._acked = 0
        self._chain = (0, b"")
        self._epoch = ""
        self._grants: tuple[Any, ...] = ()
        self._cursors: dict[tuple[str, str], Any] = {}
        self._reference = 0

    def device_id(self) -> str:
        return self._device

    def device_epoch(self) -> int:
        return 1

    def pending_ops(self, limit: int) -> Sequence[Any]:
        return self._ops[self._acked : self._acked + limit]

    def pending_count(self) -> int:
        return len(self._ops) - self._acked

    def acked(self) -> int:
        return self._acked

    def chain(self, epoch: int, upto: int) -> bytes:
        from hsdesk.records.chain import START, lengthened

        known, before = self._chain if self._chain[0] <= upto else (0, START)
        self._chain = (upto, lengthened(before, self._hashes[known:upto]))
        return self._chain[1]

    def writers_of(self, ops: Sequence[Any]) -> tuple[Any, ...]:
        from hsdesk.model.writer import Writer

        return (Writer(100_001, "甲"),)

    def parent(self, epoch: int) -> None:
        return None

    def take_receipt(self, receipt: Any) -> Any:
        is_ours = receipt.chain == self.chain(1, receipt.last) and receipt.first <= self._acked + 1
        if is_ours:
            self._acked = max(self._acked, receipt.last)
        return Heard(taken=is_ours)

    def meet(self, server_epoch: str, held: tuple[int, bytes]) -> Any:
        self._epoch = server_epoch
        return Heard()

    def server_epoch(self) -> str:
        return self._epoch

    def cursors(self) -> tuple[Any, ...]:
        return tuple(self._cursors.values())

    def grants(self) -> tuple[Any, ...]:
        return self._grants

    def take_grants(self, grants: tuple[Any, ...]) -> None:
        from hsdesk.wire.messages import Cursor

        self._grants = grants
        self._cursors = {(grant.scope, grant.cls): Cursor(grant.scope, grant.cls) for grant in grants}

    def take_page(self, page: Any, server_epoch: str, held: tuple[int, bytes]) -> Any:
        from hsdesk.wire.messages import Cursor

        known = self._cursors[page.scope, page.cls]
        since = page.after if page.done else known.since
        self._cursors[page.scope, page.cls] = Cursor(page.scope, page.cls, since, page.after)
        return Heard()

    def take_answer(self, answer: Any) -> Any:
        raise AssertionError("nothing is carried here")

    def reset_stream(self, scope: str, cls: str) -> None:
        raise AssertionError("nothing is healed here")

    def known_gap(self, scope: str, cls: str) -> int:
        return 0

    def note_gap(self, scope: str, cls: str, gap: int) -> None:
        pass

    def audit_kept(self) -> int:
        return 0

    def keep_audit_head(self, head: Any) -> None:
        pass

    def reference_rev(self) -> int:
        return self._reference

    def missing_reference(self, heads: Sequence[Any]) -> tuple[Any, ...]:
        return ()

    def take_reference(self, items: Sequence[Any], rev: int) -> None:
        self._reference = rev


@dataclass(frozen=True)
class Heard:
    """What words of the city change in a laptop that keeps nothing."""

    taken: bool = True
    records: tuple[Any, ...] = ()
    cloned: bool = False
    compared: tuple[Any, ...] = ()


def storm_rows() -> list[Row]:
    """Return what arrived of 800 laptops' ops."""
    arrived, gap_free, seconds, faults = storm(LAPTOPS, OPS)
    wanted = LAPTOPS * OPS
    told = f"{faults:,} faults on the way"
    bare = floors.bare_edits_per_second(workload().records)
    speed, figure = wanted / seconds, f"storm of {LAPTOPS} laptops"
    sent = f"ops sent {wanted:,}; {told}"
    return [
        Row(f"{figure}: ops that arrived once", "= 1 ×", arrived, "", arrived / wanted, sent),
        Row(f"{figure}: streams without a gap", "= 1 ×", float(gap_free), "", float(gap_free), "all (1)"),
        Row(
            f"{figure}: ops a second",
            "",
            speed,
            "per s",
            speed / bare,
            f"bare apply loop {bare:,.0f} edits/s",
        ),
    ]


def storm(laptops: int, ops: int) -> tuple[int, bool, float, int]:
    """Return how many ops the server holds, whether no stream has a gap, seconds, and faults on the way."""
    with tempfile.TemporaryDirectory() as folder, _city(Path(folder)) as (database, url):
        proxy = Proxy(urlsplit(url).port or 0)
        started = time.perf_counter()
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                made = [pool.submit(_laptop, database, url, proxy.port, n, ops) for n in range(laptops)]
                for one in made:
                    one.result()
        finally:
            proxy.close()
        seconds = time.perf_counter() - started
        with closing(sqlite3.connect(Path(folder) / "server" / "city.db")) as connection:
            (arrived,) = connection.execute(
                "SELECT COUNT(*) FROM (SELECT DISTINCT device, epoch, seq FROM hs_op)"
            ).fetchone()
            (wrong,) = connection.execute(
                "SELECT COUNT(*) FROM (SELECT 1 FROM hs_op GROUP BY scope, cls"
                " HAVING MAX(rev) <> COUNT(*) OR MIN(rev) <> 1)"
            ).fetchone()
            (rows,) = connection.execute("SELECT COUNT(*) FROM hs_op").fetchone()
    return (arrived if rows == arrived else -rows), wrong == 0, seconds, proxy.faults


@contextmanager
def _city(folder: Path) -> Iterator[tuple[str, str]]:
    from hsdesk.city.running import administration
    from hsdesk.forms.schema import Form, Question

    database = f"sqlite:///{folder}/server/city.db"
    administration.init(database, folder / "server")
    asked = tuple(Question(name, name, "text") for name in ("name", "phone", "note"))
    administration.add_form(database, Form("storm", "1", "风暴", children=asked))
    command = [sys.executable, "-c", _SERVE, database, *_CROWD]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield database, json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def _laptop(database: str, url: str, proxy_port: int, number: int, count: int) -> None:
    """Enrol straight, then sync through the proxy until everything is acknowledged."""
    import msgspec

    from hsdesk.city.running import administration
    from hsdesk.errors import DataError, Offline
    from hsdesk.model.place import load_directory
    from hsdesk.sync.carriers.http import Asking, HttpCarrier, enrol
    from hsdesk.sync.loop import synchronise

    places = [place for place in load_directory() if place.level == "village"]
    place = places[number % len(places)]
    device = f"laptop-{number:05}"
    code = administration.code(database, (place.code,), "village")["code"]
    enrolment = enrol(url, code, Asking(device, device))[0]
    enrolment = msgspec.structs.replace(enrolment, url=f"http://127.0.0.1:{proxy_port}")
    laptop = Laptop(device, _typed(device, place.id, number, count))
    with HttpCarrier(enrolment) as carrier:
        for _ in range(_TRIES):
            try:
                synchronise(laptop, carrier, pause=lambda _: None)
            except (Offline, DataError):
                continue
            if not laptop.pending_count():
                return
    raise AssertionError(f"{device} still has {laptop.pending_count()} ops")


def _typed(device: str, scope: str, number: int, count: int) -> list[Any]:
    from hsdesk.model.clock import reading, wall_milliseconds
    from hsdesk.model.identity import new_id
    from hsdesk.records.chain import new_nonce
    from hsdesk.records.op import Op

    now = wall_milliseconds()
    return [
        Op(
            device=device, epoch=1, seq=seq, scope=scope, cls="common", record=new_id(), form="storm",
            version="1", hlc=reading(now, seq), person="100001",
            answers={"name": f"人{seq}", "phone": f"{number:05}{seq:06}", "note": "走访"}, nonce=new_nonce(),
        )
        for seq in range(1, count + 1)
    ]  # fmt: skip
