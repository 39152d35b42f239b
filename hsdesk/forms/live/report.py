"""What a step did, and what a record holds, in storage paths."""

from __future__ import annotations

from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.record import LiveRecord
from hsdesk.forms.live.tree import everything
from hsdesk.forms.types import kept
from hsdesk.forms.views import FormChanges
from hsdesk.model.answer import POSITION, Value


def changes_of(record: LiveRecord, *, row: str = "") -> FormChanges:
    """Return exactly what the last step changed."""
    step = record.engine.step
    values: dict[str, Value] = {}
    for node, old in step.values.items():
        if node.value != old and _alive(node) and not node.spec.in_meta and node.spec.question is not None:
            values[node.place] = kept(node.spec.question, node.value)
    return FormChanges(
        values=values,
        relevant={n.place: n.relevant for n, old in step.relevant.items() if n.relevant != old and _alive(n)},
        required={n.place: n.required for n, old in step.required.items() if n.required != old and _alive(n)},
        readonly={n.place: n.readonly for n, old in step.readonly.items() if n.readonly != old and _alive(n)},
        choices=tuple(node.place for node in step.choices if _alive(node)),
        problems=_problems(record),
        labels=tuple(node.place for node in step.labels if _alive(node)),
        rows=tuple(step.rosters),
        row=row,
        answers=own_changes(record),
    )


def own_changes(record: LiveRecord) -> dict[str, Value]:
    """Return the stored answers that the last step changed, by path."""
    return {path: _own(entry) for path, entry in record.engine.step.answers.items()}


def _own(entry: LiveNode | str | None) -> Value:
    if not isinstance(entry, LiveNode):
        return entry
    assert entry.spec.question is not None
    return kept(entry.spec.question, entry.value)


def _alive(node: LiveNode) -> bool:
    """Tell whether a node is still in the tree; the template of a roster counts as being there."""
    return node.place != "" and (node.parent is not None)


def _problems(record: LiveRecord) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in record.engine.step.checks:
        if node.spec.question is None or node.spec.in_meta or node.parent is None:
            continue
        message = record.checks.problem(node)
        if message != (node.problem or "") or (node.problem is None and message):
            found[node.place] = message
        node.problem = message
    return found


def stored_answers(record: LiveRecord) -> dict[str, Value]:
    """Return the person's own answers, and the order keys of rows."""
    found: dict[str, Value] = {}
    for node in everything(record.root):
        if node.row:
            found[f"{node.place}/{POSITION}"] = node.pos
        elif node.spec.stored and node.value != "" and node.spec.question is not None:
            found[node.place] = kept(node.spec.question, node.value)
    return found


def effective_answers(record: LiveRecord) -> dict[str, Value]:
    """Return the relevant values, calculations included, notes left out."""
    found: dict[str, Value] = {}
    for node in everything(record.root):
        question = node.spec.question
        if question is None or node.value == "" or node.spec.in_meta or not node.spec.column:
            continue
        if node.relevant and not question.name.startswith("@"):
            found[node.place] = kept(question, node.value)
    return found
