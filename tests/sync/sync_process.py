"""A real city server in its own process, and a desk that syncs in another, for tests."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from quick_start import FORKED
from sync_world import KEY

from hsdesk.city.ledger.changes import PAGE_ROWS

_PROGRAM = """
import sys
from functools import partial
from hsdesk.city.ledger import changes
from hsdesk.city.http.serving import serve
changes.pages = partial(changes.pages, budget=int(sys.argv[1]))
BEFORE
serve(*sys.argv[2:4], int(sys.argv[4]), *sys.argv[5:])
"""


class Running(msgspec.Struct, frozen=True):
    """A server that answers."""

    url: str
    fingerprint: str
    process: subprocess.Popen[str]


def start(
    database: str,
    *,
    port: int = 0,
    tls: tuple[str, str] | tuple[()] = (),
    page_rows: int = PAGE_ROWS,
    before: str = "",
) -> Running:
    """Start a server on this computer and wait for its first line. `before`: a program to run first."""
    program = _PROGRAM.replace("BEFORE", before)
    process = subprocess.Popen(
        [sys.executable, "-c", FORKED + program, str(page_rows), database, "127.0.0.1", str(port), *tls],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        assert process.stderr is not None
        raise AssertionError(process.stderr.read())
    said = json.loads(line)
    return Running(said["url"], said["fingerprint"], process)


def stop(running: Running) -> tuple[int, str]:
    """Ask a server to stop; return its exit code and what it wrote on its error stream."""
    running.process.send_signal(signal.SIGTERM)
    _out, error = running.process.communicate(timeout=20)
    return running.process.returncode, error


@contextmanager
def serving(database: str, *, tls: tuple[str, str] | tuple[()] = ()) -> Iterator[Running]:
    """A server for the length of a block. It must have had nothing to complain of."""
    running = start(database, tls=tls)
    try:
        yield running
    finally:
        code, error = stop(running)
    assert (code, error) == (0, "")


_CLIENT = """
import sys
from pathlib import Path
import msgspec
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.sync.carriers.http import HttpCarrier
from hsdesk.sync.loop import synchronise
from hsdesk.wire.enrolment import Enrolment

home, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
enrolment = msgspec.json.decode((home / "enrolment.json").read_bytes(), type=Enrolment)
with DeskFile.open(home, key) as desk, HttpCarrier(enrolment) as carrier:
    print(synchronise(desk, carrier, lambda p: print("at", p.phase, p.done, flush=True)), flush=True)
"""


def client(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", FORKED + _CLIENT, str(home), KEY.hex()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> None:
    _out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
