"""kill -9 of client and server in the middle of a sync: nothing is missing afterwards, nothing is double."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from sync_process import Running, start, stop
from sync_world import KEY, a_village, new_desk, new_ids, person_form, places

from hsdesk.server import admin
from hsdesk.store.desk_file import DeskFile
from hsdesk.store.edits import Edit
from hsdesk.sync.http import enrol
from hsdesk.wire.enrolment import Enrolment

VILLAGE = a_village(places())
_CLIENT = """
import sys
from pathlib import Path
import msgspec
from hsdesk.store.desk_file import DeskFile
from hsdesk.sync.http import HttpCarrier
from hsdesk.sync.loop import synchronise
from hsdesk.wire.enrolment import Enrolment

home, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
enrolment = msgspec.json.decode((home / "enrolment.json").read_bytes(), type=Enrolment)
with DeskFile.open(home, key) as desk, HttpCarrier(enrolment) as carrier:
    print(synchronise(desk, carrier, lambda p: print("at", p.phase, p.done, flush=True)), flush=True)
"""


def client(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _CLIENT, str(home), KEY.hex()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def read_lines(process: subprocess.Popen[str], count: int) -> bool:
    """Wait until the client has told of `count` chunks or pages; False if it ended before."""
    assert process.stdout is not None
    return all(process.stdout.readline().startswith("at ") for _ in range(count))


def finish(process: subprocess.Popen[str]) -> None:
    _out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error


class Case:
    """A city, a desk with a full queue, and an empty desk of the same village."""

    def __init__(self, folder: Path, records: int) -> None:
        self.folder = folder
        self.database = f"sqlite:///{folder}/server/city.db"
        admin.init(self.database, folder / "server")
        admin.add_form(self.database, person_form())
        self.server: Running = start(self.database)
        self.port = urlsplit(self.server.url).port or 0
        self.records = records
        for name in ("full", "empty"):
            with new_desk(folder / name, person_form()) as desk:
                if name == "full":
                    ids = new_ids(4)
                    desk.commit_many(
                        Edit(VILLAGE, "person26", next(ids), {"name": f"人{n}", "note": "走访" * 20}, "张三")
                        for n in range(records)
                    )
                self._enrol(desk, folder / name)

    def _enrol(self, desk: DeskFile, home: Path) -> None:
        code = admin.code(self.database, (VILLAGE,), "village")["code"]
        enrolment: Enrolment = enrol(self.server.url, code, desk.device_id(), home.name)[0]
        (home / "enrolment.json").write_bytes(msgspec.json.encode(enrolment))

    def restart_server(self) -> None:
        self.server.process.kill()
        self.server.process.communicate()
        self.server = start(self.database, port=self.port)

    def check(self) -> None:
        """Both desks and the server hold every record once, in files that are whole."""
        for name in ("full", "empty"):
            finish(client(self.folder / name))
            with DeskFile.open(self.folder / name, KEY) as desk:
                assert desk.pending_count() == 0
                assert desk.count("person26") == self.records
                assert desk.problems() == ()
                digest = desk.digest(VILLAGE, "common")
            with sqlite3.connect(self.folder / "server" / "city.db") as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                row = connection.execute(
                    "SELECT MAX(rev), COUNT(*), COUNT(DISTINCT seq),"
                    " (SELECT digest FROM hs_stream WHERE rev > 0) FROM hs_op"
                ).fetchone()
            connection.close()
            assert row == (self.records, self.records, self.records, digest)

    def close(self) -> None:
        code, error = stop(self.server)
        assert (code, error) == (0, "")


def kill_often(folder: Path, *, records: int, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    case = Case(folder, records)
    try:
        for number in range(kills):
            home = folder / ("full" if number % 2 == 0 else "empty")
            process = client(home)
            went_on = read_lines(process, chance.randint(1, 2))
            if chance.random() < 0.5 and went_on:
                case.restart_server()
                finish(process)
            else:
                process.kill()
                process.communicate()
        case.check()
    finally:
        case.close()


def test_after_kill_9_of_client_and_server_nothing_is_missing_or_double(tmp_path: Path) -> None:
    kill_often(tmp_path, records=2500, kills=6, seed=1)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_after_two_hundred_kills_nothing_is_missing_or_double(tmp_path: Path, seed: int) -> None:
    kill_often(tmp_path, records=5000, kills=10, seed=seed)
