"""Dates as they are written on paper: 2026年3月1日 in texts and cards, 2026.03.01 in tables."""

from __future__ import annotations

import re
from typing import Literal

DateStyle = Literal["iso", "dotted", "chinese"]
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def on_paper(text: str, style: DateStyle) -> str:
    """Return a day or a month as it is written on paper; what is none, or hidden, stays as it is.

    >>> on_paper("2026-03-01", "chinese"), on_paper("2026-03", "chinese"), on_paper("2026-03-01", "dotted")
    ('2026年3月1日', '2026年3月', '2026.03.01')
    >>> on_paper("1975-**", "chinese"), on_paper("2026-03-01", "iso")
    ('1975-**', '2026-03-01')
    """
    found = _DAY.fullmatch(text) if style != "iso" else None
    if found is None:
        return text
    if style == "dotted":
        return text.replace("-", ".")
    year, month, day = found.groups()
    return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")
