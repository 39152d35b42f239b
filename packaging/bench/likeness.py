"""From leaving a field to the line below it: is this person, is this organization here already?

20,000 persons and organizations of one village, invented, in the shipped registers; a real window, offscreen
where there is no screen.
"""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import floors
from bench.store import GIVEN, SURNAMES
from bench.table import Row

if TYPE_CHECKING:
    from hsdesk.records.edits import Edit

RECORDS, ASKED = 20_000, 200
VILLAGE, PASSPHRASE = "341021101204", "kou-ling-2020"
SHARES = (("volunteer", 0.5), ("worker", 0.2), ("party_member", 0.2), ("social_org", 0.1))
WORDS = ("老年", "护河", "红白", "志愿", "文艺", "夕阳红", "巡逻", "敬老", "环保", "调解")
KINDS = ("协会", "服务队", "理事会", "艺术团", "互助会")


def rows() -> list[Row]:
    """Return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        people = _filled(home)
        return [_at_the_desk(home, people), _in_the_window(home, people)]


def edits(scope: str) -> Iterator[Edit]:
    """Yield the records, the same in every run."""
    from hsdesk.records.edits import Edit

    chance = random.Random(11)  # noqa: S311
    for form, share in SHARES:
        for number in range(int(RECORDS * share)):
            name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
            phone = f"13{chance.randrange(10**9):09}"
            answers: dict[str, Any] = {"name": name, "phone": phone}
            answers["birth_ym"] = f"{chance.randrange(1940, 2005)}-{chance.randrange(1, 13):02}"
            if form == "social_org":
                title = "".join(chance.choices(GIVEN, k=2)) + chance.choice(WORDS) + chance.choice(KINDS)
                answers = {"org_name": f"{title}{number}队", "leader": name, "leader_phone": phone}
            yield Edit(scope, form, f"{form}{number}", answers, "汪文书")


def _filled(home: Path) -> list[tuple[str, str]]:
    """Make the desk; return names to type, by register."""
    from hsdesk.desk import Desk

    desk, _ = Desk.create(home, (VILLAGE,), "汪文书", PASSPHRASE)
    made = list(edits(desk.status().places[0].id))
    desk._file.commit_many(made)
    desk.close()
    chance = random.Random(12)  # noqa: S311
    named = [one for one in made if one.form == "social_org"]
    asked = chance.sample(made, ASKED // 2) + chance.sample(named, ASKED // 2)
    return [(one.form, str(one.answers.get("name") or one.answers["org_name"])) for one in asked]


def _path(form: str) -> str:
    return "org_name" if form == "social_org" else "name"


def _at_the_desk(home: Path, asked: list[tuple[str, str]]) -> Row:
    from hsdesk.desk import Desk
    from hsdesk.desk.duplicates import DuplicateQuery

    desk = Desk.open(home, PASSPHRASE)
    scope = desk.status().places[0].id
    waits, found = [], 0
    for form, name in asked:
        path = _path(form)
        started = time.perf_counter()
        likely = desk.duplicates.likely(DuplicateQuery(form, "new", scope, path, {path: name}))
        waits.append((time.perf_counter() - started) * 1000)
        found += bool(likely.twins)
    desk.close()
    return _row(
        "the desk says what is like a record, of 20,000", "≤ 10 ×", waits, f"found {found} of {ASKED}"
    )


def _in_the_window(home: Path, asked: list[tuple[str, str]]) -> Row:
    """Type names of organizations that are there; measure from the key Enter to the line below the field."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["HSDESK_PASSPHRASE"] = PASSPHRASE
    from ui.probe import open_painted, open_record, turn_until, type_into

    application, shell, _ = open_painted(home)
    page = open_record(application, shell)
    line = page.sheet.lines["org_name"]
    waits, before = [], None
    for name in [name for form, name in asked if form == "social_org"]:
        line.editor.target().selectAll()  # type: ignore[attr-defined]
        started = time.perf_counter()
        type_into(line, name)
        turn_until(
            application,
            lambda old=before: line.remarks.shown.get("likely") not in (None, old),  # type: ignore[misc]
        )
        waits.append((time.perf_counter() - started) * 1000)
        before = line.remarks.shown["likely"]
        turn_until(application, lambda: not shell.office.work.waiting)
    shell.close()
    return _row("Enter → 可能重复 below the field, of 20,000", "≤ 90 ×", waits, f"{len(waits)} names")


def _row(figure: str, target: str, waits: list[float], note: str) -> Row:
    """Return the late waits of a figure; the floor looks at every name with a plain LIKE."""
    waits = sorted(waits)
    middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    floor = _plain_scan()
    said = f"plain LIKE over all {floor:.2f} ms (median {middle:.1f} ms, {note})"
    return Row(f"{figure}, 95th percentile", target, late, "ms", late / floor, said)


@cache
def _plain_scan() -> float:
    """Return the milliseconds of a LIKE over the same names in plain SQLite."""
    named = [(str(one.answers.get("name") or one.answers["org_name"]),) for one in edits("here")]
    with floors.plain_table(named) as plain, closing(sqlite3.connect(plain)) as database:
        statement = "SELECT rowid FROM t WHERE c0 LIKE '%国平%'"
        return floors.elapsed(lambda: database.execute(statement).fetchall(), 5) * 1000
