"""One live record that says what many records say, one after another: its tree is grown once.

Only what differs from the record before is worked out again, which gives what a fresh record would
(`tests/forms/test_forms_series.py`). Forms of which that does not hold get a fresh record each time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache

from hsdesk.forms.host import FormHost
from hsdesk.forms.live.elsewhere import take
from hsdesk.forms.live.engine import StepJournal, targets
from hsdesk.forms.live.findings import KnownFindings, findings_of
from hsdesk.forms.live.loading import AnswerLoader
from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.plan import Plan, plan_of
from hsdesk.forms.live.record import FIRST_LOAD, Counting, LiveRecord
from hsdesk.forms.live.report import stored_answers
from hsdesk.forms.live.undo import undo_step
from hsdesk.forms.schema import Form
from hsdesk.forms.types import kept
from hsdesk.forms.views import Finding
from hsdesk.model.answer import Value

_OWN = frozenset({"now", "uuid", "random", "once"})  # each record has its own; `today()` all of a day share


@lru_cache(64)
def recurs(plan: Plan) -> bool:
    """Tell whether a record of this form depends on its answers, the day and the host alone.

    A clock, a lot or `once()` gives each record its own; a counted roster remembers rows past its count.
    """
    codes = [formula.code for formula in plan.formulas] + [event.code for event in plan.events if event.code]
    return not plan.counts and not any(code.functions & _OWN for code in codes)


@lru_cache(64)
def recurs_new(plan: Plan) -> bool:
    """Tell whether what opening a new record of this form writes is the same for every record of a day.

    An action of a first opening may read the clock that a question asks for, or the record that is open.
    """
    if not recurs(plan):
        return False
    first = (event for event in plan.events if set(FIRST_LOAD) & set(event.action.events))
    codes = [event.code for event in first if event.code]
    read = (spec for code in codes for path in code.dependencies for spec in plan.matching(path.path))
    if any(spec.question and spec.question.preload for spec in read):
        return False
    return not any("here" in code.source and "record" in code.source for code in codes)


class StoredSeries:
    """Stored records of one form, one after another; each is over when the next is asked for.

    `counting` as of `LiveRecord`; without a counted roster it makes no difference.
    """

    def __init__(self, form: Form, *, counting: Counting) -> None:
        self._form = form
        self._counting: Counting = counting
        self._recurs = recurs(plan_of(form))
        self._kept: LiveRecord | None = None
        self._day = dt.date.min
        self._known: KnownFindings | None = None
        self._touched: dict[LiveNode, None] = {}  # since the findings were asked for

    def record(self, answers: Mapping[str, Value], host: FormHost) -> LiveRecord:
        """Return a record that says these answers, as if it were opened with them now."""
        day = host.now().date()
        made, self._kept = self._kept, None  # lest a record that stopped half-way is used again
        if made is None or made.steps is None or day != self._day:
            made = self._opened(answers, host)
        else:
            self._note(made.steps)
            rewind(made)
            visit(made, host)
            take(made, answers, (), ())
            self._note((made.engine.step,))
        if self._recurs:
            self._kept, self._day = made, day
        return made

    def _opened(self, answers: Mapping[str, Value], host: FormHost) -> LiveRecord:
        self._known = None
        made = LiveRecord(
            self._form, host, answers, first_load=False, language="", blank_rows=False,
            counting=self._counting,
        )  # fmt: skip
        made.steps = []
        return made

    def _note(self, steps: Iterable[StepJournal]) -> None:
        """Note what steps have touched; where rows came or went, every node is looked at again."""
        for step in steps:
            if step.rosters:
                self._known = None
            self._touched |= {**step.checks, **step.choices}

    def findings(self, record: LiveRecord) -> tuple[Finding, ...]:
        """Return what the record breaks that `record` returned last."""
        steps = record.steps
        if steps is None or any(step.rosters for step in steps):
            return findings_of(record)
        if self._known is None:
            self._known = KnownFindings(record)
        else:
            self._note(steps)
            self._known = self._known.after(self._touched)
        self._touched = {}
        return self._known.all()


class NewSeries:
    """New records of one form, one after another; each is over when the next is asked for."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._recurs = recurs_new(plan_of(form))
        self._kept: LiveRecord | None = None
        self._day = dt.date.min
        self._known: KnownFindings | None = None
        self.first: dict[str, Value] = {}  # what opening the last one wrote

    def record(self, host: FormHost) -> LiveRecord:
        """Return a new record with its defaults, as if it were opened now."""
        day = host.now().date()
        kept, self._kept = self._kept, None
        if kept is None or kept.steps is None or day != self._day:
            kept = self._opened(host)
        else:
            rewind(kept)
            visit(kept, host)
            self.first |= greet(kept)
        rows = any(node.row for node in kept.by_place.values())  # that come with the form: new ids each time
        if self._recurs and not rows:
            self._kept, self._day = kept, day
        return kept

    def _opened(self, host: FormHost) -> LiveRecord:
        made = LiveRecord(self._form, host, None, first_load=True, language="", blank_rows=False)
        made.steps = []
        self.first = stored_answers(made)
        self._known = KnownFindings(made)
        return made

    def findings(self, record: LiveRecord) -> tuple[Finding, ...]:
        """Return what the record breaks that `record` returned last."""
        steps = record.steps
        if steps is None or self._known is None or any(step.rosters for step in steps):
            return findings_of(record)
        touched = [node for step in steps for node in (*step.checks, *step.choices)]
        return self._known.after(touched).all()


def visit(record: LiveRecord, host: FormHost) -> None:
    """Let a record ask another host of the same place; schedule what reads which record is open."""
    record.host = record.outside.host = host
    record.outside.living.pop("here", None)
    for formula in record.plan.here:
        nodes = targets(record.root, formula.spec.path[1:], template=formula.spec.repeat)
        record.engine.schedule(formula, nodes)


def rewind(record: LiveRecord) -> None:
    """Take back every step since the record was opened. No formula runs."""
    steps, record.steps = record.steps or [], []
    for step in reversed(steps):
        for node in step.checks:
            node.problem = None
        undo_step(record, step)


def greet(record: LiveRecord) -> dict[str, Value]:
    """Give a rewound record what a first opening brings anew, and return what is stored of it."""
    record.begin()
    loader = AnswerLoader(record.grower, record.host)
    found: dict[str, Value] = {}
    asked = (spec for spec in record.plan.preloaded if spec.under is None)  # no rows come with the form
    for node in (node for spec in asked for node in targets(record.root, spec.path[1:], template=False)):
        value = loader.preloaded(node)
        if value != "" and node.spec.question is not None:
            record.engine.set_value(node, value)
            if node.spec.stored:
                found[node.place] = kept(node.spec.question, value)
    record.follow()
    return found
