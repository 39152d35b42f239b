"""The open desk file: everything a desk keeps, behind one object.

Every method that writes is one transaction, durable on the disk when it returns. A `DeskFile` is used by one
thread at a time (it may be made by another). It is a `sync.replica.Replica`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hsdesk.deskfile import cipher, definitions, drafts, forms, history, journal, reference
from hsdesk.deskfile.audit import AuditLog
from hsdesk.deskfile.batch import Batch, HeldRecord
from hsdesk.deskfile.blobs import BlobStore, throw_away_unreferenced
from hsdesk.deskfile.connection import RESTORED, DeskConnection
from hsdesk.deskfile.duplicates import DuplicateKeys
from hsdesk.deskfile.files import FileLock, Home
from hsdesk.deskfile.history import HistoryVersion
from hsdesk.deskfile.journal import Doing
from hsdesk.deskfile.layout import Progress
from hsdesk.deskfile.register_lists import RegisterLists
from hsdesk.deskfile.search_all import Found, search_all
from hsdesk.deskfile.sync_side import SyncSide
from hsdesk.deskfile.undo import UndoLog
from hsdesk.deskfile.unmigrated import UnmigratedFile, looked_at
from hsdesk.errors import Missing, Refused
from hsdesk.forms.schema import Form
from hsdesk.language.aggregate import Aggregate, form_of, registers_of
from hsdesk.language.sql_tree import Statement
from hsdesk.model.answer import DELETED, MERGED_INTO, Class, Value
from hsdesk.model.step import Step, unheard
from hsdesk.records.edits import Committed, Draft, Edit, RecordState, Screen
from hsdesk.records.layers import seen
from hsdesk.records.op import Seen
from hsdesk.records.parts import Part, filled, in_order, joined
from hsdesk.registers import query
from hsdesk.registers.query import EVERYTHING, Query, RegisterRow
from hsdesk.registers.redirects import redirected
from hsdesk.wire.reference import Unfit


class DeskFile(SyncSide):
    """One open HOME/desk.db."""

    def __init__(self, connection: DeskConnection, lock: FileLock) -> None:
        self._connection = connection
        self._lock = lock
        self._then: Callable[[], object] = lambda: None  # what is done when it is closed
        self.attachments = BlobStore(connection)
        self.likeness = DuplicateKeys(connection)
        self.lists = RegisterLists(connection)
        self.undo_log = UndoLog(connection)
        self.audit = AuditLog(connection)

    @classmethod
    def create(cls, home: Path, key: bytes) -> DeskFile:
        """Make a new file. Raises `Refused` when there is one, `Locked` when a window is open."""
        place = Home(home)
        place.make()
        with ExitStack() as undo:
            lock = _locked(place, undo)
            if place.database.exists():
                raise Refused("这里已经有一份台账，没有覆盖它。请换一个文件夹，或直接打开原来的台账。")
            connection = _opened(place, key, undo)
            connection.begin_device()
            reference.use_reference(connection)
            forms.refresh(connection, connection.last_step)
            undo.pop_all()
        return cls(connection, lock)

    @classmethod
    def open(
        cls,
        home: Path,
        key: bytes,
        *,
        before_migration: Callable[[UnmigratedFile], object] | None = None,
        progress: Progress | None = None,
    ) -> DeskFile:
        """Open the file. `before_migration` is given an older program's file before anything changes it.

        Raises `Missing`, `Locked`, `Corrupt`, `NewerLayout`.
        """
        place = Home(home)
        if not place.database.exists():
            raise Missing("这里还没有台账。请先新建一份，或从备份恢复。")
        with ExitStack() as undo:
            lock = _locked(place, undo)
            with looked_at(place.database, key) as found:
                if found.must_migrate() and before_migration is not None:
                    before_migration(found)
            connection = _opened(place, key, undo, progress)
            connection.take_up_restored(place.folder / RESTORED)
            reference.use_reference(connection)
            forms.refresh(connection, connection.last_step)
            definitions.retry(connection)
            throw_away_unreferenced(connection)  # chosen, but the answer was never saved
            undo.pop_all()
        return cls(connection, lock)

    def close(self) -> None:
        """Close the file and give its lock back."""
        self._connection.close()
        self._lock.release()
        self._then()

    def on_close(self, then: Callable[[], object]) -> None:
        """Have something done when the file is closed."""
        self._then = then

    def freeze(self) -> None:
        """Let nothing be written any more: whatever tries to hears `Refused`."""
        self._connection.run("PRAGMA query_only = ON")

    def __enter__(self) -> DeskFile:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # Small settings

    def get(self, key: str, default: str = "") -> str:
        """Return a small setting as text."""
        return self._connection.meta(key, default)

    def set(self, key: str, value: str) -> None:
        """Keep a small setting."""
        self._connection.set_meta(key, value)

    # Forms

    def install_form(self, form: Form) -> bool:
        """Install a form or its new version by hand; return whether anything changed. Raises `FormError`."""
        with self._connection.transaction():
            return forms.install(self._connection, form, "local")

    def install_forms(self, many: Iterable[Form]) -> int:
        """Install what a program brings where no other word stands; return how many changed.

        What cannot follow the form that is installed is set aside: see `unfit`.
        """
        with self._connection.transaction():
            return definitions.bring(self._connection, many)

    def remove_form(self, form_id: str) -> bool:
        """Remove a form of which nothing was ever typed here; return whether it is gone."""
        with self._connection.transaction():
            return forms.remove(self._connection, form_id)

    def only_records(self) -> tuple[str, ...]:
        """Return the ids of forms that are not installed and of which records are held."""
        return forms.only_records(self._connection)

    def unfit(self) -> tuple[Unfit, ...]:
        """Return the definitions that cannot be used here and were set aside."""
        return definitions.unfit(self._connection)

    def rebuild(self) -> None:
        """Make every register row and search entry again from the record parts."""
        with self._connection.transaction():
            forms.rebuild(self._connection)

    def form(self, form_id: str) -> Form:
        """Return an installed form. Raises `Missing`."""
        return self._connection.register(form_id).form

    def has_form(self, form_id: str) -> bool:
        """Tell whether a form is installed."""
        return self._connection.find_register(form_id) is not None

    def all_forms(self) -> tuple[Form, ...]:
        """Return every installed form, by form id."""
        return forms.everything(self._connection)

    def changes(self) -> int:
        """Return a number that grows with every row that is written."""
        return int(self._connection.sqlite.total_changes)

    # Records

    def commit(self, edit: Edit, doing: Doing | None = None) -> Committed:
        """Write one edit: op, state, register row, search entry, and the draft cells it settles.

        `doing`: what the journal of undo calls it; None for what has no entry there.
        """
        return journal.commit(self._connection, (edit,), doing)

    def commit_many(
        self, edits: Iterable[Edit], doing: Doing | None = None, *, one_by_one: bool = False
    ) -> Committed:
        """Write many edits in one transaction. `one_by_one`: each can be read when the next is asked for."""
        return journal.commit(self._connection, edits, doing, one_by_one=one_by_one)

    def state(self, scope: str, record: str) -> RecordState | None:
        """Return a record as a person sees it, all granted classes joined; None when it is not held here."""
        return self.states([(scope, record)])[0]

    def states(self, keys: Sequence[tuple[str, str]]) -> list[RecordState | None]:
        """Return records by (scope, record) as a person sees them; None for one that is not held here."""
        batch = Batch(self._connection)
        batch.take(keys)
        held = (batch.taken(scope, record) for scope, record in keys)
        return [self._state(one.parts) if one is not None else None for one in held]

    def _state(self, parts: Mapping[Class, Part]) -> RecordState | None:
        if not parts:
            return None
        first = next(iter(parts.values()))
        register = self._connection.find_register(first.form)
        answers = joined(in_order(parts, register.form.stream if register else ""))
        if register is not None:
            answers = redirected(self._connection.merged(), register.references, register.current(answers))
            first = parts.get(register.form.stream, first)
        return RecordState(
            first.form,
            first.version,
            filled(answers),
            tuple(parts),
            str(answers.get(DELETED) or ""),
            str(answers.get(MERGED_INTO) or ""),
        )

    def screen(self, scope: str, record: str) -> Screen:
        """Return what showing a record makes seen, by path; what is not known is seen as empty."""
        return self.looks([(scope, record)])[0][1]

    def looks(self, keys: Sequence[tuple[str, str]]) -> list[tuple[RecordState | None, Screen]]:
        """Return records as a person sees them, and what showing each of them makes seen."""
        batch = Batch(self._connection)
        batch.take(keys)
        held = (batch.taken(*key) or HeldRecord(*key, "") for key in keys)
        return [(self._state(one.parts), self._screen(one)) for one in held]

    def _screen(self, held: HeldRecord) -> Screen:
        here = self._connection.here(held.scope)
        register = self._connection.find_register(held.form) if held.form else None
        found: dict[str, Seen] = {}
        for cls in dict.fromkeys((*held.confirmed, *held.pending)):
            part = seen(held.confirmed.get(cls), held.pending.get(cls, ()), here)
            own = register is None or cls == register.form.stream
            found.update({path: one for path, one in part.items() if own or path not in found})
        return Screen(held.scope, here.server_epoch, found)

    def _held(self, scope: str, record: str) -> HeldRecord:
        batch = Batch(self._connection)
        batch.take([(scope, record)])
        return batch.taken(scope, record) or HeldRecord(scope, record, "")

    def scopes_of(self, record: str) -> tuple[str, ...]:
        """Return the scopes under which a record is held here; usually one."""
        rows = self._connection.all("SELECT scope FROM hs_record WHERE record = ?", (record,))
        return tuple(scope for (scope,) in rows)

    def history(self, scope: str, record: str) -> tuple[HistoryVersion, ...]:
        """Return the versions of a record, first one first."""
        return history.entries(self._connection, scope, record, self._held(scope, record).parts)

    def changed_elsewhere(self, form_id: str) -> tuple[tuple[str, str], ...]:
        """Return (scope, record) of the records of a register that came changed after they were held here."""
        return history.changed_elsewhere(
            self._connection, self._connection.register(form_id).tables.table.name
        )

    # Lists

    def keys(self, form_id: str, what: Query = EVERYTHING) -> list[int]:
        """Return the numbers of the records that a query finds, in its order."""
        return query.keys(self._connection, self._connection.register(form_id), what)

    def rows_by_key(self, form_id: str, numbers: Sequence[int]) -> tuple[RegisterRow, ...]:
        """Return the rows of these numbers, in their order."""
        return query.rows_by_key(self._connection, self._connection.register(form_id), numbers)

    def identities(self, form_id: str, numbers: Sequence[int]) -> list[tuple[str, str]]:
        """Return (scope, record) of these numbers, in their order."""
        return query.identities(self._connection, self._connection.register(form_id), numbers)

    def title(self, form_id: str, record: str) -> str:
        """Return the title of a record wherever it is held, "" when it is not here."""
        return query.title(self._connection, self._connection.register(form_id), record)

    def number_of(self, form_id: str, scope: str, record: str) -> int:
        """Return the number of a record, 0 when it is not here."""
        return query.number_of(self._connection, self._connection.register(form_id), scope, record)

    def query(self, form_id: str, what: Query = EVERYTHING) -> tuple[RegisterRow, ...]:
        """Return the rows that a query finds."""
        return query.rows(self._connection, self._connection.register(form_id), what)

    def count(self, form_id: str, what: Query = EVERYTHING) -> int:
        """Return how many records a query finds."""
        return query.count(self._connection, self._connection.register(form_id), what)

    def answered(self, places: Sequence[str], as_of: dt.date) -> dict[str, tuple[int, int]]:
        """Return by place how many relevant answers had to be there on a day, and how many were."""
        from hsdesk.registers.aggregates import answered

        return answered(forms.everything(self._connection), places, as_of, self._run)

    def figures(
        self,
        queries: Sequence[Aggregate],
        places: Sequence[str] | None = None,
        now: dt.datetime | None = None,
    ) -> list[dict[str, float]]:
        """Return for each query a figure by group over the records of these places.

        Raises `ExpressionError`, `Missing`.
        """
        from hsdesk.registers.aggregates import aggregates

        named = {name for query in queries for name in registers_of(query)}
        asked = {name: self._connection.register(form_of(name)).form for name in named}
        return aggregates(queries, asked, self._run, self._plain_rows, places=places, now=now)

    def _run(self, statement: Statement) -> list[tuple[Any, ...]]:
        return self._connection.all(statement.text, statement.params)

    def _plain_rows(self, form_id: str) -> Iterator[dict[str, Value]]:
        if "/" in form_id:
            from hsdesk.registers.aggregates import roster_rows

            yield from roster_rows(self._connection.register(form_of(form_id)).form, form_id, self._run)
            return
        for row in self.query(form_id):
            yield {**row.values, "_id": row.record, "_place": row.scope, "_title": row.title}

    def search(self, typed: str, scopes: Sequence[str] = (), limit: int = 50) -> tuple[Found, ...]:
        """Return records of any register found by 张三, zhangsan or zs."""
        return search_all(self._connection, typed, scopes, limit)

    # Draft cells

    def put_draft(self, draft: Draft) -> None:
        """Keep a cell that is being typed."""
        drafts.put(self._connection, draft)

    def drafts(self, scope: str, record: str) -> tuple[Draft, ...]:
        """Return the unfinished cells of a record."""
        return drafts.of_record(self._connection, scope, record)

    def all_drafts(self) -> tuple[Draft, ...]:
        """Return all unfinished cells, latest first."""
        return drafts.everything(self._connection)

    def drop_draft(self, scope: str, record: str, path: str = "") -> None:
        """Forget an unfinished cell, or all of the record."""
        drafts.drop(self._connection, scope, record, path)

    def draft_count(self) -> int:
        """Return how many cells are unfinished."""
        return drafts.count(self._connection)

    # The file itself

    def copy_to(self, target: Path, step: Step = unheard) -> None:
        """Write a copy of the file, encrypted with the same key, and open it to see that it is sound.

        Raises `DiskFull`, `Refused`, `Corrupt`.
        """
        cipher.copy_encrypted(self._connection.sqlite, target, self._connection.key, step)

    def change_mark(self) -> str:
        """Return what tells whether the file holds something new: own ops, pages of the city, attachments."""
        found = self._connection.one(
            "SELECT (SELECT max(n) FROM hs_op), (SELECT count(*) FROM hs_op), (SELECT count(*) FROM hs_blob),"
            " (SELECT sum(since + after) FROM hs_stream)"
        )
        return "/".join(str(number or 0) for number in found)

    def change_key(self, key: bytes) -> None:
        """Encrypt the file anew with another key; `rekey.rekey` sees to the wraps. Raises as it does."""
        cipher.change_key(self._connection.sqlite, self._connection.path, key)
        self._connection.key = key

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the file's pages; empty when it is sound. Reads the whole file."""
        return cipher.page_errors(self._connection.sqlite)


def _locked(place: Home, undo: ExitStack) -> FileLock:
    lock = FileLock.take(place.lock)
    undo.callback(lock.release)
    return lock


def _opened(place: Home, key: bytes, undo: ExitStack, progress: Progress | None = None) -> DeskConnection:
    connection = DeskConnection(place.database, key, progress)
    undo.callback(connection.close)
    return connection
