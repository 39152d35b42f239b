"""Who fills a form must be able to reach what it asks of him.

A form may ask a village for a team of the township that no village ever receives, a common desk for a record
of a party register, a residents' committee for what only villagers' committees have. Each of these ends in a
必须改 that nobody there can mend. `unreachable` finds them ahead of use, for every kind of place that fills
the form: by the levels and the publication of the registers it names, the classes of data, and what its
conditions come to at such a place (`language.partial`).

What a desk is not granted at all is not asked there (`live.withheld`); so a class is looked at only where a
question is open to more people than the register that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hsdesk.forms.codelists import columns_of, shipped_list
from hsdesk.forms.live.spec import FormNode, path_named, specs_of
from hsdesk.forms.problem import Problem, Severity
from hsdesk.forms.reach_defaults import broken_defaults
from hsdesk.forms.schema import Choice, Form, Level, Question, class_of, questions, questions_by_path
from hsdesk.forms.shipped import is_off
from hsdesk.forms.xform.unplaced_problem import Path
from hsdesk.language.ast import Path as PathExpr
from hsdesk.language.ast import instance_name
from hsdesk.language.parser import parse
from hsdesk.language.partial import UNHELD, UNKNOWN, Open, partly, truth
from hsdesk.language.problem import ExpressionError
from hsdesk.model.answer import generic
from hsdesk.model.place import LEVEL_WORDS, LEVELS, CommunityKind

_BRACKETS = re.compile(r"[(（][^)）]*[)）]")
_KINDS: dict[CommunityKind, str] = {"C": "社区", "N": "村", "Q": "类似单位"}
_NO_OFFICE = "（没有乡镇端的）"
_PUBLISH = (
    "请把那张登记表设成下发（attribute::hs:publish 填 down），或让这一栏不必填并另给一栏可填，"
    "或改由能选的一级来填。"
)


class Filler(msgspec.Struct, frozen=True):
    """A kind of place that fills a form. `has_office`: a township stands between it and its county."""

    level: Level
    kind: CommunityKind | str = ""
    has_office: bool = True

    @property
    def words(self) -> str:
        """How it is called in a sentence."""
        name = _KINDS[self.kind] if self.kind in _KINDS else LEVEL_WORDS[self.level]
        return name if self.has_office else f"{name}{_NO_OFFICE}"

    @property
    def here(self) -> dict[str, str]:
        """What is known of it in `instance('here')`."""
        return {"level": self.level, "community_kind": self.kind}


def fillers(form: Form) -> Iterator[Filler]:
    """Yield every kind of place that fills a form."""
    for level in form.levels:
        if level == "village":
            for kind in _KINDS:
                yield Filler(level, kind)
            yield Filler(level, "C", has_office=False)
        else:
            yield Filler(level)


def receives(filler: Filler, register: Form) -> bool:
    """Tell whether the desk of a place holds a register: its own, of those below, or published from above."""
    at = LEVELS.index(filler.level)
    for level in register.levels:
        if LEVELS.index(level) <= at:
            return True
        if register.stream == "published" and (level != "township" or filler.has_office):
            return True
    return False


class _Finding(msgspec.Struct, frozen=True):
    """What is wrong with one question: `message` names the question {named} and who fills it {filler}."""

    name: str
    label: str
    severity: Severity
    message: str
    remedy: str


def unreachable(form: Form, registers: Mapping[str, Form]) -> tuple[Problem, ...]:
    """Return what a form asks that one who fills it cannot reach. `registers`: all others by form_id."""
    known = {**registers, form.form_id: form}
    whom: dict[_Finding, list[str]] = {}
    everybody = tuple(fillers(form))
    for filler in everybody:
        view = FormAt(form, known, filler)
        for spec in view.asked():
            for one in _Looking(view, spec).findings():
                whom.setdefault(one, []).append(filler.words)
        for one in _default_findings(view):
            whom.setdefault(one, []).append(filler.words)
    for question in questions(form.children, into_repeats=True):
        whom |= {one: [] for one in _class_findings(form, question, known)}
    return tuple(_problem(form, one, words, len(everybody)) for one, words in whom.items())


def _problem(form: Form, one: _Finding, words: Sequence[str], all_of_them: int) -> Problem:
    levels = dict.fromkeys(LEVEL_WORDS[level] for level in form.levels)
    filler = "、".join(levels if len(words) == all_of_them else words)
    message = one.message.format(named=f"“{one.label}”", filler=filler)
    return Problem(form.form_id, "survey", one.name, one.severity, message, one.remedy)


class FormAt:
    """A form as one kind of place fills it: which questions come up there, and what conditions come to."""

    def __init__(self, form: Form, registers: Mapping[str, Form], filler: Filler) -> None:
        self.form = form
        self.registers = registers
        self.filler = filler
        self.specs: dict[Path, FormNode] = {spec.path: spec for spec in specs_of(form).walk()}
        self._relevant: dict[Path, bool] = {}

    def asked(self) -> Iterator[FormNode]:
        """Yield the questions that may come up."""
        for spec in self.specs.values():
            if spec.question is not None and not spec.in_meta and self.may_come_up(spec):
                yield spec

    def may_come_up(self, spec: FormNode) -> bool:
        """Tell whether a node may be relevant; one that waits for itself may."""
        known = self._relevant.get(spec.path)
        if known is None:
            self._relevant[spec.path] = True
            text = spec.item.relevant if spec.item is not None else ""
            above = spec.parent is None or self.may_come_up(spec.parent)
            known = self._relevant[spec.path] = above and self.outcome(text, spec) is not False
        return known

    def may_be_required(self, spec: FormNode) -> bool:
        """Tell whether a question may have to be answered; a condition that cannot be told asks nothing."""
        question = spec.question
        if question is None or not question.required:
            return False
        return self.outcome(question.required, spec) not in (False, UNHELD)

    def outcome(self, text: str, spec: FormNode) -> bool | Open:
        """Return what a condition comes to at a node."""
        try:
            return truth(partly(parse(text), _At(self, spec))) if text else True
        except ExpressionError:  # the lint of expressions says so
            return UNKNOWN

    def lacks(self, question: Question) -> Form | None:
        """Return the register a question names where the place does not receive it."""
        register = self.registers.get(question.reference)
        return register if register is not None and not receives(self.filler, register) else None

    def can_be_given(self, spec: FormNode) -> bool:
        """Tell whether a question comes up and, if it names a record, whether there is any to name."""
        return self.may_come_up(spec) and (spec.question is None or self.lacks(spec.question) is None)


class _At:
    """What is known ahead at one node (`language.partial.Reading`); of a choice also its `row`."""

    def __init__(self, view: FormAt, spec: FormNode, row: Mapping[str, str] | None = None) -> None:
        self._view = view
        self._spec = spec
        self._row = row

    def value(self, path: PathExpr) -> str | Open:
        if instance_name(path.start) == "here":
            return self._view.filler.here.get(path.steps[-1].test, UNKNOWN)
        if self._row is not None and path.start == "" and len(path.steps) == 1:
            return self._row.get(path.steps[0].test, UNKNOWN)
        names = path_named(path, self._spec.path)
        spec = self._view.specs.get(names) if names else None
        if spec is None or spec.question is None or names == self._spec.path:
            return UNKNOWN
        return UNKNOWN if self._view.can_be_given(spec) else ""

    def holds(self, instance: str) -> bool:
        register = self._view.registers.get(instance)
        return register is None or receives(self._view.filler, register)


class _Looking:
    """Looks at one question of a form as one kind of place fills it."""

    def __init__(self, view: FormAt, spec: FormNode) -> None:
        assert spec.question is not None
        self._view = view
        self._spec = spec
        self._question = spec.question
        self._is_required = view.may_be_required(spec)

    def findings(self) -> Iterator[_Finding]:
        yield from self._of_level()
        if self._is_required:
            yield from self._of_switch()
            yield from self._of_population()
            yield from self._of_choices()
        if self._question.constraint and self._view.outcome(self._question.constraint, self._spec) is False:
            message = "{filler}不管怎样填，{named}都不合要求。"
            yield self._say("error", message, "请核对 constraint，或让这一题在那里不出现。")

    def _say(self, severity: Severity, message: str, remedy: str) -> _Finding:
        return _finding(self._question, severity, message, remedy)

    def _of_level(self) -> Iterator[_Finding]:
        """A register of another level that is not published."""
        register = self._view.lacks(self._question)
        if register is None or (not self._is_required and self._is_written_above(register)):
            return
        levels = "、".join(LEVEL_WORDS[level] for level in register.levels)
        message = f"{{filler}}收不到由{levels}填的“{register.title}”，{{named}}在那里选不了。"
        yield self._say("error" if self._is_required else "warning", message, _PUBLISH)

    def _of_switch(self) -> Iterator[_Finding]:
        """A register that is not there until somebody switches it on."""
        register = self._view.registers.get(self._question.reference)
        if register is not None and is_off(register.form_id) and not is_off(self._view.form.form_id):
            message = f"{{named}}必填，要选的“{register.title}”平时却不启用。"
            yield self._say("error", message, "请改成不必填，或让那张登记表一开始就启用。")

    def _is_written_above(self, register: Form) -> bool:
        """Tell whether a township, which fills the registers of its villages too, can reach it."""
        return self._view.filler.level == "village" and receives(Filler("township"), register)

    def _of_population(self) -> Iterator[_Finding]:
        """A question that must name one of a register, beside one like it that names those of another."""
        if self._view.outcome(self._question.required, self._spec) is not True:
            return
        for other in self._view.asked():
            if other.question is None or other.under is not self._spec.under:
                continue
            if self._is_like(other.question):
                message = (
                    f"{{named}}一律必填，可是也能填在“{other.question.label.plain()}”里，只填那一栏的过不了。"
                )
                yield self._say("error", message, "请把必填改成条件，例如另一栏空着时才必填。")

    def _is_like(self, other: Question) -> bool:
        """Tell whether another question asks the same of another register."""
        registers = {self._question.reference, other.reference}
        return len(registers) == 2 and "" not in registers and _bare(other) == _bare(self._question)

    def _of_choices(self) -> Iterator[_Finding]:
        """A filter that lets nothing pass at such a place."""
        question = self._question
        listed = self._view.form.lists.get(question.list_name) or shipped_list(question.list_name)
        if not question.choice_filter or not listed or question.reference:
            return
        if all(self._passes(choice) is False for choice in listed):
            message = "{filler}必填的{named}没有一个选项可选。"
            yield self._say("error", message, "请核对 choice_filter，或改成在那里不必填。")

    def _passes(self, choice: Choice) -> bool | Open:
        try:
            expression = parse(self._question.choice_filter)
        except ExpressionError:
            return UNKNOWN
        return truth(partly(expression, _At(self._view, self._spec, columns_of(choice))))


def _default_findings(view: FormAt) -> Iterator[_Finding]:
    """What a new record at such a place breaks by what the form itself puts in."""
    filler, asked = view.filler, questions_by_path(view.form)
    for one in broken_defaults(view.form, filler.level, filler.kind, has_office=filler.has_office):
        question = asked.get(generic(one.path))
        if question is not None:
            severity: Severity = "error" if one.severity == "error" else "warning"
            message = "{filler}的{named}由登记表自动带出，带出的就不合它自己的要求。"
            yield _finding(question, severity, message, "请在 constraint 里把那里的情形放过，或改默认值。")


def _finding(question: Question, severity: Severity, message: str, remedy: str) -> _Finding:
    return _Finding(question.name, question.label.plain() or question.name, severity, message, remedy)


def _bare(question: Question) -> str:
    """Return what a question is called without what stands in brackets: 走访人(党员) is 走访人."""
    return _BRACKETS.sub("", question.label.plain()).strip()


def _class_findings(form: Form, question: Question, registers: Mapping[str, Form]) -> Iterator[_Finding]:
    """What names a record of a party register is party data itself: it takes over the class."""
    register = registers.get(question.reference)
    if register is None or register.stream not in ("party", "personal"):
        return
    if class_of(form, question) in ("common", "published"):
        message = f"{{named}}要从另行授权的“{register.title}”里选，没有那个权限的人选不了。"
        remedy = f"请在 bind::hs:class 填 {register.stream}：引用它的栏目继承它的级别。"
        yield _finding(question, "error" if question.required else "warning", message, remedy)
