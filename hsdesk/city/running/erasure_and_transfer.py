"""What an official does with records (处置): moving them to another place, erasing them (清除), or refusing.

All are ops like any other, of the server's own device: they are numbered, merged, logged and told to every
desk in the same way. The verb `dispose` at the places concerned allows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from hsdesk.city.ledger import asked
from hsdesk.city.ledger.asked import OpenRequest
from hsdesk.city.ledger.ledger import Ledger
from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.people.enrolment import SERVER
from hsdesk.city.people.permission import Caller, Official, Reach, Rule, administrator, tops
from hsdesk.city.people.writers import WriterNames
from hsdesk.city.reference import stream
from hsdesk.city.running.service import open_service
from hsdesk.city.sql import said
from hsdesk.city.sql.database import Connection, Database
from hsdesk.errors import DataError, Locked, Missing
from hsdesk.forms.naming import identifier
from hsdesk.language.problem import ExpressionError
from hsdesk.model.answer import DELETED, ERASURE, MOVED_TO, Class, Written
from hsdesk.model.clock import moment_of, reading, wall_milliseconds
from hsdesk.model.place import Directory, Place
from hsdesk.records.chain import new_nonce
from hsdesk.records.op import ALL_SEEN, Op
from hsdesk.registers.tables import quoted
from hsdesk.wire.messages import Push, Receipt

_EPOCH = 1
_AT_ONCE = 500
_TRIES = 20


class RemovalResult(msgspec.Struct, frozen=True):
    """How many records were dealt with, and why others were not."""

    done: int
    refused: tuple[str, ...] = ()


class ErasureAsked(msgspec.Struct, frozen=True):
    """A request to erase that waits for an official (清除申请); `id` is the record's, `at` local ISO time."""

    id: str
    place: str  # its code
    place_name: str
    register: str
    title: str
    fields: tuple[str, ...]  # () the whole record
    reason: str
    by: str
    device: str
    at: str


class _Asked(msgspec.Struct, frozen=True):
    """An op to be: all but its number and time."""

    scope: str
    cls: Class
    record: str
    form: str
    answers: dict[str, Written]
    erases: bool = False


class RecordRemoval:
    """An official's work on the records of a city server."""

    def __init__(self, ledger: Ledger, by: Official, now_ms: Callable[[], int] = wall_milliseconds) -> None:
        self._ledger = ledger
        self._by = by
        self._now_ms = now_ms

    @property
    def directory(self) -> Directory:
        """The places as they are today."""
        return self._ledger.directory

    def move(self, source: str, target: str, register: str = "", where: str = "") -> RemovalResult:
        """Move the records of one place to another: all, those of a register, or those that fit a predicate.

        Raises Refused without the verb at both places, Missing for an unknown register, DataError for a
        predicate that is none.
        """
        self._by.reach.require("dispose", (Rule(source), Rule(target)))
        with self._ledger.database.reading() as connection:
            wanted = tuple(self._moves(connection, source, target, (register, where)))
        return self._push(wanted)

    def follow_mergers(self) -> dict[str, RemovalResult]:
        """Move what closed places that went into just one other still hold; return it by the place's code."""
        found = {}
        for place, heir in _mergers(self._ledger.directory):
            moved = self.move(place.id, heir.id)
            if moved.done or moved.refused:
                found[place.code] = moved
        return found

    def erase(self, record: str, fields: Sequence[str], reason: str) -> RemovalResult:
        """Erase a record, or some of its answers, wherever it lies within the official's places.

        Raises DataError if there is none, whether it lies elsewhere or nowhere.
        """
        if not reason.strip():
            raise DataError("请写明清除的原因。", field="reason")
        with self._ledger.database.reading() as connection:
            found = self._erasures(connection, record, fields, reason.strip())
            wanted = tuple(one for one in found if self._by.reach.may("dispose", one.scope))
        if not wanted:
            raise DataError("没有这条记录（{record}），或没有清除它的权限。没有改动。", record=record)
        return self._push(wanted)

    def requests(self) -> tuple[ErasureAsked, ...]:
        """Return the requests to erase that wait, within the official's places, oldest record first."""
        self._by.reach.require_somewhere("dispose")
        with self._ledger.database.reading() as connection:
            forms, names = stream.latest_forms(connection), WriterNames(connection)
            return tuple(
                self._listed(connection, one, names[one.by.device, one.by.person])
                for one in asked.open_requests(connection)
                if self._by.reach.may("dispose", one.scope) and one.form in forms
            )

    def _listed(self, connection: Connection, one: OpenRequest, by: str) -> ErasureAsked:
        titles = connection.all(
            f"SELECT _title FROM {quoted(identifier(one.form))} WHERE _scope = ? AND _id = ?",
            one.scope,
            one.record,
        )
        place = self._by.reach.places.by_id(one.scope)
        return ErasureAsked(
            id=one.record,
            place=place.code,
            place_name=place.name,
            register=one.form,
            title=str(titles[0][0] or "") if titles else "",
            fields=one.asked.fields,
            reason=one.asked.reason,
            by=by,
            device=one.by.device,
            at=moment_of(one.by.hlc).astimezone().isoformat(timespec="seconds"),
        )

    def confirm(self, record: str) -> RemovalResult:
        """Erase what was asked for (同意清除). Raises Missing for a record of which nothing is asked."""
        wanted: list[_Asked] = []
        for one in self._asked_of(record):
            with self._ledger.database.reading() as connection:
                found = self._erasures(connection, record, one.asked.fields, one.asked.reason)
                wanted += [each for each in found if each.scope == one.scope]
            if one.asked.fields:
                wanted.append(_Asked(one.scope, one.cls, record, one.form, {ERASURE: None}))
        return self._push(wanted)

    def refuse(self, record: str, reason: str) -> RemovalResult:
        """Answer that nothing is erased, and why (不同意清除). Raises as `confirm` does, DataError."""
        if not reason.strip():
            raise DataError("请写明不同意清除的原因。", field="reason")
        wanted = []
        for one in self._asked_of(record):
            refused = msgspec.structs.replace(one.asked, refused=reason)
            wanted.append(_Asked(one.scope, one.cls, record, one.form, {ERASURE: refused.answer()}))
        return self._push(wanted)

    def _asked_of(self, record: str) -> list[OpenRequest]:
        with self._ledger.database.reading() as connection:
            found = [
                one
                for one in asked.open_requests(connection, record)
                if self._by.reach.may("dispose", one.scope)
            ]
        if not record or not found:
            raise Missing("没有等着办的清除申请“{id}”。用 server erase --list 看有哪些。", id=record)
        return found

    def _moves(
        self, connection: Connection, source: str, target: str, which: tuple[str, str]
    ) -> Iterator[_Asked]:
        shapes = self._ledger.shapes.current(connection)
        register, where = which
        rows = connection.all("SELECT DISTINCT record, form FROM hs_state WHERE scope = ?", source)
        wanted = None
        if register:
            forms = stream.latest_forms(connection)
            directory = self._ledger.published.current(connection).directory
            registers = CityRegisters(connection, forms, directory)
            registers.form(register)
            try:
                wanted = {one.id for one in registers.records(register, (source,), where) or ()}
            except ExpressionError as error:
                raise DataError(
                    "条件“{where}”写得不对，没有转移。", where=where, detail=str(error)
                ) from error
        for record, form in sorted(rows):
            if form in shapes and (wanted is None or record in wanted):
                yield _Asked(source, shapes[form].cls, record, form, {MOVED_TO: target})

    def _erasures(
        self, connection: Connection, record: str, fields: Sequence[str], reason: str
    ) -> Iterator[_Asked]:
        shapes = self._ledger.shapes.current(connection)
        rows = connection.all("SELECT DISTINCT scope, form FROM hs_state WHERE record = ?", record)
        for scope, form in rows:
            shape = shapes[form]
            if not fields:
                for cls in shape.classes:
                    yield _Asked(scope, cls, record, form, {DELETED: reason}, erases=True)
                continue
            by_class: dict[Class, dict[str, Written]] = {}
            for field in fields:
                by_class.setdefault(shape.class_of(field), {})[field] = None
            for cls, answers in by_class.items():
                yield _Asked(scope, cls, record, form, answers, erases=True)

    def _push(self, wanted: Sequence[_Asked]) -> RemovalResult:
        """Send the ops as the server's own device does, 500 at a time."""
        refused: list[str] = []
        for start in range(0, len(wanted), _AT_ONCE):
            receipt = self._push_some(wanted[start : start + _AT_ONCE])
            refused += [one.reason for one in receipt.results if one.outcome == "rejected"]
        return RemovalResult(len(wanted) - len(refused), tuple(dict.fromkeys(refused)))

    def _push_some(self, wanted: Sequence[_Asked]) -> Receipt:
        for _ in range(_TRIES):
            with self._ledger.database.reading() as connection:
                held = said.held(connection, SERVER, _EPOCH)
            ops = tuple(self._op(one, seq) for seq, one in enumerate(wanted, held.last + 1))
            push = Push(SERVER, _EPOCH, self._ledger.server_epoch, ops, held.chain)
            receipt = self._ledger.push(_everywhere(self._ledger.directory), push)
            if receipt.last == ops[-1].seq and not receipt.unlike:
                return receipt
        raise Locked("市级服务器正忙，没有做完。请稍后再做一次，做过的不会重复。")

    def _op(self, wanted: _Asked, seq: int) -> Op:
        return Op(
            device=SERVER,
            epoch=_EPOCH,
            seq=seq,
            scope=wanted.scope,
            cls=wanted.cls,
            record=wanted.record,
            form=wanted.form,
            version="",
            seen=ALL_SEEN,
            wide=True,
            server_epoch=self._ledger.server_epoch,
            nonce=new_nonce(),
            hlc=reading(self._now_ms()),
            person=self._by.name,
            answers=wanted.answers,
            erases=wanted.erases,
        )


def office(database: Database) -> RecordRemoval:
    """Return the administrator's own work at the server itself. Raises Missing before `server init`."""
    ledger = open_service(database).ledger
    return RecordRemoval(ledger, administrator(ledger.directory))


def _everywhere(directory: Directory) -> Caller:
    """Return the server's own device: it writes what an official has been allowed to have written."""
    rules = tuple(Rule(place, verbs=("read", "write", "dispose")) for place in tops(directory))
    return Caller(SERVER, Reach("township", rules, directory))


def _mergers(directory: Directory) -> Iterator[tuple[Place, Place]]:
    for place in directory:
        if place.level == "village" and not place.is_valid_on(directory.day):
            heirs = directory.heirs(place.id, directory.day)
            if len(heirs) == 1:
                yield place, heirs[0]
