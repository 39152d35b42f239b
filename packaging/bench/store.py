"""The encrypted desk file: opening, saving, importing, pulling, searching. Every name is invented.

And the directory of places, which every program reads first.
"""

from __future__ import annotations

import csv
import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bench import floors
from bench.table import Row

RECORDS, ANSWERS, SAVES = 20_000, 26, 200
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
        return [*_written(Path(folder) / "written"), *_pulled(Path(folder) / "pulled"), _places()]


def _places() -> Row:
    """Return the figure of reading the shipped directory; its floor reads the same file as plain CSV."""
    from hsdesk.model.place import read_places
    from hsdesk.model.resource import resource_dir

    path = resource_dir() / "places.csv"

    def plain() -> None:
        with path.open(encoding="utf-8", newline="") as file:
            list(csv.reader(file))

    taken, floor = (min(_elapsed(read) for _ in range(9)) for read in (lambda: read_places(path), plain))
    figure = f"read the directory of {len(read_places(path)):,} places"
    return Row(figure, "≤ 20", taken, "ms", taken / floor, f"plain CSV {floor:.1f} ms")


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
    from hsdesk.registers.query import Query

    key = secrets.token_bytes(32)
    edits = [Edit(PLACE, "person", f"r{n}", dict(answers), "张三") for n, answers in enumerate(people())]
    raw = floors.raw_insert_seconds(RECORDS, ANSWERS)
    with DeskFile.create(home, key) as file:
        file.install_form(_form())  # type: ignore[arg-type]
        took = _processor(lambda: file.commit_many(edits))
        yield Row(
            "import 20,000 records, processor", "≤ 3", took, "s", took / raw, f"plain insert {raw:.2f} s"
        )
    started = time.perf_counter()
    file = DeskFile.open(home, key)
    file.count("person", Query(scopes=("nowhere",)))
    yield Row("open the file with its key", "≤ 20", _since(started), "ms")
    saves = [
        _elapsed(lambda n=n: file.commit(Edit(PLACE, "person", f"r{n}", {"note": f"改{n}"}, "张三")))  # type: ignore[misc]
        for n in range(SAVES)
    ]
    commit = floors.durable_commit_seconds() * 1000
    saved = median(saves)
    yield Row("save an answer, median", "≤ 1", saved, "ms", saved / commit, f"plain commit {commit:.2f} ms")
    for typed in ("汪志", "wangzhi", "wz", "138"):
        found = min(_elapsed(lambda typed=typed: file.keys("person", Query(search=typed))) for _ in range(5))  # type: ignore[misc]
        yield Row(f"find {typed} among 20,000", "≤ 20", found, "ms")
    listed = min(_elapsed(lambda: file.rows_by_key("person", file.keys("person")[:128])) for _ in range(3))
    yield Row("first window of 20,000 by name", "≤ 200", listed, "ms")
    file.close()


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
    raw = floors.raw_insert_seconds(RECORDS, ANSWERS)
    with DeskFile.create(home, secrets.token_bytes(32)) as file:
        file.install_form(_form())  # type: ignore[arg-type]
        file.take_grants((Grant(PLACE, "common", True),))
        took = _processor(lambda: [file.take_page(page, "t", (0, b"")) for page in pages])
        note = f"plain insert {raw:.2f} s"
        yield Row("take in 20,000 pulled records, processor", "≤ 1.5", took, "s", took / raw, note)


def _processor(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _elapsed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return _since(started)


def _since(started: float) -> float:
    """Return milliseconds."""
    return (time.perf_counter() - started) * 1000
