"""What `conftest.py` promises every test."""

from __future__ import annotations

import os
import socket
import time
from datetime import datetime
from pathlib import Path

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "8.8.8.8"])
def test_the_world_outside_cannot_be_reached(host: str) -> None:
    with pytest.raises(RuntimeError, match="only this machine"):
        socket.create_connection((host, 80), timeout=5)
    with socket.socket() as plain, pytest.raises(RuntimeError, match="only this machine"):
        plain.connect_ex((host, 80))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_can_be_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1]), timeout=5).close()


def test_the_home_is_new_and_no_passphrase_is_known(home: Path) -> None:
    assert os.environ["HSDESK_HOME"] == str(home)
    assert not home.exists()
    assert "HSDESK_PASSPHRASE" not in os.environ


def test_the_clock_stands_in_huangshan() -> None:
    assert time.strftime("%z") == "+0800"
    assert datetime(2026, 7, 1).astimezone().utcoffset() is not None


def test_no_keyring_of_a_real_person_is_touched() -> None:
    import keyring

    with pytest.raises(keyring.errors.NoKeyringError):
        keyring.get_password("hsdesk", "anyone")
