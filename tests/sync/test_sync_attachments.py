"""Attachments between two desks and a city server in its own process; a cut costs one part at most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from attachment_world import HALF_MB, attach, paper_form, some_bytes
from cut_cable import CutCable
from sync_process import Running, client, finish, serving, start, stop
from sync_world import (
    KEY,
    MemoryCarrier,
    a_village,
    caller,
    new_desk,
    new_ids,
    places,
    prepared_service,
    put,
    township_of,
)

from hsdesk.city.ledger import epoch
from hsdesk.city.running import administration
from hsdesk.city.running.service import open_service
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import Missing, Offline, Refused
from hsdesk.model.answer import MOVED_TO
from hsdesk.model.attachment import PART_BYTES, Attachment
from hsdesk.model.clock import wall_milliseconds
from hsdesk.records.edits import Edit
from hsdesk.sync.attachments import AUTOMATIC_BYTES
from hsdesk.sync.carriers.http import Asking, HttpCarrier, enrol
from hsdesk.sync.loop import Progress, SyncReport, fetch_attachment, synchronise
from hsdesk.wire.blobs import BlobState
from hsdesk.wire.enrolment import Enrolment

VILLAGE, OTHER = a_village(places()), a_village(places(), 1)
TOWNSHIP = township_of(places(), VILLAGE)
COUNTY = places().by_id(TOWNSHIP).parent
IDS = [one for one, _ in zip(new_ids(7), range(20), strict=False)]
CONTENT = some_bytes(6 * PART_BYTES + 1000)
SLACK = 30_000  # bytes of headers and small messages


@pytest.fixture
def city(tmp_path: Path) -> str:
    database = f"sqlite:///{tmp_path}/server/city.db"
    administration.init(database, tmp_path / "server")
    administration.add_form(database, paper_form())
    return database


@pytest.fixture
def server(city: str) -> Iterator[Running]:
    with serving(city) as running:
        yield running


def enrolled(city: str, server: Running, desk: DeskFile, scope: str, role: str) -> Enrolment:
    code = administration.code(city, (scope,), role)["code"]
    return enrol(server.url, code, Asking(desk.device_id(), role))[0]


def through(enrolment: Enrolment, port: int) -> Enrolment:
    return msgspec.structs.replace(enrolment, url=f"http://127.0.0.1:{port}")


def sync(desk: DeskFile, enrolment: Enrolment, seen: list[Progress] | None = None) -> SyncReport:
    with HttpCarrier(enrolment) as carrier:
        told = seen.append if seen is not None else lambda _: None
        return synchronise(desk, carrier, told, pause=lambda _: None)


def test_a_paper_reaches_the_township_and_afterwards_nothing_more_is_asked(
    city: str, server: Running, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    with new_desk(tmp_path / "a", paper_form()) as village, new_desk(tmp_path / "b") as township:
        mine = enrolled(city, server, village, VILLAGE, "village")
        theirs = enrolled(city, server, township, TOWNSHIP, "township")
        paper = attach(village, VILLAGE, IDS[0], CONTENT)
        report = sync(village, mine, seen)
        assert (report.pushed, report.attached, report.attachments_waiting) == (1, 1, 0)
        assert [p.done for p in seen if p.phase == "attach"][-1] == len(CONTENT)
        assert {p.total for p in seen if p.phase == "attach"} == {len(CONTENT)}
        assert village.attachments.state(paper).sent
        assert sync(township, theirs).fetched == 1
        assert township.attachments.content(paper) == CONTENT
        assert village.attachments.content(paper) == CONTENT
        with HttpCarrier(mine) as carrier:
            synchronise(village, carrier)
            quiet = synchronise(village, carrier)
        assert (quiet.requests, quiet.bytes_up + quiet.bytes_down <= 512) == (1, True)


@pytest.mark.parametrize("parts", [0.5, 2.5, 4])
def test_an_upload_that_is_cut_goes_on_at_the_part_where_it_was(
    city: str, server: Running, tmp_path: Path, parts: float
) -> None:
    cable = CutCable(urlsplit(server.url).port or 0)
    try:
        with new_desk(tmp_path / "a", paper_form()) as desk:
            enrolment = through(enrolled(city, server, desk, VILLAGE, "village"), cable.port)
            sync(desk, enrolment)
            paper = attach(desk, VILLAGE, IDS[0], CONTENT)
            cable.left[0] = int(parts * PART_BYTES) + 2000
            first = sync(desk, enrolment)
            assert (first.pushed, first.waiting) == (1, 0)  # the data is not held up
            assert (first.attached, first.attachments_waiting) == (0, 1)
            assert not desk.attachments.state(paper).sent
            cable.mend()
            second = sync(desk, enrolment)
            assert (second.attached, second.attachments_waiting) == (1, 0)
            assert cable.passed[0] <= len(CONTENT) + PART_BYTES + SLACK
            assert second.bytes_up <= len(CONTENT) - int(parts - 0.1) * PART_BYTES + SLACK
    finally:
        cable.close()


def test_a_download_that_is_cut_goes_on_at_the_part_where_it_was(
    city: str, server: Running, tmp_path: Path
) -> None:
    cable = CutCable(urlsplit(server.url).port or 0)
    try:
        with new_desk(tmp_path / "a", paper_form()) as village, new_desk(tmp_path / "b") as other:
            paper = attach(village, VILLAGE, IDS[0], CONTENT)
            sync(village, enrolled(city, server, village, VILLAGE, "village"))
            enrolment = through(enrolled(city, server, other, VILLAGE, "village"), cable.port)
            cable.left[1] = 3 * PART_BYTES
            first = sync(other, enrolment)
            assert (first.pulled, first.fetched) == (1, 0)
            held = other.attachments.state(paper).bytes
            assert PART_BYTES <= held < len(CONTENT)
            with pytest.raises(Missing, match="还没有下载"):
                other.attachments.content(paper)  # half of it is never shown
            cable.mend()
            assert sync(other, enrolment).bytes_down <= len(CONTENT) - held + 2000
            assert other.attachments.content(paper) == CONTENT
            assert cable.passed[1] <= len(CONTENT) + PART_BYTES + SLACK
    finally:
        cable.close()


def test_a_desk_killed_between_parts_goes_on_where_it_was(city: str, server: Running, tmp_path: Path) -> None:
    for name in ("sends", "fetches"):
        home = tmp_path / name
        with new_desk(home, paper_form()) as desk:
            enrolment = enrolled(city, server, desk, VILLAGE, "village")
            (home / "enrolment.json").write_bytes(msgspec.json.encode(enrolment))
            if name == "sends":
                paper = attach(desk, VILLAGE, IDS[0], CONTENT)
        for _ in range(2):
            process = client(home)
            assert process.stdout is not None
            told = iter(process.stdout.readline, "")
            next(line for line in told if line.startswith(("at attach", "at fetch")))
            process.kill()
            process.communicate()
        finish(client(home))
        with DeskFile.open(home, KEY) as desk:
            assert desk.attachments.content(paper) == CONTENT
            assert desk.attachments.counts() == (0, 0)
            assert desk.problems() == ()


def test_a_server_killed_between_parts_goes_on_where_it_was(city: str, tmp_path: Path) -> None:
    running = start(city)
    with new_desk(tmp_path / "a", paper_form()) as desk:
        enrolment = enrolled(city, running, desk, VILLAGE, "village")
        paper = attach(desk, VILLAGE, IDS[0], CONTENT)

        def kill(progress: Progress) -> None:
            if progress.phase == "attach" and progress.done == HALF_MB:
                running.process.kill()
                running.process.communicate()

        with HttpCarrier(enrolment) as carrier:
            first = synchronise(desk, carrier, kill, pause=lambda _: None)
        assert (first.waiting, first.attachments_waiting) == (0, 1)
        again = start(city, port=urlsplit(running.url).port or 0)
        second = sync(desk, enrolment)
        assert (second.attached, second.bytes_up <= len(CONTENT) - HALF_MB + SLACK) == (1, True)
        with new_desk(tmp_path / "b", paper_form()) as other:
            sync(other, enrolled(city, again, other, VILLAGE, "village"))
            assert other.attachments.content(paper) == CONTENT
        assert stop(again) == (0, "")


class World:
    """A city in memory and desks on cables of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        database = f"sqlite:///{folder}/server/city.db"
        self.service = prepared_service(database, folder / "server", paper_form())

    def carrier(self, desk: DeskFile, role: str = "village", scope: str = VILLAGE) -> MemoryCarrier:
        return MemoryCarrier(
            self.service,
            caller(self.service, desk.device_id(), role, scope),  # type: ignore[arg-type]
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.service.database.close()


def test_one_attachment_that_cannot_be_sent_waits_with_its_reason_and_the_others_go(
    world: World, tmp_path: Path
) -> None:
    class Forgetful(MemoryCarrier):
        def send_part(self, digest, piece, body):  # type: ignore[no-untyped-def]
            if digest == bad.digest:
                raise Refused("没有权限，请向上级申请。")
            return super().send_part(digest, piece, body)

    with new_desk(tmp_path / "a", paper_form()) as desk:
        bad = attach(desk, VILLAGE, IDS[0], b"bad")
        good = attach(desk, VILLAGE, IDS[1], b"good")
        put(desk, VILLAGE, IDS[2], {"name": "数据"}, form="paper")
        who = caller(world.service, desk.device_id(), "village", VILLAGE)
        report = synchronise(desk, Forgetful(world.service, who))
        assert (report.pushed, report.attached, report.attachments_waiting) == (3, 1, 1)
        assert desk.attachments.state(good).sent
        assert desk.attachments.state(bad).reason == "没有权限，请向上级申请。"
        again = synchronise(desk, world.carrier(desk))
        assert (again.requests, again.attachments_waiting) == (1, 1)  # left alone for an hour


def test_a_content_that_changes_on_the_way_never_counts(world: World, tmp_path: Path) -> None:
    class Noisy(MemoryCarrier):
        def fetch_part(self, digest, piece):  # type: ignore[no-untyped-def]
            return bytes(len(super().fetch_part(digest, piece)))

    with new_desk(tmp_path / "a", paper_form()) as village, new_desk(tmp_path / "b", paper_form()) as other:
        paper = attach(village, VILLAGE, IDS[0], CONTENT)
        synchronise(village, world.carrier(village))
        who = caller(world.service, other.device_id(), "village", VILLAGE)
        report = synchronise(other, Noisy(world.service, who))
        assert (report.pulled, report.fetched) == (1, 0)
        assert other.attachments.state(paper).bytes == 0
        assert "核对不上" in other.attachments.state(paper).reason


def test_unasked_only_what_this_desk_may_change_comes_newest_first_and_up_to_a_bound(
    world: World, tmp_path: Path
) -> None:
    with new_desk(tmp_path / "a", paper_form()) as village:
        papers = [attach(village, VILLAGE, IDS[n], some_bytes(AUTOMATIC_BYTES // 2, n)) for n in range(3)]
        while synchronise(village, world.carrier(village)).attachments_waiting:
            pass
        with new_desk(tmp_path / "b", paper_form()) as township:
            carrier = world.carrier(township, "township", TOWNSHIP)
            assert synchronise(township, carrier).fetched == 2
            assert [township.attachments.state(one).is_whole for one in papers] == [False, True, True]
            assert synchronise(township, carrier).fetched == 1
        with new_desk(tmp_path / "c", paper_form()) as county:
            carrier = world.carrier(county, "county", COUNTY)
            assert synchronise(county, carrier).fetched == 0
            assert fetch_attachment(county, carrier, county.attachments.state(papers[0]))
            assert county.attachments.content(papers[0]) == some_bytes(AUTOMATIC_BYTES // 2, 0)


def test_a_person_may_stop_it_and_the_data_stays_complete(world: World, tmp_path: Path) -> None:
    seen: list[Progress] = []
    with new_desk(tmp_path / "a", paper_form()) as desk:
        paper = attach(desk, VILLAGE, IDS[0], CONTENT)
        report = synchronise(
            desk,
            world.carrier(desk),
            seen.append,
            cancelled=lambda: any(p.phase == "attach" and p.done >= HALF_MB for p in seen),
        )
        assert (report.complete, report.waiting, report.attachments_waiting) == (True, 0, 1)
        assert seen[-1].done == HALF_MB
        before = sum(p.bytes_up for p in seen[-1:])
        report = synchronise(desk, world.carrier(desk))
        assert (report.attached, before >= HALF_MB) == (1, True)
        assert report.bytes_up <= len(CONTENT) - HALF_MB + 2000
        assert desk.attachments.state(paper).sent


def test_a_paper_whose_author_has_not_sent_it_yet_is_asked_for_once_an_hour(
    world: World, tmp_path: Path
) -> None:
    with new_desk(tmp_path / "a", paper_form()) as village, new_desk(tmp_path / "b", paper_form()) as other:
        paper = Attachment("0" * 64, 5, "章程.pdf")
        put(village, VILLAGE, IDS[0], {"paper": str(paper)}, form="paper")
        synchronise(village, world.carrier(village))
        first = synchronise(other, world.carrier(other))
        assert (first.pulled, first.fetched) == (1, 0)
        assert "还没有传到" in other.attachments.state(paper).reason
        assert synchronise(other, world.carrier(other)).requests == 1


def test_a_restored_server_gets_its_attachments_again(world: World, tmp_path: Path) -> None:
    with new_desk(tmp_path / "a", paper_form()) as desk:
        paper = attach(desk, VILLAGE, IDS[0], CONTENT)
        synchronise(desk, world.carrier(desk))
        with world.service.database.writing() as connection:
            for table in ("hs_blob", "hs_blob_part"):
                connection.run(f"DELETE FROM {table}")
            connection.run("UPDATE hs_blob_ref SET held = 0")
        with world.service.database.writing() as connection:
            epoch.begin_at_fence(connection, "test", wall_milliseconds())
        world.service = open_service(world.service.database)
        report = synchronise(desk, world.carrier(desk))
        assert report.attached == 1
        with new_desk(tmp_path / "b", paper_form()) as other:
            synchronise(other, world.carrier(other))
            assert other.attachments.content(paper) == CONTENT


def move(desk: DeskFile, record: str, into: str) -> None:
    desk.commit(Edit(VILLAGE, "paper", record, {MOVED_TO: into}, "李四"))


class NoAttachments(MemoryCarrier):
    """The line breaks when the first attachment is to be sent."""

    def blob_state(self, digest: str) -> BlobState:
        raise Offline("断线")


def test_a_paper_that_was_not_sent_before_its_record_moved_still_reaches_the_new_place(
    world: World, tmp_path: Path
) -> None:
    with (
        new_desk(tmp_path / "a", paper_form()) as village,
        new_desk(tmp_path / "t", paper_form()) as township,
        new_desk(tmp_path / "o", paper_form()) as other,
    ):
        above = world.carrier(township, "township", TOWNSHIP)
        paper = attach(village, VILLAGE, IDS[0], CONTENT)
        who = caller(world.service, village.device_id(), "village", VILLAGE)
        cut = synchronise(village, NoAttachments(world.service, who))
        assert (cut.pushed, cut.waiting, cut.attachments_waiting) == (1, 0, 1)
        synchronise(township, above)
        move(township, IDS[0], OTHER)
        synchronise(township, above)
        report = synchronise(village, world.carrier(village))
        assert (report.pulled, report.attached, report.attachments_waiting) == (0, 1, 0)
        assert village.scopes_of(IDS[0]) == ()
        assert not village.attachments.is_named(paper)  # kept only to be sent
        assert synchronise(other, world.carrier(other, scope=OTHER)).fetched == 1
        assert other.attachments.content(paper) == CONTENT


def test_a_paper_that_was_not_sent_before_the_right_ended_is_still_sent(world: World, tmp_path: Path) -> None:
    with new_desk(tmp_path / "a", paper_form()) as village, new_desk(tmp_path / "b", paper_form()) as other:
        paper = attach(village, VILLAGE, IDS[0], CONTENT)
        who = caller(world.service, village.device_id(), "village", VILLAGE)
        synchronise(village, NoAttachments(world.service, who))
        assert synchronise(village, world.carrier(village, scope=OTHER)).attached == 1
        assert not village.attachments.is_named(paper)
        assert synchronise(other, world.carrier(other)).fetched == 1
        assert other.attachments.content(paper) == CONTENT


def test_a_paper_sent_before_reaches_another_village_to_which_it_is_passed_on(
    world: World, tmp_path: Path
) -> None:
    with new_desk(tmp_path / "t", paper_form()) as township, new_desk(tmp_path / "o", paper_form()) as other:
        above = world.carrier(township, "township", TOWNSHIP)
        paper = attach(township, VILLAGE, IDS[0], CONTENT)
        assert synchronise(township, above).attached == 1
        attach(township, OTHER, IDS[1], CONTENT)
        report = synchronise(township, above)
        assert (report.attached, report.bytes_up < PART_BYTES) == (1, True)  # not sent again
        assert synchronise(other, world.carrier(other, scope=OTHER)).fetched == 1
        assert other.attachments.content(paper) == CONTENT
