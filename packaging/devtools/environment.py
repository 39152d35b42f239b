"""The virtual environment `.venv` of the checkout, made once and renewed when what it depends on changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
WINDOWS = sys.platform == "win32"
LOCK = Path("packaging", "requirements-dev.lock")
PER_CORE = 2  # test processes
_QUIET = ("-qq", "--no-input", "--progress-bar", "off", "--disable-pip-version-check")


class Trouble(Exception):
    """Something a person has to mend; the message is one sentence that says how."""


def say(line: str) -> None:
    """Print one line at once, so that it stands before what a child process prints."""
    print(line, flush=True)


def surroundings(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment variables of a program that is started, with `extra` over what is set here.

    Python keeps the bytecode of what it compiled, even where it is told not to: the tests start it a
    thousand times, and without it a command of the program takes more than twice as long to begin.
    """
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(extra or {})}


def call(command: Sequence[str | Path], *, extra: Mapping[str, str] | None = None, at: Path = ROOT) -> int:
    """Run `command` in the folder `at` with `extra` in its environment; return the code, 130 for Ctrl-C."""
    try:
        line = [str(part) for part in command]
        return subprocess.run(line, cwd=at, env=surroundings(extra), check=False).returncode
    except KeyboardInterrupt:
        return 130


def captured(command: Sequence[str | Path], *, extra: Mapping[str, str], at: Path = ROOT) -> tuple[int, str]:
    """Run `command` like `call`, but return its code and all that it said instead of letting it print."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=at, env=surroundings(extra), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode(errors="replace")


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def program(folder: Path, name: str) -> Path:
    """Return where the environment `folder` keeps its program `name` (`python`, `hsdesk`, `ruff`)."""
    return folder / "Scripts" / f"{name}.exe" if WINDOWS else folder / "bin" / name


def fingerprint(project: bytes, python: str) -> str:
    """Return what the environment was made from, as hex: the bytes of pyproject.toml and the Python."""
    return hashlib.sha256(project + b"\0" + python.encode()).hexdigest()


def python_identity() -> str:
    """Return the running Python's version and place, so that another Python makes a new environment."""
    return f"{sys.version} {Path(sys.base_prefix).resolve()}"


def ready(root: Path = ROOT) -> Path:
    """Return `.venv` of the checkout `root`, holding the project (editable) and its development tools.

    Does nothing when `.venv` was already made from this pyproject.toml by this Python.

    Raises:
        Trouble: the environment could not be made or filled.
    """
    folder = root / ".venv"
    stamp = folder / "hsdesk-stamp"
    lock = root / LOCK
    locked = lock.read_bytes() if lock.exists() else b""
    wanted = fingerprint((root / "pyproject.toml").read_bytes() + locked, python_identity())
    if works(folder) and stamp.is_file() and stamp.read_text().strip() == wanted:
        return folder
    started = time.perf_counter()
    say("Preparing .venv (a few minutes the first time) …")
    stamp.unlink(missing_ok=True)
    if not works(folder):
        make(folder)
    if not (locked and install_locked(folder, lock, root)):
        install(folder, ["--editable", f"{root}[dev]"], root)
    part = stamp.with_suffix(".part")
    part.write_text(wanted + "\n")
    part.replace(stamp)
    say(f".venv is ready ({time.perf_counter() - started:.0f} s).")
    return folder


def works(folder: Path) -> bool:
    """Tell whether `folder` is an environment of this version of Python with a working pip."""
    probe = f"import sys, pip; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    try:
        done = subprocess.run([program(folder, "python"), "-c", probe], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def make(folder: Path) -> None:
    """Make a new environment at `folder`, replacing a broken one.

    Raises:
        Trouble: Python could not make it.
    """
    if folder.exists():
        shutil.rmtree(folder)
    if call([sys.executable, "-m", "venv", folder]) != 0:
        raise Trouble(
            f"Python could not make {folder.name}; the lines above say why (python3-venv, disk full?)."
        )


def install_locked(folder: Path, lock: Path, root: Path) -> bool:
    """Install what a lock file pins, by its hashes, and the project; return whether its versions fit here.

    They do not where a library has no build of that version for this system (an older glibc).

    Raises:
        Trouble: a downloaded file is another than the one that was locked.
    """
    pip: list[str | Path] = [program(folder, "python"), "-m", "pip", "install", *_QUIET]
    code, said = captured([*pip, "--require-hashes", "--no-deps", "-r", lock], extra={}, at=root)
    if "DO NOT MATCH THE HASHES" in said:
        raise Trouble(f"{said.strip()}\nA package is not the one that was locked; nothing was installed.")
    if code == 0:
        own = ["--no-deps", "--no-build-isolation", "--editable", f"{root}[dev]"]
        code, said = captured([*pip, *own], extra={}, at=root)
    if code != 0:
        say(f"{lock.name} does not fit here; taking versions by their ranges.\n{said.strip()[-400:]}")
    return code == 0


def install(folder: Path, requirements: Sequence[str], at: Path) -> None:
    """Let pip of the environment `folder` install `requirements` and show only its errors.

    Raises:
        Trouble: pip gave up.
    """
    if call([program(folder, "python"), "-m", "pip", "install", *_QUIET, *requirements], at=at) != 0:
        raise Trouble(
            "pip could not install the packages; the lines above say why (network or package index?), "
            "then run the same command again."
        )
