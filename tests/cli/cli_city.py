"""A city server in its own process and desks enrolled at it, driven by nothing but the command line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hsdesk.cli.run import run


def ask(home: Path, *words: str) -> tuple[int, Any]:
    """Run a command with --json in a home; return its exit code and document."""
    out = io.StringIO()
    code = run([*words, "--home", str(home), "--json"], None, out, io.StringIO())
    return code, json.loads(out.getvalue())


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server with its home in `folder / "server"`, for the length of a block; yields its address."""
    server = folder / "server"
    assert ask(server, "server", "init")[0] == 0
    command = [sys.executable, "-m", "hsdesk", "serve", "--port", "0", "--home", str(server)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode == 0


def enrolled(folder: Path, url: str, place: str, role: str, *options: str, name: str = "") -> Path:
    """A desk of a place, enrolled with a fresh code; returns its home, which is called as its role is."""
    home = folder / (name or role)
    assert ask(home, "init", "--place", place, "--person", role)[0] == 0
    code = ask(folder / "server", "server", "code", "--scope", place, "--role", role, *options)[1]["code"]
    assert ask(home, "enroll", url, code)[0] == 0
    return home
