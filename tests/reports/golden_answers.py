"""I32 a second way: every record is opened, and its required answers are looked at one by one.

Conditions are read as texts: which answers they name, and which the calculations behind them name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache

from city import Made
from city.load import forms
from golden_city import Golden, Pair
from typing_plan import typed_on

from hsdesk.forms.codelists import ListHost
from hsdesk.forms.schema import Item, Question, questions, repeats
from hsdesk.forms.session import Session
from hsdesk.model.answer import Value

UNKNOWN = {("point_ledger", "remark")}  # whether it is asked depends on another register
_NAMED = re.compile(r"/data/(?:\w+/)*(\w+)")


def i32(golden: Golden, area: set[str]) -> Pair:
    """必填已填数 / 必填应填数, as far as typed on the day."""
    filled = required = 0
    for form, rows in golden.rows.items():
        for row in rows:
            if row["owner"] in area:
                for asked, given in on_days(form, row["owner"], row["id"], json.dumps(row)):
                    required += asked <= golden.day
                    filled += bool(given) and given <= golden.day
    return filled, required


@cache
def on_days(form_id: str, place: str, record: str, answers: str) -> tuple[tuple[str, str], ...]:
    """Return for each required answer since which day it is asked, and since which it is filled ("": not)."""
    given = {key: value for key, value in _decoded(answers).items() if key not in ("id", "owner")}
    form = forms()[form_id]
    session = Session(form, ListHost(), given, first_load=False)
    days = {path: str(day) for path, day in typed_on(Made(place, form_id, record, given)).items()}
    views = [session.node(question.key) for question in questions(form.children) if question.type != "note"]
    for roster in repeats(form.children):
        for row in session.rows(roster.key):
            views += [session.node(f"{row}/{question.key}") for question in questions(roster.children)]
    lacking = {view.path for view in views if view.value in (None, "", ())}
    found = []
    for path, question in {
        view.path: view.question for view in views if view.required and view.relevant
    }.items():
        if question.calculation or (form_id, question.key) in UNKNOWN:
            continue
        row = path.rpartition("/")[0]
        since = min(day for name, day in days.items() if name.startswith(f"{row}/" if row else ""))
        since = max([since, *(days[name] for name in named(form_id, question.key) if name in days)])
        found.append((since, "" if path in lacking else max(since, days.get(path, since))))
    return tuple(found)


@cache
def named(form_id: str, key: str) -> frozenset[str]:
    """Return the answers that decide whether one must be given."""
    texts = {one.key: (one, above) for one, above in conditions(forms()[form_id].children)}
    one, above = texts[key]
    waiting, seen = _NAMED.findall(f"{one.required} {above}"), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen and name in texts:
            seen.add(name)
            one, above = texts[name]
            waiting += _NAMED.findall(f"{one.calculation} {above}")
    return frozenset(name for name in seen if not texts[name][0].calculation)


def conditions(items: tuple[Item, ...], above: str = "") -> Iterator[tuple[Question, str]]:
    """Yield each question with the text of the conditions it stands under."""
    for item in items:
        here = f"{above} {item.relevant}"
        if isinstance(item, Question):
            yield item, here
        else:
            yield from conditions(item.children, here)


def _decoded(answers: str) -> dict[str, Value]:
    found = json.loads(answers)
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}
