"""The days on which answers were typed (完整率 of past days): the same at every desk and on the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sync_databases import KINDS, fresh
from sync_world import (
    MemoryCarrier,
    a_village,
    caller,
    new_desk,
    places,
    prepared_service,
    township_of,
    without_shipped_forms,
)

from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.running.service import Service
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.schema import Extension, Form, Question, Repeat
from hsdesk.model.answer import DELETED, MOVED_TO, Value
from hsdesk.model.clock import Clock
from hsdesk.model.days import day_number
from hsdesk.records.edits import Edit
from hsdesk.sync.loop import synchronise

VILLAGE, OTHER = a_village(places()), a_village(places(), 1)
TOWN = township_of(places(), VILLAGE)
FORM = Form(
    "dated",
    "1",
    "有必填的",
    root="data",
    children=(
        Question(name="name", key="name", type="text", required="true()"),
        Question(name="state", key="state", type="text", required="true()"),
        Question(
            name="done", key="done", type="text", required="true()", relevant="/data/state = '办结'",
        ),
        Question(name="phone", key="phone", type="text", required="true()", hs=Extension(cls="personal")),
        Question(name="note", key="note", type="text"),
        Repeat(
            "rows", "rows", children=(Question(name="who", key="who", type="text", required="true()"),)
        ),
    ),
)  # fmt: skip
COLUMNS = "_id, _required, _filled, _made, _settled, _later"


def at(day: int) -> date:
    return date(2026, 3, day)


class City:
    """A server and desks whose clocks stand where they are told."""

    def __init__(self, database: str, folder: Path) -> None:
        self._folder = folder
        self.service: Service = prepared_service(database, folder / "server", FORM)
        self.day = 1
        self.desks: dict[str, DeskFile] = {}

    def desk(self, name: str) -> DeskFile:
        if name not in self.desks:
            self.desks[name] = new_desk(self._folder / name, FORM)
        desk = self.desks[name]
        noon = datetime(2026, 3, self.day, 4, tzinfo=UTC).timestamp()
        desk._connection.clock = Clock(desk._connection.clock.last, wall=lambda: round(noon * 1000))
        return desk

    def type(self, who: str, record: str, day: int, **answers: Value) -> None:
        self.day = day
        self.put(who, Edit(VILLAGE, "dated", record, answers, f"{who}的人"))

    def put(self, name: str, edit: Edit) -> None:
        self.desk(name).commit(edit)

    def sync(self, *names: str) -> None:
        for name in names:
            desk, role = self.desk(name), "township" if name == "t" else "village"
            place = TOWN if name == "t" else VILLAGE
            who = caller(self.service, desk.device_id(), role, place, disposes=True)  # type: ignore[arg-type]
            synchronise(desk, MemoryCarrier(self.service, who), pause=lambda _: None)

    def rows(self, name: str = "") -> list[tuple[object, ...]]:
        """What a desk holds of the days, or the server."""
        sql = f"SELECT {COLUMNS} FROM dated ORDER BY _id"
        if name:
            return [tuple(row) for row in self.desk(name)._connection.all(sql)]
        with self.service.database.reading() as connection:
            return [tuple(row) for row in connection.all(sql)]

    def answered(self, day: int, name: str = "", place: str = VILLAGE) -> tuple[int, int]:
        """How many answers had to be there on a day, and how many were, at a desk or on the server."""
        if name:
            return self.desk(name).answered([place], at(day)).get(place, (0, 0))
        with self.service.database.reading() as connection:
            registers = CityRegisters(connection, {"dated": FORM}, places())
            return registers.answered([place], at(day)).get(place, (0, 0))

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()
        self.service.database.close()


@pytest.fixture(params=KINDS)
def city(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[City]:
    without_shipped_forms(monkeypatch)
    for url in fresh(request.param, tmp_path, postgres_url):
        made = City(url, tmp_path)
        yield made
        made.close()


def test_past_days_are_the_same_at_every_desk_on_the_server_and_on_a_new_laptop(city: City) -> None:
    city.type("a", "r1", 2, name="映山红", state="办理", phone="1")
    city.type("a", "r2", 3, name="常青", note="新办的")
    city.type("a", "r1", 4, **{"rows/x/who": "甲", "rows/x/_pos": "a"})
    city.sync("a", "b")
    city.type("b", "r1", 6, state="办结", note="快了")
    city.type("b", "r2", 7, name="常青树", state="办理")  # a correction, and what was lacking
    city.type("a", "r2", 8, phone="2")
    city.sync("b", "a", "b")
    city.type("a", "r1", 9, done="好了", **{"rows/y/_pos": "b"})
    city.type("b", "r3", 9, name="新来的", phone="3")
    city.type("b", "r3", 11, phone=None)
    city.sync("a", "b", "a", "new", "t")
    assert city.rows()
    assert city.rows("a") == city.rows("b") == city.rows("new") == city.rows("t") == city.rows()
    on_days = {
        1: (0, 0),
        2: (3, 2),  # 映山红: its state as it is now was typed later; 办结情况 is not asked yet
        3: (6, 2),  # 常青: its name as it is now was typed later
        4: (7, 3),  # a row
        5: (7, 3),
        6: (8, 4),  # the state, which asks for 办结情况
        7: (8, 6),
        8: (8, 7),
        9: (12, 9),  # that, an empty row, and a record whose telephone was emptied later
        10: (12, 9),
        31: (12, 9),
    }
    for name in ("", "a", "b", "new", "t"):
        assert {day: city.answered(day, name) for day in on_days} == on_days, name


def test_tables_made_again_say_the_same_of_past_days(city: City) -> None:
    city.type("a", "r1", 2, name="映山红")
    city.type("a", "r1", 5, state="办结", phone="1", **{"rows/x/_pos": "a"})
    city.sync("a")
    before = city.rows("a")
    assert before == city.rows() == [("r1", 5, 3, day_number(at(2)), day_number(at(5)), before[0][5])]
    city.desk("a").rebuild()
    with city.service.database.writing() as connection:
        city.service.ledger.shapes.current(connection)
        city.service.ledger.shapes.registers["dated"].make_tables(connection, anew=True)
    assert city.rows("a") == city.rows() == before


def test_records_erased_deleted_or_moved_keep_days_that_every_replica_knows(city: City) -> None:
    for record in ("r1", "r2", "r3"):
        city.type("a", record, 2, name=record, state="办理", phone="1")
    city.type("a", "r1", 4, state="办结")
    city.sync("a", "t")
    city.day = 6
    city.put("a", Edit(VILLAGE, "dated", "r1", {"phone": None}, "a的人", erases=True))
    city.put("a", Edit(VILLAGE, "dated", "r2", {DELETED: "重复"}, "a的人"))
    city.sync("a")
    city.day = 7
    city.put("t", Edit(VILLAGE, "dated", "r3", {MOVED_TO: OTHER}, "t的人"))
    city.sync("t", "a", "t", "new")
    assert city.rows("t") == city.rows()
    assert city.rows("a") == city.rows("new") == [row for row in city.rows() if row[0] != "r3"]
    for name in ("", "t"):
        assert [city.answered(day, name) for day in (1, 2, 3, 4, 31)] == [
            (0, 0), (3, 1), (3, 1), (4, 2), (4, 2),
        ]  # fmt: skip
        assert [city.answered(day, name, OTHER) for day in (1, 2, 31)] == [(0, 0), (3, 3), (3, 3)]
