"""What is shown of an answer: decided by the mark of its question (`hs:mask`) and by the use, in one place.

The look of the text decides nothing: a number with a blank behind it is as much a number. Screen, paper,
workbook, clipboard and search results all ask `shown`; `TABLE` is the whole rule (design, privacy).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, get_args

import msgspec

from hsdesk.forms.schema import Form, Question, class_of, questions_by_path
from hsdesk.forms.types import holding_of, type_of
from hsdesk.forms.types.spelling import spelt_mark
from hsdesk.forms.xform.unplaced_problem import Path, UnplacedProblem
from hsdesk.model.masking import HIDDEN, Mark, masked, year_only

Use = Literal[
    "focus",  # the field with the focus
    "screen",  # form, grid, search and titles on one's own screen
    "notice",  # 公示
    "roster",  # an internal roster, a default export, a block on the clipboard
    "filing",  # a filing or a return: what its definition lists is open
    "full",  # everything, after the passphrase and a reason
]
Treatment = Literal["open", "masked", "year", "hidden", "listed"]

_ALL_OPEN: dict[Mark, Treatment] = dict.fromkeys(
    ("id", "phone", "day", "pay", "text", "name", "detail"), "open"
)
TABLE: Mapping[Use, Mapping[Mark, Treatment]] = {
    "focus": _ALL_OPEN,
    "screen": {
        "id": "masked", "phone": "masked", "text": "masked",
        "day": "open", "pay": "open", "name": "open", "detail": "open",
    },
    "notice": {
        "id": "hidden", "phone": "hidden", "text": "hidden",
        "day": "hidden", "pay": "hidden", "name": "open", "detail": "listed",
    },
    "roster": {
        "id": "masked", "phone": "masked", "text": "masked",
        "day": "year", "pay": "masked", "name": "open", "detail": "open",
    },
    "filing": dict.fromkeys(_ALL_OPEN, "listed"),
    "full": _ALL_OPEN,
}  # fmt: skip


class Showing(msgspec.Struct, frozen=True):
    """For what something is shown; `shows` are the paths (without row ids) that a definition lists."""

    use: Use
    shows: frozenset[str] = frozenset()


SCREEN = Showing("screen")
ROSTER = Showing("roster")


def mark_of(form: Form, question: Question) -> Mark | Literal[""]:
    """Return the mark of a question: what `hs:mask` says, else what its definition means; "" for none.

    A form of an earlier program, or of an official who left the column out, hides what it hid by then.
    """
    if mark := spelt_mark(question):
        return mark
    if question.hs.person:
        return "name" if question.hs.person.rpartition(".")[2] == "name" else "detail"
    return _of_personal(question) if class_of(form, question) == "personal" else ""


def _of_personal(question: Question) -> Mark:
    """Return the mark of a personal answer that has none."""
    if type_of(question).choosing or question.list_name:
        return "detail"
    if holding_of(question).column in ("date", "moment"):
        return "day"
    return "pay" if type_of(question).is_figure else "text"


def treatment(form: Form, question: Question, showing: Showing, path: str = "") -> Treatment:
    """Return what is done to an answer: open, masked, year or hidden.

    `path` is that of the answer without row ids where it stands in a roster: `members/phone`.
    """
    mark = mark_of(form, question)
    if not mark or mark == "open":
        return "open"
    found = TABLE[showing.use][mark]
    if found != "listed":
        return found
    if (path or question.key) in showing.shows:
        return "open"
    return "hidden" if showing.use == "notice" else TABLE["roster"][mark]


def shown(form: Form, question: Question, text: str, showing: Showing, path: str = "") -> str:
    """Return what is shown of an answer that reads `text`."""
    match treatment(form, question, showing, path):
        case "open":
            return text
        case "masked":
            mark = mark_of(form, question)
            return masked(mark, text) if mark else text
        case "year":
            return year_only(text)
        case "hidden" | "listed":
            return HIDDEN if text.strip() else ""


def trouble_of_mark(form: Form, question: Question, path: Path) -> UnplacedProblem | None:
    """Return a warning for a personal answer without a mark: what is hidden of it would be a guess."""
    is_personal = class_of(form, question) == "personal" or bool(question.hs.person)
    if not is_personal or question.hs.mask or not type_of(question).is_shown:
        return None
    return UnplacedProblem(
        f"“{question.name}”是个人信息，没有写怎样遮蔽。",
        f"请在 bind::hs:mask 写一个词：{'、'.join(get_args(Mark))}。",
        path,
        "bind::hs:mask",
        severity="warning",
    )


def shows_above(form: Form, shows: Collection[str]) -> tuple[str, ...]:
    """Return the answers among these of a class above the form's own: an outside filing may not show them."""
    rank = {"common": 0, "published": 0, "party": 1, "personal": 2}
    return tuple(
        path
        for path, question in questions_by_path(form).items()
        if path in shows and rank[class_of(form, question)] > rank[form.stream]
    )
