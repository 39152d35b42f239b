"""I32 a second way: every record is opened, and its required answers are looked at one by one."""

from __future__ import annotations

import json
from functools import cache

from city.load import forms
from golden_indicators import Golden, Pair

from hsdesk.forms.codelists import ListHost
from hsdesk.forms.schema import questions, repeats
from hsdesk.forms.session import Session
from hsdesk.model.op import Value

UNKNOWN = {("point_ledger", "remark")}  # whether it is asked depends on another register


def i32(golden: Golden, area: set[str]) -> Pair:
    """必填已填数 / 必填应填数."""
    filled = required = 0
    for form, rows in golden.rows.items():
        for row in rows:
            if row["owner"] in area:
                answers = {key: value for key, value in row.items() if key not in ("id", "owner")}
                given, asked = counted(form, json.dumps(answers))
                filled, required = filled + given, required + asked
    return filled, required


@cache
def counted(form_id: str, answers: str) -> tuple[int, int]:
    """Return how many required answers a record has, and how many it should have."""
    form = forms()[form_id]
    session = Session(form, ListHost(), _decoded(answers), first_load=False)
    views = [session.node(question.key) for question in questions(form.children) if question.type != "note"]
    for roster in repeats(form.children):
        for row in session.rows(roster.key):
            views += [session.node(f"{row}/{question.key}") for question in questions(roster.children)]
    asked = {
        view.path
        for view in views
        if view.required
        and view.relevant
        and not view.question.calculation
        and (form_id, view.question.key) not in UNKNOWN
    }
    lacking = {finding.path for finding in session.validate() if finding.rule == "required"}
    return len(asked - lacking), len(asked)


def _decoded(answers: str) -> dict[str, Value]:
    found = json.loads(answers)
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}
