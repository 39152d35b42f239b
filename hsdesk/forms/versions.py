"""Versions of a form: a new one strands nothing that was typed.

`hs:was` maps renames when answers are read, so that no stored answer is rewritten; removed answers stay on
a shelf (旧栏目); types only widen; a withdrawn code stays valid for old values; what became required is a
to-do. Answers written under one version open under the one before and the one after.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar

import msgspec

from hsdesk.errors import FormError
from hsdesk.forms.problem import Problem
from hsdesk.forms.schema import Choice, Form, Group, Item, Question, Repeat, class_of
from hsdesk.forms.types import Holding, holding_of, kept, seen, type_of
from hsdesk.forms.types.registry import HOLDING
from hsdesk.model.answer import SYSTEM, Value
from hsdesk.model.place import LEVEL_WORDS

T = TypeVar("T")
Scope = tuple[str, ...]  # keys of the rosters a question lies in


class VersionChange(msgspec.Struct, frozen=True):
    """What a new version changed. Answers are named by their place: `key` or `ROSTER/key`."""

    renamed: dict[str, str] = {}  # old → new
    removed: tuple[str, ...] = ()  # now on the shelf
    added: tuple[str, ...] = ()
    widened: tuple[str, ...] = ()
    todo: tuple[str, ...] = ()  # required now, not before
    withdrawn: dict[str, tuple[str, ...]] = {}  # list → codes
    problems: tuple[Problem, ...] = ()  # changes that are not allowed


def by_place(items: tuple[Item, ...], scope: Scope = ()) -> Iterator[tuple[Scope, Question]]:
    """Yield every question with the rosters it lies in."""
    for item in items:
        match item:
            case Question():
                yield scope, item
            case Group():
                yield from by_place(item.children, scope)
            case Repeat():
                yield from by_place(item.children, (*scope, item.key))


def changes_between(old: Form, new: Form) -> VersionChange:
    """Return what `new` changed against `old`."""
    before = {_named(scope, question.key): question for scope, question in by_place(old.children)}
    after = {_named(scope, question.key): question for scope, question in by_place(new.children)}
    renamed = dict(_renames(new, before.keys(), after.keys()))
    pairs = {
        old_name: after[renamed.get(old_name, old_name)]
        for old_name in before
        if renamed.get(old_name, old_name) in after
    }
    known = {renamed.get(name, name) for name in before}
    return VersionChange(
        renamed=renamed,
        removed=tuple(name for name in before if name not in pairs),
        added=tuple(name for name in after if name not in known),
        widened=tuple(
            name for name, question in pairs.items() if _holding(before[name]) != _holding(question)
        ),
        todo=tuple(_todo(before, after, renamed)),
        withdrawn=_withdrawn(old, new),
        problems=tuple(_narrowed(old, new, before, pairs)),
    )


def _named(scope: Scope, key: str) -> str:
    return "/".join((*scope, key))


def _renames(new: Form, before: object, after: object) -> Iterator[tuple[str, str]]:
    assert isinstance(before, type({}.keys()))
    assert isinstance(after, type({}.keys()))
    for scope, question in by_place(new.children):
        for name in question.hs.was:
            if _named(scope, name) in before and _named(scope, name) not in after:
                yield _named(scope, name), _named(scope, question.key)


def _holding(question: Question) -> Holding:
    """Return what an answer holds: a choice is told from a text, an attachment from both."""
    return HOLDING["select1"] if type_of(question).choosing == "one" else holding_of(question)


def _todo(
    before: Mapping[str, Question], after: Mapping[str, Question], renamed: Mapping[str, str]
) -> Iterator[str]:
    origin = {new: old for old, new in renamed.items()}
    for name, question in after.items():
        earlier = before.get(origin.get(name, name))
        if question.required and (earlier is None or not earlier.required):
            yield name


_OTHER_CLASS = (
    "这一栏在新版里换了级别（hs:class 或 hs:publish），旧数据留在原来的级别里，新版看不到。",
    "级别不能改；请当作新的一题，另取名称。",
)


def _narrowed(
    old: Form, new: Form, before: Mapping[str, Question], pairs: Mapping[str, Question]
) -> Iterator[Problem]:
    for name, question in pairs.items():
        if class_of(old, before[name]) != class_of(new, question):
            yield Problem(f"{new.form_id} {new.version}", "survey", name, "error", *_OTHER_CLASS)
        earlier, later = _holding(before[name]), _holding(question)
        if later is earlier or later.name in earlier.widens_to or not type_of(before[name]).is_kept:
            continue
        message = f"“{name}”原来是{earlier.word}，新版改成了{later.word}，旧数据放不进去。"
        remedy = "类型只能放宽（整数→小数→文字，单选→多选）；否则请当作新的一题，另取名称。"
        yield Problem(f"{new.form_id} {new.version}", "survey", name, "error", message, remedy)


def narrower(old: Form, new: Form) -> dict[str, Question]:
    """Return the questions by place whose type old answers may not fit."""
    asked = {_named(scope, question.key): question for scope, question in by_place(new.children)}
    narrowed = (one for one in changes_between(old, new).problems if one.message != _OTHER_CLASS[0])
    return {one.cell: asked[one.cell] for one in narrowed if one.cell in asked}


def _withdrawn(old: Form, new: Form) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, choices in new.lists.items():
        codes = {choice.value for choice in choices}
        gone = tuple(choice.value for choice in _ever(old, name) if choice.value not in codes)
        if gone:
            found[name] = gone
    return found


def _ever(form: Form, list_name: str) -> tuple[Choice, ...]:
    return (*form.lists.get(list_name, ()), *form.withdrawn.get(list_name, ()))


_CLASSES = {"common": "一般", "party": "党务", "personal": "个人信息"}


def _moved(old: Form, new: Form) -> str:
    """Return which of class and level a new version changed, "" for neither: grants hang on them.

    Further levels may come to fill a form; none that filled it goes.
    """
    if old.level != new.level or not set(old.levels) <= set(new.levels):
        return f"原来由{_who_fills(old)}填写，新版改成了{_who_fills(new)}（hs:level）"
    if (old.cls, old.publish) != (new.cls, new.publish):
        return f"原来的级别是{_CLASSES[old.cls]}，新版换了级别（hs:class 或 hs:publish）"
    return ""


def _who_fills(form: Form) -> str:
    return "、".join(LEVEL_WORDS[level] for level in form.levels)


def succeed(old: Form | None, new: Form, fitting: Collection[str] = (), *, going_back: bool = False) -> Form:
    """Return `new` as the successor of `old`: it remembers the codes that were withdrawn.

    `fitting`: questions by place whose answers are known to fit a narrower type. Raises `FormError` when a
    type was changed to one that old answers do not fit, or the form's class or level was; the level may be
    what it was once when one is `going_back` to a version that stood.
    """
    if old is None or old.form_id != new.form_id:
        return new
    if (moved := _moved(old, new)) and not going_back:
        raise FormError(
            "新版表单“{title}”不能安装：{moved}。级别定了以后不能改；请另取编号，当作新的一张表。",
            title=new.title,
            moved=moved,
        )
    change = changes_between(old, new)
    problems = tuple(
        one for one in change.problems if one.cell not in fitting or one.message == _OTHER_CLASS[0]
    )
    if problems:
        first = problems[0].message
        raise FormError("新版表单“{title}”不能安装。{first}", problems, title=new.title, first=first)
    withdrawn = {
        name: tuple(choice for choice in _ever(old, name) if choice.value in codes)
        for name, codes in change.withdrawn.items()
    }
    return msgspec.structs.replace(new, withdrawn=withdrawn)


# --- answers under another version


def renames_of(form: Form) -> dict[str, str]:
    """Return old → new places of every answer that had another name."""
    return {
        _named(scope, name): _named(scope, question.key)
        for scope, question in by_place(form.children)
        for name in question.hs.was
    }


def renamed(renames: Mapping[str, str], answers: Mapping[str, T]) -> Mapping[str, T]:
    """Return answers under their present names; an answer already there under its new name wins.

    >>> dict(renamed({"m/old": "m/new"}, {"m/1/old": 3, "x": 1}))
    {'m/1/new': 3, 'x': 1}
    """
    if not renames:
        return answers
    made: dict[str, T] = {}
    moved: dict[str, T] = {}
    for path, value in answers.items():
        new_name = renames.get(_place(path))
        if new_name is None:
            made[path] = value
        else:
            moved[path.rpartition("/")[0] + "/" * ("/" in path) + new_name.rpartition("/")[2]] = value
    return {**moved, **made}


def _place(path: str) -> str:
    """Return the place of a stored path: `m/ROW/x` is `m/x`."""
    parts = path.split("/")
    return "/".join((*parts[:-1:2], parts[-1]))


def shelf(form: Form, answers: Mapping[str, Value]) -> dict[str, Value]:
    """Return the answers that this version has no place for (旧栏目), by stored path."""
    known = {_named(scope, question.key) for scope, question in by_place(form.children)}
    current = renamed(renames_of(form), answers)
    own = (path for path in current if path.rpartition("/")[2] not in SYSTEM)
    return {path: current[path] for path in own if _place(path) not in known}


def carried_over(
    source: Form, target: Form, answers: Mapping[str, Value]
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return (answers as `target` reads them, what it cannot hold) of a draft made under `source`.

    It works in both directions between adjacent versions: forwards names follow `hs:was` and types widen;
    backwards names go back, and a value returns to the narrower type when it fits.
    """
    forward = {**{new: old for old, new in renames_of(source).items()}, **renames_of(target)}
    questions = {_named(scope, question.key): question for scope, question in by_place(target.children)}
    usable = {old: new for old, new in forward.items() if new in questions and old not in questions}
    held: dict[str, Value] = {}
    left: dict[str, Value] = {}
    for path, value in renamed(usable, answers).items():
        question = questions.get(_place(path))
        if path.rpartition("/")[2] in SYSTEM:
            held[path] = value
        elif question is not None and fits(question, value):
            held[path] = kept(question, seen(question, _narrow(question, value)))
        else:
            left[path] = value
    return held, left


def _narrow(question: Question, value: Value) -> Value:
    if isinstance(value, tuple) and not holding_of(question).is_set:
        return value[0] if value else None
    return value


def fits(question: Question, value: Value) -> bool:
    """Tell whether a value can be held by a question without loss."""
    return holding_of(question).fits(value)
