"""What follows from a change: formulas by rank, those that read what changed, cut off where nothing does."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Any

from hsdesk.errors import FormError
from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.plan import Plan
from hsdesk.forms.live.spec import Formula, FormulaKind, Link, Path
from hsdesk.forms.types import computed
from hsdesk.language.compare import scalar
from hsdesk.language.context import Context
from hsdesk.language.problem import ExpressionError
from hsdesk.language.values import Value as Seen

_MAX_ROUNDS = 200


class StepJournal:
    """What one step has touched so far, by node; the journal tells how to take it back."""

    __slots__ = (
        "answers",
        "checks",
        "choices",
        "journal",
        "labels",
        "readonly",
        "relevant",
        "required",
        "rosters",
        "values",
    )

    def __init__(self) -> None:
        self.values: dict[LiveNode, Seen] = {}  # node → value before the step
        self.relevant: dict[LiveNode, bool] = {}
        self.readonly: dict[LiveNode, bool] = {}
        self.required: dict[LiveNode, bool] = {}
        self.choices: dict[LiveNode, None] = {}
        self.labels: dict[LiveNode, None] = {}
        self.checks: dict[LiveNode, None] = {}
        self.rosters: dict[str, None] = {}
        self.answers: dict[
            str, LiveNode | str | None
        ] = {}  # own answers by path; a text or None for row marks
        self.journal: list[tuple[Any, ...]] = []


class Engine:
    """Runs the formulas of one session."""

    def __init__(self, plan: Plan, context: Context) -> None:
        self.plan = plan
        self.context = context
        self.step = StepJournal()
        self.waiting: dict[int, dict[LiveNode, None]] = {}
        self.ranks: list[int] = []
        self.overridden = 0  # calculated answers that a person changed: then nothing is cut off (JavaRosa)
        self.first_load = True
        self.opening = False

    # --- scheduling

    def schedule(self, formula: Formula, nodes: Iterable[LiveNode]) -> None:
        """Ask for a formula to be evaluated at these nodes."""
        waiting = self.waiting.get(formula.rank)
        if waiting is None:
            waiting = self.waiting[formula.rank] = {}
            heappush(self.ranks, formula.rank)
        for node in nodes:
            waiting[node] = None

    def touch(self, node: LiveNode) -> None:
        """Schedule everything that reads this node."""
        for link in node.spec.links:
            self.follow(link, node)

    def follow(self, link: Link, node: LiveNode) -> None:
        """Schedule the formula at the end of a link that starts at `node`."""
        for _ in range(link.up):
            if node.parent is None:
                return
            node = node.parent
        formula = link.formula
        self.schedule(formula, targets(node, link.down, template=formula.spec.repeat))

    def schedule_subtree(self, node: LiveNode) -> None:
        """Schedule every formula at and below a node."""
        for formula in node.spec.formulas:
            self.schedule(formula, (node,))
        for siblings in node.children.values():
            for child in siblings:
                self.schedule_subtree(child)
        if node.templates:
            for template in node.templates.values():
                for formula in template.spec.formulas:
                    self.schedule(formula, (template,))

    def run(self) -> None:
        """Evaluate what is scheduled, in order of rank, until nothing is left."""
        formulas, waiting, ranks = self.plan.formulas, self.waiting, self.ranks
        rounds: dict[int, int] = {}
        while ranks:
            rank = heappop(ranks)
            nodes = waiting.pop(rank)
            formula = formulas[rank]
            rounds[rank] = rounds.get(rank, 0) + 1
            if rounds[rank] > _MAX_ROUNDS + 2 * len(nodes):
                self._run_away(formula)
            for node in nodes:
                self._evaluate(formula, node)

    def _run_away(self, formula: Formula) -> None:
        """Stop a formula evaluated too often: rows that read each other in a circle. Raises `FormError`."""
        self.waiting.clear()
        self.ranks.clear()
        name = formula.spec.name
        raise FormError("表单里“{name}”的计算停不下来：几行互相引用绕成了圈。已填内容没有丢失。", name=name)

    # --- evaluation

    def _evaluate(self, formula: Formula, node: LiveNode) -> None:
        kind = formula.kind
        if kind is FormulaKind.CALCULATE:
            self._calculate(formula, node)
        elif kind is FormulaKind.RELEVANT:
            self.set_relevant(node, not node.past_count and self.truth(formula, node, on_error=True))
        elif kind is FormulaKind.REQUIRED:
            self._set_required(node, self.truth(formula, node, on_error=False))
        elif kind is FormulaKind.READONLY:
            self._set_readonly(node, self.truth(formula, node, on_error=False))
        elif kind is FormulaKind.CONSTRAINT:
            self.step.checks[node] = None
        elif kind is FormulaKind.CHOICES:
            self.step.choices[node] = None
        elif kind is FormulaKind.LABEL:
            self.step.labels[node] = None

    def truth(self, formula: Formula, node: LiveNode, *, on_error: bool) -> bool:
        """Return whether a formula is true at a node; `on_error` when it cannot be evaluated (此处不知)."""
        self.context.node = node
        try:
            return formula.code.boolean(self.context)
        except ExpressionError:
            return on_error

    def _calculate(self, formula: Formula, node: LiveNode) -> None:
        question = node.spec.question
        if question is None or node.parent is None:
            return
        if self.opening and formula.once and not self.first_load and node.value != "":
            return
        self.context.node = node
        try:
            value = computed(question, scalar(formula.code.evaluate(self.context)))
        except ExpressionError:
            value = ""
        if node.overridden:
            node.overridden = False
            self.overridden -= 1
            self.step.journal.append((node, "overridden", True))
        if self.set_value(node, value) and node.spec.stored:
            self.step.answers[node.place] = node

    def set_value(self, node: LiveNode, value: Seen) -> bool:
        """Set a value and schedule its readers; return whether it changed."""
        old = node.value
        changed = value != old or type(value) is not type(old)
        if changed:
            step = self.step
            step.journal.append((node, "value", old))
            step.values.setdefault(node, old)
            step.checks[node] = None
            node.value = value
        if changed or self.overridden:
            self.touch(node)
        return changed

    def set_relevant(self, node: LiveNode, own: bool) -> None:
        """Set a node's own relevance; what lies below follows."""
        if own == node.own:
            return
        self.step.journal.append((node, "own", node.own))
        node.own = own
        parent = node.parent
        self._cascade(node, own and (parent is None or parent.relevant))

    def set_past_count(self, row: LiveNode, beyond: bool) -> None:
        """Put a row past the count of its roster, where it is not relevant, or bring it back as it was."""
        self.step.journal.append((row, "past_count", row.past_count))
        row.past_count = beyond
        formulas = [formula for formula in row.spec.formulas if formula.kind is FormulaKind.RELEVANT]
        if not formulas:
            self.set_relevant(row, row.spec.relevant and not beyond)
        for formula in formulas:
            self.schedule(formula, (row,))

    def _cascade(self, node: LiveNode, relevant: bool) -> None:
        if relevant == node.relevant:
            return
        step = self.step
        step.journal.append((node, "relevant", node.relevant))
        step.relevant.setdefault(node, node.relevant)
        if node.spec.question:
            step.checks[node] = None
        node.relevant = relevant
        self.touch(node)
        for siblings in node.children.values():
            for child in siblings:
                self._cascade(child, relevant and child.own)
        if node.templates:
            for template in node.templates.values():
                self._cascade(template, relevant and template.own)

    def _set_required(self, node: LiveNode, required: bool) -> None:
        if required != node.required:
            self.step.journal.append((node, "required", node.required))
            self.step.required.setdefault(node, node.required)
            self.step.checks[node] = None
            node.required = required

    def _set_readonly(self, node: LiveNode, own: bool) -> None:
        if own != node.own_readonly:
            self.step.journal.append((node, "own_readonly", node.own_readonly))
            node.own_readonly = own
            parent = node.parent
            self._cascade_readonly(node, own or (parent is not None and parent.readonly))

    def _cascade_readonly(self, node: LiveNode, readonly: bool) -> None:
        if readonly == node.readonly:
            return
        self.step.journal.append((node, "readonly", node.readonly))
        self.step.readonly.setdefault(node, node.readonly)
        node.readonly = readonly
        for siblings in node.children.values():
            for child in siblings:
                self._cascade_readonly(child, readonly or child.own_readonly)


def targets(node: LiveNode, down: Path, *, template: bool) -> list[LiveNode]:
    """Return the nodes reached by going down the names `down`; with `template` that of a roster too."""
    found = [node]
    last = len(down) - 1
    for place, name in enumerate(down):
        following: list[LiveNode] = []
        for each in found:
            following += each.children.get(name, ())
            if template and place == last and each.templates and name in each.templates:
                following.append(each.templates[name])
        found = following
    return found
