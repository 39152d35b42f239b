"""Each rule of the house finds the breach that is planted for it, and leaves good code alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import architecture
import pytest
from architecture import Tree


def messages(rule: str, **files: str) -> list[str]:
    """Return what `rule` says about a tree whose paths are written `hsdesk__a.py` for `hsdesk/a.py`."""
    tree = Tree({path.replace("__", "/").replace("_dot_", "."): text for path, text in files.items()})
    return [str(breach) for breach in getattr(architecture, rule)(tree)]


def test_a_folder_that_the_card_does_not_know_is_found() -> None:
    assert messages("top_level_is_the_cards", docs__x_dot_md="", hsdesk__a_dot_py="", _dot_ci__run="") == [
        "docs: does not belong at the top level"
    ]


def test_a_file_of_401_lines_is_found_and_one_of_400_is_not() -> None:
    assert messages("files_are_short", ui__a_dot_py="x = 1\n" * 401, ui__b_dot_py="x = 1\n" * 400) == [
        "ui/a.py: 401 lines (at most 400)"
    ]


def test_a_function_of_41_lines_is_found_wherever_it_stands() -> None:
    body = "".join(f"        x{number} = 1\n" for number in range(40))
    assert messages("functions_are_short", ui__a_dot_py=f"class A:\n    async def long(self):\n{body}") == [
        "ui/a.py:2: long has 41 lines (at most 40)"
    ]


@pytest.mark.parametrize(
    "handler",
    ["except Exception:", "except:", "except BaseException as error:", "except (OSError, Exception):"],
)
def test_a_broad_handler_is_found_but_not_at_the_thread_boundary(handler: str) -> None:
    code = f"try:\n    x = 1\n{handler}\n    raise\n"
    assert messages("broad_handlers_stay_at_two_rims", hsdesk__a_dot_py=code, ui__work_dot_py=code) == [
        "hsdesk/a.py:3: broad except"
    ]


def test_a_broad_suppress_is_found() -> None:
    code = "import contextlib\nwith contextlib.suppress(Exception):\n    x = 1\n"
    assert messages("broad_handlers_stay_at_two_rims", hsdesk__a_dot_py=code) == [
        "hsdesk/a.py:2: broad suppress"
    ]


@pytest.mark.parametrize(
    ("line", "home"),
    [
        ("import requests", "hsdesk/sync/carriers/line.py"),
        ("from requests import Session", "hsdesk/sync/carriers/line.py"),
        ("from sqlcipher3 import dbapi2", "hsdesk/deskfile/cipher.py"),
        ("import openpyxl.styles", "hsdesk/forms/workbook/excel.py"),
        ("import threading", "hsdesk/city/http/serving.py"),
        ("from importlib import import_module\nimport_module('openpyxl')", "hsdesk/reports/excel.py"),
    ],
)
def test_a_library_outside_its_home_is_found(line: str, home: str) -> None:
    tree = Tree(
        {"hsdesk/desk/other.py": f"def f():\n    {line.replace(chr(10), chr(10) + '    ')}\n", home: line}
    )
    assert [breach.path for breach in architecture.names_have_one_home(tree)] == ["hsdesk/desk/other.py"]


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ("import keyring", "hsdesk"),
        ("import threading", "ui"),
        ("from PySide6.QtCore import QThread", "ui"),
        ("from concurrent.futures import Future", "ui"),
        ("from PySide6.QtPrintSupport import QPrinter", "ui"),
    ],
)
def test_a_second_file_that_names_what_one_file_knows_is_found(line: str, folder: str) -> None:
    one, two = f"{folder}/a.py", f"{folder}/b.py"
    assert not list(architecture.names_have_one_home(Tree({one: line})))
    found = architecture.names_have_one_home(Tree({one: line, two: line}))
    assert [breach.path for breach in found] == [one, two]


@pytest.mark.parametrize("line", ["from PySide6.QtCore import Qt", "import ui.app", "import shiboken6"])
def test_qt_in_the_core_is_found(line: str) -> None:
    found = messages(
        "the_core_knows_no_window", hsdesk__a_dot_py=f"def f():\n    {line}\n", ui__b_dot_py=line
    )
    assert len(found) == 1
    assert found[0].startswith("hsdesk/a.py:2: imports ")


@pytest.mark.parametrize("call", ["time.sleep(1)", "qtbot.wait(50)", "QTest.qWait(5)", "asyncio.sleep(0.1)"])
def test_a_sleeping_test_is_found(call: str) -> None:
    assert len(messages("tests_do_not_sleep", tests__t_dot_py=f"{call}\nqtbot.waitUntil(f)\n")) == 1


@pytest.mark.parametrize("folder", ["work/main", "home/li", "tmp/bash_jobs", "Users/li"])
def test_a_folder_of_one_machine_is_found(folder: str) -> None:
    assert len(messages("no_path_of_one_machine", README_dot_md=f"see `/{folder}` there")) == 1
    assert not messages("no_path_of_one_machine", README_dot_md=f"see `HOME/{folder}` and hsdesk/{folder}")


TS = """<TS><context><name>ui</name>
<message><source>保存</source><translation>Save</translation></message>
<message><source>打印</source><translation></translation></message>
</context></TS>"""


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("resources/translations/hsdesk_en.ts", TS),
        ("resources/translations/en.json", '{"保存": "Save", "打印": ""}'),
    ],
)
def test_a_sentence_without_english_is_found(path: str, content: str) -> None:
    code = "self.tr('保存')\ntr('打印')\ntr('关闭')\ntr('A4')\ntr(f'{x}')\n"
    found = architecture.every_sentence_speaks_english(Tree({"ui/a.py": code, path: content}))
    assert [str(breach) for breach in found] == [
        "ui/a.py:2: no English for '打印'",
        "ui/a.py:3: no English for '关闭'",
        "ui/a.py:5: tr() of an f-string cannot be translated",
    ]


def test_a_module_named_for_nothing_is_found() -> None:
    assert len(messages("modules_are_named_for_things", hsdesk__utils_dot_py="", ui__base__x_dot_py="")) == 2


def test_a_package_that_would_hide_the_library_packaging_is_found() -> None:
    tree = Tree({"packaging/__init__.py": ""})
    assert len(list(architecture.modules_are_named_for_things(tree))) == 1


def test_only_what_git_tracks_is_read(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "报表.md").write_text("内容", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")
    (tmp_path / "untracked.md").write_text("x")
    subprocess.run(["git", "add", "报表.md", "picture.png"], cwd=tmp_path, check=True)
    assert architecture.read_tree(tmp_path).texts == {"报表.md": "内容", "picture.png": None}
