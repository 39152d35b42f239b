"""Print the benchmark table. Called by `python3 packaging/dev.py bench [--storm] [MODULE …]`.

Each module is measured in a process of its own, one after another: what one leaves in memory slows the next.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import platform
import subprocess
import sys
import time
from dataclasses import asdict

import bench
from bench.table import MISSED, Row, markdown, run_table

NOT_FIGURES = frozenset({"__main__", "table", "floors", "walks", "peer"})


def module_names() -> list[str]:
    """Return the modules that may hold figures, `window` first because it is what people feel."""
    names = [found.name for found in pkgutil.iter_modules(bench.__path__) if found.name not in NOT_FIGURES]
    return sorted(names, key=lambda name: (name != "window", name))


def measured_apart(name: str, *, storm: bool) -> list[Row]:
    """Return the figures of a module, taken in a process of its own. Raises CalledProcessError."""
    command = [sys.executable, "-m", "bench", "--rows", *(["--storm"] if storm else []), name]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def main() -> int:
    """Run the modules asked for (default: all) and print one table."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("--storm", action="store_true", help="also the long runs of many desks at once")
    parser.add_argument("--rows", action="store_true", help=argparse.SUPPRESS)  # of one module, as JSON
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(module_names())}")
    options = parser.parse_args()
    names = options.modules or module_names()
    unknown = sorted(set(names) - set(module_names()))
    if unknown:
        parser.error(f"no such module: {', '.join(unknown)}")
    if options.rows:
        modules = [importlib.import_module(f"bench.{name}") for name in names]
        print(json.dumps([asdict(row) for row in run_table(modules, storm=options.storm)]))
        return 0
    started = time.perf_counter()
    rows = [row for name in names for row in measured_apart(name, storm=options.storm)]
    print(f"Python {platform.python_version()}, {platform.platform()}\n")
    print(markdown(rows))
    missed = [row.figure for row in rows if row.verdict() == MISSED]
    print(f"\n{len(rows)} figures in {time.perf_counter() - started:.0f} s, {len(missed)} missed: {missed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
