"""The ids of what is published or installed: forms, code lists, rounds, templates.

They name tables in two databases, files and addresses, so they are few plain signs that are the same
everywhere; those of rounds name files and addresses only. What stood before this rule keeps its id.
"""

from __future__ import annotations

import re

ID_RULE = "小写字母开头，只用小写字母、数字和下划线，不超过 48 个字符"
_ID = re.compile(r"[a-z][a-z0-9_]{0,47}")
ROUND_RULE = "字母或数字开头，只用字母、数字、下划线和短横线，不超过 48 个字符"
_ROUND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")
_STEPS = frozenset({".", ".."})  # which an address leads on


def is_public_id(text: str) -> bool:
    """Tell whether a text may be the id of something new.

    >>> is_public_id("social_org"), is_public_id("SURVEY9"), is_public_id("2026/Q1调查"), is_public_id("../x")
    (True, False, False, False)
    """
    return _ID.fullmatch(text) is not None


def is_round_id(text: str) -> bool:
    """Tell whether a text may be the id of a new round; it names no table, so it may be its period.

    >>> is_round_id("2026Q3"), is_round_id("nian-bao_2026"), is_round_id("../x"), is_round_id("")
    (True, True, False, False)
    """
    return _ROUND_ID.fullmatch(text) is not None


def can_be_asked_for(name: str, version: str) -> bool:
    """Tell whether a definition can be fetched by its address: an older server may have published others.

    >>> can_be_asked_for("调查 9", "2026/1 版"), can_be_asked_for("2026/Q1", ""), can_be_asked_for("x", "..")
    (True, False, False)
    """
    return name not in _STEPS and "/" not in name and _STEPS.isdisjoint(version.split("/"))
