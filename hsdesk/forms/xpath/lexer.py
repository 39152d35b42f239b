"""Text → tokens. Names may be Chinese; full-width operators and Chinese quotes are named with their remedy."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

from hsdesk.forms.xpath.problem import ExpressionError

Kind = Literal["number", "text", "name", "operator", "end"]


class Token(NamedTuple):
    kind: Kind
    text: str
    column: int  # 1-based


WORD_OPERATORS = ("and", "or", "div", "mod")
_SYMBOLS = re.compile(r"!=|<=|>=|//|::|\.\.|[=<>+\-*/|()\[\],@.]")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_WORD_OPERATOR = re.compile("|".join(WORD_OPERATORS))
# what a Chinese input method produces, and what was meant
_HALF_WIDTH = {
    "＝": "=", "＞": ">", "＜": "<", "＋": "+", "－": "-", "﹣": "-", "–": "-", "—": "-", "−": "-",
    "×": "*", "＊": "*", "÷": " div ", "（": "(", "）": ")", "，": ",", "、": ",", "；": ",", "。": ".", "．": ".",
    "／": "/", "［": "[", "］": "]", "【": "[", "】": "]", "“": "'", "”": "'", "‘": "'", "’": "'", "＂": "'",
    "＇": "'", "「": "'", "」": "'", "≥": ">=", "≤": "<=", "≠": "!=", "｜": "|", "＠": "@", "！": "!", "：": ":",
    "　": " ",
}  # fmt: skip
_OPERAND_ENDS = frozenset({")", "]", ".", "..", "*"})


def half_width(text: str) -> str:
    """Return `text` as it would be typed with a Latin keyboard.

    >>> half_width("年龄＞１８")
    '年龄>18'
    """
    return "".join(_HALF_WIDTH.get(char) or unicodedata.normalize("NFKC", char) for char in text)


def is_name_start(char: str) -> bool:
    """Tell whether a name may begin with this character: a letter of any script or `_`."""
    return char == "_" or (char.isalpha() and unicodedata.east_asian_width(char) != "F")


def _is_name_part(char: str) -> bool:
    if is_name_start(char) or char in "-.·":
        return True
    return ("0" <= char <= "9") or (ord(char) > 127 and unicodedata.category(char) in {"Mn", "Mc", "Nd"}
                                    and unicodedata.east_asian_width(char) != "F")  # fmt: skip


def tokens(source: str) -> list[Token]:
    """Cut an expression into tokens, the last of kind `end`. Raises ExpressionError with the column."""
    found: list[Token] = []
    place = 0
    while place < len(source):
        if source[place].isspace() and source[place] != "　":
            place += 1
            continue
        token, place = _next(source, place, found[-1] if found else None)
        found.append(token)
    found.append(Token("end", "", len(source) + 1))
    return found


def _next(source: str, place: int, before: Token | None) -> tuple[Token, int]:
    char = source[place]
    if char in "'\"":
        return _quoted(source, place)
    if number := _NUMBER.match(source, place):
        return Token("number", number.group(), place + 1), number.end()
    if is_name_start(char):
        return _name(source, place, before)
    if symbol := _SYMBOLS.match(source, place):
        kind: Kind = "operator"
        text = symbol.group()
        if text == "*" and not _ends_operand(before):
            kind = "name"
        return Token(kind, text, place + 1), symbol.end()
    raise _unreadable(source, place)


def _ends_operand(token: Token | None) -> bool:
    """After an operand `*`, `and`, `div` … are operators, elsewhere names (XPath 1.0 §3.7)."""
    if token is None:
        return False
    return token.kind != "operator" or token.text in _OPERAND_ENDS


def _quoted(source: str, place: int) -> tuple[Token, int]:
    end = source.find(source[place], place + 1)
    if end < 0:
        raise ExpressionError("引号没有成对。", place + 1, f"请在文字末尾补上 {source[place]} 。")
    return Token("text", source[place + 1 : end], place + 1), end + 1


def _name(source: str, place: int, before: Token | None) -> tuple[Token, int]:
    if _ends_operand(before) and (word := _WORD_OPERATOR.match(source, place)):
        return Token("operator", word.group(), place + 1), word.end()
    end = _name_end(source, place)
    if source[end : end + 1] == ":" and source[end + 1 : end + 2] != ":":
        rest = source[end + 1 : end + 2]
        if rest == "*":
            end += 2
        elif rest and is_name_start(rest):
            end = _name_end(source, end + 1)
    return Token("name", source[place:end], place + 1), end


def _name_end(source: str, place: int) -> int:
    end = place + 1
    while end < len(source) and _is_name_part(source[end]):
        end += 1
    return end


def _unreadable(source: str, place: int) -> ExpressionError:
    char = source[place]
    column = place + 1
    if char in "“”‘’「」＂＇":
        return ExpressionError(f"不能用中文引号 {char} 。", column, "请改用半角引号 ' ,例如 '是'。")
    plain = half_width(char)
    if plain != char:
        return ExpressionError(
            f"不能用全角符号 {char} 。", column, f"请改用半角 {plain.strip() or '空格'} 。"
        )
    if source.startswith("${", place):
        return ExpressionError("这里不能用 ${…} 引用。", column, "请写栏目的路径,例如 ../年龄。")
    if char == "$":
        return ExpressionError("不支持变量 $ 。", column)
    if source.startswith("==", place) or char == "!":
        return ExpressionError(f"不认识的符号 {char} 。", column, "不等于请写 != 。")
    return ExpressionError(f"不认识的字符 {char} 。", column)
