"""Three desks, one server, a cable that breaks: everything a person could do, in any order.

Real client and server code; only the cable and the clocks are made up. In the end all are equal, and every
value ever typed is held, waits in a conflict, or was overwritten by one who saw it.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sync_world import (
    KEY,
    MemoryCarrier,
    a_village,
    caller,
    mixed_form,
    new_desk,
    new_ids,
    places,
    prepared_service,
    township_of,
    without_shipped_forms,
)

from hsdesk.errors import Offline
from hsdesk.model.clock import Clock, wall_milliseconds
from hsdesk.model.op import SetDelta, Value
from hsdesk.server import backups, changes
from hsdesk.server.database import open_database
from hsdesk.server.service import Service, open_service
from hsdesk.store import inbox
from hsdesk.store.core import Core
from hsdesk.store.desk_file import DeskFile
from hsdesk.store.edits import Edit
from hsdesk.sync import plan
from hsdesk.sync.loop import synchronise
from hsdesk.sync.replica import Replica
from hsdesk.wire.messages import Page

VILLAGE = a_village(places())
NAMES = ("a", "b", "t")
_ids = new_ids(77)
RECORDS = tuple(next(_ids) for _ in range(3))
EVERY_PHASE = (Phase.generate, Phase.shrink)
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@cache
def template() -> Path:
    """A prepared server and an empty desk, copied for each run: one form, in memory where there is some."""
    folder = Path(tempfile.mkdtemp(prefix="hsdesk-machine-", dir=_MEMORY))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        without_shipped_forms(patch)
        prepared_service(
            f"sqlite:///{folder}/server/city.db", folder / "server", mixed_form()
        ).database.close()
    new_desk(folder / "desk", mixed_form()).close()
    return folder


class Cable:
    """Breaks at the messages it is told to: ("before" or "after", how many messages from now).

    `meanwhile` happens once, while a message or its answer is under way.
    """

    def __init__(self) -> None:
        self.cuts: list[tuple[str, int]] = []
        self.carried = 0
        self.meanwhile: tuple[str, int, Callable[[], None]] | None = None

    def __call__(self, moment: str, kind: str) -> None:
        self.carried += moment == "before"
        if self.meanwhile and self.meanwhile[:2] == (moment, self.carried):
            happens, self.meanwhile = self.meanwhile[2], None
            happens()
        if (moment, self.carried) in self.cuts:
            self.cuts.remove((moment, self.carried))
            raise Offline("断线")


class PowerCut(BaseException):
    """A computer stops in the middle of a statement. Nothing may catch it."""


Typed = tuple[str, str, Value]  # record, path, value


class World:
    """The desks, the server, and what was typed and seen.

    Pages and chunks are small, so that a few records already take several of each.
    """

    def __init__(
        self,
        *,
        page_rows: int = 2,
        chunk_ops: int = 3,
        wrap_replica: Callable[[DeskFile], Replica] = lambda desk: desk,
    ) -> None:
        self._patch = pytest.MonkeyPatch()
        without_shipped_forms(self._patch)
        self._patch.setattr(changes, "pages", partial(changes.pages, budget=page_rows))
        self._patch.setattr(plan, "CHUNK_OPS", chunk_ops)
        self.folder = Path(tempfile.mkdtemp(prefix="hsdesk-world-", dir=_MEMORY))
        shutil.copytree(template(), self.folder, dirs_exist_ok=True)
        self._database = f"sqlite:///{self.folder}/server/city.db"
        self.service: Service = open_service(open_database(self._database))
        self.desks = {name: self._new_desk(name) for name in NAMES}
        self.cable = Cable()
        self.carriers = {name: self._carrier(name) for name in NAMES}
        self._wrap = wrap_replica
        self.restored = False  # the server was: desks then read everything again
        self.healed = 0  # streams read again because their digest differed: none, without bugs
        self.typed: set[Typed] = set()
        self.overwritten: set[Typed] = set()

    def _new_desk(self, name: str) -> DeskFile:
        shutil.copytree(self.folder / "desk", self.folder / name)
        desk = DeskFile.open(self.folder / name, KEY)
        desk.set("device", f"device-{name}")
        return desk

    def _carrier(self, name: str) -> MemoryCarrier:
        device = self.desks[name].device_id()
        who = (
            caller(self.service, device, "township", township_of(places(), VILLAGE))
            if name == "t"
            else caller(self.service, device, "village", VILLAGE)
        )
        return MemoryCarrier(self.service, who, self.cable)

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()
        self.service.database.close()
        self._patch.undo()
        shutil.rmtree(self.folder)

    def answers(self, name: str, record: str) -> Mapping[str, Value]:
        state = self.desks[name].state(VILLAGE, record)
        return state.answers if state else {}

    def edit(self, name: str, record: str, path: str, value: Value | SetDelta, resolves: str = "") -> None:
        """A person at a desk types a value, seeing what the desk shows."""
        shown = self.answers(name, record).get(path)
        committed = self.desks[name].commit(
            Edit(VILLAGE, "mixed", record, {path: value}, f"{name}的人", resolves=resolves)
        )
        if not committed.ops:
            return
        if isinstance(value, SetDelta):
            self.typed.update((record, path, (member,)) for member in value.add)
            self.overwritten.update((record, path, (member,)) for member in value.remove)
            return
        self.overwritten.add((record, path, shown))
        self.typed.add((record, path, value))

    def sync(self, name: str, cuts: list[tuple[str, int]] | None = None) -> bool:
        """Sync a desk; the cable breaks where told. True: it came to its end."""
        self.cable.cuts = [(moment, self.cable.carried + number) for moment, number in cuts or ()]
        try:
            report = synchronise(self._wrap(self.desks[name]), self.carriers[name], pause=lambda _: None)
            self.healed += report.healed
        except Offline:
            return False
        finally:
            self.cable.cuts = []
        return True

    def die_reading(self, name: str, page: int) -> None:
        """Sync a desk; its computer loses power while it writes the n-th page with rows, and starts again."""
        apply_rows, pages = inbox._apply_rows, iter(range(1, page + 1))

        def dying(core: Core, arrived: Page) -> None:
            if arrived.rows and next(pages) == page:
                raise PowerCut
            apply_rows(core, arrived)

        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(PowerCut):
            patch.setattr(inbox, "_apply_rows", dying)
            self.sync(name)
        self.restart(name)

    def sync_meanwhile(self, name: str, moment: str, at: int, happens: Callable[[], object]) -> None:
        """Sync a desk; something happens before message `at` arrives, or after, before its answer does."""
        self.cable.meanwhile = (moment, self.cable.carried + at, happens)
        self.sync(name)
        self.cable.meanwhile = None

    def restart(self, name: str) -> None:
        """The program is closed and opened again."""
        self.desks[name].close()
        self.desks[name] = DeskFile.open(self.folder / name, KEY)

    def back_up_server(self) -> None:
        backups.backup(self._database, self.folder / "kept.db")

    def restore_server(self) -> None:
        """Yesterday's backup takes the place of the server's database, if one was made."""
        if not (self.folder / "kept.db").exists():
            return
        self.service.database.close()
        backups.restore(self._database, self.folder / "kept.db")
        self.service = open_service(open_database(self._database))
        self.carriers = {name: self._carrier(name) for name in NAMES}
        self.restored = True

    def set_clock(self, name: str, days: int) -> None:
        core = self.desks[name]._core
        core.clock = Clock(core.clock.last, wall=lambda: wall_milliseconds() + days * 86_400_000)

    def settle(self, name: str, choice: int) -> None:
        """A person looks at the candidates of the first conflict shown at a desk and chooses one."""
        conflicts = sorted(self.desks[name].conflicts(), key=lambda c: c.id)
        if not conflicts:
            return
        conflict = conflicts[0]
        chosen = conflict.candidates[choice % len(conflict.candidates)].value
        self.overwritten.update((conflict.record, conflict.path, c.value) for c in conflict.candidates)
        self.edit(name, conflict.record, conflict.path, chosen, resolves=conflict.id)

    def check(self) -> None:
        """Sync until nothing moves, then compare everything with everything."""
        for _ in range(2):
            for name in NAMES:
                assert self.sync(name)
        first = self.desks[NAMES[0]]
        for record in RECORDS:
            states = [self.answers(name, record) for name in NAMES]
            assert states[0] == states[1] == states[2], states
        kept = [set(desk.conflicts(open_only=False)) for desk in self.desks.values()]
        assert kept[0] == kept[1] == kept[2]
        with self.service.database.reading() as connection:
            rows = connection.all("SELECT scope, cls, digest FROM hs_stream WHERE rev > 0")
            logged = connection.all(
                "SELECT COUNT(*), MAX(rev), COUNT(DISTINCT device || '/' || epoch || '/' || seq) FROM hs_op"
                " GROUP BY scope, cls"
            )
        assert all(count == rev == distinct for count, rev, distinct in logged), "double, or a gap"
        for scope, cls, digest in rows:
            assert {desk.digest(scope, cls) for desk in self.desks.values()} == {digest}
        assert sum(desk.pending_count() for desk in self.desks.values()) == 0
        assert first.set_aside_count() == 0
        assert self.healed == 0 or self.restored
        self._check_nothing_lost()

    def _check_nothing_lost(self) -> None:
        waiting = {
            (conflict.record, conflict.path, candidate.value)
            for conflict in self.desks["a"].conflicts(open_only=False)
            for candidate in conflict.candidates
        }
        for record, path, value in self.typed - waiting - self.overwritten:
            held = self.answers("a", record).get(path)
            if isinstance(value, tuple):
                assert isinstance(held, tuple)
                assert set(value) <= set(held), f"{value} of {path} is gone"
            else:
                assert held == value or not (held or value), f"{value!r} of {path} is gone"


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
