"""What the desk (工作台) answers with: frozen values for windows and the command line."""

from __future__ import annotations

from typing import Literal

import msgspec

from hsdesk.deskfile.audit_heads import CityAudit
from hsdesk.model.answer import Class, SetDelta, Value
from hsdesk.model.round import Round
from hsdesk.records import edits

Screen = edits.Screen
Draft = edits.Draft  # the cell being typed is the same on the screen and in the file


class FormInfo(msgspec.Struct, frozen=True):
    """One register as a person picks it from a list."""

    form_id: str
    number: str  # printed number, F10
    title: str
    version: str
    group: str  # one of the eight groups a cadre thinks in
    open: bool  # switched on at this desk
    cls: Class
    levels: tuple[str, ...]  # who fills it, the first before all
    kind: Literal["register", "single", "ledger"]
    writable: bool  # False: published downwards, read-only here
    count: int = 0  # records that are not deleted


class PlaceInfo(msgspec.Struct, frozen=True):
    """A place held by this desk."""

    id: str
    code: str
    name: str
    full_name: str  # 歙县-深渡镇-…
    level: str
    writable: bool


class RejectedDefinition(msgspec.Struct, frozen=True):
    """A form, code list, … that cannot be used on this desk and was set aside; all else goes on."""

    kind: str
    id: str
    version: str
    reason: str


class Status(msgspec.Struct, frozen=True):
    """The desk at a glance."""

    person: str
    device: str
    places: tuple[PlaceInfo, ...]
    registers: tuple[FormInfo, ...]
    server: str  # "" when the desk is not enrolled 未登记
    waiting: int  # ops not yet acknowledged 未上传
    set_aside: int  # ops the server did not take 暂存待改
    conflicts: int  # 两边改得不一样
    last_sync: str  # ISO time of the last complete sync, "" when never
    drafts: int  # cells typed but not finished 未填完
    attachments: int = 0  # whose answer is received and whose content is not 附件未上传
    definitions: tuple[RejectedDefinition, ...] = ()  # forms, code lists … that cannot be used here 没有采用
    off: tuple[FormInfo, ...] = ()  # registers that are not there until they are switched on
    read_only: bool = False  # nothing can be written where it lies 只读
    city_audit: CityAudit | None = None  # what an official's desk keeps of the city's audit trail


class Refusal(msgspec.Struct, frozen=True):
    """One answer of an op that the city did not take (暂存待改): it waits beside its field."""

    number: int  # of the op, for `desk.records.forget_refused`
    path: str  # "" where the op says nothing any more: its content was erased
    value: Value | SetDelta
    reason: str


class ErasureAnswer(msgspec.Struct, frozen=True):
    """What became of a request to erase a record (清除申请). `reason`: why an official refused it."""

    outcome: Literal["erased", "refused", "taken back"]
    form: str
    title: str  # of the form
    record: str
    reason: str = ""


class Look(msgspec.Struct, frozen=True):
    """What the desk shows of a record at one moment, and what showing it makes seen."""

    place: PlaceInfo
    version: str  # of the form that is in force
    screen: Screen
    writable: bool
    answers: dict[str, Value] = {}
    fixed: frozenset[str] = frozenset()  # answers of a closed entry of a ledger (已入账)
    deleted: str = ""  # the reason 作废, "" when it is there
    merged_into: str = ""
    refusals: tuple[Refusal, ...] = ()


class Edit(msgspec.Struct, frozen=True):
    """Answers of one record that a person changed. An unknown record id makes a new record."""

    form: str
    record: str
    scope: str  # place UUID
    answers: dict[str, Value]
    screen: Screen | None = None  # what the author saw; None: the file is read for him as he writes
    stood: dict[str, Value] = {}  # what stood there on his screen


class Changes(msgspec.Struct, frozen=True):
    """What a mutation touched: pages refresh only this."""

    records: tuple[tuple[str, str], ...] = ()  # (form, record)
    registers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    conflicts: bool = False
    forms: bool = False
    sync: bool = False
    ids: tuple[str, ...] = ()  # records made
    own: dict[str, tuple[int, int]] = {}  # by path, the own op (epoch, seq) that the page shows which saved
    broken_off: bool = False  # a sync stopped on the way: it does not say which records it has changed
    undoing: bool = False  # the person undid or redid something
    act: int = 0  # its entry in the journal; 0: none, or answers that were typed


class ListQuery(msgspec.Struct, frozen=True):
    """Which records, in which order. `where` is a row predicate in the form language."""

    search: str = ""
    where: str = ""
    order: str = ""  # a field; "" by title
    descending: bool = False
    places: tuple[str, ...] = ()  # place UUIDs; () all held
    deleted: bool = False  # True: only the deleted ones 已作废
    limit: int | None = None
    records: frozenset[str] | None = None  # only these


class Counted(msgspec.Struct, frozen=True):
    """The records that a named count counts for some places; `unknown`: who knows more of them, in words."""

    records: frozenset[str]
    unknown: str


class RecordKey(msgspec.Struct, frozen=True):
    scope: str
    record: str
    number: int = 0  # row number in this file, for windowed lists


class RecordRow(msgspec.Struct, frozen=True):
    """One record as a list shows it: effective values (codes) by field, plus shown texts."""

    key: RecordKey
    title: str
    place: str  # code of the place
    values: dict[str, Value]
    shown: dict[str, str]  # labels of choices, masked personal data
    deleted: str = ""  # the reason, when deleted


class Hit(msgspec.Struct, frozen=True):
    """A record found by 张三, zhangsan or zs."""

    form: str
    form_title: str
    key: RecordKey
    title: str
    place: str
    found: str = ""  # the answer that fits, 负责人：张三, where the title does not show why


class AnswerChange(msgspec.Struct, frozen=True):
    path: str
    label: str
    old: Value
    new: Value
    old_shown: str
    new_shown: str


class RecordVersion(msgspec.Struct, frozen=True):
    """One entry of a record's history 修改记录."""

    version: int
    at: str  # ISO local time
    by: str
    device: str
    answers: tuple[AnswerChange, ...]


class Side(msgspec.Struct, frozen=True):
    value: Value
    shown: str
    by: str
    device: str
    at: str


class Conflict(msgspec.Struct, frozen=True):
    """Two people changed one answer differently (两边改得不一样): 原来的, 我改的, 别人改的."""

    id: str
    form: str
    form_title: str
    record: str
    scope: str
    title: str
    path: str
    label: str
    base: Value
    base_shown: str
    a: Side  # the value that stands
    b: Side  # the value that was kept aside
    mine: Literal["a", "b", ""]
    is_hidden: bool = False  # the answer is masked on the screen: 按住显示
    is_picked: bool = False  # a choice, a reference, a file: chosen on the record, never typed
    more: tuple[Side, ...] = ()  # further losing values
    rev: int = 0  # of its last change: who settles it says that he saw this


class DeskRound(msgspec.Struct, frozen=True):
    """A round (填报任务) as one place of this desk has to answer it."""

    round: Round
    place: str  # code
    place_name: str
    state: str = "未填报"


class RejectedEdit(msgspec.Struct, frozen=True):
    """An op that the server did not take, with its reason (暂存待改)."""

    form: str
    record: str
    title: str
    reason: str
    at: str
    number: int = 0
    path: str = ""  # the first answer that it says


class SyncLog(msgspec.Struct, frozen=True):
    """One past sync as the sync centre (收发中心) lists it."""

    at: str
    outcome: str
    pushed: int
    pulled: int
    conflicts: int
    complete: bool = False


class DeskFinding(msgspec.Struct, frozen=True):
    """A rule that a record does not meet (校验结果)."""

    severity: Literal["error", "warn", "explain"]
    register: str
    record: str
    path: str
    rule: str
    message: str


class Rejected(msgspec.Struct, frozen=True):
    """A record that could not be stored at all, with its 1-based line and the reason."""

    line: int
    field: str
    reason: str


class Stored(msgspec.Struct, frozen=True):
    """The outcome of adding or editing many records."""

    ids: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    findings: int
    batch: str = ""  # the name under which `import --undo` takes these records back


class Sentence(msgspec.Struct, frozen=True):
    """A Chinese template and its values, so that a window can say it in its language."""

    template: str
    values: dict[str, str | int] = {}

    def __str__(self) -> str:
        return self.template.format(**self.values)


class ActInfo(msgspec.Struct, frozen=True):
    """One entry of the journal of undo (撤销)."""

    id: int
    at: str  # ISO local time
    by: str
    words: Sentence
    undone: bool
    batch: str = ""
    final: bool = False  # it cannot be undone


class LeftAnswer(msgspec.Struct, frozen=True):
    """What an undoing left as it is, who changed it to what, and the same in words."""

    register: str
    record: str
    title: str
    path: str  # "" the whole record
    label: str
    by: str
    value: str  # as shown, masked
    words: Sentence


class Undone(msgspec.Struct, frozen=True):
    """What was undone or redone, latest act first."""

    changes: Changes
    acts: tuple[ActInfo, ...]
    left: tuple[LeftAnswer, ...]


class BatchInfo(msgspec.Struct, frozen=True):
    """Records that were read from one file."""

    batch: str
    register: str
    file: str
    at: str
    by: str
    new: int
    changed: int
    undone: bool
