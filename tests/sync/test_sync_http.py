"""Two desks and a city server in its own process, over real sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sync_process import Running, serving
from sync_world import a_village, new_desk, new_ids, person_form, places, put, township_of

from hsdesk.city.running import administration
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import DataError, Offline, Refused
from hsdesk.forms.schema import Form
from hsdesk.model.answer import SetDelta, Value
from hsdesk.records.edits import Edit
from hsdesk.sync.carriers.http import Asking, HttpCarrier, enrol
from hsdesk.sync.loop import SyncReport, synchronise
from hsdesk.wire.enrolment import Enrolment

VILLAGE = a_village(places())


@pytest.fixture
def city(tmp_path: Path) -> str:
    database = f"sqlite:///{tmp_path}/server/city.db"
    administration.init(database, tmp_path / "server")
    administration.add_form(database, person_form())
    return database


@pytest.fixture
def server(city: str) -> Iterator[Running]:
    with serving(city) as running:
        yield running


def code_for(city: str, scope: str, role: str) -> str:
    return administration.code(city, (scope,), role)["code"]


def enrolled(city: str, server: Running, desk: DeskFile, scope: str, role: str) -> Enrolment:
    return enrol(server.url, code_for(city, scope, role), Asking(desk.device_id(), role))[0]


def sync(desk: DeskFile, enrolment: Enrolment) -> SyncReport:
    with HttpCarrier(enrolment) as carrier:
        return synchronise(desk, carrier)


def test_two_desks_merge_their_answers_and_a_person_settles_the_conflict(
    city: str, server: Running, tmp_path: Path
) -> None:
    record = next(new_ids(1))
    with new_desk(tmp_path / "a", person_form()) as village, new_desk(tmp_path / "b") as township:
        mine = enrolled(city, server, village, VILLAGE, "village")
        theirs = enrolled(city, server, township, township_of(places(), VILLAGE), "township")
        put(village, VILLAGE, record, {"name": "张三", "phone": "1", "edu": "小学"})
        assert sync(village, mine).pushed == 1
        assert sync(township, theirs).pulled == 1
        put(village, VILLAGE, record, {"edu": "初中", "phone": "2"})
        put(township, VILLAGE, record, {"note": "已走访", "phone": "3"}, person="李四")
        sync(village, mine)
        assert sync(township, theirs).conflicts == 1
        assert sync(village, mine).conflicts == 1
        (conflict,) = village.conflicts()
        assert township.conflicts() == (conflict,)
        assert {c.value for c in conflict.candidates} == {"2", "3"}
        assert conflict.base == "1"
        lost = conflict.candidates[1]
        answers: dict[str, Value | SetDelta] = {"phone": lost.value}
        township.commit(Edit(VILLAGE, "person26", record, answers, "李四", resolves=conflict.id))
        sync(township, theirs)
        sync(village, mine)
        assert village.conflicts() == township.conflicts() == ()
        for desk in (village, township):
            state = desk.state(VILLAGE, record)
            assert state is not None
            assert state.answers == {"name": "张三", "edu": "初中", "note": "已走访", "phone": lost.value}


def test_a_published_form_reaches_a_desk_before_the_data_that_uses_it(
    city: str, server: Running, tmp_path: Path
) -> None:
    with new_desk(tmp_path / "a", person_form()) as village, new_desk(tmp_path / "b") as other:
        mine = enrolled(city, server, village, VILLAGE, "village")
        put(village, VILLAGE, next(new_ids(1)), {"name": "张三"})
        sync(village, mine)
        assert not other.has_form("person26")
        sync(other, enrolled(city, server, other, VILLAGE, "village"))
        assert isinstance(other.form("person26"), Form)
        assert [row.title for row in other.query("person26")] != []


def test_a_form_without_a_version_and_with_odd_signs_in_it_reaches_a_desk(
    city: str, server: Running, tmp_path: Path
) -> None:
    for version in ("", "2026/1 版"):
        form = msgspec.structs.replace(person_form(version), form_id=f"odd{len(version)}")
        administration.add_form(city, form)
    with new_desk(tmp_path / "a") as desk:
        sync(desk, enrolled(city, server, desk, VILLAGE, "village"))
        assert (desk.form("odd0").version, desk.form("odd8").version) == ("", "2026/1 版")


def test_with_nothing_to_do_one_small_request_is_made(city: str, server: Running, tmp_path: Path) -> None:
    with new_desk(tmp_path / "a", person_form()) as desk:
        enrolment = enrolled(city, server, desk, township_of(places(), VILLAGE), "township")
        kept = [enrolment]
        with HttpCarrier(enrolment, kept.append) as carrier:
            synchronise(desk, carrier)
        report = sync(desk, kept[-1])
        assert report.requests == 1
        assert report.bytes_up + report.bytes_down <= 512


def test_tls_with_the_city_certificate_is_spoken_and_another_city_is_refused(
    city: str, tmp_path: Path
) -> None:
    made = administration.init(city, tmp_path / "server")
    other = f"sqlite:///{tmp_path}/other/city.db"
    administration.init(other, tmp_path / "other")
    with (
        serving(city, tls=(made["tls_cert"], made["tls_key"])) as running,
        new_desk(tmp_path / "a", person_form()) as desk,
    ):
        assert running.url.startswith("https://")
        assert running.fingerprint == made["fingerprint"]
        with pytest.raises(Refused, match="不属于这台服务器"):
            enrolled(other, running, desk, VILLAGE, "village")
        enrolment = enrolled(city, running, desk, VILLAGE, "village")
        put(desk, VILLAGE, next(new_ids(1)), {"name": "张三"})
        assert sync(desk, enrolment).pushed == 1
        foreign = (tmp_path / "other" / "ca.pem").read_text(encoding="ascii")
        forged = msgspec.structs.replace(enrolment, authority=foreign)
        with pytest.raises(Refused, match="证书不对"):
            HttpCarrier(forged)
        misled = msgspec.structs.replace(
            forged, fingerprint=administration.init(other, tmp_path / "other")["fingerprint"]
        )
        with pytest.raises(Refused, match="证书不对，没有发送任何数据"):
            sync(desk, misled)


def test_a_server_that_is_gone_is_told_in_plain_words_and_nothing_is_lost(city: str, tmp_path: Path) -> None:
    with serving(city) as running, new_desk(tmp_path / "a", person_form()) as desk:
        enrolment = enrolled(city, running, desk, VILLAGE, "village")
    with socket.create_server(("127.0.0.1", 0)) as deaf, new_desk(tmp_path / "b", person_form()) as desk:
        deaf.close()
        put(desk, VILLAGE, next(new_ids(1)), {"name": "张三"})
        with pytest.raises(Offline, match="联系不上市级服务器。已填内容都保存在本机"):
            sync(desk, enrolment)
        assert desk.pending_count() == 1


def test_a_code_works_once_and_a_wrong_one_never(city: str, server: Running, tmp_path: Path) -> None:
    code = code_for(city, VILLAGE, "village")
    with new_desk(tmp_path / "a") as first, new_desk(tmp_path / "b") as second:
        enrol(server.url, code, Asking(first.device_id(), "一"))
        with pytest.raises(Refused, match="登记码不对或已过期"):
            enrol(server.url, code, Asking(second.device_id(), "二"))
        wrong = ("0" if code[0] != "0" else "1") + code[1:]
        with pytest.raises(Refused, match="登记码不对或已过期"):
            enrol(server.url, wrong, Asking(second.device_id(), "二"))
        with pytest.raises(DataError, match="28 位"):
            enrol(server.url, code[:-1], Asking(second.device_id(), "二"))


def test_a_revoked_computer_is_turned_away_at_once(city: str, server: Running, tmp_path: Path) -> None:
    with new_desk(tmp_path / "a", person_form()) as desk:
        enrolment = enrolled(city, server, desk, VILLAGE, "village")
        kept = [enrolment]
        with HttpCarrier(enrolment, kept.append) as carrier:
            synchronise(desk, carrier)
            administration.revoke(city, desk.device_id())
            with pytest.raises(Refused, match="已被停用"):
                synchronise(desk, carrier)


def test_a_server_stops_cleanly_when_asked_to(city: str) -> None:
    with serving(city) as running:
        assert running.process.poll() is None
    assert running.process.returncode == 0
