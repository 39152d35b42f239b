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
from quick_start import FORKED
from sync_process import Running, start, stop
from sync_world import KEY, a_village, new_desk, new_ids, person_form, places

from hsdesk.city.running import administration
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.records.edits import Edit
from hsdesk.sync.carriers.http import Asking, enrol
from hsdesk.wire.enrolment import Enrolment

VILLAGE = a_village(places())
CHUNK_OPS = PAGE_ROWS = 50
QUEUE = 6 * CHUNK_OPS
_CLIENT = """
import sys
from pathlib import Path
import msgspec
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.sync import plan
from hsdesk.sync.carriers.http import HttpCarrier
from hsdesk.sync.loop import synchronise
from hsdesk.wire.enrolment import Enrolment

class Telling(HttpCarrier):
    def push(self, push):
        receipt = super().push(push)
        print("resent", sum(r.outcome == "duplicate" for r in receipt.results), flush=True)
        return receipt

    def pull(self, asked):
        pulled = super().pull(asked)
        print("rows", sum(len(page.rows) for page in pulled.pages), flush=True)
        return pulled

plan.CHUNK_OPS = int(sys.argv[3])
home, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
enrolment = msgspec.json.decode((home / "enrolment.json").read_bytes(), type=Enrolment)
with DeskFile.open(home, key) as desk, Telling(enrolment) as carrier:
    synchronise(desk, carrier, lambda p: print(p.phase, p.done, flush=True))
"""


class Client:
    """A desk's process that syncs and tells each step: chunk resent, rows read, progress."""

    def __init__(self, home: Path) -> None:
        command = [sys.executable, "-c", FORKED + _CLIENT, str(home), KEY.hex(), str(CHUNK_OPS)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.told: list[str] = []

    def read_steps(self, count: int) -> str:
        """Wait until it has told of `count` chunks or pages; return the phase, "" if it ended before."""
        assert self.process.stdout is not None
        phase = ""
        while count and (line := self.process.stdout.readline()):
            self.told.append(line)
            phase = line.split()[0]
            count -= phase in ("push", "pull")
        return "" if count else phase

    def end(self) -> None:
        """Wait for its end, which must be a good one."""
        error = self._hear_out()
        assert self.process.returncode == 0, error

    def kill(self) -> None:
        self.process.kill()
        self._hear_out()

    def _hear_out(self) -> str:
        """Read what it still told, also what a line read before has left in the buffer; return its errors."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        with self.process:
            self.told += self.process.stdout.read().splitlines()
            return self.process.stderr.read()

    def sum_of(self, word: str) -> int:
        return sum(int(line.split()[1]) for line in self.told if line.startswith(word + " "))


class Case:
    """A city, a desk with a full queue, and an empty desk of the same village."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = f"sqlite:///{folder}/server/city.db"
        administration.init(self.database, folder / "server")
        administration.add_form(self.database, person_form())
        self.server: Running = start(self.database, page_rows=PAGE_ROWS)
        self.clients: list[Client] = []
        self.kills: list[str] = []  # in which phase each was
        self.port = urlsplit(self.server.url).port or 0
        self.records, self._ids = 0, new_ids(4)
        for name in ("full", "empty"):
            with new_desk(folder / name, person_form()) as desk:
                self._enrol(desk, folder / name)

    def fill_queue(self) -> None:
        """Type until enough waits for several kills."""
        with DeskFile.open(self.folder / "full", KEY) as desk:
            missing = QUEUE - desk.pending_count()
            desk.commit_many(
                Edit(VILLAGE, "person26", next(self._ids), {"name": f"人{n}", "note": "走访" * 20}, "张三")
                for n in range(missing)
            )
        self.records += missing

    def _enrol(self, desk: DeskFile, home: Path) -> None:
        code = administration.code(self.database, (VILLAGE,), "village")["code"]
        enrolment: Enrolment = enrol(self.server.url, code, Asking(desk.device_id(), home.name))[0]
        (home / "enrolment.json").write_bytes(msgspec.json.encode(enrolment))

    def restart_server(self) -> None:
        self.server.process.kill()
        self.server.process.communicate()
        self.server = start(self.database, port=self.port, page_rows=PAGE_ROWS)

    def client(self, name: str) -> Client:
        self.clients.append(Client(self.folder / name))
        return self.clients[-1]

    def kill_once(self, name: str, steps: int, *, server: bool) -> None:
        """Let a desk sync, and kill it, or the server, after some steps, unless it came to its end before."""
        if name == "full":
            self.fill_queue()
        client = self.client(name)
        phase = client.read_steps(steps)
        if phase:
            self.kills.append(phase)
        if phase and server:
            self.restart_server()
            client.end()
        else:
            client.kill()

    def check(self) -> None:
        """Both desks and the server hold every record once, in files that are whole; little was resent."""
        for name in ("full", "empty"):
            self.client(name).end()
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
        assert sum(c.sum_of("resent") for c in self.clients) <= self.kills.count("push") * CHUNK_OPS
        read_again = sum(c.sum_of("rows") for c in self.clients) - self.records
        assert 0 <= read_again <= self.kills.count("pull") * PAGE_ROWS

    def close(self) -> None:
        code, error = stop(self.server)
        assert (code, error) == (0, "")


def kill_often(folder: Path, *, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    case = Case(folder)
    try:
        for number in range(10 * kills):
            name = "full" if number % 2 == 0 else "empty"
            case.kill_once(name, chance.randint(1, 3), server=chance.random() < 0.5)
            if len(case.kills) == kills:
                break
        assert len(case.kills) == kills
        assert min(case.kills.count(phase) for phase in ("push", "pull")) >= kills / 4
        case.check()
    finally:
        case.close()


def test_after_kill_9_of_client_and_server_nothing_is_missing_or_double(tmp_path: Path) -> None:
    kill_often(tmp_path, kills=8, seed=1)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_after_two_hundred_kills_nothing_is_missing_or_double(tmp_path: Path, seed: int) -> None:
    kill_often(tmp_path, kills=10, seed=seed)
