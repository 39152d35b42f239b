"""Processes that tests fork are processes like any other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from quick_start import FORKED, started_anew

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked here")
TELLING = """
import json, os, sys, time
told = {
    "words": sys.argv, "typed": sys.stdin.read(), "folder": os.getcwd(), "mine": os.environ["MINE"],
    "home": os.environ.get("HSDESK_HOME"), "hour": time.localtime(0).tm_hour, "main": __name__,
    "was_read": "hsdesk.city.http.app" in sys.modules,
}
print(json.dumps(told))
print("a complaint", file=sys.stderr)
sys.exit(3)
"""


def test_arguments_surroundings_streams_and_exit_code_are_its_own(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "HSDESK_HOME"}
    done = subprocess.run(
        [sys.executable, "-c", FORKED + TELLING, "a", "乙"],
        input="typed", cwd=tmp_path, env={**env, "MINE": "1", "TZ": "UTC"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, "a complaint\n")
    assert json.loads(done.stdout) == {
        "words": ["-c", "a", "乙"], "typed": "typed", "folder": str(tmp_path), "mine": "1",
        "home": None, "hour": 0, "main": "__main__", "was_read": True,
    }  # fmt: skip


def test_it_is_killed_and_waited_for_as_any_child() -> None:
    command = [sys.executable, "-c", FORKED + "print('here', flush=True)\nimport signal; signal.pause()"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        assert process.poll() is None
        process.kill()
    assert process.returncode == -signal.SIGKILL


def test_an_error_ends_it_as_everywhere() -> None:
    command = [sys.executable, "-c", FORKED + "1 / 0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_what_python_takes_in_when_it_starts_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    asks = FORKED + "import sys; print('hsdesk.city.http.app' in sys.modules)"

    def told() -> str:
        return subprocess.check_output([sys.executable, "-c", asks], text=True).strip()

    assert told() == "True"
    with started_anew():
        assert told() == "False"
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    assert told() == "False"
