"""`hsdesk demo`, which the first README command runs where there is a display."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LOCKED = 4


def test_the_demo_ends_with_the_window_open_on_its_desk(home: Path) -> None:
    surroundings = {**os.environ, "PYTHONUNBUFFERED": "1"}
    start = [sys.executable, "-c", "import sys; from ui.app import main; sys.exit(main(['demo']))"]
    with subprocess.Popen(start, env=surroundings, stdout=subprocess.PIPE, text=True) as demo:
        try:
            assert demo.stdout is not None
            closing = next(line for line in demo.stdout if line.startswith("样例工作台在"))
            desk = Path(closing.removeprefix("样例工作台在").split(",", 1)[0].strip())
            assert desk.is_relative_to(home)
            status = [sys.executable, "-m", "hsdesk", "--home", str(desk), "status"]
            unlocked = {
                **surroundings,
                "HSDESK_PASSPHRASE": closing.rsplit("开机口令 ", 1)[1].split("。", 1)[0],
            }
            code = 0
            while demo.poll() is None and code != LOCKED:
                code = subprocess.run(status, env=unlocked, capture_output=True, check=False).returncode
            assert demo.poll() is None, "the demo ended without leaving a window open"
            assert code == LOCKED
        finally:
            demo.terminate()
