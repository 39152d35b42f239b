"""The script, the house rules of the window, and what it costs."""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, make_sample

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from ui.grid.model import WINDOW
from ui.pages.register import RegisterPage

UI = Path(__file__).parents[2] / "ui"
MODULES = sorted(
    ".".join(path.relative_to(UI.parent).with_suffix("").parts)
    for path in UI.rglob("*.py")
    if path.name != "__init__.py"
)


def run(program: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"HSDESK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def imported_by(path: Path) -> set[str]:
    """Return every module that a file imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_the_docstrings_hold(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_a_verb_runs_without_loading_qt(home: Path) -> None:
    program = (
        "import sys; from ui.app import main; code = main(['--json', 'forms', 'list']);"
        "assert not any(name.startswith('PySide6') for name in sys.modules); sys.exit(code)"
    )
    done = run(program, home)
    assert done.returncode == 0, done.stderr
    assert "social_org" in done.stdout


def test_the_window_loads_nothing_heavy_before_it_is_needed(desk_home: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from ui.probe import open_painted
import os
os.environ["HSDESK_PASSPHRASE"] = {PASSPHRASE!r}
open_painted(Path({str(desk_home)!r}))
heavy = {{"pyxform", "openpyxl", "requests", "keyring", "starlette", "uvicorn", "pypinyin", "ui.record.page",
         "PySide6.QtPrintSupport"}} & set(sys.modules)
print(sorted(heavy))
sys.stdout.flush()
os._exit(0)
"""
    done = run(program, desk_home)
    assert done.stdout.strip() == "[]", done.stderr


def test_one_file_knows_threads_and_one_knows_printers() -> None:
    files = {path.relative_to(UI).as_posix(): imported_by(path) for path in UI.rglob("*.py")}
    assert [name for name, used in files.items() if used & {"threading", "concurrent.futures"}] == ["work.py"]
    assert [name for name, used in files.items() if "PySide6.QtPrintSupport" in used] == ["printing.py"]


def test_a_broad_except_stands_only_at_the_thread_boundary() -> None:
    def is_broad(node: ast.AST) -> bool:
        if not isinstance(node, ast.ExceptHandler):
            return False
        return node.type is None or (
            isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
        )

    found = {
        path.relative_to(UI).as_posix()
        for path in UI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if is_broad(node)
    }
    assert found <= {"work.py", "crash.py", "painter.py"}


def test_the_probe_measures_the_real_window(desk_home: Path) -> None:
    program = (
        f"import os, sys; os.environ['HSDESK_PASSPHRASE'] = {PASSPHRASE!r};"
        f"sys.argv = ['probe', '--home', {str(desk_home)!r}]; from ui.probe import main; sys.exit(main())"
    )
    for _ in range(3):  # the longest of all blocks, on cores that do other things too: the best of several
        done = run(program, desk_home)
        assert done.returncode == 0, done.stderr
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        assert {"usable_ms", "start_work_ms", "rss_mb", "save_block_ms"} <= set(figures)
        assert figures["rss_mb"] <= 150
        if figures["save_block_work_ms"] <= 16:
            return
    pytest.fail(f"saving blocked the window for {figures['save_block_work_ms']} ms of work each time")


def test_a_long_list_is_read_in_windows_as_it_is_scrolled(qtbot: QtBot, home: Path) -> None:
    make_sample(home)
    desk = Desk.open(home, PASSPHRASE)
    visits = [
        JsonRecord(
            at, {"visit_kind": "1", "date": "2024-05-01", "households_n": 1, "issue": f"路灯第 {at} 盏"}
        )
        for at in range(1, 401)
    ]
    assert not desk.bulk.add("visit", visits, "").rejected
    desk.file.open_form("visit", True)
    desk.close()
    window = Window(qtbot, home)
    window.open(PASSPHRASE)
    window.work.go("register", "visit")
    page = window.page(RegisterPage)
    qtbot.waitUntil(lambda: page.model is not None and page.model.rowCount() == 400)
    window.rest()
    qtbot.waitUntil(lambda: page.model is not None and page.model.record(0) is not None)
    assert page.model is not None
    assert 400 // WINDOW not in page.model._windows
    page.table.scrollToBottom()
    qtbot.waitUntil(lambda: page.model is not None and page.model.record(399) is not None)
    window.close()
