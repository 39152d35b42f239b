"""Whether an op can be stored at all: shape, type, size, permission, known scope and form. Nothing else.

Required answers, constraints and rules across answers never reject an op: they are findings.
"""

from __future__ import annotations

import math
import re
from functools import cached_property, lru_cache

import msgspec

from hsdesk.forms.schema import Form, Group, Item, Question, Repeat, class_of
from hsdesk.forms.types import Holding, holding_of, type_of
from hsdesk.model.answer import (
    CLASSES,
    DELETED,
    MAX_TEXT,
    MERGED_INTO,
    MOVED_TO,
    POSITION,
    Class,
    SetDelta,
    Written,
    generic,
)
from hsdesk.records.merge import Policy
from hsdesk.records.op import Op

MAX_PATHS = 2000
MAX_PATH = 400  # characters
MAX_MEMBERS = 1000  # of one set-valued answer
_INT64 = 1 << 63
_SYSTEM = frozenset({DELETED, MERGED_INTO, POSITION})
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class FieldShape(msgspec.Struct, frozen=True):
    """What an answer may hold, the class it belongs to, and who wins a tie."""

    holding: Holding
    cls: Class
    policy: Policy


class FormShape(msgspec.Struct, frozen=True, dict=True):
    """A form as the server needs it: fields by path with row ids left out (`members/name`)."""

    form_id: str
    version: str
    cls: Class
    fields: dict[str, FieldShape]

    @cached_property
    def texts(self) -> dict[str, Class]:
        """The class of each text that is no answer of a row: the common case, checked at once."""
        return {
            path: field.cls
            for path, field in self.fields.items()
            if field.holding.name == "string"
            and "/" not in path
            and not _path_problem(path)
            and path not in _SYSTEM
        }

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """The classes that a record's parts may have, in the order of `CLASSES`."""
        used = {self.cls, *(field.cls for field in self.fields.values())}
        return tuple(cls for cls in CLASSES if cls in used)

    def class_of(self, path: str) -> Class:
        """Return the class whose part carries an answer."""
        field = self.fields.get(generic(path))
        return field.cls if field else self.cls

    def policy(self, path: str) -> Policy:
        """Return who wins a tie at a path; the default for answers this version does not know."""
        field = self.fields.get(generic(path))
        return field.policy if field else ""


def _is_of_the_record(path: str) -> bool:
    return "/" not in path and not _path_problem(path) and path not in _SYSTEM


def form_shape(form: Form) -> FormShape:
    """Return what the server needs of a form."""
    fields: dict[str, FieldShape] = {}
    _collect(form, form.children, "", fields)
    return FormShape(form.form_id, form.version, form.stream, fields)


def _collect(form: Form, items: tuple[Item, ...], prefix: str, fields: dict[str, FieldShape]) -> None:
    for item in items:
        match item:
            case Question():
                if type_of(item).is_answered:
                    cls = class_of(form, item)
                    fields[prefix + item.key] = FieldShape(holding_of(item), cls, item.hs.merge)
            case Group():
                _collect(form, item.children, prefix, fields)
            case Repeat():
                _collect(form, item.children, f"{prefix}{item.key}/", fields)


def problem_with(op: Op, shape: FormShape) -> str:
    """Return the Chinese reason why the op cannot be stored, "" if it can."""
    if problem := _frame_problem(op) or _leaving_problem(op, shape):
        return problem
    texts, cls = shape.texts, op.cls
    for path, written in op.answers.items():
        if (
            type(written) is str
            and texts.get(path) == cls
            and len(written) <= MAX_TEXT
            and "\0" not in written
        ):
            continue
        problem = _path_problem(path) or _field_problem(op, shape, path, written)
        if problem:
            return problem
    return ""


def _frame_problem(op: Op) -> str:
    if not _ID.fullmatch(op.record):
        return "记录编号不对。"
    if len(op.answers) > MAX_PATHS:
        return "一次改动的栏目数目不对。"
    if len(op.person) > 200 or len(op.version) > 64:
        return "改动的说明过长。"
    return ""


def _leaving_problem(op: Op, shape: FormShape) -> str:
    if op.erases and any(value is not None for path, value in op.answers.items() if path != DELETED):
        return "清除的改动里不能带内容。"
    if MOVED_TO in op.answers and (len(op.answers) > 1 or op.cls != shape.cls or op.erases):
        return "转移的改动里不能带别的内容。"
    return ""


@lru_cache(4096)
def _path_problem(path: str) -> str:
    pieces = path.split("/")
    if len(path) > MAX_PATH or len(pieces) % 2 == 0 or not all(pieces) or "\0" in path:
        return "栏目编号不对。"
    return ""


def _field_problem(op: Op, shape: FormShape, path: str, written: Written) -> str:
    name = path.rpartition("/")[2]
    if name in _SYSTEM:
        return _system_problem(op, shape, path, written)
    field = shape.fields.get(generic(path))
    if field is None:
        return _size_problem(path, written)
    if field.cls != op.cls:
        return f"栏目“{path}”不属于这一级别，不能存放在这里。"
    return _type_problem(path, field.holding, written) or _size_problem(path, written)


def _system_problem(op: Op, shape: FormShape, path: str, written: Written) -> str:
    """Say what is wrong with an answer of our own: all are texts; a merge is a matter of the main part."""
    if written is not None and not isinstance(written, str):
        return f"栏目“{path}”填的内容与栏目类型不符。"
    if path == MERGED_INTO and op.cls != shape.cls:
        return f"栏目“{path}”不属于这一级别，不能存放在这里。"
    return _size_problem(path, written)


def _size_problem(path: str, written: Written) -> str:
    match written:
        case str():
            if len(written) > MAX_TEXT:
                return f"栏目“{path}”的文字超过 {MAX_TEXT} 字。"
            return f"栏目“{path}”里有不能保存的字符。" if "\0" in written else ""
        case SetDelta():
            members = (*written.add, *written.remove)
            too_big = len(members) > MAX_MEMBERS or any(len(m) > MAX_PATH or "\0" in m for m in members)
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
