"""Three desks, one server, a cable that breaks, sticks: the world of the random days, and of single stories.

Real client and server code; only the cable and the clocks are made up. What the checker knows beside it lies
in `sync_ghosts`; what must hold in the end is in `sync_checks`.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec
import pytest
import sync_checks
from sync_ghosts import Ghosts, Typed, Uid
from sync_pages import Page, Shown, Writing
from sync_sight import Cell, Known, Sight
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

from hsdesk.errors import Offline, Refused
from hsdesk.model.chain import hash_of, new_nonce
from hsdesk.model.clock import Clock, reading, wall_milliseconds
from hsdesk.model.merge import DIGEST_MODULUS, are_equal
from hsdesk.model.op import DELETED, MOVED_TO, Class, Op, SetDelta, Value
from hsdesk.server import backups, changes, said
from hsdesk.server.database import open_database
from hsdesk.server.permission import Role
from hsdesk.server.service import Service, open_service
from hsdesk.server.stream import part_of
from hsdesk.store import inbox, outbox
from hsdesk.store.core import Core
from hsdesk.store.desk_file import DeskFile
from hsdesk.store.edits import Committed, Edit
from hsdesk.store.inbox import Taken
from hsdesk.store.parts import filled
from hsdesk.store.sync_side import SyncSide
from hsdesk.sync import exchange, plan
from hsdesk.sync.exchange import whole
from hsdesk.sync.loop import synchronise
from hsdesk.sync.replica import Replica
from hsdesk.wire import codec
from hsdesk.wire.messages import Page as StreamPage
from hsdesk.wire.messages import Pulled, Push, Receipt

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


class World:
    """The desks, the server, the open pages, the sticks, and what was typed and seen.

    Pages of a stream and chunks are small, so that a few records already take several of each. `wide`: every
    desk sees both villages.
    """

    def __init__(
        self,
        *,
        page_rows: int = 2,
        chunk_ops: int = 3,
        wide: bool = False,
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
        self.ghosts = Ghosts()
        self.begun = {self.service.ledger.server_epoch}
        self.sight = Sight(self.ghosts, (VILLAGE, OTHER))
        self._watch()
        self.is_wide = wide
        self.desks: dict[str, DeskFile] = {}
        for name in NAMES:
            self.desks[name] = self._new_desk(name)
        self.cable = Cable()
        self.carriers = {name: self._carrier(name) for name in NAMES}
        self._wrap = wrap_replica
        self.pages: dict[str, list[Page]] = {name: [] for name in NAMES}
        self.out: list[tuple[str, bytes]] = []  # sticks on their way to the city
        self.back: list[tuple[str, bytes]] = []  # and on their way to the desks
        self.restored = False  # the server was: desks then read everything again
        self.is_blind = False  # the server was put back by hand: its revisions no longer say what they said
        self._cloned = ""  # whose copy "c" is
        self.is_stolen = False  # another computer carries the identity of a desk
        self.healed = 0  # streams read again because their digest differed: none, without bugs
        self._known: WeakKeyDictionary[DeskFile, Known] = WeakKeyDictionary()
        self._cells: dict[tuple[str, str, str], tuple[Value, frozenset[Uid]]] = {}

    # Desks and server

    def _new_desk(self, name: str) -> DeskFile:
        shutil.copytree(self.folder / "desk", self.folder / name)
        desk = DeskFile.open(self.folder / name, KEY)
        desk.set("device", f"device-{name}")
        return desk

    def _carrier(self, name: str) -> MemoryCarrier:
        return self.carrier_of(name, "township" if self.original(name) == "t" else "village")

    def original(self, name: str) -> str:
        """Whose desk it is: a copy is that of the person whose disk was copied."""
        return self._cloned if name == "c" else name

    def carrier_of(self, name: str, role: Role) -> MemoryCarrier:
        """A carrier for a desk that is registered for the village or for its township."""
        device = self.desks[name].device_id()
        if self.is_wide:
            return MemoryCarrier(
                self.service, caller(self.service, device, "village", VILLAGE, OTHER), self.cable
            )
        place = township_of(places(), VILLAGE) if role == "township" else VILLAGE
        return MemoryCarrier(self.service, caller(self.service, device, role, place), self.cable)

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
        begin, sight = Core.begin_server_epoch, self.sight

        def met(core: Core, epoch: str) -> None:
            begin(core, epoch)
            sight.meets(core, epoch)

        self._patch.setattr(Core, "begin_server_epoch", met)
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
            self._rebase(desk, None if taken.cloned else {ref.record for ref in taken.records})
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
        now = {desk._core.place_of(scope, cls, record) for scope in (VILLAGE, OTHER)}
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

    def _rebase(self, desk: DeskFile, records: set[str] | None) -> None:
        name = self.name_of(desk)
        for page in self.pages.get(name, ()):
            scope = self.place_of(name, page.record)
            if records is None or page.record in records:
                page.rebased(desk, self.sight, scope)
                self._remember(page)
            else:
                assert dict(page.answers) == dict(self.answers(name, page.record, scope)), (
                    "an open page was not told of a change", name, page.record,
                )  # fmt: skip

    def _remember(self, page: Page) -> None:
        for path, cell in page.cells.items():
            self._cells[page.person, page.record, path] = (cell.text, cell.truth)

    # People

    def open(self, name: str, record: str) -> Page:
        """A person opens a record; at most three stay open."""
        page = Page(VILLAGE, record, f"{name}的人")
        page.look(self.desks[name], self.sight, self.place_of(name, record))
        self.pages[name] = [*self.pages[name], page][-3:]
        return page

    def page(self, name: str, number: int) -> Page:
        """One of the open pages, opened if none is."""
        pages = self.pages[name]
        return pages[number % len(pages)] if pages else self.open(name, RECORDS[number % 2])

    def type(self, name: str, page: Page, path: str, text: Value) -> None:
        """A person types into a cell and stays there."""
        page.typed(self.desks[name], path, text)
        self._remember(page)

    def leave(self, name: str, page: Page, path: str, answer: str = "") -> bool:
        """A person leaves a cell."""
        writing = page.left(self.desks[name], path, answer)
        return writing is not None and self.write(name, writing)

    def write(self, name: str, writing: Writing) -> bool:
        """Write an edit; False: nothing was to be written, or the record is not here any more."""
        desk = self.desks[name]
        with self.watching(desk):
            try:
                committed = desk.commit(writing.edit)
            except Refused:  # it moved to where this desk cannot see it
                return False
            if committed.ops:
                self._register(name, committed, writing.truth)
        self._rebase(desk, {ref.record for ref in committed.records})
        return committed.ops > 0

    def _register(self, name: str, committed: Committed, truth: Shown) -> None:
        core, last = self.desks[name]._core, committed.last_seq
        for op in outbox.ops_between(core, core.epoch(), last - committed.ops + 1, last):
            self.ghosts.typed[hash_of(op)] = Typed(name, op, truth)

    def quickly(
        self, name: str, record: str, answers: dict[str, Value | SetDelta], *,
        erases: bool = False, resolves: str = "", scope: str = "",
    ) -> bool:  # fmt: skip
        """Somebody writes at once what he reads now: an import, an undo, a command, another window."""
        desk, place = self.desks[name], scope or self.place_of(name, record)
        truth = self.sight.shown(desk, place, record)
        edit = Edit(place, "mixed", record, answers, f"{name}的人", erases=erases, resolves=resolves)
        return self.write(name, Writing(edit, truth))

    def edit(self, name: str, record: str, path: str, value: Value | SetDelta, resolves: str = "") -> None:
        """A person at a desk types a value, seeing what the desk shows."""
        self.quickly(name, record, {path: value}, resolves=resolves)

    def erase(self, name: str, record: str, path: str) -> None:
        """A person at a desk has an answer forgotten everywhere, or ("") the whole record."""
        if self.place_of(name, record) in self.desks[name].scopes_of(record):
            answers: dict[str, Value | SetDelta] = {path: None} if path else {DELETED: "本人要求清除"}
            self.quickly(name, record, answers, erases=True)

    def move(self, record: str, name: str = "t") -> None:
        """The township moves a record that it holds to the other village, or back."""
        scope = self.place_of(name, record)
        if scope in self.desks[name].scopes_of(record):
            self.quickly(name, record, {MOVED_TO: VILLAGE if scope == OTHER else OTHER})

    def settle(self, name: str, choice: int) -> None:
        """A person looks at the candidates of the first conflict shown at a desk and chooses one."""
        conflicts = sorted(self.desks[name].conflicts(), key=lambda c: c.id)
        if conflicts:
            conflict = conflicts[0]
            chosen = conflict.candidates[choice % len(conflict.candidates)].value
            self.edit(name, conflict.record, conflict.path, chosen, resolves=conflict.id)

    # The line: an answer comes at once or never

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

    def known(self, name: str) -> plan.Known:
        desk = self.desks[name]
        return plan.Known(
            desk.device_epoch(), desk.server_epoch(), desk.reference_rev(), desk.grants(), desk.cursors(),
            desk.acked(),
        )  # fmt: skip

    def push(self, name: str, ops: int, *, is_lost: bool = False) -> Receipt | None:
        """Send the first ops that wait, once; the receipt may get lost."""
        desk = self.desks[name]
        if not desk.pending_count():
            return None
        push = whole(desk, plan.chunk(desk.pending_ops(ops), self.known(name), ops))
        receipt = self.carriers[name].push(push)
        if not is_lost and desk.take_receipt(receipt).taken:
            self._check_receipt(name, push.ops[: receipt.last + 1 - receipt.first])
        return receipt

    def _check_receipt(self, name: str, ops: Sequence[Op]) -> None:
        """A receipt that comes at once leaves a desk with the city's present word on what its ops name."""
        for op in ops:
            scope = self.place_of(name, op.record)
            part = self.desks[name]._held(scope, op.record).confirmed.get(op.cls)
            for path in dict.fromkeys((*op.answers, DELETED)):
                now = self.ghosts.city.now.get((scope, op.cls, op.record, path))
                told = part.answers.get(path) if part else None
                assert now is None or are_equal(now.value, told), ("not told", name, path, now, told)

    def ask(self, name: str) -> Pulled:
        """Ask once what is new; forms and grants are taken, the pages not yet."""
        desk, carrier = self.desks[name], self.carriers[name]
        pulled = carrier.pull(plan.ask(self.known(name), with_cursors=True))
        for step in plan.answer_steps(self.known(name), pulled):
            match step:
                case plan.FetchReference(heads, rev):
                    items = [carrier.item(head) for head in desk.missing_reference(heads)]
                    desk.take_reference(items, rev)
                case plan.TakeGrants(grants):
                    desk.take_grants(grants)
                case _:
                    pass
        return pulled

    def pull(self, name: str, scope: str = "", times: int = 1) -> None:
        """Take the next pages, of one place if it is named."""
        for _ in range(times):
            pulled = self.ask(name)
            self.take(name, pulled, scope)

    def take(self, name: str, pulled: Pulled, scope: str = "") -> None:
        """Take the pages of an answer, perhaps a late one."""
        for page in pulled.pages:
            if not scope or page.scope == scope:
                self.desks[name].take_page(page, pulled.server_epoch, (pulled.last, pulled.chain))
        if not pulled.pages:
            self.desks[name].meet(pulled.server_epoch, (pulled.last, pulled.chain))

    # The stick: each leg weeks later, doubled, in any order, or never

    def export(self, name: str) -> None:
        said = codec.pack_export(exchange.export(self.desks[name]))
        self.out = [*self.out, (name, said)][-6:]

    def city_imports(self, number: int) -> None:
        if self.out:
            name, said = self.out[number % len(self.out)]
            answer = self.service.ledger.exchange(self.carriers[name]._who, codec.unpack_export(said))
            self.back = [*self.back, (name, codec.pack_answer(answer))][-6:]

    def desk_imports(self, number: int) -> None:
        if self.back:
            name, said = self.back[number % len(self.back)]
            self.desks[name].take_answer(codec.unpack_answer(said))

    def die_reading(self, name: str, page: int) -> None:
        """Sync a desk; its computer loses power while it writes the n-th page with rows, and starts again."""
        taken, pages = inbox._take_page, iter(range(1, page + 1))

        def dying(core: Core, arrived: StreamPage, *rest: object) -> Taken:
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

    def restart(self, name: str, while_closed: Callable[[], object] = lambda: None) -> None:
        """The program is closed and opened again; the cells being typed are there again."""
        before = self._known.get(self.desks[name])
        self.desks[name].close()
        while_closed()
        desk = self.desks[name] = DeskFile.open(self.folder / name, KEY)
        if before is not None:
            self._known[desk] = before
        with self.watching(desk):
            pages, self.pages[name] = self.pages[name], []
        for record in dict.fromkeys(page.record for page in pages):
            page = self.open(name, record)
            page.recovered(desk, self._cells)
            page.rebased(desk, self.sight, page.scope)

    def back_up_server(self) -> None:
        backups.backup(self._database, self.folder / "kept.db")
        self.ghosts.back_up()

    def restore_server(self) -> None:
        """Yesterday's backup takes the place of the server's database, if one was made."""
        if not (self.folder / "kept.db").exists():
            return
        self.service.database.close()
        backups.restore(self._database, self.folder / "kept.db")
        self._serve_again()

    def be_blind(self) -> None:
        """Know no longer what a revision of the server says: it may give the same one twice."""
        self.is_blind = self.ghosts.is_blind = True

    def copy_server_back(self) -> None:
        """Somebody puts the backup back by hand, so that nothing tells the server of it."""
        self.service.database.close()
        path = Path(self._database.removeprefix("sqlite:///"))
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        shutil.copyfile(self.folder / "kept.db", path)
        self.be_blind()
        self._serve_again()

    def _serve_again(self) -> None:
        self.service = open_service(open_database(self._database))
        self.carriers = {name: self._carrier(name) for name in self.desks}
        self.restored = True
        self.begun.add(self.service.ledger.server_epoch)
        self.ghosts.restore(self.service.ledger.server_epoch)

    def set_clock(self, name: str, days: int) -> None:
        core = self.desks[name]._core
        core.clock = Clock(core.clock.last, wall=lambda: wall_milliseconds() + days * 86_400_000)

    # Two computers with one identity

    def steal(self, name: str) -> None:
        """Another computer with the identity of a desk says something in its name."""
        desk, ledger = self.desks[name], self.service.ledger
        with self.service.database.reading() as connection:
            held = said.held(connection, desk.device_id(), desk.device_epoch())
        self.is_stolen = True
        forged = Op(
            device=desk.device_id(), epoch=desk.device_epoch(), seq=held.last + 1, scope=VILLAGE,
            cls="common", record=RECORDS[0], form="mixed", version="1", hlc=reading(wall_milliseconds()),
            person="别人", answers={"name": "冒名"}, server_epoch=ledger.server_epoch, nonce=new_nonce(),
        )  # fmt: skip
        push = Push(forged.device, forged.epoch, ledger.server_epoch, (forged,), held.chain)
        self.carriers[name].push(push)

    def clone(self, name: str) -> None:
        """Somebody goes on with a copy of a desk's disk; the copy is called "c"."""
        if "c" in self.desks:
            return
        self.is_stolen, self._cloned = True, name
        path = self.desks[name]._core.path
        self.restart(name, while_closed=lambda: shutil.copytree(self.folder / name, self.folder / "c"))
        self.sight.copied(str(path), str(self.folder / "c" / path.name))
        self.desks["c"] = DeskFile.open(self.folder / "c", KEY)
        self.pages["c"] = []
        known = {key: cell for key, cell in self._cells.items() if key[0] == f"{name}的人"}
        self._cells |= {("c的人", *key[1:]): cell for key, cell in known.items()}
        self.carriers["c"] = self._carrier("c")

    def is_bad(self, op: Op) -> bool:
        """Tell whether an op says what no such answer can hold."""
        return any(path == "count" and isinstance(value, str) for path, value in op.answers.items())

    def decoded(self, body: bytes) -> Op:
        return _OP.decode(body)

    def beside(self, desk: DeskFile, scope: str, cls: Class) -> object:
        """Return what desk and city hold of a stream, to be read by whoever looks for a fault."""
        with self.service.database.reading() as connection:
            rows = connection.all("SELECT record, body FROM hs_state WHERE scope = ? AND cls = ?", scope, cls)
        city = {record: filled(part_of(body).answers) for record, body in rows}
        keys = [r for s, r in desk._core.all("SELECT scope, record FROM hs_record") if s == scope]
        parts = {record: desk._held(scope, record).confirmed.get(cls) for record in keys}
        return {"city": city}, {
            r: (filled(p.answers), p.base.rev, {k: m.rev for k, m in p.others.items()})
            for r, p in parts.items()
            if p
        }

    def check(self) -> None:
        """Let all come to rest, then compare everything with everything."""
        sync_checks.check(self)

    def check_rows(self) -> None:
        """The city's register rows are those of the desks, and of tables made again from the record parts."""
        sync_checks.check_rows(self)
