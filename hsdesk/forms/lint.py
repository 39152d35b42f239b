"""What is wrong with a form as a whole: expressions that cannot be read, names that lead nowhere, circles."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from hsdesk.errors import FormError
from hsdesk.forms.city_wording import trouble_of_words
from hsdesk.forms.constant_checks import NamedAnswer, mismatches
from hsdesk.forms.duplicates import troubles_of_sets
from hsdesk.forms.live.graph import Cycle, ordered
from hsdesk.forms.live.plan import Plan
from hsdesk.forms.live.spec import FormNode, Formula, FormulaKind, path_named, specs_of
from hsdesk.forms.live.valid_days import troubles_of_days, troubles_of_life
from hsdesk.forms.masking import trouble_of_mark
from hsdesk.forms.naming import troubles_of_names
from hsdesk.forms.problem import Severity
from hsdesk.forms.schema import Form, Item, Label, Question, Value
from hsdesk.forms.types import holding_of, type_of
from hsdesk.forms.xform.unplaced_problem import Path, UnplacedProblem, dotted
from hsdesk.language.ast import Expr
from hsdesk.language.ast import Path as PathExpr
from hsdesk.language.compiler import Compiled, check
from hsdesk.language.compiler import compile as compile_expression
from hsdesk.language.parser import parse
from hsdesk.language.problem import ExpressionError

_COLUMNS = (
    ("relevant", "relevant"), ("readonly", "readonly"), ("required", "required"),
    ("constraint", "constraint"),
    ("calculation", "calculation"), ("count", "repeat_count"), ("nodeset", "choice_filter"),
)  # fmt: skip
_NOTHING = ("null", "NULL", "nil")  # official forms write it for "empty", and engines read it so
_KINDS = {FormulaKind.RELEVANT: "relevant", FormulaKind.CALCULATE: "calculation"}


def troubles_of(form: Form, *, strict: bool = False) -> list[UnplacedProblem]:
    """Return every trouble of a form's expressions, lists and names.

    A name below an answer is an error when `strict`, else a warning: JavaRosa reads it as empty.
    """
    lint = _Lint(form, strict=strict)
    lint.run()
    return lint.troubles


class _Lint:
    def __init__(self, form: Form, *, strict: bool) -> None:
        self.form = form
        self.strict = strict
        self.root = specs_of(form)
        self.specs: dict[Path, FormNode] = {spec.path: spec for spec in self.root.walk()}
        self.names = [spec.name for spec in self.specs.values()]
        self.troubles: list[UnplacedProblem] = []
        self.sound = True
        self.parsed: dict[str, Expr] = {}
        self.compiled: dict[tuple[str, Path], Compiled] = {}

    def run(self) -> None:
        for spec in self.specs.values():
            for column, text in _expressions(spec):
                self._expression(spec, column, text)
            self._list(spec)
            self._words(spec)
        self._events()
        for trouble in (*troubles_of_sets(self.form), *troubles_of_names(self.form)):
            self._say(trouble)
        for trouble in (*troubles_of_days(self.specs), *troubles_of_life(self.form)):
            self._say(trouble)
        if self.sound:
            self._circles()

    def _say(self, trouble: UnplacedProblem) -> None:
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    def _words(self, spec: FormNode) -> None:
        if spec.question is None:
            return
        for trouble in (
            trouble_of_words(spec.question, spec.path),
            trouble_of_mark(self.form, spec.question, spec.path),
        ):
            if trouble:
                self._say(trouble)

    # --- one expression

    def _parse(self, text: str) -> Expr:
        found = self.parsed.get(text)
        if found is None:
            found = self.parsed[text] = parse(text)
        return found

    def _code(self, spec: FormNode, text: str) -> Compiled:
        found = self.compiled.get((text, spec.path))
        if found is None:
            found = compile_expression(self._parse(text), context_path=spec.path, strict=False)
            self.compiled[(text, spec.path)] = found
        return found

    def _expression(self, spec: FormNode, column: str, text: str, *, event: bool = False) -> None:
        """Check one expression; what an event writes may read the answer that it replaces."""
        found = check(text, context_path=spec.path)
        for problem in found:
            where = f"第 {problem.column} 个字符处：" if problem.column else ""
            message = f"{dotted(spec.path)} 的表达式写法不对：{where}{problem.message}"
            self._say(UnplacedProblem(message, problem.remedy, spec.path, column, text=text))
        if found:
            self.sound = False
            return
        if column in ("relevant", "calculation") and not event:
            self._own_value(spec, column, text)
        self._reaches(spec, column, text)
        self._constants(spec, column, text)

    def _own_value(self, spec: FormNode, column: str, text: str) -> None:
        """A calculation or relevance must not read its own answer, `once()` apart (JavaRosa refuses it)."""
        code = self._code(spec, text)
        row = len(spec.under.path) if spec.under is not None else 1
        own = any(each.path == spec.path and each.anchor >= row for each in code.dependencies)
        if own and "once" not in code.functions:
            self.sound = False
            message = f"计算绕成了圈：{spec.name} → {spec.name}。"
            self._say(UnplacedProblem(message, "计算和出现条件不能引用这一题自己。", spec.path, column))

    def _reaches(self, spec: FormNode, column: str, text: str) -> None:
        """Every path must lead to a node of the form."""
        for dependency in self._code(spec, text).dependencies:
            path = dependency.path
            if "*" in path or "**" in path or path in self.specs or path[-1].startswith("@"):
                continue
            self._unreached(spec, column, text, path)

    def _unreached(self, spec: FormNode, column: str, text: str, path: Path) -> None:
        near = difflib.get_close_matches(path[-1], self.names, n=1)
        bare = any(
            path[:end] in self.specs and self.specs[path[:end]].question for end in range(1, len(path))
        )
        message = f"“{spec.name}”引用的 {dotted(path)} 在表里没有。"
        remedy = f"是不是“{near[0]}”？" if near else "请核对名称。"
        if bare:
            message = f"“{spec.name}”的表达式里的“{path[-1]}”不是一题。"
            remedy = f"引用题目要写成 ${{{path[-1]}}}，文字要加引号 '{path[-1]}'。"
        lenient = bare and (not self.strict or path[-1] in _NOTHING)
        severity: Severity = "warning" if lenient else "error"
        self._say(UnplacedProblem(message, remedy, spec.path, column, severity=severity, text=text))

    def _constants(self, spec: FormNode, column: str, text: str) -> None:
        if "'" not in text and '"' not in text:
            return
        for trouble in mismatches(self._parse(text), lambda path: self._subject(spec, path)):
            severity: Severity = trouble.severity if self.strict else "warning"
            self._say(
                UnplacedProblem(
                    trouble.message, trouble.remedy, spec.path, column, severity=severity, text=text
                )
            )

    def _subject(self, spec: FormNode, path: PathExpr) -> NamedAnswer | None:
        names = path_named(path, spec.path)
        found = self.specs.get(names) if names is not None else None
        question = found.question if found else None
        if question is None or (question.calculation and not type_of(question).is_kept):
            return None
        codes = self._codes(question)
        return NamedAnswer(question.name, holding_of(question), codes)

    def _codes(self, question: Question) -> frozenset[str] | None:
        if not type_of(question).choosing or question.list_name not in self.form.lists:
            return None
        return frozenset(choice.value for choice in self.form.lists[question.list_name])

    # --- lists and events

    def _list(self, spec: FormNode) -> None:
        question = spec.question
        if question is None or not type_of(question).choosing or not question.list_name:
            return
        name = question.list_name
        if name not in self.form.lists and name not in self.form.sources and not question.reference:
            if name in self.form.instances or f"jr://file-csv/{name}.csv" in self.form.sources.values():
                return
            if any(
                source.rpartition("/")[2].partition(".")[0] == name for source in self.form.sources.values()
            ):
                return
            self._say(
                UnplacedProblem(
                    f"{dotted(spec.path)} 用的选项表“{name}”没有。", "请补上选项表。", spec.path, "type"
                )
            )

    def _events(self) -> None:
        for action in self.form.set_values:
            target = tuple(action.target.strip("/").split("/"))
            if target not in self.specs:
                self._say(
                    UnplacedProblem(
                        f"setvalue 的目标 {action.target} 在表里没有。", "请核对名称。", target, "trigger"
                    )
                )
            elif action.xpath:
                column = "calculation" if "xforms-value-changed" in action.events else "default"
                self._expression(self.specs[target], column, action.xpath, event=True)

    # --- the whole

    def _circles(self) -> None:
        formulas: list[Formula] = []
        for spec in self.specs.values():
            for kind, column in _KINDS.items():
                text = dict(_expressions(spec)).get(column, "")
                if text:
                    formula = Formula(kind, spec, self._code(spec, text))
                    spec.formulas.append(formula)
                    formulas.append(formula)
        try:
            ordered(formulas, self.specs)
        except Cycle as cycle:
            first = cycle.formulas[0]
            message = f"计算绕成了圈：{cycle.words()}。"
            remedy = "请去掉其中一处引用。"
            self._say(UnplacedProblem(message, remedy, first.spec.path, _KINDS[first.kind]))


def _expressions(spec: FormNode) -> Iterator[tuple[str, str]]:
    item = spec.item
    if item is None:
        return
    for field, column in _COLUMNS:
        text = getattr(item, field, "")
        if text and not (field == "nodeset" and _is_whole_list(item)):
            yield column, text
    labels = (item.label,) if not isinstance(item, Question) else (item.label, item.hint, item.guidance)
    for label, column in zip(labels, ("label", "hint", "guidance_hint"), strict=False):
        yield from ((column, xpath) for xpath in _pieces(label))


def _is_whole_list(item: Item) -> bool:
    """Tell whether the choices of a question are one whole list, so that there is no expression to check."""
    return isinstance(item, Question) and bool(item.list_name) and not item.choice_filter


def _pieces(label: Label) -> Iterator[str]:
    for text in label.texts.values():
        for piece in text:
            if isinstance(piece, Value):
                yield piece.xpath


def opens(form: Form) -> str:
    """Return why a form cannot be opened, or "" when it can: the last check before it is installed."""
    try:
        Plan(form)
    except (FormError, ExpressionError) as error:
        return str(error)
    return ""
