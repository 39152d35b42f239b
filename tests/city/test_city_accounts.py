"""Officials' accounts, backups of the server, and what a restore tells the desks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sync_process import serving
from sync_server import a_village, places

from hsdesk.city.people import accounts
from hsdesk.city.running import administration, backups
from hsdesk.city.running.service import Service, open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.errors import Corrupt, DataError, Refused
from hsdesk.wire.enrolment import Token

VILLAGE = a_village(places())
PASSWORD = "一个很长的密码不会忘"


@pytest.fixture
def city(tmp_path: Path) -> str:
    database = f"sqlite:///{tmp_path}/server/city.db"
    administration.init(database, tmp_path / "server")
    return database


def service(city: str) -> Service:
    return open_service(open_database(city))


def test_an_official_logs_in_with_the_right_password_only(city: str) -> None:
    assert administration.add_user(city, "王主任", PASSWORD, "village", (VILLAGE,))["role"] == "village"
    running = service(city)
    token = running.accounts.login("王主任", PASSWORD)
    assert isinstance(token, Token)
    who = running.accounts.who(token.token)
    assert who is not None
    assert (who[0], who[1].may_read(VILLAGE, "common")) == ("王主任", True)
    for name, password in (("王主任", PASSWORD + "x"), ("李主任", PASSWORD)):
        with pytest.raises(Refused, match="账号或密码不对"):
            running.accounts.login(name, password)
    administration.disable_user(city, "王主任")
    assert running.accounts.who(token.token) is None
    with pytest.raises(Refused):
        running.accounts.login("王主任", PASSWORD)
    running.database.close()


def test_a_name_that_is_not_known_takes_as_much_work_as_one_that_is(
    city: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    administration.add_user(city, "王主任", PASSWORD, "village", (VILLAGE,))
    running, checked, matches = service(city), list[str](), accounts._matches

    def watched(kept: str, password: str) -> bool:
        checked.append(kept.rsplit("$", 2)[0])
        return matches(kept, password)

    monkeypatch.setattr(accounts, "_matches", watched)
    for name in ("王主任", "李主任"):
        with pytest.raises(Refused, match="账号或密码不对"):
            running.accounts.login(name, PASSWORD + "x")
    running.database.close()
    known, unknown = checked
    assert known == unknown


@pytest.mark.parametrize("soon_guessed", ["1234567890", "adminadmin", "王主任王主任2020"])
def test_a_password_that_is_soon_guessed_is_not_taken(city: str, soon_guessed: str) -> None:
    with pytest.raises(DataError, match="口令"):
        administration.add_user(city, "王主任", soon_guessed, "village", (VILLAGE,))


def test_a_password_kept_at_another_cost_is_kept_anew_when_its_owner_logs_in(
    city: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    administration.add_user(city, "王主任", PASSWORD, "village", (VILLAGE,))
    monkeypatch.setattr(accounts, "COST", accounts.Argon2Cost(memory=128, passes=2))
    running = service(city)
    with pytest.raises(Refused):
        running.accounts.login("王主任", PASSWORD + "x")
    running.accounts.login("王主任", PASSWORD)
    with running.database.reading() as connection:
        ((kept,),) = connection.all("SELECT password FROM hs_account")
    assert kept.startswith("$argon2id$v=19$m=128,t=2,p=1$")
    running.accounts.login("王主任", PASSWORD)
    running.database.close()


def test_a_short_password_is_not_taken(city: str) -> None:
    with pytest.raises(DataError, match="至少要 10 位"):
        administration.add_user(city, "王主任", "123456", "village", (VILLAGE,))
    assert administration.users(city) == []


def test_passwords_tokens_and_codes_are_not_in_the_database(city: str, tmp_path: Path) -> None:
    administration.add_user(city, "王主任", PASSWORD, "village", (VILLAGE,))
    code = administration.code(city, (VILLAGE,), "village")["code"]
    running = service(city)
    token = running.accounts.login("王主任", PASSWORD).token
    running.database.close()
    raw = (tmp_path / "server" / "city.db").read_bytes()
    for secret in (PASSWORD, token, code.replace("-", "")[:12]):
        assert secret.encode() not in raw


def test_a_backup_of_a_running_server_can_be_restored(city: str, tmp_path: Path) -> None:
    out = tmp_path / "backup.db"
    with serving(city):
        assert backups.backup(city, out) > 0
        with pytest.raises(Refused, match="还在运行"):
            backups.restore(city, out)
    before = service(city)
    epoch = before.ledger.server_epoch
    before.database.close()
    backups.restore(city, out)
    after = service(city)
    assert after.ledger.server_epoch != epoch
    assert administration.check_audit(city) >= 2
    after.database.close()


@pytest.mark.parametrize("name", ["年#1", "备份?新", "50%25", "a b&c=d"])
def test_a_backup_whose_path_has_signs_of_an_address_is_whole(tmp_path: Path, name: str) -> None:
    database = f"sqlite:///{tmp_path}/{name}/city.db"
    administration.init(database, tmp_path / name)
    out = tmp_path / name / f"{name}.db"
    assert backups.backup(database, out) > 0
    backups.restore(database, out)
    assert administration.check_audit(database) >= 2


def test_a_damaged_backup_is_refused_and_changes_nothing(city: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.db"
    bad.write_bytes(b"not a database" * 100)
    with pytest.raises(Corrupt, match="已损坏"):
        backups.restore(city, bad)
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE t (a)")
    with pytest.raises(Corrupt, match="已损坏"):
        backups.restore(city, tmp_path / "other.db")
    assert msgspec.json.decode(msgspec.json.encode(administration.users(city))) == []
