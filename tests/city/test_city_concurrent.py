"""Many writers and pollers on PostgreSQL: no committed row is ever missed, as a plain sequence would."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from sync_databases import fresh
from sync_server import a_village, caller, mixed_form, new_ids, places, prepared_service

from hsdesk.city.running.service import Service
from hsdesk.city.sql.database import Connection
from hsdesk.model.clock import reading, wall_milliseconds
from hsdesk.records.op import Op
from hsdesk.wire.codec import grants_digest
from hsdesk.wire.messages import Cursor, Pull, Push

VILLAGE = a_village(places())
OTHER = a_village(places(), 1)


@pytest.fixture
def database(tmp_path: Path, postgres_url: str) -> Iterator[str]:
    yield from fresh("postgresql", tmp_path, postgres_url)


class Crowd:
    """Writers and pollers on threads of their own, for some seconds."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.writing = True
        self._works: list[Callable[[], None]] = []

    def add(self, work: Callable[[], None]) -> None:
        self._works.append(work)

    def run(self, writers: int) -> None:
        with ThreadPoolExecutor(len(self._works)) as pool:
            running = [pool.submit(work) for work in self._works]
            wait(running[:writers])
            self.writing = False
            for one in running:
                one.result()


def write(service: Service, crowd: Crowd, number: int, written: list[str]) -> None:
    device, ids, chance = f"writer-{number}", new_ids(number), random.Random(number)
    who = caller(service, device, "village", VILLAGE)
    seq = 0
    while time.monotonic() < crowd.until:
        ops = []
        for _ in range(chance.randint(1, 20)):
            seq += 1
            record = next(ids)
            ops.append(
                Op(
                    device=device, epoch=1, seq=seq, scope=VILLAGE, cls="common", record=record, form="mixed",
                    version="1", hlc=reading(wall_milliseconds()), person=device,
                    answers={"name": device},
                )
            )  # fmt: skip
        receipt = service.ledger.push(who, Push(device, 1, service.ledger.server_epoch, tuple(ops)))
        assert receipt.last == seq
        written.extend(op.record for op in ops)


def poll(service: Service, crowd: Crowd, name: str, seen: set[str]) -> None:
    who = caller(service, name, "village", VILLAGE)
    known = grants_digest(who.reach.grants)
    since = after = 0
    while True:
        last_round = not crowd.writing
        cursor = Cursor(VILLAGE, "common", since, after)
        asked = Pull(service.ledger.server_epoch, 1, 10**9, b"", known, (cursor,))
        pulled = service.ledger.changes(who, asked)
        for page in pulled.pages:
            seen.update(row.record for row in page.rows)
            after = page.after
            since = after if page.done else since
        if last_round and not pulled.more:
            return


def hold_a_transaction(service: Service, crowd: Crowd) -> None:
    """A transaction on another stream that takes its time."""
    while time.monotonic() < crowd.until:
        with service.database.writing() as connection:
            connection.run(
                "INSERT INTO hs_stream VALUES (?, 'common', 0, 0, 0) ON CONFLICT DO NOTHING", OTHER
            )
            connection.all("SELECT rev FROM hs_stream WHERE scope = ? FOR UPDATE", OTHER)
            connection.all("SELECT pg_sleep(?)", min(4.0, max(0.0, crowd.until - time.monotonic())))


def crowded(database: str, folder: Path, seconds: float) -> None:
    service = prepared_service(database, folder / "server", mixed_form())
    crowd, written, seen = Crowd(seconds), [[] for _ in range(8)], [set[str](), set[str]()]
    lists: list[list[str]] = written
    for number, mine in enumerate(lists):
        crowd.add(lambda number=number, mine=mine: write(service, crowd, number, mine))  # type: ignore[misc]
    crowd.add(lambda: hold_a_transaction(service, crowd))
    for number, found in enumerate(seen):
        crowd.add(lambda number=number, found=found: poll(service, crowd, f"reader-{number}", found))  # type: ignore[misc]
    crowd.run(writers=9)
    everything = {record for mine in lists for record in mine}
    assert len(everything) > 100
    assert seen == [everything, everything]
    service.database.close()


def missed_by_a_sequence(database: str, seconds: float) -> int:
    """The same crowd with a sequence as cursor: how many committed rows the poller never saw."""
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE control (n BIGSERIAL PRIMARY KEY)")
    crowd, seen = Crowd(seconds), set[int]()

    def insert(number: int) -> None:
        chance = random.Random(number)
        with psycopg.connect(database) as connection:
            while time.monotonic() < crowd.until:
                with connection.transaction():
                    connection.execute("INSERT INTO control DEFAULT VALUES")
                    connection.execute("SELECT pg_sleep(%s)", [chance.random() / 50])

    def read() -> None:
        after = 0
        with psycopg.connect(database, autocommit=True) as connection:
            while crowd.writing:
                rows = connection.execute("SELECT n FROM control WHERE n > %s ORDER BY n", [after]).fetchall()
                seen.update(n for (n,) in rows)
                after = max((n for (n,) in rows), default=after)

    for number in range(8):
        crowd.add(lambda number=number: insert(number))  # type: ignore[misc]
    crowd.add(read)
    crowd.run(writers=8)
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM control").fetchone()
    assert row is not None
    return int(row[0]) - len(seen)


def test_no_committed_row_is_missed_by_any_poller(database: str, tmp_path: Path) -> None:
    crowded(database, tmp_path, seconds=4)


def test_a_sequence_as_cursor_does_miss_rows(database: str) -> None:
    assert missed_by_a_sequence(database, seconds=3) > 0


@pytest.mark.long
def test_in_a_minute_of_eight_writers_no_row_is_missed(database: str, tmp_path: Path) -> None:
    crowded(database, tmp_path, seconds=60)


def test_a_first_load_finds_its_records_by_their_key(database: str, tmp_path: Path) -> None:
    """Also before PostgreSQL has statistics: it then took another index, and read the stream for each."""
    service = prepared_service(database, tmp_path / "server", mixed_form())
    ids = new_ids(3)
    records = [next(ids) for _ in range(2000)]
    with service.database.writing() as connection:
        connection.run("ALTER TABLE hs_state SET (autovacuum_enabled = false)")
        connection.many(
            "INSERT INTO hs_state (scope, cls, record, form, rev, digest, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(VILLAGE, "common", record, "mixed", n, 0, b"x" * 700) for n, record in enumerate(records, 1)],
        )
        asked = "SELECT record, body FROM hs_state WHERE scope = ? AND cls = ? AND record IN ??"
        assert len(connection.all_among(asked, VILLAGE, "common", among=records[:500])) == 500
        before = _entries_read(connection)
        connection.all_among(asked, VILLAGE, "common", among=records[:500])
        assert _entries_read(connection) - before == 500
    service.database.close()


def _entries_read(connection: Connection) -> int:
    """Return how many entries of the index of record parts this transaction has read so far."""
    rows = connection.all("SELECT pg_stat_get_xact_tuples_returned('hs_state_pkey'::regclass)")
    return int(rows[0][0])
