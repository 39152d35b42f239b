"""The city as JSON lines that `hsdesk add` takes: one file per register, references by title or code.

`add` gives new ids, so a reference names its record by what its place calls it. References to a register
that is filled later, or of another place, are left out; so are files of registers with no records.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from city.site import FORMS, Made
from city.whole import City
from hsdesk.forms.schema import Form, Question, questions, repeats
from hsdesk.model.answer import Value

NAMED_BY = {
    "party_org": "org_name", "grid": "grid_code", "grid_staff": "name", "party_member": "name",
    "worker": "name", "self_gov_body": "name", "deliberation": "topic", "social_org": "org_name",
    "volunteer": "name", "vol_activity": "title", "household": "hh_code", "point_rule": "code",
    "facility": "name", "access_item": "item", "task": "task_no", "tri_project": "title",
}  # fmt: skip


@cache
def form(form_id: str) -> Form:
    """Return a shipped form."""
    from hsdesk.forms.shipped import shipped_form

    return shipped_form(form_id)


@cache
def _references(form_id: str) -> dict[str, Question]:
    return {question.key: question for question in questions(form(form_id).children) if question.reference}


def write(city: City, folder: Path) -> dict[str, int]:
    """Write FOLDER/<number>_<register>.jsonl in the order they are to be added; return the counts."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for number, form_id in enumerate(FORMS, start=1):
        target = folder / f"{number:02d}_{form_id}.jsonl"
        with target.open("w", encoding="utf-8", newline="\n") as out:
            counts[form_id] = _write_register(city, form_id, out)
        if not counts[form_id]:
            target.unlink()
    return {form_id: count for form_id, count in counts.items() if count}


def _write_register(city: City, form_id: str, out: TextIO) -> int:
    count = 0
    for written in lines(city, form_id):
        out.write(json.dumps(written, ensure_ascii=False, separators=(",", ":")) + "\n")
        count += 1
    return count


def lines(city: City, form_id: str) -> Iterator[dict[str, Any]]:
    """Yield the records of a register as `add` takes them."""
    names = _Names(city, form_id)
    for made in city.records([form_id]):
        yield line(made, city.directory.by_id(made.place).code, names)


class _Names:
    """What records of the registers filled earlier are called, kept for one place at a time."""

    def __init__(self, city: City, form_id: str) -> None:
        self._city = city
        self._known = frozenset(FORMS[: FORMS.index(form_id)])
        self._form = form_id
        self._place = ""
        self._names: dict[str, str] = {}

    def of(self, register: str, record: str, place: str) -> str:
        """Return what a record is called at a place; "" when it is not there yet."""
        if place != self._place:
            self._place, self._names = place, {}
        if register not in self._names:
            self._names[register] = ""
            if register in self._known or register == self._form:
                self._read(register)
        return self._names.get(record, "")

    def _read(self, register: str) -> None:
        for made in self._city.of_place(self._place, register):
            self._names[made.record] = str(made.answers.get(NAMED_BY.get(register, ""), ""))


def line(made: Made, place: str, names: _Names) -> dict[str, Any]:
    """Return one record with its place; flat paths of rosters become lists of rows."""
    references = _references(made.form)
    rosters = {repeat.key for repeat in repeats(form(made.form).children)}
    written: dict[str, Any] = {"_place": place}
    rows: dict[str, dict[str, dict[str, Value]]] = {key: {} for key in rosters}
    for path, value in made.answers.items():
        head, _, rest = path.partition("/")
        if head in rows:
            row, _, key = rest.partition("/")
            rows[head].setdefault(row, {})[key] = value
        elif head in references and references[head].reference != "places":
            meant = _meant(references[head].reference, value, place, names)
            if meant:
                written[head] = meant
        else:
            written[head] = value
    for key, lines_of in rows.items():
        if lines_of:
            written[key] = [{k: v for k, v in row.items() if k != "_pos"} for row in lines_of.values()]
    return written


def _meant(register: str, value: Value, place: str, names: _Names) -> str | list[str]:
    if isinstance(value, tuple):
        return [name for record in value if (name := names.of(register, record, place))]
    return names.of(register, str(value), place)
