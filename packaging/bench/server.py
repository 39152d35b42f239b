"""The city server's whole pipeline in this process: processor time per op, beside a bare loop."""

from __future__ import annotations

import json
import os
import random
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.table import Row
from bench.workload import Answers, N, Workload, form, place, taken, workload

CHUNK, DEVICE = 500, "bench-device"
EDITED = ("phone", "occupation", "edu", "address", "note", "political", "relation", "org_name")


def rows() -> list[Row]:
    """Return the figures of the server on SQLite, and on PostgreSQL where HSDESK_TEST_POSTGRES names one."""
    given = workload()
    found = _server_rows(given, "SQLite", "")
    postgres = os.environ.get("HSDESK_TEST_POSTGRES", "")
    if postgres:
        return [*found, *_server_rows(given, "PostgreSQL", postgres)]
    return [*found, Row("server on PostgreSQL", "", None, "", None, "HSDESK_TEST_POSTGRES names no server")]


def _server_rows(given: Workload, name: str, postgres: str) -> list[Row]:
    targets = {"SQLite": ("≥ 5,000", "≥ 12,000"), "PostgreSQL": ("≥ 8,000", "≥ 15,000")}[name]
    bare = _bare_edits_per_second(given)
    with tempfile.TemporaryDirectory() as folder, _database(Path(folder), postgres) as database:
        took = _pipeline(given, database, Path(folder))
    floor = f"bare apply loop {bare:,.0f} edits/s"
    found = []
    for kind, target, seconds in zip(
        ("creates of 26 answers", "edits of one answer"), targets, took, strict=True
    ):
        figure = f"server on {name}: {kind}"
        found.append(_speed(figure, target, seconds.own, bare, floor))
        if postgres:
            both = None if seconds.backends is None else seconds.own + seconds.backends
            found.append(_speed(f"{figure}, the database's processes counted too", target, both, bare, floor))
    return found


def _speed(figure: str, target: str, seconds: float | None, bare: float, floor: str) -> Row:
    if seconds is None:
        return Row(figure, target, None, "per CPU s", None, "the database runs on another machine")
    return Row(figure, target, N / seconds, "per CPU s", N / seconds / bare, floor)


@dataclass(frozen=True)
class Seconds:
    """Processor time of this process, and of PostgreSQL's backends if they can be looked at."""

    own: float
    backends: float | None


def _backend_seconds(postgres: str) -> float | None:
    """Return the processor time so far of the backends that serve a database; None if it is far away."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type IN ('client backend', 'parallel worker')"
        ).fetchall()
    try:
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for (pid,) in rows]
    except OSError:
        return None
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _database(folder: Path, postgres: str) -> Iterator[str]:
    if not postgres:
        yield f"sqlite:///{folder}/server/city.db"
        return
    import psycopg

    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield postgres.rpartition("/")[0] + "/" + name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _pipeline(given: Workload, database: str, folder: Path) -> list[Seconds]:
    """Return what all creates and all edits take: unpack, merge, state, tables, log, audit, pack."""
    from hsdesk.city.http.serving import settle
    from hsdesk.city.people.permission import Caller, Reach, Rule
    from hsdesk.city.running import administration
    from hsdesk.city.running.service import open_service
    from hsdesk.city.sql.opening import open_database
    from hsdesk.records.chain import START, hash_of, lengthened
    from hsdesk.wire import codec
    from hsdesk.wire.messages import Push

    administration.init(database, folder / "keys")
    administration.add_form(database, form())
    service = open_service(open_database(database))
    settle()
    village, epoch = place(), service.ledger.server_epoch
    who = Caller(DEVICE, Reach("village", (Rule(village.id),), service.ledger.directory))

    def pushed(chunks: Sequence[bytes]) -> None:
        for chunk in chunks:
            codec.pack_receipt(service.ledger.push(who, codec.unpack_push(chunk)))

    is_postgres = not database.startswith("sqlite:")
    took = []
    chain = START
    for ops in _ops(given, village.id, epoch):
        chunks = []
        for n in range(0, N, CHUNK):
            chunks.append(codec.pack_push(Push(DEVICE, 1, epoch, tuple(ops[n : n + CHUNK]), chain)))
            chain = lengthened(chain, map(hash_of, ops[n : n + CHUNK]))
        before = _backend_seconds(database) if is_postgres else None
        _, seconds = taken(lambda chunks=chunks: pushed(chunks))  # type: ignore[misc]
        after = _backend_seconds(database) if is_postgres else None
        took.append(Seconds(seconds, None if before is None or after is None else after - before))
    service.database.close()
    return took


def _ops(given: Workload, scope: str, server_epoch: str) -> tuple[list[Any], list[Any]]:
    """Return the creates of all records, and as many edits of one answer, each having seen those before."""
    from hsdesk.model.clock import reading, wall_milliseconds
    from hsdesk.model.identity import new_id
    from hsdesk.records.chain import new_nonce
    from hsdesk.records.op import NOTHING, Op, Seen

    now, chance = wall_milliseconds(), random.Random(3)  # noqa: S311
    ids = [new_id() for _ in given.records]

    def op(seq: int, record: str, answers: Answers) -> Op:
        return Op(
            device=DEVICE, epoch=1, seq=seq, scope=scope, cls="common", record=record, form="person26",
            version="1", hlc=reading(now, seq & 0xFFFF), person="张三", answers=answers,
            seen=Seen(N, 1, seq - 1) if seq > N else NOTHING, server_epoch=server_epoch, nonce=new_nonce(),
        )  # fmt: skip

    creates = [
        op(n + 1, ids[n], {k: str(v) for k, v in record.items()}) for n, record in enumerate(given.records)
    ]
    edits = [op(N + n + 1, chance.choice(ids), {chance.choice(EDITED): f"改{n}"}) for n in range(N)]
    return creates, edits


def _bare_edits_per_second(given: Workload) -> float:
    """Return what a loop reaches that only keeps a log and one JSON text per record, in plain SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE log (n INTEGER PRIMARY KEY, record, field, value)")
        database.execute("CREATE TABLE state (record PRIMARY KEY, body)")
        states = [(record["id"], json.dumps(record, ensure_ascii=False)) for record in given.records]
        database.executemany("INSERT INTO state VALUES (?, ?)", states)
        chance = random.Random(3)  # noqa: S311
        edits = [(chance.choice(states)[0], "note", f"改{n}") for n in range(N)]
        _, seconds = taken(lambda: _apply_bare(database, edits))
        database.close()
    return N / seconds


def _apply_bare(database: sqlite3.Connection, edits: Sequence[tuple[str, str, str]]) -> None:
    for start in range(0, len(edits), CHUNK):
        database.execute("BEGIN")
        for record, field, value in edits[start : start + CHUNK]:
            (body,) = database.execute("SELECT body FROM state WHERE record = ?", (record,)).fetchone()
            answers = json.loads(body)
            answers[field] = value
            text = json.dumps(answers, ensure_ascii=False)
            database.execute("UPDATE state SET body = ? WHERE record = ?", (text, record))
            database.execute(
                "INSERT INTO log (record, field, value) VALUES (?, ?, ?)", (record, field, value)
            )
        database.execute("COMMIT")
