"""Words of a form that the city may replace: `hs:setting` names the text setting (口径) that heads an answer.

pyxform leaves `instance()` in labels as plain text, so a form cannot look such a name up itself. The key of
an answer, its codes and what is stored stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec

from hsdesk.forms.schema import Form, Group, Item, Label, Question, Repeat, questions
from hsdesk.forms.xform.unplaced_problem import Path, UnplacedProblem
from hsdesk.model.resource import resource_dir

COLUMN = "bind::hs:setting"


class _Setting(msgspec.Struct, frozen=True):
    name: str
    kind: Literal["choice", "text", "number"] = "choice"


def with_city_wording(form: Form, chosen: Mapping[str, str]) -> Form:
    """Return a form with the words that were chosen; without a choice the form's own words stand.

    `chosen`: the settings that differ from their defaults, by name.
    """
    said = {name: text for name, text in chosen.items() if text.strip()}
    if not any(question.hs.setting in said for question in questions(form.children, into_repeats=True)):
        return form
    return msgspec.structs.replace(form, children=_worded(form.children, said))


def _worded(items: tuple[Item, ...], said: Mapping[str, str]) -> tuple[Item, ...]:
    return tuple(_item(item, said) for item in items)


def _item(item: Item, said: Mapping[str, str]) -> Item:
    match item:
        case Group() | Repeat():
            return msgspec.structs.replace(item, children=_worded(item.children, said))
        case Question() if item.hs.setting in said:
            heading = item.hs.print if item.hs.print == "no" else ""  # its own heading on paper gives way too
            hs = msgspec.structs.replace(item.hs, print=heading)
            return msgspec.structs.replace(item, label=_label(item.label, said[item.hs.setting]), hs=hs)
        case _:
            return item


def _label(own: Label, text: str) -> Label:
    return Label(dict.fromkeys(own.texts or ("",), (text,)))


@cache
def wording_settings() -> frozenset[str]:
    """Return the names of the settings whose value is words (`resources/settings.json`)."""
    content = (resource_dir() / "settings.json").read_bytes()
    found = msgspec.json.decode(content, type=tuple[_Setting, ...])
    return frozenset(setting.name for setting in found if setting.kind == "text")


def trouble_of_words(question: Question, path: Path) -> UnplacedProblem | None:
    """Return what is wrong with the setting that an answer names: it must be one of text."""
    name = question.hs.setting
    if not name or name in wording_settings():
        return None
    remedy = f"只能填口径设置里填文字的编号：{'、'.join(sorted(wording_settings()))}。"
    return UnplacedProblem(f"扩展列“hs:setting”不能填“{name}”。", remedy, path, COLUMN, text=name)
