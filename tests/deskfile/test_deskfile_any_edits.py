"""State, log, digest and history after any edits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import PLACE, desk

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.history import state_at
from hsdesk.records.edits import Edit
from hsdesk.records.parts import part_digest
from hsdesk.wire.messages import Receipt, Row, Stamp, Told

values = st.one_of(st.none(), st.integers(-3, 30), st.sampled_from(["", "甲", "乙 丙", "0"]))
edits = st.lists(
    st.tuples(
        st.sampled_from(["r1", "r2"]),
        st.dictionaries(
            st.sampled_from(
                ["name", "leader", "phone", "note", "staff/a/staff_name", "staff/b/id_number", "unknown"]
            ),
            values,
            max_size=4,
        ),
        st.one_of(st.none(), st.sets(st.sampled_from("123")).map(lambda s: tuple(sorted(s)))),
    ),
    max_size=12,
)


@given(edits)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_state_log_digest_and_history_agree_after_any_edits(
    tmp_path_factory: pytest.TempPathFactory, made: list
) -> None:
    expected: dict[str, dict[str, object]] = {}
    with desk(tmp_path_factory.mktemp("desk")) as file:
        for record, answers, kinds in made:
            file.commit(Edit(PLACE, "social_org", record, {**answers, "kinds": kinds}, "张三"))
            expected.setdefault(record, {}).update({**answers, "kinds": kinds})
        seqs = [op.seq for op in file.pending_ops(1000)]
        assert seqs == list(range(1, len(seqs) + 1))
        digests = {"common": 0, "personal": 0}
        for record, answers in expected.items():
            filled = {path: value for path, value in answers.items() if value not in (None, "", ())}
            state = file.state(PLACE, record)
            assert state is not None
            assert {p: v for p, v in state.answers.items() if v != ""} == filled
            versions = file.history(PLACE, record)
            assert state_at(versions, len(versions)) == state.answers
            for cls in digests:
                own = {
                    p: v
                    for p, v in filled.items()
                    if (p in ("phone", "staff/b/id_number")) == (cls == "personal")
                }
                if cls in state.classes:
                    digests[cls] += part_digest(record, own)
        assert [file.digest(PLACE, cls) for cls in digests] == [0, 0], "nothing is confirmed yet"
        if seqs:
            file.take_receipt(_receipt(file, seqs))
        assert {cls: file.digest(PLACE, cls) for cls in digests} == digests  # type: ignore[arg-type]
        assert file.problems() == ()


def _receipt(file: DeskFile, seqs: list[int]) -> Receipt:
    """Take every op as the city does when nobody else writes; sets are told in full."""
    told: dict[str, Row] = {}
    for op in file.pending_ops(1000):
        if "kinds" in op.answers:
            value = file.state(PLACE, op.record).answers.get("kinds", ())
            stamp = Stamp(op.seq, op.hlc, op.device, op.person)
            told[op.record] = Row(op.record, op.form, op.version, op.seq, {"kinds": value}, stamp)
    chain, last = file.chain(1, seqs[-1]), seqs[-1]
    rows = (Told(PLACE, "common", tuple(told.values())),)
    return Receipt(file.device_id(), 1, last, "s1", (), 1, chain, last, chain, tuple(seqs), rows)
