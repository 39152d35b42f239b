"""An open form: answers in, exactly what changed out.

    session = Session(form, host)                       # a new record
    changes = session.answer("households", 12)          # typed value in, `FormChanges` out
    changes = session.enter("households", "１２")        # what a person typed; DataError when it does not
    parse row = session.add_row("members").row

Paths are storage paths: `key`, `ROSTER/ROWID/key`; a roster is `ROSTER`, a row `ROSTER/ROWID`, a group
`@names`. Semantics are JavaRosa's; only answers are stored. Nothing refuses an answer that
parses: constraint, required and choices that are gone are findings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from hsdesk.errors import DataError, FormError
from hsdesk.forms.host import FormHost
from hsdesk.forms.live.elsewhere import take
from hsdesk.forms.live.findings import findings_of
from hsdesk.forms.live.node import LiveNode, counted_rows
from hsdesk.forms.live.record import LiveRecord
from hsdesk.forms.live.report import changes_of, effective_answers, own_changes, stored_answers
from hsdesk.forms.live.screen import Screen
from hsdesk.forms.live.tree import everything
from hsdesk.forms.live.undo import undo_step
from hsdesk.forms.schema import Choice, Form, Label
from hsdesk.forms.types import Lookup, kept, read, seen
from hsdesk.forms.views import Finding, FormChanges, LayoutItem, NodeView
from hsdesk.model.answer import Value


class Session:
    """A live instance of a form. Not shared between threads.

    `answers` are those stored; None opens a new record, on which defaults, `once()` and first-load events
    fire. `blank_rows` keeps the one empty row with which pyxform starts every roster.
    """

    def __init__(
        self,
        form: Form,
        host: FormHost,
        answers: Mapping[str, Value] | None = None,
        *,
        first_load: bool | None = None,
        language: str = "",
        blank_rows: bool = False,
    ) -> None:
        first = answers is None if first_load is None else first_load
        self.form = form
        self.is_new = first
        self._record = LiveRecord(
            form, host, answers, first_load=first, language=language, blank_rows=blank_rows
        )
        self._findings: Callable[[LiveRecord], tuple[Finding, ...]] = findings_of
        given = answers or {}
        self._first = (
            {path: value for path, value in self.answers().items() if path not in given} if first else {}
        )

    @classmethod
    def over(
        cls,
        record: LiveRecord,
        findings: Callable[[LiveRecord], tuple[Finding, ...]],
        first: Mapping[str, Value] | None,
    ) -> Session:
        """Return the session over an open record; `first` is what opening a new one wrote, None: not new."""
        session = cls.__new__(cls)
        session.form, session.is_new = record.plan.form, first is not None
        session._record, session._findings = record, findings
        session._first = dict(first or {})
        return session

    def trial(self) -> Session:
        """Return a session over the same answers, to see what something would lead to."""
        return Session(self.form, self._record.host, self.answers(), first_load=False)

    # --- steps

    def answer(self, path: str, value: Value) -> FormChanges:
        """Put a typed answer. Raises `DataError` when there is no such answer."""
        node = self._answer_node(path)
        assert node.spec.question is not None
        with self._step() as record:
            record.set(node, seen(node.spec.question, value))
        return changes_of(record)

    def put(self, path: str, value: Value) -> dict[str, Value]:
        """Put a typed answer; return the stored answers that changed. Raises `DataError`."""
        node = self._answer_node(path)
        assert node.spec.question is not None
        with self._step() as record:
            record.set(node, seen(node.spec.question, value))
        return own_changes(record)

    def enter(self, path: str, text: str) -> FormChanges:
        """Put what a person typed or pasted. Raises `DataError` when it cannot be read exactly."""
        return self.answer(path, self.meaning(path, text))

    def meaning(self, path: str, text: str) -> Value:
        """Return what a text means as an answer. Raises `DataError` when it cannot be read exactly."""
        node = self._answer_node(path)
        assert node.spec.question is not None
        texts = self._record.texts
        return read(node.spec.question, text, Lookup(lambda _: texts.offered(node)))

    def take(
        self, answers: Mapping[str, Value], *, held: Collection[str] = (), rows: Collection[str] = ()
    ) -> FormChanges:
        """Say what `answers` say, all of them, given by others; nothing of what changes is to be saved.

        Answers at the paths `held` stay, and so do the rows named by `rows`. No setvalue action fires and
        nothing gets its default.
        """
        take(self._record, answers, held, rows)
        return changes_of(self._record)

    def named(self, path: str) -> tuple[Choice, ...] | None:
        """Return the choices that a record given as data may name at a question, closed ones too.

        None: the list is not known here, so nobody can say whether a code is in it.
        """
        return self._record.texts.named(self._answer_node(path))

    def fill(self, answers: Mapping[str, Value]) -> FormChanges:
        """Put several typed answers as one step. Raises `DataError`."""
        nodes = {path: self._answer_node(path) for path in answers}
        with self._step() as record:
            for path, node in nodes.items():
                assert node.spec.question is not None
                record.set(node, seen(node.spec.question, answers[path]))
        return changes_of(record)

    def add_row(self, repeat_path: str, *, row: str = "", before: str | None = None) -> FormChanges:
        """Add a row at the end, or before the row with the path `before`. `FormChanges.row` is its id."""
        template = self._roster(repeat_path)
        following = self._node(before) if before else None
        with self._step() as record:
            node = record.add_row(template, row, following)
        return changes_of(record, row=node.row)

    def remove_row(self, row_path: str, *, reason: str = "删除") -> FormChanges:
        """Take a row out; its answers stay in the log."""
        node = self._node(row_path)
        if not node.row:
            raise DataError("没有这一行（{path}）。", field=row_path, path=row_path)
        with self._step() as record:
            record.remove_row(node, reason)
        return changes_of(record)

    def set_language(self, language: str) -> None:
        """Show labels in another language of the form."""
        self._record.texts.language = language or self.form.default_language

    @contextmanager
    def _step(self) -> Iterator[LiveRecord]:
        """Take one step; a form whose rows read each other in a circle leaves the record as it was."""
        record = self._record
        record.begin()
        try:
            yield record
            record.end()
        except FormError:
            undo_step(record, record.engine.step)
            record.steps = None
            raise

    # --- looking

    def node(self, path: str) -> NodeView:
        """Return one answer as a field shows it. Raises `DataError` when there is none."""
        return Screen(self._record).view(self._answer_node(path))

    def can_answer(self, path: str) -> bool:
        """Tell whether a person may answer here now: it is asked and not read-only."""
        node = self._answer_node(path)
        is_closed = self._record.checks.withheld.is_closed(node.spec)
        return node.relevant and not node.readonly and not is_closed

    def is_relevant(self, path: str) -> bool:
        """Tell whether an answer, group, roster or row is relevant now."""
        return self._node(path).relevant

    def label(self, path: str) -> str:
        """Return the label of an answer, group, roster or row."""
        node = self._node(path)
        item = node.spec.item
        return self._record.texts.text(item.label if item is not None else Label(), node)

    def choice_label(self, path: str, choice: Choice) -> str:
        """Return the text of one of a question's choices in the session's language."""
        return self._record.texts.text(choice.label, self._node(path))

    def rows(self, repeat_path: str) -> tuple[str, ...]:
        """Return the paths of a roster's rows, in order."""
        template = self._roster(repeat_path)
        return tuple(row.place for row in counted_rows(template.parent, template.name))

    def layout(self) -> tuple[LayoutItem, ...]:
        """Return what is on the screen, in screen order, relevant or not."""
        return Screen(self._record).layout()

    # --- checking and taking out

    def validate(self) -> tuple[Finding, ...]:
        """Return every rule that an answer breaks, in screen order."""
        return self._findings(self._record)

    def finalise(self) -> tuple[Finding, ...]:
        """Set what is only known at the end (`end`), and return the findings."""
        with self._step() as record:
            for node in everything(record.root):
                question = node.spec.question
                if question is not None and question.preload == "timestamp end":
                    record.set(node, record.host.now())
        return self.validate()

    def answers(self) -> dict[str, Value]:
        """Return the last values by storage path, relevant or not; calculations and notes left out."""
        return stored_answers(self._record)

    def first_answers(self) -> dict[str, Value]:
        """Return what opening wrote (defaults, `once()`, `uuid()`), to be saved as ordinary answers."""
        return dict(self._first)

    def effective(self) -> dict[str, Value]:
        """Return the relevant values by storage path, calculations included."""
        return effective_answers(self._record)

    # --- finding nodes

    def _node(self, path: str) -> LiveNode:
        node = self._record.by_place.get(path)
        if node is None:
            raise DataError("表里没有这一栏（{path}）。", field=path, path=path)
        return node

    def _answer_node(self, path: str) -> LiveNode:
        node = self._node(path)
        if node.spec.question is None:
            raise DataError("“{path}”不是一栏，不能填。", field=path, path=path)
        return node

    def _roster(self, path: str) -> LiveNode:
        node = self._node(path)
        if not node.spec.repeat or node.row:
            raise DataError("“{path}”不是子表。", field=path, path=path)
        return node

    def stored_value(self, path: str) -> Value:
        """Return one answer's value as it is stored."""
        node = self._answer_node(path)
        assert node.spec.question is not None
        return kept(node.spec.question, node.value)
