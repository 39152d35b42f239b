"""Records: opened as entries, saved, deleted, restored, reversed."""

from __future__ import annotations

import datetime as dt

import msgspec

from hsdesk.desk.earlier import earlier
from hsdesk.desk.entry import Entry
from hsdesk.desk.merging import brought_back, merging
from hsdesk.desk.opening import Opened, must_stand, today
from hsdesk.desk.pinned import Pinned
from hsdesk.desk.posted_entries import fixed_answers, keep_posted
from hsdesk.desk.reversal import reversal, reversal_of
from hsdesk.desk.singles import cards, keep_single
from hsdesk.desk.source import DeskSource, prefetch
from hsdesk.desk.values import Changes, Draft, Edit, Look, PlaceInfo, Refusal
from hsdesk.deskfile import history
from hsdesk.deskfile.journal import Doing, Kind
from hsdesk.errors import DataError, Missing, Refused
from hsdesk.forms.schema import Form
from hsdesk.forms.session import Session
from hsdesk.forms.shipped import form_named
from hsdesk.model.answer import DELETED, SetDelta, Value, members
from hsdesk.model.clean_text import said, whole
from hsdesk.model.identity import new_id
from hsdesk.model.place import Place
from hsdesk.records import edits
from hsdesk.records.edits import Committed, RecordState


class Records:
    """The records of an open desk."""

    def __init__(self, opened: Opened, source: DeskSource) -> None:
        self._opened = opened
        self._file = opened.file
        self._source = source
        self._pinned = Pinned(opened.file)
        self._open: dict[
            str, frozenset[str]
        ] = {}  # entries of ledgers, and what was fixed when they were opened

    # Places

    def place(self, code: str) -> Place:
        """Return a held place by code or id. Raises UsageError, Refused."""
        return self._opened.held_place(code)

    def place_info(self, place: Place) -> PlaceInfo:
        """Return a place as windows show it."""
        return PlaceInfo(
            place.id,
            place.code,
            place.name,
            self._opened.directory.full_name(place),
            place.level,
            self._opened.may_write(place.id, "common"),
        )

    def writing_place(self, form: Form, code: str) -> Place:
        """Return the place of a new record: the one named, else the only one there is for this form."""
        if code:
            return self.place(code)
        own = self._opened.own_places
        level = [
            place
            for place in self._opened.held_places()
            if place.level in form.levels
            and self._opened.may_write(place.id, form.stream)
            and place.is_valid_on(today())
        ]
        fitting = [place for place in own if place in level] or level or list(own)
        if len(fitting) == 1:
            return fitting[0]
        raise DataError("这个工作台有几个村（社区），请用 --place 写明是哪一个。")

    def scope_of(self, form_id: str, record: str) -> str:
        """Return the place of a record, or of one that only drafts know. Raises Missing for others."""
        scopes = self._file.scopes_of(record)
        for scope in scopes:
            state = self._file.state(scope, record)
            if state is not None and state.form == form_id:
                return scope
        for draft in self._file.all_drafts():
            if (draft.form, draft.record) == (form_id, record):
                return draft.scope
        raise Missing("找不到这一条（{record}）。可能还没有下载，请先数据同步。", record=record)

    # One record

    def entry(self, form_id: str, record: str | None = None, place: str = "") -> Entry:
        """Open a record, or a new one. Everything its fields show is read here, on the database thread."""
        form = self._file.form(form_named(form_id))
        scope = self.scope_of(form.form_id, record) if record else self.writing_place(form, place).id
        if record is None and form.kind == "single":
            record = self._only(form, scope)
        if record is None:
            must_stand(self._opened.directory.by_id(scope))
        known = record or new_id()
        state = self._file.state(scope, known) if record else None
        host = self._source.host(scope).for_record(known)
        prefetch(form, host)
        session = Session(form, host, state.answers if state else None, first_load=state is None)
        drafts = self._file.drafts(scope, known)
        fixed = fixed_answers(form, session, typing=bool(drafts)) if state else frozenset[str]()
        if form.kind == "ledger":
            self._open[known] = fixed
        entry = Entry(
            session,
            record=known,
            look=self._look(form, scope, known, state, fixed),
            is_new=state is None,
            drafts=drafts,
            reversed_by=reversal_of(self._file, form, scope, known),
            earlier=earlier(self._file, form, scope, known),
        )
        entry.begin_with(self._pinned.of(form))
        host.close()
        return entry

    def pin(self, form_id: str, path: str, value: Value) -> None:
        """Keep an answer for the next new record of its register from now on (沿用)."""
        self._pinned.pin(self._file.form(form_named(form_id)), path, value)

    def unpin(self, form_id: str, path: str) -> None:
        """Keep an answer for new records no longer."""
        self._pinned.unpin(self._file.form(form_named(form_id)), path)

    def look(self, form_id: str, record: str) -> Look:
        """Return what the desk shows of an open record now. Raises Missing when it is not held any more."""
        form = self._file.form(form_named(form_id))
        scope = self.scope_of(form.form_id, record)
        fixed = self._open.get(record, frozenset())  # it stays as open as it was when its page was opened
        return self._look(form, scope, record, self._file.state(scope, record), fixed)

    def _look(
        self, form: Form, scope: str, record: str, state: RecordState | None, fixed: frozenset[str]
    ) -> Look:
        return Look(
            place=self.place_info(self._opened.directory.by_id(scope)),
            version=form.version,
            screen=self._file.screen(scope, record),
            writable=self.is_writable(form, scope),
            answers=state.answers if state else {},
            fixed=fixed,
            deleted=state.deleted if state else "",
            merged_into=state.merged_into if state else "",
            refusals=self._refusals(record),
        )

    def _refusals(self, record: str) -> tuple[Refusal, ...]:
        """Return what was refused of a record, by answer; without a path where an op says nothing now."""
        return tuple(
            Refusal(one.number, path, value, one.reason)
            for one in self._file.rejected_ops()
            if one.op.record == record
            for path, value in (one.op.answers or {"": None}).items()
        )

    def forget_refused(self, number: int) -> Changes:
        """Take an op off the list of those that the city did not take: its author has looked at it."""
        self._file.clear_rejected(number)
        return Changes(sync=True)

    def _only(self, form: Form, scope: str) -> str | None:
        return next(iter(cards(self._file, form, scope)), None)

    def is_writable(self, form: Form, scope: str) -> bool:
        """Tell whether this desk may change records of the form at a place."""
        if form.retired:
            return False
        level = self._opened.directory.by_id(scope).level
        return self._opened.may_write(scope, form.stream) and (form.publish != "down" or level in form.levels)

    def must_fill(self, form: Form, scope: str, record: str = "") -> None:
        """Raise Refused where a place makes no new records of a form: each level fills its own registers."""
        place = self._opened.directory.by_id(scope)
        if place.level not in form.levels and (not record or self._file.state(scope, record) is None):
            raise Refused(
                "“{place}”这一级不填“{form}”，没有新增。您的数据没有改动。", place=place.name, form=form.title
            )

    def save(self, edit: Edit, *, resolves: str = "", resolves_rev: int = 0, kind: Kind = "save") -> Changes:
        """Write an edit. Raises Refused for a register that is read-only here, Closed for a closed entry.

        An entry of a ledger stays open as long as its page: what counts is how it was when it was opened.
        """
        form = self._file.form(edit.form)
        if not self.is_writable(form, edit.scope):
            raise Refused("“{form}”在这里只能看，不能改。您的数据没有改动。", form=form.title)
        self.must_fill(form, edit.scope, edit.record)
        keep_single(self._file, form, self._opened.directory.by_id(edit.scope), edit.record)
        if form.kind == "ledger" and not resolves:
            self._keep_closed(form, edit, self.fixed(form, edit.scope, edit.record, is_open=True))
        self._pinned.note(form.form_id, edit.answers)
        doing = self.doing("resolve" if resolves else kind)
        logged_edit = logged(edit, self._opened.person, resolves, resolves_rev)
        return self.changes(self._file.commit(logged_edit, doing))

    def doing(self, kind: Kind, file: str = "") -> Doing:
        """Return what the journal calls an act of this person; `file`: what a batch was read from."""
        return Doing(kind, self._opened.person, file, is_batch=bool(file))

    def fixed(self, form: Form, scope: str, record: str, *, is_open: bool = False) -> frozenset[str]:
        """Return what a record of a ledger says for good, as it lies in the file now.

        `is_open`: as it was when its page was opened, if it was.
        """
        if is_open and record in self._open:
            return self._open[record]
        state = self._file.state(scope, record)
        if form.kind != "ledger" or state is None:
            return frozenset()
        host = self._source.host(scope).for_record(record)
        session = Session(form, host, state.answers, first_load=False)
        return fixed_answers(form, session, typing=bool(self._file.drafts(scope, record)))

    def _keep_closed(self, form: Form, edit: Edit, fixed: frozenset[str]) -> None:
        state = self._file.state(edit.scope, edit.record) if fixed else None
        keep_posted(form, fixed, state.answers if state else {}, edit.answers)

    def _save_left(self, edit: Edit, kind: Kind) -> Changes:
        """Write an edit made from outside the page of the record: a closed entry stays as it is."""
        form = self._file.form(edit.form)
        self._keep_closed(form, edit, self.fixed(form, edit.scope, edit.record))
        return self.save(edit, kind=kind)

    def reverse(self, form_id: str, record: str, reason: str) -> Changes:
        """Undo a closed entry of a ledger by one more entry (冲正). Raises Refused, DataError."""
        form = self._file.form(form_named(form_id))
        scope = self.scope_of(form.form_id, record)
        return self.save(reversal(self._file, self._source.host(scope), form, record, reason), kind="reverse")

    def changes(self, *commits: Committed) -> Changes:
        """Return what commits touched, for the pages that are open."""
        refs = dict.fromkeys(ref for done in commits for ref in done.records)
        return Changes(
            records=tuple((ref.form, ref.record) for ref in refs),
            registers=tuple(sorted({ref.form for ref in refs})),
            places=tuple(sorted({ref.scope for ref in refs})),
            conflicts=any(done.conflicts for done in commits),
            sync=any(done.ops for done in commits),
            ids=tuple(ref.record for done in commits for ref in done.created),
            own={path: own for done in commits for path, own in done.own.items()},
            act=max((done.act for done in commits), default=0),
        )

    def save_draft(self, draft: Draft) -> None:
        """Keep a cell that is being typed; half a character, which no file takes, is kept as \ufffd."""
        at = draft.at or dt.datetime.now().astimezone().isoformat()
        stamped = msgspec.structs.replace(draft, text=whole(draft.text), at=at)
        self._file.put_draft(stamped)

    def drop_draft(self, scope: str, record: str, path: str = "") -> None:
        """Forget a cell that was given up."""
        self._file.drop_draft(scope, record, path)

    def delete(self, form_id: str, record: str, reason: str) -> Changes:
        """Delete a record (作废) with a reason; it can be restored. Raises Closed for a closed entry."""
        why = said(reason)
        if not why:
            raise DataError("请写明作废的原因。", field=DELETED)
        form = form_named(form_id)
        return self._save_left(Edit(form, record, self.scope_of(form, record), {DELETED: why}), "delete")

    def merge(self, form_id: str, record: str, into: str) -> Changes:
        """Let another record take the place of this one (合并). Raises Missing, Refused."""
        form = self._file.form(form_named(form_id))
        scope = self.scope_of(form.form_id, record)
        if not self.is_writable(form, scope):
            raise Refused("“{form}”在这里只能看，不能改。您的数据没有改动。", form=form.title)
        joined = merging(self._opened, form, scope, record, into)
        return self.changes(self._file.commit_many(joined, self.doing("merge")))

    def restore(self, form_id: str, record: str, version: int | None = None) -> Changes:
        """Restore a deleted or merged record, or the answers it had at a version, as a new version."""
        form = form_named(form_id)
        scope = self.scope_of(form, record)
        if version is None:
            return self._save_left(Edit(form, record, scope, brought_back()), "restore")
        versions = self._file.history(scope, record)
        if not 1 <= version <= len(versions):
            raise DataError("没有第 {version} 版，一共 {count} 版。", version=version, count=len(versions))
        then = history.state_at(versions, version)
        state = self._file.state(scope, record)
        now = state.answers if state else {}
        wanted: dict[str, Value] = {path: then.get(path) for path in {*now, *then}}
        return self._save_left(Edit(form, record, scope, wanted), "restore")

    def drafts(self) -> tuple[Draft, ...]:
        """Return every cell typed but not finished, latest first."""
        return self._file.all_drafts()

    def is_closed(self, form_id: str, record: str) -> bool:
        """Tell whether a record is a closed entry of a ledger (已入账)."""
        form = self._file.form(form_named(form_id))
        return bool(self.fixed(form, self.scope_of(form.form_id, record), record))


def logged(edit: Edit, person: str, resolves: str = "", resolves_rev: int = 0) -> edits.Edit:
    """Return an edit as the file takes it, with who made it."""
    return edits.Edit(
        scope=edit.scope,
        form=edit.form,
        record=edit.record,
        answers={path: _written(edit, path, value) for path, value in edit.answers.items()},
        person=person,
        resolves=resolves,
        screen=edit.screen,
        resolves_rev=resolves_rev,
    )


def _written(edit: Edit, path: str, value: Value) -> Value | SetDelta:
    """Return an answer as it is logged: of a set what was added and removed on the author's screen."""
    stood = edit.stood.get(path)
    if edit.screen is None or not (isinstance(value, tuple) or isinstance(stood, tuple)):
        return value
    before, after = set(members(stood)), set(members(value))
    return SetDelta(tuple(sorted(after - before)), tuple(sorted(before - after)))
