"""Answers from elsewhere put into an open record: what follows is worked out, none of it is to be saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hsdesk.forms.live.engine import StepJournal
from hsdesk.forms.live.loading import AnswerLoader, rows_in
from hsdesk.forms.live.node import LiveNode, inside, rows_of
from hsdesk.forms.live.record import LiveRecord
from hsdesk.forms.live.spec import FormulaKind
from hsdesk.forms.types import seen
from hsdesk.forms.versions import renamed
from hsdesk.model.answer import Value


def take(
    record: LiveRecord, answers: Mapping[str, Value], held: Collection[str], rows: Collection[str]
) -> None:
    """Make a record say what `answers` say, all of them, as if it were opened with them now.

    Answers at `held` stay as they are, and so do the rows around them and those named by `rows`. Setvalue
    actions, defaults and rows that a count asks for come with the next step of a person, not with this.
    """
    told = renamed(record.plan.renames, answers)
    engine = record.engine
    engine.step = StepJournal()
    engine.first_load, engine.opening = False, True
    counting, record.counting = record.counting, "hide"
    try:
        spare = _take_rows(record, told, {*rows, *held})
        _take_values(record, told, held)
        engine.run()
        _take_spare(record, spare)
        record.follow()
    finally:
        engine.opening, record.counting = False, counting
    engine.step.answers.clear()
    _forget_gone(record)


def _take_values(record: LiveRecord, told: Mapping[str, Value], held: Collection[str]) -> None:
    engine = record.engine
    for place, node in list(record.by_place.items()):
        question = node.spec.question
        if question is None or not node.spec.stored or place in held:
            continue
        given = told.get(place)
        if given is None and node.value == "" and not engine.overridden:
            continue
        if engine.set_value(node, seen(question, given) if given is not None else ""):
            for formula in node.spec.formulas:
                if formula.kind is FormulaKind.CALCULATE:
                    engine.schedule(formula, (node,))


def _take_rows(record: LiveRecord, told: Mapping[str, Value], kept: Collection[str]) -> list[LiveNode]:
    """Let rows come, go and change places, those of an outer roster first; return what a count may want."""
    wanted = rows_in(told)
    rosters = [node.place for node in record.by_place.values() if node.spec.repeat and not node.row]
    spare: list[LiveNode] = []
    for place in sorted({*wanted, *rosters}, key=lambda place: place.count("/")):
        template = record.by_place.get(place)
        if template is not None and template.spec.repeat and not template.row:
            gone = _gone(template, wanted.get(place, {}), kept)
            if any(formula.kind is FormulaKind.COUNT for formula in template.spec.formulas):
                spare += gone  # those that the count alone has made are in no file
            else:
                for row in gone:
                    record.take_out(row)
            _bring_rows(record, template, wanted.get(place, {}))
    return spare


def _gone(template: LiveNode, wanted: Mapping[str, str], kept: Collection[str]) -> list[LiveNode]:
    rows = rows_of(template.parent, template.name)
    return [
        row
        for row in rows
        if row.row not in wanted and not any(f"{path}/".startswith(f"{row.place}/") for path in kept)
    ]


def _bring_rows(record: LiveRecord, template: LiveNode, wanted: Mapping[str, str]) -> None:
    for row_id, pos in wanted.items():
        row = record.by_place.get(f"{template.place}/{row_id}")
        if row is None:
            row = record.grower.row(template.spec, template.parent, inside(template.parent), row_id)
            AnswerLoader.blank(row)
        elif row.pos == pos:
            continue
        else:
            record.take_out(row)
            record.grower.remember(row)
        row.pos = pos
        record.put_in(row, template.parent)


def _take_spare(record: LiveRecord, spare: list[LiveNode]) -> None:
    """Take out the rows of counted rosters that are in no file, as many as the count leaves no room for."""
    for row in reversed(spare):
        if row.parent is None or row.place not in record.by_place:
            continue
        template = record.by_place[row.place.rpartition("/")[0]]
        wanted = record.wanted_rows(template)
        if wanted is not None and len(rows_of(row.parent, row.name)) > wanted:
            record.take_out(row)


def _forget_gone(record: LiveRecord) -> None:
    """Say nothing of what happened to rows on their way out."""
    step = record.engine.step
    for touched in (step.values, step.relevant, step.readonly, step.required, step.choices, step.labels):
        for node in [node for node in touched if record.by_place.get(node.place) is not node]:
            touched.pop(node)
    step.checks = {node: None for node in step.checks if record.by_place.get(node.place) is node}
