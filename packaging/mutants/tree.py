"""Copies of the tree, in which changes are planted and taken back; the working tree is never written to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mutants.changes import Change, changed_text

_APART = 2_000_000_000  # ns: bytecode knows its file by its size and the second it was written in
LEFT_OUT = (".git", ".venv", ".hypothesis", "*_cache", "__pycache__", "build", "dist", "htmlcov")


@dataclass(frozen=True)
class Copy:
    """A copy of the tree, compiled, whose tests run on its own code."""

    root: Path

    def surroundings(self) -> dict[str, str]:
        """Return the environment in which this copy's code is imported, not that of the checkout.

        No bytecode is written: that of a planted change could be taken for the file's own afterwards.
        PostgreSQL is left out: every change must be caught without it.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HSDESK_")}
        found = os.pathsep.join((str(self.root), str(self.root / "packaging")))
        return {**kept, "PYTHONPATH": found, "PYTHONDONTWRITEBYTECODE": "1"}

    @contextmanager
    def planted(self, change: Change) -> Iterator[None]:
        """Plant a change for the length of a block. Raises DoesNotApply."""
        path = self.root / change.file
        text = changed_text(change, self.root)
        before, stat = path.read_bytes(), path.stat()
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + _APART))
        try:
            yield
        finally:
            path.write_bytes(before)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # its bytecode is good again


def copies(root: Path, folder: Path, count: int) -> tuple[Copy, ...]:
    """Make so many copies of the tree at `root` in `folder`; the code in them is compiled once."""
    first = folder / "tree-1"
    shutil.copytree(root, first, ignore=shutil.ignore_patterns(*LEFT_OUT))
    code = [name for name in ("hsdesk", "ui", "packaging") if (first / name).is_dir()]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *code], cwd=first, check=True)
    made = [first]
    for number in range(2, count + 1):
        made.append(folder / f"tree-{number}")
        shutil.copytree(first, made[-1])
    return tuple(Copy(path) for path in made)
