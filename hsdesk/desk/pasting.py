"""Blocks of cells for the records of a register: previewed by the form's rules, then written as one act.

The preview opens each record as its page would, puts the cells in and keeps what would be saved. An edit says
what stood on the screen when the preview was made, so that whoever changed a record meanwhile is not written
over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hsdesk.desk.block_values import BlockCell, BlockPreview, BlockRow, as_it_is, told
from hsdesk.desk.display_values import display_value
from hsdesk.desk.host import DeskHost
from hsdesk.desk.listing import Listing
from hsdesk.desk.opening import Opened, must_stand
from hsdesk.desk.posted_entries import fixed_answers, keep_posted
from hsdesk.desk.records import Records, logged
from hsdesk.desk.singles import keep_single
from hsdesk.desk.source import DeskSource, reads
from hsdesk.desk.values import Changes, Edit, Sentence
from hsdesk.errors import DataError, DeskError, Refused
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.series import SessionSeries
from hsdesk.forms.session import Session
from hsdesk.forms.shipped import form_named
from hsdesk.forms.types import as_typed, holding_of, type_of
from hsdesk.model.answer import Value
from hsdesk.model.identity import new_id
from hsdesk.records.edits import RecordState

MOST_ROWS = 5000
TITLE = ""


class Pasting:
    """Previews and writes blocks for the records of an open desk."""

    def __init__(self, opened: Opened, source: DeskSource, records: Records, listing: Listing) -> None:
        self._opened = opened
        self._file = opened.file
        self._source = source
        self._records = records
        self._listing = listing

    def preview(
        self,
        form_id: str,
        numbers: Sequence[int],
        columns: Sequence[str],
        texts: Sequence[Sequence[str]],
        place: str = "",
    ) -> BlockPreview:
        """Return what putting texts into the cells of records would do, row by row.

        `columns` are keys of answers, `TITLE` where one answer is the title. Rows of texts beyond the records
        become new records of `place` (its id); where that cannot be, `cut` says so.
        """
        block = _Block(self, self._file.form(form_named(form_id)), columns)
        given = texts[:MOST_ROWS]
        rows = list(block.records(numbers, given))
        beyond = given[len(numbers) :]
        cut = block.why_not_new(place) if beyond else None
        if beyond and not cut:
            rows.extend(block.new(place, beyond))
        edits = tuple(edit for _, edit in rows if edit is not None)
        return BlockPreview(block.form.form_id, block.headings, tuple(row for row, _ in rows), edits, cut)

    def first_row(self, form_id: str, number: int, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the answers of one record as they would be typed, to be filled down."""
        form = self._file.form(form_named(form_id))
        (row,) = self._file.rows_by_key(form.form_id, (number,))
        asked = (question_of(form, column) for column in columns)
        return tuple(as_typed(row.values.get(one.key)) if one is not None else "" for one in asked)

    def write(self, preview: BlockPreview) -> Changes:
        """Write what a preview shows, as one act that is undone at once. Raises Refused, Closed."""
        form = self._file.form(preview.form)
        for edit in preview.edits:
            if not self._records.is_writable(form, edit.scope):
                raise Refused("“{form}”在这里只能看，不能改。您的数据没有改动。", form=form.title)
            if form.kind == "ledger":
                fixed = self._records.fixed(form, edit.scope, edit.record)
                state = self._file.state(edit.scope, edit.record) if fixed else None
                keep_posted(form, fixed, state.answers if state else {}, edit.answers)
        person = self._opened.person
        written = (logged(edit, person) for edit in preview.edits)
        return self._records.changes(self._file.commit_many(written, self._records.doing("edit")))


class _Block:
    """One preview under way."""

    def __init__(self, desk: Pasting, form: Form, columns: Sequence[str]) -> None:
        self._desk = desk
        self.form = form
        self._asked = [question_of(form, column) for column in columns]
        self.headings = tuple(one.label.plain() if one is not None else "" for one in self._asked)
        self._known: dict[tuple[str, str, Value], Value | DataError] = {}  # texts of choices looked up
        self._series: dict[str, SessionSeries] = {}
        self._hosts: dict[str, DeskHost] = {}

    def records(
        self, numbers: Sequence[int], texts: Sequence[Sequence[str]]
    ) -> Iterator[tuple[BlockRow, Edit | None]]:
        """Yield the rows of records that are there, each with what it would save."""
        file = self._desk._file
        some = numbers[: len(texts)]
        keys = file.identities(self.form.form_id, some)
        rows = file.rows_by_key(self.form.form_id, some)
        for at, (row, (state, screen)) in enumerate(zip(rows, file.looks(keys), strict=True)):
            scope, record = keys[at]
            answers = state.answers if state else {}
            host = self._host(scope).for_record(record)
            session = self._many(scope).stored(answers, host)
            why = self._why_not(scope, state)
            fixed = self._fixed(session, scope, record)
            cells, changed = self._filled(session, texts[at], why, fixed)
            edit = None
            if changed:
                stood = {path: answers[path] for path in changed if path in answers}
                edit = Edit(self.form.form_id, record, scope, changed, screen, stood)
            yield BlockRow(self._desk._source.readable(self.form, row.title), cells), edit

    def new(self, place: str, texts: Sequence[Sequence[str]]) -> Iterator[tuple[BlockRow, Edit | None]]:
        """Yield the rows of records that would be made."""
        for given in texts:
            record = new_id()
            session = self._many(place).new(self._host(place).for_record(record))
            cells, changed = self._filled(session, given, None, frozenset())
            edit = Edit(self.form.form_id, record, place, session.answers()) if changed else None
            yield BlockRow("", cells, is_new=True), edit

    def why_not_new(self, place: str) -> Sentence | None:
        """Return why rows beyond the list cannot become records, None when they can."""
        if not place:
            return Sentence("下面没有行了，多出来的没有粘贴。请先新增，再粘贴。")
        if any(reads(one.xpath, self.form.form_id) for one in self.form.set_values):
            return Sentence("这张表的编号由程序接着往下排，多出来的行没有粘贴。请用「新增」一条条填。")
        unit = self._desk._opened.directory.by_id(place)
        try:
            must_stand(unit)
            self._desk._records.must_fill(self.form, place)
            keep_single(self._desk._file, self.form, unit)
        except DeskError as error:
            return told(error)
        if not self._desk._records.is_writable(self.form, place):
            return Sentence("这张表在这里只能看，不能新增，多出来的行没有粘贴。")
        return None

    def _why_not(self, scope: str, state: RecordState | None) -> Sentence | None:
        if state is None or state.deleted or state.merged_into:
            return Sentence("这一条已经作废，不能改。")
        if not self._desk._records.is_writable(self.form, scope):
            return Sentence("这一条在这里只能看，不能改。")
        return None

    def _fixed(self, session: Session, scope: str, record: str) -> frozenset[str]:
        if self.form.kind != "ledger":
            return frozenset()
        return fixed_answers(self.form, session, typing=bool(self._desk._file.drafts(scope, record)))

    def _filled(
        self, session: Session, texts: Sequence[str], why: Sentence | None, fixed: frozenset[str]
    ) -> tuple[tuple[BlockCell, ...], dict[str, Value]]:
        """Put texts into a record; return what becomes of each cell, and the answers that changed."""
        asked = [one for one in self._asked if one is not None]
        before = {one.key: session.stored_value(one.key) for one in asked}
        row = RowReading(session, before, why, fixed, self._known)
        given = {
            one.key: (one, text.strip())
            for one, text in zip(self._asked, texts, strict=False)
            if one is not None
        }
        row.put_all(given)
        each = zip(self._asked, texts, strict=False)
        return tuple(self._cell(row, one, text) for one, text in each), row.changed

    def _cell(self, row: RowReading, question: Question | None, text: str) -> BlockCell:
        if question is None:
            return BlockCell(text, "refused", reason=Sentence("这一栏不能粘贴。"))
        key = question.key
        was = self._shown(question, row.before[key])
        if key in row.reasons:
            return BlockCell(text, "refused", was, reason=row.reasons[key])
        if row.read[key] == row.before[key]:
            return BlockCell(text, "same", was, was)
        becomes = self._shown(question, row.read[key])
        return BlockCell(text, "changed", was, becomes, as_it_is(row.problems.get(key, "")))

    def _shown(self, question: Question, value: Value) -> str:
        return display_value(self.form, question, value, self._desk._listing)

    def _many(self, scope: str) -> SessionSeries:
        if scope not in self._series:
            self._series[scope] = SessionSeries(self.form)
        return self._series[scope]

    def _host(self, scope: str) -> DeskHost:
        if scope not in self._hosts:
            self._hosts[scope] = self._desk._source.host(scope)
        return self._hosts[scope]


class RowReading:
    """The texts of one record on their way into its session."""

    def __init__(
        self,
        session: Session,
        before: Mapping[str, Value],
        why: Sentence | None = None,
        fixed: frozenset[str] = frozenset(),
        known: dict[tuple[str, str, Value], Value | DataError] | None = None,
        *,
        prefix: str = "",
    ) -> None:
        """`before`: what stands there, by key. `why`: why nothing may change. `prefix`: of a roster row."""
        self.before = before
        self._known = known if known is not None else {}
        self.read: dict[str, Value] = {}
        self.reasons: dict[str, Sentence] = {}  # why a text is not taken
        self.problems: dict[str, str] = {}  # what a rule says of an answer, by path
        self.changed: dict[str, Value] = {}  # answers, by path
        self._session, self._why, self._fixed, self._prefix = session, why, fixed, prefix

    def put_all(self, given: Mapping[str, tuple[Question, str]]) -> None:
        """Put texts; what was not taken is tried again, as a choice may depend on another cell of the row."""
        self.put(given)
        if self.changed and self.reasons and not self._why:
            self.put({key: given[key] for key in tuple(self.reasons)})

    def put(self, given: Mapping[str, tuple[Question, str]]) -> None:
        """Read texts and put what they mean into the record as one step."""
        read: dict[str, Value] = {}
        for key, (question, text) in given.items():
            self.reasons.pop(key, None)
            if why := self._why or self._refusal(question):
                self.reasons[key] = why
                continue
            meant = self._meaning(question, text)
            if isinstance(meant, DataError):
                self.reasons[key] = told(meant)
            else:
                read[key] = meant
        self.read |= read
        changes = self._session.fill(
            {self._prefix + key: one for key, one in read.items() if one != self.before[key]}
        )
        self.changed |= changes.answers
        self.problems |= changes.problems

    def _meaning(self, question: Question, text: str) -> Value | DataError:
        """Return what a text means; of a plain list of choices each text is looked up once for many records.

        What stands there is part of the question: a withdrawn choice may stay where it is.
        """
        at = (question.key, text, self.before[question.key])
        is_plain = bool(question.list_name) and not (question.choice_filter or question.reference)
        if is_plain and at in self._known:
            return self._known[at]
        try:
            meant: Value | DataError = self._session.meaning(self._prefix + question.key, text)
        except DataError as error:
            meant = error
        if is_plain:
            self._known[at] = meant
        return meant

    def _refusal(self, question: Question) -> Sentence | None:
        if not is_pasted(question):
            return Sentence("这一栏由程序算出，或要在登记表里填，不能粘贴。")
        if question.key in self._fixed:
            return Sentence("这一条已经入账，不能改。记错了请冲正。")
        if not self._session.can_answer(self._prefix + question.key):
            return Sentence("按这一条的其他内容，这一栏不用填。")
        return None


def question_of(form: Form, column: str) -> Question | None:
    """Return the question whose answer a column holds; of the title, if it is just one."""
    if column != TITLE:
        return next((one for one in questions(form.children) if one.key == column), None)
    titled = [one for one in questions(form.children) if one.hs.title]
    return titled[0] if len(titled) == 1 else None


def is_pasted(question: Question) -> bool:
    """Tell whether an answer can be given as text in a cell."""
    kind = type_of(question)
    return kind.is_answered and not question.calculation and not holding_of(question).is_file
