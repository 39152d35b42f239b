"""Expressions in cells, before `${…}` becomes a path: checked where the official wrote them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator

from hsdesk.forms.xform.trouble import Trouble
from hsdesk.forms.xpath.compiler import check

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


def check_references(text: str, names: Collection[str], doubled: Collection[str]) -> Iterator[Trouble]:
    """Yield what is wrong with the `${…}` of a cell, labels included."""
    for found in _WIDE_REFERENCE.finditer(text):
        if found.group(0) != half_width(found.group(0)):
            offered = half_width(found.group(0))
            yield Trouble(f"引用“{found.group(0)}”用了全角符号。", f"请改成半角:{offered}")
    for name in dict.fromkeys(references(text)):
        if name not in names:
            near = difflib.get_close_matches(name, list(names), n=1)
            remedy = f"是不是“{near[0]}”?" if near else "请核对名称,或先在 survey 表里加上这一题。"
            yield Trouble(f"引用的“${{{name}}}”在 survey 表里没有。", remedy)
        elif name in doubled:
            yield Trouble(f"引用的“${{{name}}}”有好几题同名,分不清是哪一题。", "请给其中一题改名。")


def check_expression(text: str) -> Iterator[Trouble]:
    """Yield what is wrong with an expression in itself: signs, functions, brackets, patterns, numbers."""
    masked = REFERENCE.sub(lambda found: "x" * len(found.group(0)), text)
    for problem in check(masked):
        where = f"第 {problem.column} 个字符处:" if problem.column else ""
        yield Trouble(f"表达式写法不对:{where}{_named(problem.message, text)}", _remedy(problem.remedy, text))
    for found in _LONG_NUMBER.finditer(_QUOTED.sub("''", masked)):
        message = f"数字“{found.group(0)}”超过 15 位,后几位会丢失。"
        yield Trouble(message, f"请加上引号当作文字:'{found.group(0)}'")


def _named(message: str, text: str) -> str:
    """Return a message without our placeholders: what stood in `${…}` is shown again."""
    for found in REFERENCE.finditer(text):
        message = message.replace("x" * len(found.group(0)), found.group(0), 1)
    return message


def _remedy(remedy: str, text: str) -> str:
    offered = half_width(text)
    return f"{remedy}整条可改成:{offered}" if offered != text else remedy
