"""Undo between two laptops of one village: what the other wrote since stays, and no conflict comes of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, VILLAGE

from hsdesk.cli.journey import Journey, Server, city_server
from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import Edit, ListQuery
from hsdesk.model.answer import Value

ORG = "social_org"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with city_server(Journey(tmp_path_factory.mktemp("city"), lambda _: None)) as running:
        yield running


def enrolled(home: Path, server: Server, person: str) -> Desk:
    desk, _ = Desk.create(home, (VILLAGE,), person, PASSPHRASE)
    desk.exchange.enroll(server.url, server.code(VILLAGE, "village"))
    desk.exchange.sync()
    return desk


@pytest.fixture(scope="module")
def two(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    """Two desks of one village, enrolled at a city server; each test makes records of its own."""
    folder = tmp_path_factory.mktemp("undo")
    desks = enrolled(folder / "mine", server, "汪文书"), enrolled(folder / "other", server, "程专干")
    yield desks
    for desk in desks:
        desk.close()


def give(desk: Desk, record: str, **answers: Value) -> None:
    desk.records.save(Edit(ORG, record, desk.records.place(VILLAGE).id, answers))


def both(two: tuple[Desk, Desk]) -> None:
    """Let both desks know what there is."""
    for desk in (*two, two[0]):
        desk.exchange.sync()


def value(desk: Desk, record: str, path: str) -> object:
    return desk.lists.document(ORG, record)[path]


def made(two: tuple[Desk, Desk], **content: object) -> str:
    """Return a record that both desks hold, confirmed."""
    (record,) = two[0].bulk.add(ORG, [JsonRecord(1, {"org_name": "定潭村老年协会", **content})], VILLAGE).ids
    both(two)
    return record


def test_an_answer_that_a_sync_brought_since_stays_and_is_named_and_the_rest_goes(
    two: tuple[Desk, Desk],
) -> None:
    mine, other = two
    record = made(two, leader="张三", member_n=12)
    give(mine, record, leader="李四", member_n=20)
    both(two)
    give(other, record, leader="王五")
    both((other, mine))
    done = mine.journal.undo()
    assert [(one.path, one.by, one.value) for one in done.left] == [("leader", "程专干", "王五")]
    assert "程专干" in str(done.left[0].words) and "王五" in str(done.left[0].words)
    both(two)
    for desk in two:
        assert (value(desk, record, "leader"), value(desk, record, "member_n")) == ("王五", 12)
        assert desk.exchange.conflicts() == ()


def test_an_answer_not_yet_sent_and_one_the_city_confirmed_both_go_back(two: tuple[Desk, Desk]) -> None:
    mine, other = two
    record = made(two, leader="张三")
    give(mine, record, leader="李四")
    assert mine.status().waiting == 1
    mine.journal.undo()
    both(two)
    assert value(other, record, "leader") == "张三"
    give(mine, record, leader="王五")
    both(two)
    assert value(other, record, "leader") == "王五"
    assert mine.status().waiting == 0
    mine.journal.undo()
    both(two)
    assert value(other, record, "leader") == "张三"
    mine.journal.redo()
    both(two)
    assert value(other, record, "leader") == "王五"
    assert mine.exchange.conflicts() == other.exchange.conflicts() == ()


def test_a_batch_goes_but_for_the_record_that_somebody_else_went_on_with(two: tuple[Desk, Desk]) -> None:
    mine, other = two
    items = [JsonRecord(n, {"org_name": f"第{n}会"}) for n in (1, 2, 3)]
    stored = mine.bulk.add(ORG, items, VILLAGE, "orgs.jsonl")
    both(two)
    give(other, stored.ids[2], leader="王五")
    both((other, mine))
    done = mine.journal.undo_batch(stored.batch)
    assert [(one.title, one.label, one.by) for one in done.left] == [("第3会", "负责人", "程专干")]
    both(two)
    for desk in two:
        here = {key.record for key in desk.lists.keys(ORG, ListQuery())}
        assert here & set(stored.ids) == {stored.ids[2]}
        assert desk.exchange.conflicts() == ()


def test_what_somebody_typed_while_a_record_was_taken_back_is_not_lost(two: tuple[Desk, Desk]) -> None:
    mine, other = two
    record = made(two, leader="张三")
    mine.journal.undo()  # while the other types, having seen nothing of it
    give(other, record, leader="王五")
    both(two)
    both(two)
    for desk in two:
        assert value(desk, record, "leader") == "王五"
        assert record in {key.record for key in desk.lists.keys(ORG, ListQuery())}


def test_settling_a_conflict_is_undone_as_an_answer_and_the_conflict_stays_settled(
    two: tuple[Desk, Desk],
) -> None:
    mine, other = two
    record = made(two, leader="张三")
    give(mine, record, leader="李四")
    give(other, record, leader="王五")
    both(two)
    (conflict,) = (one for one in mine.exchange.conflicts() if one.record == record)
    stood = value(mine, record, "leader")
    mine.exchange.resolve(conflict.id, "b")
    assert value(mine, record, "leader") == conflict.b.value != stood
    done = mine.journal.undo()
    assert str(done.acts[0].words) == "取舍“定潭村老年协会”的“负责人”"
    both(two)
    for desk in two:
        assert value(desk, record, "leader") == stood
        assert record not in {one.record for one in desk.exchange.conflicts()}


def test_the_other_laptop_has_nothing_of_it_to_undo(two: tuple[Desk, Desk]) -> None:
    mine, other = two
    before = other.journal.acts()
    made(two, leader="张三")
    assert other.journal.acts() == before
    assert mine.journal.acts() != before


def test_acts_of_a_copied_disk_are_undone_under_its_new_name(server: Server, tmp_path: Path) -> None:
    first = enrolled(tmp_path / "first", server, "汪文书")
    (record,) = first.bulk.add(ORG, [JsonRecord(1, {"org_name": "护河队", "member_n": 12})], VILLAGE).ids
    first.exchange.sync()
    first.close()
    shutil.copytree(tmp_path / "first", tmp_path / "copy")
    first, copy = (Desk.open(tmp_path / name, PASSPHRASE) for name in ("first", "copy"))
    give(first, record, leader="张三")
    for answers in ({"member_n": 20}, {"member_n": 30, "leader_phone": "13900000001"}):
        give(copy, record, **answers)
    first.exchange.sync()
    copy.exchange.sync()  # leaves the name that the other goes on under; what waits is numbered anew
    copy.exchange.sync()
    done = copy.journal.undo()
    assert done.left == ()
    assert (value(copy, record, "member_n"), value(copy, record, "leader_phone")) == (20, None)
    copy.journal.undo()
    assert (value(copy, record, "member_n"), value(copy, record, "leader")) == (12, "张三")
    for desk in (first, copy):
        desk.close()
