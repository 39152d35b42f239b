"""What a cadre feels: how soon the window is usable, its memory, how long a save blocks it, the next record.

The window is the real one on a desk with 20,000 records. `python -m ui.probe --home DIR` opens it, answers
one question, opens records of one register in turn and prints what `Seen` holds; `usable_ms` counts from the
start of the process, `next_…` is processor time, and `start_work_ms` that of the whole process until the
home page is painted. Making the key from the passphrase is slow on purpose and taken off from it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from bench import floors
from bench.table import Row

RECORDS = 20_000
ORGANIZATIONS = 100
RUNS = 5
PASSPHRASE = "a passphrase for measuring"  # noqa: S105 - of a desk with invented records
PLACE = "341021104201"  # 潭渡村, a real village; everything recorded for it here is invented
SURNAMES = "汪程胡吴方江洪鲍许曹黄叶王张李"
GIVEN = ("志强", "秀英", "建国", "丽娟", "文彬", "小红", "德胜", "桂兰", "晓燕", "国平")
KINDS = ("志愿服务队", "红白理事会", "调解室", "广场舞队", "养老互助社", "文艺社")
ISSUES = ("路灯不亮", "水渠堵塞", "路面破损", "垃圾未清")
FIGURES = {
    "usable after start, warm": ("≤ 7 ×", "ms"),
    "processor time of the start, once the key is there": ("≤ 6 ×", "ms"),
    "memory": ("≤ 3 ×", "MB"),
    "a save blocks it": ("≤ 20 ×", "ms"),
    "next record, first section painted (≤ 16 ms)": ("≤ 8 ×", "ms"),
    "open a record of the largest form (≤ 50 ms)": ("≤ 25 ×", "ms"),
}
CATEGORIES = ("1", "2", "3", "4")


class NotMeasurable(Exception):
    """The window or the command line could not be run; the message says what it printed."""


@dataclass(frozen=True)
class Seen:
    """One start of the window: ms until usable and of work, resident MB, ms a save blocked it, ms of the
    next record.
    """

    usable_ms: float
    start_work_ms: float
    rss_mb: float
    save_block_ms: float
    next_first_ms: float
    next_whole_ms: float


def rows() -> list[Row]:
    """Return the figures of the window, each beside its floor."""
    empty, commit_ms = floors.empty_window(), floors.durable_commit_seconds() * 1000
    usable = f"empty Qt window {empty.seconds * 1000:.0f} ms"
    memory = f"empty Qt window {empty.mb:.0f} MB"
    block = f"plain SQLite commit {commit_ms:.2f} ms"
    try:
        seen, bare = _measure()
    except NotMeasurable as reason:
        return [_row(name, None, 1.0, str(reason)) for name in FIGURES]
    fields = f"45 bare styled fields given other texts and painted {bare:.1f} ms"
    started, work = list(FIGURES)[1], f"empty Qt window {empty.work * 1000:.0f} ms of processor time"
    first, whole = list(FIGURES)[4:]
    return [
        _row("usable after start, warm", seen.usable_ms, empty.seconds * 1000, usable),
        replace(_row(started, seen.start_work_ms, empty.work * 1000, work), goal="≤ 4 ×"),
        _row("memory", seen.rss_mb, empty.mb, memory),
        _row("a save blocks it", seen.save_block_ms, commit_ms, block),
        _row(first, seen.next_first_ms, bare, fields),
        _row(whole, seen.next_whole_ms, bare, fields),
    ]


def _row(name: str, measured: float | None, floor: float, text: str) -> Row:
    target, unit = FIGURES[name]
    ratio = measured / floor if measured is not None and floor else None
    return Row(f"window on {RECORDS:,} records: {name}", target, measured, unit, ratio, text)


def _measure() -> tuple[Seen, float]:
    """Return what was seen of the window, and the ms of the bare fields."""
    if find_spec("ui.probe") is None:
        raise NotMeasurable("ui.probe is not there")
    with tempfile.TemporaryDirectory(prefix="hsdesk-bench-") as folder:
        home = Path(folder) / "home"
        _make_desk(home)
        _probe(home)  # warms the file cache
        starts = [_probe(home) for _ in range(RUNS)]
        key_ms = _key_ms(home)
        bare = json.loads(_run(["-m", "ui.probe", "--empty"], home).strip().splitlines()[-1])
    seen = Seen(
        usable_ms=median(start.usable_ms for start in starts),
        start_work_ms=min(start.start_work_ms for start in starts) - key_ms,
        rss_mb=max(start.rss_mb for start in starts),
        save_block_ms=max(start.save_block_ms for start in starts),
        next_first_ms=min(start.next_first_ms for start in starts),
        next_whole_ms=min(start.next_whole_ms for start in starts),
    )
    return seen, float(bare["fields_ms"])


def _key_ms(home: Path) -> float:
    """Return the ms of processor time that making the key from the passphrase takes."""
    from hsdesk.deskfile.files import Home
    from hsdesk.deskfile.keys import KeyFile

    keys = KeyFile(Home(home).keys)
    return floors.processor(lambda: keys.unlock(PASSPHRASE), times=3) * 1000


def _make_desk(home: Path) -> None:
    _run(["-m", "hsdesk", "--home", str(home), "init", "--place", PLACE, "--person", "示例员"], home)
    for register, records in (("social_org", organizations()), ("visit", visits(RECORDS - ORGANIZATIONS))):
        _add(home, register, list(records))


def _add(home: Path, register: str, records: Sequence[Mapping[str, object]]) -> None:
    lines = home.parent / f"{register}.jsonl"
    lines.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    added = json.loads(
        _run(["-m", "hsdesk", "--home", str(home), "--json", "add", register, str(lines)], home)
    )
    if len(added["ids"]) != len(records):
        raise NotMeasurable(
            f"{register}: {len(added['ids'])} of {len(records)} stored, {added['rejected'][:1]}"
        )


def organizations(count: int = ORGANIZATIONS) -> Iterator[dict[str, object]]:
    """Yield invented social organizations, the same ones in every run."""
    for number in range(count):
        leader = SURNAMES[number % len(SURNAMES)] + GIVEN[number // len(SURNAMES) % len(GIVEN)]
        yield {
            "org_name": f"潭渡{KINDS[number % len(KINDS)]}{number + 1}(虚构)",
            "reg_status": "2",
            "reg_type": "00",
            "category": CATEGORIES[number % len(CATEGORIES)],
            "founded_on": f"{2015 + number % 10}-{1 + number % 12:02d}-{1 + number % 28:02d}",
            "leader": leader,
            "leader_phone": f"138{number:08d}",
            "member_n": 5 + number % 90,
            "biz_scope": "邻里互助与文化活动(虚构样例)",
        }


def visits(count: int) -> Iterator[dict[str, object]]:
    """Yield invented visits to households, the register that grows by the day, the same in every run."""
    for number in range(count):
        yield {
            "visit_kind": "1",
            "date": f"{2021 + number % 5}-{1 + number % 12:02d}-{1 + number % 28:02d}",
            "households_n": 1 + number % 20,
            "issue": f"{SURNAMES[number % len(SURNAMES)]}家门前{ISSUES[number % len(ISSUES)]}(虚构)",
            "solved": "1",
            "closed_on": f"{2021 + number % 5}-12-30",
        }


def _probe(home: Path) -> Seen:
    printed = json.loads(_run(["-m", "ui.probe", "--home", str(home)], home).strip().splitlines()[-1])
    return Seen(**{name: float(printed[name]) for name in Seen.__dataclass_fields__})


def _run(arguments: Sequence[str], home: Path) -> str:
    environment = {
        **os.environ,
        "HSDESK_HOME": str(home),
        "HSDESK_PASSPHRASE": PASSPHRASE,
        "PYTHONDONTWRITEBYTECODE": "",  # an installed program has its bytecode
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise NotMeasurable(f"{' '.join(arguments[:2])} gave {done.returncode}: {' '.join(last)}")
    return done.stdout
