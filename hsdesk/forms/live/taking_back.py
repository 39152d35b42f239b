"""Giving up a step that the form stops at: its journal read backwards. No formula runs."""

from __future__ import annotations

from typing import Any

from hsdesk.forms.live.engine import Step
from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.record import Record
from hsdesk.model.op import DELETED

_REASON = "撤销"


def take_back(record: Record, taken: Step) -> None:
    """Undo a step; `engine.step` then holds what the undoing changed."""
    step = record.engine.step = Step()
    step.choices, step.labels, step.checks = dict(taken.choices), dict(taken.labels), dict(taken.checks)
    for entry in reversed(taken.journal):
        _one(record, step, *entry)
    for path, node in taken.answers.items():
        if isinstance(node, LiveNode) and node.place in record.by_place:
            step.answers[path] = node


def _one(record: Record, step: Step, node: LiveNode, what: str, old: Any) -> None:
    match what:
        case "row added":
            step.rosters[node.place.rpartition("/")[0]] = None
            step.answers[f"{node.place}/{DELETED}"] = _REASON
            node.detach()
            record.grower.forget(node)
        case "row removed":
            ghost = record.by_place[node.place.rpartition("/")[0]]
            ghost.parent.insert(node, old)
            record.grower.remember(node)
            step.rosters[ghost.place] = None
            step.answers[f"{node.place}/{DELETED}"] = None
        case "beyond":
            step.rosters[node.place.rpartition("/")[0]] = None
            node.beyond = old
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
