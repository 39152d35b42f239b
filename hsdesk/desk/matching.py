"""Which answer of a record was found by what a person typed: 张三, zhangsan or zs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from hsdesk.desk.display_values import Wording, display_value, worded
from hsdesk.forms.schema import Form, Item, Question, Repeat, questions, repeats
from hsdesk.model import pinyin
from hsdesk.model.answer import DELETED, Value, generic

_HAN_RUN = re.compile(r"[^\x00-\x7f]+")


def matching_answer(form: Form, answers: Mapping[str, Value], typed: str, wording: Wording) -> str:
    """Return the searched answer that fits what was typed, as `负责人：张三`; "" when none of them does.

    The answer of a roster names the roster first: `会员花名册 姓名：李四`. Personal answers are masked.
    """
    pieces = typed.lower().split()
    known = dict(_searched(form.children))
    for path, value in answers.items():
        label, question = known.get(generic(path), ("", None))
        if question is None or value is None or _is_gone(path, answers):
            continue
        text = worded(form, question, value, wording)
        if any(fits(text, piece) for piece in pieces):
            return f"{label}：{display_value(form, question, value, wording)}"
    return ""


def fits(text: str, piece: str) -> bool:
    """Tell whether a piece of what was typed is in a text, as characters, sounds or first letters.

    >>> fits("李四", "lisi"), fits("李四", "ls"), fits("李四", "四"), fits("李四", "zs")
    (True, True, True, False)
    """
    if piece in text.lower():
        return True
    if not (piece.isascii() and piece.isalpha()):
        return False
    sound, letters = pinyin.folded(piece), pinyin.folded_initials(piece)
    return any(
        any(one.startswith(sound) for one in sounds) or any(one.startswith(letters) for one in firsts)
        for sounds, firsts in map(pinyin.search_keys, _HAN_RUN.findall(text))
    )


def _searched(
    items: tuple[Item, ...], prefix: str = "", before: str = ""
) -> Iterator[tuple[str, tuple[str, Question]]]:
    for question in questions(items):
        if question.hs.search and not question.hs.title:
            yield prefix + question.key, (before + (question.label.plain() or question.name), question)
    for roster in repeats(items):
        yield from _searched(roster.children, f"{prefix}{roster.key}/", _roster_name(before, roster))


def _roster_name(before: str, roster: Repeat) -> str:
    return f"{before}{roster.label.plain() or roster.name} "


def _is_gone(path: str, answers: Mapping[str, Value]) -> bool:
    steps = path.split("/")
    rows = ("/".join(steps[:end]) for end in range(2, len(steps), 2))
    return any(answers.get(f"{row}/{DELETED}") is not None for row in rows)
