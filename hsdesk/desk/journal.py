"""Undoing (撤销) and redoing (重做) what the person at this desk did; batches that were read from files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from hsdesk.desk.listing import Listing
from hsdesk.desk.opening import Opened
from hsdesk.desk.posted_entries import keep_posted
from hsdesk.desk.records import Records
from hsdesk.desk.values import ActInfo, BatchInfo, LeftAnswer, Sentence, Undone
from hsdesk.deskfile.journal import FINAL, Act, Whose
from hsdesk.deskfile.undo import Check, Left, TakenBack, Written
from hsdesk.errors import Refused, UsageError
from hsdesk.forms.schema import Form, questions_by_path, repeats
from hsdesk.model.answer import MERGED_INTO, SYSTEM, SetDelta, Value, members
from hsdesk.records import edits

MOST_LISTED = 50
_FEW = 8  # ops that say what an act of one record was


class Journal:
    """What was done at an open desk."""

    def __init__(self, opened: Opened, records: Records, listing: Listing) -> None:
        self._opened = opened
        self._file = opened.file
        self._log = opened.file.undo_log
        self._records = records
        self._listing = listing

    # Looking

    def acts(self, place: str = "", limit: int = MOST_LISTED) -> tuple[ActInfo, ...]:
        """Return what this person did last, latest first: at one place (code or id), or at all of them."""
        return tuple(self._info(act) for act in self._log.acts(self._whose(place), limit))

    def act(self, number: int) -> ActInfo:
        """Return one entry by its number. Raises Refused when it is no longer kept."""
        return self._info(self._kept(number))

    def batches(self) -> tuple[BatchInfo, ...]:
        """Return the batches of records that were read from files, latest first."""
        return tuple(
            BatchInfo(
                batch=act.batch,
                register=act.form,
                file=act.file,
                at=_time(act),
                by=act.person,
                new=act.made,
                changed=act.changed,
                undone=bool(act.undone_by),
            )
            for act in self._log.batches()
        )

    # Undoing

    def undo(self, count: int = 1, place: str = "", page: str = "") -> Undone:
        """Undo this person's last acts, all or none of them. `page`: the record whose page is open.

        Raises Refused when there is nothing to undo, or for an act that cannot be undone; Closed for an entry
        of a ledger that is closed.
        """
        done = self._log.undo(self._whose(place), count, self._check(page))
        if not done.acts:
            raise Refused("没有可以撤销的了。您的数据没有改动。")
        return self._told(done)

    def redo(self, count: int = 1, place: str = "", page: str = "") -> Undone:
        """Redo what this person undid last, while nothing else was done after it. Raises like `undo`."""
        done = self._log.redo(self._whose(place), count, self._check(page))
        if not done.acts:
            raise Refused("没有可以重做的了。您的数据没有改动。")
        return self._told(done)

    def undo_act(self, number: int, page: str = "") -> Undone:
        """Undo one act by its number, whatever was done after it. Raises like `undo`."""
        return self._undo_one(self._kept(number), page)

    def redo_act(self, number: int, page: str = "") -> Undone:
        """Redo one act that was undone, by its number, whatever was done after it. Raises like `undo`."""
        act = self._kept(number)
        back = self._log.act(act.undone_by) if act.undone_by else None
        if back is None:
            raise Refused("这一步没有撤销过，不用重做。您的数据没有改动。")
        self._must_be_own(act)
        return self._told(self._log.redo_act(back, self._opened.person, self._check(page)))

    def undo_batch(self, batch: str) -> Undone:
        """Undo a batch by its name. Raises UsageError when there is none of this name, and like `undo`."""
        act = self._log.batch(batch)
        if act is None:
            raise UsageError("没有“{batch}”这一批，请看 import --list。超过 90 天的不能撤销。", batch=batch)
        return self._undo_one(act, "")

    def _undo_one(self, act: Act, page: str) -> Undone:
        self._must_be_own(act)
        if act.undone_by:
            raise Refused("这一步已经撤销过了。您的数据没有改动。")
        return self._told(self._log.undo_act(act, self._opened.person, self._check(page)))

    def _kept(self, number: int) -> Act:
        """Return an act by its number. Raises Refused when it is no longer kept, or is an undoing."""
        act = self._log.act(number)
        if act is None or act.undoes:
            raise Refused("找不到这一步（{number}），可能已经超过 90 天。您的数据没有改动。", number=number)
        return act

    def _must_be_own(self, act: Act) -> None:
        if act.person != self._opened.person:
            raise Refused("这一步是{person}做的，请由本人撤销。您的数据没有改动。", person=act.person)

    def _whose(self, place: str) -> Whose:
        return Whose(self._opened.person, self._records.place(place).id if place else "")

    def _check(self, page: str) -> Check:
        def check(act: Act, some: tuple[edits.Edit, ...]) -> None:
            _refuse_final(act)
            for edit in some:
                self._check_edit(edit, page)

        return check

    def _check_edit(self, edit: edits.Edit, page: str) -> None:
        """Raise Refused where this desk may not write, Closed for a ledger's entry that stays as it is."""
        form = self._file.form(edit.form)
        if not self._records.is_writable(form, edit.scope):
            raise Refused("“{form}”在这里只能看，不能改。您的数据没有改动。", form=form.title)
        fixed = self._records.fixed(form, edit.scope, edit.record, is_open=edit.record == page)
        if fixed:
            state = self._file.state(edit.scope, edit.record)
            before: Mapping[str, Value] = state.answers if state else {}
            after = {path: _after(before.get(path), value) for path, value in edit.answers.items()}
            keep_posted(form, fixed, before, after)

    # Telling

    def _told(self, done: TakenBack) -> Undone:
        return Undone(
            changes=msgspec.structs.replace(self._records.changes(*done.committed), undoing=True),
            acts=tuple(self._info(act) for act in done.acts),
            left=tuple(self._left(one) for one in done.left),
        )

    def _info(self, act: Act) -> ActInfo:
        return ActInfo(
            id=act.id,
            at=_time(act),
            by=act.person,
            words=self._words(act),
            undone=bool(act.undone_by),
            batch=act.batch,
            final=act.kind in FINAL,
        )

    def _words(self, act: Act) -> Sentence:
        """Say what an act was: as the city and erasures left it, so that no name outlives an erasure."""
        undone = self._log.act(act.undoes) if act.undoes else None
        if undone is not None:
            return self._words(undone)
        written = self._log.written(act, _FEW)
        if act.kind not in ("add", "edit") and not act.undoes and written:
            return self._record_words(act, written)
        known = _MANY[act.kind if act.kind in ("add", "edit") else "", bool(act.file.strip("-"))]
        count, form = act.made + act.changed, self._form_title(act.form)
        return msgspec.structs.replace(known, values={"n": count, "form": form, "file": act.file})

    def _record_words(self, act: Act, written: list[Written]) -> Sentence:
        title, form = self._title(act.form, written[-1].op.record), self._form_title(act.form)
        if act.kind == "merge":
            into = self._title(act.form, str(written[-1].op.answers.get(MERGED_INTO) or ""))
            return Sentence("把“{title}”合并到“{into}”", {"title": title, "into": into})
        if act.kind in _ONE:
            return msgspec.structs.replace(_ONE[act.kind], values={"title": title, "form": form})
        if written[0].makes:
            return Sentence("新增“{title}”（{form}）", {"title": title, "form": form})
        return self._answers_words(act, written, title)

    def _answers_words(self, act: Act, written: list[Written], title: str) -> Sentence:
        paths = list(dict.fromkeys(path for one in written for path in (*one.op.answers, *one.op.redacted)))
        labels = list(dict.fromkeys(self._label(act.form, path) for path in paths))
        label = labels[0] if labels else ""
        values: dict[str, str | int] = {"title": title, "label": label, "n": len(labels)}
        if act.kind == "resolve":
            return Sentence("取舍“{title}”的“{label}”", values)
        if len(labels) > 1:
            return Sentence("修改“{title}”的“{label}”等 {n} 栏", values)
        return Sentence("修改“{title}”的“{label}”", values)

    def _left(self, left: Left) -> LeftAnswer:
        title, label = self._title(left.form, left.record), self._label(left.form, left.path)
        value, by = self._shown(left), left.person
        values: dict[str, str | int] = {"title": title, "label": label, "by": by, "value": value or "空"}
        words = {
            "changed": Sentence("“{title}”的“{label}”后来由{by}改成了“{value}”，没有动", values),
            "erased": Sentence("“{title}”的“{label}”已经清除，不能改回", values),
            "gone": Sentence("“{title}”已经不在这台电脑上，没有动", values),
        }[left.why]
        return LeftAnswer(left.form, left.record, title, left.path, label, by, value, words)

    def _shown(self, left: Left) -> str:
        form = self._form(left.form)
        return self._listing.text(form, left.path, left.now) if form and left.path else ""

    def _label(self, form_id: str, path: str) -> str:
        """Return what a person calls an answer; of a whole row of a roster, the roster."""
        form = self._form(form_id)
        if form is None or not path:
            return path
        top, _slash, rest = path.partition("/")
        if rest and rest.rpartition("/")[2] in SYSTEM:
            return next((one.label.plain() or top for one in repeats(form.children) if one.key == top), top)
        return self._listing.label(questions_by_path(form), path)[0]

    def _title(self, form_id: str, record: str) -> str:
        title = self._listing.title_of(form_id, record) if self._file.has_form(form_id) else ""
        return title or "（未填名称）"

    def _form(self, form_id: str) -> Form | None:
        return self._file.form(form_id) if self._file.has_form(form_id) else None

    def _form_title(self, form_id: str) -> str:
        form = self._form(form_id)
        return form.title if form else form_id


def _refuse_final(act: Act) -> None:
    """Raise Refused for what is not undone: it is gone everywhere, or has left for another place."""
    if act.kind == "erase":
        raise Refused("清除不能撤销，清掉的内容各处都不再有。您的数据没有改动；要用那些内容，请重新填写。")
    if act.kind == "move":
        raise Refused("转移不能撤销，您的数据没有改动。要转回来，请把这一条再转移一次。")


_ONE = {
    "delete": Sentence("作废“{title}”"),
    "restore": Sentence("恢复“{title}”"),
    "reverse": Sentence("冲正“{title}”"),
    "erase": Sentence("清除一条（{form}）"),
    "move": Sentence("转移“{title}”"),
}
_MANY = {
    ("add", True): Sentence("从“{file}”新增 {n} 条（{form}）"),
    ("add", False): Sentence("新增 {n} 条（{form}）"),
    ("edit", True): Sentence("按“{file}”修改 {n} 条（{form}）"),
    ("edit", False): Sentence("修改 {n} 条（{form}）"),
    ("", False): Sentence("改动 {n} 条（{form}）"),
}


def _after(before: Value, written: Value | SetDelta) -> Value:
    return written.apply(members(before)) if isinstance(written, SetDelta) else written


def _time(act: Act) -> str:
    return dt.datetime.fromtimestamp(act.at / 1000).astimezone().isoformat(timespec="seconds")
