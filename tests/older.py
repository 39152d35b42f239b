"""Desk files and city databases that the program of 37eeae4 wrote, that program itself, and what it showed.

They lie in `data/37eeae4`; its README says what they hold. What an upgrade must keep is read here through the
desk's own door only, so that the same function says what is shown before and after.
"""

from __future__ import annotations

import io
import json
import lzma
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hsdesk.desk.desk import Desk
from hsdesk.desk.values import ListQuery, RecordVersion
from hsdesk.forms.schema import Form, questions

COMMIT = "37eeae4"
PASSPHRASE = "kou-ling-2020"
DESKS = ("village", "second", "township", "alone")
DATA = Path(__file__).parent / "data" / COMMIT
_ROOT = Path(__file__).parents[1]
_PAGE_BYTES = 8192  # of the encrypted files of that program


def older_desk(name: str, folder: Path) -> Path:
    """Put a desk of the older program, one of `DESKS`, into a folder; return its home.

    An encrypted file does not compress: it is kept plain, and encrypted here as that program did.
    """
    from sqlcipher3 import dbapi2

    home = folder / name
    home.mkdir(mode=0o700, parents=True)
    plain, key = home / "plain.db", (DATA / f"{name}.key").read_text().strip()
    plain.write_bytes(_unpacked(f"{name}.db.xz"))
    connection = dbapi2.connect(str(plain), isolation_level=None)
    connection.execute(f"ATTACH DATABASE '{home / 'desk.db'}' AS desk KEY \"x'{key}'\"")
    connection.execute(f"PRAGMA desk.cipher_page_size = {_PAGE_BYTES}")
    connection.execute("SELECT sqlcipher_export('desk')")
    connection.close()
    plain.unlink()
    for copy in ("desk.keys", "desk.keys.prev"):
        shutil.copyfile(DATA / f"{name}.keys", home / copy)
    return home


def older_city(kind: str, folder: Path, postgres_url: str = "") -> str:
    """Put the city server's keys into `folder / "server"`, and its data beside them or into PostgreSQL.

    `kind` is "sqlite" or "postgresql", `postgres_url` that of an empty database; returns the database's URL.
    """
    server = folder / "server"
    server.mkdir(mode=0o700, parents=True)
    for path in DATA.glob("city-*"):
        shutil.copyfile(path, server / path.name.removeprefix("city-"))
    if kind == "sqlite":
        (server / "city.db").write_bytes(_unpacked("city.db.xz"))
        return f"sqlite:///{server / 'city.db'}"
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(_unpacked("city.sql.xz"))
    return postgres_url


def shown_before(name: str) -> dict[str, Any]:
    """Return what the older program showed of a desk or of "city", and "named" records and "places"."""
    found: dict[str, Any] = _said()[name]
    return found


@cache
def _said() -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_unpacked("shown.json.xz"))
    return said


def _unpacked(name: str) -> bytes:
    return lzma.decompress((DATA / name).read_bytes())


def old_program(folder: Path) -> Path:
    """Lay the older program out in a folder, for PYTHONPATH; return it. Skips where the clone lacks it."""
    if not shutil.which("git"):
        pytest.skip("no git")
    if _git("rev-parse", "--verify", "--quiet", f"{COMMIT}^{{commit}}").returncode != 0:
        pytest.skip(f"this clone does not reach back to {COMMIT} (shallow, or no git history)")
    packed = _git("archive", COMMIT, "hsdesk", "ui", "resources")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as tree:
        tree.extractall(folder, filter="data")
    return folder


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *words], cwd=_ROOT, capture_output=True, check=False)


def pointed_at(desk: Desk, url: str) -> None:
    """Let an enrolled desk find its city at another address."""
    enrolment = json.loads(desk._file.get("enrolment"))
    desk._file.set("enrolment", json.dumps({**enrolment, "url": url}))


# What a desk shows


def shown_by(desk: Desk, words: tuple[str, ...]) -> dict[str, Any]:
    """Return what a desk shows, as JSON has it: records, histories, hits of some words, what waits."""
    status = desk.status()
    forms = {info.form_id: desk.file.form(info.form_id) for info in status.registers}
    shown = {
        "device": status.device,
        "waiting": status.waiting,
        "drafts": sorted([d.form, d.record, d.path, d.text, d.caret] for d in desk.records.drafts()),
        "attachments": desk.attachments.waiting(),
        "versions": {name: form.version for name, form in forms.items()},
        "counts": {info.form_id: info.count for info in status.registers if info.count},
        "records": {name: held for name, form in forms.items() if (held := _records(desk, form))},
        "conflicts": sorted(map(_conflict, desk.exchange.conflicts())),
        "set_aside": sorted([a.form, a.record, a.reason] for a in desk.exchange.set_aside()),
        "hits": {word: sorted([h.form, h.key.record] for h in desk.lists.find(word)) for word in words},
    }
    plain: dict[str, Any] = json.loads(msgspec.json.encode(shown))
    return plain


def _records(desk: Desk, form: Form) -> dict[str, Any]:
    """Return the records of a register, deleted ones too; computed answers may follow the calendar."""
    computed = {question.key for question in questions(form.children) if question.type == "calculate"}
    found = {}
    for deleted in (False, True):
        keys = desk.lists.keys(form.form_id, ListQuery(deleted=deleted))
        for row in desk.lists.rows(form.form_id, keys):
            document = desk.lists.document(form.form_id, row.key.record)
            found[row.key.record] = {
                "place": row.place,
                "title": row.title,
                "deleted": row.deleted,
                "answers": {key: value for key, value in document.items() if key not in computed},
                "history": [_version(one) for one in desk.lists.history(form.form_id, row.key.record)],
            }
    return found


def _version(version: RecordVersion) -> list[object]:
    changed = {change.path: [change.old, change.new] for change in version.answers}
    return [version.by, version.device, version.at, changed]


def _conflict(one: Any) -> list[object]:
    sides = [[side.value, side.by] for side in (one.a, one.b, *one.more)]
    return [one.form, one.record, one.path, one.base, one.mine, sides]
