"""The wheel, proven outside the checkout: without Qt, with Qt, and the window's tests on Qt 6.9.3."""

from __future__ import annotations

import os
import subprocess
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools import environment
from devtools.environment import ROOT, Trouble, call, program, say

QT = "PySide6-Essentials"
OLD_QT = f"{QT}==6.9.3"  # the newest wheel for Linux with glibc 2.28
NEEDS_QT = 4
WINDOW = Path("tests", "ui")
ASKS_QT = {  # the tests that ask most of Qt itself; the others ask the program the same things on any Qt
    "test_painter.py": "painting, fonts, pages of a PDF",
    "test_ui_app.py": "starting, a list of thousands of rows, what is loaded",
    "test_ui_clipping.py": "how texts are measured, wrapped and laid out",
    "test_ui_gate.py": "events that are kept and given on, input methods",
    "test_ui_pages.py": "models, tables, headers, navigation",
    "test_ui_question_types.py": "a widget of each kind",
    "test_ui_record.py": "keys, focus, input methods, dates",
    "test_ui_roster_choices.py": "delegates and editors in tables",
    "test_ui_saving.py": "the dialogs of Qt and their words",
    "test_ui_start.py": "dialogs, windows that follow one another",
    "test_ui_work.py": "threads and signals between them",
}


@dataclass(frozen=True)
class Place:
    """A folder outside the checkout with an environment of its own, where the wheel is tried."""

    folder: Path
    venv: Path

    def surroundings(self) -> dict[str, str]:
        """Return the environment variables of a stranger's machine: no checkout, no screen, no keyring."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "HSDESK_"))
        }
        return {
            **kept,
            "HSDESK_HOME": str(self.folder / "home"),
            "HSDESK_PASSPHRASE": "passphrase for the check",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "QT_QPA_PLATFORM": "offscreen",
        }

    def expect(self, exit_code: int, *command: str, saying: str = "") -> str:
        """Run a command of the environment here and return what it printed.

        Raises:
            Trouble: another exit code than `exit_code`, a traceback, or `saying` was not said.
        """
        line = [str(program(self.venv, command[0])), *command[1:]]
        done = subprocess.run(
            line, cwd=self.folder, env=self.surroundings(), capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        if done.returncode != exit_code or "Traceback" in said or saying not in said:
            raise Trouble(
                f"{' '.join(command)}: exit code {done.returncode}, expected {exit_code}\n{said.strip()}"
            )
        say(f"   {' '.join(command)} → {exit_code}")
        return done.stdout


def dependencies(root: Path = ROOT) -> tuple[list[str], list[str]]:
    """Return the project's own requirements without Qt, and those of its development extra."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = [line for line in project["dependencies"] if not line.startswith(QT)]
    return own, list(project["optional-dependencies"]["dev"])


def build(venv: Path, folder: Path) -> Path:
    """Build the wheel into `folder` and return its path.

    Raises:
        Trouble: it could not be built.
    """
    if call([program(venv, "python"), "-m", "build", "--wheel", "--outdir", folder, ROOT]) != 0:
        raise Trouble("The wheel could not be built; the lines above say why.")
    return next(folder.glob("*.whl"))


def prove(venv: Path, *, long: bool = False) -> int:
    """Build the wheel and try it in a new folder; return the exit code of the tests on the old Qt.

    `long`: all tests of the window there, else those of `ASKS_QT`.
    """
    with tempfile.TemporaryDirectory(prefix="hsdesk-wheel-") as name:
        folder = Path(name)
        wheel = build(venv, folder)
        place = Place(folder=folder, venv=folder / "venv")
        environment.make(place.venv)
        without_qt(place, wheel)
        with_qt(place, wheel)
        return on_the_old_qt(place, tests_of_the_window(long=long))


def without_qt(place: Place, wheel: Path) -> None:
    """Install the wheel with everything but Qt: the program without a window works, a PDF is refused."""
    say("── the wheel where Qt is not installed")
    own, _ = dependencies()
    environment.install(place.venv, own, place.folder)
    environment.install(place.venv, ["--no-deps", str(wheel)], place.folder)
    place.expect(
        1, "python", "-c", "import importlib.util as i; raise SystemExit(i.find_spec('PySide6') is None)"
    )
    place.expect(2, "python", "-m", "hsdesk")
    place.expect(0, "python", "-m", "hsdesk", "--json", "forms", "list")
    place.expect(0, "python", "-m", "hsdesk", "init", "--place", "341021104201", "--person", "示例员")
    place.expect(
        NEEDS_QT, "python", "-m", "hsdesk", "report", "community_card", "--out", "card.pdf", saying="Qt"
    )


def with_qt(place: Place, wheel: Path) -> None:
    """Install the wheel as a stranger does and run the whole journey."""
    say("── the wheel outside the checkout")
    environment.install(place.venv, [str(wheel)], place.folder)
    place.expect(0, "hsdesk", "status")
    place.expect(0, "hsdesk", "forms", "list")
    place.expect(0, "python", "-m", "ui.probe", "--home", str(place.folder / "home"))
    say(place.expect(0, "hsdesk", "demo", "--headless").rstrip())


def tests_of_the_window(*, long: bool) -> list[Path]:
    """Return what is run on the old Qt: the folder of the window's tests, or the files of `ASKS_QT`."""
    return [ROOT / WINDOW] if long else [ROOT / WINDOW / name for name in sorted(ASKS_QT)]


def on_the_old_qt(place: Place, tests: Sequence[Path]) -> int:
    """Run tests of the checkout on an old Qt; return pytest's exit code."""
    say(f"── the window's tests on {OLD_QT}")
    _, tools = dependencies()
    wanted = [line for line in tools if line.startswith(("pytest", "hypothesis", "pypinyin"))]
    environment.install(place.venv, [OLD_QT, *wanted], place.folder)
    return call(
        pytest_of_the_window(place.venv, tests), extra={"QT_QPA_PLATFORM": "offscreen", "TZ": "Asia/Shanghai"}
    )


def pytest_of_the_window(venv: Path, tests: Sequence[Path]) -> Sequence[str | Path]:
    """Return the command that runs tests of the checkout in the environment `venv`."""
    spread = ["-n", str(environment.PER_CORE * environment.cores()), "--dist", "worksteal"]
    return [program(venv, "python"), "-m", "pytest", "-q", *spread, *tests]
