"""Everything a person could do at three desks, in any order.

In the end all are equal, and every value ever typed is held, waits, or was overwritten by one who saw it.
"""

from __future__ import annotations

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sync_three_desks import NAMES, RECORDS, World

from hsdesk.model.op import SetDelta

EVERY_PHASE = (Phase.generate, Phase.shrink)
DESK = st.sampled_from(NAMES)
RECORD = st.sampled_from(RECORDS)
TEXT_PATHS = st.sampled_from(["name", "asked", "upper", "phone", "members/r1/who", "members/r2/duty"])
MOMENT = st.sampled_from(["before", "after"])
CUTS = st.lists(st.tuples(MOMENT, st.integers(1, 6)), max_size=2)


class SyncMachine(RuleBasedStateMachine):
    """Any order of typing, deleting, settling, syncing over a bad cable, restarting, wrong clocks."""

    @initialize(page_rows=st.sampled_from([1, 2, 1000]), chunk_ops=st.sampled_from([1, 3, 500]))
    def begin(self, page_rows: int, chunk_ops: int) -> None:
        self.world = World(page_rows=page_rows, chunk_ops=chunk_ops)
        self.typed = 0

    @rule(desk=DESK, record=RECORD, path=TEXT_PATHS, same=st.booleans())
    def type_text(self, desk: str, record: str, path: str, same: bool) -> None:
        self.typed += not same
        self.world.edit(desk, record, path, f"值{self.typed}")

    @rule(desk=DESK, record=RECORD, number=st.one_of(st.none(), st.integers(0, 2)))
    def type_number(self, desk: str, record: str, number: int | None) -> None:
        self.world.edit(desk, record, "count", number)

    @rule(desk=DESK, record=RECORD, member=st.sampled_from("xyz"), add=st.booleans())
    def change_set(self, desk: str, record: str, member: str, add: bool) -> None:
        delta = SetDelta(add=(member,)) if add else SetDelta(remove=(member,))
        self.world.edit(desk, record, "tags", delta)

    @rule(
        desk=DESK,
        record=RECORD,
        path=st.sampled_from(["_deleted", "members/r1/_deleted"]),
        gone=st.booleans(),
    )
    def delete(self, desk: str, record: str, path: str, gone: bool) -> None:
        self.world.edit(desk, record, path, "误填" if gone else None)

    @rule(desk=DESK, record=RECORD, path=st.sampled_from(["phone", "name", "tags", "members/r1/who", ""]))
    def erase(self, desk: str, record: str, path: str) -> None:
        self.world.erase(desk, record, path)

    @rule(record=RECORD)
    def move(self, record: str) -> None:
        self.world.move(record)

    @rule(desk=DESK, choice=st.integers(0, 3))
    def settle(self, desk: str, choice: int) -> None:
        self.world.settle(desk, choice)

    @rule(desk=DESK, cuts=CUTS)
    def sync(self, desk: str, cuts: list[tuple[str, int]]) -> None:
        self.world.sync(desk, cuts)

    @rule(desk=DESK, record=RECORD, path=TEXT_PATHS, at=st.integers(1, 4))
    def type_while_syncing(self, desk: str, record: str, path: str, at: int) -> None:
        self.typed += 1
        value = f"值{self.typed}"
        self.world.sync_meanwhile(desk, "after", at, lambda: self.world.edit(desk, record, path, value))

    @rule(desk=DESK, others=st.permutations(NAMES), moment=MOMENT, at=st.integers(1, 3))
    def others_sync_meanwhile(self, desk: str, others: list[str], moment: str, at: int) -> None:
        def happens() -> None:
            for other in others:
                if other != desk:
                    self.world.sync(other)

        self.world.sync_meanwhile(desk, moment, at, happens)

    @rule(desk=DESK)
    def sync_well(self, desk: str) -> None:
        assert self.world.sync(desk)

    @rule(desk=DESK, page=st.integers(1, 3))
    def die_reading(self, desk: str, page: int) -> None:
        self.world.die_reading(desk, page)

    @rule(desk=DESK)
    def restart(self, desk: str) -> None:
        self.world.restart(desk)

    @rule()
    def back_up_server(self) -> None:
        self.world.back_up_server()

    @rule()
    def restore_server(self) -> None:
        self.world.restore_server()

    @rule(desk=DESK, days=st.sampled_from([-730, -1, 0, 1, 730]))
    def set_clock(self, desk: str, days: int) -> None:
        self.world.set_clock(desk, days)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.world.check()
            finally:
                self.world.close()


def run_machine(examples: int, *, seed: int | None = None, phases: tuple[Phase, ...] = EVERY_PHASE) -> None:
    """Run random days of 30 steps: the same in every run, or others if a seed is given."""
    machine = SyncMachine if seed is None else hypothesis.seed(seed)(type("Seeded", (SyncMachine,), {}))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=tuple(HealthCheck),
            derandomize=seed is None,
            database=None,
            phases=phases,
            report_multiple_bugs=False,
        ),
    )
