"""Three desks, one server, a cable that breaks, sticks: the world of the random days, and of single stories.

Real client and server code; only the cable and the clocks are made up. What the checker knows beside it lies
in `sync_ghosts`; what must hold in the end is in `sync_checks`.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sync_checks
from sync_carried import Carried
from sync_desks import NAMES, OTHER, RECORDS, VILLAGE, PowerCut
from sync_ghosts import NOBODY, Typed
from sync_pages import FORM, Page, Shown, Writing
from sync_world import (
    KEY,
)

from hsdesk.city.running import backups, recovery_key
from hsdesk.city.running.service import open_service
from hsdesk.city.sql import said
from hsdesk.city.sql.opening import open_database
from hsdesk.desk import Desk
from hsdesk.desk.journal import Journal
from hsdesk.desk.values import Changes, Undone
from hsdesk.deskfile import inbox
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.inbox import Taken
from hsdesk.deskfile.journal import Doing, Kind
from hsdesk.errors import Missing, Refused
from hsdesk.model.answer import DELETED, MOVED_TO, SetDelta, Value
from hsdesk.model.clock import Clock, reading, wall_milliseconds
from hsdesk.records.chain import hash_of, new_nonce
from hsdesk.records.edits import Edit
from hsdesk.records.op import Op
from hsdesk.wire.messages import Page as StreamPage
from hsdesk.wire.messages import Push

__all__ = ("NAMES", "OTHER", "RECORDS", "VILLAGE", "World")


class World(Carried):
    """What people do at the desks, and what befalls desks and server."""

    # People

    def open(self, name: str, record: str) -> Page:
        """A person opens a record, or goes back to its page; at most three stay open."""
        for page in self.pages[name]:
            if page.record == record:
                return page
        kept = {at[2]: uids for at, uids in self._cells.items() if at[:2] == (name, record)}
        page = Page(self.desk(name), self.sight, record, VILLAGE, kept)
        for closed in self.pages[name][:-2]:
            self.write_all(name, closed)
        self.pages[name] = [*self.pages[name], page][-3:]
        return page

    def page(self, name: str, number: int) -> Page:
        """One of the open pages, opened if none is."""
        pages = self.pages[name]
        return pages[number % len(pages)] if pages else self.open(name, RECORDS[number % 2])

    def type(self, name: str, page: Page, path: str, text: str) -> None:
        """A person types into a cell and stays there."""
        row = page.row_for(path)
        if row is not None:
            self.write(name, row)
        if page.typed(path, text):
            self._cells[name, page.record, path] = page.cells[path]

    def leave(self, name: str, page: Page, path: str, answer: str = "") -> bool:
        """A person leaves a cell."""
        writing = page.left(path, answer)
        return writing is not None and self.write(name, writing)

    def write(self, name: str, writing: Writing) -> bool:
        """Write an edit of a page, after those made before it; tell whether it left an op."""
        page = writing.page
        while page.under_way and page.under_way[0] is not writing:
            self.write(name, page.under_way[0])
        ops = self._act(name, lambda: page.write(writing), lambda _op: writing.truth, page)
        page.wrote(writing, ops)
        return bool(ops)

    def write_all(self, name: str, *pages: Page) -> None:
        """Write all that is on its way to a file."""
        for page in pages or self.pages[name]:
            while page.under_way:
                self.write(name, page.under_way[0])

    def _act(
        self, name: str, act: Callable[[], Changes], saw: Callable[[Op], Shown], page: Page | None = None
    ) -> list[Op]:
        """Do something at a desk; return the ops it left: none, where the desk refuses or has no such record.

        `saw`: by op, what stood on the author's screen. `page`: his own, which knows what it did.
        """
        core = self.desks[name]._connection
        (before,) = core.one("SELECT coalesce(max(n), 0) FROM hs_op")
        with self.watching(self.desks[name]):
            try:
                changes = act()
            except (Refused, Missing):
                return []
            rows = core.all("SELECT body FROM hs_op WHERE n > ? ORDER BY n", (before,))
            ops = [self.decoded(body) for (body,) in rows]
            self.ghosts.typed |= {hash_of(op): Typed(name, op, saw(op)) for op in ops}
        self._rebase(self.desks[name], {record for _, record in changes.records}, page)
        return ops

    def do(self, name: str, record: str, act: Callable[[Desk], Changes]) -> None:
        """A person does something with a record that is read as it lies in the file now."""
        truth = self.sight.shown(self.desks[name], self.place_of(name, record), record)
        self._act(name, lambda: act(self.desk(name)), lambda _op: truth)

    def take_back(self, name: str, act: Callable[[Journal], Undone]) -> None:
        """A person undoes or redoes what he did last."""
        desk = self.desks[name]
        truth = {record: self.sight.shown(desk, self.place_of(name, record), record) for record in RECORDS}

        def saw(op: Op) -> Shown:
            """What is taken back later stands on what was taken back before."""
            shown = truth.setdefault(op.record, {})
            uid = frozenset({hash_of(op)})
            own = {(op.cls, path): shown.get((op.cls, path), NOBODY) | uid for path in op.answers}
            truth[op.record] = {**shown, **own}
            return shown

        self._act(name, lambda: act(self.desk(name).journal).changes, saw)

    def quickly(
        self, name: str, record: str, answers: dict[str, Value | SetDelta], *,
        erases: bool = False, resolves: str = "", scope: str = "",
    ) -> bool:  # fmt: skip
        """Somebody writes at once what he reads now: an import, a command, another window."""
        desk, place = self.desks[name], scope or self.place_of(name, record)
        truth = self.sight.shown(desk, place, record)
        edit = Edit(place, FORM, record, answers, self.person(name), erases=erases, resolves=resolves)
        kind: Kind = "erase" if erases else "move" if MOVED_TO in answers else "edit"
        doing = Doing(kind, self.person(name))
        changes = self.desk(name).records.changes
        return bool(self._act(name, lambda: changes(desk.commit(edit, doing)), lambda _op: truth))

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

    # Mishaps

    def die_reading(self, name: str, page: int) -> None:
        """Sync a desk; its computer loses power while it writes the n-th page with rows, and starts again."""
        taken, pages = inbox._take_page, iter(range(1, page + 1))

        def dying(core: DeskConnection, arrived: StreamPage, *rest: object) -> Taken:
            if arrived.rows and next(pages) == page:
                taken(core, arrived, *rest)  # type: ignore[arg-type]
                raise PowerCut
            return taken(core, arrived, *rest)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(PowerCut):
            patch.setattr(inbox, "_take_page", dying)
            self.sync(name)
        self.restart(name)

    def restart(self, name: str, while_closed: Callable[[], object] = lambda: None) -> None:
        """The program is closed and opened again; the cells being typed are there again."""
        self.write_all(name)
        before = self._known.get(self.desks[name])
        self.desks[name].close()
        while_closed()
        desk = self.desks[name] = DeskFile.open(self.folder / name, KEY)
        if before is not None:
            self._known[desk] = before
        with self.watching(desk):
            pages, self.pages[name] = self.pages[name], []
        for page in pages:
            self.open(name, page.record)

    def back_up_server(self) -> None:
        backups.backup(self._database, self.folder / "kept.db")
        self.ghosts.back_up()

    def restore_server(self) -> None:
        """Yesterday's backup takes the place of the server's database, if one was made."""
        if not (self.folder / "kept.db").exists():
            return
        self.service.database.close()
        self.chance.wait(60)
        self.ghosts.put_back()
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
        key = recovery_key.read(path.parent / recovery_key.FILE)
        recovery_key.unseal(self.folder / "kept.db", key, path)
        self.be_blind()
        self.ghosts.put_back()
        self._serve_again()

    def _serve_again(self) -> None:
        self.service = open_service(open_database(self._database))
        self.carriers = {name: self._carrier(name) for name in self.desks}
        self.restored = True
        self.begun.add(self.service.ledger.server_epoch)
        self.ghosts.begin(self.service.ledger.server_epoch)

    def set_clock(self, name: str, days: int) -> None:
        core = self.desks[name]._connection
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
        path = self.desks[name]._connection.path
        self.restart(name, while_closed=lambda: shutil.copytree(self.folder / name, self.folder / "c"))
        self.sight.copied(str(path), str(self.folder / "c" / path.name))
        self.desks["c"] = DeskFile.open(self.folder / "c", KEY)
        self.pages["c"] = []
        self._cells |= {("c", *key[1:]): uids for key, uids in self._cells.items() if key[0] == name}
        self.carriers["c"] = self._carrier("c")

    def check(self) -> None:
        """Let all come to rest, then compare everything with everything."""
        sync_checks.check(self)

    def check_rows(self) -> None:
        """The city's register rows are those of the desks, and of tables made again from the record parts."""
        sync_checks.check_rows(self)
