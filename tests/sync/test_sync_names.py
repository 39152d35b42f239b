"""Any ids and names of forms, accepted or refused, by the real doors: nothing stops a desk or the city."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sync_databases import KINDS, fresh
from sync_world import MemoryCarrier, a_village, caller, new_desk, new_ids, places, put
from tables import form_of

from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.reference.stream import latest_forms
from hsdesk.city.running import administration
from hsdesk.city.running.service import open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.desk.predicates import condition
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import FormError
from hsdesk.forms.lint import troubles_of
from hsdesk.forms.schema import Extension, Form, Question, Repeat
from hsdesk.model.public_id import is_public_id
from hsdesk.records.parts import Mark, Part
from hsdesk.registers.query import Query
from hsdesk.sync.loop import SyncReport, synchronise

VILLAGE = a_village(places())
_IDS = st.one_of(
    st.sampled_from(
        ["SURVEY9", "survey9", "survey9__rows",
         "2026/Q1调查", ".", "..", "../x", "", "GRID", "grid", "hs_form", "pg_class",
         "sqlite_master", "a_pkey",
         "select", "a" * 48, "a" * 49, "date", "order", "person26_pkey", "a'b", 'a"b', "a;--"]
    ),
    st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True),
    st.text(max_size=6),
)  # fmt: skip
_XML_NAMES = st.one_of(
    st.sampled_from(
        ["name", "Name", "NAME", "name~2", "_abc", "_n", "_scope",
         "rowid", "order", "select", "xmin", "ctid", "_id",
         "oid", "_pos", "_row",
         "_record", "_version", "姓名", "a.b", "a-b", "长" * 30, "长" * 31, "meta", "group"]
    ),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True),
)  # fmt: skip
_NAMES = st.lists(_XML_NAMES, min_size=1, max_size=5, unique=True)


class Met:
    """One city and one desk that all the invented forms of a test meet."""

    def __init__(self, url: str, folder: Path) -> None:
        administration.init(url, folder / "keys")
        self.service = open_service(open_database(url))
        self.desk = new_desk(folder / "desk")
        self.records = new_ids(7)
        self.versions = count(1)
        who = caller(self.service, self.desk.device_id(), "village", VILLAGE)
        self.carrier = MemoryCarrier(self.service, who)

    def sync(self) -> SyncReport:
        return synchronise(self.desk, self.carrier)

    def states(self, form: str, record: str) -> int:
        """Return in how many parts the city holds a record."""
        with self.service.database.reading() as connection:
            return len(connection.all("SELECT 1 FROM hs_state WHERE form = ? AND record = ?", form, record))


@pytest.fixture(params=KINDS)
def met(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Met]:
    for url in fresh(request.param, tmp_path, postgres_url):
        made = Met(url, tmp_path)
        yield made
        made.desk.close()
        made.service.database.close()


def invented(form_id: str, version: str, names: list[str], below: list[str]) -> Form:
    asked = tuple(Question(name=name, key=name, type="text") for name in names)
    rows = Repeat("rows", "rows", tuple(Question(name=name, key=name, type="text") for name in below))
    return Form(form_id, version, "调查", children=(*asked, rows))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(_IDS, _NAMES, _NAMES)
def test_a_form_that_is_published_is_synced_filled_and_pushed_whatever_its_names(
    met: Met, form_id: str, names: list[str], below: list[str]
) -> None:
    form = invented(form_id, str(next(met.versions)), names, below)
    if any(trouble.severity == "error" for trouble in troubles_of(form)):
        return  # forms check says why
    try:
        administration.publish_form(met.service, form)
    except FormError as refused:
        assert str(refused)
        assert not is_public_id(form_id) or "同一个名称" in str(refused) or "不能用" in str(refused)
        return
    assert is_public_id(form_id)
    assert met.sync().rejected == 0
    record = next(met.records)
    told = {name: f"值 {name}" for name in names}
    rows = {f"rows/r1/{name}": "行" for name in below}
    put(met.desk, VILLAGE, record, {**told, **rows, "rows/r1/_pos": "a"}, form=form_id)
    done = met.sync()
    assert (done.pushed, done.rejected, done.waiting) == (1, 0, 0)
    assert answers(met.desk, form_id, record) >= told.items()
    assert met.states(form_id, record) == 1


def answers(desk: DeskFile, form_id: str, record: str) -> set[tuple[str, object]]:
    (row,) = (one for one in desk.query(form_id) if one.record == record)
    return {(name, value) for name, value in row.values.items() if isinstance(value, str)}


def test_the_city_makes_its_rows_anew_when_a_class_has_no_question_any_more(met: Met) -> None:
    asked = tuple(
        Question(name=name, key=name, type="text", hs=Extension(cls=cls))
        for name, cls in (("who", ""), ("id_no", "personal"))
    )
    form = Form("survey9", "1", "调查", children=asked)
    administration.publish_form(met.service, form)
    with met.service.database.writing() as connection:
        body = msgspec.msgpack.encode(Part("survey9", "1", 1, {"id_no": "1"}, Mark(1, 1, "d", 1, 1, "张三")))
        connection.run(
            "INSERT INTO hs_state (scope, cls, record, form, rev, digest, body)"
            " VALUES (?, 'personal', 'r1', 'survey9', 1, 0, ?)", VILLAGE, body,
        )  # fmt: skip
    administration.publish_form(met.service, msgspec.structs.replace(form, version="2", children=asked[:1]))
    assert met.sync().complete


_SLOW = "^(a|aa)+$"  # a back-tracking matcher tries every way to cut 60 letters up, and never ends
_TYPED = "a" * 60 + "!"


def test_an_answer_against_a_pattern_with_too_many_ways_stops_no_door(met: Met) -> None:
    cell = _SLOW.replace("|", r"\|")  # as Markdown writes it
    table = f"""
        | survey |
        |        | type | name | label | relevant                 | constraint          |
        |        | text | a    | 编号  |                          | regex(., '{cell}') |
        |        | text | b    | 说明  | regex(${{a}}, '{cell}') |                     |
        |        | text | c    | 备注  | not(regex(${{a}}, '{cell}')) |                |
    """
    form = form_of(table, "| settings | | |\n| | form_id | version |\n| | slow_one | 1 |\n")
    administration.publish_form(met.service, form)
    met.sync()
    record = next(met.records)
    put(met.desk, VILLAGE, record, {"a": _TYPED, "b": "不该显示", "c": "显示"}, form="slow_one")
    assert met.sync().rejected == 0
    where = f"regex(a, '{_SLOW}')"
    rule = condition(form, f"not({where})")
    assert answers(met.desk, "slow_one", record) == {("a", _TYPED), ("c", "显示")}
    assert len(met.desk.query("slow_one", Query(where=rule.sql, keep=rule.keep))) == 1
    directory = met.service.ledger.directory
    with met.service.database.reading() as connection:
        city = CityRegisters(connection, latest_forms(connection), directory)
        (found,) = city.records("slow_one", (VILLAGE,), f"not({where})") or ()
        assert not city.records("slow_one", (VILLAGE,), where)
    assert dict(found.values) == {"a": _TYPED, "c": "显示"}
