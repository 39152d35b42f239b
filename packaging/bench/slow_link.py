"""A mountain village's line: 64 kbit/s, 800 ms there and back, and 2 % of what passes is cut off.

500 edits are always measured; the first load of 20,000 records takes minutes and only comes with `--storm`.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.storm import Proxy
from bench.sync import Desk, server
from bench.table import Row
from bench.workload import Workload, form, place, workload

_BYTES_A_SECOND = 8_000
_ONE_WAY = 0.4  # seconds
_PACKET = 1_400
_CUT = 0.02 * _PACKET / 65_536  # so that 2 % of pieces of 64 KiB are cut
_TRIES = 20


class SlowProxy(Proxy):
    """Passes packets late and slowly; a cut breaks the connection."""

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, other: asyncio.StreamWriter
    ) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.create_task(self._deliver(under_way, sink))
        free = 0.0
        try:
            while packet := await source.read(_PACKET):
                if self._chance.random() < _CUT:
                    self.faults += 1
                    sink.transport.abort()
                    other.transport.abort()
                    break
                free = max(free, time.monotonic()) + len(packet) / _BYTES_A_SECOND
                under_way.put_nowait((free + _ONE_WAY, packet))
                await asyncio.sleep(max(0.0, free - time.monotonic() - 0.1))
        except OSError:
            pass
        finally:
            under_way.put_nowait((time.monotonic() + _ONE_WAY, b""))
            await delivery

    async def _deliver(
        self, under_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter
    ) -> None:
        while True:
            due, packet = await under_way.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not packet:
                sink.close()
                return
            sink.write(packet)


def rows() -> list[Row]:
    """Return how long 500 edits take on the slow line."""
    with tempfile.TemporaryDirectory() as folder, _line(Path(folder)) as (village, _township, given, scope):
        village.type(scope, [(e["id"], {e["field"]: e["value"]}) for e in given.mine], "张三")
        return [_carried("500 edits", "≤ 3 ×", village)]


def storm_rows() -> list[Row]:
    """Return how long a township's first load of 20,000 records takes on the slow line."""
    with tempfile.TemporaryDirectory() as folder, _line(Path(folder)) as (_village, township, _given, _scope):
        return [_carried("first load of 20,000", "≤ 1.7 ×", township)]


def _carried(figure: str, target: str, desk: Desk) -> Row:
    """Return how long a desk's sync takes; the floor is the line itself without a cut."""
    started = time.monotonic()
    carried, requests = _finished(desk)
    seconds = time.monotonic() - started
    floor = carried / _BYTES_A_SECOND + requests * 2 * _ONE_WAY
    note = f"{carried:,} bytes and {requests} requests on that line {floor:.1f} s"
    return Row(f"64 kbit/s, 800 ms, 2 % cuts: {figure}", target, seconds, "s", seconds / floor, note)


@contextmanager
def _line(folder: Path) -> Iterator[tuple[Desk, Desk, Workload, str]]:
    """Yield a village's desk that has synced 20,000 records and a township's that has not, on the line."""
    from hsdesk.city.running import administration
    from hsdesk.model.identity import new_id

    database = f"sqlite:///{folder}/server/city.db"
    administration.init(database, folder / "server")
    administration.add_form(database, form())
    given, here = _renamed(workload(), new_id), place()
    with server(database) as url:
        village = Desk(folder / "a", database, url, here.id, "village")
        township = Desk(folder / "b", database, url, here.parent, "township")
        village.type(here.id, [(r["id"], {k: str(v) for k, v in r.items()}) for r in given.records], "张三")
        village.sync()
        proxy = SlowProxy(urlsplit(url).port or 0)
        for desk in (village, township):
            desk.go_through(f"http://127.0.0.1:{proxy.port}")
        try:
            yield village, township, given, here.id
        finally:
            village.close()
            township.close()
            proxy.close()


def _renamed(given: Workload, new_id: Any) -> Workload:
    """Give every record a UUID for its name, as a desk does."""
    ids = {record["id"]: new_id() for record in given.records}

    def renamed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "id": ids[row["id"]]} for row in rows]

    return Workload(renamed(given.records), renamed(given.mine), renamed(given.theirs), given.plan)


def _finished(desk: Desk) -> tuple[int, int]:
    """Sync, and again after a cut that outlasted all tries; return bytes and requests of the last sync."""
    from hsdesk.errors import Offline

    for _ in range(_TRIES):
        try:
            report = desk.sync()
        except Offline:
            continue
        if report.complete and not report.waiting:
            return report.bytes_up + report.bytes_down, report.requests
    raise AssertionError("the line never carried it")
