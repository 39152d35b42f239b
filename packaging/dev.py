#!/usr/bin/env python3
"""Set up, show, test, measure and check HSDesk on a machine that has Python 3.11+ and git.

    python3 packaging/dev.py                      set up, then run the demo journey
    python3 packaging/dev.py test [--long] […]    set up, then pytest (further arguments are passed on)
    python3 packaging/dev.py bench [--storm] […]  the benchmark table
    python3 packaging/dev.py check                ruff, mypy, import-linter, architecture
    python3 packaging/dev.py mutants [--sample N] plant mistakes in a copy; the tests must notice each
    python3 packaging/dev.py setup [--postgresql] set up only
    python3 packaging/dev.py wheel [--long]       build the wheel and prove it outside the checkout

Only the standard library is used here, and this file stays readable for older Pythons, so that it can say
what is missing.
"""

import sys

OLDEST = (3, 11)


def main(arguments: "list[str]") -> int:
    """Run one verb and return its exit code; 2 for a wrong verb or a Python that is too old."""
    if sys.version_info < OLDEST:
        running = ".".join(str(part) for part in sys.version_info[:3])
        print(f"HSDesk needs Python 3.11 or newer; this is Python {running}.", file=sys.stderr)
        return 2
    from devtools import verbs

    return verbs.run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
