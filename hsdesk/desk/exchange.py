"""Enrolment, sync, conflicts and set-aside edits of an open desk."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Literal

import msgspec

from hsdesk.desk import wiping
from hsdesk.desk.audit import DeskAudit
from hsdesk.desk.display_values import display_value, worded
from hsdesk.desk.listing import Listing
from hsdesk.desk.opening import Opened, keep_backup
from hsdesk.desk.records import Records
from hsdesk.desk.values import Changes, Conflict, Edit, RejectedEdit, Side, SyncLog
from hsdesk.desk.writers import Writers
from hsdesk.errors import Corrupt, DataError, DeskError, DiskFull, Missing, Refused
from hsdesk.forms.masking import SCREEN, treatment
from hsdesk.forms.schema import Choice, Form, Question, questions_by_path
from hsdesk.forms.types import Lookup, holding_of, read, type_of
from hsdesk.model.answer import Value, generic
from hsdesk.model.attachment import HeldContent, read_attachment
from hsdesk.model.clean_text import said
from hsdesk.model.clock import moment_of
from hsdesk.records import conflict as model
from hsdesk.wire.enrolment import Enrolment

if TYPE_CHECKING:
    from hsdesk.sync.carriers.http import HttpCarrier
    from hsdesk.sync.loop import Progress, SyncReport

ENROLMENT = "enrolment"
LOG = "sync_log"
ALONE = "sample_alone"  # "1": invented data to try things out on, which never leaves this computer
_NEW_KEY = "device_key"  # of a device that is asking to be registered
_KEPT_LOGS = 100
_SIDES = {"a": 0, "b": 1}


class Exchange:
    """What an open desk exchanges with the city server."""

    def __init__(self, opened: Opened, records: Records, listing: Listing, writers: Writers) -> None:
        self._opened = opened
        self._file = opened.file
        self._records = records
        self._listing = listing
        self._audit = DeskAudit(opened)
        self._writers = writers

    def _enrolment(self) -> Enrolment | None:
        text = self._file.get(ENROLMENT)
        return msgspec.json.decode(text, type=Enrolment) if text else None

    def _keep(self, enrolment: Enrolment) -> None:
        self._file.set(ENROLMENT, msgspec.json.encode(enrolment).decode())

    def server(self) -> str:
        """Return the address of the city server, "" before enrolling."""
        enrolment = self._enrolment()
        return enrolment.url if enrolment else ""

    def last_sync(self) -> str:
        """Return when the last complete sync ended, ISO local time; "" when never."""
        return next((entry.at for entry in self.log() if entry.complete), "")

    def log(self) -> tuple[SyncLog, ...]:
        """Return past syncs, latest first."""
        return msgspec.json.decode(self._file.get(LOG, "[]"), type=tuple[SyncLog, ...])

    def enroll(self, url: str, code: str, proxy: str = "") -> Changes:
        """Enrol this device (设备登记). Raises Refused, Offline, DataError.

        The server gives it its number; one that is registered keeps it. The key is kept before it is used:
        the same code may be sent again when the answer was lost.
        """
        from hsdesk.sync.carriers.address import checked_proxy, checked_url
        from hsdesk.sync.carriers.http import Asking, enrol, new_key

        if self._file.get(ALONE):
            raise Refused("这是示例，数据都是虚构的，不能登记和上报。请先扔掉示例，新建自己的工作台。")
        address, way = checked_url(url), checked_proxy(proxy)
        before = self._enrolment()
        key = before.private_key if before else self._file.get(_NEW_KEY) or new_key()
        self._file.set(_NEW_KEY, key)
        name = f"{self._opened.person} {platform.node()}".strip()
        asking = Asking(before.device if before else "", name, key, self._file.writers())
        enrolment, reply = enrol(address, code, asking, proxy=way)
        kept = {ENROLMENT: msgspec.json.encode(enrolment).decode(), _NEW_KEY: ""}
        self._file.take_enrolment(enrolment.device, kept)
        self._writers.take(reply.writers)
        return Changes(sync=True)

    def use_proxy(self, proxy: str) -> None:
        """Reach the city server through this proxy from now on; "" or 无: directly. Raises Refused."""
        from hsdesk.sync.carriers.address import checked_proxy

        if enrolment := self._enrolment():
            self._keep(msgspec.structs.replace(enrolment, proxy=checked_proxy(proxy)))

    def sync(
        self,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[SyncReport, Changes]:
        """Push, then pull. Raises Refused when this desk is not enrolled, Offline when nobody answers."""
        from hsdesk.sync.loop import synchronise

        connecting = self._connected()  # not being enrolled is no sync that failed
        try:
            with connecting as carrier:
                is_kept = self._keep_backup()
                self._tell_writers(carrier)
                report = synchronise(
                    self._file,
                    carrier,
                    progress or (lambda _: None),
                    cancelled=cancelled or (lambda: False),
                )
                carried = msgspec.structs.asdict(carrier.traffic())
                report = msgspec.structs.replace(report, clock=carrier.wrong_clock(), **carried)
        except DeskError as error:
            self._note(str(error))
            raise
        finally:
            self._opened.read_standing()
        self._note(_outcome(report, is_kept=is_kept), report)
        return report, Changes(
            records=report.records,
            registers=tuple(info.form_id for info in self._file.all_forms()),
            conflicts=True,
            forms=True,
            sync=True,
        )

    def _tell_writers(self, carrier: HttpCarrier) -> None:
        """Tell the city who is new here, and learn at each login what it calls everybody."""
        if self._file.has_untold_writers() or not carrier.has_token():
            self._writers.take(carrier.tell_writers(self._file.writers()))

    def _keep_backup(self) -> bool:
        """Back up what is new since the last time; without room for it the sync goes on all the same."""
        try:
            keep_backup(self._opened, "sync")
        except (DiskFull, Refused, Corrupt):
            return False
        return True

    def fetch(
        self,
        wanted: HeldContent,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> bool:
        """Download one attachment; False: stopped on the way. Raises like `sync`."""
        from hsdesk.sync.loop import fetch_attachment

        with self._connected() as carrier:
            return fetch_attachment(
                self._file,
                carrier,
                wanted,
                progress or (lambda _: None),
                cancelled=cancelled or (lambda: False),
            )

    def _connected(self) -> AbstractContextManager[HttpCarrier]:
        """Return the line to the city server. Raises Refused when this desk is not enrolled."""
        enrolment = self._enrolment()
        if enrolment is None:
            raise Refused("这台电脑还没有在市级服务器登记。已填内容都保存在本机，请先用登记码做“设备登记”。")
        return self._line(enrolment)

    @contextmanager
    def _line(self, enrolment: Enrolment) -> Iterator[HttpCarrier]:
        """Carry messages; an order to wipe this desk is carried out, and Wiped raised."""
        from hsdesk.sync.carriers.carrier import WipeOrdered
        from hsdesk.sync.carriers.http import HttpCarrier

        with HttpCarrier(enrolment, self._keep) as carrier:
            try:
                yield carrier
            except WipeOrdered as ordered:
                raise wiping.obey(self._opened.home, enrolment, ordered.order) from ordered

    def _note(self, outcome: str, report: SyncReport | None = None) -> None:
        entry = SyncLog(
            at=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
            outcome=outcome,
            pushed=report.pushed if report else 0,
            pulled=report.pulled if report else 0,
            conflicts=report.conflicts if report else 0,
            complete=bool(report and report.complete),
        )
        kept = (entry, *self.log())[:_KEPT_LOGS]
        self._file.set(LOG, msgspec.json.encode(kept).decode())

    # 两边改得不一样

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return the open conflicts, latest first."""
        return tuple(self._shown(found) for found in self._file.conflicts())

    def conflicts_of(self, form_id: str, record: str) -> int:
        """Return how many answers of a record are open conflicts."""
        return sum((one.form, one.record) == (form_id, record) for one in self._file.conflicts())

    def _shown(self, found: model.Conflict) -> Conflict:
        form = self._file.form(found.form)
        label, question = self._listing.label(questions_by_path(form), found.path)

        def text(value: Value) -> str:
            if question is None:
                return "" if value is None else str(value)
            if attachment := read_attachment(value):  # two of one name are told apart by their size
                return f"{attachment.name}（{attachment.size:,} 字节）"
            return display_value(form, question, value, self._listing)

        sides = tuple(
            Side(
                value=candidate.value,
                shown=text(candidate.value),
                by=candidate.person,
                device=candidate.device,
                at=moment_of(candidate.hlc).astimezone().isoformat(timespec="seconds"),
            )
            for candidate in found.candidates
        )
        return Conflict(
            id=found.id,
            form=found.form,
            form_title=form.title,
            record=found.record,
            scope=found.scope,
            title=self._listing.title_of(found.form, found.record) or "（未填名称）",
            path=found.path,
            label=label,
            base=found.base,
            base_shown=text(found.base),
            a=sides[0],
            b=sides[1],
            mine=self._mine(found),
            is_hidden=question is not None and treatment(form, question, SCREEN) != "open",
            is_picked=question is not None and _is_picked(question),
            more=sides[2:],
            rev=found.rev,
        )

    def reveal(self, conflict_id: str) -> tuple[str, str, str]:
        """Return both sides of a conflict and what it was, whole, for as long as 按住显示 is held.

        A line in the log of this desk. Raises DataError when it is settled already.
        """
        found = self._find(conflict_id)
        form = self._file.form(found.form)
        question = questions_by_path(form).get(generic(found.path))
        self._audit.note_record("reveal", found.form, found.record, generic(found.path))
        values = (*(side.value for side in found.candidates[:2]), found.base)
        first, second, base = (
            worded(form, question, value, self._listing) if question else str(value or "") for value in values
        )
        return first, second, base

    def _mine(self, found: model.Conflict) -> Literal["a", "b", ""]:
        device = self._file.device_id()
        devices = [candidate.device for candidate in found.candidates[:2]]
        if devices.count(device) != 1:
            return ""
        return "a" if devices[0] == device else "b"

    def resolve(self, conflict_id: str, keep: str, value: Value = None, rev: int = 0) -> Changes:
        """Settle a conflict by one of its sides, or by another value; the others stay in the history.

        A value given as text is read as one that is typed into the field. `rev` is the revision that was
        shown, 0 for the present one. Raises Missing when it is settled, DataError when it has
        changed since.
        """
        found = self._find(conflict_id)
        if rev and rev != found.rev:
            raise DataError("这一处刚才又有了新的内容，没有动它。请看过最新的再选。")
        if keep != "value":
            return self._settle(found, found.candidates[self._side(found, keep)].value)
        return self._settle(found, self._meant(found, value) if isinstance(value, str) else value)

    def resolve_named(self, conflict_id: str, keep: str) -> Changes:
        """Settle as the command line says it: a, b, mine, theirs, or the text of another value."""
        if keep in (*_SIDES, "mine", "theirs"):
            return self.resolve(conflict_id, keep, None)
        return self.resolve(conflict_id, "value", keep)

    def _meant(self, found: model.Conflict, text: str) -> Value:
        """Return what a text says as the answer of a conflict."""
        form = self._file.form(found.form)
        _, question = self._listing.label(questions_by_path(form), found.path)
        if question is None:
            return said(text)
        return read(question, text, Lookup(lambda asked: self._choices(form, asked)))

    def _choices(self, form: Form, question: Question) -> tuple[Choice, ...] | None:
        """Return the choices of a question, withdrawn ones too; None when the list is not held here."""
        name = question.list_name
        listed = form.lists.get(name) or self._opened.standing.lists.choices(name)
        return (*listed, *form.withdrawn.get(name, ())) if listed else None

    def _find(self, conflict_id: str) -> model.Conflict:
        for found in self._file.conflicts():
            if found.id == conflict_id:
                return found
        raise Missing("没有这一处（{id}），可能别人已经取舍过了。", id=conflict_id)

    def _side(self, found: model.Conflict, keep: str) -> int:
        if keep in _SIDES:
            return _SIDES[keep]
        mine = self._mine(found)
        if not mine:
            raise DataError("分不出哪一边是您改的，请直接选 a 或 b。")
        return _SIDES[mine] if keep == "mine" else 1 - _SIDES[mine]

    def _settle(self, found: model.Conflict, chosen: Value) -> Changes:
        edit = Edit(found.form, found.record, found.scope, {found.path: chosen})
        return self._records.save(edit, resolves=found.id, resolves_rev=found.rev)

    # 暂存待改

    def set_aside(self) -> tuple[RejectedEdit, ...]:
        """Return the edits that the server did not take, oldest first."""
        return tuple(
            RejectedEdit(
                form=aside.op.form,
                record=aside.op.record,
                title=self._listing.title_of(aside.op.form, aside.op.record),
                reason=aside.reason,
                at=dt.datetime.fromtimestamp(aside.at / 1000).astimezone().isoformat(timespec="seconds"),
                number=aside.number,
                path=next(iter(aside.op.answers), ""),
            )
            for aside in self._file.rejected_ops()
        )


def _outcome(report: SyncReport, *, is_kept: bool) -> str:
    """Return what the log of syncs says: the first of these that holds."""
    said = (
        (not report.complete, "没有做完，剩下的下次接着来"),
        (report.rejected, "完成，有几条暂存待改"),
        (report.cloned, "完成，但有另一台电脑用过这台的编号，请告诉系统管理员"),
        (report.clock, "完成，但这台电脑的时间不对，请调对"),
        (report.differing, "完成，但有内容和市级服务器对不上，请告诉系统管理员"),
        (report.attachments_waiting, "完成，还有附件没有传，下次接着传"),
        (not is_kept, "完成，但同步前没有备份成，请看看磁盘是不是满了"),
    )
    return next((text for holds, text in said if holds), "完成")


def _is_picked(question: Question) -> bool:
    """Tell whether an answer is chosen where it stands, not typed as text."""
    return bool(type_of(question).choosing or question.reference or holding_of(question).is_file)
