"""Texts as every file, sheet, printer and message can take them."""

from __future__ import annotations

import re

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_BEYOND = re.compile(
    "[" + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF)) + "]"
)
_HALF = re.compile(r"[\ud800-\udfff]")


def cleaned(text: str) -> str:
    """Return a text that every file and printer takes: no control characters, lines ended by \\n.

    >>> cleaned("张\\x07三\\ufffe\\r\\n李四")
    '张三\\n李四'
    """
    if text.isprintable():
        return text
    plain = _LINE_ENDS.sub("\n", text.replace("\u00a0", " "))  # a sheet is full of blanks that do not break
    return _BEYOND.sub("", _UNSEEN.sub("", plain))


def has_half_character(text: str) -> bool:
    """Tell whether a lone surrogate stands in a text: half of a character, as of an emoji that was cut."""
    return not text.isascii() and _HALF.search(text) is not None


def whole(text: str) -> str:
    """Return a text that can be written to a file whatever it holds: surrogates joined, lone ones as \\ufffd.

    >>> whole("好\\ud83d"), whole("\\ud83d\\ude00") == "😀"
    ('好\\ufffd', True)
    """
    if not has_half_character(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def said(text: str) -> str:
    """Return what a person says beside the answers, such as a reason, as it can be kept.

    >>> said(" 填错了\\x07 \\ud83d")
    '填错了 \\ufffd'
    """
    return cleaned(whole(text)).strip()
