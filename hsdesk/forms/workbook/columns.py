"""What an official may call a column or a type, and what we call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from hsdesk.forms.types.registry import QUESTION_TYPES
from hsdesk.forms.workbook.sheets import Sheet, SheetRow

_SURVEY = {
    "type": "type", "command": "type", "name": "name", "tag": "name", "value": "name", "label": "label",
    "caption": "label", "hint": "hint", "guidance_hint": "guidance_hint", "required": "required",
    "required_message": "required_message", "requiredmsg": "required_message", "relevant": "relevant",
    "relevance": "relevant", "constraint": "constraint", "constraint_message": "constraint_message",
    "constraining_message": "constraint_message", "calculation": "calculation", "calculate": "calculation",
    "default": "default", "trigger": "trigger", "read_only": "readonly", "readonly": "readonly",
    "choice_filter": "choice_filter", "appearance": "appearance", "parameters": "parameters",
    "repeat_count": "repeat_count", "count": "repeat_count", "jr:count": "repeat_count", "rows": "rows",
}  # fmt: skip
_BOUND = {
    "relevant": "relevant", "required": "required", "constraint": "constraint", "calculate": "calculation",
    "readonly": "readonly", "jr:constraintmsg": "constraint_message", "jr:requiredmsg": "required_message",
    "type": "bind::type",
}  # fmt: skip
_CHOICES = {"list_name": "list_name", "name": "name", "value": "name", "label": "label", "caption": "label"}
_TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message")

Known = Literal["known", "extra", "unsupported", "note"]


class SheetColumn(msgspec.Struct, frozen=True):
    """One column: how it is headed, what it means, in which language, and whether we know it."""

    heading: str
    name: str
    language: str = ""
    known: Known = "known"


def survey_column(heading: str) -> SheetColumn:
    """Return what a heading of the survey sheet means.

    >>> survey_column("Label::中文").name, survey_column("bind::hs:class").name, survey_column("备注").known
    ('label', 'bind::hs:class', 'note')
    """
    first, language = _split(heading)
    plain = first.lower().replace(" ", "_")
    if plain in ("bind", "instance", "control", "body", "media") and language:
        return _bound(heading, plain, language)
    if plain in _SURVEY:
        name = _SURVEY[plain]
        return SheetColumn(heading, name, language if name in _TRANSLATED else "")
    unsupported = plain in ("image", "audio", "video", "big-image", "save_to", "intent", "autoplay")
    return SheetColumn(heading, plain, language, "unsupported" if unsupported else "note")


def _bound(heading: str, plain: str, rest: str) -> SheetColumn:
    if plain == "bind":
        name = _BOUND.get(rest.lower())
        if name:
            return SheetColumn(heading, name)
        return SheetColumn(
            heading, f"bind::{rest}", known="extra" if rest.startswith("hs:") else "unsupported"
        )
    if plain == "control" and rest.lower() == "appearance":
        return SheetColumn(heading, "appearance")
    return SheetColumn(heading, f"{plain}::{rest}", known="unsupported")


def choices_column(heading: str) -> SheetColumn:
    """Return what a heading of the choices sheet means; a column of the official's own is `extra`."""
    first, language = _split(heading)
    plain = first.lower().replace(" ", "_")
    if plain in _CHOICES:
        return SheetColumn(heading, _CHOICES[plain], language)
    media = plain in ("media", "image", "audio", "video", "big-image")
    return SheetColumn(heading, first, language, "unsupported" if media else "extra")


def _split(heading: str) -> tuple[str, str]:
    mark = "::" if "::" in heading else ":"
    first, _, rest = heading.partition(mark)
    if mark == ":" and first.lower() not in (*_TRANSLATED, "bind", "media", "control", "instance", "body"):
        return heading.strip(), ""
    return first.strip(), rest.strip()


class TypeCell(msgspec.Struct, frozen=True):
    """The type column of one row: the canonical word, the list it names, whether 其他 is offered."""

    word: str
    list_name: str = ""
    or_other: bool = False
    from_file: bool = False


_SELECTS = (
    ("select_one_from_file", "select_one"), ("select one from file", "select_one"),
    ("select_multiple_from_file", "select_multiple"), ("select multiple from file", "select_multiple"),
    ("add select one prompt using", "select_one"), ("add select multiple prompt using", "select_multiple"),
    ("select all that apply from", "select_multiple"), ("select all that apply", "select_multiple"),
    ("select one from", "select_one"), ("select_one_external", "select_one_external"),
    ("select_one", "select_one"),
    ("select one", "select_one"), ("select1", "select_one"), ("select_multiple", "select_multiple"),
    ("select multiple", "select_multiple"), ("rank", "rank"),
)  # fmt: skip
_GROUPS = {
    "begin group": "begin_group", "end group": "end_group", "begin repeat": "begin_repeat",
    "end repeat": "end_repeat", "begin_looped_group": "begin_repeat",
}  # fmt: skip
_PLAIN = {word.lower(): one.name for one in QUESTION_TYPES for word in one.words} | _GROUPS


def kind_of(text: str) -> TypeCell:
    """Return what a cell of the type column says.

    >>> kind_of("select_one 是否 or_other"), kind_of("select_one_from_file grid.csv").list_name
    (TypeCell(word='select_one', list_name='是否', or_other=True, from_file=False), 'grid.csv')
    """
    folded = " ".join(text.split())
    low = folded.lower()
    for start, word in _SELECTS:
        if low == start or low.startswith(f"{start} "):
            rest = folded[len(start) :].strip()
            other = rest.lower().endswith((" or_other", " or specify other", " or other"))
            name = rest.split()[0] if rest else ""
            return TypeCell(word, name, other, "file" in start)
    return TypeCell(_PLAIN.get(low, low))


def rows_with_paths(sheet: Sheet, root: str = "data") -> Iterator[tuple[SheetRow, tuple[str, ...], TypeCell]]:
    """Yield the rows of the survey sheet that name something, with their XForm paths."""
    by_name = {
        column.name: heading for heading, column in ((h, survey_column(h)) for h in reversed(sheet.headings))
    }
    stack: list[str] = [root]
    for row in sheet.rows:
        kind = kind_of(row.text(by_name.get("type", "")))
        name = row.text(by_name.get("name", ""))
        if kind.word.startswith("end") and kind.word in ("end_group", "end_repeat"):
            if len(stack) > 1:
                stack.pop()
            continue
        if not name:
            if kind.word in ("begin_group", "begin_repeat"):
                stack.append("")
            continue
        yield row, (*stack, name), kind
        if kind.word in ("begin_group", "begin_repeat"):
            stack.append(name)
