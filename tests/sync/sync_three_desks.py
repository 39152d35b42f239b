"""Three desks, one server, a cable that breaks: the world of the random days, and of single stories.

Real client and server code; only the cable and the clocks are made up. In the end all are equal, and every
value ever typed is held, waits in a conflict, or was overwritten by one who saw it.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from pathlib import Path

import pytest
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
from typed_rows import CLOCK, typed_rows

from hsdesk.errors import Offline, Refused
from hsdesk.model.clock import Clock, wall_milliseconds
from hsdesk.model.op import DELETED, MOVED_TO, SetDelta, Value
from hsdesk.server import apply, backups, changes
from hsdesk.server.database import open_database
from hsdesk.server.permission import Role
from hsdesk.server.service import Service, open_service
from hsdesk.store import inbox
from hsdesk.store.core import Core
from hsdesk.store.desk_file import DeskFile
from hsdesk.store.edits import Edit
from hsdesk.store.inbox import Taken
from hsdesk.sync import plan
from hsdesk.sync.loop import synchronise
from hsdesk.sync.replica import Replica
from hsdesk.wire.messages import Page

VILLAGE, OTHER = a_village(places()), a_village(places(), 1)
NAMES = ("a", "b", "t")
CAME_LATE = (apply._ERASED, apply._NOT_ALLOWED, apply._UNKNOWN, apply._IS_THERE)  # why an op is set aside
_ids = new_ids(77)
RECORDS = tuple(next(_ids) for _ in range(3))
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
        self._own: dict[tuple[str, str, str], Value] = {}  # by desk, record, path: what was typed last there
        self._retyped: set[Typed] = set()  # typed anew at the same desk, perhaps after it had lost
        self.erased: set[tuple[str, str]] = set()  # record, path ("": all of it)

    def _new_desk(self, name: str) -> DeskFile:
        shutil.copytree(self.folder / "desk", self.folder / name)
        desk = DeskFile.open(self.folder / name, KEY)
        desk.set("device", f"device-{name}")
        return desk

    def _carrier(self, name: str) -> MemoryCarrier:
        return self.carrier_of(name, "township" if name == "t" else "village")

    def carrier_of(self, name: str, role: Role) -> MemoryCarrier:
        """A carrier for a desk that is registered for the village or for its township."""
        place = township_of(places(), VILLAGE) if role == "township" else VILLAGE
        return MemoryCarrier(
            self.service, caller(self.service, self.desks[name].device_id(), role, place), self.cable
        )

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()
        self.service.database.close()
        self._patch.undo()
        shutil.rmtree(self.folder)

    def answers(self, name: str, record: str, scope: str = VILLAGE) -> Mapping[str, Value]:
        state = self.desks[name].state(scope, record)
        return state.answers if state else {}

    def place_of(self, name: str, record: str) -> str:
        """Where a desk shows a record: at its other place, or where all records begin."""
        return OTHER if OTHER in self.desks[name].scopes_of(record) else VILLAGE

    def erase(self, name: str, record: str, path: str) -> None:
        """A person at a desk has an answer forgotten everywhere, or ("") the whole record."""
        scope = self.place_of(name, record)
        answers: dict[str, Value | SetDelta] = {path: None} if path else {DELETED: "本人要求清除"}
        if scope in self.desks[name].scopes_of(record):
            self.desks[name].commit(Edit(scope, "mixed", record, answers, f"{name}的人", erases=True))
            self.erased.add((record, path))

    def move(self, record: str) -> None:
        """The township moves a record that it holds to the other village, or back."""
        if (self.folder / "kept.db").exists():
            return  # a restored server may not know the record yet: a person moves it again, told to do so
        scope = self.place_of("t", record)
        if scope in self.desks["t"].scopes_of(record):
            target = VILLAGE if scope == OTHER else OTHER
            self.desks["t"].commit(Edit(scope, "mixed", record, {MOVED_TO: target}, "t的人"))

    def edit(self, name: str, record: str, path: str, value: Value | SetDelta, resolves: str = "") -> None:
        """A person at a desk types a value, seeing what the desk shows."""
        scope = self.place_of(name, record)
        shown = self.answers(name, record, scope).get(path)
        try:
            committed = self.desks[name].commit(
                Edit(scope, "mixed", record, {path: value}, f"{name}的人", resolves=resolves)
            )
        except Refused:  # it moved to where this desk cannot see it
            return
        if not committed.ops:
            return
        if isinstance(value, SetDelta):
            self.typed.update((record, path, (member,)) for member in value.add)
            self.overwritten.update((record, path, (member,)) for member in value.remove)
            return
        self.overwritten.add((record, path, shown))
        self.typed.add((record, path, value))
        if (name, record, path) in self._own:
            self._retyped.add((record, path, self._own[name, record, path]))
        self._own[name, record, path] = value

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
        taken, pages = inbox._take_page, iter(range(1, page + 1))

        def dying(core: Core, arrived: Page, *rest: object) -> Taken:
            if arrived.rows and next(pages) == page:
                taken(core, arrived, *rest)  # type: ignore[arg-type]
                raise PowerCut
            return taken(core, arrived, *rest)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(PowerCut):
            patch.setattr(inbox, "_take_page", dying)
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
        self._serve_again()

    def copy_server_back(self) -> None:
        """Somebody puts the backup back by hand, so that nothing tells the server of it."""
        self.service.database.close()
        path = Path(self._database.removeprefix("sqlite:///"))
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        shutil.copyfile(self.folder / "kept.db", path)
        self._serve_again()

    def _serve_again(self) -> None:
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
        aside = [one for desk in self.desks.values() for one in desk.rejected_ops()]
        assert all(one.reason in CAME_LATE for one in aside), aside
        differs = {(one.op.record, path) for one in aside for path in one.op.answers}
        for record in RECORDS:
            states = [
                {
                    path: value
                    for path, value in self.answers(n, record).items()
                    if (record, path) not in differs
                }
                for n in NAMES
            ]
            assert states[0] == states[1] == states[2], states
        kept = [
            {one for one in desk.conflicts(open_only=False) if one.scope == VILLAGE}
            for desk in self.desks.values()
        ]
        assert kept[0] == kept[1] == kept[2]
        with self.service.database.reading() as connection:
            rows = connection.all("SELECT scope, cls, digest FROM hs_stream WHERE rev > 0")
            logged = connection.all(
                "SELECT COUNT(*), MAX(rev), COUNT(DISTINCT device || '/' || epoch || '/' || seq) FROM hs_op"
                " GROUP BY scope, cls"
            )
        assert all(count == rev == distinct for count, rev, distinct in logged), "double, or a gap"
        for scope, cls, digest in rows:
            holding = NAMES if scope == VILLAGE else ("t",)
            assert {self.desks[name].digest(scope, cls) for name in holding} == {digest}
        assert sum(desk.pending_count() for desk in self.desks.values()) == 0
        assert self.healed == 0 or self.restored
        self.check_rows({record for record, _ in differs})
        self._check_nothing_lost()

    def check_rows(self, differing: Collection[str] = ()) -> None:
        """The city's register rows are those of the desks, and of tables made again from the record parts."""
        with self.service.database.writing() as connection:
            self.service.ledger.shapes.current(connection)
            register = self.service.ledger.shapes.registers["mixed"]
            asked = ((register.form,), (VILLAGE, OTHER))
            before, city = (
                typed_rows(connection.all, *asked),
                typed_rows(connection.all, *asked, without=CLOCK),
            )
            register.make_tables(connection, anew=True)
            assert typed_rows(connection.all, *asked) == before
        for name, desk in self.desks.items():
            rows = typed_rows(
                lambda sql, *values, desk=desk: desk._core.all(sql, values), *asked, without=CLOCK
            )
            held = (VILLAGE, OTHER) if name == "t" else (VILLAGE,)
            for table, here in rows.items():
                there = [row for row in city[table] if row[0] in held and row[1] not in differing]
                assert [row for row in here if row[1] not in differing] == there, (name, table, here, there)

    def _check_nothing_lost(self) -> None:
        """Every value typed is held, waits in a conflict or set aside, was overwritten or erased."""
        waiting = {
            (conflict.record, conflict.path, candidate.value)
            for desk in self.desks.values()
            for conflict in desk.conflicts(open_only=False)
            for candidate in conflict.candidates
        }
        for desk in self.desks.values():
            for aside in desk.rejected_ops():
                for path, value in aside.op.answers.items():
                    added = [(one,) for one in value.add] if isinstance(value, SetDelta) else [value]
                    waiting.update((aside.op.record, path, one) for one in added)
        forgotten = self._retyped if self.restored else set()  # conflicts of which the server knows no more
        for record, path, value in self.typed - waiting - self.overwritten - forgotten:
            if self.erased & {(record, path), (record, "")}:
                continue
            held = self.answers("t", record, self.place_of("t", record)).get(path)
            if isinstance(value, tuple):
                assert isinstance(held, tuple)
                assert set(value) <= set(held), f"{value} of {path} is gone"
            else:
                assert held == value or not (held or value), f"{value!r} of {path} is gone"
