"""Erasing and moving: what leaves a stream leaves it everywhere, and what came late finds its way."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sync_three_desks import RECORDS, VILLAGE, World
from sync_world import a_village, caller, places

from hsdesk.city.people.permission import Caller, Reach, Rule
from hsdesk.city.running import backups, erasure_log
from hsdesk.city.running.erasure_and_transfer import office
from hsdesk.model.answer import DELETED, MOVED_TO
from hsdesk.records.edits import Draft, Edit

OTHER = a_village(places(), 1)
RECORD = RECORDS[0]
SECRET, LATER = "13900001234", "13900005678"


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    try:
        yield made
    finally:
        made.close()


def erase(world: World, name: str, *paths: str) -> None:
    """A person erases answers of the record, or all of it."""
    answers = dict.fromkeys(paths) if paths else {DELETED: "本人要求清除"}
    edit = Edit(VILLAGE, "mixed", RECORD, answers, f"{name}的人", erases=True)  # type: ignore[arg-type]
    assert world.desks[name].commit(edit).ops > 0


def move(world: World, name: str, target: str = OTHER, source: str = VILLAGE) -> None:
    world.desks[name].commit(Edit(source, "mixed", RECORD, {MOVED_TO: target}, f"{name}的人"))


def sync_all(world: World, *names: str) -> None:
    for name in names or ("a", "b", "t", "a", "b", "t"):
        assert world.sync(name)


def server_text(world: World) -> str:
    """Every value that the server's file holds, as text."""
    path = world._database.removeprefix("sqlite:///")
    found = []
    connection = sqlite3.connect(path)
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
        found += [
            cell.decode("utf-8", "ignore") if isinstance(cell, bytes) else str(cell)
            for r in rows
            for cell in r
        ]
    connection.close()
    return "\n".join(found)


def desk_text(world: World, name: str) -> str:
    """Every value that a desk's file holds, as text."""
    core = world.desks[name]._connection
    found = []
    for table in ("hs_op", "hs_part", "hs_heard", "hs_conflict", "hs_draft", "mixed", "mixed__members"):
        for row in core.all(f"SELECT * FROM {table}"):
            found += [
                cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in row
            ]
    return "\n".join(found)


def everywhere(world: World) -> dict[str, str]:
    return {"server": server_text(world), **{name: desk_text(world, name) for name in ("a", "b", "t")}}


def ends_equal(world: World) -> None:
    """Every desk holds of its streams exactly what the server holds, and no stream had to be read again."""
    sync_all(world)
    with world.service.database.reading() as connection:
        rows = connection.all("SELECT scope, cls, digest FROM hs_stream WHERE rev > 0")
    for scope, cls, digest in rows:
        for desk in world.desks.values():
            if any((grant.scope, grant.cls) == (scope, cls) for grant in desk.grants()):
                assert desk.digest(scope, cls) == digest
    assert world.healed == 0


def typed_and_known(world: World) -> None:
    world.edit("a", RECORD, "name", "王小明")
    world.edit("a", RECORD, "phone", SECRET)
    sync_all(world)


def test_what_an_erasure_emptied_is_shown_again_when_the_city_does_not_take_it(world: World) -> None:
    typed_and_known(world)
    erase(world, "a", "phone")
    reach = Reach("village", (Rule(VILLAGE, verbs=("read",)),), world.service.ledger.directory)
    world.carriers["a"]._who = Caller(world.desks["a"].device_id(), reach)
    sync_all(world)
    assert len(world.desks["a"].rejected_ops()) == 1
    assert world.answers("a", RECORD)["phone"] == SECRET
    ends_equal(world)


def test_an_erased_answer_is_in_no_state_log_history_or_conflict_of_any_replica(world: World) -> None:
    typed_and_known(world)
    world.edit("b", RECORD, "phone", LATER)
    world.edit("a", RECORD, "phone", SECRET + "0")
    sync_all(world)
    assert world.desks["t"].conflicts()
    erase(world, "t", "phone")
    sync_all(world)
    for where, text in everywhere(world).items():
        assert SECRET not in text, where
        assert LATER not in text, where
        assert "王小明" in text, where
    assert [desk.conflicts() for desk in world.desks.values()] == [(), (), ()]
    versions = world.desks["b"].history(VILLAGE, RECORD)
    assert any(change.path == "phone" for entry in versions for change in entry.changes)
    ends_equal(world)


def test_an_erased_record_leaves_the_lists_and_holds_nothing(world: World) -> None:
    typed_and_known(world)
    erase(world, "a")
    sync_all(world)
    for where, text in everywhere(world).items():
        assert SECRET not in text, where
        assert "王小明" not in text, where
    for desk in world.desks.values():
        assert desk.count("mixed") == 0
        assert desk.search("王小明") == ()
    ends_equal(world)


def test_a_laptop_that_was_away_does_not_bring_erased_values_back(world: World) -> None:
    typed_and_known(world)
    world.edit("b", RECORD, "phone", LATER)  # typed offline, before b hears of it
    erase(world, "a")
    sync_all(world, "a")
    sync_all(world, "b", "t", "a")
    assert [aside.reason for aside in world.desks["b"].rejected_ops()] == ["这些内容已按规定清除，没有接收。"]
    for where, text in everywhere(world).items():
        assert LATER not in text, where
        assert SECRET not in text, where
    assert world.answers("b", RECORD) == world.answers("a", RECORD) == {DELETED: "本人要求清除"}
    ends_equal(world)


def test_what_is_typed_in_knowledge_of_an_erasure_stays(world: World) -> None:
    typed_and_known(world)
    erase(world, "a", "phone")
    world.edit("a", RECORD, "phone", LATER)
    sync_all(world)
    assert {world.answers(name, RECORD)["phone"] for name in ("a", "b", "t")} == {LATER}
    for desk in world.desks.values():
        desk.reset_stream(VILLAGE, "personal")  # all of it is read again
    sync_all(world)
    assert any(
        change.new == LATER for entry in world.desks["a"].history(VILLAGE, RECORD) for change in entry.changes
    )
    ends_equal(world)


def test_a_restored_server_is_told_again_what_was_erased(world: World) -> None:
    typed_and_known(world)
    world.back_up_server()
    erase(world, "a")
    sync_all(world)
    lose_server_disk(world)
    world.restore_server()
    assert SECRET in server_text(world)
    sync_all(world)
    assert SECRET not in server_text(world)


def lose_server_disk(world: World) -> None:
    """Nothing of the database is left, nor of what lay beside it, but the recovery key."""
    database = Path(world._database.removeprefix("sqlite:///"))
    world.service.database.close()
    for path in (*database.parent.glob(f"{database.name}*"), database.parent / erasure_log.FILE):
        path.unlink(missing_ok=True)


def test_what_an_official_erased_does_not_come_back_with_a_backup(world: World, tmp_path: Path) -> None:
    typed_and_known(world)
    sync_all(world)
    world.back_up_server()
    office(world.service.database).erase(RECORD, (), "本人要求")
    assert SECRET not in server_text(world)
    database = Path(world._database.removeprefix("sqlite:///"))
    erasure_log.keep(world._database)
    said = (database.parent / erasure_log.FILE).read_text()
    assert RECORD in said
    assert SECRET not in said
    world.restore_server()  # the replaced database knows
    assert SECRET not in server_text(world)
    shutil.copyfile(database.parent / erasure_log.FILE, tmp_path / "from a stick")
    lose_server_disk(world)
    backups.restore(world._database, world.folder / "kept.db", erasures=tmp_path / "from a stick")
    world._serve_again()
    assert SECRET not in server_text(world)


def test_half_typed_cells_of_what_is_erased_go_too(world: World) -> None:
    typed_and_known(world)
    world.desks["b"].put_draft(Draft(VILLAGE, "mixed", RECORD, "phone", LATER))
    erase(world, "a", "phone")
    sync_all(world)
    assert world.desks["b"].all_drafts() == ()


def test_the_audit_trail_names_the_erasure_without_what_it_held(world: World) -> None:
    typed_and_known(world)
    erase(world, "a")
    sync_all(world, "a")
    with world.service.database.reading() as connection:
        rows = connection.all("SELECT detail FROM hs_audit WHERE action = 'erase'")
    assert [json.loads(detail) for (detail,) in rows] == [{"record": RECORD, "answers": "record"}] * 2


# --- moving


def test_a_moved_record_is_the_same_record_at_its_new_place(world: World) -> None:
    typed_and_known(world)
    move(world, "t")
    sync_all(world)
    for name in ("a", "b"):  # their grant ends at the old village
        assert world.desks[name].scopes_of(RECORD) == ()
        assert world.desks[name].count("mixed") == 0
    there = world.desks["t"].state(OTHER, RECORD)
    assert there is not None
    assert there.answers == {"name": "王小明", "phone": SECRET}
    assert world.desks["t"].scopes_of(RECORD) == (OTHER,)
    assert [row.scope for row in world.desks["t"].query("mixed")] == [OTHER]
    with world.service.database.reading() as connection:
        assert connection.all("SELECT _scope FROM mixed WHERE _id = ?", RECORD) == [(OTHER,)]
    persons = [entry.person for entry in world.desks["t"].history(OTHER, RECORD)]
    assert "a的人" in persons
    ends_equal(world)


def test_its_history_on_the_server_goes_back_to_before_the_move(world: World) -> None:
    typed_and_known(world)
    move(world, "t")
    sync_all(world)
    who = caller(world.service, "x", "township", places().by_id(VILLAGE).parent)
    entries = world.service.ledger.history(who, RECORD)
    assert {entry.scope for entry in entries} == {VILLAGE, OTHER}
    assert "a的人" in {entry.by for entry in entries}


def test_an_answer_typed_before_the_move_was_heard_of_follows_the_record(world: World) -> None:
    typed_and_known(world)
    move(world, "t")
    world.edit("t", RECORD, "count", 5)  # in the same chunk, still at the old place
    sync_all(world)
    there = world.desks["t"].state(OTHER, RECORD)
    assert there is not None
    assert (there.answers["name"], there.answers["count"]) == ("王小明", 5)
    assert world.desks["t"].conflicts() == ()
    ends_equal(world)


def test_two_truths_of_a_record_that_moved_are_both_kept(world: World) -> None:
    typed_and_known(world)
    world.carriers["b"] = world.carrier_of("b", "township")
    assert world.sync("b")
    world.edit("b", RECORD, "name", "乙")  # b has not heard of the move
    world.edit("t", RECORD, "name", "丙")
    move(world, "t")
    sync_all(world, "t", "b", "t")
    (conflict,) = world.desks["t"].conflicts()
    assert {one.value for one in conflict.candidates} == {"乙", "丙"}
    assert conflict.scope == OTHER
    ends_equal(world)


def test_a_village_without_the_new_place_keeps_what_it_typed_late_set_aside(world: World) -> None:
    typed_and_known(world)
    world.edit("a", RECORD, "name", "王大明")
    move(world, "t")
    sync_all(world, "t", "a", "t")
    assert [aside.op.answers for aside in world.desks["a"].rejected_ops()] == [{"name": "王大明"}]
    ends_equal(world)
    there = world.desks["t"].state(OTHER, RECORD)
    assert there is not None
    assert there.answers["name"] == "王小明"


def test_an_op_whose_refusal_got_lost_on_the_way_is_refused_again(world: World) -> None:
    typed_and_known(world)
    move(world, "t")
    assert world.sync("t")
    world.edit("a", RECORD, "name", "王大明")
    assert not world.sync("a", [("after", 1), *(("before", n) for n in range(2, 7))])
    sync_all(world)
    assert [aside.op.answers for aside in world.desks["a"].rejected_ops()] == [{"name": "王大明"}]


def test_a_half_typed_cell_survives_the_move(world: World) -> None:
    typed_and_known(world)
    world.desks["t"].put_draft(Draft(VILLAGE, "mixed", RECORD, "name", "王小"))
    move(world, "t")
    sync_all(world)
    assert [(draft.scope, draft.text) for draft in world.desks["t"].all_drafts()] == [(OTHER, "王小")]


def test_a_record_may_come_back(world: World) -> None:
    typed_and_known(world)
    move(world, "t")
    sync_all(world)
    move(world, "t", target=VILLAGE, source=OTHER)
    sync_all(world)
    assert {world.answers(name, RECORD)["phone"] for name in ("a", "b", "t")} == {SECRET}
    ends_equal(world)


def test_open_conflicts_go_with_the_record(world: World) -> None:
    typed_and_known(world)
    world.edit("a", RECORD, "name", "甲")
    world.edit("b", RECORD, "name", "乙")
    sync_all(world)
    (before,) = world.desks["t"].conflicts()
    move(world, "t")
    sync_all(world)
    (after,) = world.desks["t"].conflicts()
    assert (after.id, after.scope, after.candidates) == (before.id, OTHER, before.candidates)
    assert world.desks["a"].conflicts(open_only=False) == ()


def test_nobody_moves_a_record_to_a_place_that_is_not_his(world: World) -> None:
    typed_and_known(world)
    move(world, "a")
    sync_all(world)
    assert [aside.reason for aside in world.desks["a"].rejected_ops()] == [
        "没有填报这份数据的权限，请向上级申请。"
    ]
    assert world.answers("b", RECORD)["phone"] == SECRET


def test_what_was_erased_stays_erased_after_a_move(world: World) -> None:
    typed_and_known(world)
    erase(world, "t", "phone")
    sync_all(world, "t")
    move(world, "t")
    sync_all(world)
    for where, text in everywhere(world).items():
        assert SECRET not in text, where
    ends_equal(world)


def test_erasing_after_a_move_reaches_the_log_of_the_old_place(world: World) -> None:
    typed_and_known(world)
    move(world, "t")
    sync_all(world)
    edit = Edit(OTHER, "mixed", RECORD, {"phone": None}, "t的人", erases=True)
    world.desks["t"].commit(edit)
    sync_all(world)
    assert SECRET not in server_text(world)
    assert SECRET not in desk_text(world, "t")
    ends_equal(world)
