"""The primary instance of an XForm as a tree of spots: one spot for all occurrences of a node."""

from __future__ import annotations

from hsdesk.forms.schema import Row
from hsdesk.forms.xform.source import JAVAROSA, XmlElement
from hsdesk.forms.xform.unplaced_problem import Path

_TEMPLATE = f"{{{JAVAROSA}}}template"


def is_template(element: XmlElement) -> bool:
    """Tell whether an element is the pattern of new rows (`jr:template`)."""
    return _TEMPLATE in element.attributes


class Spot:
    """A node of the data: where it lies, what lies below it, whether it is a row of a repeat."""

    __slots__ = ("children", "initial", "key", "line", "name", "path", "pattern", "repeat", "text")

    def __init__(self, path: Path, line: int) -> None:
        self.path = path
        self.name = path[-1]
        self.line = line
        self.children: dict[str, Spot] = {}
        self.repeat = False
        self.pattern: XmlElement | None = None  # what a new row, or the one node, looks like
        self.text = ""
        self.key = ""
        self.initial: tuple[Row, ...] = ()  # rows that a new parent starts with


def read_spots(root: XmlElement, repeats: set[Path], attributes: set[Path]) -> Spot:
    """Return the spot of the instance's root element.

    `repeats` are the paths that the screen repeats, `attributes` the bound ones such as `…/entity/@id`.
    """
    top = Spot((root.name,), root.line)
    top.pattern = root
    _grow(top, [root], repeats, attributes)
    return top


def _grow(spot: Spot, occurrences: list[XmlElement], repeats: set[Path], attributes: set[Path]) -> None:
    below: dict[str, list[XmlElement]] = {}
    for occurrence in occurrences:
        counts: dict[str, int] = {}
        for child in occurrence.elements():
            below.setdefault(child.name, []).append(child)
            counts[child.name] = counts.get(child.name, 0) + 1
            path = (*spot.path, child.name)
            if counts[child.name] > 1 or is_template(child):
                repeats.add(path)
        for attribute, text in occurrence.attributes.items():
            if (*spot.path, f"@{attribute}") in attributes:
                below.setdefault(f"@{attribute}", []).append(_attribute(attribute, text, occurrence.line))
    for name, elements in below.items():
        child_spot = Spot((*spot.path, name), elements[0].line)
        spot.children[name] = child_spot
        child_spot.repeat = child_spot.path in repeats
        templates = [element for element in elements if is_template(element)]
        child_spot.pattern = (templates or elements)[0]
        child_spot.text = child_spot.pattern.text().strip() if not _has_children(elements) else ""
        _grow(child_spot, elements, repeats, attributes)


def _has_children(elements: list[XmlElement]) -> bool:
    return any(next(element.elements(), None) is not None for element in elements)


def _attribute(name: str, text: str, line: int) -> XmlElement:
    made = XmlElement(f"@{name}", "", {}, line)
    made.content.append(text)
    return made


def initial_rows(spot: Spot, parent: XmlElement) -> tuple[Row, ...]:
    """Return the rows of a repeat that `parent` brings along, templates left out."""
    found = (child for child in parent.elements(spot.name) if not is_template(child))
    return tuple(_row(spot, element) for element in found)


def _row(spot: Spot, element: XmlElement) -> Row:
    values: dict[str, str] = {}
    rosters: dict[str, tuple[Row, ...]] = {}
    _fill(spot, element, values, rosters)
    return Row(values, rosters)


def _fill(
    spot: Spot, element: XmlElement, values: dict[str, str], rosters: dict[str, tuple[Row, ...]]
) -> None:
    for child in spot.children.values():
        if child.repeat:
            rows = initial_rows(child, element)
            if rows != child.initial:
                rosters[child.key] = rows
            continue
        inner = element.first(child.name)
        if inner is None:
            continue
        if child.children:
            _fill(child, inner, values, rosters)
        elif (text := inner.text().strip()) != child.text:
            values[child.key] = text


def give_initial(spot: Spot, *, copied: bool = False) -> None:
    """Set the rows that every roster starts with.

    A row without a template of its own is copied from the first row, its inner rows left out (JavaRosa).
    """
    for child in spot.children.values():
        own = child.pattern is not None and is_template(child.pattern)
        give_initial(child, copied=(not own) if child.repeat else copied)
        if child.repeat and spot.pattern is not None and not copied:
            child.initial = initial_rows(child, spot.pattern)


def give_keys(top: Spot) -> None:
    """Set each spot's storage key: its name, or dotted where the name repeats in one record or roster."""
    _key_scope(top)


def _key_scope(scope: Spot) -> None:
    members: list[tuple[str, Spot]] = []
    _members(scope, "", members)
    count: dict[str, int] = {}
    for _dotted, spot in members:
        count[spot.name] = count.get(spot.name, 0) + 1
    taken: set[str] = set()
    for dotted, spot in members:
        key = spot.name if count[spot.name] == 1 and spot.name not in taken else dotted
        spot.key = key
        taken.add(key)
        if spot.repeat:
            _key_scope(spot)


def _members(spot: Spot, prefix: str, members: list[tuple[str, Spot]]) -> None:
    for child in spot.children.values():
        dotted = f"{prefix}{child.name}"
        if child.repeat or not child.children:
            members.append((dotted, child))
        else:
            _members(child, f"{dotted}.", members)
