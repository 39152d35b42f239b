"""Text → tokens. Names may be Chinese; full-width operators and Chinese quotes are named with their
remedy.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

from hsdesk.language.problem import ExpressionError

Kind = Literal["number", "text", "name", "operator", "end"]


class Token(NamedTuple):
    kind: Kind
    text: str
    column: int  # 1-based


_TOKEN = re.compile(
    r"""[^\S\u3000]*(?:
    (?P<name>[^\W\d][\w.\-·]*(?::(?!:)(?:\*|[^\W\d][\w.\-·]*))?)
    |(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<text>'[^']*'|"[^"]*")
    |(?P<operator>!=|<=|>=|//|::|\.\.|[=<>+\-*/|()\[\],@.])
    )""",
    re.VERBOSE,
)
_WORD_OPERATOR = re.compile("and|or|div|mod")
# what a Chinese input method produces, and what was meant
_HALF_WIDTH = {
    "–": "-", "—": "-", "\N{MINUS SIGN}": "-", "×": "*", "÷": " div ",
    "、": ",", "。": ".", "【": "[", "】": "]",
    "“": "'", "”": "'", "‘": "'", "’": "'", "「": "'", "」": "'", "≥": ">=", "≤": "<=", "≠": "!=", "　": " ",
    "；": ",", "\N{FULLWIDTH QUOTATION MARK}": "'", "\N{FULLWIDTH APOSTROPHE}": "'",
}  # fmt: skip
_QUOTES = frozenset("“”‘’「」\N{FULLWIDTH QUOTATION MARK}\N{FULLWIDTH APOSTROPHE}")
# after an operand `*`, `and`, `div` … are operators, elsewhere names (XPath 1.0 §3.7)
_OPERAND_ENDS = frozenset({")", "]", ".", ".."})


def half_width(text: str) -> str:
    """Return `text` as it would be typed with a Latin keyboard.

    >>> half_width("年龄＞１８")
    '年龄>18'
    """
    return "".join(_HALF_WIDTH.get(char) or unicodedata.normalize("NFKC", char) for char in text)


def is_name_start(char: str) -> bool:
    """Tell whether a name may begin with this character: a letter of any script or `_`."""
    return char == "_" or (char.isalpha() and unicodedata.east_asian_width(char) != "F")


def _is_name(text: str) -> bool:
    """Check what the pattern lets through too easily: full-width letters, superscripts, symbols that
    count as digits.
    """
    return is_name_start(text[0]) and not any(_is_foreign(char) for char in text)


def _is_foreign(char: str) -> bool:
    return (
        ord(char) > 127
        and (unicodedata.east_asian_width(char) == "F" or unicodedata.category(char)[0] not in "LM")
        and char != "·"
    )


def tokens(source: str) -> list[Token]:
    """Cut an expression into tokens, the last of kind `end`. Raises ExpressionError with the column."""
    found: list[Token] = []
    scan = _TOKEN.scanner(source).match  # type: ignore[attr-defined]
    after_operand = False
    end = 0
    while match := scan():
        kind = match.lastgroup
        text = match[kind]
        column = match.start(kind) + 1
        end = match.end()
        if text == "*" and not after_operand:
            kind = "name"
        elif kind == "name":
            if after_operand and (word := _WORD_OPERATOR.match(text)):
                kind, text, end = "operator", word.group(), column - 1 + word.end()
                scan = _TOKEN.scanner(source, end).match  # type: ignore[attr-defined]
            elif not text.isascii():
                _check_name(source, text, column)
        elif kind == "text":
            text = text[1:-1]
        found.append(Token(kind, text, column))
        after_operand = kind != "operator" or text in _OPERAND_ENDS
    _check_end(source, end)
    found.append(Token("end", "", len(source) + 1))
    return found


def _check_end(source: str, place: int) -> None:
    """Only blanks may be left where no token begins."""
    while place < len(source):
        if not source[place].isspace() or source[place] == "\u3000":
            raise _unreadable(source, place)
        place += 1


def _check_name(source: str, text: str, column: int) -> None:
    if not _is_name(text):
        wrong = next(place for place, char in enumerate(text) if not _is_plain(char, place))
        raise _unreadable(source, column - 1 + wrong)


def _is_plain(char: str, place: int) -> bool:
    return not _is_foreign(char) and (place > 0 or is_name_start(char))


def _unreadable(source: str, place: int) -> ExpressionError:
    char = source[place]
    plain = half_width(char)
    message, remedy = f"不认识的字符 {char} 。", ""
    if char in "'\"":
        message, remedy = "引号没有成对。", f"请在文字末尾补上 {char} 。"
    elif char in _QUOTES:
        message, remedy = f"不能用中文引号 {char} 。", "请改用半角引号 ' ，例如 '是'。"
    elif plain != char:
        message, remedy = f"不能用全角符号 {char} 。", f"请改用半角 {plain.strip() or '空格'} 。"
    elif source.startswith("${", place):
        message, remedy = "这里不能用 ${…} 引用。", "请写栏目的路径，例如 ../年龄。"
    elif char == "!":
        message, remedy = "不认识的符号 ! 。", "不等于请写 != 。"
    return ExpressionError(message, place + 1, remedy)
