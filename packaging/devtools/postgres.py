"""A private PostgreSQL server for one run of the tests, on 127.0.0.1 and gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devtools.environment import Trouble

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
UNPRIVILEGED = ("postgres", "nobody")


def programs() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, the newest of several, or None."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(DEBIAN_PROGRAMS.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def private_server(where: Path, *, durable: bool = False) -> Iterator[str]:
    """Run a new PostgreSQL server from the programs in `where`, yield its URL, and remove it at the end.

    Unless `durable`, it does not wait for the disk: quick for tests, and no ground to measure
    on. As root it runs as an unprivileged user, because PostgreSQL refuses to run as root.

    Raises:
        Trouble: the server did not start; its log is in the message.
    """
    folder = Path(tempfile.mkdtemp(prefix="hsdesk-postgres-"))
    as_user = _as_unprivileged(folder)
    try:
        password = secrets.token_hex(16)
        secret = folder / "password"
        secret.write_text(password)
        secret.chmod(0o644)  # the folder above is 0700 and belongs to the server's user
        data = folder / "data"
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", f"--pwfile={secret}"]
        _run([*as_user, str(where / "initdb"), f"--pgdata={data}", "--username=hsdesk", *options], folder)
        port = _free_port()
        settings = (
            f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=100 -c fsync={'on' if durable else 'off'}"
        )
        control = [*as_user, str(where / "pg_ctl"), f"--pgdata={data}", "--silent", "--wait"]
        _run([*control, f"--log={folder / 'log'}", "-o", settings, "start"], folder)
        try:
            yield f"postgresql://hsdesk:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "--mode=immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_unprivileged(folder: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    known = {entry.pw_name for entry in pwd.getpwall()}
    name = next(user for user in UNPRIVILEGED if user in known)
    shutil.chown(folder, name)
    return ["setpriv", f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: Sequence[str], folder: Path) -> None:
    # Output goes to a file: the server inherits it, and a pipe would keep us waiting for its end.
    output = folder / "output"
    with output.open("ab") as sink:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd=folder, check=False
        )
    if done.returncode != 0:
        log = folder / "log"
        said = output.read_text(errors="replace") + (log.read_text(errors="replace") if log.exists() else "")
        raise Trouble("PostgreSQL for the tests did not start:\n" + "\n".join(said.strip().splitlines()[-8:]))
