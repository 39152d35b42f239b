"""Three desks and a server in memory, and the eye that sees whether a screen goes back."""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec
import pytest
from sync_chance import Chance
from sync_ghosts import Ghosts, Uid
from sync_pages import Page
from sync_prepared import initialise
from sync_sight import Cell, Known, Sight
from sync_world import (
    KEY,
    MemoryCarrier,
    a_village,
    caller,
    leave_out_shipped_forms,
    mixed_form,
    new_desk,
    new_ids,
    places,
    township_of,
    without_shipped_forms,
)

from hsdesk.city.ledger import changes
from hsdesk.city.ledger.stream import part_of
from hsdesk.city.people.permission import Role
from hsdesk.city.running.service import Service, open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.desk import Desk
from hsdesk.desk.opening import Opened
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.files import Home
from hsdesk.deskfile.inbox import Taken
from hsdesk.deskfile.keys import KeyFile
from hsdesk.deskfile.sync_side import SyncSide
from hsdesk.errors import Offline
from hsdesk.model.answer import Class, Value
from hsdesk.records.chain import hash_of
from hsdesk.records.op import Op
from hsdesk.records.parts import DIGEST_MODULUS, filled
from hsdesk.sync import plan

VILLAGE, OTHER = a_village(places()), a_village(places(), 1)
NAMES = ("a", "b", "t")
_ids = new_ids(77)
RECORDS = tuple(next(_ids) for _ in range(3))
_OP = msgspec.json.Decoder(Op)
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@cache
def template() -> Path:
    """A prepared server and an empty desk, copied for each run: one form, in memory where there is some."""
    folder = Path(tempfile.mkdtemp(prefix="hsdesk-machine-", dir=_MEMORY))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        without_shipped_forms(patch)
        Chance("template").install(patch)
        initialise(f"sqlite:///{folder}/server/city.db", folder / "server", mixed_form())
    with new_desk(folder / "desk", mixed_form()) as desk:
        leave_out_shipped_forms(desk)
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


class Desks:
    """The desks, the server, the open pages, the sticks, and what the checker knows beside them.

    Pages of a stream and chunks are small, so that a few records already take several of each. `wide`: every
    desk sees both villages. `seed`: of its clock and its random bytes.
    """

    def __init__(
        self,
        *,
        page_rows: int = 2,
        chunk_ops: int = 3,
        wide: bool = False,
        seed: int = 0,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hsdesk-world-", dir=_MEMORY))
        shutil.copytree(template(), self.folder, dirs_exist_ok=True)
        self._patch = pytest.MonkeyPatch()
        without_shipped_forms(self._patch)
        self.chance = Chance(seed)
        self.chance.install(self._patch)
        self._patch.setattr(changes, "pages", partial(changes.pages, budget=page_rows))
        self._patch.setattr(plan, "CHUNK_OPS", chunk_ops)
        self._database = f"sqlite:///{self.folder}/server/city.db"
        self.service: Service = open_service(open_database(self._database))
        self.ghosts = Ghosts()
        self.begun = {self.service.ledger.server_epoch}
        self.sight = Sight(self.ghosts, (VILLAGE, OTHER))
        self._watch()
        self.is_wide = wide
        self.desks: dict[str, DeskFile] = {}
        self._opened: dict[str, tuple[DeskFile, Desk]] = {}
        for name in NAMES:
            self.desks[name] = self._new_desk(name)
        self.cable = Cable()
        self.carriers = {name: self._carrier(name) for name in NAMES}
        self.pages: dict[str, list[Page]] = {name: [] for name in NAMES}
        self.out: list[tuple[str, bytes]] = []  # sticks on their way to the city
        self.back: list[tuple[str, bytes]] = []  # and on their way to the desks
        self.restored = False  # the server was: desks then read everything again
        self.is_blind = False  # the server was put back by hand: its revisions no longer say what they said
        self._cloned = ""  # whose copy "c" is
        self.is_stolen = False  # another computer carries the identity of a desk
        self.healed = 0  # streams read again because their digest differed: none, without bugs
        self._known: WeakKeyDictionary[DeskFile, Known] = WeakKeyDictionary()
        self._cells: dict[tuple[str, str, str], frozenset[Uid]] = {}  # kept: what they were typed over
        self._syncing: dict[str, set[str]] = {}  # by desk, the records that a sync under way has changed

    # Desks and server

    def _new_desk(self, name: str) -> DeskFile:
        shutil.copytree(self.folder / "desk", self.folder / name)
        desk = DeskFile.open(self.folder / name, KEY)
        desk.set("device", f"device-{name}")
        return desk

    def desk(self, name: str) -> Desk:
        """The desk as windows know it, over its open file."""
        file = self.desks[name]
        if self._opened.get(name, (None,))[0] is not file:
            home = Home(self.folder / name)
            places = (VILLAGE, OTHER) if self.is_wide or self.original(name) == "t" else (VILLAGE,)
            opened = Opened(home, KeyFile(home.keys), KEY, file, self.person(name), places)
            self._opened[name] = file, Desk(opened)
        return self._opened[name][1]

    def person(self, name: str) -> str:
        return f"{self.original(name)}的人"

    def _carrier(self, name: str) -> MemoryCarrier:
        return self.carrier_of(name, "township" if self.original(name) == "t" else "village")

    def original(self, name: str) -> str:
        """Whose desk it is: a copy is that of the person whose disk was copied."""
        return self._cloned if name == "c" else name

    def carrier_of(self, name: str, role: Role) -> MemoryCarrier:
        """A carrier for a desk that is registered for the village or for its township."""
        device = self.desks[name].device_id()
        places_of = (VILLAGE, OTHER) if self.is_wide else (VILLAGE,)
        if role == "township" and not self.is_wide:
            places_of = (township_of(places(), VILLAGE),)
        held_by: Role = "village" if self.is_wide else role
        who = caller(self.service, device, held_by, *places_of, disposes=True)
        return MemoryCarrier(self.service, who, self.cable)

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()
        self.service.database.close()
        self._patch.undo()
        shutil.rmtree(self.folder)

    def name_of(self, desk: DeskFile) -> str:
        return next((name for name, one in self.desks.items() if one is desk), "")

    def answers(self, name: str, record: str, scope: str = VILLAGE) -> Mapping[str, Value]:
        state = self.desks[name].state(scope, record)
        return state.answers if state else {}

    def place_of(self, name: str, record: str) -> str:
        """Where a desk shows a record: at its other place, or where all records begin."""
        return OTHER if OTHER in self.desks[name].scopes_of(record) else VILLAGE

    # What a screen includes it never loses: not at a receipt, not at a page, not at a keystroke

    def _watch(self) -> None:
        self.ghosts.watch(self._patch)
        begin, sight = DeskConnection.begin_server_epoch, self.sight

        def met(core: DeskConnection, epoch: str) -> None:
            begin(core, epoch)
            sight.meets(core, epoch)

        self._patch.setattr(DeskConnection, "begin_server_epoch", met)
        for name in ("take_receipt", "take_page", "take_answer", "meet"):
            self._patch.setattr(SyncSide, name, self._watched(getattr(SyncSide, name)))

    def _watched(self, take: Callable[..., Taken]) -> Callable[..., Taken]:
        def watched(desk: DeskFile, *said: object) -> Taken:
            with self.watching(desk):
                taken = take(desk, *said)
            assert not taken.cloned or self.is_stolen, "a copy was reported that nobody made"
            assert desk.server_epoch() in ("", *self.begun) or self.is_blind, "an epoch that nobody began"
            for scope, cls, gap in taken.compared:
                assert not gap % DIGEST_MODULUS, (
                    "digest",
                    self.name_of(desk),
                    scope,
                    cls,
                    self.beside(desk, scope, cls),
                )
            self._hear(desk, None if taken.cloned else {ref.record for ref in taken.records})
            return taken

        return watched

    @contextlib.contextmanager
    def watching(self, desk: DeskFile) -> Iterator[None]:
        """Whatever a desk includes before, it includes after."""
        if self.is_blind:
            yield
            return
        before = self._known.get(desk) or self.sight.known(desk)
        yield
        after = self._known[desk] = self.sight.known(desk)
        for cell, uids in before.ops.items():
            lost = uids - after.ops.get(cell, set()) - self.ghosts.erased
            if lost and not self._is_elsewhere(desk, cell, after):
                self._lose(desk, cell, lost, (before, after))

    def _is_elsewhere(self, desk: DeskFile, cell: Cell, after: Known) -> bool:
        """The record moved to a place whose data is not at this desk."""
        cls, record, _ = cell
        if any(known[:2] == (cls, record) for known in after.states):
            return False
        now = {desk._connection.place_of(scope, cls, record) for scope in (VILLAGE, OTHER)}
        return len(now) == 1 and not any(grant.scope in now for grant in desk.grants())

    def _lose(self, desk: DeskFile, cell: Cell, lost: set[Uid], sides: tuple[Known, Known]) -> None:
        """Only a restored city may say less than before; what it has lost is then on a list."""
        before, after = sides
        epoch, state = before.states.get(cell, ("", None))
        now = desk.server_epoch()
        wrong = ("shown state went back", self.name_of(desk), cell, [self.ghosts.typed.get(u) for u in lost])
        assert state is not None, wrong
        assert lost <= state.hist, wrong
        assert "" < epoch < now, wrong  # epochs are ordered
        if lost & state.ghost and state.value and not self.ghosts.is_erased(*cell):
            listed = {(one.record, one.path, one.value) for one in desk.lost()}
            held = after.states.get(cell)
            is_said_anew = held is not None and held[1].value == state.value
            assert is_said_anew or (cell[1], cell[2], state.value) in listed, ("lost and not listed", *wrong)

    def _hear(self, desk: DeskFile, records: set[str] | None) -> None:
        """Rebase pages by what changed; during a sync when it has ended, as the window does. None: all."""
        name = self.name_of(desk)
        if name not in self._syncing:
            self._rebase(desk, records)
        else:
            known = {page.record for page in self.pages.get(name, ())}
            self._syncing[name] |= known if records is None else records

    def _rebase(self, desk: DeskFile, records: set[str] | None, but: Page | None = None) -> None:
        name = self.name_of(desk)
        for page in self.pages.get(name, ()):
            if records is None or (page.record in records and page is not but):
                page.rebased()
            elif page is not but and self._is_told(name, page):
                here = self.answers(name, page.record, page.entry.scope)
                assert not page.unlike(here), (
                    "an open page was not told of a change", name, page.record, page.unlike(here), here,
                )  # fmt: skip

    def _is_told(self, name: str, page: Page) -> bool:
        """Tell whether a page is one that hears of every change, and none is under way."""
        can_show = page.entry.writable and not page.entry.is_new and not page.is_gone
        return can_show and name not in self._syncing

    def is_bad(self, op: Op) -> bool:
        """Tell whether an op said what no such answer can hold; it may have been erased since."""
        typed = self.ghosts.typed.get(hash_of(op))
        return isinstance((typed.op if typed else op).answers.get("count"), str)

    def decoded(self, body: bytes) -> Op:
        return _OP.decode(body)

    def beside(self, desk: DeskFile, scope: str, cls: Class) -> object:
        """Return what desk and city hold of a stream, to be read by whoever looks for a fault."""
        with self.service.database.reading() as connection:
            rows = connection.all("SELECT record, body FROM hs_state WHERE scope = ? AND cls = ?", scope, cls)
        city = {record: filled(part_of(body).answers) for record, body in rows}
        keys = [r for s, r in desk._connection.all("SELECT scope, record FROM hs_record") if s == scope]
        parts = {record: desk._held(scope, record).confirmed.get(cls) for record in keys}
        return {"city": city}, {
            r: (filled(p.answers), p.base.rev, {k: m.rev for k, m in p.others.items()})
            for r, p in parts.items()
            if p
        }
