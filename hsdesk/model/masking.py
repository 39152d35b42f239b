"""Masked shapes: what stands for a value that is not to be read. One list, used wherever something is hidden.

A shape always holds an asterisk where the value has a digit, so that no reader takes it for a value: whoever
finds one in a cell knows that nothing was changed there (`is_masked`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from hsdesk.model.identity import half_width, is_mobile

Mark = Literal["id", "phone", "day", "pay", "text", "name", "detail", "open"]

HIDDEN = "***"  # as many as there are characters would tell which word it is
_HIDDEN = re.escape(HIDDEN)
_ID = re.compile(r"\d{17}[\dX]", re.ASCII)
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1\d{10}$)|(?:\+|00)86(?=0\d{9,11}$)")
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d\d))?([2-9]\d{6,7})", re.ASCII)
_YEAR = re.compile(r"([12]\d{3})\D", re.ASCII)

SHAPES: Mapping[Mark, re.Pattern[str]] = {
    "id": re.compile(rf"\d{{6}}\*{{8}}\d{{3}}[\dX]|{_HIDDEN}", re.ASCII),  # 341021********0019
    "phone": re.compile(  # 138****5678, 0559-***2345
        rf"1\d\d\*{{4}}\d{{4}}|(?:0\d{{2,3}}-)?\*{{3,4}}\d{{4}}|{_HIDDEN}", re.ASCII
    ),
    "day": re.compile(rf"[12]\d{{3}}-\*\*|{_HIDDEN}", re.ASCII),  # 1975-**
    "pay": re.compile(_HIDDEN),
    "text": re.compile(_HIDDEN),
    "detail": re.compile(_HIDDEN),
}


def is_masked(mark: Mark | Literal[""], text: str) -> bool:
    """Tell whether a text is a masked shape of a question with this mark, and so no value of it.

    >>> is_masked("id", "341021********0019"), is_masked("phone", " 138****5678 "), is_masked("id", "***1")
    (True, True, False)
    """
    shape = SHAPES.get(mark) if mark else None
    return shape is not None and shape.fullmatch(half_width(text).strip()) is not None


def masked(mark: Mark, text: str) -> str:
    """Return the masked shape of a text; "" for none, and a masked shape as it is.

    The mark decides, not the look of the text: what is not written as the question asks is hidden whole.

    >>> masked("id", "34102119650212001x "), masked("id", "34102119650212001"), masked("pay", "3200")
    ('341021********001X', '***', '***')
    """
    if not text.strip() or is_masked(mark, text):
        return text.strip()
    match mark:
        case "id":
            return masked_id(text)
        case "phone":
            return masked_phone(text)
        case _:
            return HIDDEN


def masked_id(number: str) -> str:
    """Return a citizen's number with its date of birth hidden, however it is spelt.

    >>> masked_id("341021199002120019"), masked_id("３４１０２１ 19900212 0019")
    ('341021********0019', '341021********0019')
    """
    plain = re.sub(r"[^0-9X]", "", half_width(number).upper())
    return f"{plain[:6]}{'*' * 8}{plain[14:]}" if _ID.fullmatch(plain) else HIDDEN


def masked_phone(number: str) -> str:
    """Return a telephone number with its middle hidden, however it is spelt; an extension is left out.

    >>> masked_phone("+86 138-1234-5678"), masked_phone("（0559）2512345"), masked_phone("2512345转8")
    ('138****5678', '0559-***2345', '***2345')
    """
    first = re.split(r"(?<=\d{7})(?:转|-(?=\d{1,6}$))", re.sub(r"\s", "", half_width(number)))[0]
    plain = _COUNTRY.sub("", re.sub(r"[^0-9+]", "", first))
    if is_mobile(plain):
        return f"{plain[:3]}****{plain[7:]}"
    found = _LANDLINE.fullmatch(plain)
    if found is None:
        return HIDDEN
    area = f"{found[1]}-" if found[1] else ""
    return f"{area}{'*' * (len(found[2]) - 4)}{found[2][-4:]}"


def year_only(text: str) -> str:
    """Return a day or a month with nothing but its year to be read.

    >>> year_only("1975-08-21"), year_only("1975-08"), year_only("七五年八月")
    ('1975-**', '1975-**', '***')
    """
    if not text.strip() or is_masked("day", text):
        return text.strip()
    found = _YEAR.match(half_width(text).strip())
    return f"{found[1]}-**" if found else HIDDEN
