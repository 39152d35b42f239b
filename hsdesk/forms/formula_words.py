"""A calculation in words: what a person is told who asks how a figure came about.

The words are a tree of templates (`Phrase`), so that a window can say them in its language. What has no
words of its own is named as the form writes it; nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from hsdesk.forms.schema import Form, Group, Item, Question, Repeat
from hsdesk.language.ast import (
    Binary,
    Call,
    Constant,
    Expr,
    Filter,
    Logic,
    Negation,
    Path,
    PathStep,
    instance_name,
    walk,
)  # fmt: skip
from hsdesk.language.parser import parse
from hsdesk.language.printer import write
from hsdesk.language.values import number_text

FormOf = Callable[[str], Form | None]  # an installed form by its id, None when there is none
LabelsOf = Callable[[str], Mapping[str, str]]  # label of each code of a list that no form brings itself


class Phrase(msgspec.Struct, frozen=True):
    """A Chinese template and its values, which may be phrases themselves."""

    template: str
    values: dict[str, Phrase | str] = {}

    def __str__(self) -> str:
        return self.template.format(**{name: str(value) for name, value in self.values.items()})


Said = Phrase | str


class Part(msgspec.Struct, frozen=True):
    """One thing a figure is made of: an answer of the same record (`path`), or a whole register."""

    label: str
    path: str = ""
    register: str = ""


class Explanation(msgspec.Struct, frozen=True):
    """How a calculated answer comes about, and what it is made of."""

    words: Phrase
    parts: tuple[Part, ...]


def explain(form: Form, question: Question, form_of: FormOf, labels_of: LabelsOf) -> Explanation:
    """Return how a calculated answer of a form comes about."""
    expr = parse(question.calculation)
    words = _Words(form, question, form_of, labels_of)
    sentence = Phrase("“{name}”是这样算的：{formula}。", {"name": _name(question), "formula": words.of(expr)})
    return Explanation(sentence, tuple(dict.fromkeys(words.parts(expr))))


_COMPARED = {
    "=": Phrase("{a}等于{b}"), "!=": Phrase("{a}不等于{b}"), "<": Phrase("{a}小于{b}"),
    "<=": Phrase("{a}不大于{b}"), ">": Phrase("{a}大于{b}"), ">=": Phrase("{a}不小于{b}"),
}  # fmt: skip
_CODED = {"=": Phrase("{a}是{b}"), "!=": Phrase("{a}不是{b}")}
_EMPTY = {"=": Phrase("{a}没有填"), "!=": Phrase("{a}填了")}
_COUNTED = {
    "+": Phrase("{a}＋{b}"), "-": Phrase("{a}－{b}"), "*": Phrase("{a}×{b}"), "div": Phrase("{a}÷{b}"),
}  # fmt: skip
_AND, _OR, _JOINED = Phrase("{a}，并且{b}"), Phrase("{a}，或者{b}"), Phrase("{a}接{b}")
_OF, _AMONG, _BRACKETS = Phrase("{a}的{b}"), Phrase("{a}（{b}）"), Phrase("（{a}）")
_IF, _ELSE_IF = Phrase("如果{a}，就是{b}；不然就是{c}"), Phrase("如果{a}，就是{b}；不然，{c}")
_HAS, _IS_ONE_OF = Phrase("{a}里有{b}"), Phrase("{a}是这里面的一个：{b}")
_POWER = {"+": 1, "-": 1, "*": 2, "div": 2}
_AS_IT_IS = frozenset({"number", "string", "date", "date-time", "int", "translate", "normalize-space"})
_CALLS: dict[tuple[str, int], Phrase] = {
    ("count", 1): Phrase("{a}有几条"),
    ("sum", 1): Phrase("{a}加起来"),
    ("min", 1): Phrase("{a}里最小的"),
    ("max", 1): Phrase("{a}里最大的"),
    ("count-selected", 1): Phrase("{a}选了几项"),
    ("not", 1): Phrase("不是“{a}”"),
    ("round", 1): Phrase("{a}（四舍五入）"),
    ("round", 2): Phrase("{a}（保留{b}位小数）"),
    ("coalesce", 2): Phrase("{a}（没有填的按{b}）"),
    ("today", 0): Phrase("今天"),
    ("true", 0): Phrase("是"),
    ("false", 0): Phrase("否"),
    ("join", 2): Phrase("{b}，一个接一个列出"),
    ("contains", 2): Phrase("{a}里写着{b}"),
    ("hs:id-valid", 1): Phrase("{a}填得对"),
    ("hs:id-birth", 1): Phrase("{a}里的出生日期"),
    ("hs:id-sex", 1): Phrase("{a}里的性别"),
    ("format-date", 2): Phrase("{a}（按{b}写）"),
    ("substr", 2): Phrase("{a}第{b}位以后的"),
    ("substr", 3): Phrase("{a}第{b}位以后的{c}位"),
}
_DATE_PARTS = {
    "%Y": Phrase("{a}的年份"), "%m": Phrase("{a}的月份"), "%Y-%m": Phrase("{a}的年月"),
    "%m-%d": Phrase("{a}的月和日"), "-%m-%d": Phrase("{a}的月和日"),
}  # fmt: skip


class _Scope(msgspec.Struct, frozen=True):
    """Where relative names are looked up: in a form, in a roster of it, or in another register."""

    form: Form
    items: tuple[Item, ...]


class _Words:
    """Says the pieces of one calculation of one form."""

    def __init__(self, form: Form, question: Question, form_of: FormOf, labels_of: LabelsOf) -> None:
        self._form, self._question = form, question
        self._form_of, self._labels_of = form_of, labels_of
        self._own = _Scope(form, form.children)

    def of(self, expr: Expr, scope: _Scope | None = None) -> Said:
        """Return the words for an expression."""
        scope = scope or self._own
        match expr:
            case Constant():
                return self._constant(expr)
            case Binary():
                return self._binary(expr, scope)
            case Logic():
                said = [self._within(part, scope) for part in expr.parts]
                return _chain(_AND if expr.op == "and" else _OR, said)
            case Call():
                return self._call(expr, scope)
            case Path():
                return self._path(expr, scope)
            case Negation() | Filter():
                return write(expr)

    def _constant(self, expr: Constant) -> Said:
        if isinstance(expr.value, float):
            return number_text(expr.value)
        if not expr.value:
            return Phrase("空着")
        return self._label(self._form, self._question, expr.value) or f"“{expr.value}”"

    def _label(self, form: Form, question: Question, code: str) -> str:
        name = question.list_name
        brought = (*form.lists.get(name, ()), *form.withdrawn.get(name, ()))
        labels = {one.value: one.label.plain() for one in brought} or (self._labels_of(name) if name else {})
        return f"“{found}”" if (found := labels.get(code)) else ""

    def _binary(self, expr: Binary, scope: _Scope) -> Said:
        if expr.op in _COUNTED:
            sides = (self._side(one, expr, scope) for one in (expr.left, expr.right))
            return _filled(_COUNTED[expr.op], *sides)
        if expr.op not in _COMPARED:
            return write(expr)
        left = self._within(expr.left, scope)
        if expr.op in _EMPTY and isinstance(expr.right, Constant) and expr.right.value == "":
            return _filled(_EMPTY[expr.op], left)
        if expr.op in _CODED and (code := self._coded(expr.left, expr.right, scope)):
            return _filled(_CODED[expr.op], left, code)
        return _filled(_COMPARED[expr.op], left, self.of(expr.right, scope))

    def _within(self, expr: Expr, scope: _Scope) -> Said:
        """Return the words for a piece inside a longer one: what has commas of its own stands in brackets."""
        said = self.of(expr, scope)
        has_commas = isinstance(expr, Logic) or (isinstance(expr, Call) and expr.name == "if")
        return _filled(_BRACKETS, said) if has_commas else said

    def _side(self, expr: Expr, around: Binary, scope: _Scope) -> Said:
        if not isinstance(expr, Binary) or expr.op not in _POWER:
            return self._within(expr, scope)
        said = self.of(expr, scope)
        is_looser = _POWER[expr.op] < _POWER[around.op]
        is_taken_off = around.op in ("-", "div") and expr is around.right
        return _filled(_BRACKETS, said) if is_looser or is_taken_off else said

    def _coded(self, asked: Expr, answer: Expr, scope: _Scope) -> str:
        """Return the label of a code that an answer is compared with, "" when it is none."""
        if not isinstance(asked, Path) or not isinstance(answer, Constant) or isinstance(answer.value, float):
            return ""
        inner = self._inner(asked, scope)
        found = _named(inner.items, asked.steps[-1].test) if asked.steps else None
        return self._label(inner.form, found, answer.value) if isinstance(found, Question) else ""

    def _inner(self, path: Path, scope: _Scope) -> _Scope:
        """Return where the last step of a path is looked up."""
        register = instance_name(path.start)
        if register is not None:
            form = self._form_of(register)
            return _Scope(form, form.children) if form else scope
        return self._own if path.start == "/" else scope

    def _call(self, expr: Call, scope: _Scope) -> Said:
        match expr.name, expr.arguments:
            case "if", (asked, then, other):
                return self._if(asked, then, other, scope)
            case "selected", (whole, one):
                return self._selected(whole, one, scope)
            case "format-date", (day, Constant(value=str() as pattern)) if pattern in _DATE_PARTS:
                return _filled(_DATE_PARTS[pattern], self._within(day, scope))
            case "substr", (text, Constant(value=0.0), Constant() as length):
                return _filled(Phrase("{a}的前{b}位"), self._within(text, scope), self.of(length, scope))
        return self._other_call(expr, [self._within(one, scope) for one in expr.arguments])

    @staticmethod
    def _other_call(expr: Call, said: list[Said]) -> Said:
        if expr.name in _AS_IT_IS and said:
            return said[0]
        if expr.name == "concat":
            return _chain(_JOINED, said)
        found = _CALLS.get((expr.name, len(said)))
        return _filled(found, *said) if found else write(expr)

    def _if(self, asked: Expr, then: Expr, other: Expr, scope: _Scope) -> Said:
        said = self.of(asked, scope), self._within(then, scope)
        if isinstance(other, Call) and other.name == "if":
            return _filled(_ELSE_IF, *said, self.of(other, scope))
        return _filled(_IF, *said, self._within(other, scope))

    def _selected(self, whole: Expr, one: Expr, scope: _Scope) -> Said:
        if isinstance(whole, Constant) and isinstance(whole.value, str):
            codes = (Constant(code) for code in whole.value.split())
            labels = (self._coded(one, code, scope) or f"“{code.value}”" for code in codes)
            return _filled(_IS_ONE_OF, self.of(one, scope), "、".join(labels))
        return _filled(_HAS, self.of(whole, scope), self._coded(whole, one, scope) or self.of(one, scope))

    def _path(self, path: Path, scope: _Scope) -> Said:
        register = instance_name(path.start)
        if register == "here":
            return _here(path)
        if register is not None:
            return self._register(path, register)
        if not path.steps:
            return write(path)
        if path.start == "" and path.steps[-1].test == "_id":
            return Phrase("记录")
        found = _named(self._inner(path, scope).items, path.steps[-1].test)
        roster = self._roster(path)
        if roster is not None:
            return self._rows(path, roster, found)
        return f"“{_name(found)}”" if isinstance(found, Question) else write(path)

    def _register(self, path: Path, register: str) -> Said:
        form = self._form_of(register)
        title: Said = f"“{form.title if form else register}”"
        scope = _Scope(form, form.children) if form else self._own
        for step in path.steps:
            title = self._which(title, step, scope)
        last = path.steps[-1].test if path.steps else "item"
        if last in ("root", "item", "_id"):
            return title
        asked = _named(scope.items, last)
        return _filled(_OF, title, f"“{_name(asked)}”" if asked else last)

    def _which(self, title: Said, step: PathStep, scope: _Scope) -> Said:
        """Add to the name of rows which of them are meant."""
        for one in step.predicates:
            title = _filled(_AMONG, title, self.of(one, scope))
        return title

    def _roster(self, path: Path) -> Repeat | None:
        """Return the roster that an absolute path leads into."""
        if path.start != "/":
            return None
        found = (_named(self._form.children, step.test) for step in path.steps)
        return next((one for one in found if isinstance(one, Repeat)), None)

    def _rows(self, path: Path, roster: Repeat, found: Item | None) -> Said:
        said: Said = f"“{_name(roster)}”"
        for step in path.steps:
            said = self._which(said, step, _Scope(self._form, roster.children))
        return _filled(_OF, said, f"“{_name(found)}”") if isinstance(found, Question) else said

    def parts(self, expr: Expr) -> Iterator[Part]:
        """Yield what a calculation is made of, in reading order."""
        for one in walk(expr):
            if not isinstance(one, Path):
                continue
            register = instance_name(one.start)
            form = self._form_of(register) if register else None
            if form is not None:
                yield Part(form.title, register=form.form_id)
            elif register is None and one.start == "/":
                found = self._roster(one) or _named(self._form.children, one.steps[-1].test)
                if isinstance(found, Question | Repeat) and found.label.texts:
                    yield Part(_name(found), path=found.key)


def _filled(phrase: Phrase, *said: Said) -> Phrase:
    return Phrase(phrase.template, dict(zip("abc", said, strict=False)))


def _chain(phrase: Phrase, said: list[Said]) -> Said:
    whole = said[0]
    for one in said[1:]:
        whole = _filled(phrase, whole, one)
    return whole


def _here(path: Path) -> Said:
    last = path.steps[-1].test if path.steps else ""
    words = {"record": Phrase("这一条"), "person": Phrase("填表人"), "_id": Phrase("本村（社区）")}
    return words.get(last) or _filled(_OF, Phrase("本村（社区）"), last)


def _name(item: Item) -> str:
    return item.label.plain().strip() or item.name


def _named(items: tuple[Item, ...], name: str) -> Item | None:
    """Return the first question, group or roster of this name, in groups too."""
    for item in items:
        if item.name == name:
            return item
        if isinstance(item, Group | Repeat) and (found := _named(item.children, name)) is not None:
            return found
    return None
