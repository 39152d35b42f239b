"""Registers over records in memory, for reports: the whole city, or one village filled through its forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from shipped_world import DIRECTORY, NOW, shipped

from hsdesk.desk.display_values import worded
from hsdesk.errors import Missing
from hsdesk.forms.codelists import SHIPPED_LISTS
from hsdesk.forms.schema import Form, questions
from hsdesk.forms.types.columns import kinds_of
from hsdesk.language.aggregate import Aggregate, form_of, registers_of
from hsdesk.language.aggregate_rows import aggregate_rows
from hsdesk.language.rows import ColumnKind, row_predicate
from hsdesk.model import pinyin
from hsdesk.model.answer import Class, Value
from hsdesk.model.place import Directory
from hsdesk.registers.aggregates import kinds_of_roster
from hsdesk.registers.contract import RegisterRecord

Rows = Mapping[str, Sequence[Mapping[str, Value]]]


class Memory:
    """`Registers` over effective rows with `_id`, `_place` and `_title`. A register not given is not held."""

    def __init__(
        self,
        rows: Mapping[str, Sequence[Mapping[str, Value]]],
        directory: Directory = DIRECTORY,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.settings: Mapping[str, str] = settings or {}
        self._rows = rows
        self._directory = directory
        self.asked = 0
        self.withheld: set[tuple[str, Class]] = set()
        self.counted: Mapping[str, tuple[int, int]] = {}  # by place: required answers, filled ones

    @property
    def directory(self) -> Directory:
        return self._directory

    def may_read(self, place: str, cls: Class) -> bool:
        return (place, cls) not in self.withheld

    def readable(self, cls: Class) -> frozenset[str]:
        return frozenset(place.id for place in self._directory if self.may_read(place.id, cls))

    stands_alone = False

    def form(self, register: str) -> Form:
        try:
            return shipped(register)
        except FileNotFoundError:
            raise Missing("没有登记表“{name}”。", name=register) from None

    def records(
        self, register: str, places: Sequence[str], where: str = ""
    ) -> Sequence[RegisterRecord] | None:
        if register not in self._rows:
            return None
        holds = row_predicate(where, kinds_of(shipped(register)), NOW)
        rows = [row for row in self._rows[register] if row["_place"] in places and holds(row)]
        rows.sort(key=lambda row: pinyin.sort_key(str(row["_title"])))
        return [self._record(shipped(register), row) for row in rows]

    def _record(self, form: Form, row: Mapping[str, Value]) -> RegisterRecord:
        asked = {question.key: question for question in questions(form.children)}
        words = {key: worded(form, asked[key], value, self) for key, value in row.items() if key in asked}
        return RegisterRecord(str(row["_id"]), str(row["_place"]), str(row["_title"]), row, words)

    def labels_of(self, list_name: str) -> Mapping[str, str]:
        return SHIPPED_LISTS.labels(list_name)

    def title_of(self, register: str, record: str) -> str:
        return next((str(row["_title"]) for row in self._rows.get(register, ()) if row["_id"] == record), "")

    def answered(self, places: Sequence[str], as_of: date) -> Mapping[str, tuple[int, int]]:
        return self.counted

    def figures(
        self, queries: Sequence[Aggregate], places: Sequence[str]
    ) -> list[Mapping[str, float] | None]:
        return [self._figure(query, places) for query in queries]

    def _figure(self, query: Aggregate, places: Sequence[str]) -> Mapping[str, float] | None:
        self.asked += 1
        asked = registers_of(query)
        if not asked <= self._rows.keys():
            return None
        kinds = {name: kinds_in(name) for name in asked}
        return aggregate_rows(query, lambda name: self._rows[name], kinds, places=frozenset(places), now=NOW)


def kinds_in(register: str) -> Mapping[str, ColumnKind]:
    """Return the kinds of a register's columns, or of a roster's (`form/roster`)."""
    form, roster = shipped(form_of(register)), register.partition("/")[2]
    return kinds_of_roster(form, roster) if roster else kinds_of(form)


def organization(place: str, number: int, **answers: Value) -> dict[str, Value]:
    """Return an organization filed in 2019, as its register table holds it."""
    row: dict[str, Value] = {"_id": f"{place}-{number}", "_place": place, "_title": f"组织{number}"}
    row |= {"org_name": f"组织{number}", "reg_status": "2", "filed_on": "2019-05-01", "member_n": 10}
    return row | answers
