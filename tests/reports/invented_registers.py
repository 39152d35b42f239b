"""Registers full of invented answers for every print-out: none, one, long and rare ones, or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from shipped_world import DIRECTORY, shipped

from hsdesk.forms.codelists import shipped_list
from hsdesk.forms.schema import Form, Question, Repeat, questions, repeats
from hsdesk.forms.types import holding_of, type_of
from hsdesk.language.aggregate import Aggregate
from hsdesk.model.answer import Class, Value
from hsdesk.model.place import Directory
from hsdesk.registers.contract import RegisterRecord

SETS = {"empty": 0, "one": 1, "long": 3, "many": 500}
RARE = "堨晹珰磻靄𠮷"
LONG = "组织居民议事协商、开展文体活动、调解邻里矛盾，" * 6
PLACE = DIRECTORY.by_code("341021101204")


class Invented:
    """Registers as `registers.contract.Registers` gives them, made from the forms alone."""

    directory: Directory = DIRECTORY
    settings: Mapping[str, str] = {}
    stands_alone = True

    def __init__(self, name: str, most: int = 500) -> None:
        self.count = min(SETS[name], most)
        self.long = name == "long"

    def may_read(self, place: str, cls: Class) -> bool:
        return True

    def readable(self, cls: Class) -> frozenset[str]:
        return frozenset({PLACE.id})

    def form(self, register: str) -> Form:
        return shipped(register)

    def records(
        self, register: str, places: Sequence[str], where: str = ""
    ) -> Sequence[RegisterRecord] | None:
        form = shipped(register)
        owner = next((one for one in places if DIRECTORY.by_id(one).level in form.levels), places[0])
        count = min(self.count, 1) if form.kind == "single" else self.count
        return [self._record(form, owner, number) for number in range(1, count + 1)]

    def _record(self, form: Form, place: str, number: int) -> RegisterRecord:
        answers = {one.key: self._answer(one, number) for one in questions(form.children)}
        values = {key: value for key, (value, _) in answers.items()}
        texts = {key: text for key, (_, text) in answers.items()}
        rows = {one.key: self._rows(one) for one in repeats(form.children)}
        return RegisterRecord(f"0190-{number:06}", place, f"第{number}条", values, texts, rows)

    def _rows(self, roster: Repeat) -> tuple[dict[str, str], ...]:
        asked = tuple(questions(roster.children))
        return tuple(
            {one.key: self._answer(one, number)[1] for one in asked} for number in range(1, 4 * self.long + 3)
        )

    def _answer(self, question: Question, number: int) -> tuple[Value, str]:
        column = holding_of(question).column
        if type_of(question).choosing or question.list_name:
            return _choice(question.list_name, number)
        if column in ("date", "moment"):
            day = date(2020, 1 + number % 12, 1 + number % 28).isoformat()
            return day, day
        if column in ("integer", "decimal"):
            return number, str(number)
        if self.long:
            return LONG + RARE, LONG + RARE
        return f"示例{number}", f"示例{number}"

    def answered(self, places: Sequence[str], as_of: date) -> Mapping[str, tuple[int, int]]:
        return {}

    def figures(
        self, queries: Sequence[Aggregate], places: Sequence[str]
    ) -> Sequence[Mapping[str, float] | None]:
        return [{} if query.group_by else {"": float(self.count)} for query in queries]


def _choice(name: str, number: int) -> tuple[Value, str]:
    known = shipped_list(name) or ()
    if not known:
        return f"示例{number}", f"示例{number}"
    one = known[number % len(known)]
    return one.value, one.label.plain()
