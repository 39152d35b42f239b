"""Constants that can never fit what they are compared with: a word against a number, a code no list has."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator

import msgspec

from hsdesk.forms.types import Holding
from hsdesk.forms.xform.unplaced_problem import UnplacedProblem
from hsdesk.language.ast import Binary, Call, Constant, Expr, Path, walk
from hsdesk.language.values import plain_number

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class NamedAnswer(msgspec.Struct, frozen=True):
    """What a path names: how it is called, what it holds, and its codes when it is a choice."""

    name: str
    holding: Holding
    codes: frozenset[str] | None = None


def mismatches(expr: Expr, subject_of: Callable[[Path], NamedAnswer | None]) -> Iterator[UnplacedProblem]:
    """Yield what in an expression compares an answer with a constant that it can never hold."""
    for piece in walk(expr):
        if isinstance(piece, Binary) and piece.op in _COMPARISONS:
            yield from _compared(piece, subject_of)
        elif isinstance(piece, Call) and piece.name == "selected" and len(piece.arguments) == 2:
            yield from _selected(piece, subject_of)


def _compared(piece: Binary, subject_of: Callable[[Path], NamedAnswer | None]) -> Iterator[UnplacedProblem]:
    for left, right in ((piece.left, piece.right), (piece.right, piece.left)):
        if isinstance(left, Path) and isinstance(right, Constant):
            subject = subject_of(left)
            if subject is not None:
                yield from _fits(subject, right.value, ordered=piece.op not in ("=", "!="))


def _fits(subject: NamedAnswer, value: str | float, *, ordered: bool) -> Iterator[UnplacedProblem]:
    text = value if isinstance(value, str) else ""
    if text in ("", "NaN"):  # 'NaN' asks whether there is a number at all
        return
    if subject.holding.in_tree in (int, float):
        number = plain_number(text)
        if math.isnan(number):
            yield UnplacedProblem(
                f"“{subject.name}”是数字，不能和文字“{text}”比较。", "请改成数字，例如 18。"
            )
    elif subject.holding.in_tree is dt.date:
        if not _is_day(text):
            yield UnplacedProblem(
                f"“{subject.name}”是日期，不能和“{text}”比较。", "请写成 date('2026-03-15') 或 today（）。"
            )
    elif subject.codes is not None and not ordered:
        yield from _known_code(subject, text)


def _selected(piece: Call, subject_of: Callable[[Path], NamedAnswer | None]) -> Iterator[UnplacedProblem]:
    path, code = piece.arguments
    if isinstance(path, Path) and isinstance(code, Constant) and isinstance(code.value, str):
        subject = subject_of(path)
        if subject is not None and subject.codes is not None and code.value:
            yield from _known_code(subject, code.value)


def _known_code(subject: NamedAnswer, code: str) -> Iterator[UnplacedProblem]:
    if subject.codes is not None and code not in subject.codes:
        listed = "、".join(sorted(subject.codes)[:8])
        message = f"“{subject.name}”的选项里没有代码“{code}”。"
        yield UnplacedProblem(message, f"已有代码：{listed}。", severity="warning")


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True
