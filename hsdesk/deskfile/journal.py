"""The journal of undo (撤销): what a person did here, one entry an act, kept 90 days.

An act is one transaction of own ops: an answer that was saved, a file that was read, a merge, a deletion. Its
entry names the numbers of these ops and is written with them. What stood there before and after lies in the
ops themselves, so that an erasure reaches it and nothing is kept twice. Undoing (`undo`) is an act too;
redoing is undoing that one. Erasures (清除) and moves (转移) have an entry, but cannot be undone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from hsdesk.deskfile.connection import SEQ_BITS, DeskConnection
from hsdesk.deskfile.log import Ledger, origin_number
from hsdesk.model.clock import milliseconds_of
from hsdesk.records.edits import Committed, Edit

KEPT_DAYS = 90
_DAY_MS = 24 * 60 * 60 * 1000
_PRUNED = "journal_pruned"  # the day on which old entries were last thrown away

Kind = Literal[
    "save", "add", "edit", "merge", "delete", "restore", "reverse", "resolve", "erase", "move", "undo", "redo"
]
BACK = ("undo", "redo")
FINAL = ("erase", "move")


class Doing(msgspec.Struct, frozen=True):
    """What a commit is, as the journal shall call it. `file`: what the records of a batch were read from."""

    kind: Kind
    person: str
    file: str = ""
    is_batch: bool = False


class Act(msgspec.Struct, frozen=True):
    """An entry of the journal: what was done by whom, and the numbers of its ops, both included.

    `last` < `first`: it wrote nothing. `undoes`, `undone_by`: the act that this one took back, and the one
    that took it back; 0 for none.
    """

    id: int
    at: int  # milliseconds since 1970
    person: str
    kind: Kind
    form: str
    first: int
    last: int
    made: int  # records
    changed: int
    batch: str = ""
    file: str = ""
    undoes: int = 0
    undone_by: int = 0


_FIELDS = Act.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


def commit(
    connection: DeskConnection, edits: Iterable[Edit], doing: Doing | None, *, one_by_one: bool = False
) -> Committed:
    """Write edits and their entry in one transaction. `doing` None: they have no entry.

    `one_by_one`: each edit is in its table before the next is asked for.
    """
    with connection.transaction():
        ledger = Ledger(connection)
        done = ledger.commit(edits, at_once=1) if one_by_one else ledger.commit(edits)
        if doing is not None and done.ops:
            act = note(connection, doing, done)
            done = msgspec.structs.replace(done, batch=act.batch, act=0 if doing.kind == "save" else act.id)
    return done


def note(connection: DeskConnection, doing: Doing, done: Committed, undone: Act | None = None) -> Act:
    """Write the entry of what was just committed, inside its transaction. `undone`: the act it took back."""
    at = milliseconds_of(connection.clock.tick())
    _prune(connection, at)
    origin = origin_number(connection, connection.device(), connection.epoch()) << SEQ_BITS
    last = origin | done.last_seq
    forms = [ref.form for ref in done.records] or [undone.form if undone else ""]
    (highest,) = connection.one("SELECT coalesce(max(id), 0) FROM hs_act")
    act = Act(
        id=highest + 1,
        at=at,
        person=doing.person,
        kind=doing.kind,
        form=forms[0],
        first=last - done.ops + 1,
        last=last,
        made=len(done.created),
        changed=len(done.records) - len(done.created),
        batch=_batch(connection, at) if doing.is_batch else "",
        file=doing.file,
        undoes=undone.id if undone else 0,
    )
    connection.run(
        f"INSERT INTO hs_act ({_COLUMNS}) VALUES ({','.join('?' * len(_FIELDS))})",
        msgspec.structs.astuple(act),
    )
    scopes = {ref.scope for ref in done.records} | set(places(connection, undone) if undone else ())
    connection.sqlite.executemany(
        "INSERT INTO hs_act_place VALUES (?, ?)", [(scope, act.id) for scope in sorted(scopes)]
    )
    if undone is not None:
        _mark(connection, undone, act)
    return act


def _mark(connection: DeskConnection, undone: Act, by: Act) -> None:
    """Note that an act was taken back; what that one had taken back itself stands again."""
    connection.run("UPDATE hs_act SET undone_by = ? WHERE id = ?", (by.id, undone.id))
    connection.run("UPDATE hs_act SET undone_by = 0 WHERE undone_by = ?", (undone.id,))


def renumber(connection: DeskConnection, old: int, end: int, new: int) -> None:
    """Let acts follow their ops, inside a transaction: from `old` on, below `end`, they begin at `new`."""
    connection.run(
        "UPDATE hs_act SET first = first + ?, last = last + ? WHERE first >= ? AND first < ?",
        (new - old, new - old, old, end),
    )


def _batch(connection: DeskConnection, at: int) -> str:
    """Return the name of a new batch: the day, and its number on that day."""
    day = f"{dt.datetime.fromtimestamp(at / 1000).astimezone():%Y%m%d}-"
    names = connection.all("SELECT batch FROM hs_act WHERE batch LIKE ?", (f"{day}%",))
    return day + str(1 + max((int(name.removeprefix(day)) for (name,) in names), default=0))


def _prune(connection: DeskConnection, now: int) -> None:
    """Throw away old entries, with the day's first one; their ops stay."""
    today = str(now // _DAY_MS)
    if connection.meta(_PRUNED) == today:
        return
    connection.run("DELETE FROM hs_act WHERE at < ?", (now - KEPT_DAYS * _DAY_MS,))
    connection.run("DELETE FROM hs_act_place WHERE act NOT IN (SELECT id FROM hs_act)")
    connection.set_meta(_PRUNED, today)


def _acts(
    connection: DeskConnection, where: str, parameters: Sequence[Any], limit: int = -1
) -> tuple[Act, ...]:
    rows = connection.all(
        f"SELECT {_COLUMNS} FROM hs_act WHERE at >= ? AND {where} ORDER BY id DESC LIMIT ?",
        (milliseconds_of(connection.clock.tick()) - KEPT_DAYS * _DAY_MS, *parameters, limit),
    )
    return tuple(Act(*row) for row in rows)


class Whose(msgspec.Struct, frozen=True):
    """Whose acts are asked for: those of a person, at one place or (no scope) anywhere on this desk."""

    person: str
    scope: str = ""

    @property
    def condition(self) -> str:
        """The condition on an entry."""
        at_place = " AND id IN (SELECT act FROM hs_act_place WHERE scope = ?)" if self.scope else ""
        return f"person = ?{at_place}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters of `condition`."""
        return (self.person, self.scope) if self.scope else (self.person,)


def acts(connection: DeskConnection, whose: Whose, limit: int) -> tuple[Act, ...]:
    """Return the last acts, latest first, without undoing and redoing."""
    return _acts(connection, f"{whose.condition} AND kind NOT IN {BACK}", whose.parameters, limit)


def act(connection: DeskConnection, number: int) -> Act | None:
    """Return an act by its number; None when it is no longer kept."""
    return next(iter(_acts(connection, "id = ?", (number,))), None)


def to_undo(connection: DeskConnection, whose: Whose) -> Act | None:
    """Return the last act that stands."""
    where = f"{whose.condition} AND kind NOT IN {BACK} AND undone_by = 0"
    return next(iter(_acts(connection, where, whose.parameters, 1)), None)


def to_redo(connection: DeskConnection, whose: Whose) -> Act | None:
    """Return the last undoing that stands and after which nothing else was done."""
    where = (
        f"{whose.condition} AND kind = 'undo' AND undone_by = 0 AND id > coalesce((SELECT max(id) FROM hs_act"
        f" WHERE {whose.condition} AND kind NOT IN {BACK}), 0)"
    )
    return next(iter(_acts(connection, where, (*whose.parameters, *whose.parameters), 1)), None)


def batches(connection: DeskConnection) -> tuple[Act, ...]:
    """Return the batches of records that were read from files, latest first."""
    return _acts(connection, "batch <> ''", ())


def batch(connection: DeskConnection, name: str) -> Act | None:
    """Return a batch by its name; None when there is none, or it is no longer kept."""
    return next(iter(_acts(connection, "batch = ?", (name,))), None) if name else None


def places(connection: DeskConnection, of: Act) -> tuple[str, ...]:
    """Return the places where an act changed something."""
    return tuple(
        scope for (scope,) in connection.all("SELECT scope FROM hs_act_place WHERE act = ?", (of.id,))
    )
