"""积分流水: entries are added and reversed, never changed; what other desks change is merged and found."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, TOWNSHIP, VILLAGE, new_desk, type_into

from hsdesk.cli.journey import Journey, Server, city_server
from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import Draft, Edit, ListQuery
from hsdesk.errors import Closed, DataError, Refused
from hsdesk.forms.host import Rows
from hsdesk.records import edits

LEDGER = "point_ledger"
REASON = "记错了户，程某没有参加"


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    opened = new_desk(home)
    yield opened
    opened.close()


def one(desk: Desk, register: str, **content: object) -> str:
    (record,) = desk.bulk.add(register, [JsonRecord(1, content)], VILLAGE).ids
    return record


def with_rules(desk: Desk) -> tuple[str, str]:
    """Return a household and a rule of five points."""
    household = one(desk, "household", head_name="程某", group="1组")
    rule = one(desk, "point_rule", code="A1", kind="1", item="整洁", points=5, valid_from="2026-01-01")
    return household, rule


def entered(desk: Desk) -> str:
    """Return an entry of five points, typed and left."""
    household, rule = with_rules(desk)
    entry = desk.records.entry(LEDGER)
    type_into(desk, entry, household=household, rule=rule, happened_on="2026-11-01")
    assert desk.lists.document(LEDGER, entry.record)["points"] == 5
    return entry.record


def household_of(desk: Desk, record: str) -> str:
    return str(desk.lists.document(LEDGER, record)["household"])


def balance(desk: Desk, record: str) -> float:
    return float(desk.lists.document("household", household_of(desk, record))["balance"])


def test_a_half_typed_entry_stays_open(desk: Desk) -> None:
    household, rule = with_rules(desk)
    entry = desk.records.entry(LEDGER)
    type_into(desk, entry, household=household, rule=rule)
    again = desk.records.entry(LEDGER, entry.record)
    assert not again.is_closed
    type_into(desk, again, points=4.0)
    assert desk.lists.document(LEDGER, entry.record)["points"] == 4
    desk.records.delete(LEDGER, entry.record, "不记了")
    assert desk.lists.keys(LEDGER, ListQuery()) == ()


def test_a_complete_entry_can_be_mended_as_long_as_its_page_is_open(desk: Desk) -> None:
    household, rule = with_rules(desk)
    entry = desk.records.entry(LEDGER)
    type_into(desk, entry, household=household, rule=rule, happened_on="2026-11-01")
    assert desk.records.is_closed(LEDGER, entry.record)
    type_into(desk, entry, happened_on="2026-11-02")
    assert desk.lists.document(LEDGER, entry.record)["happened_on"] == "2026-11-02"


def test_an_entry_with_a_cell_being_typed_is_not_closed(desk: Desk) -> None:
    record = entered(desk)
    scope = desk.records.place(VILLAGE).id
    desk.records.save_draft(Draft(scope=scope, form=LEDGER, record=record, path="points", text="4"))
    entry = desk.records.entry(LEDGER, record)
    assert not entry.is_closed
    type_into(desk, entry, points=4.0)
    assert desk.lists.document(LEDGER, record)["points"] == 4


CHANGES: dict[str, Callable[[Desk, str], object]] = {
    "typed": lambda desk, record: type_into(desk, desk.records.entry(LEDGER, record), points=8.0),
    "emptied": lambda desk, record: type_into(desk, desk.records.entry(LEDGER, record), household=None),
    "saved": lambda desk, record: desk.records.save(
        Edit(LEDGER, record, desk.records.place(VILLAGE).id, {"points": 8.0})
    ),
    "deleted": lambda desk, record: desk.records.delete(LEDGER, record, "记错了"),
    "set back": lambda desk, record: desk.records.restore(LEDGER, record, 1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_closed_entry_is_not_changed_and_reversing_is_offered(
    desk: Desk, change: Callable[[Desk, str], object]
) -> None:
    record = entered(desk)
    before = desk.lists.document(LEDGER, record)
    desk.records.entry(LEDGER, record)
    with pytest.raises(Closed, match=r"只增不改.*冲正"):
        change(desk, record)
    assert desk.lists.document(LEDGER, record) == before
    assert len(desk.lists.keys(LEDGER, ListQuery())) == 1


def test_lines_that_change_or_delete_a_closed_entry_are_turned_down_and_the_others_go_in(desk: Desk) -> None:
    record = entered(desk)
    stored = desk.bulk.edit(
        LEDGER,
        [
            JsonRecord(1, {"_id": record, "points": 9}),
            JsonRecord(2, {"_id": record, "_deleted": "记错了"}),
            JsonRecord(3, {"_id": record, "published": "1"}),
        ],
    )
    assert [(item.line, "冲正" in item.reason) for item in stored.rejected] == [(1, True), (2, True)]
    assert desk.lists.document(LEDGER, record)["published"] == "1"


def test_what_was_left_empty_may_still_be_filled_and_the_notice_marked(desk: Desk) -> None:
    record = entered(desk)
    type_into(desk, desk.records.entry(LEDGER, record), reviewer="评议小组", published="1")
    document = desk.lists.document(LEDGER, record)
    assert (document["reviewer"], document["published"]) == ("评议小组", "1")
    type_into(desk, desk.records.entry(LEDGER, record), published="0")
    with pytest.raises(Closed):
        type_into(desk, desk.records.entry(LEDGER, record), reviewer="别人")


def test_a_rule_with_other_points_does_not_open_old_entries(desk: Desk) -> None:
    record = entered(desk)
    rule = str(desk.lists.document(LEDGER, record)["rule"])
    type_into(desk, desk.records.entry("point_rule", rule), points=6.0, valid_to="2026-11-10")
    assert desk.records.is_closed(LEDGER, record)
    assert [found.path for found in desk.reports.findings(LEDGER)] == ["remark"]
    type_into(desk, desk.records.entry(LEDGER, record), remark="按当时的规则")
    assert desk.reports.findings(LEDGER) == ()


def test_a_reversal_is_a_new_entry_that_says_what_it_undoes_and_why(desk: Desk) -> None:
    record = entered(desk)
    (made,) = desk.records.reverse("F18c", record, REASON).ids
    document = desk.lists.document(LEDGER, made)
    assert document["points"] == -5
    assert (document["reverse_of"], document["remark"]) == (record, REASON)
    assert document["household"] == household_of(desk, record)
    assert document["happened_on"] == dt.datetime.now().astimezone().date().isoformat()
    assert document["recorder"] == "汪文书"
    assert (document["reviewer"], document["published"]) == (None, "0")
    assert balance(desk, record) == 0
    assert desk.reports.findings() == ()
    assert desk.records.entry(LEDGER, record).reversed_by == made


def test_an_entry_is_reversed_once(desk: Desk) -> None:
    record = entered(desk)
    desk.records.reverse(LEDGER, record, REASON)
    with pytest.raises(Refused, match="已经冲正过"):
        desk.records.reverse(LEDGER, record, REASON)
    assert balance(desk, record) == 0


def test_a_wrong_reversal_is_reversed_itself(desk: Desk) -> None:
    record = entered(desk)
    (made,) = desk.records.reverse(LEDGER, record, REASON).ids
    desk.records.reverse(LEDGER, made, "冲错了")
    assert balance(desk, record) == 5
    assert desk.reports.findings() == ()


def test_a_rule_that_has_ended_can_still_be_reversed(desk: Desk) -> None:
    record = entered(desk)
    rule = str(desk.lists.document(LEDGER, record)["rule"])
    type_into(desk, desk.records.entry("point_rule", rule), valid_to="2026-11-10")
    desk.records.reverse(LEDGER, record, REASON)
    assert desk.reports.findings(LEDGER) == ()


def test_reversing_needs_a_reason_a_ledger_and_a_finished_entry(desk: Desk) -> None:
    record = entered(desk)
    with pytest.raises(DataError, match="原因"):
        desk.records.reverse(LEDGER, record, "  ")
    with pytest.raises(Refused, match="可以直接修改"):
        desk.records.reverse("household", household_of(desk, record), REASON)
    half = desk.records.entry(LEDGER)
    type_into(desk, half, household=household_of(desk, record))
    with pytest.raises(DataError, match="还没有填完"):
        desk.records.reverse(LEDGER, half.record, REASON)
    assert len(desk.lists.keys(LEDGER, ListQuery())) == 2


def test_entries_of_a_household_that_was_merged_are_reversed_where_they_count_now(desk: Desk) -> None:
    record = entered(desk)
    twice, stays = household_of(desk, record), one(desk, "household", head_name="程某", group="1组")
    desk.records.merge("household", twice, stays)
    assert balance(desk, record) == 5
    assert desk.records.is_closed(LEDGER, record)
    (made,) = desk.records.reverse(LEDGER, record, REASON).ids
    assert household_of(desk, made) == stays
    assert balance(desk, record) == 0
    assert desk.reports.findings(LEDGER) == ()


def test_entries_of_a_ledger_are_not_merged(desk: Desk) -> None:
    record = entered(desk)
    (made,) = desk.records.reverse(LEDGER, record, REASON).ids
    with pytest.raises(Refused):
        desk.records.merge(LEDGER, record, made)
    assert len(desk.lists.keys(LEDGER, ListQuery())) == 2


def test_points_that_were_reversed_cannot_be_spent(desk: Desk) -> None:
    record = entered(desk)
    spending = desk.records.entry("redeem")
    type_into(desk, spending, household=household_of(desk, record), goods="毛巾", cost_points=5.0)
    assert [found.path for found in desk.reports.findings("redeem")] == []
    desk.records.reverse(LEDGER, record, REASON)
    (found,) = desk.reports.findings("redeem")
    assert (found.path, found.severity) == ("cost_points", "warn")
    assert balance(desk, record) == -5


def test_a_reversal_typed_by_hand_is_asked_about_where_it_does_not_fit(desk: Desk) -> None:
    record = entered(desk)
    document = desk.lists.document(LEDGER, record)
    same = {key: document[key] for key in ("household", "rule")} | {"reverse_of": record, "remark": REASON}
    one(desk, LEDGER, **same, points=-4, happened_on="2026-11-02")
    assert [found.path for found in desk.reports.findings(LEDGER)] == ["points"]
    one(desk, LEDGER, **same, points=-5, happened_on="2026-11-02")
    assert sorted(found.path for found in desk.reports.findings(LEDGER)) == [
        "points",
        "reverse_of",
        "reverse_of",
    ]


# Two desks and a city server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "city"
    folder.mkdir()
    with city_server(Journey(folder, lambda _: None)) as running:
        yield running


@pytest.fixture
def two(desk: Desk, tmp_path: Path, server: Server) -> Iterator[tuple[Desk, Desk, str]]:
    """A village and a township that hold the same closed entry."""
    record = entered(desk)
    desk.exchange.enroll(server.url, server.code(VILLAGE, "village"))
    desk.exchange.sync()
    other, _ = Desk.create(tmp_path / "township", (TOWNSHIP,), "程专干", PASSPHRASE)
    other.exchange.enroll(server.url, server.code(TOWNSHIP, "township"))
    other.exchange.sync()
    assert other.records.is_closed(LEDGER, record)
    yield desk, other, record
    other.close()


def as_an_older_program(desk: Desk, record: str, **answers: object) -> None:
    """Write an edit as a program does that does not know the rule."""
    edit = edits.Edit(desk.records.place(VILLAGE).id, LEDGER, record, dict(answers), "程专干")  # type: ignore[arg-type]
    desk._file.commit(edit)


def test_a_change_by_an_older_program_is_merged_and_found(two: tuple[Desk, Desk, str]) -> None:
    desk, other, record = two
    as_an_older_program(other, record, points=9.0)
    report, _ = other.exchange.sync()
    assert (report.pushed, report.rejected) == (1, 0)
    desk.exchange.sync()
    assert desk.lists.document(LEDGER, record)["points"] == 9
    found = {(one.path, one.rule, one.severity) for one in desk.reports.findings(LEDGER)}
    assert ("points", "ledger", "warn") in found
    desk.records.reverse(LEDGER, record, REASON)
    assert balance(desk, record) == 0


def test_a_deletion_by_an_older_program_is_merged_and_found_and_can_be_taken_back(
    two: tuple[Desk, Desk, str],
) -> None:
    desk, other, record = two
    as_an_older_program(other, record, _deleted="记错了")
    other.exchange.sync()
    desk.exchange.sync()
    assert desk.lists.keys(LEDGER, ListQuery()) == ()
    (found,) = desk.reports.findings(LEDGER)
    assert (found.record, found.rule) == (record, "ledger")
    with pytest.raises(Refused, match="已经作废"):
        desk.records.reverse(LEDGER, record, REASON)
    desk.records.restore(LEDGER, record)
    assert desk.reports.findings(LEDGER) == ()


def test_two_desks_that_reverse_at_once_are_both_kept_and_the_second_is_found(
    two: tuple[Desk, Desk, str],
) -> None:
    desk, other, record = two
    (mine,) = desk.records.reverse(LEDGER, record, REASON).ids
    (theirs,) = other.records.reverse(LEDGER, record, "重复").ids
    for one_of_them in (desk, other, desk):
        report, _ = one_of_them.exchange.sync()
        assert (report.rejected, report.conflicts) == (0, 0)
    assert balance(desk, record) == -5
    found = {one.record for one in desk.reports.findings(LEDGER) if one.path == "reverse_of"}
    assert found == {mine, theirs}
    desk.records.reverse(LEDGER, theirs, "冲正了两次")
    assert balance(desk, record) == 0
    assert desk.reports.findings(LEDGER) == ()


def lists_alive(longer_than: int) -> int:
    gc.collect()
    return sum(isinstance(each, Rows) and len(each) > longer_than for each in gc.get_objects())


def test_the_lists_that_an_entry_was_opened_with_go_with_it(desk: Desk) -> None:
    household, rule = with_rules(desk)
    content = {"household": household, "rule": rule, "happened_on": "2026-11-01", "points": 5}
    ids = desk.bulk.add(LEDGER, [JsonRecord(line, content) for line in range(1, 13)], VILLAGE).ids
    gone = desk.records.reverse(LEDGER, ids[0], REASON).ids[0]
    before = lists_alive(11)
    for record in (*ids, gone):
        session = desk.records.entry(LEDGER, record).session
        assert len(session.node("reverse_of").choices) == 13
    assert lists_alive(11) == before + 1  # those of the last one, still held here
    del session
    assert lists_alive(11) == before
