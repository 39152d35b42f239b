"""Choice lists and other secondary instances of an XForm."""

from __future__ import annotations

import re

from hsdesk.forms.schema import Choice, Label
from hsdesk.forms.schema import Element as Node
from hsdesk.forms.xform.body import Control
from hsdesk.forms.xform.source import XmlElement
from hsdesk.forms.xform.text import ItextTexts

_BY_ITEXT = re.compile(r"^jr:itext\(\s*([^()'\"]+?)\s*\)$")


def is_plain(root: XmlElement) -> bool:
    """Tell whether a secondary instance is `root/item/column` without attributes."""
    if root.name != "root":
        return False
    items = list(root.elements())
    return all(item.name == "item" and _flat(item) for item in items)


def _flat(item: XmlElement) -> bool:
    names = [column.name for column in item.elements()]
    leaves = all(next(column.elements(), None) is None for column in item.elements())
    return leaves and 0 < len(set(names)) == len(names)


def read_choices(root: XmlElement, texts: ItextTexts, control: Control | None) -> tuple[Choice, ...]:
    """Return the rows of a plain list as choices; `control` says which columns hold value and label."""
    value_ref = control.value_ref if control else "name"
    label_ref = control.label_ref if control else "label"
    return tuple(_choice(item, texts, value_ref, label_ref) for item in root.elements())


def _choice(item: XmlElement, texts: ItextTexts, value_ref: str, label_ref: str) -> Choice:
    columns = {column.name: column.text().strip() for column in item.elements()}
    by_itext = _BY_ITEXT.match(label_ref)
    if by_itext is None and "itextId" in columns and label_ref not in columns:
        label = texts.label(columns["itextId"])
    elif by_itext is not None:
        label = texts.label(columns.get(by_itext.group(1), ""))
    else:
        text = columns.get(label_ref, "")
        label = Label({"": (text,)}) if text else Label()
    extra = {name: text for name, text in columns.items() if name not in ("name", "label")}
    if value_ref != "name" and "name" in columns:
        extra["name"] = columns["name"]
    if label_ref != "label" and "label" in columns:
        extra["label"] = columns["label"]
    return Choice(columns.get(value_ref, ""), label, extra)


def levels_passing(choice_filter: str, levels: tuple[str, ...]) -> str:
    """Return a choice filter that also lets only places of some levels pass (`hs:level`).

    >>> levels_passing("", ("village", "township")), levels_passing("code = /d/a", ("county",))
    ("level = 'village' or level = 'township'", "(level = 'county') and (code = /d/a)")
    """
    if not levels:
        return choice_filter
    of_level = " or ".join(f"level = '{level}'" for level in levels)
    return f"({of_level}) and ({choice_filter})" if choice_filter else of_level


def of_levels(control: Control, choice_filter: str) -> str:
    """Return the nodeset of a choice from a list, with the filter that its question has by now."""
    if choice_filter == control.choice_filter:
        return control.nodeset
    return f"{control.nodeset.partition('[')[0]}[{choice_filter}]"


def read_tree(element: XmlElement) -> Node:
    """Return any secondary instance as a frozen tree."""
    children = tuple(read_tree(child) for child in element.elements())
    return Node(element.name, "" if children else element.text().strip(), children)
