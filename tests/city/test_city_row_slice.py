"""A row of which an edit wrote only some columns is the row that would be made of the whole record."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sync_databases import KINDS, fresh
from sync_server import a_village, caller, mixed_form, new_ids, places, prepared_service

from hsdesk.city.running.service import Service
from hsdesk.city.sql.registers import ServerRegister
from hsdesk.forms.projection import ColumnReach, reach
from hsdesk.forms.schema import Form, Question
from hsdesk.model.answer import DELETED, MERGED_INTO, Class, SetDelta, Written
from hsdesk.model.clock import reading
from hsdesk.records.op import ALL_SEEN, Op, Seen
from hsdesk.registers.tables import all_tables, quoted, register_table
from hsdesk.wire.messages import Push

NOW = 1_763_800_000_000
DAY = 86_400_000
VILLAGE = a_village(places())


_FIRST = Question(name="code", key="code", type="text")


def plain_form() -> Form:
    """Every kind of answer, two of them required, in a form whose columns stand for themselves.

    Its first text is not its title, but stands in for it as long as that is empty.
    """
    form = mixed_form()
    required = Question(name="sum", key="sum", type="decimal", data_type="decimal", required="true()")
    must = [
        msgspec.structs.replace(one, required="true()") if one.name == "phone" else one
        for one in form.children
        if isinstance(one, Question)
    ]
    return msgspec.structs.replace(form, children=(_FIRST, *must, required, form.children[-1]))


def computing_form() -> Form:
    """Like the plain one, but for a column that follows another."""
    form = plain_form()
    twice = Question(name="twice", key="twice", type="calculate", calculation="../count * 2")
    return msgspec.structs.replace(form, children=(*form.children, twice))


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[str]:
    yield from fresh(request.param, tmp_path, postgres_url)


def some_answers(chance: random.Random, cls: Class) -> dict[str, Written]:
    made: dict[str, Written] = {
        "name": chance.choice(["张三", "李“四”", "", None]),
        "count": chance.choice([0, 7, None]),
        "since": chance.choice(["2020-03-01", None]),
        "tags": SetDelta(add=(chance.choice("abc"),), remove=(chance.choice("abc"),)),
        "code": chance.choice(["A1", "B2", None]),
        "asked": chance.choice(["甲", "乙"]),
        "sum": chance.choice([1, 2.5, None]),  # an unknown answer where the form does not ask it
        "unknown": "旧栏目",
        "members/r1/who": chance.choice(["丁", None]),
        DELETED: chance.choice(["登记重复", None, None]),
        MERGED_INTO: None,
    }
    if cls == "personal":
        made = {"phone": chance.choice(["139", None])}
    return {path: made[path] for path in chance.sample(list(made), chance.randint(1, min(3, len(made))))}


@pytest.mark.parametrize(
    "form", [plain_form(), computing_form(), mixed_form()], ids=["plain", "computing", "nothing required"]
)
def test_edits_of_some_answers_leave_the_rows_that_whole_records_make(
    database: str, tmp_path: Path, form: Form
) -> None:
    service = prepared_service(database, tmp_path / "server", form, now_ms=lambda: NOW)
    chance, ids = random.Random(11), new_ids(5)
    records = [next(ids) for _ in range(6)]
    desks = ("device-a", "device-b")
    seqs = dict.fromkeys(desks, 0)
    for _ in range(100):
        device = chance.choice(desks)
        ops = []
        for _ in range(chance.choice((1, 1, 2, 8))):
            seqs[device] += 1
            cls: Class = chance.choice(("common", "common", "personal"))
            ops.append(
                Op(
                    device=device, epoch=1, seq=seqs[device], scope=VILLAGE, cls=cls,
                    record=chance.choice(records), form="mixed", version=chance.choice("12"),
                    seen=chance.choice((Seen(0, 1, seqs[device] - 1), ALL_SEEN)), wide=True,
                    hlc=reading(NOW - chance.randint(0, 9) * DAY),
                    person="甲", answers=some_answers(chance, cls),
                )
            )  # fmt: skip
        who = caller(service, device, "village", VILLAGE)
        service.ledger.push(who, Push(device, 1, service.ledger.server_epoch, tuple(ops)))
        kept = rows(service, form)
        with service.database.writing() as connection:
            ServerRegister(form).refill(connection)
        assert rows(service, form) == kept
    service.database.close()


def rows(service: Service, form: Form) -> list[list[tuple[object, ...]]]:
    with service.database.reading() as connection:
        return [
            sorted(connection.all(f"SELECT * FROM {quoted(table.name)}"), key=repr)
            for table in all_tables(register_table(form))
        ]


def test_an_edit_reaches_title_and_counts_only_where_they_follow() -> None:
    form = mixed_form()
    found = reach(form, frozenset({"asked"}))
    assert found == ColumnReach(frozenset({"asked"}), title=False, counts=False)
    assert reach(form, frozenset({"name"})) == ColumnReach(frozenset({"name"}), title=True, counts=False)
    found = reach(plain_form(), frozenset({"asked"}))
    assert found == ColumnReach(
        frozenset({"asked"}), title=False, counts=True
    )  # whose day it was made may change
    assert reach(plain_form(), frozenset({"sum"})) == ColumnReach(
        frozenset({"sum"}), title=False, counts=True
    )


@pytest.mark.parametrize("path", [DELETED, "members/r1/who", "unknown"])
def test_what_is_no_column_of_its_own_reaches_the_whole_row(path: str) -> None:
    assert reach(plain_form(), frozenset({path})) is None


def test_in_a_form_that_computes_every_edit_reaches_the_whole_row() -> None:
    assert reach(computing_form(), frozenset({"asked"})) is None
