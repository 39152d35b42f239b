"""Databases that tests share and servers that they copy are as good as new for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sync_databases import KINDS, fresh, reused
from sync_prepared import initialise
from sync_world import mixed_form, person_form, prepared_service, without_shipped_forms

from hsdesk.city.sql.opening import open_database

HELD = (
    "SELECT name FROM hs_setting ORDER BY name",
    "SELECT kind, id, version, rev, digest FROM hs_reference ORDER BY 1, 2",
    "SELECT count(*) FROM mixed",
)
ONLY_READ = """
    DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database());
    END $$"""
LATE = """
    SELECT (SELECT count(*) FROM pg_class WHERE relname = 'late')
    + (SELECT count(*) FROM information_schema.columns WHERE column_name = 'late')"""


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    without_shipped_forms(monkeypatch)


def held(url: str) -> list[object]:
    with closing(open_database(url)) as opened, opened.reading() as connection:
        return [[tuple(row) for row in connection.all(sql)] for sql in HELD]


def said(url: str, name: str) -> str:
    with closing(open_database(url)) as opened, opened.reading() as connection:
        ((value,),) = connection.all("SELECT value FROM hs_setting WHERE name = ?", name)
        return str(value)


@contextmanager
def prepared(kind: str, folder: Path, postgres_url: str) -> Iterator[str]:
    for url in fresh(kind, folder, postgres_url):
        prepared_service(url, folder / "server", mixed_form()).database.close()
        yield url


@pytest.mark.parametrize("kind", KINDS)
def test_a_prepared_server_is_an_initialised_one(kind: str, tmp_path: Path, postgres_url: str) -> None:
    for url in fresh(kind, tmp_path / "plain", postgres_url):
        initialise(url, tmp_path / "plain" / "server", mixed_form())
        plain, epoch = held(url), said(url, "server_epoch")
    epochs = {epoch}
    for name in ("first", "second"):
        with prepared(kind, tmp_path / name, postgres_url) as url:
            assert held(url) == plain
            epochs.add(said(url, "server_epoch"))
        there = {path.name for path in (tmp_path / name / "server").iterdir()}
        assert there >= {"ca.pem", "ca.key", "server.pem", "server.key"}
    assert len(epochs) == 3


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM hs_reference",
        "UPDATE hs_setting SET value = 'x'",
        "CREATE TABLE late (n INTEGER)",
        "ALTER TABLE mixed ADD COLUMN late INTEGER",
        "CREATE INDEX late ON mixed (name)",
        "DROP TABLE mixed",
        ONLY_READ,
    ],
)
def test_what_a_test_did_to_a_shared_database_is_not_seen_by_the_next(
    change: str, tmp_path: Path, postgres_url: str
) -> None:
    with prepared("postgresql", tmp_path / "first", postgres_url) as url:
        before, shared = held(url), reused(url)
        assert shared is not None
        with closing(open_database(url)) as opened, opened.writing() as connection:
            connection.run(change)
    with prepared("postgresql", tmp_path / "second", postgres_url) as url:
        assert reused(url) is shared
        assert held(url) == before
        with closing(open_database(url)) as opened, opened.reading() as connection:
            assert connection.all(LATE) == [(0,)]


def test_servers_with_other_forms_are_other_servers(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path}/{name}/city.db" for name in ("a", "b")]
    prepared_service(urls[0], tmp_path / "a", mixed_form()).database.close()
    prepared_service(urls[1], tmp_path / "b", mixed_form(), person_form()).database.close()
    found = [held(url)[1] for url in urls]
    assert found[0] != found[1]
