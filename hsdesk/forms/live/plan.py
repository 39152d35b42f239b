"""The plan of a form: every expression compiled, ranked and wired, once for all sessions."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator

from hsdesk.errors import FormError
from hsdesk.forms.codelists import STATIC_INSTANCES, code_lists
from hsdesk.forms.gc_pause import gc_paused
from hsdesk.forms.live.graph import rank_formulas
from hsdesk.forms.live.instances import Instances
from hsdesk.forms.live.spec import FormNode, Formula, FormulaKind, Link, Path, specs_of
from hsdesk.forms.live.valid_days import dated_answers
from hsdesk.forms.schema import Form, Group, Label, Question, Repeat, SetValue, Value
from hsdesk.forms.versions import renames_of
from hsdesk.language.compiler import Compiled
from hsdesk.language.compiler import compile as compile_expression
from hsdesk.language.problem import ExpressionError
from hsdesk.language.scope import FORM, Dialect

_INSTANCE = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]")
_HERE = re.compile(r"instance\(\s*['\"]here['\"]")  # the place, the person and the record that is open
_TRUE = ("true()", "true", "1", "yes")
_FALSE = ("false()", "false", "0", "no", "")
_KEPT = 64


class Event:
    """A `setvalue` action, compiled."""

    __slots__ = ("action", "code", "target", "trigger")

    def __init__(self, action: SetValue, code: Compiled | None, target: Path, trigger: Path) -> None:
        self.action = action
        self.code = code
        self.target = target
        self.trigger = trigger


class Plan:
    """All that sessions of one form share."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.root = specs_of(form)
        self.by_path: dict[Path, FormNode] = {spec.path: spec for spec in self.root.walk()}
        self.codes: dict[tuple[str, Path], Compiled] = {}
        for spec in self.by_path.values():
            self._give_formulas(spec)
        self.formulas = rank_formulas(
            [formula for spec in self.by_path.values() for formula in spec.formulas], self.by_path
        )
        for formula in self.formulas:
            self._link(formula)
        for spec in self.by_path.values():
            if spec.repeat:
                spec.outer_links = list(_outer_links(spec))
        self.events = [self._event(action) for action in form.set_values]
        self.triggered: dict[Path, list[Event]] = {}
        for event in self.events:
            if "xforms-value-changed" in event.action.events:
                self.triggered.setdefault(event.trigger, []).append(event)
        self.counts = [formula for formula in self.formulas if formula.kind is FormulaKind.COUNT]
        self.here = [formula for formula in self.formulas if _HERE.search(formula.code.source)]
        self.preloaded = [spec for spec in self.by_path.values() if spec.question and spec.question.preload]
        self.classes = frozenset(spec.cls for spec in self.by_path.values() if spec.question)
        self.dated = dated_answers(self.by_path)
        self.instances: Instances | None = None
        self.deciding: dict[Path, frozenset[str]] | None = None  # answers that decide whether one is asked
        self.renames = renames_of(form)

    def code(self, text: str, path: Path) -> Compiled:
        """Return an expression compiled for a place. Raises `FormError`."""
        found = self.codes.get((text, path))
        if found is None:
            try:
                found = compile_expression(text, context_path=path, strict=False, dialect=self._dialect(text))
            except ExpressionError as error:
                where = "/".join(path)
                raise FormError("表单的表达式不能用：{path}：{text}", path=where, text=str(error)) from error
            self.codes[(text, path)] = found
        return found

    def _dialect(self, text: str) -> Dialect:
        """Return the dialect in which figures over registers are asked of the host, not counted row by row.

        A plain XForm has files beside it, not registers.
        """
        if not self.form.doc or "instance(" not in text:
            return FORM
        carried = {*self.form.lists, *self.form.instances, *code_lists(), *STATIC_INSTANCES}
        names = frozenset(_INSTANCE.findall(text)) - carried
        return Dialect(registers=names) if names else FORM

    def _give_formulas(self, spec: FormNode) -> None:
        item = spec.item
        if item is None:
            return
        spec.relevant = self._truth(spec, FormulaKind.RELEVANT, item.relevant, default=True)
        spec.readonly = self._truth(spec, FormulaKind.READONLY, item.readonly, default=False)
        if isinstance(item, Question):
            self._give_question_formulas(spec, item)
        elif isinstance(item, Repeat) and item.count:
            self._add(spec, FormulaKind.COUNT, item.count)
        if not isinstance(item, Question):
            self._give_label(spec, (item.label,))

    def _give_question_formulas(self, spec: FormNode, item: Question) -> None:
        spec.required = self._truth(spec, FormulaKind.REQUIRED, item.required, default=False)
        if item.calculation:
            spec.calculate = self._add(spec, FormulaKind.CALCULATE, item.calculation)
            spec.stored = spec.calculate.once and not spec.in_meta  # written once, then an ordinary answer
        if item.constraint:
            spec.constraint = self._add(spec, FormulaKind.CONSTRAINT, item.constraint)
        if item.nodeset and (item.choice_filter or not item.list_name):
            self._add(spec, FormulaKind.CHOICES, item.nodeset)
        self._give_label(spec, (item.label, item.hint, item.guidance))

    def _give_label(self, spec: FormNode, labels: tuple[Label, ...]) -> None:
        pieces = {
            piece.xpath
            for label in labels
            for text in label.texts.values()
            for piece in text
            if isinstance(piece, Value)
        }
        for xpath in sorted(pieces):
            self._add(spec, FormulaKind.LABEL, xpath)

    def _truth(self, spec: FormNode, kind: FormulaKind, text: str, *, default: bool) -> bool:
        """Return the value of a constant; else add a formula and return `default`, good until it runs."""
        plain = text.replace(" ", "")
        if plain == "":
            return default
        if plain in _TRUE:
            return True
        if plain in _FALSE:
            return False
        self._add(spec, kind, text)
        return default

    def _add(self, spec: FormNode, kind: FormulaKind, text: str) -> Formula:
        formula = Formula(kind, spec, self.code(text, spec.path))
        spec.formulas.append(formula)
        return formula

    def _link(self, formula: Formula) -> None:
        """Add to every node that a formula reads a link to it, so that a change there schedules it."""
        target = formula.spec
        for dependency in formula.code.dependencies:
            for source in self.matching(dependency.path):
                anchor = min(max(dependency.anchor, 1), len(source.path), len(target.path))
                link = Link(formula, len(source.path) - anchor, target.path[anchor:])
                source.links.append(link)
        if formula.code.positional:
            self._link_place(formula)

    @staticmethod
    def _link_place(formula: Formula) -> None:
        repeat = formula.spec.under
        while repeat is not None:
            repeat.positional.append((formula, formula.spec.path[len(repeat.path) :]))
            repeat = repeat.parent.under if repeat.parent else None

    def matching(self, path: Path) -> Iterator[FormNode]:
        """Yield the specs that a dependency's path names; `*` is any name, a last `**` everything below."""
        exact = self.by_path.get(path)
        if exact is not None:
            yield exact
            if isinstance(exact.item, Group):
                yield from (spec for spec in exact.walk() if spec.question)
        elif "*" in path or "**" in path:
            yield from (spec for spec in self.by_path.values() if _matches(spec.path, path))

    def _event(self, action: SetValue) -> Event:
        target = tuple(action.target.strip("/").split("/"))
        trigger = tuple(action.trigger.strip("/").split("/")) if action.trigger else ()
        return Event(action, self.code(action.xpath, target) if action.xpath else None, target, trigger)


def _matches(path: Path, pattern: Path) -> bool:
    if pattern[-1] == "**":
        return len(path) >= len(pattern) and _matches(path[: len(pattern) - 1], pattern[:-1])
    return len(path) == len(pattern) and all(
        want in ("*", name) for name, want in zip(path, pattern, strict=True)
    )


def _outer_links(repeat: FormNode) -> Iterator[Link]:
    """Yield the links of formulas outside a row that read answers inside it; `up` counts from the row."""
    seen: set[tuple[int, int, Path]] = set()
    for spec in repeat.walk():
        depth = len(spec.path) - len(repeat.path)
        for link in spec.links:
            up = link.up - depth
            key = (id(link.formula), up, link.down)
            if up >= 1 and key not in seen:
                seen.add(key)
                yield Link(link.formula, up, link.down)


_plans: OrderedDict[int, Plan] = OrderedDict()


def plan_of(form: Form) -> Plan:
    """Return the plan of a form, made at first use; the last 64 are kept."""
    found = _plans.get(id(form))
    if found is None:
        with gc_paused():
            found = _plans[id(form)] = Plan(form)
        while len(_plans) > _KEPT:
            _plans.popitem(last=False)
    else:
        _plans.move_to_end(id(form))
    return found
