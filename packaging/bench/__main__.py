"""Print the benchmark table. Called by `python3 packaging/dev.py bench [--storm] [MODULE …]`."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import platform
import sys
import time

import bench
from bench.table import markdown, run_table

NOT_FIGURES = frozenset({"__main__", "table", "floors", "walks", "peer"})


def module_names() -> list[str]:
    """Return the modules that may hold figures, `window` first because it is what people feel."""
    names = [found.name for found in pkgutil.iter_modules(bench.__path__) if found.name not in NOT_FIGURES]
    return sorted(names, key=lambda name: (name != "window", name))


def main() -> int:
    """Run the modules asked for (default: all) and print one table."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("--storm", action="store_true", help="also the long runs of many desks at once")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(module_names())}")
    options = parser.parse_args()
    names = options.modules or module_names()
    unknown = sorted(set(names) - set(module_names()))
    if unknown:
        parser.error(f"no such module: {', '.join(unknown)}")
    started = time.perf_counter()
    rows = run_table([importlib.import_module(f"bench.{name}") for name in names], storm=options.storm)
    print(f"Python {platform.python_version()}, {platform.platform()}\n")
    print(markdown(rows))
    print(f"\n{len(rows)} figures in {time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
