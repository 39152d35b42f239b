"""The encrypted desk file: opening, saving, importing, pulling, searching. Every name is invented.

And the directory of places, which every program reads first.
"""

from __future__ import annotations

import csv
import random
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench import floors
from bench.floors import elapsed, processor
from bench.table import Row

if TYPE_CHECKING:
    from hsdesk.deskfile.desk_file import DeskFile

RECORDS, ANSWERS, SAVES = 20_000, 26, 200
PASSPHRASE = "kou-ling-2020"  # noqa: S105
PLACE = "11111111-1111-5111-8111-111111111111"
SURNAMES = "汪程胡吴方江洪鲍许曹黄叶王张李单曾仇查"
GIVEN = "志强秀英建国丽娟文彬小红德胜桂兰晓燕国平"
NOTES = ("独自居住，每月入户走访一次。", "热心志愿服务，可协助开展宣传。", "道路路灯损坏，已上报镇政府。")


def people() -> Iterator[dict[str, str]]:
    """Yield records of 26 short Chinese texts, the same in every run."""
    chance = random.Random(7)  # noqa: S311
    for number in range(RECORDS):
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
        own = {"name": name, "phone": f"13{chance.randrange(10**9):09}", "note": chance.choice(NOTES)}
        yield own | {f"answer_{n:02}": f"第{(number * n) % 977}项" for n in range(ANSWERS - len(own))}


def rows() -> list[Row]:
    """Return the figures of the store."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        return [*_written(home / "written"), *_pulled(home / "pulled"), _unlocked(home / "keys"), _places()]


def _places() -> Row:
    """Return the figure of reading the shipped directory; its floor reads the same file as plain CSV."""
    from hsdesk.model.place import read_places
    from hsdesk.model.resource import resource_dir

    path = resource_dir() / "places.csv"

    def plain() -> None:
        with path.open(encoding="utf-8", newline="") as file:
            list(csv.reader(file))

    taken, floor = (elapsed(read, 9) * 1000 for read in (lambda: read_places(path), plain))
    figure = f"read the directory of {len(read_places(path)):,} places"
    return Row(figure, "≤ 3 ×", taken, "ms", taken / floor, f"plain CSV {floor:.1f} ms")


def _form() -> object:
    from hsdesk.forms.schema import Extension, Form, Question

    def question(name: str) -> Question:
        sought = name in ("name", "phone")
        hs = Extension(title=name == "name", search=sought, person=name if sought else "")
        return Question(name, name, "text", hs=hs)

    return Form("person", "1", "人员", children=tuple(map(question, next(people()))))


def _written(home: Path) -> Iterator[Row]:
    from hsdesk.deskfile.desk_file import DeskFile
    from hsdesk.records.edits import Edit

    key = secrets.token_bytes(32)
    edits = [Edit(PLACE, "person", f"r{n}", dict(answers), "张三") for n, answers in enumerate(people())]
    raw = floors.plain_insert_seconds(people())
    with DeskFile.create(home, key) as file:
        file.install_form(_form())  # type: ignore[arg-type]
        took = processor(lambda: file.commit_many(edits))
    note = f"plain insert {raw:.2f} s"
    yield Row("import 20,000 records, processor", "≤ 31 ×", took, "s", took / raw, note, "≤ 10 ×")
    with floors.plain_table([tuple(answers.values()) for answers in people()]) as plain:
        yield from _read(home, key, plain)


def _read(home: Path, key: bytes, plain: Path) -> Iterator[Row]:
    """Yield how fast a full file opens, saves and finds, beside the same records in plain SQLite."""
    from hsdesk.deskfile.desk_file import DeskFile
    from hsdesk.registers.query import Query

    bare = elapsed(lambda: _asked(plain, "SELECT count(*) FROM t WHERE rowid < 0"), 9) * 1000
    opened = elapsed(lambda: _opened(home, key), 5) * 1000
    note = f"plain file {bare:.2f} ms"
    yield Row("open the file with its key", "≤ 60 ×", opened, "ms", opened / bare, note)
    file = DeskFile.open(home, key)
    saved = 1000 * median(elapsed(lambda n=n: _saved(file, n)) for n in range(SAVES))  # type: ignore[misc]
    commit = floors.durable_commit_seconds() * 1000
    note = f"plain commit {commit:.2f} ms"
    yield Row("save an answer, median", "≤ 2.7 ×", saved, "ms", saved / commit, note, "≤ 2 ×")
    many = processor(lambda: _saved(file, *range(SAVES, 5 * SAVES))) / (4 * SAVES) * 1000
    commit = floors.durable_commit_processor_seconds() * 1000
    note = f"plain commit {commit:.3f} ms"
    yield Row("save an answer, processor", "≤ 12 ×", many, "ms", many / commit, note)
    scan = elapsed(lambda: _asked(plain, "SELECT rowid FROM t WHERE c0 LIKE '%汪志%'"), 5) * 1000
    for typed in ("汪志", "wangzhi", "wz", "138"):
        found = elapsed(lambda typed=typed: file.keys("person", Query(search=typed)), 5) * 1000  # type: ignore[misc]
        note = f"plain LIKE over all {scan:.2f} ms"
        yield Row(f"find {typed} among 20,000", "≤ 3 ×", found, "ms", found / scan, note)
    window = elapsed(lambda: _asked(plain, "SELECT * FROM t ORDER BY c0 LIMIT 128"), 5) * 1000
    listed = elapsed(lambda: file.rows_by_key("person", file.keys("person")[:128]), 3) * 1000
    note = f"plain ORDER BY {window:.1f} ms"
    yield Row("first window of 20,000 by name", "≤ 12 ×", listed, "ms", listed / window, note)
    file.close()


def _saved(file: DeskFile, *numbers: int) -> None:
    from hsdesk.records.edits import Edit

    for n in numbers:
        file.commit(Edit(PLACE, "person", f"r{n}", {"note": f"改{n}"}, "张三"))


def _unlocked(folder: Path) -> Row:
    """Return the figure of opening with a passphrase; its floor derives the same key and does no more."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    from hsdesk.deskfile.keys import KeyFile
    from hsdesk.deskfile.wraps import COST

    folder.mkdir()
    keys = KeyFile(folder / "desk.keys")
    keys.create(PASSPHRASE, "张三")

    def derived() -> None:
        Argon2id(
            salt=bytes(16), length=32, iterations=COST.passes, lanes=COST.lanes, memory_cost=COST.memory
        ).derive(PASSPHRASE.encode())

    took, floor = (processor(work, 3) * 1000 for work in (lambda: keys.unlock(PASSPHRASE), derived))
    note = f"one Argon2id of {COST.memory // 1024} MiB × {COST.passes} {floor:.0f} ms"
    return Row("unlock with the passphrase, processor", "≤ 1.5 ×", took, "ms", took / floor, note)


def _opened(home: Path, key: bytes) -> None:
    from hsdesk.deskfile.desk_file import DeskFile
    from hsdesk.registers.query import Query

    with DeskFile.open(home, key) as file:
        file.count("person", Query(scopes=("nowhere",)))


def _asked(plain: Path, statement: str) -> None:
    with closing(sqlite3.connect(plain)) as database:
        database.execute(statement).fetchall()


def _pulled(home: Path) -> Iterator[Row]:
    from hsdesk.deskfile.desk_file import DeskFile
    from hsdesk.wire.messages import Grant, Page, Stamp
    from hsdesk.wire.messages import Row as Part

    stamp = Stamp(1, 1, "01a20000-0000-7000-8000-000000000000", "张三")
    parts = [Part(f"r{n}", "person", "1", n + 1, dict(own), stamp) for n, own in enumerate(people())]
    starts = range(0, RECORDS, 1000)
    pages = [
        Page(PLACE, "common", tuple(parts[n : n + 1000]), (), n + 1000, n + 1000 == RECORDS, frm=n)
        for n in starts
    ]
    raw = floors.plain_insert_seconds(people())
    with DeskFile.create(home, secrets.token_bytes(32)) as file:
        file.install_form(_form())  # type: ignore[arg-type]
        file.take_grants((Grant(PLACE, "common", True),))
        took = processor(lambda: [file.take_page(page, "t", (0, b"")) for page in pages])
    note, figure = f"plain insert {raw:.2f} s", "take in 20,000 pulled records, processor"
    yield Row(figure, "≤ 20 ×", took, "s", took / raw, note, "≤ 8 ×")
