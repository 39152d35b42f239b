"""A receipt, expanded by the rule of the desk, says what the server holds of all that its ops name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sync_server import (
    Spoken,
    a_village,
    caller,
    mixed_form,
    new_ids,
    places,
    prepared_service,
    township_of,
    without_shipped_forms,
)

from hsdesk.city.ledger.changes import stamp_of
from hsdesk.city.ledger.stream import part_of
from hsdesk.city.running.service import Service
from hsdesk.model.answer import DELETED, MOVED_TO, SetDelta, Value, Written, deletions_above
from hsdesk.records.chain import hash_of
from hsdesk.records.op import Op, Seen
from hsdesk.records.parts import Part
from hsdesk.wire.messages import Receipt, Row, Stamp
from hsdesk.wire.receipts import Key, own_rows

NOW = 1_763_800_000_000
ONE, TWO = a_village(places()), a_village(places(), 1)
TOWNSHIP = township_of(places(), ONE)
RECORD, OTHER = next(new_ids(1)), next(new_ids(2))


class Desk(Spoken):
    """A device that writes one record of one village unless it says otherwise."""

    def write(
        self, answers: Mapping[str, Written], *, scope: str = ONE, record: str = RECORD, **said: Any
    ) -> Op:
        return self.op(answers, record=record, scope=scope, **said)

    def say(self, answers: Mapping[str, Written], **said: Any) -> Receipt:
        return self.push(self.write(answers, **said))


def desk(service: Service, device: str, epoch: int = 1) -> Desk:
    return Desk(service, caller(service, device, "township", TOWNSHIP, disposes=True), epoch=epoch, now=NOW)


PATHS = ("name", "count", "tags", "asked", "members/r/who", "members/r/_deleted", DELETED)
SCOPES, RECORDS = (ONE, TWO), (RECORD, OTHER)


@st.composite
def edits(draw: st.DrawFn) -> dict[str, Any]:
    """What an op writes and what it says of it: some of it wrong, some of it late."""
    answers: dict[str, Written] = {}
    for path in draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3, unique=True)):
        answers[path] = draw(written(path))
    kind = draw(st.sampled_from(["", "", "", "", "move", "erase"]))
    if kind == "move":
        answers = {MOVED_TO: draw(st.sampled_from(SCOPES))}
    if kind == "erase":
        answers = {DELETED: "要求"} if draw(st.booleans()) else {"name": None}
    return {
        "answers": answers, "erases": kind == "erase", "scope": draw(st.sampled_from(SCOPES)),
        "record": draw(st.sampled_from(RECORDS)), "seen": draw(st.integers(0, 2)),
        "own": draw(st.sampled_from([0, None])), "later": draw(st.sampled_from([0, 5, 10**9])),
        "apart": {path: Seen(1) for path in PATHS} if draw(st.booleans()) else {},
    }  # fmt: skip


def written(path: str) -> st.SearchStrategy[Written]:
    if path == "tags":
        sets = st.sampled_from([(), ("x",), ("x", "y")])
        return st.builds(SetDelta, add=sets, remove=st.sampled_from([(), ("z",)]))
    if path == "count":
        return st.sampled_from([1, 2, "约三", None])
    return st.sampled_from(["甲", "乙", None])


States = dict[str, tuple[Value, Stamp]]
Expanded = dict[Key, States]
Chunks = st.lists(st.tuples(st.sampled_from("ab"), st.lists(edits(), min_size=1, max_size=5)), max_size=5)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with pytest.MonkeyPatch.context() as patch:
        without_shipped_forms(patch)
        folder = tmp_path_factory.mktemp("city")
        opened = prepared_service(f"sqlite:///{folder}/city.db", folder, mixed_form(), now_ms=lambda: NOW)
        yield opened
        opened.database.close()


_TABLES = [
    "stream",
    "op",
    "said",
    "progress",
    "rejected",
    "state",
    "conflict",
    "departure",
    "erased",
    "merged",
    "owner",
    "asked",
]


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(chunks=Chunks)
def test_a_receipt_expanded_by_the_desk_is_the_state_of_what_its_ops_name(
    city: Service, chunks: list[tuple[str, list[dict[str, Any]]]]
) -> None:
    with city.database.writing() as connection:
        for table in _TABLES:
            connection.run(f"DELETE FROM hs_{table}")
    desks = {device: desk(city, device) for device in "ab"}
    for device, given_edits in chunks:
        one = desks[device]
        first = one.seq
        ops = [within(city, one.write(**edit)) for edit in given_edits]
        one.hashes[first:] = [hash_of(op) for op in ops]
        assert_told(city, ops, one.push(*ops))
        assert_told(city, ops, one.push(*ops))  # once more: a repeat says as much


def revision(service: Service, scope: str) -> int:
    with service.database.reading() as connection:
        rows = connection.all("SELECT rev FROM hs_stream WHERE scope = ? AND cls = 'common'", scope)
    return int(rows[0][0]) if rows else 0


def within(service: Service, op: Op) -> Op:
    """Return an op that has seen no more than there is."""
    rev = revision(service, op.scope)
    seen = msgspec.structs.replace(op.seen, rev=min(op.seen.rev, rev))
    apart = {path: Seen(min(one.rev, rev)) for path, one in op.apart.items()}
    return msgspec.structs.replace(op, seen=seen, apart=apart)


def assert_told(service: Service, ops: Sequence[Op], receipt: Receipt) -> None:
    assert (receipt.first, receipt.last, len(receipt.revs)) == (ops[0].seq, ops[-1].seq, len(ops))
    expanded: Expanded = {}
    rows = [((one.scope, one.cls, row.record), row) for one in receipt.told for row in one.rows]
    for key, row in (*own_rows(ops, receipt), *rows):
        expanded.setdefault(key, {}).update(said_by(row))
    moved = {(one.scope, gone.record): gone for one in receipt.told for gone in one.moved}
    for op in ops:
        part = part_in(service, op.scope, op.record)
        if part is None:
            assert_followed(service, op, moved, expanded)
            continue
        named = {p for path in op.answers for p in (path, *deletions_above(path)) if p in part.answers}
        if op.erases and DELETED in op.answers:
            named |= set(part.answers)
        assert_as_held(part, named, expanded.get((op.scope, op.cls, op.record), {}))
    for key, found in expanded.items():
        part = part_in(service, key[0], key[2])
        assert part is not None, "told of a record that is not there"
        assert_as_held(part, set(found), found)


def assert_followed(
    service: Service,
    op: Op,
    moved: dict[tuple[str, str], Any],
    expanded: Expanded,
) -> None:
    scope = op.scope
    while (scope, op.record) in moved and part_in(service, scope, op.record) is None:
        scope = moved[scope, op.record].into
    part = part_in(service, scope, op.record)
    if part is not None:
        assert_as_held(part, set(part.answers), expanded[scope, op.cls, op.record])
    else:
        assert (
            all(part_in(service, any_scope, op.record) is None for any_scope in SCOPES) or scope == op.scope
        )


def assert_as_held(part: Part, named: set[str], found: States) -> None:
    for path in named:
        mark = part.mark(path)
        assert mark is not None
        device = mark.device or mark.person.partition(" ")[0]  # of a mixture he stands with his computer
        by = f"{device}的人"  # the city keeps his number and tells his name
        assert found[path] == (part.answers[path], msgspec.structs.replace(stamp_of(mark), person=by))


def said_by(row: Row) -> States:
    return {path: (value, row.others.get(path, row.stamp)) for path, value in row.answers.items()}


def part_in(service: Service, scope: str, record: str) -> Part | None:
    with service.database.reading() as connection:
        rows = connection.all(
            "SELECT body FROM hs_state WHERE scope = ? AND cls = 'common' AND record = ?", scope, record
        )
    return part_of(rows[0][0]) if rows else None
