"""Many records at once: added or edited from JSON. One that cannot be stored never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

from hsdesk.desk.attachments import Attachments
from hsdesk.desk.host import DeskHost
from hsdesk.desk.json_records import JsonRecord, ReferenceReading, fill
from hsdesk.desk.opening import Opened, keep_backup, must_stand
from hsdesk.desk.posted_entries import fixed_answers, keep_posted
from hsdesk.desk.records import Records, logged
from hsdesk.desk.singles import keep_single
from hsdesk.desk.source import DeskSource, reads
from hsdesk.desk.values import Edit, Rejected, Stored
from hsdesk.deskfile.journal import Doing
from hsdesk.errors import DataError, DeskError, Refused
from hsdesk.forms.projection import Projector
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.series import SessionSeries
from hsdesk.forms.session import Session
from hsdesk.forms.types import name_of
from hsdesk.model.answer import DELETED
from hsdesk.model.clean_text import said
from hsdesk.model.identity import new_id
from hsdesk.model.place import LEVEL_WORDS, Place
from hsdesk.records import edits

_CODES = ("code", "uscc")


class Bulk:
    """One run over many records of one form."""

    def __init__(
        self, opened: Opened, source: DeskSource, records: Records, attachments: Attachments, form: Form
    ) -> None:
        self._attachments = attachments
        self._opened = opened
        self._source = source
        self._records = records
        self._form = form
        self._findings = 0
        self._hosts: dict[str, DeskHost] = {}
        self._columns: dict[str, tuple[str, ...]] = {}
        self._many: dict[str, SessionSeries] = {}  # by place
        self._made: dict[str, list[Mapping[str, str]]] = {}  # by place, for references within one file
        self._units: dict[str, Place] = {}
        self._placed: set[str] = set()  # the places of the records made so far
        self._unnamed: dict[str, list[Edit]] = {}  # made since the last of them was asked for
        self._refers_to_itself = any(
            question.reference == form.form_id for question in questions(form.children, into_repeats=True)
        )

        self._numbers_itself = any(reads(one.xpath, form.form_id) for one in form.set_values)

    def add(self, items: Iterable[JsonRecord], place: str, file: str = "") -> Stored:
        """Store new records at a place, or at the one each names by `_place`. `file`: what they lay in."""
        return self._take(items, lambda item: self._new(item, place), self._records.doing("add", file))

    def edit(self, items: Iterable[JsonRecord], file: str = "") -> Stored:
        """Change records named by `_id`; `_deleted` deletes one with its reason."""
        return self._take(items, self._changed, self._records.doing("edit", file))

    def _take(self, items: Iterable[JsonRecord], read: Callable[[JsonRecord], Edit], doing: Doing) -> Stored:
        """Read and write item by item within one transaction: a file of any length needs little memory."""
        ids: dict[str, None] = {}
        rejected: list[Rejected] = []
        waiting = iter(items)
        first = tuple(islice(waiting, 2))
        if len(first) > 1 and doing.file:
            keep_backup(self._opened, "import")

        def taken() -> Iterator[edits.Edit]:
            for item in chain(first, waiting):
                try:
                    edit = read(item)
                except DeskError as error:
                    field = error.field if isinstance(error, DataError) else ""
                    rejected.append(Rejected(item.line, field, str(error)))
                else:
                    ids[edit.record] = None
                    yield logged(edit, self._opened.person)

        done = self._opened.file.commit_many(taken(), doing, one_by_one=self._numbers_itself)
        return Stored(tuple(ids), tuple(rejected), self._findings, done.batch)

    def _new(self, item: JsonRecord, place: str) -> Edit:
        code = str(item.content.get("_place") or "") if isinstance(item.content, dict) else ""
        unit = self._unit(code or place)
        scope = unit.id
        keep_single(self._opened.file, self._form, unit, made=self._placed)
        record = new_id()
        session = self._opened_new(scope, record)
        fill(session, item.content, self._reading(scope))
        self._findings += len(session.validate())
        edit = Edit(self._form.form_id, record, scope, session.answers())
        self._placed.add(scope)
        if self._refers_to_itself:
            self._unnamed.setdefault(scope, []).append(edit)
        return edit

    def _unit(self, code: str) -> Place:
        """Return the place of new records; looked for once. Raises as `Records.must_fill` and others do."""
        if code not in self._units:
            unit = self._records.writing_place(self._form, code)
            self._must_write(unit.id)
            self._records.must_fill(self._form, unit.id)
            must_stand(unit)
            self._units[code] = unit
        return self._units[code]

    def _opened_new(self, scope: str, record: str) -> Session:
        """Return a new record; one that is numbered after those before it sees them, this run's too."""
        if self._numbers_itself:
            return Session(self._form, self._source.host(scope).for_record(record))
        return self._series(scope).new(self._host(scope).for_record(record))

    def _reading(self, scope: str) -> ReferenceReading:
        return ReferenceReading(lambda question, text: self._meant(question, text, scope), self._attached)

    def _attached(self, question: Question, text: str) -> str:
        """Return the answer that `@FILE` stands for, or one that is known here, as `list` prints it."""
        if text.startswith("@"):
            return self._attachments.take_for(question, Path(text[1:]))
        if self._attachments.knows(text):
            return text
        raise DataError("附件要写成 @文件名，例如 @章程.pdf。")

    def _made_at(self, scope: str) -> list[Mapping[str, str]]:
        """Return what the records made so far may be called by."""
        made = self._made.setdefault(scope, [])
        projector = Projector(self._form, self._host(scope))
        for edit in self._unnamed.pop(scope, ()):
            texts = {path: value for path, value in edit.answers.items() if isinstance(value, str)}
            title = projector.project(edit.answers).title
            made.append(texts | {"_id": edit.record, "_title": title})
        return made

    def _changed(self, item: JsonRecord) -> Edit:
        content = item.content if isinstance(item.content, dict) else {}
        record = str(content.get("_id") or "")
        if not record:
            raise DataError("修改时要写明 _id。", field="_id")
        scope = self._records.scope_of(self._form.form_id, record)
        self._must_write(scope)
        state = self._opened.file.state(scope, record)
        host = self._host(scope).for_record(record)
        session = self._series(scope).stored(state.answers if state else {}, host)
        typing = bool(self._form.kind == "ledger" and self._opened.file.drafts(scope, record))
        fixed = fixed_answers(self._form, session, typing=typing)
        answers = fill(session, content, self._reading(scope))
        if DELETED in content:
            answers = {**answers, DELETED: said(str(content[DELETED])) if content[DELETED] else None}
        keep_posted(self._form, fixed, state.answers if state else {}, answers)
        self._findings += len(session.validate())
        return Edit(self._form.form_id, record, scope, answers)

    def _must_write(self, scope: str) -> None:
        if not self._records.is_writable(self._form, scope):
            raise Refused("“{form}”在这里只能看，不能改。", form=self._form.title)

    def _series(self, scope: str) -> SessionSeries:
        if scope not in self._many:
            self._many[scope] = SessionSeries(self._form)
        return self._many[scope]

    def _host(self, scope: str) -> DeskHost:
        if scope not in self._hosts:
            self._hosts[scope] = self._source.host(scope)
        return self._hosts[scope]

    def _meant(self, question: Question, text: str, scope: str) -> str:
        """Return the record meant by an id, a code or a title. Raises DataError unless it is just one."""
        register = question.reference
        if register == "places":
            return self._place_meant(question, text)
        rows = self._host(scope).rows(register)
        if rows is None:
            return text
        made = self._made_at(scope) if register == self._form.form_id else ()
        columns = self._naming(register)
        found: set[str] = {
            row["_id"] for row in (*rows, *made) if text in (row.get(column) for column in columns)
        }
        if len(found) == 1:
            return found.pop()
        reason = "有好几条" if found else "找不到"
        raise DataError("“{text}”在“{register}”里{reason}。", text=text, register=register, reason=reason)

    def _place_meant(self, question: Question, text: str) -> str:
        """Return the place meant by an id or a code. Raises DataError for one of a level not asked for."""
        place = self._opened.directory.get(text) or self._opened.directory.by_code(text)
        if question.hs.levels and place.level not in question.hs.levels:
            raise DataError(
                "“{name}”要从{levels}里选，“{place}”是{level}一级。",
                name=name_of(question),
                levels="、".join(LEVEL_WORDS[level] for level in question.hs.levels),
                place=place.name,
                level=LEVEL_WORDS[place.level],
            )
        return place.id

    def _naming(self, register: str) -> tuple[str, ...]:
        """Return what a record may be called by: its id, its title, the answers of the title, its codes."""
        if register not in self._columns:
            asked = questions(self._opened.file.form(register).children)
            self._columns[register] = (
                "_id",
                "_title",
                *(item.key for item in asked if item.hs.title or item.key.endswith(_CODES)),
            )
        return self._columns[register]
