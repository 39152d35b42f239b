"""What a desk promises of its file holds on the very connection that a desk works with."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from desk_world import PASSPHRASE, new_desk
from sqlcipher3 import dbapi2

from hsdesk.desk import Desk

FULL = 2  # wait for the disk at every commit
IN_MEMORY = 2


def connections(database: Path) -> Iterator[Any]:
    """Yield every connection of this process to an encrypted file."""
    for found in gc.get_objects():
        if isinstance(found, dbapi2.Connection):
            try:
                path = found.execute("PRAGMA database_list").fetchone()[2]
            except dbapi2.ProgrammingError:
                continue  # closed
            if path == str(database):
                yield found


def pragma(connection: Any, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize("reopened", [False, True])
def test_a_desk_waits_for_the_disk_and_keeps_plain_text_off_it(home: Path, reopened: bool) -> None:
    desk = new_desk(home)
    if reopened:
        desk.close()
        desk = Desk.open(home, PASSPHRASE)
    with closing(desk):
        (connection,) = connections(home / "desk.db")
        assert pragma(connection, "journal_mode") == "wal"
        assert pragma(connection, "synchronous") == FULL
        assert pragma(connection, "temp_store") == IN_MEMORY
        assert pragma(connection, "cipher_page_size") == "8192"


def test_no_file_of_a_desk_holds_a_word_that_was_typed(home: Path) -> None:
    word = "定潭护河队与三阳南源口"
    with closing(new_desk(home)) as desk:
        entry = desk.records.entry("social_org")
        edit = entry.edit(entry.session.answer("org_name", word))
        assert edit is not None
        desk.records.save(edit)
        for file in home.rglob("*"):
            if file.is_file():
                assert word.encode() not in file.read_bytes(), file.name
