"""Java and XPath regular expressions → Python's `re`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import lru_cache

from hsdesk.language.problem import ExpressionError

_HAN = "㐀-䶿一-鿿豈-\ufaff𠀀-\U000323af"
# POSIX and Unicode classes of java.util.regex that Python lacks, as the inside of a character class
_CLASSES = {
    "Alpha": "A-Za-z", "Digit": "0-9", "Alnum": "A-Za-z0-9", "Upper": "A-Z", "Lower": "a-z",
    "Punct": r"!-/:-@\[-`{-~", "Space": r"\s", "XDigit": "0-9A-Fa-f", "Blank": r" \t", "ASCII": r"\x00-\x7f",
    "L": r"^\W\d_", "N": r"\d", "Nd": r"\d", "Lu": "A-ZÀ-ÖØ-ÞΑ-ΩА-Я", "Ll": "a-zß-öø-ÿα-ωа-я",
    "IsAlphabetic": r"^\W\d_", "IsDigit": r"\d",
    "InCJKUnifiedIdeographs": "一-鿿", "InCJK_UNIFIED_IDEOGRAPHS": "一-鿿",
    "script=Han": _HAN, "Han": _HAN, "IsHan": _HAN, "Z": r"\s", "S": r"$+<=>^`|~",
    "P": r"!-#%-*,-/:;?@\[-\]_{}\u00a1-\u00bf\u2010-\u205e、-〃〈-】",
}  # fmt: skip
_CLASS = re.compile(r"\\([pP])(?:\{([^}]*)\}|(\w))")
_MAX_PATTERN = 2000
_FAULTS = (
    ("character set", "方括号没有成对"),
    ("parenthesis", "圆括号没有成对"),
    ("subpattern", "圆括号没有成对"),
    ("nothing to repeat", "重复符号前面没有内容"),
    ("multiple repeat", "重复符号连写了两个"),
    ("bad escape", "反斜杠后面的字符不对"),
    ("escape", "反斜杠后面的字符不对"),
    ("range", "方括号里的范围颠倒了"),
    ("repeat", "重复次数不对"),
    ("look-behind", "向后查看的长度必须固定"),
)


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern. Raises ExpressionError with the reason.

    >>> bool(compiled(r"\\p{Alpha}+").fullmatch("abc"))
    True
    """
    if len(pattern) > _MAX_PATTERN:
        raise ExpressionError("正则表达式太长。", 0, f"请不超过 {_MAX_PATTERN} 个字符。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # [[ and && mean something else in Java
            return re.compile(_translate(pattern))
    except (re.error, OverflowError, RecursionError) as problem:
        raise ExpressionError(f"正则表达式 {pattern} 写错了：{_in_words(problem)}。") from problem


def _in_words(problem: Exception) -> str:
    said = str(problem)
    return next((words for part, words in _FAULTS if part in said), "无法识别")


def matcher(pattern: str, *, anchored: bool) -> Callable[[str], object | None]:
    """Return what tests a text: against the whole of it when `anchored`. Raises ExpressionError."""
    found = compiled(pattern)
    return found.fullmatch if anchored else found.search


def _translate(pattern: str) -> str:
    pieces: list[str] = []
    place = 0
    inside = False
    while place < len(pattern):
        piece, place, inside = _piece(pattern, place, inside)
        pieces.append(piece)
    return "".join(pieces)


def _piece(pattern: str, place: int, inside: bool) -> tuple[str, int, bool]:
    char = pattern[place]
    if char != "\\":
        escape = inside and char == "["  # Java nests classes, Python takes the bracket as it stands
        inside = (char == "[") or (inside and char != "]")
        return ("\\[" if escape else char), place + 1, inside
    if found := _CLASS.match(pattern, place):
        return _class(found, inside=inside), found.end(), inside
    two = pattern[place : place + 2]
    same = {"\\z": "\\Z", "\\Z": "\\Z", "\\h": "[ \\t]", "\\e": "\\x1b", "\\R": "(?:\\r\\n|\\n|\\r)"}
    if two == "\\Q":
        end = pattern.find("\\E", place + 2)
        end = len(pattern) if end < 0 else end
        return re.escape(pattern[place + 2 : end]), end + 2, inside
    return same.get(two, two), place + 2, inside


def _class(found: re.Match[str], *, inside: bool) -> str:
    name = found[2] or found[3]
    members = _CLASSES.get(name) or _CLASSES.get(name.removeprefix("Is").removeprefix("In"))
    if members is None:
        raise ExpressionError(f"正则表达式里不认识的字符类 {found[0]} 。")
    negated = found[1] == "P"
    if inside:
        if negated or members.startswith("^"):
            raise ExpressionError(f"正则表达式的方括号里不能用 {found[0]} 。")
        return members
    if members.startswith("^"):
        return f"[{members[1:]}]" if negated else f"[{members}]"
    return f"[^{members}]" if negated else f"[{members}]"
