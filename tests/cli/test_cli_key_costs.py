"""What one guess at a passphrase or a password costs in the program as it is shipped.

Every other test makes guesses cheap (conftest.py, quick_start.py); here the program is started as everywhere.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from quick_start import started_anew


def hsdesk(home: Path, *words: str) -> None:
    """Run the command line in another process; it must succeed."""
    with started_anew():
        done = subprocess.run(
            [sys.executable, "-m", "hsdesk", *words, "--home", str(home)],
            env={**os.environ, "HSDESK_PASSPHRASE": "kou-ling-2020"},
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr


def test_a_desk_lets_no_passphrase_and_no_recovery_code_be_guessed_cheaply(home: Path) -> None:
    hsdesk(home, "init", "--place", "341021101204", "--person", "汪文书")
    wraps = json.loads((home / "desk.keys").read_bytes())["wraps"]
    assert {wrap["kind"]: wrap["argon2"] for wrap in wraps} == {
        "passphrase": {"memory": 47104, "passes": 3, "lanes": 1},
        "recovery": {"memory": 47104, "passes": 3, "lanes": 1},
    }


def test_a_city_lets_no_password_be_guessed_cheaply(home: Path) -> None:
    hsdesk(home, "server", "init")
    hsdesk(home, "server", "user", "add", "县民政", "--scope", "341021", "--role", "county")
    with closing(sqlite3.connect(home / "server" / "city.db")) as database:
        ((kept,),) = database.execute("SELECT password FROM hs_account").fetchall()
    assert kept.startswith("$argon2id$v=19$m=47104,t=3,p=1$")
