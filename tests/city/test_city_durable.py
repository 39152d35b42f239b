"""What a city promises of its file holds on the very connections that the service writes with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sync_world import prepared_service

from hsdesk.city.running.service import Service

FULL = 2  # wait for the disk at every commit


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = prepared_service(f"sqlite:///{tmp_path}/server/city.db", tmp_path / "server")
    yield opened
    opened.database.close()


def test_a_city_waits_for_the_disk_before_it_acknowledges(service: Service) -> None:
    with service.database.writing() as connection:
        assert connection.all("PRAGMA synchronous") == [(FULL,)]
        assert connection.all("PRAGMA journal_mode") == [("wal",)]
