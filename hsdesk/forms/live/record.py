"""One open record: its tree, and the steps a person takes in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Literal

from hsdesk.errors import DataError
from hsdesk.forms.host import FormHost
from hsdesk.forms.live.checks import Checks, clears
from hsdesk.forms.live.engine import Engine, StepJournal, targets
from hsdesk.forms.live.instances import Instances, SessionHost
from hsdesk.forms.live.loading import AnswerLoader
from hsdesk.forms.live.node import LiveNode, inside, rows_of
from hsdesk.forms.live.order import between
from hsdesk.forms.live.plan import Event, Plan, plan_of
from hsdesk.forms.live.spec import FormulaKind, Path
from hsdesk.forms.live.texts import LabelTexts
from hsdesk.forms.live.tree import TreeBuilder, everything
from hsdesk.forms.live.valid_days import DatedAnswer, after_setting, after_unsetting
from hsdesk.forms.live.withheld import Withheld
from hsdesk.forms.schema import Form
from hsdesk.forms.types import computed, holding_of, kept, seen, seen_text
from hsdesk.forms.versions import renamed
from hsdesk.language.compare import scalar
from hsdesk.language.context import Context
from hsdesk.language.problem import ExpressionError
from hsdesk.language.values import Value as Seen
from hsdesk.model.answer import DELETED, POSITION, Value

FIRST_LOAD = ("odk-instance-first-load", "xforms-ready")
NEW_REPEAT = "odk-new-repeat"
CHANGED = "xforms-value-changed"
_MAX_ROUNDS = 40
MAX_ROWS = 10_000
Counting = Literal["off", "hide", "add"]


class LiveRecord:
    """A live record. Steps leave what they touched in `engine.step`.

    `counting` says what the count of a roster does: nothing ("off", as JavaRosa while it replays), hide the
    rows past it ("hide", where rows are only read), or also add those that are missing ("add").
    """

    def __init__(
        self,
        form: Form,
        host: FormHost,
        answers: Mapping[str, Value] | None,
        *,
        first_load: bool,
        language: str,
        blank_rows: bool,
        counting: Counting = "add",
    ) -> None:
        self.plan: Plan = plan_of(form)
        self.host = host
        self.counting = counting
        self.outside = SessionHost(_instances(self.plan), host)
        self.context = Context(None, None, self.outside)
        self.engine = Engine(self.plan, self.context)
        self.engine.first_load = first_load
        self.grower = TreeBuilder(host.new_id, blank_rows=blank_rows)
        self.texts = LabelTexts(self.engine, self.outside, language)
        self.outside.texts = self.texts
        self.checks = Checks(self.engine, self.texts, Withheld(self.plan, host))
        self.root = self.grower.record(self.plan.root, initial=first_load)
        self.context.root = self.root
        self.by_place = self.grower.by_place
        self.steps: list[StepJournal] | None = None  # all since it was opened, where somebody keeps them
        self._open(answers or {}, first_load=first_load)

    def _open(self, answers: Mapping[str, Value], *, first_load: bool) -> None:
        loader = AnswerLoader(self.grower, self.host)
        if first_load:
            loader.preload(self.root)
            order_rows(self.root)
        else:
            loader.blank(self.root)
        loader.load(renamed(self.plan.renames, answers))
        engine = self.engine
        engine.opening = True
        engine.schedule_subtree(self.root)
        engine.run()
        engine.opening = False
        if first_load:
            self._fire_all(FIRST_LOAD)
        self._settle(clear=False)
        if first_load:
            self._date_defaults(self.root)

    # --- steps

    def begin(self) -> None:
        """Begin a step."""
        self.engine.step = StepJournal()
        if self.steps is not None:
            self.steps.append(self.engine.step)

    def end(self) -> None:
        """Run what follows from the step until nothing changes; date what it set or unset."""
        self._settle(clear=True)
        if self.plan.dated:
            self._date_changes()

    def set(self, node: LiveNode, value: Seen) -> None:
        """Set an answer that a person gave, run what depends on it, and fire the events it triggers."""
        if node.spec.calculate is not None and not node.overridden:
            node.overridden = True
            self.engine.overridden += 1
            self.engine.step.journal.append((node, "overridden", False))
        changed = self._write(node, value)
        self.engine.run()
        if changed:
            self._fire_changed(node)

    def _write(self, node: LiveNode, value: Seen) -> bool:
        changed = self.engine.set_value(node, value)
        if changed and node.spec.stored:
            self.engine.step.answers[node.place] = node
        return changed

    def add_row(self, template: LiveNode, row_id: str, before: LiveNode | None) -> LiveNode:
        """Add a row to a roster, at the end or before another row."""
        parent: LiveNode = template.parent
        siblings = rows_of(parent, template.name)
        if len(siblings) >= MAX_ROWS:
            raise DataError("这张子表已有 {most} 行，不能再加。", field=template.place, most=MAX_ROWS)
        index = before.index if before is not None else len(siblings)
        node = self.grower.row(template.spec, parent, inside(parent), row_id or self.host.new_id())
        node.pos = between(
            siblings[index - 1].pos if index else "", siblings[index].pos if index < len(siblings) else ""
        )
        self._insert(node, parent, index)
        AnswerLoader(self.grower, self.host).preload(node)
        self._row_arrived(node)
        self.grower.initial_below(node)
        self._fire_rows(node)
        self.engine.schedule_subtree(node)
        order_rows(node)
        for row in everything(node):
            if row.row:
                self.engine.step.answers[f"{row.place}/{POSITION}"] = row.pos
        self.engine.run()
        self._date_defaults(node)
        return node

    def _insert(self, node: LiveNode, parent: LiveNode, index: int) -> None:
        parent.insert(node, index)
        step = self.engine.step
        step.journal.append((node, "row added", None))
        step.rosters[self._container(node)] = None

    def _container(self, row: LiveNode) -> str:
        return row.place.rpartition("/")[0]

    def remove_row(self, row: LiveNode, reason: str) -> None:
        """Take a row out, as a person does."""
        self.engine.step.answers[f"{row.place}/{DELETED}"] = reason
        self.take_out(row)
        self.engine.run()

    def take_out(self, row: LiveNode) -> None:
        """Take a row out; what that leads to follows with the next run."""
        parent: LiveNode = row.parent
        index = row.index
        step = self.engine.step
        step.journal.append((row, "row removed", index))
        step.rosters[self._container(row)] = None
        row.detach()
        self.grower.forget(row)
        self._rows_moved(row, parent, index)

    def put_in(self, row: LiveNode, parent: LiveNode) -> None:
        """Put a row in where its order key says; what that leads to follows with the next run."""
        before = sum((one.pos, one.row) < (row.pos, row.row) for one in rows_of(parent, row.spec.name))
        self._insert(row, parent, before)
        self._row_arrived(row)
        self.engine.schedule_subtree(row)

    def follow(self) -> None:
        """Let everything follow; no choice is cleared."""
        self._settle(clear=False)

    def _row_arrived(self, row: LiveNode) -> None:
        self._rows_moved(row, row.parent, row.index)

    def _rows_moved(self, row: LiveNode, parent: LiveNode, index: int) -> None:
        """Schedule what reads the rows of a roster from outside, and what reads a row's place."""
        engine = self.engine
        spec = row.spec
        for link in spec.outer_links:
            base: LiveNode | None = parent
            for _ in range(link.up - 1):
                base = base.parent if base is not None else None
            if base is not None:
                engine.schedule(link.formula, targets(base, link.down, template=link.formula.spec.repeat))
        siblings = rows_of(parent, spec.name)
        for formula, down in spec.positional:
            for sibling in siblings[0 if engine.overridden else index :]:
                engine.schedule(formula, targets(sibling, down, template=formula.spec.repeat))

    # --- what follows by itself

    def _settle(self, *, clear: bool) -> None:
        """Run formulas, count rows and clear choices until nothing moves."""
        for _ in range(_MAX_ROUNDS):
            self.engine.run()
            moved = self._count_rows() if self.counting != "off" else False
            if clear:
                moved = self._clear_choices() or moved
            if not moved:
                return

    def _count_rows(self) -> bool:
        moved = False
        for formula in self.plan.counts:
            for template in self._templates(self.root, formula.spec.path[1:]):
                if template.relevant:
                    moved = self._count(template, self.wanted_rows(template)) or moved
        return moved

    def wanted_rows(self, template: LiveNode) -> int | None:
        """Return how many rows a counted roster should have; None when its count is not known."""
        formula = next(formula for formula in template.spec.formulas if formula.kind is FormulaKind.COUNT)
        self.context.node = template
        try:
            number = formula.code.number(self.context)
        except ExpressionError:
            return None
        return None if math.isnan(number) else max(0, min(int(number), MAX_ROWS))

    def _count(self, template: LiveNode, wanted: int | None) -> bool:
        """Show as many rows as are wanted, all where that is not known; return whether anything changed."""
        rows = rows_of(template.parent, template.name)
        wanted = len(rows) if wanted is None else wanted
        moved = [row for index, row in enumerate(rows) if row.past_count != (index >= wanted)]
        for row in moved:
            self.engine.set_past_count(row, not row.past_count)
            self.engine.step.rosters[template.place] = None
        missing = wanted - len(rows) if self.counting == "add" else 0
        for _ in range(missing):
            self.add_row(template, "", None)
        return bool(moved) or missing > 0

    def _templates(self, node: LiveNode, down: Path) -> Iterator[LiveNode]:
        for above in targets(node, down[:-1], template=False):
            if above.templates and down[-1] in above.templates:
                yield above.templates[down[-1]]

    def _clear_choices(self) -> bool:
        """Clear answers whose filter no longer offers them (JavaRosa clears them when the list is shown)."""
        moved = False
        for node in list(self.engine.step.choices):
            if node.value == "" or not node.relevant or not clears(node) or node.spec.calculate:
                continue
            values = self.texts.values(node)
            kept = " ".join(code for code in str(node.value).split() if code in values)
            if node.spec.question is not None and not holding_of(node.spec.question).is_set:
                kept = str(node.value) if str(node.value) in values else ""
            if kept != str(node.value):
                self.set(node, kept)
                moved = True
        return moved

    # --- setvalue events

    def _fire_all(self, names: tuple[str, ...]) -> None:
        for event in self.plan.events:
            if any(name in event.action.events for name in names):
                for target in targets(self.root, event.target[1:], template=False):
                    self._fire(event, target)

    def _fire_rows(self, row: LiveNode) -> None:
        for event in self.plan.events:
            if NEW_REPEAT in event.action.events and event.target[: len(row.spec.path)] == row.spec.path:
                for target in targets(row, event.target[len(row.spec.path) :], template=False):
                    self._fire(event, target)

    def _fire_changed(self, node: LiveNode) -> None:
        for event in self.plan.triggered.get(node.spec.path, ()):
            shared = _shared(event.target, node.spec.path)
            base: LiveNode = node
            for _ in range(len(node.spec.path) - shared):
                base = base.parent
            for target in targets(base, event.target[shared:], template=False):
                self._fire(event, target)

    def _fire(self, event: Event, target: LiveNode) -> None:
        question = target.spec.question
        if question is None or self.checks.withheld.is_closed(target.spec):
            return
        if event.code is None:
            value = seen_text(question, event.action.text)
        else:
            self.context.node = target
            try:
                found = computed(question, scalar(event.code.evaluate(self.context)))
            except ExpressionError:
                found = ""
            value = seen(question, kept(question, found))  # as it will be read back
        self._put(target, value)

    def _put(self, target: LiveNode, value: Seen) -> None:
        """Write what follows from a person's own answer, and fire the events that this triggers."""
        changed = self._write(target, value)
        self.engine.run()
        if changed:
            self._fire_changed(target)

    # --- days since and until which an answer holds

    def _date_changes(self) -> None:
        """Date the answers that this step has set or unset."""
        for node, old in list(self.engine.step.values.items()):
            dated = self.plan.dated.get(node.spec.path)
            if dated is not None and node.parent is not None and dated.holds(old) != dated.holds(node.value):
                self._date(node, dated)

    def _date_defaults(self, top: LiveNode) -> None:
        """Date the answers at and below a new node that its form sets by default."""
        if not self.plan.dated:
            return
        for node in list(everything(top)):
            dated = self.plan.dated.get(node.spec.path)
            if dated is not None and dated.holds(node.value):
                self._date(node, dated)

    def _date(self, node: LiveNode, dated: DatedAnswer) -> None:
        """Write the days of an answer that was set or unset; what was typed in the same step stays."""
        nodes = self._beside(node, dated.since), self._beside(node, dated.until)
        since, until = ("" if day is None else day.value for day in nodes)
        after = after_setting if dated.holds(node.value) else after_unsetting
        days = after((since, until), self.host.now().date())
        if nodes[1] is None and not dated.holds(node.value):
            days = "", ""
        typed = set(self.engine.step.values)
        for day, value in zip(nodes, days, strict=True):
            if day is not None and day not in typed:
                self._put(day, value)

    def _beside(self, node: LiveNode, path: Path) -> LiveNode | None:
        """Return the answer at a path of the form in the record or row that a node lies in; () has none."""
        shared = _shared(path, node.spec.path)
        base: LiveNode = node
        for _ in range(len(node.spec.path) - shared):
            base = base.parent
        return next(iter(targets(base, path[shared:], template=False)), None) if path else None


def order_rows(top: LiveNode) -> None:
    """Give order keys to the rows at and below a node that have none."""
    last: dict[int, str] = {}
    for node in everything(top):
        if node.row:
            if not node.pos:
                node.pos = between(last.get(id(node.parent), ""), "")
            last[id(node.parent)] = node.pos


def _shared(one: Path, other: Path) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _instances(plan: Plan) -> Instances:
    if plan.instances is None:
        plan.instances = Instances(plan.form)
    return plan.instances
