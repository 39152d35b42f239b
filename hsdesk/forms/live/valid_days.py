"""The days since and until which an answer holds (起止日期), written by the edit that sets or unsets it.

A question of type date names the answer whose day it is: `hs:since` or `hs:until` = `is_sw=1` (the codes that
set it; several with spaces between) or `uscc` (any answer sets it). The day is an ordinary answer: the
person may correct it, it is undone together with the edit, and what others wrote never changes it. An answer
set before its form had such days keeps none: nobody knows them until somebody fills them in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from hsdesk.forms.live.spec import FormNode, Path
from hsdesk.forms.schema import Form, questions
from hsdesk.forms.types import holding_of
from hsdesk.forms.xform.unplaced_problem import UnplacedProblem
from hsdesk.language.values import Value as Seen


class DatedAnswer:
    """An answer with days: which codes set it (none: any answer does), and which questions hold its days."""

    __slots__ = ("codes", "since", "until")

    def __init__(self, codes: tuple[str, ...]) -> None:
        self.codes = codes
        self.since: Path = ()
        self.until: Path = ()

    def holds(self, value: Seen) -> bool:
        """Tell whether the answer is set."""
        if not self.codes:
            return value != ""
        return not set(str(value).split()).isdisjoint(self.codes)


Days = tuple[Seen, Seen]  # since and until; "" for none


def after_setting(days: Days, today: date) -> Days:
    """Return the days of an answer that is set on a day. What a person gave before it was set stays.

    >>> day, old = date(2026, 10, 20), date(2019, 5, 1)
    >>> after_setting(("", ""), day) == (day, ""), after_setting((old, ""), day) == (old, "")
    (True, True)

    Set once more it begins anew, unless it was unset by mistake on the same day.

    >>> after_setting((old, date(2020, 1, 1)), day) == (day, ""), after_setting((old, day), day) == (old, "")
    (True, True)
    """
    since, until = days
    if until == today or (since != "" and until == ""):
        return since, ""
    return today, ""


def after_unsetting(days: Days, today: date) -> Days:
    """Return the days of an answer that is unset on a day; one set on the same day was a mistake.

    >>> day, old = date(2026, 10, 20), date(2019, 5, 1)
    >>> after_unsetting((old, ""), day) == (old, day), after_unsetting((day, ""), day)
    (True, ('', ''))
    """
    since, until = days
    if since == today:
        return "", ""
    return since, until if isinstance(until, date) and until <= today else today


def dated_answers(specs: Mapping[Path, FormNode]) -> dict[Path, DatedAnswer]:
    """Return the answers that have days, by path."""
    found: dict[Path, DatedAnswer] = {}
    for spec in specs.values():
        for side, text in _marks(spec):
            source = _source(spec, text, specs)
            if source is not None:
                dated = found.setdefault(source.path, DatedAnswer(_codes(text)))
                setattr(dated, side, spec.path)
    return found


def troubles_of_days(specs: Mapping[Path, FormNode]) -> Iterator[UnplacedProblem]:
    """Yield what is wrong with the answers that questions name as theirs to date."""
    known: dict[tuple[Path, str], str] = {}
    for spec in specs.values():
        for side, text in _marks(spec):
            source = _source(spec, text, specs)
            column = f"bind::hs:{side}"
            if source is None:
                message = f"扩展列“hs:{side}”写的“{_name(text)}”在同一层里没有，或者不是填写的题目。"
                remedy = "请写同一张表（或同一子表）里的题目名称，例如 is_sw=1。"
                yield UnplacedProblem(message, remedy, spec.path, column, text=text)
            elif not spec.stored or spec.question is None or holding_of(spec.question).name != "date":
                message = f"“{spec.name}”不是填写的日期，不能用 hs:{side}。"
                yield UnplacedProblem(message, "请把题型改成 date。", spec.path, column, text=text)
            elif (source.path, side) in known:
                message = f"“{source.name}”的起止日期写了两次：{known[source.path, side]}、{spec.name}。"
                yield UnplacedProblem(message, "请去掉其中一处。", spec.path, column, text=text)
            else:
                known[source.path, side] = spec.name


def troubles_of_life(form: Form) -> Iterator[UnplacedProblem]:
    """Yield what is wrong with the days that a form names of its records (`hs:life`, `hs:event`)."""
    known = {question.key for question in questions(form.children)}
    life = tuple(key for keys in form.life[:2] for key in keys.split("/"))
    for name, keys in (("life", life), ("event", (form.event,) if form.event else ())):
        for key in keys:
            if key not in known:
                message = f"设置列“attribute::hs:{name}”写的“{key}”在表里没有。"
                remedy = "请写题目的名称，先写起始日，再写截止日。"
                yield UnplacedProblem(message, remedy, (form.root,), f"attribute::hs:{name}")
    if len(form.life) > 2 or (form.life and form.event):
        message = "hs:life 最多写两题（起始日、截止日），也不能和 hs:event 一起用。"
        yield UnplacedProblem(message, "请留下一种。", (form.root,), "attribute::hs:life")


def _marks(spec: FormNode) -> Iterator[tuple[str, str]]:
    hs = spec.question.hs if spec.question is not None else None
    if hs is not None:
        yield from ((side, text) for side, text in (("since", hs.since), ("until", hs.until)) if text)


def _name(text: str) -> str:
    return text.partition("=")[0].strip()


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.partition("=")[2].split())


def _source(spec: FormNode, text: str, specs: Mapping[Path, FormNode]) -> FormNode | None:
    """Return the answer of the same record, or of the same roster row, that a question names."""
    for one in specs.values():
        if one.name == _name(text) and one.under is spec.under and one.stored and one is not spec:
            return one
    return None
