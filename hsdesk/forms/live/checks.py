"""What an answer breaks: its type, its constraint, that it must be there, that its choice still exists."""

from __future__ import annotations

from hsdesk.forms.live.engine import Engine
from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.spec import FormulaKind
from hsdesk.forms.live.texts import LabelTexts
from hsdesk.forms.live.withheld import Withheld
from hsdesk.forms.schema import Question
from hsdesk.forms.types import holding_of, name_of, type_of
from hsdesk.forms.views import Finding
from hsdesk.language.problem import ExpressionError

REQUIRED = "必填，还没有填。"


class Checks:
    """Looks at single answers. Nothing here stops an answer from being kept."""

    def __init__(self, engine: Engine, texts: LabelTexts, withheld: Withheld) -> None:
        self.engine = engine
        self.withheld = withheld
        self.texts = texts

    def problem(self, node: LiveNode) -> str:
        """Return the message of the first rule an answer breaks, or ""."""
        found = self.finding(node)
        return found.message if found else ""

    def finding(self, node: LiveNode) -> Finding | None:
        """Return the first rule an answer breaks; choices are not looked at."""
        question = node.spec.question
        if question is None or not node.relevant or not type_of(question).is_answered:
            return None
        if node.value == "":
            return (
                self._missing(node, question) if node.required and self._can_be_met(node, question) else None
            )
        holding = holding_of(question)
        if holding.is_misfit(node.value) and not question.calculation:
            return Finding(node.place, "type", "error", f"“{name_of(question)}”要填{holding.wanted}。")
        return self._violated(node, question)

    def _can_be_met(self, node: LiveNode, question: Question) -> bool:
        """Tell whether somebody at this device can give the answer: else it is asked where that is so."""
        if self.withheld.hides(node.spec, FormulaKind.REQUIRED):
            return False
        return not question.reference or not self.texts.is_unknown(node)

    def _missing(self, node: LiveNode, question: Question) -> Finding:
        message = self.texts.text(question.required_message, node) or REQUIRED
        return Finding(node.place, "required", "error", message)

    def _violated(self, node: LiveNode, question: Question) -> Finding | None:
        if self.meets_constraint(node):
            return None
        message = self.texts.text(question.constraint_message, node)
        message = message or f"“{name_of(question)}”填得不合要求，请核对。"
        return Finding(node.place, "constraint", question.hs.severity or "error", message)

    def meets_constraint(self, node: LiveNode) -> bool:
        """Tell whether a non-empty answer meets its constraint; what cannot be told counts as met."""
        formula = node.spec.constraint
        if formula is not None and self.withheld.hides(node.spec, FormulaKind.CONSTRAINT):
            return True
        return formula is None or self.engine.truth(formula, node, on_error=True)

    def gone_choice(self, node: LiveNode) -> Finding | None:
        """Return a finding when a chosen code is not among the choices any more."""
        question = node.spec.question
        if question is None or not type_of(question).choosing:
            return None
        if not node.relevant or node.value == "":
            return None
        missing = self.texts.not_offered(node, question)
        if not missing or not self._known(node, question):
            return None
        if question.reference:
            return Finding(node.place, "reference", "warn", self._not_offered(node, question, missing))
        message = f"“{name_of(question)}”的选项“{'、'.join(sorted(missing))}”已不在可选范围，请另选。"
        return Finding(node.place, "reference", "warn", message)

    def _not_offered(self, node: LiveNode, question: Question, missing: set[str]) -> str:
        """Say what is wrong with records that may not be chosen: gone, or there and not asked for."""
        listed = self.texts.named(node) or ()
        there = [choice.label.plain() for choice in listed if choice.value in missing]
        if len(there) < len(missing):
            return f"“{name_of(question)}”指向的记录找不到了，可能已作废，可以恢复或另选。"
        return f"“{name_of(question)}”选的“{'、'.join(there)}”现在不在可选范围，请核对或另选。"

    def _known(self, node: LiveNode, question: Question) -> bool:
        """Tell whether the list is held here; an outer list that is empty may only be missing."""
        if question.list_name in self.texts.form.lists or not question.list_name:
            return True
        try:
            return (
                bool(self.texts.choices(node)) or self.texts.outside.instance(question.list_name) is not None
            )
        except ExpressionError:
            return False


def clears(node: LiveNode) -> bool:
    """Tell whether a filter may clear this answer."""
    return any(formula.kind is FormulaKind.CHOICES for formula in node.spec.formulas)
