"""Which ops the city takes: one table and the functions that read it, before an op writes anything.

What an op does are its *acts*, told by the system answers in it: `_deleted` deletes, `_merged_into` merges,
and so on; any other answer writes. An op that brings a record the city does not know also makes it. For each
act `TABLE` says which verb it needs, whether a part beside the main one may carry it, and what must hold of
places. What is refused is set aside at its desk with the sentence; the other ops of the message go on.

A required answer, a constraint or a rule across answers never refuses an op: they are findings. Nor does what
stands already: a record that would not be let in today is edited and deleted as before (`audit verify` names
it), because level and owner are asked only of what is new.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

import msgspec

from hsdesk.city.ledger.owners import Owner, Owners
from hsdesk.city.ledger.seen_revisions import knows_erasures
from hsdesk.city.people.permission import Reach, Verb
from hsdesk.forms.types import Holding
from hsdesk.model.answer import (
    DELETED,
    ERASURE,
    MAX_TEXT,
    MERGED_INTO,
    MOVED_TO,
    POSITION,
    SYSTEM,
    Class,
    SetDelta,
    Written,
    generic,
    members,
)  # fmt: skip
from hsdesk.model.place import Directory
from hsdesk.records.form_shape import FormShape
from hsdesk.records.op import Op
from hsdesk.records.parts import Mark, Part

MAX_PATHS = 2000
MAX_PATH = 400  # characters
MAX_MEMBERS = 1000  # of one set-valued answer
_INT64 = 1 << 63
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")

Act = Literal["make", "write", "row", "delete", "merge", "move", "ask", "erase"]
Other = Literal["", "same", "line", "level"]


class Rule(msgspec.Struct, frozen=True):
    """What one act needs.

    `verb`: at the place, in the op's class. `beside`: a part beside the main one may carry it. `alone`: no
    other answer stands in the op. `level`: the place is of a level that fills the form. `other`: where the
    record lives that is named, in the `same` place or in the `line` of places above and below; of a place
    that is named, that it is another one of the same `level`.
    """

    verb: Verb = "write"
    beside: bool = False
    alone: bool = False
    level: bool = False
    other: Other = ""


TABLE: Mapping[Act, Rule] = {
    "make": Rule(beside=True, level=True),
    "write": Rule(beside=True, other="line"),
    "row": Rule(),  # a row of a roster removed or put in order
    "delete": Rule(),
    "merge": Rule(other="same"),
    "move": Rule(alone=True, other="level"),
    "ask": Rule(),  # that an official erase
    "erase": Rule(verb="dispose", beside=True),
}
_OF_RECORD: Mapping[str, Act] = {DELETED: "delete", MERGED_INTO: "merge", MOVED_TO: "move", ERASURE: "ask"}
_OF_ROW: Mapping[str, Act] = {DELETED: "row", POSITION: "row"}

NO_PLACE = "市级服务器没有这个单位，请先更新区划目录。"
NO_FORM = "市级服务器没有这张登记表。"
NO_RECORD = "市级服务器没有这条记录，没有转移。请先数据同步，再转移一次。"
NO_RIGHT = "没有填报这份数据的权限，请向上级申请。"
NO_DISPOSAL = "清除要由有处置权限的上级来办，市里的内容没有动。请再点一次“彻底清除…”，向上级申请。"
NO_PART = "这张登记表没有这一级别的内容，没有接收。"
NOT_MAIN = "“{path}”是整条记录的事，要记在登记表自己的级别里，没有接收。"
NOT_ALONE = "转移的改动里不能带别的内容。"
NOT_EMPTY = "清除的改动里不能带内容。"
WRONG_LEVEL = "“{place}”不填这张登记表，它由另一级的单位填报，没有接收。"
WRONG_TARGET = "没有这个单位可以转去，请核对代码，或先更新区划目录。"
OTHER_LEVEL = "这张登记表不由那一级的单位填报，不能转过去。"
OTHER_FORM = "这个编号的记录属于另一张登记表，没有接收。"
OWNED_ELSEWHERE = "这个编号的记录属于别的单位，没有接收。请新建一条再填。"
MERGED_ELSEWHERE = "只能并入本单位同一张登记表里的记录，没有合并。"
NAMED_ELSEWHERE = "栏目“{path}”选的是别的单位的记录，没有接收。"
IS_THERE = "那边已经有这条记录，没有转移。"
ERASED = "这些内容已按规定清除，没有接收。"


class Standing(msgspec.Struct, frozen=True):
    """What the ledger holds where an op would be written: the part, if there is one, and what was erased.

    `may_follow`: the op may follow its record to a place that its author does not write.
    """

    part: Part | None
    erased: Mapping[str, Mark]
    may_follow: bool = False


class _Stream(msgspec.Struct, frozen=True):
    """What holds for all ops of a place, class and form: why none is taken, or the form."""

    reason: str
    shape: FormShape | None = None


class Validation:
    """The judgement over the ops of one caller."""

    def __init__(self, reach: Reach, shapes: Mapping[str, FormShape], places: Directory) -> None:
        self._reach = reach
        self._shapes = shapes
        self._places = places
        self._streams: dict[tuple[str, Class, str], _Stream] = {}
        self._in_line: dict[tuple[str, str], bool] = {}

    def refused(self, op: Op) -> str:
        """Return why an op is not taken, as far as it says so itself; "" where the ledger must be asked."""
        key = (op.scope, op.cls, op.form)
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = self._stream(*key)
        if stream.shape is None:
            return stream.reason
        return _frame_problem(op) or self._answers_problem(op, stream.shape)

    def _stream(self, scope: str, cls: Class, form: str) -> _Stream:
        shape = self._shapes.get(form)
        if self._places.get(scope) is None:
            return _Stream(NO_PLACE)
        if not self._reach.may_write(scope, cls):
            return _Stream(NO_RIGHT)
        if shape is None:
            return _Stream(NO_FORM)
        return _Stream("", shape) if cls in shape.classes else _Stream(NO_PART)

    def _answers_problem(self, op: Op, shape: FormShape) -> str:
        texts, cls = {} if op.erases else shape.texts, op.cls
        for path, written in op.answers.items():
            if (
                type(written) is str
                and texts.get(path) == cls
                and len(written) <= MAX_TEXT
                and "\0" not in written
            ):
                continue
            problem = _path_problem(path) or self._answer_problem(op, shape, path, written)
            if problem:
                return problem
        return self._erasure_problem(op, shape) if op.erases else ""

    def _answer_problem(self, op: Op, shape: FormShape, path: str, written: Written) -> str:
        if path.rpartition("/")[2] in SYSTEM:
            return self._system_problem(op, shape, path, written)
        field = shape.fields.get(generic(path))
        if field is not None and field.cls != op.cls:
            return f"栏目“{path}”不属于这一级别，不能存放在这里。"
        problem = _type_problem(path, field.holding, written) if field is not None else ""
        return problem or _size_problem(path, written)

    def _system_problem(self, op: Op, shape: FormShape, path: str, written: Written) -> str:
        """Say what is wrong with an answer of our own: all are texts, and the table says where they stand."""
        act = act_of(path)
        if act is None:
            return "栏目编号不对。"
        if written is not None and not isinstance(written, str):
            return f"栏目“{path}”填的内容与栏目类型不符。"
        rule = TABLE["erase" if op.erases else act]
        if not rule.beside and op.cls != shape.cls:
            return NOT_MAIN.format(path=path)
        if TABLE[act].alone and (len(op.answers) > 1 or op.erases):
            return NOT_ALONE
        if act == "move":
            return self._target_problem(op, shape, str(written))
        return _size_problem(path, written)

    def _target_problem(self, op: Op, shape: FormShape, into: str) -> str:
        place = self._places.get(into)
        if place is None or into == op.scope:
            return WRONG_TARGET
        is_like = place.level == self._places.by_id(op.scope).level and place.level in shape.levels
        return "" if is_like else OTHER_LEVEL

    def _erasure_problem(self, op: Op, shape: FormShape) -> str:
        """Erasing the whole of a part deletes the record: it needs the right to write its main part."""
        if any(value is not None for path, value in op.answers.items() if path != DELETED):
            return NOT_EMPTY
        if DELETED in op.answers and not self._reach.may_write(op.scope, shape.cls):
            return NO_RIGHT
        return ""

    def refused_beside(self, op: Op, shape: FormShape, held: Standing, owners: Owners) -> str:
        """Return why an op that says nothing wrong is not taken beside what the ledger holds."""
        if not held.may_follow and not self._reach.may_write(op.scope, op.cls):  # its record has moved
            return NO_RIGHT
        if op.erases and not self._reach.may(TABLE["erase"].verb, op.scope):
            return NO_DISPOSAL
        if held.erased and not op.erases and not knows_erasures(op, held.erased):
            return ERASED
        if held.part is None:
            problem = self._owner_problem(op, shape, owners)
        else:
            problem = "" if held.part.form == op.form else OTHER_FORM
        return problem or self._named_problem(op, shape, owners)

    def _owner_problem(self, op: Op, shape: FormShape, owners: Owners) -> str:
        owner = owners.of(op.record)
        if owner is None:
            return self._new_problem(op, shape)
        if owner.scope != op.scope and not owners.was_here(op.scope, op.record):
            return OWNED_ELSEWHERE
        return "" if owner.form == op.form else OTHER_FORM

    def _new_problem(self, op: Op, shape: FormShape) -> str:
        if MOVED_TO in op.answers:
            return NO_RECORD
        place = self._places.by_id(op.scope)
        return "" if place.level in shape.levels else WRONG_LEVEL.format(place=place.name)

    def _named_problem(self, op: Op, shape: FormShape, owners: Owners) -> str:
        """Say what is wrong with the records that an op names: into which it merges, and its references."""
        into = op.answers.get(MERGED_INTO)
        if into and (into == op.record or owners.of(str(into)) != Owner(op.scope, op.form)):
            return MERGED_ELSEWHERE
        for path, record in references_in(op, shape):
            owner = owners.of(record)
            is_near = owner is None or self._is_in_line(op.scope, owner.scope)
            if not is_near and not owners.was_here(op.scope, record):
                return NAMED_ELSEWHERE.format(path=path)
        return ""

    def _is_in_line(self, scope: str, other: str) -> bool:
        known = self._in_line.get((scope, other))
        if known is None:
            known = self._in_line[scope, other] = in_line(self._places, scope, other)
        return known


def in_line(places: Directory, one: str, other: str) -> bool:
    """Tell whether one of two places lies in the other, or they are the same."""
    above, beyond = (
        {place.id for place in places.ancestors(each)} if places.get(each) else set() for each in (one, other)
    )
    return one == other or other in above or one in beyond


def act_of(path: str) -> Act | None:
    """Return what a system answer does, by where it stands; None where it may not stand at all.

    >>> act_of("_deleted"), act_of("members/1/_deleted"), act_of("members/1/_moved_to"), act_of("_pos")
    ('delete', 'row', None, None)
    """
    row, _, name = path.rpartition("/")
    return (_OF_ROW if row else _OF_RECORD).get(name)


def named_by(op: Op, shape: FormShape) -> Iterator[str]:
    """Yield the records that an op names beside its own."""
    if into := op.answers.get(MERGED_INTO):
        yield str(into)
    for _, record in references_in(op, shape):
        yield record


def references_in(op: Op, shape: FormShape) -> Iterator[tuple[str, str]]:
    """Yield path and record of what an op says of other records."""
    references = shape.references
    for path, written in op.answers.items() if references else ():
        if written is not None and generic(path) in references:
            named = written.add if isinstance(written, SetDelta) else members(str(written))
            for record in named:
                yield path, record


def _frame_problem(op: Op) -> str:
    if not _ID.fullmatch(op.record):
        return "记录编号不对。"
    if len(op.answers) > MAX_PATHS:
        return "一次改动的栏目数目不对。"
    if len(op.person) > 200 or len(op.version) > 64:
        return "改动的说明过长。"
    return ""


@lru_cache(4096)
def _path_problem(path: str) -> str:
    pieces = path.split("/")
    if len(path) > MAX_PATH or len(pieces) % 2 == 0 or not all(pieces) or "\0" in path:
        return "栏目编号不对。"
    return ""


def _size_problem(path: str, written: Written) -> str:
    match written:
        case str():
            if len(written) > MAX_TEXT:
                return f"栏目“{path}”的文字超过 {MAX_TEXT} 字。"
            return f"栏目“{path}”里有不能保存的字符。" if "\0" in written else ""
        case SetDelta():
            both = (*written.add, *written.remove)
            too_big = len(both) > MAX_MEMBERS or any(len(m) > MAX_PATH or "\0" in m for m in both)
            return f"栏目“{path}”选的项目过多或过长。" if too_big else ""
        case int():
            return "" if -_INT64 <= written < _INT64 else f"栏目“{path}”的数字过大。"
        case float():
            return "" if math.isfinite(written) else f"栏目“{path}”不是数字。"
        case None:
            return ""


def _type_problem(path: str, holding: Holding, written: Written) -> str:
    """Types only widen between versions, so a narrower value of an older version is taken."""
    if written is None or holding.takes(written):
        return ""
    return f"栏目“{path}”填的内容与栏目类型不符。"
