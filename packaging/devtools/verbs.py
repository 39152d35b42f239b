"""What `dev.py` can be asked to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from devtools import environment, system, wheel
from devtools.environment import ROOT, Trouble, call, captured, program, say

VERBS = "demo | test | bench | check | mutants | pictures | setup | wheel"
USAGE = f"usage: python3 packaging/dev.py [{VERBS}] […]"
POSTGRES = "HSDESK_TEST_POSTGRES"
SERVER_PACKAGE = "postgresql"
TEST_SURROUNDINGS = {
    "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    "TZ": "Asia/Shanghai",
}
OWN_PROCESSES = ("-n", "--numprocesses", "--dist", "--pdb", "--trace")  # pytest options that say how many


def run(arguments: Sequence[str]) -> int:
    """Run the verb that `arguments` start with (none: the demo) and return its exit code."""
    verbs: dict[str, Callable[[list[str]], int]] = {
        "demo": demo,
        "test": test,
        "bench": bench,
        "check": check,
        "mutants": mutants,
        "pictures": pictures,
        "setup": setup,
        "wheel": wheel_outside,
    }
    words = list(arguments)
    if words[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    name = "demo" if not words or words[0].startswith("-") else words.pop(0)
    if name not in verbs:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        return verbs[name](words)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1


def setup(arguments: list[str]) -> int:
    """Prepare the machine and `.venv`; `--postgresql` installs that server too, as root on Debian."""
    system.provide(("run", "test"))
    if "--postgresql" in arguments and _postgres_programs() is None:
        if not system.may_install():
            raise Trouble(system.sentence([SERVER_PACKAGE]))
        say("Installing PostgreSQL for the tests with apt-get …")
        system.apt_install([SERVER_PACKAGE])
    environment.ready()
    return 0


def demo(arguments: list[str]) -> int:
    """Run the demo journey: with a window where there is a display, without one otherwise."""
    window = system.has_display() and "--headless" not in arguments
    system.provide(("run", "screen") if window else ("run",))
    folder = environment.ready()
    headless = [] if window or "--headless" in arguments else ["--headless"]
    extra = {} if window else {"QT_QPA_PLATFORM": "offscreen"}
    command: list[str | Path] = [program(folder, "hsdesk"), "demo", *headless, *arguments]
    return call(command, extra=extra)


def pytest_arguments(arguments: Sequence[str], cores: int) -> list[str]:
    """Return what pytest is given so that it keeps every core busy and names the slowest tests.

    There are more processes than cores: nearly half of its time a test waits, for a window's timers, for a
    server, for PostgreSQL. `--long` lifts the filter of pyproject.toml that leaves out the long runs. Whoever
    says something about processes (`-n 0`) or stops in the debugger keeps his word.

    >>> pytest_arguments(["--long", "tests/sync"], 2)
    ['--durations=25', '-n', '4', '--dist', 'worksteal', '-m', '', 'tests/sync']
    >>> pytest_arguments(["--pdb", "tests/sync"], 2)
    ['--durations=25', '--pdb', 'tests/sync']
    """
    rest = [argument for argument in arguments if argument != "--long"]
    is_told = any(word.startswith(OWN_PROCESSES) for word in rest)
    spread = [] if cores < 2 or is_told else ["-n", str(environment.PER_CORE * cores)]
    steal = ["--dist", "worksteal"] if spread else []
    long = ["-m", ""] if "--long" in arguments else []
    return ["--durations=25", *spread, *steal, *long, *rest]


def test(arguments: list[str]) -> int:
    """Run the tests in a process for each core, on PostgreSQL too where its programs are found."""
    system.provide(("run", "test"))
    folder = environment.ready()
    with _postgres(durable=False) as url:
        known = {POSTGRES: url} if url else {}
        told = pytest_arguments(arguments, environment.cores())
        if "-n" in told and not (ROOT / "tests" / "__pycache__").exists():
            read_tests(program(folder, "python"))
        return call([program(folder, "python"), "-m", "pytest", *told], extra={**TEST_SURROUNDINGS, **known})


def read_tests(python: Path) -> None:
    """Let each core read its share of the tests, so that no two test processes compile the same file anew.

    What is wrong with a file is told by the run itself, which finds no bytecode of it.
    """
    files: list[str | Path] = sorted((ROOT / "tests").glob("*/test_*.py"))
    cores = environment.cores()
    reading: list[str | Path] = [python, "-m", "pytest", "--collect-only", "-qq"]
    with ThreadPoolExecutor(cores) as pool:
        for number in range(cores):
            pool.submit(captured, [*reading, *files[number::cores]], extra=TEST_SURROUNDINGS)


@contextmanager
def _postgres(*, durable: bool) -> Iterator[str]:
    given = os.environ.get(POSTGRES, "")
    if given:
        yield given
        return
    with ExitStack() as until_the_end:
        yield _started(until_the_end, durable=durable)


def _started(until_the_end: ExitStack, *, durable: bool) -> str:
    programs = _postgres_programs()
    if programs is None:
        say("PostgreSQL was not found: what needs it is left out, SQLite is not.")
        return ""
    from devtools import postgres

    try:
        return until_the_end.enter_context(postgres.private_server(programs, durable=durable))
    except Trouble as trouble:
        if os.environ.get("CI"):
            raise
        say(f"{trouble}\nWhat needs PostgreSQL is left out, SQLite is not.")
        return ""


def _postgres_programs() -> Path | None:
    if environment.WINDOWS:
        return None
    from devtools import postgres  # it needs `pwd`, which Windows lacks

    return postgres.programs()


def pictures(arguments: list[str]) -> int:
    """Make the pictures of the manual from the real windows, all or those that are named."""
    system.provide(("run",))
    folder = environment.ready()
    maker = ROOT / "packaging" / "make_pictures.py"
    command: list[str | Path] = [program(folder, "python"), maker, *arguments]
    return call(command, extra={"QT_QPA_PLATFORM": "offscreen"})


def bench(arguments: list[str]) -> int:
    """Print the benchmark table."""
    system.provide(("run",))
    folder = environment.ready()
    settings = {"PYTHONPATH": str(ROOT / "packaging"), "TZ": "Asia/Shanghai"}
    with _postgres(durable=True) as url:
        known = {POSTGRES: url} if url else {}
        return call([program(folder, "python"), "-m", "bench", *arguments], extra={**settings, **known})


def mutants(arguments: list[str]) -> int:
    """Plant mistakes in copies of the tree; fail when the tests do not notice one."""
    system.provide(("run", "test"))
    folder = environment.ready()
    command: list[str | Path] = [program(folder, "python"), "-m", "mutants", *arguments]
    return call(command, extra={**TEST_SURROUNDINGS, "PYTHONPATH": str(ROOT / "packaging")})


def check(arguments: list[str]) -> int:
    """Run every check, as many at once as there are cores, and say at the end which did not pass."""
    folder = environment.ready()
    python = program(folder, "python")
    packaging = ROOT / "packaging"
    apart = ["--cache-dir", str(ROOT / ".mypy_cache" / "packaging")]  # two at once share no cache
    own: list[Path] = sorted({*packaging.glob("*.py"), *(path.parent for path in packaging.glob("*/*.py"))})
    checks: list[tuple[str, list[str | Path]]] = [
        ("ruff check", [program(folder, "ruff"), "check", "."]),
        ("ruff format", [program(folder, "ruff"), "format", "--check", "."]),
        ("mypy --strict", [program(folder, "mypy"), "--strict"]),
        ("mypy --strict packaging", [program(folder, "mypy"), "--strict", *apart, *own]),
        ("import-linter", [program(folder, "lint-imports")]),
        ("architecture", [python, ROOT / "packaging" / "architecture.py"]),
    ]
    failed = []
    with ThreadPoolExecutor(environment.cores()) as pool:
        found = [pool.submit(captured, command, extra={"MYPYPATH": str(packaging)}) for _, command in checks]
        for (name, _), (code, said) in zip(checks, map(Future.result, found), strict=True):
            say(f"── {name}\n{said.rstrip()}")
            failed += [name] if code else []
    say(f"checks that did not pass: {', '.join(failed)}" if failed else f"all {len(checks)} checks passed")
    return 1 if failed else 0


def wheel_outside(arguments: list[str]) -> int:
    """Build the wheel and prove it outside the checkout, with Qt and without; `--long`: all window tests."""
    system.provide(("run", "test"))
    return wheel.prove(environment.ready(), long="--long" in arguments)
