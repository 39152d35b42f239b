"""City servers that have been initialised: made once for each set of forms, and copied for each test."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import msgspec
from sync_databases import reused

from hsdesk.city.ledger.epoch import new_name
from hsdesk.city.reference import current_forms
from hsdesk.city.reference.stream import put_form
from hsdesk.city.running import administration
from hsdesk.city.sql.opening import open_database
from hsdesk.city.sql.schema import put_setting
from hsdesk.forms.schema import Form
from hsdesk.forms.shipped import shipped_digest
from hsdesk.model.clock import wall_milliseconds

_SQLITE = "sqlite:///"


class Wanted(msgspec.Struct, frozen=True):
    """What makes one initialised server differ from another."""

    kind: str
    forms: bytes
    shipped: str  # the digest of the program's own forms, "" where a test leaves them out
    passphrase: str


def initialise(database: str, folder: Path, *forms: Form) -> None:
    """Initialise a server with its keys in a folder, and publish forms."""
    administration.init(database, folder)
    with closing(open_database(database)) as opened, opened.writing() as connection:
        for form in forms:
            put_form(connection, form)


def prepare(database: str, folder: Path, *forms: Form) -> None:
    """Do what `initialise` does, by a copy of a server like it; its epoch is its own."""
    there = reused(database)
    if database.startswith(_SQLITE):
        _on_sqlite(Path(database.removeprefix(_SQLITE)), folder, forms)
    elif there is None:
        initialise(database, folder, *forms)
        return
    else:
        wanted = _wanted("postgresql", forms)
        if not there.take(wanted):
            shutil.rmtree(_keys(there.url, wanted))  # of a server that a test has spoiled
            _keys(there.url, wanted).mkdir()
            initialise(database, _keys(there.url, wanted), *forms)
            there.keep(wanted)
        shutil.copytree(_keys(there.url, wanted), folder, dirs_exist_ok=True)
    with closing(open_database(database)) as opened, opened.writing() as connection:
        put_setting(connection, "server_epoch", new_name(wall_milliseconds()))


def _wanted(kind: str, forms: tuple[Form, ...]) -> Wanted:
    is_whole = administration.publish_shipped is current_forms.publish_shipped
    said = os.environ.get("HSDESK_CITY_PASSPHRASE", "")
    return Wanted(kind, msgspec.json.encode(forms), shipped_digest() if is_whole else "", said)


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hsdesk-cities-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _keys(_where: str, _wanted: Wanted) -> Path:
    """Return the folder for the keys of a server that is kept."""
    return Path(tempfile.mkdtemp(dir=_folder()))


def _on_sqlite(file: Path, folder: Path, forms: tuple[Form, ...]) -> None:
    wanted = _wanted("sqlite", forms)
    keys = _keys("", wanted)
    made = keys.with_name(f"{keys.name}.db")
    if not made.exists():
        initialise(f"{_SQLITE}{made}", keys, *forms)
    shutil.copytree(keys, folder, dirs_exist_ok=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, file)
