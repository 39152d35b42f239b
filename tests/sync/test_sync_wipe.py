"""A lost computer is wiped when it next connects: by a genuine order for itself, and by no other."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from quick_start import FORKED
from sync_process import Running, serving, start, stop

from hsdesk.city.people import audit, authority, wipes
from hsdesk.city.running import administration
from hsdesk.city.sql.opening import open_database
from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.errors import Refused, Wiped
from hsdesk.wire.orders import WipeDone, WipeMark, WipeOrder, is_genuine

PLACE = "341021101204"
PASSPHRASE = "kou-ling-2020"


@pytest.fixture
def city(tmp_path: Path) -> str:
    database = f"sqlite:///{tmp_path}/server/city.db"
    administration.init(database, tmp_path / "server")
    return database


@pytest.fixture
def server(city: str) -> Iterator[Running]:
    with serving(city) as running:
        yield running


def new_desk(city: str, server: Running, home: Path) -> str:
    """An enrolled desk that has synced once and holds an organization; return its device."""
    desk, _ = Desk.create(home, (PLACE,), "张三", PASSPHRASE)
    desk.exchange.enroll(server.url, administration.code(city, (PLACE,), "village")["code"])
    entry = desk.records.entry("social_org")
    edit = entry.edit(entry.session.answer("org_name", "定潭老年协会"))
    assert edit is not None
    desk.records.save(edit)
    desk.exchange.sync()
    device = desk.status().device
    desk.close()
    return device


def command(*words: str) -> tuple[int, Any, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run([*words, "--json"], None, out, err)
    return code, json.loads(out.getvalue()), err.getvalue()


def state(city: str, device: str) -> str:
    return next(one["wipe"] for one in administration.devices(city) if one["id"] == device)


def said(city: str) -> list[str]:
    opened = open_database(city)
    try:
        return [f"{entry.who} {entry.action} {entry.detail}" for entry in audit.entries(opened)]
    finally:
        opened.close()


def test_a_lost_computer_is_wiped_when_it_next_syncs(
    city: str, server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)
    device = new_desk(city, server, home)
    assert list((home / "backups").iterdir())
    before = (home / "desk.db").stat().st_size
    code, document, _ = command("server", "device", "wipe", device, "--database", city)
    assert (code, "再也不联网，命令到不了它" in document["note"]) == (0, True)
    assert state(city, device) == "ordered"
    code, document, error = command("sync", "--home", str(home))
    assert (code, document["kind"]) == (4, "Wiped")
    assert "钥匙已经销毁，这里的内容再也打不开" in error
    assert state(city, device) == "done"
    assert [line.split()[1] for line in said(city)[-3:]] == ["wipe", "wipe-sent", "wiped"]
    assert "已执行" in said(city)[-1]
    left = sorted(path.name for path in home.rglob("*"))
    assert left == ["backups", "desk.db", "desk.lock", "desk.wiped"], "the backups' folder is empty"
    assert (home / "desk.db").stat().st_size >= before
    assert command("list", "social_org", "--home", str(home))[0] == 4
    assert command("sync", "--home", str(home))[1]["kind"] == "Wiped"
    with pytest.raises(Wiped):
        Desk.create(home, (PLACE,), "张三", PASSPHRASE)


_KILLED = """
import os, signal, sys
from pathlib import Path
from hsdesk.desk import Desk
from hsdesk.deskfile import files
from hsdesk.sync.carriers import http

moment = sys.argv[3]
if moment == "confirming":
    http.tell_wiped = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
desk = Desk.open(Path(sys.argv[1]), sys.argv[2])
if moment == "marking":
    files.write_bytes = lambda path, data: os.kill(os.getpid(), signal.SIGKILL)
desk.exchange.sync()
"""


@pytest.mark.parametrize(("moment", "left"), [("marking", "whole"), ("confirming", "wiped")])
def test_killed_in_the_middle_it_is_wiped_next_time_or_is_so_already(
    city: str, server: Running, tmp_path: Path, moment: str, left: str
) -> None:
    home = tmp_path / "home"
    device = new_desk(city, server, home)
    administration.wipe(city, device, tmp_path / "server")
    done = subprocess.run(
        [sys.executable, "-c", FORKED + _KILLED, str(home), PASSPHRASE, moment],
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == -9
    assert state(city, device) == "sent"
    if left == "whole":
        desk = Desk.open(home, PASSPHRASE)
        with pytest.raises(Wiped):
            desk.exchange.sync()
        desk.close()
        assert state(city, device) == "done"
    with pytest.raises(Wiped):
        Desk.open(home, PASSPHRASE)
    assert not (home / "desk.keys").exists()
    assert state(city, device) == "done"


def test_a_word_lost_on_the_way_is_said_again_when_the_desk_is_opened_until_the_server_hears_it(
    city: str, tmp_path: Path
) -> None:
    home, server = tmp_path / "home", start(city)
    device = new_desk(city, server, home)
    administration.wipe(city, device, tmp_path / "server")
    subprocess.run(
        [sys.executable, "-c", FORKED + _KILLED, str(home), PASSPHRASE, "confirming"],
        check=False,
        env=dict(os.environ),
    )
    stop(server)
    with pytest.raises(Wiped):
        Desk.open(home, PASSPHRASE)  # no line: the keys are gone all the same
    assert not (home / "desk.keys").exists()
    assert state(city, device) == "sent"
    again = start(city, port=urlsplit(server.url).port or 0)
    for _ in range(2):
        with pytest.raises(Wiped):
            Desk.open(home, PASSPHRASE)
        assert state(city, device) == "done"
    assert [line.split()[1] for line in said(city)].count("wiped") == 1
    mark = msgspec.json.decode((home / "desk.wiped").read_bytes(), type=WipeMark)
    assert (mark.order.device, mark.done) == (device, None)  # nothing is sent any more
    assert stop(again) == (0, "")


def forged(city: str, device: str, folder: Path) -> dict[str, WipeOrder]:
    """Orders that are not what the city's authority said to this computer."""
    opened = open_database(city)
    with opened.reading() as connection:
        ((body,),) = connection.all("SELECT body FROM hs_wipe WHERE device = ?", device)
    opened.close()
    real = msgspec.json.decode(bytes(body), type=WipeOrder)
    assert is_genuine(real, (folder / "ca.pem").read_text(encoding="ascii"))
    other = msgspec.structs.replace(real, device="another-device")
    stranger = authority.make_authority("别的市")
    city_key = authority.read_authority(folder)
    return {
        "altered": msgspec.structs.replace(real, at=real.at + 1),
        "unsigned": msgspec.structs.replace(real, signature=""),
        "no hex": msgspec.structs.replace(real, signature="清除"),
        "signed by a stranger": msgspec.structs.replace(real, signature=authority.sign(stranger, real.text)),
        "of another computer": msgspec.structs.replace(other, signature=authority.sign(city_key, other.text)),
        "for an older key": _signed(msgspec.structs.replace(real, public_key="0" * 64), city_key),
    }


def _signed(order: WipeOrder, by: authority.Authority) -> WipeOrder:
    return msgspec.structs.replace(order, signature=authority.sign(by, order.text))


def test_a_forged_an_altered_and_a_replayed_order_do_nothing(
    city: str, server: Running, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    device = new_desk(city, server, home)
    administration.wipe(city, device, tmp_path / "server")
    keys = (home / "desk.keys").read_bytes()
    for why, order in forged(city, device, tmp_path / "server").items():
        opened = open_database(city)
        with opened.writing() as connection:
            body = msgspec.json.encode(order)
            connection.run("UPDATE hs_wipe SET body = ? WHERE device = ?", body, device)
        opened.close()
        desk = Desk.open(home, PASSPHRASE)
        with pytest.raises(Refused, match="来历不明的清除命令，没有执行") as refused:
            desk.exchange.sync()
        assert not isinstance(refused.value, Wiped), why
        assert [row["org_name"] for row in desk.lists.documents("social_org", _all())[1]] == ["定潭老年协会"]
        desk.close()
    assert (home / "desk.keys").read_bytes() == keys
    assert not (home / "desk.wiped").exists()


def _all() -> Any:
    from hsdesk.desk.values import ListQuery

    return ListQuery()


def test_nobody_but_the_computer_itself_says_that_it_was_wiped(
    city: str, server: Running, tmp_path: Path
) -> None:
    device = new_desk(city, server, tmp_path / "home")
    administration.wipe(city, device, tmp_path / "server")
    opened = open_database(city)
    for signature in ("", "00" * 64, "清除"):
        with pytest.raises(Refused, match="没有这样的清除命令"):
            wipes.confirm(opened, WipeDone(device, 0, signature))
    opened.close()
    assert state(city, device) == "ordered"


def test_an_order_needs_the_key_of_this_citys_authority(city: str, server: Running, tmp_path: Path) -> None:
    device = new_desk(city, server, tmp_path / "home")
    administration.init(f"sqlite:///{tmp_path}/other/city.db", tmp_path / "other")
    with pytest.raises(Refused, match="不相配"):
        administration.wipe(city, device, tmp_path / "other")
    with pytest.raises(Refused, match="找不到市级证书"):
        administration.wipe(city, device, tmp_path / "nowhere")
    with pytest.raises(Refused, match="没有登记过这台电脑"):
        administration.wipe(city, "nobody", tmp_path / "server")
    assert (state(city, device), administration.devices(city)[0]["revoked"]) == ("", False)
