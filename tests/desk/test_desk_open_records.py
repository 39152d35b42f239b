"""Records that stay open while syncs bring what others did, against a real city server on this computer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, TOWNSHIP, VILLAGE, new_organization
from open_page import OpenPage

from hsdesk.city.running.erasure_and_transfer import office
from hsdesk.city.sql.opening import open_database
from hsdesk.cli.journey import Journey, city_server
from hsdesk.desk import Desk
from hsdesk.errors import DataError
from hsdesk.model.answer import Value

MEMBERS = "members"
TOO_LONG = "长" * 70_000  # characters: more than the city takes for one answer


@dataclass
class World:
    """A village and its township, enrolled at one city."""

    village: Desk
    township: Desk
    home: Path
    database: str
    made: int = 0

    def organization(self) -> str:
        """Make an organization in the village that the township holds as well."""
        self.made += 1
        record = new_organization(self.village, f"协会{self.made}", "张三")
        self.both()
        return record

    def both(self) -> None:
        """Sync the village, the township, and both once more."""
        for desk in (self.village, self.township) * 2:
            desk.exchange.sync()

    def elsewhere(self, record: str, **answers: Value) -> None:
        """The township changes answers of a record and syncs."""
        self.township.exchange.sync()
        page = OpenPage(self.township, record)
        for path, value in answers.items():
            page.choose(path, value)
        self.township.exchange.sync()

    def conflicts(self, record: str) -> list[set[Value]]:
        """Return the values of each open conflict of a record, as the city tells the township."""
        self.village.exchange.sync()
        self.township.exchange.sync()
        return [
            {one.a.value, one.b.value, *(side.value for side in one.more)}
            for one in self.township.exchange.conflicts()
            if one.record == record
        ]

    def city(self, record: str, path: str) -> Value:
        """Return an answer as the city has it, read by the township."""
        self.both()
        return OpenPage(self.township, record).shows(path)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("open")
    (folder / "city").mkdir()
    with city_server(Journey(folder / "city", lambda _: None)) as server:
        village, _ = Desk.create(folder / "village", (VILLAGE,), "汪文书", PASSPHRASE)
        township, _ = Desk.create(folder / "township", (TOWNSHIP,), "程专干", PASSPHRASE)
        village.exchange.enroll(server.url, server.code(VILLAGE, "village"))
        township.exchange.enroll(server.url, server.code(TOWNSHIP, "township"))
        made = World(village, township, folder / "village", server.database)
        yield made
        made.village.close()
        township.close()


def test_an_untouched_answer_of_an_open_record_takes_what_a_sync_brings(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    world.elsewhere(page.record, place="镇文化站")
    changed = page.sync()
    assert changed.values == {"place": "镇文化站"}
    assert changed.answers == {}
    assert page.shows("place") == "镇文化站"


def test_what_is_typed_over_an_answer_that_came_in_view_is_no_conflict(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    world.elsewhere(page.record, place="镇文化站")
    page.sync()
    page.type("place", "村文化礼堂")
    page.leave("place")
    assert world.conflicts(page.record) == []
    assert world.city(page.record, "place") == "村文化礼堂"


def test_an_answer_being_typed_becomes_a_question_with_the_value_that_came(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("place", "村文化礼堂")
    world.elsewhere(page.record, place="镇文化站")
    page.sync()
    assert page.entry.questions["place"].theirs == "镇文化站"
    assert page.entry.typing["place"].text == "村文化礼堂"


def test_a_question_left_unanswered_leaves_both_values_at_the_city(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("place", "村文化礼堂")
    world.elsewhere(page.record, place="镇文化站")
    page.sync()
    page.leave("place")
    assert world.conflicts(page.record) == [{"村文化礼堂", "镇文化站"}]


def test_two_hidden_numbers_of_a_conflict_look_hidden_and_are_shown_with_a_line_in_the_log(
    world: World,
) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("leader_phone", "13812345678")
    world.elsewhere(page.record, leader_phone="13812995678")
    page.sync()
    page.leave("leader_phone")
    assert world.conflicts(page.record) == [{"13812345678", "13812995678"}]
    (found,) = (one for one in world.township.exchange.conflicts() if one.record == page.record)
    assert not found.is_picked
    assert found.is_hidden and (found.a.shown, found.b.shown) == ("138****5678", "138****5678")
    assert set(world.township.exchange.reveal(found.id)[:2]) == {"13812345678", "13812995678"}
    line = world.township.audit.entries()[-1]
    assert (line.kind, line.record, line.path) == ("reveal", page.record, "leader_phone")


def test_a_question_answered_with_mine_is_no_conflict(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("place", "村文化礼堂")
    world.elsewhere(page.record, place="镇文化站")
    page.sync()
    page.entry.keep_mine("place")
    page.leave("place")
    assert world.conflicts(page.record) == []
    assert world.city(page.record, "place") == "村文化礼堂"


def test_a_question_answered_with_theirs_writes_nothing(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("place", "村文化礼堂")
    world.elsewhere(page.record, place="镇文化站")
    page.sync()
    before = world.village.status().waiting
    page.entry.take_theirs("place")
    assert page.shows("place") == "镇文化站"
    assert world.village.status().waiting == before
    assert world.city(page.record, "place") == "镇文化站"


def test_a_value_that_comes_equal_to_what_is_typed_is_no_question(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("place", "镇文化站")
    world.elsewhere(page.record, place="镇文化站")
    page.sync()
    assert page.entry.questions == {}
    page.leave("place")
    assert world.conflicts(page.record) == []


def test_another_answer_that_came_while_one_is_typed_is_no_question(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("place", "村文化礼堂")
    world.elsewhere(page.record, member_n=40)
    assert page.sync().values == {"member_n": 40}
    assert page.entry.questions == {}
    page.leave("place")
    assert world.conflicts(page.record) == []


def test_the_question_follows_when_the_other_changes_it_once_more(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("place", "村文化礼堂")
    world.elsewhere(page.record, place="镇文化站")
    page.sync()
    page.entry.keep_mine("place")
    world.elsewhere(page.record, place="老祠堂")
    page.sync()
    assert page.entry.questions["place"].theirs == "老祠堂"
    page.leave("place")
    assert world.conflicts(page.record) == [{"村文化礼堂", "老祠堂"}]


def test_two_saves_of_one_answer_in_a_row_do_not_conflict_with_each_other(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    first = page.entry.edit(page.entry.session.answer("place", "村文化礼堂"))
    second = page.entry.edit(page.entry.session.answer("place", "老祠堂"))  # before the first is in the file
    for edit in (first, second):
        assert edit is not None
        page.entry.write(edit, world.village.records.save)
    assert world.conflicts(page.record) == []
    assert world.city(page.record, "place") == "老祠堂"


def test_a_save_that_was_under_way_while_a_sync_came_says_what_its_author_saw(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    edit = page.entry.edit(page.entry.session.answer("place", "村文化礼堂"))
    world.elsewhere(page.record, place="镇文化站")
    _, changes = world.village.exchange.sync()
    look = world.village.records.look("social_org", page.record)
    page.entry.rebase(look, held={"place"})
    assert edit is not None
    page.entry.saved(page.entry.write(edit, world.village.records.save))
    assert page.shows("place") == "村文化礼堂"
    assert world.conflicts(page.record) == [{"村文化礼堂", "镇文化站"}]
    assert changes.records


def test_a_member_that_another_person_added_to_a_set_is_not_removed(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.choose("fund_source", ("1",))
    world.both()
    world.elsewhere(page.record, fund_source=("1", "2"))
    _, changes = world.village.exchange.sync()
    page.choose("fund_source", ("1", "3"))  # the file has it, the page has not been told yet
    page.refresh(changes)
    assert page.shows("fund_source") == ("1", "2", "3")
    assert world.city(page.record, "fund_source") == ("1", "2", "3")


def test_a_set_kept_as_a_draft_changes_only_what_was_ticked_since(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.choose("fund_source", ("1",))
    world.both()
    page.type("fund_source", "两项")
    world.elsewhere(page.record, fund_source=("1", "2"))
    page.sync()
    assert page.entry.questions == {}
    page.choose("fund_source", ("1", "3"))  # as it was meant on the screen where 2 was not ticked
    assert page.shows("fund_source") == ("1", "2", "3")


def test_rows_of_others_come_and_go_and_the_row_being_typed_in_stays(world: World) -> None:
    record = world.organization()
    page = OpenPage(world.village, record)
    mine = page.entry.session.add_row(MEMBERS)
    page.step(mine)
    world.both()
    theirs = OpenPage(world.township, record)
    theirs.type(f"{MEMBERS}/{mine.row}/name", "别人填的")
    added = theirs.entry.session.add_row(MEMBERS)
    theirs.step(added)
    theirs.choose(f"{MEMBERS}/{added.row}/name", "李四")
    theirs.step(theirs.entry.session.remove_row(f"{MEMBERS}/{mine.row}"))
    page.type(f"{MEMBERS}/{mine.row}/name", "王五")
    world.township.exchange.sync()
    page.sync()
    assert page.entry.session.rows(MEMBERS) == (f"{MEMBERS}/{mine.row}", f"{MEMBERS}/{added.row}")
    page.leave(f"{MEMBERS}/{mine.row}/name")
    assert OpenPage(world.village, record).shows(f"{MEMBERS}/{mine.row}/name") == "王五"
    world.both()
    assert OpenPage(world.township, record).shows(f"{MEMBERS}/{mine.row}/name") == "王五"
    theirs.step(theirs.entry.session.remove_row(f"{MEMBERS}/{added.row}"))
    world.township.exchange.sync()
    page.sync()
    assert page.entry.session.rows(MEMBERS) == (f"{MEMBERS}/{mine.row}",)


def test_a_draft_found_again_over_a_changed_answer_is_a_question(world: World) -> None:
    record = world.organization()
    OpenPage(world.village, record).type("place", "村文化礼堂")
    world.elsewhere(record, place="镇文化站")
    world.village.exchange.sync()
    world.village.close()
    world.village = Desk.open(world.home, PASSPHRASE)
    page = OpenPage(world.village, record)
    assert page.entry.questions["place"].theirs == "镇文化站"
    page.leave("place")  # left without an answer
    assert world.conflicts(record) == [{"村文化礼堂", "镇文化站"}]


def test_a_question_outlives_a_restart_and_can_be_answered_after_it(world: World) -> None:
    record = world.organization()
    before = OpenPage(world.village, record)
    before.type("place", "村文化礼堂")
    world.elsewhere(record, place="镇文化站")
    before.sync()
    before.type("place", "村文化礼堂二楼")
    world.village.close()
    world.village = Desk.open(world.home, PASSPHRASE)
    page = OpenPage(world.village, record)
    assert page.entry.typing["place"].text == "村文化礼堂二楼"
    page.entry.keep_mine("place")
    page.leave("place")
    assert world.conflicts(record) == []
    assert world.city(record, "place") == "村文化礼堂二楼"


def test_a_draft_found_again_over_the_same_answer_is_saved_without_a_question(world: World) -> None:
    record = world.organization()
    OpenPage(world.village, record).type("place", "村文化礼堂")
    page = OpenPage(world.village, record)
    assert page.entry.questions == {}
    page.leave("place")
    assert world.conflicts(record) == []


def test_a_record_deleted_elsewhere_while_a_field_is_typed_in_is_told_and_conflicts(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("place", "村文化礼堂")
    world.township.records.delete("social_org", page.record, "登记错了")
    world.township.exchange.sync()
    page.sync()
    assert page.entry.look.deleted == "登记错了"
    page.leave("place")
    assert len(world.conflicts(page.record)) == 1
    assert (
        world.village.records.look("social_org", page.record).deleted == ""
    )  # the edit has beaten the deletion


def test_a_conflict_that_changed_since_it_was_shown_is_not_settled_unseen(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.type("place", "村文化礼堂")
    world.elsewhere(page.record, place="镇文化站")
    page.leave("place")
    world.both()
    (shown,) = (one for one in world.village.exchange.conflicts() if one.record == page.record)
    third = OpenPage(world.village, page.record)
    third.type("place", "小学")
    world.elsewhere(page.record, place="老祠堂")
    third.leave("place")
    world.both()
    with pytest.raises(DataError, match="又有了新的内容"):
        world.village.exchange.resolve(shown.id, "a", rev=shown.rev)
    (now,) = (one for one in world.village.exchange.conflicts() if one.record == page.record)
    world.village.exchange.resolve(now.id, "a", rev=now.rev)
    assert world.conflicts(page.record) == []


def test_what_the_city_refused_waits_beside_its_answer_until_its_author_has_dealt_with_it(
    world: World,
) -> None:
    page = OpenPage(world.village, world.organization())
    page.choose("place", TOO_LONG)
    assert page.sync().values == {"place": None}
    assert page.shows("place") is None
    (refusal,) = page.entry.refusals
    assert (refusal.path, refusal.value) == ("place", TOO_LONG)
    assert "字" in refusal.reason
    page.choose("place", "村文化礼堂")  # an ordinary new edit
    assert page.entry.drop_refusal(refusal)
    world.village.records.forget_refused(refusal.number)
    assert world.city(page.record, "place") == "村文化礼堂"
    assert world.village.records.look("social_org", page.record).refusals == ()


def test_what_was_refused_because_it_was_erased_is_told_without_its_content(world: World) -> None:
    page = OpenPage(world.village, world.organization())
    page.choose("leader_phone", "13855911111")
    world.both()
    with closing(open_database(world.database)) as database:
        assert office(database).erase(page.record, ("leader_phone",), "本人要求").done == 1
    page.choose("leader_phone", "13855922222")
    page.sync()
    (refusal,) = page.entry.refusals
    assert (refusal.path, refusal.value) == ("", None)
    assert page.shows("leader_phone") is None
