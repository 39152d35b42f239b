"""What stands in the ledger and would be refused today, record by record (`server audit verify`).

It came in before the table of `validation` decided. It stays, counts and goes on being edited and deleted by
those it belongs to; an official is told of it. Each place is read by itself, so that a city fits in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from hsdesk.city.ledger import owners, validation
from hsdesk.city.ledger.owners import Owner
from hsdesk.city.ledger.stream import part_of
from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.registers import ServerRegister
from hsdesk.model.answer import MERGED_INTO, SYSTEM, Class, generic, members
from hsdesk.model.place import Directory
from hsdesk.records.form_shape import FormShape
from hsdesk.records.op import WHOLE
from hsdesk.records.parts import Part, filled

UNREADABLE = "有内容不是现在的登记表能读的，没有列入表中。"
Key = tuple[str, str]  # form, record


class Breach(msgspec.Struct, frozen=True):
    """A record that would not be taken today: where it lies, and the sentence that an op would get."""

    place: str  # its code, or its id where there is no such place
    register: str
    record: str
    reason: str


class Standing:
    """The work of going through a ledger."""

    def __init__(
        self,
        connection: Connection,
        shapes: Mapping[str, FormShape],
        registers: Mapping[str, ServerRegister],
        places: Directory,
    ) -> None:
        self._connection = connection
        self._shapes = shapes
        self._registers = registers
        self._places = places

    def breaches(self) -> Iterator[Breach]:
        """Yield what would be refused today, place by place."""
        for (scope,) in self._connection.all("SELECT DISTINCT scope FROM hs_stream ORDER BY scope"):
            place = self._places.get(scope)
            for (form, record), held in self._records(scope).items():
                for reason in dict.fromkeys(self._reasons(scope, form, record, held)):
                    yield Breach(place.code if place else scope, form, record, reason)

    def _records(self, scope: str) -> dict[Key, dict[Class, Part]]:
        rows = self._connection.all(
            "SELECT record, cls, form, body FROM hs_state WHERE scope = ? ORDER BY form, record", scope
        )
        found: dict[Key, dict[Class, Part]] = {}
        for record, cls, form, body in rows:
            found.setdefault((form, record), {})[cls] = part_of(bytes(body))
        return found

    def _reasons(self, scope: str, form: str, record: str, held: Mapping[Class, Part]) -> Iterator[str]:
        shape, place = self._shapes.get(form), self._places.get(scope)
        if place is None:
            yield validation.NO_PLACE
        if shape is None:
            yield validation.NO_FORM
            return
        if place is not None and place.level not in shape.levels:
            yield validation.WRONG_LEVEL.format(place=place.name)
        owner = owners.read(self._connection, (record,)).get(record)
        if owner != Owner(scope, form):
            yield validation.OWNED_ELSEWHERE if owner and owner.scope != scope else validation.OTHER_FORM
        for cls, part in held.items():
            is_erased = self._is_erased(scope, cls, record)
            yield from self._of_part(scope, shape, (cls, part), is_erased=is_erased)
        if form in self._registers and not self._registers[form].is_readable((scope, record), held):
            yield UNREADABLE

    def _is_erased(self, scope: str, cls: Class, record: str) -> bool:
        """Tell whether the whole of a part was erased: it then says `_deleted`, wherever it stands."""
        whole = "SELECT 1 FROM hs_erased WHERE scope = ? AND cls = ? AND record = ? AND path = ?"
        return bool(self._connection.all(whole, scope, cls, record, WHOLE))

    def _of_part(
        self, scope: str, shape: FormShape, held: tuple[Class, Part], *, is_erased: bool
    ) -> Iterator[str]:
        cls, answers = held[0], filled(held[1].answers)
        if cls not in shape.classes:
            yield validation.NO_PART
        for path in answers:
            act = validation.act_of(path) if path.rpartition("/")[2] in SYSTEM else "write"
            if act is None or (cls != shape.cls and not validation.TABLE[act].beside and not is_erased):
                yield validation.NOT_MAIN.format(path=path)
        yield from self._named(scope, shape, answers)

    def _named(self, scope: str, shape: FormShape, answers: Mapping[str, object]) -> Iterator[str]:
        into = answers.get(MERGED_INTO)
        if isinstance(into, str) and self._owner(into) != Owner(scope, shape.form_id):
            yield validation.MERGED_ELSEWHERE
        for path, value in answers.items():
            if generic(path) not in shape.references:
                continue
            named = value if isinstance(value, tuple) else members(str(value))
            elsewhere = (one for one in map(self._owner, named) if one is not None)
            if any(not validation.in_line(self._places, scope, one.scope) for one in elsewhere):
                yield validation.NAMED_ELSEWHERE.format(path=path)

    def _owner(self, record: str) -> Owner | None:
        return owners.read(self._connection, (record,)).get(record)
