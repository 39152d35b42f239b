"""What the formulas of a form read: the answers on which a condition hangs, those behind calculations too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hsdesk.forms.live.plan import Plan
from hsdesk.forms.live.spec import FormNode, Formula, FormulaKind


def governing(spec: FormNode, kind: FormulaKind) -> Iterator[Formula]:
    """Yield the formulas of a kind at a node, and those by which it and what it lies in are relevant."""
    yield from (formula for formula in spec.formulas if formula.kind in (kind, FormulaKind.RELEVANT))
    above = spec.parent
    while above is not None:
        yield from (formula for formula in above.formulas if formula.kind is FormulaKind.RELEVANT)
        above = above.parent


def answers_read(plan: Plan, formulas: Iterable[Formula]) -> frozenset[FormNode]:
    """Return the stored answers that formulas read, those behind calculations too."""
    waiting, seen, found = list(formulas), set[Formula](), set[FormNode]()
    while waiting:
        formula = waiting.pop()
        if formula in seen:
            continue
        seen.add(formula)
        for dependency in formula.code.dependencies:
            for spec in plan.matching(dependency.path):
                if spec.stored:
                    found.add(spec)
                waiting.extend(governing(spec, FormulaKind.CALCULATE))
    return frozenset(found)
