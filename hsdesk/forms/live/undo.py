"""Giving up a step that the form stops at: its journal read backwards. No formula runs."""

from __future__ import annotations

from typing import Any

from hsdesk.forms.live.engine import StepJournal
from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.record import LiveRecord
from hsdesk.model.answer import DELETED

_REASON = "撤销"


def undo_step(record: LiveRecord, taken: StepJournal) -> None:
    """Undo a step; `engine.step` then holds what the undoing changed."""
    step = record.engine.step = StepJournal()
    step.choices, step.labels, step.checks = dict(taken.choices), dict(taken.labels), dict(taken.checks)
    for entry in reversed(taken.journal):
        _one(record, step, *entry)
    for path, node in taken.answers.items():
        if isinstance(node, LiveNode) and node.place in record.by_place:
            step.answers[path] = node


def _one(record: LiveRecord, step: StepJournal, node: LiveNode, what: str, old: Any) -> None:
    match what:
        case "row added":
            step.rosters[node.place.rpartition("/")[0]] = None
            step.answers[f"{node.place}/{DELETED}"] = _REASON
            node.detach()
            record.grower.forget(node)
        case "row removed":
            template = record.by_place[node.place.rpartition("/")[0]]
            template.parent.insert(node, old)
            record.grower.remember(node)
            step.rosters[template.place] = None
            step.answers[f"{node.place}/{DELETED}"] = None
        case "past_count":
            step.rosters[node.place.rpartition("/")[0]] = None
            node.past_count = old
        case "value":
            step.values.setdefault(node, node.value)
            step.checks[node] = None
            node.value = old
        case "overridden":
            record.engine.overridden += int(old) - int(node.overridden)
            node.overridden = old
        case _:
            touched: dict[LiveNode, bool] = getattr(step, what, {})
            touched.setdefault(node, getattr(node, what))
            setattr(node, what, old)
