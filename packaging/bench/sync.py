"""Sync on 20,000 records of 26 answers: bytes, processor time of desk and server, and what merging keeps.

Every person is invented. `HSDESK_WORKLOAD=FILE.py` takes records and edits from another file that offers
`build() -> (records, edits of A, edits of B, plan)`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import random
import resource
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.table import Row

N, EDITS, CHUNK = 20_000, 500, 500
MB = 1_000_000
SURNAMES = "汪程胡吴方江洪鲍许曹黄叶王张李单曾仇查金余潘戴孙朱俞章凌倪谢郑姚陆舒宋邵毕罗冯夏"
GIVEN = "志强秀英建国丽娟文彬小红德胜桂兰晓燕国平慧敏春生福林水根玉梅长顺海燕云霞立军明超永庆"
TOWNS = (
    "歙县徽城镇",
    "歙县深渡镇",
    "休宁县海阳镇",
    "黟县宏村镇",
    "祁门县祁山镇",
    "徽州区岩寺镇",
    "黄山区汤口镇",
)
VILLAGES = (
    "新安",
    "前园",
    "洪坑",
    "芳村",
    "龙源",
    "潜口",
    "呈坎",
    "万安",
    "溪口",
    "碧山",
    "南屏",
    "桃源",
    "平里",
)
NOTES = (
    "家中老人独居,每月入户走访一次,有事联系在合肥工作的儿子。",
    "任网格党小组组长,负责三组的信息采集和上报工作。",
    "砖木结构老屋,汛期要重点查看并及时转移人员。",
    "热心志愿服务,参加民歌队和广场舞队,可协助宣传。",
    "反映村内道路路灯损坏,已上报镇政府等待处理。",
    "残疾人家庭,社工站一对一帮扶,辅助器具已申请。",
)
VARIED = {
    "gender": "男 女",
    "nation": "汉族 汉族 汉族 汉族 汉族 畲族 回族",
    "edu": "小学 初中 高中 中专 大专 本科",
    "political": "群众 群众 群众 中共党员 共青团员",
    "relation": "户主 配偶 子 女 父 母 孙子 孙女",
    "occupation": "务农 务工 个体经营 退休 学生 教师 茶农",
    "hukou": "农业户口 非农业户口",
    "is_party_member": "0 1",
    "is_lowincome": "0 0 0 0 0 0 0 1",
    "is_leftbehind": "0 0 0 0 0 1",
    "is_disabled": "0 0 0 0 0 0 0 0 1",
    "org_name": "无 无 无 老年协会 红白理事会 茶叶合作社 志愿服务队",
}

Answers = dict[str, Any]


@dataclass(frozen=True)
class Workload:
    """Records, one-answer edits of two desks, and which records both change in other or the same answers."""

    records: list[Answers]
    mine: list[Answers]
    theirs: list[Answers]
    plan: dict[str, list[str]]


def workload() -> Workload:
    """Return the workload, the same in every run."""
    elsewhere = os.environ.get("HSDESK_WORKLOAD")
    if elsewhere:
        spec = importlib.util.spec_from_file_location("workload", elsewhere)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return Workload(*module.build())
    chance = random.Random(7)  # noqa: S311
    records = [_person(chance, number) for number in range(N)]
    picked = chance.sample([record["id"] for record in records], 880)
    only_a, only_b, other, same = picked[:380], picked[380:760], picked[760:860], picked[860:]
    mine = [_edit(chance, one, ("phone", "occupation", "edu", "address"), "甲") for one in only_a + other]
    theirs = [
        _edit(chance, one, ("note", "political", "relation", "org_name"), "乙") for one in only_b + other
    ]
    mine += [_edit(chance, one, ("phone",), "甲") for one in same]
    theirs += [_edit(chance, one, ("phone",), "乙") for one in same]
    chance.shuffle(mine)
    chance.shuffle(theirs)
    return Workload(records, mine, theirs, {"diff": other, "same": same})


def _person(chance: random.Random, number: int) -> Answers:
    town, village, group = chance.choice(TOWNS), chance.choice(VILLAGES), chance.randint(1, 20)
    born = f"{chance.randint(1935, 2018)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    code = f"3410{chance.randint(1, 14):02}{chance.randint(1, 20):03}{chance.randint(1, 60):03}"
    own = {
        "id": hashlib.sha256(b"person %d" % number).hexdigest()[:32],
        "community_code": code,
        "town": town,
        "village": village + "村",
        "grid_no": f"第{chance.randint(1, 12)}网格",
        "household_no": f"{code[-6:]}{chance.randint(1, 400):04}",
        "name": chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2)))),
        "id_card": f"341{chance.randrange(300):03}{born.replace('-', '')}{chance.randrange(10**4):04}",
        "birth": born,
        "phone": _phone(chance),
        "address": f"黄山市{town}{village}村{group}组{chance.randint(1, 200)}号",
        "note": chance.choice(NOTES),
        "collected_at": f"2026-{chance.randint(1, 11):02}-{chance.randint(1, 28):02}"
        f"T{chance.randint(8, 18):02}:{chance.randrange(60):02}:{chance.randrange(60):02}+08:00",
        "collector": f"网格员{chance.randint(1, 300):03}",
    }
    return own | {field: chance.choice(words.split()) for field, words in VARIED.items()}


def _phone(chance: random.Random) -> str:
    return f"1{chance.choice('358')}{chance.randrange(10**9):09}"


def _edit(chance: random.Random, record: str, fields: Sequence[str], who: str) -> Answers:
    field = chance.choice(fields)
    changed = chance.choice(NOTES)[: chance.randint(6, 20)]
    value = f"{who}{_phone(chance)}" if field == "phone" else f"{who}改:{changed}"
    return {"id": record, "field": field, "value": value}


def rows() -> list[Row]:
    """Return the figures of sync."""
    given = workload()
    with tempfile.TemporaryDirectory() as folder:
        found = [*_journey(given, Path(folder))]
    found += _server_rows(given, "SQLite", "")
    postgres = os.environ.get("HSDESK_TEST_POSTGRES", "")
    if postgres:
        return [*found, *_server_rows(given, "PostgreSQL", postgres)]
    return [*found, Row("server on PostgreSQL", "", None, "", None, "HSDESK_TEST_POSTGRES names no server")]


# --- two desks and a server process


def _form() -> Any:
    from hsdesk.forms.schema import Extension, Form, Question

    fields = [*_person(random.Random(1), 1)]  # noqa: S311
    asked = tuple(
        Question(name, name, "text", hs=Extension(title=name == "name", search=name in ("name", "phone")))
        for name in fields
    )
    return Form("person26", "1", "人员", children=asked)


def _place() -> Any:
    from hsdesk.model.place import load_directory

    directory = load_directory()
    return next(p for p in directory if p.level == "village" and directory.has_township_office(p))


@contextmanager
def _server(database: str) -> Iterator[str]:
    program = "import sys; from hsdesk.server.serving import serve; serve(sys.argv[1])"
    process = subprocess.Popen([sys.executable, "-c", program, database], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


class _Desk:
    """One desk of the journey."""

    def __init__(self, folder: Path, database: str, url: str, scope: str, role: str) -> None:
        from hsdesk.forms.schema import Form
        from hsdesk.server import admin
        from hsdesk.server.reference import shipped_forms
        from hsdesk.store.desk_file import DeskFile
        from hsdesk.sync.http import HttpCarrier, enrol

        self.file = DeskFile.create(folder, secrets.token_bytes(32))
        forms: list[Form] = [_form(), *shipped_forms()]
        self.file.install_forms(forms)
        code = admin.code(database, (scope,), role)["code"]
        self.carrier = HttpCarrier(enrol(url, code, self.file.device_id(), role)[0])
        self.sync()

    def sync(self) -> Any:
        from hsdesk.sync.loop import synchronise

        return synchronise(self.file, self.carrier)

    def close(self) -> None:
        self.carrier.close()
        self.file.close()


def _journey(given: Workload, folder: Path) -> Iterator[Row]:
    from hsdesk.forms.host import uuid7
    from hsdesk.server import admin
    from hsdesk.store.edits import Edit

    database = f"sqlite:///{folder}/server/city.db"
    admin.init(database, folder / "server")
    admin.add_form(database, _form())
    place = _place()
    packed = len(zlib.compress("\n".join(map(_text, given.records)).encode(), 6)) / MB
    floor = f"zlib of the data {packed:.2f} MB"
    ids = {record["id"]: uuid7() for record in given.records}

    def typed(desk: _Desk, edits: Sequence[tuple[str, Answers]], person: str) -> None:
        desk.file.commit_many(
            Edit(place.id, "person26", ids[one], dict(answers), person) for one, answers in edits
        )

    with _server(database) as url:
        a = _Desk(folder / "a", database, url, place.id, "village")
        b = _Desk(folder / "b", database, url, place.parent, "township")
        typed(a, [(r["id"], {k: str(v) for k, v in r.items()}) for r in given.records], "张三")
        before = _resident_mb(forget_peak=True)
        pushed, push_seconds = _taken(a.sync)
        pulled, pull_seconds = _taken(b.sync)
        grown = _resident_mb() - before
        up, down = pushed.bytes_up / MB, pulled.bytes_down / MB
        yield Row("push 20,000 records", "≤ 2.4", up, "MB", up / packed, floor)
        yield Row("pull 20,000 records", "≤ 2.3", down, "MB", down / packed, floor)
        yield Row("push 20,000, processor of the desk", "≤ 1.5", push_seconds, "s")
        yield Row("pull 20,000, processor of the desk", "≤ 1.5", pull_seconds, "s")
        yield Row("memory growth of both", "≤ 80", grown, "MB")
        a.sync()
        quiet = b.sync()
        yield Row("nothing to do, bytes", "≤ 500", quiet.bytes_up + quiet.bytes_down, "B")
        yield Row("nothing to do, requests", "≤ 2", quiet.requests, "")
        typed(a, [(e["id"], {e["field"]: e["value"]}) for e in given.mine], "张三")
        typed(b, [(e["id"], {e["field"]: e["value"]}) for e in given.theirs], "李四")
        reports = [desk.sync() for desk in (a, b, a, b)]
        carried = sum(report.bytes_up + report.bytes_down for report in reports) / 1000
        yield Row("1,000 edits, both ways", "≤ 70", carried, "kB")
        yield from _merged(given, (a, b), place.id, ids)
        a.close()
        b.close()


def _text(record: Answers) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _merged(given: Workload, desks: Sequence[_Desk], scope: str, ids: dict[str, str]) -> Iterator[Row]:
    other, same = set(given.plan["diff"]), set(given.plan["same"])
    kept = min(
        sum(
            (desk.file.state(scope, ids[e["id"]]).answers.get(e["field"]) == e["value"])  # type: ignore[union-attr]
            for e in given.mine + given.theirs
            if e["id"] in other
        )
        for desk in desks
    )
    yield Row("edits of other answers of one record that live", "200", kept, "of 200")
    edits = {(ids[e["id"]], e["value"]) for e in given.mine + given.theirs if e["id"] in same}
    losers = min(
        len({(c.record, c.candidates[1].value) for c in desk.file.conflicts()} & edits) for desk in desks
    )
    yield Row("losing answers kept on every desk", "20", losers, "of 20")


def _taken(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    done = work()
    return done, time.process_time() - started


def _resident_mb(*, forget_peak: bool = False) -> float:
    """Return the peak of resident memory; with `forget_peak` what is resident now, where the peak starts."""
    status, forget = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if forget_peak:
        forget.write_text("5")
    name = "VmRSS" if forget_peak else "VmHWM"
    return (
        next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(name)) / 1024
    )


# --- the server's pipeline alone


def _server_rows(given: Workload, name: str, postgres: str) -> list[Row]:
    targets = {"SQLite": ("≥ 5,000", "≥ 12,000"), "PostgreSQL": ("≥ 8,000", "≥ 15,000")}[name]
    bare = _bare_edits_per_second(given)
    with tempfile.TemporaryDirectory() as folder, _database(Path(folder), postgres) as database:
        creates, edits = _pipeline(given, database, Path(folder))
    floor = f"bare apply loop {bare:,.0f} edits/s"
    return [
        Row(
            f"server on {name}: creates of 26 answers",
            targets[0],
            creates,
            "per CPU s",
            creates / bare,
            floor,
        ),
        Row(f"server on {name}: edits of one answer", targets[1], edits, "per CPU s", edits / bare, floor),
    ]


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


def _pipeline(given: Workload, database: str, folder: Path) -> tuple[float, float]:
    """Return creates and edits per second of this process: unpack, merge, state, tables, log, audit, pack."""
    from hsdesk.forms.host import uuid7
    from hsdesk.model.clock import reading, wall_milliseconds
    from hsdesk.model.op import Op
    from hsdesk.server import admin
    from hsdesk.server.database import open_database
    from hsdesk.server.ledger import Caller
    from hsdesk.server.permission import Reach, Rule
    from hsdesk.server.service import open_service
    from hsdesk.wire import codec
    from hsdesk.wire.messages import Push

    admin.init(database, folder / "keys")
    admin.add_form(database, _form())
    service = open_service(open_database(database))
    place, device, now = _place(), "bench-device", wall_milliseconds()
    who = Caller(device, Reach("village", (Rule(place.id),), service.ledger.directory))
    chance = random.Random(3)  # noqa: S311
    ids = [uuid7() for _ in given.records]

    def op(seq: int, record: str, answers: Answers) -> Op:
        return Op(
            device=device, epoch=1, seq=seq, scope=place.id, cls="common", record=record, form="person26",
            version="1", base_rev=0, hlc=reading(now, seq & 0xFFFF), person="张三", answers=answers,
        )  # fmt: skip

    creates = [
        op(n + 1, ids[n], {k: str(v) for k, v in record.items()}) for n, record in enumerate(given.records)
    ]
    edits = [op(N + n + 1, chance.choice(ids), {"note": f"改{n}"}) for n in range(N)]
    speeds = []
    for ops in (creates, edits):
        epoch = service.ledger.server_epoch
        chunks = [
            codec.pack_push(Push(device, 1, epoch, tuple(ops[n : n + CHUNK]))) for n in range(0, N, CHUNK)
        ]
        _, seconds = _taken(
            lambda chunks=chunks: [  # type: ignore[misc]
                codec.pack_receipt(service.ledger.push(who, codec.unpack_push(chunk))) for chunk in chunks
            ]
        )
        speeds.append(N / seconds)
    service.database.close()
    return speeds[0], speeds[1]


def _bare_edits_per_second(given: Workload) -> float:
    """Return what a loop reaches that only keeps a log and one JSON text per record, in plain SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE log (n INTEGER PRIMARY KEY, record, field, value)")
        database.execute("CREATE TABLE state (record PRIMARY KEY, body)")
        states = [(record["id"], _text(record)) for record in given.records]
        database.executemany("INSERT INTO state VALUES (?, ?)", states)
        chance = random.Random(3)  # noqa: S311
        edits = [(chance.choice(states)[0], "note", f"改{n}") for n in range(N)]
        _, seconds = _taken(lambda: _apply_bare(database, edits))
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
