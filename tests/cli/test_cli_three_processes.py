"""Two desks and a city server, driven by nothing but the command line, each command its own process."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from bench.workload import NOTES, form, phone
from sync_databases import KINDS, fresh

VILLAGE = "341021101204"
PASSPHRASE = "kou-ling-2020"
RECORDS, ALONE, OTHER, SAME = 300, 25, 40, 10
REPORTED = {
    "pushed", "pulled", "merged", "conflicts", "rejected", "waiting", "bytes_up", "bytes_down", "requests",
}  # fmt: skip
SIDE = {"value", "by", "device", "at"}


def sheet() -> str:
    """Return the form of the shared workload as a workbook in Markdown: 26 answers of text."""
    rows = "\n".join(f"| | text | {question.name} | {question.name} |" for question in form().children)
    return (
        f"| survey |\n| | type | name | label |\n{rows}\n"
        "| settings |\n| | form_title | form_id | version |\n| | 人员 | person26 | 1 |\n"
    )


class Home:
    """A folder of the program, and the commands given there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ, "HSDESK_HOME": str(folder), "HSDESK_PASSPHRASE": PASSPHRASE,
            "PYTHONWARNINGS": "error",
        }  # fmt: skip

    def run(self, *words: str, stdin: str = "") -> tuple[int, dict[str, Any]]:
        """Run a command with --json in a process of its own; return its exit code and its document."""
        done = subprocess.run(
            [sys.executable, "-m", "hsdesk", *words, "--json"],
            input=stdin, capture_output=True, text=True, env=self.environment, timeout=120, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, json.loads(done.stdout)

    def done(self, *words: str, stdin: str = "") -> dict[str, Any]:
        """Run a command that must succeed."""
        code, document = self.run(*words, stdin=stdin)
        assert code == 0, document
        return document

    def sync(self) -> dict[str, Any]:
        report = self.done("sync")
        assert report.keys() >= REPORTED
        assert (report["rejected"], report["waiting"]) == (0, 0)
        return report

    def edit(self, edits: Mapping[str, tuple[str, str]]) -> None:
        lines = (json.dumps({"_id": record, field: value}) for record, (field, value) in edits.items())
        stored = self.done("edit", "person26", "-", stdin="\n".join(lines))
        assert stored["rejected"] == []

    def records(self) -> dict[str, dict[str, Any]]:
        return {record["_id"]: record for record in self.done("list", "person26")["records"]}

    def conflicts(self) -> dict[str, dict[str, Any]]:
        return {conflict["record"]: conflict for conflict in self.done("conflicts")["conflicts"]}


class City(Home):
    """The server's own folder: its commands, and its process."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder)
        self.database = ("--database", database)
        assert self.done("server", "init", *self.database)["fingerprint"]
        workbook = folder / "person26.md"
        workbook.write_text(sheet(), encoding="utf-8")
        published = self.done("server", "forms", "add", str(workbook), *self.database)
        assert published == {"form": "person26", "version": "1"}
        self.port = "0"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hsdesk", "serve", *self.database, "--port", self.port],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.port = self.url.rpartition(":")[2]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        _out, error = self.process.communicate(timeout=20)
        assert (self.process.returncode, error) == (0, "")

    def enrolled(self, folder: Path, person: str) -> Home:
        """Return a new desk of the village, enrolled with a code, that knows the form."""
        desk = Home(folder)
        assert desk.done("init", "--place", VILLAGE, "--person", person)["places"] == [VILLAGE]
        code = self.done("server", "code", "--scope", VILLAGE, "--role", "village", *self.database)
        assert code.keys() >= {"code", "expires"}
        desk.done("enroll", self.url, code["code"])
        desk.sync()
        assert "person26" in {known["form_id"] for known in desk.done("forms", "list")["forms"]}
        return desk


@pytest.fixture(scope="module", params=KINDS)
def city(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    for database in fresh(request.param, folder, postgres_url):
        made = City(folder, database)
        yield made
        made.stop()


@pytest.fixture(scope="module")
def desks(city: City, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Home]:
    return tuple(city.enrolled(tmp_path_factory.mktemp(name), name) for name in ("张三", "李四"))  # type: ignore[return-value]


def people() -> list[dict[str, str]]:
    chance = random.Random(5)
    fields = [question.name for question in form().children]
    return [
        {field: f"{field}{number}" for field in fields}
        | {"phone": phone(chance), "note": chance.choice(NOTES)}
        for number in range(RECORDS)
    ]


def edits(ids: Sequence[str], person: str, others: str) -> dict[str, tuple[str, str]]:
    """Return one-answer edits: of records of one's own, of both in other answers, of both in the same."""
    mine = ids[:ALONE] if person == "甲" else ids[ALONE : 2 * ALONE]
    both = ids[2 * ALONE : 2 * ALONE + OTHER]
    same = ids[2 * ALONE + OTHER :][:SAME]
    chosen = {record: (others, f"{person}改{n}") for n, record in enumerate([*mine, *both])}
    return chosen | {record: ("phone", f"{person}139{n:08}") for n, record in enumerate(same)}


def test_what_two_desks_change_is_merged_and_nothing_is_lost(city: City, desks: tuple[Home, Home]) -> None:
    a, b = desks
    ids = a.done("add", "person26", "-", stdin="\n".join(map(json.dumps, people())))["ids"]
    assert len(ids) == RECORDS
    assert a.sync()["pushed"] == RECORDS
    assert b.sync()["pulled"] == RECORDS
    by_a, by_b = edits(ids, "甲", "address"), edits(ids, "乙", "note")
    a.edit(by_a)
    b.edit(by_b)
    reports = [desk.sync() for desk in (a, b, a, b)]
    assert [report["pushed"] for report in reports] == [len(by_a), len(by_b), 0, 0]
    assert [report["conflicts"] for report in reports[:3]] == [0, SAME, SAME]
    assert a.records() == b.records()
    held = a.records()
    merged = [r for r in by_a.keys() & by_b.keys() if by_a[r][0] != "phone"]
    assert len(merged) == OTHER
    for record in merged:  # the 200 of 200
        assert (held[record]["address"], held[record]["note"]) == (by_a[record][1], by_b[record][1])
    for desk in desks:  # the 20 of 20
        found = desk.conflicts()
        assert len(found) == SAME
        for record, conflict in found.items():
            assert {conflict["a"]["value"], conflict["b"]["value"]} == {by_a[record][1], by_b[record][1]}
            assert conflict["a"].keys() >= SIDE
            assert (conflict["register"], conflict["path"]) == ("person26", "phone")
            assert held[record]["phone"] == conflict["a"]["value"]
    assert a.conflicts() == {r: {**c, "mine": a.conflicts()[r]["mine"]} for r, c in b.conflicts().items()}


def test_a_loser_is_chosen_after_all_and_every_value_stays_in_the_history(
    city: City, desks: tuple[Home, Home]
) -> None:
    a, b = desks
    settled = sorted(a.conflicts().items())[:2]
    for _record, conflict in settled:
        a.done("conflicts", "resolve", conflict["id"], "--keep", "b")
    a.sync()
    b.sync()
    for (record, conflict), desk in product(settled, desks):
        lost = conflict["b"]["value"]
        shown = desk.done("show", "person26", record, "--history")
        assert shown["record"]["phone"] == lost
        written = [e["answers"]["phone"]["new"] for e in shown["history"] if "phone" in e["answers"]]
        assert lost in written
        assert shown["history"][0].keys() >= {"version", "at", "by", "device", "answers"}
    assert a.conflicts().keys() == b.conflicts().keys()
    assert len(a.conflicts()) == SAME - 2


def test_with_nothing_to_do_a_sync_is_two_small_requests_at_most(
    city: City, desks: tuple[Home, Home]
) -> None:
    for desk in desks:
        desk.sync()
        report = desk.sync()
        assert report["requests"] <= 2
        assert report["bytes_up"] + report["bytes_down"] <= 500


def test_a_stopped_server_is_offline_with_3_and_what_was_typed_goes_up_later(
    city: City, desks: tuple[Home, Home]
) -> None:
    a, b = desks
    (record,) = a.done("add", "person26", "-", stdin=json.dumps(people()[0]))["ids"]
    a.sync()
    b.sync()
    a.edit({record: ("edu", "自学")})
    city.stop()
    code, document = a.run("sync")
    assert (code, document["kind"]) == (3, "Offline")
    assert document["error"].startswith("联系不上市级服务器。已填内容都保存在本机")
    city.start()
    assert a.sync()["pushed"] == 1
    assert b.sync()["pulled"] == 1
    assert b.records()[record]["edu"] == "自学"


def test_a_revoked_computer_is_refused_with_4_and_keeps_what_it_has(
    city: City, desks: tuple[Home, Home]
) -> None:
    a, b = desks
    listed = city.done("server", "device", "list", *city.database)["devices"]
    typed = json.dumps({"name": "只在这台", "phone": "13800000009"})
    (own,) = b.done("add", "person26", "-", stdin=typed)["ids"]
    device, held = b.done("status")["device"], b.records()
    assert own in held
    assert device in {one["id"] for one in listed}
    city.done("server", "device", "revoke", device, *city.database)
    code, document = b.run("sync")
    assert code == 4
    assert "已被停用" in document["error"]
    assert b.records() == held
    assert b.done("status")["waiting"] == 1
    a.sync()
    assert own not in a.records()


def test_a_code_is_good_for_one_computer(city: City, tmp_path: Path) -> None:
    code = city.done("server", "code", "--scope", VILLAGE, "--role", "village", *city.database)["code"]
    homes = [Home(tmp_path / name) for name in ("one", "two")]
    for home in homes:
        home.done("init", "--place", VILLAGE, "--person", "王五")
    homes[0].done("enroll", city.url, code)
    refused, document = homes[1].run("enroll", city.url, code)
    assert refused == 4
    assert "登记码不对或已过期" in document["error"]
