"""Punctuation of Chinese texts: full-width signs, as they are printed; half-width ones break lines badly."""

from __future__ import annotations

import re
from functools import lru_cache

_SIGNS = str.maketrans({",": "，", ";": "；", ":": "：", "?": "？", "!": "！"})
_NEAR = "\u3400-\u9fff“”‘’（）《》、，。；：？！"
_HAN = re.compile(r"[\u3400-\u9fff]")
_SIGN = re.compile(rf"(?<=[{_NEAR}])[,;:?!]|[,;:?!](?=[{_NEAR}])")
_PAIR = re.compile(r"\(([^()]*)\)")
_QUOTED = re.compile(r'"([^"]*)"')


@lru_cache(maxsize=4096)  # a form says its labels whenever it is opened
def full_width(text: str) -> str:
    """Return a Chinese text with full-width punctuation; what stands among Latin words and digits stays.

    >>> full_width("报到单位(双报到),照证书核对;如 0559-2512345 (8:30)")
    '报到单位（双报到），照证书核对；如 0559-2512345 (8:30)'
    >>> full_width('打印在"填报单位(盖章)"处'), full_width("3:1, f(x)")
    ('打印在“填报单位（盖章）”处', '3:1, f(x)')
    """
    if text.isascii():
        return text
    text = _QUOTED.sub(lambda found: f"“{found[1]}”" if _HAN.search(found[1]) else found[0], text)
    text = _PAIR.sub(lambda found: _pair(found, text), text)
    return _SIGN.sub(lambda found: found[0].translate(_SIGNS), text)


def _pair(found: re.Match[str], text: str) -> str:
    around = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
    return f"（{found[1]}）" if _HAN.search(found[1] + around) else found[0]
