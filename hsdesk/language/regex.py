"""Regular expressions in linear time: what forms write for `java.util.regex`, given to RE2.

No text can make a match slow, so desk and server need no clock to stop one. RE2 lacks look-around, references
back, possessive and atomic repeats, and reads `\\d`, `\\w`, `\\s` as ASCII. The last are written out here as
the Unicode classes that forms mean; the others are refused with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import re2

from hsdesk.language.problem import ExpressionError
from hsdesk.language.regex_classes import SHORT, named_class, negated

_MAX_PATTERN = 2000
_MAX_REPEAT = 1000
_MEMORY = 2 * 1024 * 1024  # bytes for one compiled pattern and its states; what needs more is refused
_ESCAPES = {"z": r"\z", "Z": r"\z", "e": r"\x{1b}", "R": r"(?:\r\n|\n|\r)"}
_KEPT = frozenset("Atnrfvxa")  # RE2 reads these as Java does
_FLAGS = frozenset("ims-")
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_GROUP = re.compile(r"\(\?(?:(P?<\w+>)|([a-zA-Z-]*[:)])|(.{0,2}))")
_REPEATS = "*+?"
_AROUND = "向前向后查看（(?=、(?!、(?<）"
_REMEDY = "请去掉；能分成两个条件的，用 and 或 not() 连起来。"
_FAULTS = (
    ("missing ]", "方括号没有成对"),
    ("missing )", "圆括号没有成对"),
    ("unexpected )", "圆括号没有成对"),
    ("no argument", "重复符号前面没有内容"),
    ("bad repetition", "重复符号连写了两个"),
    ("repetition size", "重复次数不对，最多 1000 次"),
    ("trailing", "末尾多了一个反斜杠"),
    ("escape", "反斜杠后面的字符不对"),
    ("class range: \\p", "不认识的字符类"),
    ("class range", "方括号里的范围颠倒了"),
    ("too large", "展开后太大，请减少重复次数"),
    ("nest", "括号套得太深"),
)


@lru_cache(maxsize=128)
def matcher(pattern: str, *, anchored: bool) -> Callable[[str], bool]:
    """Return what tests a text: against the whole of it when `anchored`. Raises ExpressionError.

    >>> matcher("^(a|aa)+$", anchored=True)("a" * 60 + "b")
    False
    """
    if len(pattern) > _MAX_PATTERN:
        raise ExpressionError("正则表达式太长。", 0, f"请不超过 {_MAX_PATTERN} 个字符。")
    options = re2.Options()
    options.max_mem, options.log_errors, options.never_capture = _MEMORY, False, True
    try:
        compiled = re2.compile(_bytes(translated(pattern)), options)
    except re2.error as problem:
        raise ExpressionError(f"正则表达式 {pattern} 写错了：{_in_words(problem)}。") from problem
    match = compiled.fullmatch if anchored else compiled.search
    return lambda text: match(_bytes(text)) is not None


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")  # half a character pair, which no keyboard makes, is none


def _in_words(problem: Exception) -> str:
    first = problem.args[0] if problem.args else ""
    said = first.decode(errors="replace") if isinstance(first, bytes) else str(first)
    return next((words for part, words in _FAULTS if part in said), "无法识别")


def translated(pattern: str) -> str:
    """Return a pattern as RE2 reads it. Raises ExpressionError for what RE2 lacks.

    >>> translated("[\\\\u4e00-\\\\u9fa5]{2,4}")
    '[\\\\x{4e00}-\\\\x{9fa5}]{2,4}'
    """
    scan = _Scan(pattern)
    while scan.at < len(pattern):
        scan.step()
    return "".join(scan.pieces)


class _Scan:
    """One pass over a pattern; `opened` is where the character class at hand begins, -1 outside of one."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.opened = -1
        self.repeated = False  # the piece before was a repeat
        self.pieces: list[str] = []

    def step(self) -> None:
        repeated, self.repeated = self.repeated, False
        char = self.pattern[self.at]
        if char == "\\":
            self._escape()
        elif self.opened >= 0:
            self._in_class(char)
        elif char in _REPEATS or char == "{":
            self._repeat(char, after_repeat=repeated)
        elif char == "(":
            self._group()
        else:
            self.opened = self.at if char == "[" else -1
            self._take(char)

    def _take(self, text: str, length: int = 0) -> None:
        self.pieces.append(text)
        self.at += length or len(text)

    def _in_class(self, char: str) -> None:
        before = self.pattern[self.opened + 1 : self.at]
        if char == "]" and before not in ("", "^"):
            self.opened = -1
            self._take(char)
        elif self.pattern.startswith("&&", self.at):
            raise _lacking("方括号里的 &&（交集）", "请把要的字符直接写在方括号里。")
        else:
            self._take(char if char not in "[]" else "\\" + char, 1)

    def _escape(self) -> None:
        letter = self.pattern[self.at + 1 : self.at + 2]
        rest = self.pattern[self.at :]
        if letter in ("p", "P"):
            self._class_of_name()
        elif letter in SHORT:
            self._take(_short(letter, inside=self.opened >= 0), 2)
        elif letter == "u":
            self._code()
        elif letter == "Q":
            self._quoted(rest)
        elif letter.isascii() and letter.isalnum():
            self._take(_letter(letter, inside=self.opened >= 0), 2)
        else:  # a sign stands for itself; RE2 takes that of ASCII signs only
            self._take("\\" + letter if letter.isascii() else letter, 2)

    def _class_of_name(self) -> None:
        found = re.compile(r"\\([pP])(?:\{([^}]*)\}|(\w))").match(self.pattern, self.at)
        if found is None:
            raise ExpressionError(f"正则表达式 {self.pattern} 写错了：反斜杠后面的字符不对。")
        members = named_class(found[2] or found[3])
        if members is None:
            raise ExpressionError(f"正则表达式里不认识的字符类 {found[0]} 。")
        said = _class(members, is_negated=found[1] == "P", inside=self.opened >= 0, written=found[0])
        self._take(said, len(found[0]))

    def _code(self) -> None:
        digits = self.pattern[self.at + 2 : self.at + 6]
        if not re.fullmatch("[0-9A-Fa-f]{4}", digits):
            raise ExpressionError(f"正则表达式 {self.pattern} 写错了：\\u 后面要有四位十六进制数。")
        self._take(f"\\x{{{digits}}}", 6)

    def _quoted(self, rest: str) -> None:
        end = rest.find("\\E")
        body = rest[2:] if end < 0 else rest[2:end]
        said = "".join("\\" + one if one.isascii() and not one.isalnum() else one for one in body)
        self._take(said, len(body) + 2 + 2 * (end >= 0))

    def _repeat(self, char: str, *, after_repeat: bool) -> None:
        found = _COUNT.match(self.pattern, self.at) if char == "{" else None
        if char == "{" and (found is None or found[0] == "{,}" or not found[1] + found[3]):
            self._take("\\{", 1)  # no count: the sign itself
            return
        if found is not None and not found[1]:
            raise _lacking(f"没有下限的次数 {found[0]}", f"请写成 {{0,{found[3]}}}。")
        if found is not None and max(int(found[1]), int(found[3] or 0)) > _MAX_REPEAT:
            raise _lacking(f"超过 {_MAX_REPEAT} 的次数 {found[0]}", "请用 string-length() 限制长度。")
        if after_repeat and char == "+":
            raise _lacking("独占重复（*+、++、?+、}+）", "请去掉后一个“+”。")
        self.repeated = not (after_repeat and char == "?")
        self._take(found[0] if found else char)

    def _group(self) -> None:
        found = _GROUP.match(self.pattern, self.at)
        if found is None or found[1] or (found[2] and set(found[2][:-1]) <= _FLAGS):
            self._take(found[0] if found else "(")
            return
        start = found[0][2:]
        if start.startswith(("=", "!", "<=", "<!")):
            raise _lacking(_AROUND, _REMEDY)
        if start.startswith("P="):
            raise _lacking("引用前面的括号（\\1、\\k）", _REMEDY)
        raise _lacking(f"写法 {found[0]}", "请改用一般的括号 ( )；选项只有 (?i)、(?m)、(?s)。")


def _lacking(what: str, remedy: str) -> ExpressionError:
    return ExpressionError(f"正则表达式里不能用{what}。", 0, remedy)


def _letter(letter: str, *, inside: bool) -> str:
    """Return what stands for a backslash before a letter or figure. Raises ExpressionError."""
    if letter in _ESCAPES and (not inside or letter == "e"):
        return _ESCAPES[letter]
    if letter in _KEPT:
        return "\\" + letter
    if letter in "bB":
        raise _lacking(f"词的边界 \\{letter}", "中文没有词的边界；请写出前后允许的字符。")
    if letter == "k" or letter.isdigit():
        raise _lacking("引用前面的括号（\\1、\\k）", _REMEDY)
    raise ExpressionError(f"正则表达式写错了：反斜杠后面的字符不对（\\{letter}）。")


def _short(letter: str, *, inside: bool) -> str:
    return _class(SHORT[letter.lower()], is_negated=letter.isupper(), inside=inside, written="\\" + letter)


def _class(members: str, *, is_negated: bool, inside: bool, written: str) -> str:
    if not inside:
        return f"[{'^' * is_negated}{members}]"
    said = negated(members) if is_negated else members
    if not said:
        raise _lacking(f"方括号里的 {written}", "请写在方括号外面，用“|”连起来。")
    return said
