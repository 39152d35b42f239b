"""All that is in the files of a world after some days: the same for the same seeds, in every process."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from sync_days import drawn
from sync_machine import SyncMachine

All = Callable[[str], list[Any]]
_OF_THE_SERVER = ("authority", "fingerprint", "recovery_key")  # its keys are not part of a day


def fingerprint(*seeds: str) -> str:
    """Run days, and return the hash of all that they left in every file."""
    found = hashlib.sha256()
    for seed in seeds:
        with closing(SyncMachine()) as machine:
            for step in drawn(SyncMachine, seed):
                step.run(machine)
            for row in _rows(machine):
                found.update(repr(row).encode())
    return found.hexdigest()


def _rows(machine: SyncMachine) -> Iterator[object]:
    for name, desk in machine.world.desks.items():
        yield name
        yield from _all_rows(desk._connection.all)
    with machine.world.service.database.reading() as connection:
        yield from _all_rows(connection.all)


def _all_rows(ask: All) -> Iterator[object]:
    for (table,) in ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
        if table != "_sqlite_migrations":  # when the empty files were made from which worlds begin
            yield table
            rows = ask(f'SELECT * FROM "{table}"')
            yield from sorted(repr(row) for row in rows if row[0] not in _OF_THE_SERVER)


if __name__ == "__main__":
    print(fingerprint(*sys.argv[1:]))
