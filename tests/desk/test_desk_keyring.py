"""The keyring of a real Secret Service: unlocked, locked, and gone. Each runs in its own bus."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="dbus-run-session and gnome-keyring are not installed",
)
MAKE = (
    "from pathlib import Path; from hsdesk.desk import Desk; import sys;"
    "desk, _ = Desk.create(Path(sys.argv[1]), ['341021101204'], '汪文书', 'kou-ling-2020');"
    "print('remembered', desk.file.remember()); desk.close();"
    "Desk.open(Path(sys.argv[1])).close(); print('opened')"
)
OPEN = (
    "from pathlib import Path; from hsdesk.desk import Desk; import sys\n"
    "from hsdesk.errors import WrongPassphrase\n"
    "try:\n    Desk.open(Path(sys.argv[1])).close(); print('opened')\n"
    "except WrongPassphrase as error:\n    print('asked', error)"
)


def in_a_session(home: Path, data: Path, daemon: str, program: str) -> str:
    """Run a program beside a keyring daemon on a bus of its own; return what it printed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHON_KEYRING_BACKEND"}
    environment |= {"XDG_DATA_HOME": str(data), "PYTHONUTF8": "1"}
    script = f'{daemon} >/dev/null 2>&1; exec "$0" -c "$1" "$2"'
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", script, sys.executable, program, str(home)],
        capture_output=True, text=True, timeout=120, check=False, env=environment,
    )  # fmt: skip
    return done.stdout


def test_an_unlocked_keyring_opens_the_desk_and_a_locked_one_asks(home: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    unlocked = 'printf "login\\n" | gnome-keyring-daemon --unlock --components=secrets'
    said = in_a_session(home, data, unlocked, MAKE)
    assert said.splitlines() == ["remembered True", "opened"]
    locked = "gnome-keyring-daemon --start --components=secrets"
    assert in_a_session(home, data, locked, OPEN).startswith("asked 请输入开机口令")
