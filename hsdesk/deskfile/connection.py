"""The open file and what is remembered of it: connection, transactions, forms, streams, clock."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from hsdesk.deskfile import cipher, layout, migrations
from hsdesk.deskfile.files import plain_errors
from hsdesk.deskfile.kept_orders import KeptOrders
from hsdesk.errors import Missing
from hsdesk.forms.city_wording import with_city_wording
from hsdesk.forms.host import BareHost, FormHost
from hsdesk.forms.schema import Form
from hsdesk.forms.shipped import index, is_off
from hsdesk.model.answer import Class
from hsdesk.model.clock import Clock, wall_milliseconds
from hsdesk.model.identity import new_id
from hsdesk.records.layers import Here
from hsdesk.registers.register import NUMBER_BITS, Register
from hsdesk.registers.row_orders import RowOrders

DEVICE = "device"
EPOCH = "device_epoch"
CLOCK = "clock"
SERVER_EPOCH = "server_epoch"
SERVER_EPOCHS = "server_epochs"  # how many server epochs this file has been in
REOFFERED = "reoffered"  # the last op that the city had taken before it was restored
SEQ_BITS = 40  # an op's number is the origin's number << 40 | seq
NO_OP = 1 << 62  # beyond every op's number
RESTORED = "desk.restored"  # a file beside the desk: it was put here from a backup and not opened since
_EPOCH_START = 1_767_225_600_000  # 2026-01-01 UTC; later epochs are milliseconds since then
MOST_MOVES = 20  # that a record is followed through
PART_BITS = 2  # a part's number is the record's number << 2 | the class's number


class Stream(msgspec.Struct, frozen=True):
    """How far a (scope, class) has been read."""

    since: int = 0
    after: int = 0
    writable: bool = True
    granted: bool = False
    full: bool = False  # it is read from its beginning again, own writings too
    high: int = 0  # the highest revision that any word of the city told of it


class DeskConnection:
    """One open desk file. What it remembers is forgotten when a transaction fails."""

    def __init__(self, path: Path, key: bytes, progress: layout.Progress | None = None) -> None:
        self.path = path
        self.key = key
        self.sqlite: sqlite3.Connection = cipher.connect(path, key)
        self.db = cipher.database(self.sqlite)
        steps = len(migrations.waiting(self.sqlite)) + 1
        migrations.apply(self.db, progress)
        self.last_step = layout.told(progress, steps, steps)  # that of making rows by today's rules
        self.host: FormHost = BareHost()
        self.kept_orders = KeptOrders(self)
        self.orders = RowOrders(self, self.kept_orders)
        self.chosen: Mapping[str, str] = {}  # settings (口径) whose text stands in place of a form's words
        self._remember()
        self.clock = Clock(self._last_reading())

    def _remember(self) -> None:
        self._meta: dict[str, str] | None = None
        self.kept_orders.forget()
        self.orders.forget()
        self._installed: frozenset[str] | None = None
        self._registers: dict[str, Register] = {}
        self._by_number: dict[int, Register] = {}
        self._streams: dict[tuple[str, Class], Stream] | None = None
        self._granted: dict[Class, frozenset[str]] | None = None
        self._merged: dict[str, str] | None = None
        self._first_pending: int | None = None
        self._has_departures: bool | None = None

    def _last_reading(self) -> int:
        logged = self.one("SELECT hlc FROM hs_op ORDER BY n DESC LIMIT 1")
        return max(int(self.meta(CLOCK, "0")), logged[0] if logged else 0)

    # Statements

    def one(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        """Return the first row or None."""
        return self.sqlite.execute(sql, parameters).fetchone()

    def all(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        """Return every row."""
        return self.sqlite.execute(sql, parameters).fetchall()

    def run(self, sql: str, parameters: tuple[Any, ...] = ()) -> int:
        """Run a statement; return how many rows it touched."""
        return self.sqlite.execute(sql, parameters).rowcount

    def many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run a statement once for each row of parameters."""
        if rows:
            self.sqlite.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all or nothing. When it ends without an error, everything is safe on the disk."""
        self.sqlite.execute("BEGIN IMMEDIATE")
        with ExitStack() as undo:
            undo.callback(self._roll_back)
            yield
            self.sqlite.execute("COMMIT")
            undo.pop_all()

    def _roll_back(self) -> None:
        if self.sqlite.in_transaction:
            self.sqlite.execute("ROLLBACK")
        self._remember()

    # Small settings

    def meta(self, key: str, default: str = "") -> str:
        """Return a small setting."""
        if self._meta is None:
            self._meta = dict(self.all("SELECT key, value FROM hs_meta"))
        return self._meta.get(key, default)

    def set_meta(self, key: str, value: str) -> None:
        """Keep a small setting."""
        self.run(
            "INSERT INTO hs_meta (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )
        if self._meta is not None:
            self._meta[key] = value

    def begin_device(self) -> None:
        """Give a new file the name of its device."""
        with self.transaction():
            self.set_meta(DEVICE, new_id())
            self.set_meta(EPOCH, "1")

    def device(self) -> str:
        """Return the UUID of this device."""
        return self.meta(DEVICE)

    def epoch(self) -> int:
        """Return the device epoch."""
        return int(self.meta(EPOCH, "1"))

    def begin_epoch(self) -> int:
        """Count ops from 1 again under a new device epoch, inside a transaction; return the epoch.

        The epoch is the time, so that two restored copies of one file do not choose the same.
        """
        highest = self.one("SELECT max(epoch) FROM hs_origin WHERE device = ?", (self.device(),))[0] or 0
        epoch = max(self.epoch() + 1, int(highest) + 1, wall_milliseconds() - _EPOCH_START)
        self.set_meta(EPOCH, str(epoch))
        return epoch

    def take_up_restored(self, mark: Path) -> None:
        """Begin a new device epoch when the file was put here from a backup, as this mark says."""
        if mark.exists():
            with self.transaction():
                self.begin_epoch()
            with plain_errors(mark):
                mark.unlink()

    def begin_server_epoch(self, epoch: str) -> None:
        """Remember the server's epoch, inside a transaction."""
        self.set_meta(SERVER_EPOCH, epoch)
        self.set_meta(SERVER_EPOCHS, str(self.server_epochs() + 1))

    def server_epoch(self) -> str:
        """Return the epoch of the server that revisions are of; "" before the first sync."""
        return self.meta(SERVER_EPOCH)

    def server_epochs(self) -> int:
        """Return how many server epochs this file has been in."""
        return int(self.meta(SERVER_EPOCHS, "0"))

    def here(self, scope: str) -> Here:
        """Return where and when the own ops of a place are replayed."""
        return Here(scope, self.device(), self.server_epoch())

    # Own ops that wait

    def first_pending(self) -> int:
        """Return the number of the first op that no receipt covers, `NO_OP` when none waits.

        Ops leave in order, so that every op from this number on waits.
        """
        if self._first_pending is None:
            (found,) = self.one(
                "SELECT min((SELECT min(n) FROM hs_op WHERE n > (number << 40 | acked)"
                " AND n < (number + 1) << 40)) FROM hs_origin"
            )
            self._first_pending = NO_OP if found is None else int(found)
        return self._first_pending

    def note_pending(self, n: int) -> None:
        """Take note that ops wait from number `n` on, which is higher than any before."""
        if self._first_pending == NO_OP:
            self._first_pending = n

    def forget_pending(self) -> None:
        """Look again which op waits first, when it is next asked for."""
        self._first_pending = None

    def place_of(self, scope: str, cls: Class, record: str) -> str:
        """Return the scope where a record part is now that was at `scope`, as far as this file knows."""
        for _ in range(MOST_MOVES if self.has_departures() else 0):
            row = self.one(
                "SELECT into_scope FROM hs_departure WHERE scope = ? AND cls = ? AND record = ?",
                (scope, cls, record),
            )
            if row is None:
                break
            scope = str(row[0])
        return scope

    def has_departures(self) -> bool:
        """Tell whether any record moved away from here; most files never see one."""
        if self._has_departures is None:
            self._has_departures = self.one("SELECT 1 FROM hs_departure LIMIT 1") is not None
        return self._has_departures

    def forget_departures(self) -> None:
        """Look again whether any record moved, when it is next asked for."""
        self._has_departures = None

    # Forms

    def register(self, form_id: str) -> Register:
        """Return an installed form. Raises `Missing`."""
        found = self.find_register(form_id)
        if found is None and is_off(form_id):
            raise Missing(
                "登记表“{title}”还没有打开。请在“设置”里打勾，或用 forms open {form} 打开。",
                title=index()[form_id].title,
                form=form_id,
            )
        if found is None:
            raise Missing("这台电脑上还没有登记表“{form}”。请先收取一次表单，或请上级下发。", form=form_id)
        return found

    def find_register(self, form_id: str) -> Register | None:
        """Return an installed form, or None when only its records are known."""
        if form_id not in self._registers:
            if form_id not in self._installed_forms():
                return None
            row = self.one("SELECT number, body FROM hs_form WHERE form_id = ?", (form_id,))
            form = with_city_wording(msgspec.json.decode(row[1], type=Form), self.chosen)
            register = Register(row[0], form)
            self._registers[form_id] = register
            self._by_number[register.number] = register
        return self._registers[form_id]

    def _installed_forms(self) -> frozenset[str]:
        """Return the ids of the installed forms: asking for one that is not costs no statement."""
        if self._installed is None:
            rows = self.all("SELECT form_id FROM hs_form WHERE body IS NOT NULL")
            self._installed = frozenset(form_id for (form_id,) in rows)
        return self._installed

    def register_of(self, n: int) -> Register | None:
        """Return the form of a record's number, or None when it is not installed."""
        number = n >> NUMBER_BITS
        if number not in self._by_number:
            row = self.one("SELECT form_id FROM hs_form WHERE number = ?", (number,))
            return self.find_register(row[0]) if row else None
        return self._by_number[number]

    def form_number(self, form_id: str) -> int:
        """Return the number of a form, given now if it had none."""
        row = self.one("SELECT number FROM hs_form WHERE form_id = ?", (form_id,))
        if row:
            return int(row[0])
        self.run("INSERT INTO hs_form (form_id, version, digest) VALUES (?, '', '')", (form_id,))
        return int(self.one("SELECT last_insert_rowid()")[0])

    def form_id_of(self, n: int) -> str:
        """Return the form id of a record's number."""
        return str(self.one("SELECT form_id FROM hs_form WHERE number = ?", (n >> NUMBER_BITS,))[0])

    def forget_forms(self) -> None:
        """Read the forms again when they are next asked for."""
        self._installed = None
        self._registers = {}
        self._by_number = {}
        self.orders.forget()

    def forget_form(self, register: Register) -> None:
        """Read one form again when it is next asked for."""
        self._installed = None
        self._registers.pop(register.form.form_id, None)
        self._by_number.pop(register.number, None)
        self.orders.forget()

    # Merged records

    def merged(self) -> dict[str, str]:
        """Return every record that was merged, and into which."""
        if self._merged is None:
            self._merged = dict(self.all("SELECT record, target FROM hs_merged"))
        return self._merged

    def recall_merged(self, record: str) -> None:
        """Read again into which record one was merged; of two places the last has its way."""
        known = self.merged()
        rows = self.all("SELECT target FROM hs_merged WHERE record = ? ORDER BY scope", (record,))
        known.pop(record, None)
        known.update((record, target) for (target,) in rows)

    # Streams

    def streams(self) -> dict[tuple[str, Class], Stream]:
        """Return every stream known."""
        if self._streams is None:
            rows = self.all("SELECT scope, cls, since, after, writable, granted, whole, high FROM hs_stream")
            self._streams = {
                (scope, cls): Stream(since, after, bool(writable), bool(granted), bool(whole), high)
                for scope, cls, since, after, writable, granted, whole, high in rows
            }
        return self._streams

    def granted_places(self) -> dict[Class, frozenset[str]]:
        """Return by class the places of which it is granted; {} before any grant was received."""
        if self._granted is None:
            places: dict[Class, set[str]] = {}
            for (scope, cls), stream in self.streams().items():
                if stream.granted:
                    places.setdefault(cls, set()).add(scope)
            self._granted = {cls: frozenset(found) for cls, found in places.items()}
        return self._granted

    def forget_streams(self) -> None:
        """Read the streams again when they are next asked for."""
        self._streams = self._granted = None

    def close(self) -> None:
        """Close the file."""
        self.sqlite.close()


def form_digest(body: bytes) -> str:
    """Return the first 16 hex digits of the SHA-256 of a form's JSON."""
    return hashlib.sha256(body).hexdigest()[:16]
