"""The city server's whole pipeline in this process: processor time per op, beside a bare loop."""

from __future__ import annotations

import os
import random
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import floors
from bench.table import Row
from bench.workload import Answers, N, Workload, form, place, taken, workload

CHUNK, DEVICE = 500, "bench-device"
EDITED = ("phone", "occupation", "edu", "address", "note", "political", "relation", "org_name")
TARGETS = {  # creates and edits: held, goal
    "SQLite": (("≥ 0.39 ×", "≥ 0.5 ×"), ("≥ 0.46 ×", "≥ 0.6 ×")),
    "PostgreSQL": (("≥ 0.32 ×", ""), ("≥ 0.43 ×", "")),
}
KINDS = ("creates of 26 answers", "edits of one answer")
RUNS = 2


def rows() -> list[Row]:
    """Return the figures of the server on SQLite, and on PostgreSQL where HSDESK_TEST_POSTGRES names one."""
    given = workload()
    found = _server_rows(given, "SQLite", "")
    postgres = os.environ.get("HSDESK_TEST_POSTGRES", "")
    if postgres:
        return [*found, *_server_rows(given, "PostgreSQL", postgres)]
    return [*found, Row("server on PostgreSQL", "", None, "", None, "HSDESK_TEST_POSTGRES names no server")]


def _server_rows(given: Workload, name: str, postgres: str) -> list[Row]:
    """Take the pipeline and the floor in turns, and the best of each."""
    bare, runs = 0.0, []
    for _ in range(RUNS):
        bare = max(bare, floors.bare_edits_per_second(given.records))
        with tempfile.TemporaryDirectory() as folder, _database(Path(folder), postgres) as database:
            runs.append(_pipeline(given, database, Path(folder)))
    found = []
    for kind, wanted, taken_by in zip(KINDS, TARGETS[name], zip(*runs, strict=True), strict=True):
        figure = f"server on {name}: {kind}"
        if postgres:
            found.append(_speed(f"{figure}, our process alone", ("", ""), [s.own for s in taken_by], bare))
            figure = f"{figure}, with the database's own processes"
        found.append(_speed(figure, wanted, [s.whole for s in taken_by], bare))
    return found


def _speed(figure: str, wanted: tuple[str, str], seconds: Sequence[float | None], bare: float) -> Row:
    target, goal = wanted
    known = [one for one in seconds if one is not None]
    if not known:
        return Row(figure, target, None, "per CPU s", None, "the database runs on another machine", goal)
    speed = N / min(known)
    return Row(figure, target, speed, "per CPU s", speed / bare, f"bare apply loop {bare:,.0f} edits/s", goal)


@dataclass(frozen=True)
class Seconds:
    """Processor time of this process, and of PostgreSQL's backends if they can be looked at."""

    own: float
    backends: float | None

    @property
    def whole(self) -> float | None:
        return None if self.backends is None else self.own + self.backends


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
    for ops in ops_of(given, village.id, epoch):
        chunks = []
        for n in range(0, N, CHUNK):
            chunks.append(codec.pack_push(Push(DEVICE, 1, epoch, tuple(ops[n : n + CHUNK]), chain)))
            chain = lengthened(chain, map(hash_of, ops[n : n + CHUNK]))
        before = _backend_seconds(database) if is_postgres else 0.0
        _, seconds = taken(lambda chunks=chunks: pushed(chunks))  # type: ignore[misc]
        after = _backend_seconds(database) if is_postgres else 0.0
        took.append(Seconds(seconds, None if before is None or after is None else after - before))
    service.database.close()
    return took


def ops_of(given: Workload, scope: str, server_epoch: str) -> tuple[list[Any], list[Any]]:
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
