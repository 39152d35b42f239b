"""Merging ops, answer by answer: what is applied, what is kept for a person to choose, what is never lost."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hsdesk.model.answer import SetDelta, Value, Written
from hsdesk.model.clock import FUTURE_ALLOWED_MS, reading
from hsdesk.records.merge import Dispute, Merged, Policy, merge
from hsdesk.records.op import Op, Seen
from hsdesk.records.parts import DIGEST_MODULUS, Part, part_digest

NOW = 1_763_800_000_000


def op(
    device: str,
    seq: int,
    answers: Mapping[str, Written],
    *,
    seen: int = 0,
    own: int | None = None,
    later: int = 0,
    epoch: int = 1,
    apart: Mapping[str, Seen] | None = None,
) -> Op:
    """An op whose screen showed what stood at revision `seen`, and all own ops before it or up to `own`."""
    shown = seq - 1 if own is None else own
    return Op(
        device=device,
        epoch=epoch,
        seq=seq,
        scope="s",
        cls="common",
        record="r",
        form="f",
        version="1",
        seen=Seen(seen, epoch, shown) if shown else Seen(seen),
        apart=dict(apart or {}),
        wide=apart is None,
        hlc=reading(NOW + later),
        person=f"person of {device}",
        answers=dict(answers),
    )


def _read(one: Op) -> int:
    return max(seen.rev for seen in (one.seen, *one.apart.values()))


def merged_all(
    *ops: Op, policy: Policy = "", ranks: Mapping[str, int] | None = None
) -> tuple[Part, list[Merged]]:
    part: Part | None = None
    said = []
    for rev, one in enumerate(ops, start=1):
        rank = (ranks or {}).get(one.device, 0)
        said.append(
            merge(part, one, rev=rev, received_ms=NOW, rank=rank, policy=lambda path: policy, read=_read(one))
        )
        part = said[-1].part
    assert part is not None
    return part, said


def test_edits_of_different_answers_both_live() -> None:
    part, said = merged_all(
        op("a", 1, {"x": "1", "y": "1"}), op("a", 2, {"x": "2"}), op("b", 1, {"y": "3"}, seen=1)
    )
    assert part.answers == {"x": "2", "y": "3"}
    assert [m.outcome for m in said] == ["applied", "applied", "merged"]


def test_an_edit_that_knew_the_other_wins_whatever_its_clock_says() -> None:
    two_years = 2 * 365 * 86_400_000
    part, said = merged_all(
        op("a", 1, {"x": "old"}, later=two_years), op("b", 1, {"x": "new"}, seen=1, later=-two_years)
    )
    assert part.answers["x"] == "new"
    assert said[1].outcome == "applied"


def test_of_two_edits_blind_to_each_other_the_later_clock_holds_and_the_other_is_kept() -> None:
    part, said = merged_all(op("a", 1, {"x": "early"}), op("b", 1, {"x": "late"}, later=5))
    assert part.answers["x"] == "late"
    (dispute,) = said[1].disputes
    assert (dispute.holds.value, dispute.lost.value) == ("late", "early")
    part, said = merged_all(op("b", 1, {"x": "late"}, later=5), op("a", 1, {"x": "early"}))
    assert part.answers["x"] == "late"
    assert said[1].lost == ("x",)


def test_a_clock_years_ahead_counts_as_five_minutes() -> None:
    ahead = op("a", 1, {"x": "ahead"}, later=10**11)
    beyond = op("b", 1, {"x": "beyond"}, later=FUTURE_ALLOWED_MS + 1)
    _, said = merged_all(ahead, beyond)
    assert said[1].disputes[0].holds.value == "beyond"  # both are clamped alike: the device decides
    assert said[0].part.base.hlc == reading(NOW + FUTURE_ALLOWED_MS)


def test_equal_answers_are_no_conflict() -> None:
    _, said = merged_all(op("a", 1, {"x": 1}), op("b", 1, {"x": 1.0}))
    assert said[1].disputes == ()


def test_one_person_on_two_laptops_has_not_seen_both() -> None:
    first, second = op("a", 1, {"x": "1"}), op("b", 1, {"x": "2"})
    same = msgspec.structs.replace(second, person=first.person)
    _, said = merged_all(first, same)
    assert said[1].outcome == "conflict"


def test_a_restored_laptop_counts_as_another() -> None:
    _, said = merged_all(op("a", 7, {"x": "1"}), op("a", 8, {"x": "2"}, epoch=2))
    assert said[1].outcome == "conflict"
    _, said = merged_all(op("a", 7, {"x": "1"}), op("a", 8, {"x": "2"}))
    assert said[1].outcome == "applied"


@pytest.mark.parametrize(("writer", "holds"), [("village", "county's"), ("county", "county's")])
def test_the_higher_level_holds_where_the_field_says_so(writer: str, holds: str) -> None:
    ops = [op("village", 1, {"x": "village's"}, later=99), op("county", 1, {"x": "county's"})]
    ordered = ops if writer == "county" else ops[::-1]
    part, said = merged_all(*ordered, policy="township", ranks={"county": 1})
    assert part.answers["x"] == holds
    assert said[1].outcome == "conflict"


def test_where_a_person_is_to_be_asked_the_first_answer_stays() -> None:
    part, said = merged_all(op("a", 1, {"x": "first"}), op("b", 1, {"x": "second"}, later=99), policy="ask")
    assert part.answers["x"] == "first"
    assert said[1].disputes[0].lost.value == "second"


def test_adding_a_member_wins_over_removing_it_unseen() -> None:
    start = op("a", 1, {"s": SetDelta(add=("x", "y"))})
    part, said = merged_all(
        start,
        op("b", 1, {"s": SetDelta(add=("x",))}, seen=1),
        op("c", 1, {"s": SetDelta(remove=("x", "y"))}, seen=1),
    )
    assert part.answers["s"] == ("x",)
    assert said[2].disputes == ()
    part, _ = merged_all(
        start, op("c", 1, {"s": SetDelta(remove=("x",))}, seen=1), op("b", 1, {"s": SetDelta(add=("z",))})
    )
    assert part.answers["s"] == ("y", "z")


def test_an_edit_beats_a_deletion_that_had_not_seen_it() -> None:
    start = op("a", 1, {"x": "1"})
    edit, deletion = op("a", 2, {"x": "2"}), op("b", 1, {"_deleted": "重复"}, seen=1, later=99)
    for order in ((edit, deletion), (deletion, op("a", 2, {"x": "2"}, seen=1))):
        part, said = merged_all(start, *order)
        assert part.answers.get("_deleted") is None
        assert part.answers["x"] == "2"
        (dispute,) = said[2].disputes
        assert (dispute.path, dispute.holds.value, dispute.lost.value) == ("_deleted", None, "重复")


def test_an_edit_in_a_deleted_roster_row_brings_back_that_row_alone() -> None:
    start = op("a", 1, {"m/1/who": "甲", "m/2/who": "乙"})
    gone = op("a", 2, {"m/1/_deleted": "误填", "m/2/_deleted": "误填"})
    part, said = merged_all(start, gone, op("b", 1, {"m/1/duty": "会计"}, seen=1))
    assert part.answers["m/1/_deleted"] is None
    assert part.answers["m/2/_deleted"] == "误填"
    assert [d.path for d in said[2].disputes] == ["m/1/_deleted"]


def test_a_deletion_that_knew_every_edit_simply_holds() -> None:
    part, said = merged_all(
        op("a", 1, {"x": "1"}),
        op("b", 1, {"x": "2"}, seen=1),
        op("c", 1, {"_deleted": "搬走"}, seen=2),
    )
    assert part.answers["_deleted"] == "搬走"
    assert said[2].outcome == "applied"


def test_the_order_of_rows_is_never_asked_about() -> None:
    part, said = merged_all(op("a", 1, {"m/1/_pos": "a"}), op("b", 1, {"m/1/_pos": "b"}, later=1))
    assert part.answers["m/1/_pos"] == "b"
    assert said[1].disputes == ()


PATHS = ("x", "y", "m/1/who")
VALUES = st.one_of(st.none(), st.integers(1, 3), st.sampled_from(["甲", "乙", ""]))


@st.composite
def histories(draw: st.DrawFn) -> list[Op]:
    """Ops of three devices in the order the server received them, each with what its device may have seen."""
    seqs: dict[str, int] = {}
    seen: dict[str, int] = {}
    ops = []
    for rev in range(1, draw(st.integers(1, 12)) + 1):
        device = draw(st.sampled_from("abc"))
        seqs[device] = seqs.get(device, 0) + 1
        seen[device] = draw(st.integers(seen.get(device, 0), rev - 1))
        answers = draw(st.dictionaries(st.sampled_from(PATHS), VALUES, min_size=1))
        later = draw(st.integers(-5, 5))
        ops.append(op(device, seqs[device], answers, seen=seen[device], later=later))
    return ops


def knew(later: Op, earlier: Op, rev_of_earlier: int) -> bool:
    return rev_of_earlier <= later.seen.rev or (
        later.device == earlier.device and earlier.seq <= later.seen.seq
    )


@settings(deadline=None, max_examples=100)
@given(histories())
def test_no_answer_is_dropped_by_one_who_had_not_seen_it(ops: list[Op]) -> None:
    part, said = merged_all(*ops)
    kept = {(d.path, c.value or None) for m in said for d in m.disputes for c in (d.holds, d.lost)}
    numbered = list(enumerate(ops, start=1))
    for rev, one in numbered:
        for path, value in one.answers.items():
            twins = [
                (r, o)
                for r, o in numbered
                if path in o.answers and (o.answers[path] or None) == (value or None)
            ]
            overwritten_knowingly = any(
                path in other.answers and knew(other, twin, r)
                for later, other in numbered[rev:]
                for r, twin in twins
                if r < later
            )
            holds = (part.answers[path] or None) == (value or None)
            assert holds or (path, value or None) in kept or overwritten_knowingly


@settings(deadline=None, max_examples=60)
@given(histories())
def test_what_holds_was_written_by_the_one_whose_mark_it_bears(ops: list[Op]) -> None:
    part, _ = merged_all(*ops)
    for path, value in part.answers.items():
        mark = part.mark(path)
        assert mark is not None
        writer = ops[mark.rev - 1]
        assert (writer.device, writer.answers[path] or None) == (mark.device, value or None)


MEMBERS = st.frozensets(st.sampled_from("pqr")).map(lambda m: tuple(sorted(m)))


@st.composite
def set_histories(draw: st.DrawFn) -> list[Op]:
    ops = []
    for one in draw(histories()):
        add = draw(MEMBERS)
        remove = tuple(m for m in draw(MEMBERS) if m not in add)
        ops.append(msgspec.structs.replace(one, answers={"s": SetDelta(add, remove)}))
    return ops


@settings(deadline=None, max_examples=100)
@given(set_histories())
def test_a_member_is_there_unless_someone_who_knew_every_adding_removed_it(ops: list[Op]) -> None:
    part, _ = merged_all(*ops)

    def delta(one: Op) -> SetDelta:
        written = one.answers["s"]
        assert isinstance(written, SetDelta)
        return written

    expected = {
        member
        for rev, one in enumerate(ops, start=1)
        for member in delta(one).add
        if not any(member in delta(other).remove and knew(other, one, rev) for other in ops[rev:])
    }
    assert part.answers["s"] == tuple(sorted(expected))


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.text(max_size=3), VALUES), st.randoms())
def test_the_digest_depends_on_answers_and_not_on_their_order(
    answers: dict[str, Value], chance: object
) -> None:
    items = list(answers.items())
    chance.shuffle(items)  # type: ignore[attr-defined]
    assert part_digest("r", dict(items)) == part_digest("r", answers)
    assert part_digest("r", {**answers, "new": "1"}) != part_digest("r", answers)
    assert 0 <= part_digest("r", answers) < DIGEST_MODULUS


def test_disputes_name_what_the_later_writer_had_seen() -> None:
    _, said = merged_all(op("a", 1, {"x": "1"}), op("a", 2, {"x": "2"}), op("b", 1, {"x": "3"}, seen=1))
    assert [d.seen_rev for d in said[2].disputes] == [1]
    assert all(isinstance(d, Dispute) for d in said[2].disputes)


def test_an_own_op_that_the_page_did_not_show_is_not_seen() -> None:
    """An import, an undo, a second window: the same laptop wrote it, and the page never showed it."""
    _, said = merged_all(op("a", 1, {"x": "import"}), op("a", 2, {"x": "typed"}, own=0))
    assert said[1].outcome == "conflict"
    _, said = merged_all(op("a", 1, {"x": "1"}), op("a", 2, {"x": "2"}), op("a", 3, {"x": "3"}, own=1))
    assert said[2].outcome == "conflict"
    _, said = merged_all(op("a", 1, {"x": "1"}), op("a", 2, {"x": "2"}), op("a", 3, {"x": "3"}, own=2))
    assert said[2].outcome == "applied"


def test_what_one_answer_had_seen_says_nothing_of_another() -> None:
    start = op("a", 1, {"x": "1", "y": "1"})
    part, said = merged_all(
        start, op("b", 1, {"x": "2", "y": "2"}, later=9, apart={"x": Seen(1), "y": Seen(0)})
    )
    assert part.answers == {"x": "2", "y": "2"}
    assert [d.path for d in said[1].disputes] == ["y"]


def test_an_equal_answer_leaves_the_mark_of_the_first_and_who_saw_it_saw_both() -> None:
    part, said = merged_all(op("a", 1, {"x": "1"}), op("b", 1, {"x": "1"}), op("c", 1, {"x": "2"}, seen=1))
    assert said[2].outcome == "applied"
    assert part.answers["x"] == "2"
    part, _ = merged_all(op("a", 1, {"x": "1"}), op("b", 1, {"x": "1"}))
    mark = part.mark("x")
    assert mark is not None
    assert (mark.rev, mark.device) == (1, "a")


def test_a_deletion_that_had_not_seen_one_answer_of_the_record_loses() -> None:
    start, more = op("a", 1, {"x": "1"}), op("b", 1, {"y": "2"})
    seen = {"_deleted": Seen(0), "x": Seen(1)}
    part, said = merged_all(start, more, op("c", 1, {"_deleted": "重复"}, later=9, apart=seen))
    assert part.answers.get("_deleted") is None
    assert [d.lost.value for d in said[2].disputes] == ["重复"]
    seen["y"] = Seen(2)
    part, said = merged_all(start, more, op("c", 1, {"_deleted": "重复"}, later=9, apart=seen))
    assert (part.answers["_deleted"], said[2].outcome) == ("重复", "applied")


def test_an_empty_answer_needs_no_one_to_have_seen_it() -> None:
    part, _ = merged_all(op("a", 1, {"x": None}), op("b", 1, {"_deleted": "误建"}, apart={}))
    assert part.answers["_deleted"] == "误建"


def test_an_edit_that_knew_of_a_deletion_leaves_it() -> None:
    start = op("a", 1, {"x": "1", "_deleted": "搬走"})
    seen = {"x": Seen(1), "_deleted": Seen(1)}
    part, said = merged_all(start, op("b", 1, {"x": "2"}, apart=seen))
    assert (part.answers["_deleted"], said[1].outcome) == ("搬走", "applied")
    part, said = merged_all(start, op("b", 1, {"x": "2"}, apart={"x": Seen(1)}))
    assert part.answers["_deleted"] is None
    assert [d.path for d in said[1].disputes] == ["_deleted"]


def test_a_member_removed_by_one_who_saw_only_one_of_its_addings_stays() -> None:
    added = op("a", 1, {"s": SetDelta(add=("x",))}), op("b", 1, {"s": SetDelta(add=("x",))})
    part, _ = merged_all(*added, op("c", 1, {"s": SetDelta(remove=("x",))}, seen=1))
    assert part.answers["s"] == ("x",)
    part, _ = merged_all(*added, op("c", 1, {"s": SetDelta(remove=("x",))}, seen=2))
    assert part.answers["s"] == ()


def test_where_a_person_is_to_be_asked_one_who_saw_the_answer_still_changes_it() -> None:
    part, said = merged_all(op("a", 1, {"x": "1"}), op("b", 1, {"x": "2"}, seen=1), policy="ask")
    assert (part.answers["x"], said[1].outcome) == ("2", "applied")


def test_only_answers_from_after_the_reading_count_as_merged_beside() -> None:
    part = merged_all(op("a", 1, {"x": "1"}))[0]
    given = op("b", 1, {"y": "1"})
    assert merge(part, given, rev=2, received_ms=NOW, read=1).outcome == "applied"
    assert merge(part, given, rev=2, received_ms=NOW, read=0).outcome == "merged"
