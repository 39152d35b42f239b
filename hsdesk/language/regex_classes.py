"""Character classes of `java.util.regex` as the inside of a class of RE2, all of Unicode."""

from __future__ import annotations

import re

_SPACE = r"\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_NO_SPACE = (
    r"\x{0}-\x{8}\x{e}-\x{1b}\x{21}-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}"
    r"\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10ffff}"
)
# RE2 may know fewer characters than a name on an identity card has: the blocks stand beside the script.
_HAN = r"\p{Han}㐀-䶿一-鿿豈-\x{faff}𠀀-\x{323af}"
_CATEGORY = re.compile("[LMNPSZC][a-z]?")
_SCRIPTS = frozenset(
    {"Latin", "Greek", "Cyrillic", "Common", "Hiragana", "Katakana", "Hangul", "Bopomofo", "Arabic",
     "Thai", "Tibetan", "Mongolian", "Yi"}
)  # fmt: skip
_NAMED = {
    "Alpha": "A-Za-z", "Digit": "0-9", "Alnum": "A-Za-z0-9", "Upper": "A-Z", "Lower": "a-z",
    "Punct": r"!-/:-@\[-`{-~", "Space": _SPACE, "XDigit": "0-9A-Fa-f", "Blank": r" \t",
    "ASCII": r"\x{0}-\x{7f}", "Alphabetic": r"\p{L}\p{Nl}", "CJKUnifiedIdeographs": "一-鿿",
    "CJK_UNIFIED_IDEOGRAPHS": "一-鿿", "script=Han": _HAN, "Han": _HAN,
}  # fmt: skip
SHORT = {"d": r"\p{Nd}", "w": r"\p{L}\p{N}_", "s": _SPACE, "h": r"\t\x{20}\x{a0}\x{3000}"}
SHORT |= {letter.upper(): members for letter, members in SHORT.items()}
_OPPOSITE = {_SPACE: _NO_SPACE, r"\p{Nd}": r"\P{Nd}"}


def named_class(name: str) -> str | None:
    """Return the members of `\\p{name}` as they stand inside a class; None when there is no such class.

    >>> named_class("IsAlphabetic"), named_class("Lu"), named_class("Runes")
    ('\\\\p{L}\\\\p{Nl}', '\\\\p{Lu}', None)
    """
    bare = name.removeprefix("Is").removeprefix("In")
    script = bare.removeprefix("script=")
    if name.startswith("Is") and bare == "Digit":
        return r"\p{Nd}"
    if found := _NAMED.get(name) or _NAMED.get(bare):
        return found
    return f"\\p{{{script}}}" if _CATEGORY.fullmatch(script) or script in _SCRIPTS else None


def negated(members: str) -> str:
    """Return every other character as it stands inside a class; "" where that cannot be written.

    >>> negated("\\\\p{Lu}")
    '\\\\P{Lu}'
    """
    known = _OPPOSITE.get(members)
    if known is None and re.fullmatch(r"\\p\{\w+\}", members):
        known = members.replace(r"\p", r"\P")
    return known or ""
