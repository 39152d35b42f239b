"""The window's way to the desk: questions and changes go to the database thread, changes come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

from hsdesk.desk.standing import Standing
from hsdesk.desk.values import Changes, Status
from hsdesk.errors import Cancelled, DeskError, Wiped
from ui.work import Job, Work

if TYPE_CHECKING:
    from hsdesk.desk import Desk

T = TypeVar("T")


class SyncNumbers(Protocol):
    """What a sync reports."""

    @property
    def pushed(self) -> int: ...
    @property
    def pulled(self) -> int: ...
    @property
    def conflicts(self) -> int: ...
    @property
    def rejected(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def attachments_waiting(self) -> int: ...
    @property
    def cloned(self) -> bool: ...
    @property
    def clock(self) -> tuple[str, str] | None: ...


STATUS_PAUSE_MS = 400  # the counts are read once after a burst of saves
Failed = Callable[[DeskError], None]
Step = Callable[[object], None]  # tells how far a long action is


class Office(QObject):
    """Holds the one open desk. Only jobs on the database thread touch it."""

    opened = Signal()
    refused = Signal(object)  # DeskError: the first try to open did not succeed
    migrating = Signal(object)  # MigrationProgress: a file of an earlier program is brought up to this one
    ended = Signal(object)  # Wiped: the keys of this desk are gone, the program ends
    changed = Signal(object)  # Changes: pages refresh only this
    status_changed = Signal(object)  # Status
    restore_wanted = Signal(object)  # Path: this backup is to be put in the place of the open desk
    saving = Signal()  # an answer is on its way
    quiet = Signal()  # no save and no draft is under way: each one's outcome has been told

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.home = self.own_home = home
        self.work = Work(self)
        self.status: Status | None = None
        self.standing: Standing | None = None  # where the person stood when the desk was open before
        self.left_at: Standing | None = None  # where the person stood when the program was closed last
        self._desk: Desk | None = None
        self._under_way = 0  # saves and drafts
        self._then: list[Callable[[], None]] = []  # what waits until there are none
        self._status_soon = QTimer(self, singleShot=True, interval=STATUS_PAUSE_MS)
        self._status_soon.timeout.connect(self.refresh)

    def exists(self) -> bool:
        return (self.home / "desk.db").exists()

    @property
    def is_open(self) -> bool:
        return self.status is not None

    def create(
        self, places: Sequence[str], person: str, passphrase: str, done: Callable[[str], None], failed: Failed
    ) -> None:
        """Make a new desk; `done` gets the recovery code."""

        def make() -> tuple[str, Status]:
            from hsdesk.desk import Desk, sample

            sample.throw_away(sample.home_of(self.home))  # nobody gets there any more
            self.home.mkdir(parents=True, exist_ok=True)
            desk, code = Desk.create(self.home, places, person, passphrase)
            self._desk = desk
            return code, desk.status()

        def made(result: tuple[str, Status]) -> None:
            self.status = result[1]
            done(result[0])

        self.work.run(make, made, self._unless_wiped(failed), self)

    def begin(self, passphrase: str | None) -> None:
        """Open at start: with a given passphrase, or the remembered key; `refused` tells when that fails."""
        self.open(passphrase, self.refused.emit)

    def open(self, passphrase: str | None, failed: Failed, *, remember: bool = False) -> None:
        """Open the desk with a passphrase, or with the remembered key when it is None."""

        def load() -> Status:
            from hsdesk.desk import Desk

            self._desk = Desk.open(self.home, passphrase, self.migrating.emit)
            if remember:
                self._desk.file.remember()
            self.standing = self._desk.file.standing()
            return self._desk.status()

        self.work.run(load, self._entered, self._unless_wiped(failed), self)

    @property
    def is_sample(self) -> bool:
        """Whether the desk is the one to try things out on."""
        return self.home != self.own_home

    def try_out(self, job: Job, failed: Failed) -> None:
        """Open the sample beside the place of the real desk; `job` tells how far its making is."""
        home = self.own_home

        def load() -> Status:
            from hsdesk.desk import sample

            def step(done: int, total: int) -> None:
                if job.cancelled():
                    raise Cancelled
                job.step((done, total))

            self._desk = sample.try_out(home, step)
            return self._desk.status()

        def loaded(status: Status) -> None:
            from hsdesk.desk import sample

            self.home = sample.home_of(home)
            self._entered(status)

        self.work.run(load, loaded, failed, self)

    def throw_sample_away(self, done: Callable[[], None]) -> None:
        """Close the sample and remove it; the place of the real desk is empty as before."""
        folder, self.home = self.home, self.own_home

        def throw() -> None:
            from hsdesk.desk import sample

            sample.throw_away(folder)

        self.close_desk(lambda: self.work.run(throw, lambda _: done(), None, self))

    def recover(self, code: str, passphrase: str, failed: Failed) -> None:
        """Open the desk with the recovery code and give it a new passphrase."""

        def load() -> Status:
            from hsdesk.desk import Desk

            self._desk = Desk.recover(self.home, code, passphrase, self.migrating.emit)
            return self._desk.status()

        self.work.run(load, self._entered, self._unless_wiped(failed), self)

    def restore(
        self, backup: Path, passphrase: str, done: Callable[[Path | None], None], failed: Failed
    ) -> None:
        """Put a backup in the place of the closed desk; `done` hears where the replaced data is kept."""

        def put_back() -> Path | None:
            from hsdesk.desk import Desk

            return Desk.restore_file(self.home, backup, passphrase or None)

        self.work.run(put_back, done, self._unless_wiped(failed), self)

    def enter(self) -> None:
        """Tell every page that the desk is open."""
        self.opened.emit()
        self.status_changed.emit(self.status)

    def ask(
        self,
        question: Callable[[Desk], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Ask the desk something; the answer comes to `done` on this thread."""
        self.work.run(lambda: question(self._held()), done, failed, owner or self)

    def change(
        self,
        action: Callable[[Desk], Changes],
        done: Callable[[Changes], None] | None = None,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Change something on the desk, then tell the pages what changed."""

        def finished(changes: Changes) -> None:
            self._status_soon.start()
            self.changed.emit(changes)
            if done is not None and (owner is None or shiboken6.isValid(owner)):
                done(changes)

        def stopped(error: DeskError) -> None:
            heard = failed is not None and (owner is None or shiboken6.isValid(owner))
            (failed if failed is not None and heard else self.work.trouble.emit)(error)

        self.saving.emit()
        self._write(action, finished, stopped)

    def draft(
        self, action: Callable[[Desk], None], done: Callable[[], None], failed: Failed, owner: QObject
    ) -> None:
        """Write a cell being typed, which no page shows; `failed` hears when it is not on the disk."""

        def told(tell: Callable[[], None]) -> None:
            if shiboken6.isValid(owner):
                tell()

        self._write(action, lambda _: told(done), lambda error: told(lambda: failed(error)))

    def _write(self, action: Callable[[Desk], T], done: Callable[[T], None], failed: Failed) -> None:
        """Do something that must reach the disk before a page may be left."""

        def finished(result: T) -> None:
            with self._settling():
                done(result)

        def stopped(error: DeskError) -> None:
            with self._settling():
                failed(error)

        self._under_way += 1
        self.work.run(lambda: action(self._held()), finished, stopped, self)

    def when_quiet(self, then: Callable[[], None]) -> None:
        """Go on with `then` as soon as no save and no draft is under way: at once when none is."""
        if self._under_way:
            self._then.append(then)
        else:
            then()

    def wait_until_quiet(self) -> None:
        """Return when no save and no draft is under way; keys and clicks wait meanwhile."""
        if self._under_way:
            loop = QEventLoop()
            self.quiet.connect(loop.quit)
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    def note(self, action: Callable[[Desk], None]) -> None:
        """Write something that no page shows; a failure is told in a dialog."""
        self.work.run(lambda: action(self._held()), None, None, self)

    def sync(
        self, job: Job, done: Callable[[SyncNumbers], None], failed: Failed, owner: QObject | None = None
    ) -> None:
        """Send and receive; `job` reports progress and may be cancelled. Typing goes on being saved."""

        def carry_out(desk: Desk, step: Step) -> tuple[SyncNumbers, Changes, Status]:
            report, changes = desk.exchange.sync(step, job.cancelled)
            return report, changes, desk.status()

        def finished(result: tuple[SyncNumbers, Changes, Status]) -> None:
            self._show(result[2])
            self.changed.emit(result[1])
            done(result[0])

        def stopped(error: DeskError) -> None:
            self.refresh()
            self.changed.emit(self._broken_off())
            failed(error)

        self.carry(carry_out, job, finished, stopped, owner)

    def _broken_off(self) -> Changes:
        """Return what a sync that stopped on the way may have changed: anything."""
        registers = self.status.registers if self.status is not None else ()
        names = tuple(info.form_id for info in registers)
        return Changes(registers=names, conflicts=True, forms=True, sync=True, broken_off=True)

    def carry(
        self,
        action: Callable[[Desk, Step], T],
        job: Job,
        done: Callable[[T], None],
        failed: Failed,
        owner: QObject | None = None,
    ) -> None:
        """Do something long; at each of its steps waiting saves pass. `job` tells how far it is."""

        def step(progress: object) -> None:
            job.step(progress)
            self.work.let_pass()

        self.work.run(
            lambda: action(self._held(), step), done, self._unless_wiped(failed), owner or self, long=True
        )

    def _unless_wiped(self, failed: Failed) -> Failed:
        """Return what hears of an error, but of a wiped desk the whole window hears."""

        def told(error: DeskError) -> None:
            if isinstance(error, Wiped):
                self.ended.emit(error)
            else:
                failed(error)

        return told

    def refresh(self) -> None:
        """Read the desk's status again."""
        if self.is_open:
            self.ask(lambda desk: desk.status(), self._show)

    def close_desk(self, closed: Callable[[], None] | None = None) -> None:
        """Close the file after all that waits is written; the key leaves memory."""

        def shut() -> None:
            desk, self._desk = self._desk, None
            if desk is not None:
                desk.close()

        def gone(_: None) -> None:
            self.status = None
            if closed is not None:
                closed()

        self.work.run(shut, gone, None, self)

    def leave(self) -> None:
        """End the program's work: what is under way is written, the file is closed."""

        def shut() -> None:
            if self._desk is not None:
                self._desk.close()
                self._desk = None

        self._status_soon.stop()
        self.status = None
        self.work.finish(shut)

    def _held(self) -> Desk:
        if self._desk is None:
            raise DeskError("工作台已经锁上。已填内容都保存在本机，请重新输入开机口令。")
        return self._desk

    def _entered(self, status: Status) -> None:
        self.status = status
        self.enter()

    def _show(self, status: Status) -> None:
        self.status = status
        self.status_changed.emit(status)

    @contextmanager
    def _settling(self) -> Iterator[None]:
        """Count a save or draft as ended once its outcome has been told."""
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self.quiet.emit()
            while self._then and not self._under_way:
                self._then.pop(0)()
