"""Checks and what they ask: a finding must be one that somebody at that place can mend (`forms.reach`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hsdesk.forms.problem import Problem
from hsdesk.forms.reach import Filler, FormAt, fillers, receives
from hsdesk.forms.schema import Form, questions
from hsdesk.language.ast import Path
from hsdesk.language.parser import parse
from hsdesk.language.partial import UNHELD, UNKNOWN, Open, partly, truth
from hsdesk.language.problem import ExpressionError
from hsdesk.reports.checks import BalanceCheck, Check, RowCheck
from hsdesk.reports.counts import count_named

FILE = "checks.json"


def unreachable_checks(checks: Sequence[Check], registers: Mapping[str, Form]) -> tuple[Problem, ...]:
    """Return the checks that can find what the one who fills the register cannot mend."""
    found: dict[Problem, None] = {}
    for check in checks:
        form = registers.get(check.register)
        if form is None:  # a check of a register that is not installed is passed over
            continue
        for filler in fillers(form):
            view = FormAt(form, registers, filler)
            if isinstance(check, RowCheck):
                found |= dict.fromkeys(_of_rows(check, view))
            elif isinstance(check, BalanceCheck):
                found |= dict.fromkeys(_of_balance(check, filler, registers))
    return tuple(found)


def _of_rows(check: RowCheck, view: FormAt) -> Iterator[Problem]:
    spec = next((one for one in view.specs.values() if one.question and one.key == check.path), None)
    if spec is None or view.can_be_given(spec):
        return
    wheres = [check.broken(version) for version in check.versions()] or [check.broken(None)]
    if any(_may_hold(where, view) for where in wheres):
        label = spec.question.label.plain() if spec.question else check.path
        said = (
            f"{view.filler.words}的“{view.form.title}”里会提示“{check.message}”，可是“{label}”在那里填不了。"
        )
        yield _problem(check, said, "请在 where 里加上条件，例如 _kind 或 _level，或改指能填的一栏。")


def _may_hold(where: str, view: FormAt) -> bool:
    try:
        return truth(partly(parse(where), _Row(view))) not in (False, UNHELD) if where else True
    except ExpressionError:
        return False


def _of_balance(check: BalanceCheck, filler: Filler, registers: Mapping[str, Form]) -> Iterator[Problem]:
    """Both sides are figures of one place: that place must fill both, or they never meet."""
    for side in (check.left, check.right):
        register = registers.get(count_named(side).register)
        if register is None or filler.level in register.levels:
            continue
        how = "不填" if receives(filler, register) else "收不到"
        said = f"{filler.words}{how}“{register.title}”，“{check.message}”在那里对不上。"
        yield _problem(check, said, "请只比较同一级填的两张登记表。")


def _problem(check: Check, message: str, remedy: str) -> Problem:
    severity = "error" if check.severity == "error" else "warning"
    return Problem(FILE, check.register, check.id, severity, message, remedy)  # type: ignore[arg-type]


class _Row:
    """What is known ahead of a row of a register (`language.partial.Reading`)."""

    def __init__(self, view: FormAt) -> None:
        self._view = view
        self._specs = {one.key: one for one in view.specs.values() if one.question and one.under is None}
        self._columns = {question.key for question in questions(view.form.children)}

    def value(self, path: Path) -> str | Open:
        name = path.steps[-1].test if path.start == "" and len(path.steps) == 1 else ""
        own = {"_kind": self._view.filler.kind, "_level": self._view.filler.level}
        if name in own:
            return own[name]
        spec = self._specs.get(name) if name in self._columns else None
        return UNKNOWN if spec is None or self._view.can_be_given(spec) else ""

    def holds(self, instance: str) -> bool:
        register = self._view.registers.get(instance)
        return register is None or receives(self._view.filler, register)
