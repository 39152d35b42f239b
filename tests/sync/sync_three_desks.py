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
from sync_ghosts import Typed
from sync_pages import Page, Shown, Writing
from sync_world import (
    KEY,
)

from hsdesk.city.running import backups, recovery_key
from hsdesk.city.running.service import open_service
from hsdesk.city.sql import said
from hsdesk.city.sql.opening import open_database
from hsdesk.deskfile import inbox, outbox
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.inbox import Taken
from hsdesk.errors import Refused
from hsdesk.model.answer import DELETED, MOVED_TO, SetDelta, Value
from hsdesk.model.clock import Clock, reading, wall_milliseconds
from hsdesk.records.chain import hash_of, new_nonce
from hsdesk.records.edits import Committed, Edit
from hsdesk.records.op import Op
from hsdesk.wire.messages import Page as StreamPage
from hsdesk.wire.messages import Push

__all__ = ("NAMES", "OTHER", "RECORDS", "VILLAGE", "World")


class World(Carried):
    """What people do at the desks, and what befalls desks and server."""

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
        core, last = self.desks[name]._connection, committed.last_seq
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
        self.chance.wait(60)
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
        self._serve_again()

    def _serve_again(self) -> None:
        self.service = open_service(open_database(self._database))
        self.carriers = {name: self._carrier(name) for name in self.desks}
        self.restored = True
        self.begun.add(self.service.ledger.server_epoch)
        self.ghosts.restore(self.service.ledger.server_epoch)

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
        known = {key: cell for key, cell in self._cells.items() if key[0] == f"{name}的人"}
        self._cells |= {("c的人", *key[1:]): cell for key, cell in known.items()}
        self.carriers["c"] = self._carrier("c")

    def check(self) -> None:
        """Let all come to rest, then compare everything with everything."""
        sync_checks.check(self)

    def check_rows(self) -> None:
        """The city's register rows are those of the desks, and of tables made again from the record parts."""
        sync_checks.check_rows(self)
