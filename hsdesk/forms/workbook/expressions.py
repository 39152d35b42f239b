"""Expressions in cells, before `${…}` becomes a path: checked where the official wrote them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping

from hsdesk.forms.xform.unplaced_problem import UnplacedProblem
from hsdesk.language.compiler import check

# ruff: noqa: RUF001 (full-width signs are what this module looks for)
REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^{}]*?)\s*\}")
_WIDE_REFERENCE = re.compile(r"[＄$]\s*[｛{]([^{}｛｝]*)[｝}]")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_LONG_NUMBER = re.compile(r"(?<![\w.])\d{16,}(?![\w.])")
WIDE = str.maketrans("＞＜＝，（）＋＊／｜！［］．：“”‘’＄｛｝　", "><=,()+*/|![].:\"\"''${} ")


def half_width(text: str) -> str:
    """Return an expression in half-width signs.

    >>> half_width("${age}＞18")
    '${age}>18'
    """
    return text.translate(WIDE)


def references(text: str) -> list[str]:
    """Return the names that a cell refers to with `${…}`."""
    return REFERENCE.findall(text)


def has_wide_reference(text: str) -> bool:
    """Tell whether a `${…}` is written with full-width signs."""
    return any(found.group(0) != half_width(found.group(0)) for found in _WIDE_REFERENCE.finditer(text))


def check_references(
    text: str, names: Collection[str], doubled: Collection[str]
) -> Iterator[UnplacedProblem]:
    """Yield what is wrong with the `${…}` of a cell, labels included."""
    for found in _WIDE_REFERENCE.finditer(text):
        if found.group(0) != half_width(found.group(0)):
            offered = half_width(found.group(0))
            yield UnplacedProblem(f"引用“{found.group(0)}”用了全角符号。", f"请改成半角：{offered}")
    for name in dict.fromkeys(references(text)):
        if name not in names:
            near = difflib.get_close_matches(name, list(names), n=1)
            remedy = f"是不是“{near[0]}”？" if near else "请核对名称，或先在 survey 表里加上这一题。"
            yield UnplacedProblem(f"引用的“${{{name}}}”在 survey 表里没有。", remedy)
        elif name in doubled:
            yield UnplacedProblem(f"引用的“${{{name}}}”有好几题同名，分不清是哪一题。", "请给其中一题改名。")


def check_expression(text: str, paths: Mapping[str, str]) -> Iterator[UnplacedProblem]:
    """Yield what is wrong with an expression in itself: signs, functions, brackets, patterns, numbers.

    `paths` gives the absolute path of each name that `${…}` may hold.
    """
    masked = _Masked(text, paths)
    for problem in check(masked.text):
        where = f"第 {masked.column(problem.column)} 个字符处：" if problem.column else ""
        yield UnplacedProblem(
            f"表达式写法不对：{where}{masked.named(problem.message)}", _remedy(problem.remedy, text)
        )
    for found in _LONG_NUMBER.finditer(_QUOTED.sub("''", masked.text)):
        message = f"数字“{found.group(0)}”超过 15 位，后几位会丢失。"
        yield UnplacedProblem(message, f"请加上引号当作文字：'{found.group(0)}'")


class _Masked:
    """An expression with `${…}` replaced by paths, and the way back to columns of the official's own text."""

    def __init__(self, text: str, paths: Mapping[str, str]) -> None:
        self.paths = paths
        self.shifts: list[
            tuple[int, int]
        ] = []  # (where a path ends in the masked text, how much longer it is)
        pieces: list[str] = []
        at = longer = 0
        for found in REFERENCE.finditer(text):
            path = paths.get(found.group(1), "/_")
            pieces += [text[at : found.start()], path]
            at = found.end()
            longer += len(path) - len(found.group(0))
            self.shifts.append((at + longer, longer))
        self.text = "".join([*pieces, text[at:]])

    def column(self, column: int) -> int:
        """Return the 1-based place in the official's text."""
        shift = 0
        for end, longer in self.shifts:
            if end < column:
                shift = longer
        return max(column - shift, 1)

    def named(self, message: str) -> str:
        """Return a message that speaks of `${…}`, not of our paths."""
        for name in sorted(self.paths, key=lambda name: -len(self.paths[name])):
            message = (
                message.replace(self.paths[name], f"${{{name}}}") if self.paths[name] in message else message
            )
        return message


def _remedy(remedy: str, text: str) -> str:
    offered = half_width(text)
    return f"{remedy}整条可改成：{offered}" if offered != text else remedy
