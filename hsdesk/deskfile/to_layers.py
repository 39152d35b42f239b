"""The migration to two layers: what the city confirmed, and own ops that wait.

Before it, one part held what was shown. The confirmed part is made of it: where ops wait, of what stood there
before the first of them; where an op was refused, of what the city held instead. The revision of an answer
typed here was never told; such an answer counts less than any word of the city, and its stream is read again
from the beginning. What is shown stays the same meanwhile, but for refused answers: they wait beside their
field.

Everything is read and written as plain JSON: this file must go on working when the classes have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from hsdesk.records.chain import REJECTED_BEFORE, lengthened, old_hash
from hsdesk.records.parts import part_digest

if TYPE_CHECKING:
    import sqlite_utils

TABLES = (
    "ALTER TABLE hs_op ADD COLUMN hash BLOB NOT NULL DEFAULT x''",
    "ALTER TABLE hs_origin ADD COLUMN chain BLOB NOT NULL DEFAULT x''",
    "ALTER TABLE hs_origin ADD COLUMN parent BLOB",
    "ALTER TABLE hs_form ADD COLUMN last INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE hs_stream ADD COLUMN high INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE hs_conflict ADD COLUMN rev INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE hs_draft ADD COLUMN base TEXT NOT NULL DEFAULT 'null'",
    "ALTER TABLE hs_draft ADD COLUMN seen TEXT NOT NULL DEFAULT '[0,0,0]'",
    "ALTER TABLE hs_draft ADD COLUMN server_epoch TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE hs_part RENAME TO hs_part_before",
    """CREATE TABLE hs_part (n INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, digest INTEGER NOT NULL,
        body BLOB NOT NULL)""",
    "ALTER TABLE hs_departure RENAME TO hs_departure_before",
    """CREATE TABLE hs_departure (scope TEXT NOT NULL, cls TEXT NOT NULL, record TEXT NOT NULL,
        epoch INTEGER NOT NULL, rev INTEGER NOT NULL, into_scope TEXT NOT NULL,
        PRIMARY KEY (scope, cls, record)) WITHOUT ROWID""",
    """CREATE TABLE hs_arrival (scope TEXT NOT NULL, cls TEXT NOT NULL, record TEXT NOT NULL,
        epoch INTEGER NOT NULL, rev INTEGER NOT NULL, PRIMARY KEY (scope, cls, record)) WITHOUT ROWID""",
    """CREATE TABLE hs_lost (id INTEGER PRIMARY KEY, scope TEXT NOT NULL, cls TEXT NOT NULL,
        record TEXT NOT NULL, form TEXT NOT NULL, path TEXT NOT NULL, value BLOB NOT NULL,
        stamp BLOB NOT NULL, at INTEGER NOT NULL)""",
)
_CLASSES = ("common", "party", "personal", "published")
_PART_BITS, _SEQ_BITS, _NUMBER_BITS = 2, 40, 40
_AT_ONCE = 500  # ops or records
_decoded, _encoded = msgspec.json.decode, msgspec.json.encode

Json = dict[str, Any]
Tell = Callable[[int, int], None]


def to_layers(db: sqlite_utils.Database, tell: Tell) -> None:
    """Change the tables and everything in them."""
    for statement in TABLES:
        db.execute(statement)
    meta = dict(db.execute("SELECT key, value FROM hs_meta").fetchall())
    epoch = str(meta.get("server_epoch", ""))
    began = int(meta.get("last_op_of_old_server_epoch", "0"))
    db.execute("INSERT OR REPLACE INTO hs_meta VALUES ('server_epochs', ?)", ("1" if epoch else "0",))
    db.execute("INSERT OR REPLACE INTO hs_meta VALUES ('reoffered', ?)", (str(began),))
    _ops(db, epoch, began)
    _Parts(db, trusted=began == 0, epochs=1 if epoch else 0).move(tell)
    _rest(db)


def _ops(db: sqlite_utils.Database, epoch: str, began: int) -> None:
    """Let ops say what they had seen as the city reads it of older programs; bind them by what is stored."""
    rejected = {n for (n,) in db.execute("SELECT n FROM hs_aside").fetchall()}
    for number, acked in db.execute("SELECT number, acked FROM hs_origin").fetchall():
        chain, first = b"", number << _SEQ_BITS
        last = first
        while rows := db.execute(
            "SELECT n, body FROM hs_op WHERE n > ? AND n < ? ORDER BY n LIMIT ?",
            (last, number + 1 << _SEQ_BITS, _AT_ONCE),
        ).fetchall():
            changed: list[tuple[bytes, bytes, int]] = []
            for n, body in rows:
                op = _decoded(body)
                hashed = REJECTED_BEFORE if n in rejected else old_hash(op["record"], op["hlc"])
                if n - first <= acked:
                    chain = lengthened(chain, (hashed,))
                changed.append((_encoded(_op(op, "" if n <= began else epoch)), hashed, n))
            db.conn.executemany("UPDATE hs_op SET body = ?, hash = ? WHERE n = ?", changed)
            last = rows[-1][0]
        db.execute("UPDATE hs_origin SET chain = ? WHERE number = ?", (chain, number))


def _op(op: Json, server_epoch: str) -> Json:
    base = op.pop("base_rev")
    op |= {"seen": [base, op["epoch"], op["seq"] - 1], "wide": True, "server_epoch": server_epoch}
    if op.get("resolves"):
        op["resolves_rev"] = base
    return op


class _Parts:
    """The parts of all records. `trusted`: revisions are of the present server epoch."""

    def __init__(self, db: sqlite_utils.Database, *, trusted: bool, epochs: int) -> None:
        self._db = db
        self._trusted = trusted
        self._epochs = epochs
        self._acked = dict(db.execute("SELECT number, acked FROM hs_origin").fetchall())
        self._rejected = {n for (n,) in db.execute("SELECT n FROM hs_aside").fetchall()}
        self._inexact: set[tuple[str, str]] = set()
        self._digests: dict[tuple[str, str], int] = {}
        self._was_refused = False

    def move(self, tell: Tell) -> None:
        db = self._db
        (total,) = db.execute("SELECT count(*) FROM hs_record").fetchone()
        rows = db.execute("SELECT scope, record, n FROM hs_record ORDER BY n").fetchall()
        for done in range(0, total, _AT_ONCE):
            some = rows[done : done + _AT_ONCE]
            self._records(some)
            if len(some) == _AT_ONCE:
                tell(done + _AT_ONCE, total)
        db.execute("DROP TABLE hs_part_before")
        db.execute("UPDATE hs_stream SET digest = 0")
        for (scope, cls), digest in self._digests.items():
            db.execute("UPDATE hs_stream SET digest = ? WHERE scope = ? AND cls = ?", (digest, scope, cls))
        for scope, cls in sorted(self._inexact):
            db.execute(
                "UPDATE hs_stream SET since = 0, after = 0, whole = 1 WHERE scope = ? AND cls = ?",
                (scope, cls),
            )
        if self._was_refused:  # their rows are made again when the file is opened
            db.execute("DELETE FROM hs_meta WHERE key = 'rows'")

    def _records(self, records: list[tuple[str, str, int]]) -> None:
        """Move the parts of some records, which come by their numbers."""
        of_number = {n: (scope, record) for scope, record, n in records}
        parts = self._db.execute(
            "SELECT n, rev, body FROM hs_part_before WHERE n BETWEEN ? AND ?",
            (records[0][2] << _PART_BITS, (records[-1][2] + 1 << _PART_BITS) - 1),
        ).fetchall()
        ops = self._ops_of([record for _scope, record, _n in records])
        moved: list[tuple[int, int, int, bytes]] = []
        for number, rev, body in parts:
            if at := of_number.get(number >> _PART_BITS):
                cls = _CLASSES[number & (1 << _PART_BITS) - 1]
                part = self._confirmed(_decoded(body), rev, ops.get((*at, cls), []))
                if part is not None:
                    moved.append((number, self._epochs, self._noted(*at, cls, part), _encoded(part)))
        self._db.conn.executemany("INSERT INTO hs_part VALUES (?, ?, ?, ?)", moved)

    def _noted(self, scope: str, record: str, cls: str, part: list[Any]) -> int:
        """Add a part to the digest of its stream; return its share."""
        if any(mark[0] == 0 for mark in (part[4], *part[5].values())):
            self._inexact.add((scope, cls))
        digest = _digest(record, part)
        self._digests[scope, cls] = self._digests.get((scope, cls), 0) + digest
        return digest

    def _ops_of(self, records: list[str]) -> dict[tuple[str, str, str], list[tuple[int, Json, Json]]]:
        """Return the ops of some records in order, by scope, record and class."""
        found: dict[tuple[str, str, str], list[tuple[int, Json, Json]]] = {}
        marks = ",".join("?" * len(records))
        statement = f"SELECT n, body, before FROM hs_op WHERE record IN ({marks}) ORDER BY n"
        for n, body, before in self._db.execute(statement, records).fetchall():
            op = _decoded(body)
            key = (op["scope"], op["record"], op["cls"])
            found.setdefault(key, []).append((n, op, _decoded(before)))
        return found

    def _waits(self, n: int) -> bool:
        origin = n >> _SEQ_BITS
        return n - (origin << _SEQ_BITS) > int(self._acked.get(origin, 0))

    def _confirmed(self, old: list[Any], rev: int, ops: list[tuple[int, Json, Json]]) -> list[Any] | None:
        """Return the part as the city confirmed it, None when it has not heard of it."""
        form, version, _rev, answers, stamp, *more = old
        others, refused = (*more, {}, {})[:2]
        self._was_refused |= bool(refused)
        waiting = _first_waiting(one for one in ops if self._waits(one[0]))
        known = {
            path: value for path, value in answers.items() if path not in waiting and path not in refused
        }
        known |= {path: before[path] for path, before in waiting.items() if path in before}
        known |= {path: value for path, value in refused.items() if rev or value is not None}
        taken = any(not self._waits(n) and n not in self._rejected for n, _op, _before in ops)
        if not known and not taken and not rev:
            return None
        marks = {
            path: self._mark(others.get(path, stamp), path, rev, ops, sure=path not in (*waiting, *refused))
            for path in known
        }
        base = self._mark(stamp, "", rev, ops, sure=True)
        apart = {path: mark for path, mark in marks.items() if mark != base}
        return [form, version, rev if self._trusted else 0, known, base, apart, {}]

    def _mark(
        self, stamp: list[Any], path: str, rev: int, ops: list[tuple[int, Json, Json]], *, sure: bool
    ) -> list[Any]:
        """Return who wrote an answer: revision, clock, device, and the own op, where it is one."""
        told, hlc, device, person = stamp
        if not sure:
            return [0, hlc, device, 0, 0, person, 0]
        if told and rev and self._trusted:
            return [told, hlc, device, 0, 0, person, 0]
        own = next((op for _n, op, _before in ops if op["hlc"] == hlc and path in op["answers"]), None)
        return [0, hlc, device, own["epoch"] if own else 0, own["seq"] if own else 0, person, 0]


def _first_waiting(ops: Iterator[tuple[int, Json, Json]]) -> dict[str, Json]:
    """Return by path what stood in the part before the first waiting op that wrote there."""
    found: dict[str, Json] = {}
    for _n, op, before in ops:
        for path in op["answers"]:
            if path != "_moved_to":
                found.setdefault(path, before)
    return found


def _digest(record: str, part: list[Any]) -> int:
    base, apart = part[4], part[5]
    told: Mapping[str, Any] = {
        path: tuple(value) if isinstance(value, list) else value
        for path, value in part[3].items()
        if apart.get(path, base)[0] > 0
    }
    return part_digest(record, told) if told or (not part[3] and base[0] > 0) else 0


def _rest(db: sqlite_utils.Database) -> None:
    """Conflicts, departures, and how many records each form has numbered."""
    for name, body in db.execute("SELECT id, body FROM hs_conflict").fetchall():
        db.execute("UPDATE hs_conflict SET rev = ? WHERE id = ?", (_decoded(body)[8], name))
    for cls in _CLASSES:
        db.execute(
            "INSERT INTO hs_departure SELECT scope, ?, record, 0, 0, into_scope FROM hs_departure_before",
            (cls,),
        )
    db.execute("DROP TABLE hs_departure_before")
    mask = (1 << _NUMBER_BITS) - 1
    db.execute(
        "UPDATE hs_form SET last = coalesce((SELECT max(n) & ? FROM hs_record"
        " WHERE n BETWEEN number << 40 AND ((number + 1) << 40) - 1), 0)",
        (mask,),
    )
