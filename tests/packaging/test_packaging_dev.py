"""The two README commands: what they say, what they skip the second time, how they fail."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import dev
import pytest
from devtools import environment, postgres, system, verbs, wheel
from devtools.environment import Trouble


def test_an_older_python_is_told_so_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert dev.main([]) == 2
    assert capsys.readouterr().err == "HSDesk needs Python 3.11 or newer; this is Python 3.9.2.\n"


def test_dev_py_can_be_read_by_an_older_python() -> None:
    source = Path(dev.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    assert "__future__" not in source  # `annotations` came with 3.7


def test_an_unknown_verb_prints_the_usage() -> None:
    done = subprocess.run([sys.executable, dev.__file__, "fly"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python3 packaging/dev.py [demo | test")


def test_only_the_standard_library_is_imported_before_the_environment_stands() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from devtools import verbs; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(Path(dev.__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    foreign = (
        {name.split(".")[0] for name in done.stdout.split()}
        - sys.stdlib_module_names
        - {"__main__", "devtools"}
    )
    assert not foreign


def test_what_is_missing_is_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = (
        system.Need("libthere", lambda: True, "run"),
        system.Need("libgone9", system.library("libdoes-not-exist.so.9"), "run"),
        system.Need("gone-tool", system.command("no-such-program-here"), "test"),
        system.Need("fonts-gone", system.font("no-such-font*"), "screen"),
    )
    monkeypatch.setattr(system, "NEEDS", needs)
    monkeypatch.setattr(system, "may_install", lambda: False)
    monkeypatch.setattr(sys, "platform", "linux")
    system.provide(())
    with pytest.raises(Trouble) as told:
        system.provide(("run", "test"))
    assert str(told.value) == (
        "Missing system packages: libgone9 gone-tool – "
        "install them with: sudo apt-get install -y libgone9 gone-tool"
    )


def test_nothing_is_asked_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "NEEDS", (system.Need("gone", lambda: False, "run"),))
    monkeypatch.setattr(sys, "platform", "win32")
    assert system.missing(("run",)) == []
    assert system.has_display()


def test_this_machine_has_what_the_tests_need() -> None:
    assert system.missing(("run", "test")) == []


TESTS = Path(__file__).parents[1]
NAMES = """
import os
from pathlib import Path

import psycopg


def test_a_name(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        name, = connection.execute("SELECT current_database()").fetchone()
    (Path(os.environ["NAMES"]) / name).touch()
"""
BACKEND = """
from pathlib import Path
from zipfile import ZipFile

def build_editable(folder, config_settings=None, metadata_directory=None):
    with Path("builds").open("a") as log:
        log.write("x")
    metadata = "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\nProvides-Extra: dev\\n"
    kind = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    with ZipFile(Path(folder) / "tiny-1-py3-none-any.whl", "w") as wheel:
        for name, text in {"METADATA": metadata, "WHEEL": kind, "RECORD": ""}.items():
            wheel.writestr(f"tiny-1.dist-info/{name}", text)
    return "tiny-1-py3-none-any.whl"
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def test_a_prepared_environment_is_not_prepared_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, builds = tmp_path / "pyproject.toml", tmp_path / "builds"
    project.write_text(PROJECT)
    (tmp_path / "backend.py").write_text(BACKEND)

    folder = environment.ready(tmp_path)
    assert "Preparing .venv" in capsys.readouterr().out
    assert environment.ready(tmp_path) == folder
    assert capsys.readouterr().out == ""
    assert builds.read_text() == "x"

    project.write_text(PROJECT + "# changed\n")
    environment.ready(tmp_path)
    assert builds.read_text() == "xx"

    environment.program(folder, "python").unlink()
    environment.ready(tmp_path)
    assert builds.read_text() == "xxx"
    assert environment.works(folder)


def test_a_failed_installation_is_tried_again_the_next_time(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("not a project")
    for _ in range(2):
        with pytest.raises(Trouble, match="pip could not install"):
            environment.ready(tmp_path)
    assert not (tmp_path / ".venv" / "hsdesk-stamp").exists()


def test_long_runs_are_asked_for_by_name() -> None:
    assert verbs.pytest_arguments(["-x", "tests/ui"], 1) == ["--durations=25", "-x", "tests/ui"]
    assert verbs.pytest_arguments(["--long", "-x"], 1) == ["--durations=25", "-m", "", "-x"]


def test_tests_run_on_every_core_unless_something_else_is_asked() -> None:
    assert verbs.pytest_arguments(["-x"], 2) == ["--durations=25", "-n", "4", "--dist", "worksteal", "-x"]
    for own in (["-n", "0"], ["-n0"], ["--pdb"], ["--dist=loadfile"]):
        assert verbs.pytest_arguments(own, 2) == ["--durations=25", *own]


def test_bytecode_is_kept_even_where_python_is_told_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    writes = "import sys; sys.exit(sys.dont_write_bytecode)"
    assert environment.call([sys.executable, "-c", writes], extra={"TZ": "UTC"}) == 0
    assert environment.captured([sys.executable, "-c", writes], extra={}) == (0, "")


def test_every_test_process_has_a_database_of_its_own(tmp_path: Path, postgres_url: str) -> None:
    if not postgres_url:
        pytest.skip("no PostgreSQL server (HSDESK_TEST_POSTGRES)")
    names = tmp_path / "names"
    names.mkdir()
    (tmp_path / "test_names.py").write_text(NAMES)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-n", "2", "--dist", "each", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}", "NAMES": str(names)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    made = {file.name for file in names.iterdir()}
    assert len(made) == 2
    assert postgres_url.rpartition("/")[2] not in made


def test_the_wheel_check_leaves_out_qt_alone() -> None:
    own, tools = wheel.dependencies()
    assert own
    assert not [line for line in own if re.match("pyside", line, re.IGNORECASE)]
    assert any(line.startswith("pytest-qt") for line in tools)


def test_every_test_is_read_once_before_the_test_processes_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for name in "abc":
        path = tmp_path / "tests" / "room" / f"test_{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def test_it():\n    assert 1\n" if name != "b" else "wrong here")
    verbs.read_tests(Path(sys.executable))
    read = {path.name.partition(".")[0] for path in tmp_path.glob("tests/room/__pycache__/*-pytest-*.pyc")}
    assert read == {"test_a", "test_c"}


def test_on_an_old_qt_a_sample_of_files_is_run_or_all_tests_of_the_window() -> None:
    sample = wheel.tests_of_the_window(long=False)
    assert len(sample) == len(wheel.ASKS_QT) >= 10
    assert [path for path in sample if not path.is_file()] == []
    assert wheel.tests_of_the_window(long=True) == [TESTS / "ui"]


@pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed here")
def test_the_private_postgresql_answers_and_is_gone_afterwards() -> None:
    programs = postgres.programs()
    assert programs is not None
    with postgres.private_server(programs) as url:
        assert re.fullmatch(r"postgresql://hsdesk:[0-9a-f]{32}@127\.0\.0\.1:\d+/postgres", url)
        ready = [str(programs / "pg_isready"), "--dbname", url]
        assert subprocess.run(ready, capture_output=True, check=False).returncode == 0
    assert subprocess.run(ready, capture_output=True, check=False).returncode == 2
