"""The licences of everything HSDesk stands on, from the metadata of what is installed.

    .venv/bin/python packaging/licences.py      writes packaging/LICENSES.md anew

Versions are left out: the list changes when a package or its licence does, not with every release.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAGE = Path(__file__).with_name("LICENSES.md")
PROJECT = "hsdesk"
# What the metadata leaves unsaid, read from the licence file that the package brings.
READ_BY_HAND = {"google-re2": "BSD-3-Clause", "pyxform": "BSD-2-Clause", "sqlcipher3": "Zlib"}
# The wording of older metadata → SPDX.
SPOKEN = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "LGPL": "LGPL-2.1-or-later",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Public Domain": "Public domain",
}
FREE = "permissive: may be used and passed on with its notice"
REASONS = {
    "Apache-2.0": FREE,
    "BSD-2-Clause": FREE,
    "BSD-3-Clause": FREE,
    "MIT": FREE,
    "MIT-0": FREE,
    "PSF-2.0": FREE,
    "Public domain": "no conditions",
    "Zlib": FREE,
    "MPL-2.0": "used unchanged; its own files stay under MPL-2.0",
    "LGPL-2.1-or-later": "a library of its own, used unchanged and replaceable in the installed folder",
    "LGPL-3.0-only": "a library of its own, used unchanged and replaceable in the installed folder",
}
CARRIED = """\
Packages that carry further works inside: `PySide6-Essentials` the Qt libraries (LGPL-3.0), `sqlcipher3`
SQLCipher (BSD-3-Clause), SQLite (public domain) and OpenSSL (Apache-2.0), `cryptography` OpenSSL
(Apache-2.0), `psycopg-binary` (only on a server with PostgreSQL) libpq (PostgreSQL licence) and OpenSSL. The
program ships Qt as separate shared libraries, so that anyone can put another build of Qt in their place."""


@dataclass(frozen=True)
class Licence:
    """A package, its SPDX expression, and why it may be used."""

    package: str
    spdx: str
    reason: str


def spdx_of(found: Distribution) -> str:
    """Return the licence of an installed package as an SPDX expression.

    Raises:
        LookupError: neither its metadata nor our own reading names one.
    """
    metadata = found.metadata
    name = canonicalize_name(metadata["Name"])
    classifiers = [
        line.split(" :: ")[-1] for line in metadata.get_all("Classifier", []) if line[:7] == "License"
    ]
    written = [*metadata.get_all("License-Expression", []), *metadata.get_all("License", [])]
    said: list[str] = [*written, *classifiers, *filter(None, [READ_BY_HAND.get(name)])]
    for text in said:
        spdx = SPOKEN.get(text, text)
        if all(part in REASONS or part.startswith("GPL-") for part in parts(spdx)):
            return spdx
    raise LookupError(f"{name}: the licence is not named or not known: {said}")


def parts(spdx: str) -> list[str]:
    """Return the single licences of an expression.

    >>> parts("Apache-2.0 OR BSD-3-Clause")
    ['Apache-2.0', 'BSD-3-Clause']
    """
    return [part for part in re.split(r"\s+(?:OR|AND)\s+|[()]", spdx) if part]


def licence(found: Distribution) -> Licence:
    """Return the licence of an installed package; of alternatives the first one we can live with is taken."""
    spdx = spdx_of(found)
    taken = next(part for part in parts(spdx) if part in REASONS)
    reason = REASONS[taken] if taken == spdx else f"taken under {taken}: {REASONS[taken]}"
    return Licence(found.metadata["Name"], spdx, reason)


def closure(needs: Iterable[Requirement]) -> dict[str, Distribution]:
    """Return everything installed that `needs` stand on, by normalised name, themselves included."""
    found: dict[str, Distribution] = {}
    waiting = [(canonicalize_name(need.name), extra) for need in needs for extra in ("", *need.extras)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # for another system or another Python
        for need in requirements(found[name], extra):
            waiting.extend((canonicalize_name(need.name), wanted) for wanted in ("", *need.extras))
    return found


def requirements(found: Distribution, extra: str) -> list[Requirement]:
    """Return what an installed package requires; with `extra`, only what that extra adds."""
    return [need for line in found.requires or () if _applies(need := Requirement(line), extra)]


def _applies(need: Requirement, extra: str) -> bool:
    if need.marker is None:
        return not extra
    of_an_extra = "extra ==" in str(need.marker)
    return of_an_extra is bool(extra) and need.marker.evaluate({"extra": extra})


def shipped_and_tools() -> tuple[list[Licence], list[Licence]]:
    """Return the licences of what travels with the program, and of what only its makers use."""
    project = distribution(PROJECT)
    shipped = closure([*requirements(project, ""), *requirements(project, "postgresql")])
    tools = closure(requirements(project, "dev"))
    only_tools = [name for name in sorted(tools) if name not in shipped]
    return [licence(shipped[name]) for name in sorted(shipped)], [licence(tools[name]) for name in only_tools]


def page() -> str:
    """Return LICENSES.md."""
    shipped, tools = shipped_and_tools()
    return "\n".join(
        [
            "# Licences of what HSDesk stands on",
            "",
            "HSDesk itself is under Apache-2.0 (`LICENSE`). Written by `packaging/licences.py` from the",
            "metadata of the installed packages; a test holds the two together.",
            "",
            "## In the program",
            *table(shipped),
            "",
            CARRIED,
            "",
            "## Only to develop and to test; not passed on",
            *table(tools),
            "",
        ]
    )


def table(licences: Iterable[Licence]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [f"| {entry.package} | {entry.spdx} | {entry.reason} |" for entry in licences]
    return ["| package | licence | why it may be used |", "|---|---|---|", *lines]


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
