"""Labels, hints and choices of an open form, in its language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace

from hsdesk.forms.codelists import VALID_FROM, VALID_TO, code_lists, is_offered
from hsdesk.forms.live.engine import Engine
from hsdesk.forms.live.instances import SessionHost, source_name
from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.spec import FormulaKind, Path
from hsdesk.forms.schema import Choice, Label, Question, Value
from hsdesk.forms.types import holding_of
from hsdesk.language.ast import Call, instance_name, walk
from hsdesk.language.ast import Path as PathExpr
from hsdesk.language.parser import parse
from hsdesk.language.printer import write
from hsdesk.language.problem import ExpressionError
from hsdesk.language.tree import Node
from hsdesk.model.punctuation import full_width


class LabelTexts:
    """What a session shows: its texts and choices."""

    def __init__(self, engine: Engine, outside: SessionHost, language: str) -> None:
        self.engine = engine
        self.outside = outside
        self.form = engine.plan.form
        self.language = language or self.form.default_language
        self._closing: dict[str, bool] = {}

    def text(self, label: Label, node: LiveNode) -> str:
        """Return a label with its computed pieces, Chinese with full-width punctuation as on the screen."""
        if not label.texts:
            return ""
        pieces = label.texts.get(self.language) or label.texts.get(self.form.default_language)
        pieces = pieces or label.texts.get("") or next(iter(label.texts.values()))
        said = "".join(piece if isinstance(piece, str) else self._computed(piece, node) for piece in pieces)
        return full_width(said)

    def _computed(self, piece: Value, node: LiveNode) -> str:
        code = self.engine.plan.code(piece.xpath, node.spec.path)
        self.engine.context.node = node
        try:
            return code.string(self.engine.context)
        except ExpressionError:
            return "（此处不知）"

    def translate(self, text_id: str) -> str | None:
        """Return an itext entry seen from the root; `[itext:id]` when there is none (JavaRosa)."""
        label = self.form.translations.get(text_id)
        return self.text(label, self._root()) if label is not None else f"[itext:{text_id}]"

    def choices(self, node: LiveNode) -> tuple[Choice, ...]:
        """Return the choices open at a question now; a withdrawn one only where it is chosen already."""
        question = node.spec.question
        if question is None or not (question.nodeset or question.list_name):
            return ()
        offered = self._evaluated(node, question) if _has_formula(node) else tuple(self._listed(question))
        if self._closes(question):
            day, chosen = self.outside.now().date().isoformat(), _chosen(question, node)
            offered = tuple(one for one in offered if is_offered(one, day) or one.value in chosen)
        return (*offered, *self._withdrawn(question, node)) if self.form.withdrawn else offered

    def offered(self, node: LiveNode) -> tuple[Choice, ...] | None:
        """Return the choices open at a question now; None when its list is not held here."""
        return self.choices(node) or (None if self.is_unknown(node) else ())

    def named(self, node: LiveNode) -> tuple[Choice, ...] | None:
        """Return every choice that data may name, whatever the filter and the day; None: not known here."""
        question = node.spec.question
        if question is None or not question.list_name:
            return self.offered(node)
        withdrawn = self.form.withdrawn.get(question.list_name, ())
        return (*self._listed(question), *withdrawn) or (None if self.is_unknown(node) else ())

    def is_unknown(self, node: LiveNode) -> bool:
        """Tell whether the list of a question lies outside the form, and outside this device."""
        question = node.spec.question
        if question is None or not question.list_name or question.list_name in self.form.lists:
            return False
        return not self._listed(question) and self.outside.instance(question.list_name) is None

    def _closes(self, question: Question) -> bool:
        """Tell whether the list of a question has codes that begin or end on a day."""
        name = question.list_name
        if name not in self._closing:
            known = name not in self.form.lists and source_name(self.form, name) in {*code_lists(), "places"}
            outer = self._listed(question) if known else ()
            self._closing[name] = any(VALID_TO in one.extra or VALID_FROM in one.extra for one in outer)
        return self._closing[name]

    def _withdrawn(self, question: Question, node: LiveNode) -> tuple[Choice, ...]:
        """Return the codes of earlier versions that this answer holds: they stay valid for it."""
        chosen = _chosen(question, node)
        found = self.form.withdrawn.get(question.list_name, ())
        return tuple(choice for choice in found if choice.value in chosen)

    def _listed(self, question: Question) -> Sequence[Choice]:
        name = question.list_name
        if name in self.form.lists:
            return self.form.lists[name]
        return self.outside.host.choices(source_name(self.form, name))

    def _evaluated(self, node: LiveNode, question: Question) -> tuple[Choice, ...]:
        context = self.engine.context
        context.node = node
        try:
            items = self.engine.plan.code(question.nodeset, node.spec.path).nodes(context)
        except ExpressionError:
            return ()
        listed = self._listed(question) if question.list_name else ()
        return tuple(self._choice(item, question, listed, node) for item in items)

    def _choice(self, item: Node, question: Question, listed: Sequence[Choice], node: LiveNode) -> Choice:
        if item.index < len(listed) and not item.repeat:
            return listed[item.index]
        named = self._of_list(item)
        if named is not None:
            return named
        value = _child_text(item, question.value_ref)
        label = _child_text(item, question.label_ref)
        if question.label_ref.startswith("jr:itext("):
            text_id = _child_text(item, question.label_ref.removeprefix("jr:itext(").rstrip(") "))
            label = self.translate(text_id) or value
        return Choice(value, Label({"": (label,)}))

    def _of_list(self, item: Node) -> Choice | None:
        """Return the choice of the form's lists that an item of a computed nodeset is; None for others."""
        above = item.parent.parent if item.parent is not None else None
        if above is None or isinstance(item, LiveNode):
            return None
        for name, choices in self.form.lists.items():
            if self.outside.instances.made.get(name) is above:
                return choices[item.index] if item.index < len(choices) else None
        return None

    def values(self, node: LiveNode) -> set[str]:
        """Return the codes that may be chosen at a question now."""
        return {choice.value for choice in self.choices(node)}

    def not_offered(self, node: LiveNode, question: Question) -> set[str]:
        """Return the chosen codes that may not be chosen now. One record of many is looked up by its id."""
        chosen = set(_chosen(question, node))
        if len(chosen) == 1 and question.reference and self._is_offered_by_key(node, question):
            return set()
        return chosen - self.values(node)

    def _is_offered_by_key(self, node: LiveNode, question: Question) -> bool:
        """Tell whether the filter lets the chosen record pass; False when it cannot be told this way."""
        keyed = by_key(question.nodeset, question.value_ref)
        if not keyed:
            return False
        context = self.engine.context
        context.node = node
        try:
            return bool(self.engine.plan.code(keyed, node.spec.path).nodes(context))
        except ExpressionError:
            return False

    def choice_label(self, value: str, path: Path, node: Node) -> str | None:
        """Return the label of a code of the question at `path` (`jr:choice-name`)."""
        spec = self.engine.plan.by_path.get(path)
        if spec is None or spec.question is None:
            return None
        question = spec.question
        at = node if isinstance(node, LiveNode) and node.spec is spec else None
        choices = self.choices(at) if at is not None and not question.list_name else self._listed(question)
        for choice in (*choices, *self.form.withdrawn.get(question.list_name, ())):
            if choice.value == value:
                return self.text(choice.label, at or self._root())
        return None

    def _root(self) -> LiveNode:
        root = self.engine.context.root
        assert isinstance(root, LiveNode)
        return root


@lru_cache(maxsize=256)
def by_key(nodeset: str, value_ref: str) -> str:
    """Return a nodeset narrowed to the item whose code is the answer; "" where predicates count items.

    >>> by_key("instance('grid')/root/item[town = /data/town]", "_id")
    "instance('grid')/root/item[_id = current()/.][town = /data/town]"
    """
    try:
        path = parse(nodeset) if nodeset else None
    except ExpressionError:
        return ""
    if not isinstance(path, PathExpr) or instance_name(path.start) is None or not path.steps:
        return ""
    *above, last = path.steps
    places = (each for each in walk(path) if isinstance(each, Call) and each.name in ("position", "last"))
    if any(places) or any(step.predicates for step in above):
        return ""
    own = parse(f"{value_ref} = current()/.")
    narrowed = replace(last, predicates=(own, *last.predicates))
    return write(replace(path, steps=(*above, narrowed)))


def _chosen(question: Question, node: LiveNode) -> list[str]:
    return str(node.value).split() if holding_of(question).is_set else [str(node.value)]


def _has_formula(node: LiveNode) -> bool:
    return any(formula.kind is FormulaKind.CHOICES for formula in node.spec.formulas)


def _child_text(item: Node, name: str) -> str:
    if name in (".", ""):
        return item.text()
    found = item.children.get(name)
    return found[0].text() if found else ""
