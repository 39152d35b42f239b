"""A township's desk and a city server with registers that refer to each other, in two villages."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from sync_world import MemoryCarrier, a_village, caller, new_desk, places, prepared_service, township_of
from typed_rows import Rows, typed_rows

from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.running.service import Service
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.schema import Extension, Form, Question, Repeat
from hsdesk.language.aggregate import Aggregate, Related
from hsdesk.model.answer import DELETED, MERGED_INTO, MOVED_TO, Class, SetDelta, Written
from hsdesk.model.clock import reading
from hsdesk.records.op import ALL_SEEN, Op
from hsdesk.sync.loop import synchronise
from hsdesk.wire.messages import Push

ONE, TWO = a_village(places()), a_village(places(), 1)
VILLAGES = (ONE, TWO)
_NOW = 1_763_800_000_000


def _refers(
    name: str, kind: str = "select_one", cls: Class | str = "", was: tuple[str, ...] = ()
) -> Question:
    data = "select" if kind == "select_multiple" else "string"
    extension = Extension(cls=cls, title=name == "org", was=was)  # type: ignore[arg-type]
    return Question(name, name, kind, data, list_name="org", reference="org", hs=extension)  # type: ignore[arg-type]


def org_form() -> Form:
    named = Question("name", "name", "text", hs=Extension(title=True, search=True))
    return Form("org", "1", "组织", children=(named, _refers("parent")))


def event_form(version: str = "1", org: str = "org", was: tuple[str, ...] = ()) -> Form:
    """Refers in every way: one, several, of another class, in rows of a roster and of one inside it."""
    inner = Repeat("helpers", "helpers", children=(_refers("helper"),))
    guests = Repeat(
        "guests", "guests", children=(_refers("sent_by"), _refers("along", "select_multiple"), inner)
    )
    note = Question("note", "note", "text")
    asked = (
        note,
        _refers(org, was=was),
        _refers("partners", "select_multiple"),
        _refers("helped_by", "select_multiple"),
        _refers("payer", cls="personal"),
        guests,
    )
    return Form("event", version, "活动", children=asked)


FORMS = (org_form(), event_form())
HOLDING = Aggregate("org", exists=(Related("event", "org = current()/_id", "true()", anywhere=True),))
INVITED = Aggregate(
    "org", exists=(Related("event/guests", "sent_by = current()/_id", "true()", anywhere=True),)
)
LED = Aggregate("event", exists=(Related("org", "_id = current()/org", "true()"),), group_by="place")
FIGURES = (HOLDING, INVITED, LED)


class Merging:
    """A desk of the township and one of the first village at a city server, and a device that types."""

    def __init__(self, url: str, folder: Path) -> None:
        self.service: Service = prepared_service(url, folder / "server", *FORMS, now_ms=lambda: _NOW)
        self.township = new_desk(folder / "township", *FORMS)
        self.village = new_desk(folder / "village", *FORMS)
        above = township_of(places(), ONE)
        self._who = caller(self.service, "typing", "township", above, disposes=True)
        self._carriers = {
            "township": (self.township, self._carrier(self.township, "township", above)),
            "village": (self.village, self._carrier(self.village, "village", ONE)),
        }
        self._seq = count(1)

    def _carrier(self, desk: DeskFile, role: Any, place: str) -> MemoryCarrier:
        who = caller(self.service, desk.device_id(), role, place, disposes=True)
        return MemoryCarrier(self.service, who)

    def op(
        self, record: str, answers: Mapping[str, Written], *, scope: str = ONE, cls: Class = "common",
        form: str = "event", erases: bool = False,
    ) -> Op:  # fmt: skip
        seq = next(self._seq)
        return Op(
            device="typing", epoch=1, seq=seq, scope=scope, cls=cls, record=record, form=form, version="1",
            seen=ALL_SEEN, wide=True, server_epoch=self.service.ledger.server_epoch,
            hlc=reading(_NOW + seq), person="样例", answers=dict(answers), erases=erases,
        )  # fmt: skip

    def push(self, *ops: Op) -> None:
        receipt = self.service.ledger.push(
            self._who, Push("typing", 1, self.service.ledger.server_epoch, ops)
        )
        assert receipt.last == ops[-1].seq

    def org(self, record: str, scope: str = ONE) -> None:
        self.push(self.op(record, {"name": f"组织{record}"}, scope=scope, form="org"))

    def merge(self, record: str, into: str | None, scope: str = ONE) -> None:
        self.push(self.op(record, {MERGED_INTO: into}, scope=scope, form="org"))

    def event(self, record: str, org: str, scope: str = ONE) -> None:
        self.push(*self.referring(record, org, scope))

    def referring(self, record: str, org: str, scope: str = ONE) -> tuple[Op, Op]:
        """Ops that name an organization in every way."""
        row, helper = "guests/r1", "guests/r1/helpers/h1"
        plain: dict[str, Written] = {
            "org": org, "partners": SetDelta(add=(org,)), f"{row}/sent_by": org,
            f"{row}/along": SetDelta(add=(org,)), f"{helper}/helper": org,
        }  # fmt: skip
        return (
            self.op(record, plain, scope=scope),
            self.op(record, {"payer": org}, scope=scope, cls="personal"),
        )

    def move(self, record: str, source: str, target: str, form: str = "org") -> None:
        self.push(self.op(record, {MOVED_TO: target}, scope=source, form=form))

    def erase(self, record: str, scope: str = ONE, form: str = "org") -> None:
        self.push(self.op(record, {DELETED: "本人要求清除"}, scope=scope, form=form, erases=True))

    def sync(self) -> None:
        for desk, carrier in self._carriers.values():
            synchronise(desk, carrier, pause=lambda _: None)

    # What the tables hold

    def city_rows(self, scopes: tuple[str, ...] = VILLAGES) -> Rows:
        with self.service.database.reading() as connection:
            return typed_rows(connection.all, FORMS, scopes)

    def desk_rows(self, desk: DeskFile, scopes: tuple[str, ...] = VILLAGES) -> Rows:
        return typed_rows(lambda sql, *values: desk._connection.all(sql, values), FORMS, scopes)

    def shown(self, record: str = "e") -> set[Any]:
        """Which organizations the city's rows of an event show."""
        with self.service.database.reading() as connection:
            ((org, partners, payer),) = connection.all(
                "SELECT org, partners, payer FROM event WHERE _id = ?", record
            )
            guests = connection.all("SELECT sent_by, along FROM event__guests WHERE _record = ?", record)
            helpers = connection.all("SELECT helper FROM event__guests__helpers WHERE _record = ?", record)
        sets = {partners, *(along for _, along in guests)}
        return {org, payer, *(sent for sent, _ in guests), *(one for (one,) in helpers)} | {
            text.strip('[]"') for text in sets
        }

    def city_figures(self) -> list[Mapping[str, float] | None]:
        directory, forms = self.service.ledger.directory, {form.form_id: form for form in FORMS}
        with self.service.database.reading() as connection:
            registers = CityRegisters(connection, forms, directory)
            return list(registers.figures(FIGURES, VILLAGES))

    def desk_figures(self) -> list[Mapping[str, float] | None]:
        return list(self.township.figures(FIGURES, VILLAGES))

    def make_anew(self) -> None:
        """Make all tables again from the record parts, the city's and the desks'."""
        self.township.rebuild()
        self.village.rebuild()
        with self.service.database.writing() as connection:
            self.service.ledger.shapes.current(connection)
            for register in self.service.ledger.shapes.registers.values():
                if register.form in FORMS:
                    register.make_tables(connection, anew=True)

    def close(self) -> None:
        self.township.close()
        self.village.close()
        self.service.database.close()
