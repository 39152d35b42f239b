"""A real window on a real desk in a temporary home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from synced_world import TOWNSHIP
from ui_world import PASSPHRASE, VILLAGE, Window, make_sample
from unsaved_world import notices, roomy

from hsdesk.cli.journey import Journey, Server, city_server
from hsdesk.desk import Desk
from ui.crash import CrashWatch


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed desk of one village with a few records; copied, never changed."""
    folder = tmp_path_factory.mktemp("sample") / "home"
    make_sample(folder)
    return folder


@pytest.fixture(scope="session")
def shared_sample(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a city whose records `home`, the sample desk, and `township` share; copied."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(sample_home, folder / "home")
    with city_server(Journey(folder, lambda _: None)) as running:
        village = Desk.open(folder / "home", PASSPHRASE)
        above, _ = Desk.create(folder / "township", (TOWNSHIP,), "程专干", PASSPHRASE)
        for desk, place, role in ((village, VILLAGE, "village"), (above, TOWNSHIP, "township")):
            desk.exchange.enroll(running.url, running.code(place, role))
            desk.exchange.sync()
            desk.close()
    return folder


@pytest.fixture
def desk_home(sample_home: Path, home: Path) -> Path:
    """Return a copy of the sample desk as this test's home."""
    shutil.copytree(sample_home, home)
    return home


@pytest.fixture
def window(qtbot: QtBot, desk_home: Path) -> Iterator[Window]:
    """Return the window, open on the sample desk."""
    opened = Window(qtbot, desk_home)
    opened.open(PASSPHRASE)
    yield opened
    opened.close()


@pytest.fixture
def reports(window: Window) -> Iterator[CrashWatch]:
    """Mistakes of the program are reported as in the real program, and do not end the test."""
    work = window.shell.office.work
    work.bug.disconnect()
    watch = CrashWatch(window.shell)
    work.bug.connect(watch.report)
    yield watch
    roomy(window)
    for notice in notices(window):
        notice.reject()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "city"
    folder.mkdir()
    with city_server(Journey(folder, lambda _: None)) as running:
        yield running


@pytest.fixture
def township(tmp_path: Path, server: Server) -> Iterator[Desk]:
    """Another desk of the same data, in the hands of the township."""
    desk, _ = Desk.create(tmp_path / "township", (TOWNSHIP,), "程专干", PASSPHRASE)
    desk.exchange.enroll(server.url, server.code(TOWNSHIP, "township"))
    yield desk
    desk.close()
