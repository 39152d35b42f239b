"""/readyz says whether pushes would be taken now; /healthz only that the process runs."""

from __future__ import annotations

import shutil
import sqlite3
from collections import namedtuple
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from city_client import Client
from sync_databases import fresh
from sync_server import prepared_service

from hsdesk.city.http.app import make_app
from hsdesk.city.running.readiness import LEAST_BYTES, Readiness
from hsdesk.city.running.service import Service, Site, open_service
from hsdesk.city.sql import sqlite_database
from hsdesk.city.sql.opening import open_database
from hsdesk.errors import Corrupt, Locked

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(sqlite_database, "_BUSY_SECONDS", 0.1)
    url = f"sqlite:///{tmp_path}/server/city.db"
    prepared_service(url, tmp_path / "server").database.close()
    opened = open_service(open_database(url), site=Site(url, tmp_path / "server"))
    yield opened
    opened.database.close()


def status(service: Service, path: str) -> int:
    return Client(make_app(service)).ask("GET", path).status


def test_a_database_that_another_program_holds_is_not_ready(service: Service, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "server" / "city.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (status(service, "/readyz"), status(service, "/healthz")) == (503, 200)
        other.execute("ROLLBACK")
    assert status(service, "/readyz") == 200


def test_a_disk_that_is_nearly_full_is_not_ready(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for left, said in ((LEAST_BYTES - 1, 507), (LEAST_BYTES, 200)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, left=left: Usage(1 << 40, 1 << 39, left))
        assert status(service, "/api/v1/readyz") == said


def test_it_looks_at_most_once_a_second_however_many_ask(service: Service, tmp_path: Path) -> None:
    now = [100.0]
    readiness = Readiness(service.database, tmp_path, lambda: now[0])
    readiness.check()
    service.database.close()
    shutil.rmtree(tmp_path / "server")
    readiness.check()
    now[0] += 1.0
    with pytest.raises(Corrupt):
        readiness.check()


def test_a_postgresql_that_only_reads_is_not_ready(tmp_path: Path, postgres_url: str) -> None:
    for url in fresh("postgresql", tmp_path, postgres_url):
        prepared_service(url, tmp_path / "server").database.close()
        opened = open_service(open_database(url), site=Site(url, None))
        assert status(opened, "/readyz") == 200
        opened.database.close()
        name = url.rpartition("/")[2]
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        database = open_database(url)
        with pytest.raises(Locked, match="只能读不能写"):
            Readiness(database, None).check()
        database.close()
