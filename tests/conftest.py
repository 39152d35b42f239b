"""What every test stands on: no real home, no real keyring, no screen, no network, one time zone."""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything imports Qt or keyring: both read the environment once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
os.environ["TZ"] = "Asia/Shanghai"
if hasattr(time, "tzset"):
    time.tzset()

PACKAGING = Path(__file__).parents[1] / "packaging"
SYNC_WORLD = Path(__file__).parent / "sync"  # tests of the server and of the command line stand on it too
FORM_TABLES = Path(__file__).parent / "forms"  # forms as tables inside a test
for shared in (PACKAGING, SYNC_WORLD, FORM_TABLES):
    if str(shared) not in sys.path:
        sys.path.append(str(shared))


def pytest_collection_finish() -> None:
    """Let the garbage collector leave out what was collected: half a million objects that stay.

    The window collects all garbage whenever it shows another page; each time would take a fifth of a second.
    """
    gc.collect()
    gc.freeze()


class NetworkRefused(RuntimeError):
    """A test reached for the world outside. Not an OSError, so that no code takes it for a lost network."""


def is_loopback(host: object) -> bool:
    """Tell whether `host` (name or address) stays on this machine; an empty host is the wildcard address."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.split("%", 1)[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection and every name look-up that would leave this machine."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(host: object) -> None:
        if not is_loopback(host):
            raise NetworkRefused(f"a test tried to reach {host!r}; only this machine may be reached")

    def guarded_connect(self: socket.socket, address: object) -> None:
        refuse(address[0] if isinstance(address, tuple) else "")
        connect(self, address)  # type: ignore[arg-type]

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        refuse(address[0] if isinstance(address, tuple) else "")
        return connect_ex(self, address)  # type: ignore[arg-type]

    def guarded_look_up(host: object, *rest: object, **named: object) -> object:
        refuse(host)
        return look_up(host, *rest, **named)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture(autouse=True, scope="session")
def cheap_keys() -> Iterator[None]:
    """Make a guess at a passphrase or a password cheap; test_cli_key_costs.py sees to what is shipped."""
    import quick_start

    with pytest.MonkeyPatch.context() as patch:
        for module, cost in quick_start.cheap_keys():
            patch.setattr(module, "COST", cost)
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_starts() -> Iterator[None]:
    """Let processes of the program begin without reading its code anew (quick_start.py)."""
    import quick_start

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", quick_start.Popen)
        yield
    quick_start.close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that the program takes for its HOME: new for each test and not yet made."""
    folder = tmp_path / "home"
    monkeypatch.setenv("HSDESK_HOME", str(folder))
    monkeypatch.delenv("HSDESK_PASSPHRASE", raising=False)
    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Yield the URL of this process's own database on the PostgreSQL server for tests.

    It is empty where there is no server (`dev.py test` says so).
    """
    from sync_databases import forget_all, own_database

    server = os.environ.get("HSDESK_TEST_POSTGRES", "")
    if not server:
        yield ""
        return
    with own_database(server) as url:
        yield url
        forget_all()
