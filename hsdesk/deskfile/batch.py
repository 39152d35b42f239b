"""Records taken in hand, changed in memory and written back together, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hsdesk.deskfile import redirects
from hsdesk.deskfile.connection import NO_OP, PART_BITS, REOFFERED, DeskConnection
from hsdesk.deskfile.op_codec import decoded as decoded_op
from hsdesk.deskfile.part_codec import decoded, digest, encoded
from hsdesk.deskfile.register_rows import write_rows
from hsdesk.model.answer import MERGED_INTO, Class
from hsdesk.records.layers import Pending, shown
from hsdesk.records.op import Op
from hsdesk.records.parts import CLASS_NUMBER, CLASS_OF_NUMBER, Part
from hsdesk.registers.register import NUMBER_BITS

Key = tuple[str, str]  # (scope, record)
_CHUNK = 500  # keys looked up by one statement


@dataclass(slots=True)
class HeldRecord:
    """A record in hand: what the city confirmed of each part, and the own ops that wait.

    `n` is its number in this file, `found` the hash of what the search index holds of it.
    """

    scope: str
    record: str
    form: str
    n: int = 0
    found: int = 0
    indexed: int = 0  # `found` as it lies in the file
    confirmed: dict[Class, Part] = field(default_factory=dict)
    pending: dict[Class, list[Pending]] = field(default_factory=dict)
    digests: dict[Class, int] = field(default_factory=dict)
    changed: set[Class] = field(default_factory=set)  # confirmed parts to be written
    gone: set[Class] = field(default_factory=set)  # confirmed parts to be removed
    quiet: set[Class] = field(default_factory=set)  # changed, but the city does not know of it yet
    is_new: bool = False
    is_touched: bool = False  # its row must be made again
    _parts: dict[Class, Part] | None = None

    @property
    def parts(self) -> dict[Class, Part]:
        """The parts as a person sees them: confirmed, with what waits on top."""
        if self._parts is None:
            classes = dict.fromkeys((*self.confirmed, *self.pending)) if self.pending else self.confirmed
            both = {cls: shown(self.confirmed.get(cls), self.pending.get(cls, ())) for cls in classes}
            self._parts = {cls: part for cls, part in both.items() if part is not None}
        return self._parts

    @property
    def is_unmade(self) -> bool:
        """Tell whether nothing is known of it yet, so that the next own op makes it."""
        return self.is_new and not self.pending

    def confirm(self, cls: Class, part: Part) -> None:
        """Replace a confirmed part; it is written with the batch."""
        self.confirmed[cls] = part
        self.changed.add(cls)
        self.gone.discard(cls)
        self._parts = None

    def keep_digest(self, cls: Class) -> None:
        """Let a change of a confirmed part leave the digest of its stream as it is."""
        self.quiet.add(cls)

    def let_go(self, cls: Class) -> Part | None:
        """Take a confirmed part out of the file; return what it was."""
        self.changed.discard(cls)
        self.gone.add(cls)
        self._parts = None
        return self.confirmed.pop(cls, None)

    def wait(self, cls: Class, op: Op) -> None:
        """Put an own op on top of what is shown."""
        self.pending.setdefault(cls, []).append(Pending(op))
        self.is_touched = True
        self._parts = None

    def leave(self, last: tuple[int, int]) -> None:
        """Let the ops go that a receipt covers: those of an epoch up to (epoch, seq)."""
        epoch, seq = last
        for cls, ops in list(self.pending.items()):
            left = [one for one in ops if one.op.epoch != epoch or one.op.seq > seq]
            if left:
                self.pending[cls] = left
            else:
                del self.pending[cls]
        self._parts = None

    def replay(self, cls: Class, ops: list[Pending]) -> None:
        """Let these ops wait for a part, and no others."""
        self.pending.pop(cls, None)
        if ops:
            self.pending[cls] = ops
        self._parts = None


class Batch:
    """The records of one transaction."""

    def __init__(self, connection: DeskConnection) -> None:
        self._connection = connection
        self._held: dict[Key, HeldRecord] = {}
        self._next: dict[int, int] = {}
        self._numbers: dict[str, int] = {}

    def take(self, keys: Iterable[Key]) -> None:
        """Read the records of these keys that are in the file."""
        by_scope: dict[str, list[str]] = {}
        for scope, record in keys:
            if (scope, record) not in self._held:
                by_scope.setdefault(scope, []).append(record)
        for scope, records in by_scope.items():
            for start in range(0, len(records), _CHUNK):
                self._take(scope, records[start : start + _CHUNK])

    def _take(self, scope: str, records: list[str]) -> None:
        marks = ",".join("?" * len(records))
        rows = self._connection.all(
            f"SELECT record, n, found FROM hs_record WHERE scope = ? AND record IN ({marks})",
            (scope, *records),
        )
        by_number: dict[int, HeldRecord] = {}
        for record, n, found in rows:
            by_number[n] = self._held[scope, record] = HeldRecord(scope, record, "", n, found, found)
        self._take_parts(by_number)
        if self._connection.first_pending() != NO_OP:
            self._take_pending(scope, records)

    def _take_parts(self, by_number: dict[int, HeldRecord]) -> None:
        numbers = [n << PART_BITS | c for n in by_number for c in CLASS_NUMBER.values()]
        marks = ",".join("?" * len(numbers))
        epochs = self._connection.server_epochs()
        for n, epoch, part_digest, body in self._connection.all(
            f"SELECT n, epoch, digest, body FROM hs_part WHERE n IN ({marks})", tuple(numbers)
        ):
            held = by_number[n >> PART_BITS]
            cls = CLASS_OF_NUMBER[n & (1 << PART_BITS) - 1]
            held.confirmed[cls] = decoded(body, epochs - epoch)
            held.digests[cls] = part_digest if epoch == epochs else 0
            held.form = held.confirmed[cls].form

    def _take_pending(self, scope: str, records: list[str]) -> None:
        again = int(self._connection.meta(REOFFERED, "0"))
        for n, op in pending_ops(self._connection, records):
            held = self._held.get((scope, op.record))
            if held is not None and self._connection.place_of(op.scope, op.cls, op.record) == scope:
                held.pending.setdefault(op.cls, []).append(Pending(op, n <= again))
                held.form = held.form or op.form

    def held(self, scope: str, record: str, form: str, *, waits: bool = False) -> HeldRecord:
        """Return a record taken before, or a new one of this form. `waits`: own ops may wait for it."""
        held = self._held.get((scope, record))
        if held is None:
            held = self._held[scope, record] = HeldRecord(
                scope, record, form, self._new_number(form), is_new=True
            )
            if (
                waits or self._connection.has_departures()
            ):  # own ops that were typed elsewhere may wait for it
                self._take_pending(scope, [record])
        return held

    def taken(self, scope: str, record: str) -> HeldRecord | None:
        """Return a record taken before; None if it is not in the file."""
        return self._held.get((scope, record))

    def _new_number(self, form: str) -> int:
        number = self._numbers.get(form)
        if number is None:
            number = self._numbers[form] = self._connection.form_number(form)
            (last,) = self._connection.one("SELECT last FROM hs_form WHERE number = ?", (number,))
            self._next[number] = last + 1
        count = self._next[number]
        self._next[number] = count + 1
        return number << NUMBER_BITS | count

    def new_keys(self) -> frozenset[Key]:
        """Return the keys of the records that this batch makes."""
        return frozenset(key for key, held in self._held.items() if held.is_new)

    def write(self) -> tuple[HeldRecord, ...]:
        """Write what changed: parts, digests, register rows, search index. Returns the records touched."""
        held_all = tuple(self._held.values())
        self._write_parts(held for held in held_all if held.changed or held.gone)
        touched = tuple(held for held in held_all if held.is_touched)
        by_form: dict[str, list[HeldRecord]] = {}
        removed: dict[str, set[str]] = {}
        for held in touched:
            if held.parts:
                by_form.setdefault(held.form, []).append(held)
            elif led := self._remove(held):
                removed.setdefault(self._connection.form_id_of(held.n), set()).update(led)
        moved = self._write_rows(by_form)
        self._write_records(held for records in by_form.values() for held in records)
        self._write_counts()
        self._lead_on(removed)
        self._lead_on(moved)
        for held in held_all:
            held.changed, held.gone, held.quiet, held.is_touched = set(), set(), set(), False
            held.is_new = False
        return touched

    def remake(self, keys: Iterable[Key]) -> None:
        """Make table rows and search entries of records again; those of which nothing is left go."""
        for key in keys:
            self._held[key].is_touched = True
        self.write()

    def _write_rows(self, by_form: dict[str, list[HeldRecord]]) -> dict[str, set[str]]:
        """Write the rows by form; return the records, by form, to which references lead differently now."""
        moved: dict[str, set[str]] = {}
        for form, records in by_form.items():
            for held in records:
                into = _merged_into(held)
                if into or held.record in self._connection.merged():
                    led = redirects.note(self._connection, held.scope, held.record, into)
                    moved.setdefault(form, set()).update(led)
        for form, records in by_form.items():
            register = self._connection.find_register(form)
            if register is not None:
                write_rows(self._connection, register, records)
        return moved

    def _lead_on(self, moved: dict[str, set[str]]) -> None:
        """Make the rows again that refer to records which were merged, or are no longer."""
        for form, records in moved.items():
            keys = redirects.referring(self._connection, form, records) if records else ()
            again = Batch(self._connection)
            again.take(keys)
            again.remake(keys)

    def _remove(self, held: HeldRecord) -> frozenset[str]:
        """Remove what is left of a record without parts; return the records whose references move."""
        register = self._connection.register_of(held.n)
        if register is not None:
            self._connection.run(register.delete, (held.n,))
            self._connection.orders.touch(register.number, (held.n,))
            for sql in register.clear_rosters:
                self._connection.run(sql, (held.scope, held.record))
        self._connection.run("DELETE FROM hs_search WHERE rowid = ?", (held.n,))
        self._connection.run("DELETE FROM hs_same WHERE n = ?", (held.n,))
        self._connection.run(
            "DELETE FROM hs_record WHERE scope = ? AND record = ?", (held.scope, held.record)
        )
        for table in ("hs_heard", "hs_draft"):  # own ops stay: a server may ask for them again
            self._connection.run(
                f"DELETE FROM {table} WHERE scope = ? AND record = ?", (held.scope, held.record)
            )
        held.found, held.indexed = 0, -1
        if self._connection.one("SELECT 1 FROM hs_record WHERE record = ?", (held.record,)) is None:
            self._connection.run("DELETE FROM hs_apart WHERE record = ?", (held.record,))
        return redirects.note(self._connection, held.scope, held.record, "")

    def _write_parts(self, some: Iterable[HeldRecord]) -> None:
        epoch = self._connection.server_epochs()
        rows: list[tuple[int, int, int, bytes]] = []
        gained: dict[tuple[str, Class], int] = {}
        gone: list[tuple[int]] = []
        for held in some:
            for cls in held.changed | held.gone:
                n, stream = held.n << PART_BITS | CLASS_NUMBER[cls], (held.scope, cls)
                new = self._digest(held, cls)
                gained[stream] = gained.get(stream, 0) + new - held.digests.get(cls, 0)
                held.digests[cls] = new
                if cls in held.changed:
                    rows.append((n, epoch, new, encoded(held.confirmed[cls])))
                else:
                    gone.append((n,))
        self._connection.many("DELETE FROM hs_part WHERE n = ?", gone)
        self._connection.many(
            "INSERT INTO hs_part (n, epoch, digest, body) VALUES (?, ?, ?, ?) ON CONFLICT (n) DO UPDATE"
            " SET epoch = excluded.epoch, digest = excluded.digest, body = excluded.body",
            rows,
        )
        self._connection.many(
            "INSERT INTO hs_stream (scope, cls, digest) VALUES (?, ?, ?)"
            " ON CONFLICT (scope, cls) DO UPDATE SET digest = digest + excluded.digest",
            [(scope, cls, more) for (scope, cls), more in gained.items()],
        )

    def _digest(self, held: HeldRecord, cls: Class) -> int:
        if cls in held.quiet:
            return held.digests.get(cls, 0)
        return digest(held.record, held.confirmed[cls]) if cls in held.changed else 0

    def _write_records(self, changed: Iterable[HeldRecord]) -> None:
        differing = [held for held in changed if held.is_new or held.found != held.indexed]
        self._connection.many(
            "INSERT INTO hs_record (scope, record, n, found) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (record, scope) DO UPDATE SET found = excluded.found",
            [(held.scope, held.record, held.n, held.found) for held in differing],
        )
        for held in differing:
            held.indexed = held.found

    def _write_counts(self) -> None:
        self._connection.many(
            "UPDATE hs_form SET last = ? WHERE number = ?",
            [(count - 1, number) for number, count in self._next.items()],
        )


def pending_ops(connection: DeskConnection, records: Iterable[str]) -> list[tuple[int, Op]]:
    """Return the own ops of some records that wait, with their numbers, in order."""
    wanted = list(records)
    marks = ",".join("?" * len(wanted))
    rows = connection.all(
        f"SELECT n, body FROM hs_op WHERE record IN ({marks}) AND n >= ? ORDER BY n",
        (*wanted, connection.first_pending()),
    )
    return [(n, decoded_op(body)) for n, body in rows]


def _merged_into(held: HeldRecord) -> str:
    for part in held.parts.values():
        if into := part.answers.get(MERGED_INTO):
            return str(into)
    return ""
