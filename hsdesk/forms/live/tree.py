"""Growing the live tree: the record, its roster rows, and the answers they begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hsdesk.forms.live.node import LiveNode, group_place
from hsdesk.forms.live.spec import FormNode
from hsdesk.forms.schema import Row
from hsdesk.forms.types import seen_text

ByPlace = dict[str, LiveNode]


class TreeBuilder:
    """Makes the nodes of a record and `by_place`, which finds them by storage path; `new_id` names rows."""

    def __init__(self, new_id: Callable[[], str], *, blank_rows: bool) -> None:
        self.new_id = new_id
        self.blank_rows = blank_rows
        self.by_place: ByPlace = {}

    def record(self, root: FormNode, *, initial: bool) -> LiveNode:
        """Return the root node and all below it; `initial` adds the rows that the form brings along."""
        node = LiveNode(root, "", None)
        self._below(node, "", initial=initial)
        return node

    def row(self, repeat: FormNode, parent: LiveNode, prefix: str, row_id: str) -> LiveNode:
        """Return a new row, not yet among its siblings, its inner rosters empty."""
        node = LiveNode(repeat, f"{prefix}{repeat.key}/{row_id}", parent)
        node.row = row_id
        node.parent = parent
        self.by_place[node.place] = node
        self._below(node, f"{node.place}/", initial=False)
        return node

    def _below(self, parent: LiveNode, prefix: str, *, initial: bool) -> None:
        for spec in parent.spec.children:
            if spec.repeat:
                self._roster(spec, parent, prefix, initial=initial)
            elif spec.question is not None:
                self._answer(spec, parent, prefix)
            else:
                node = LiveNode(spec, group_place(prefix, parent, spec.name), parent)
                self.by_place[node.place] = node
                parent.append(node)
                self._below(node, prefix, initial=initial)

    def _answer(self, spec: FormNode, parent: LiveNode, prefix: str) -> None:
        place = f"{prefix}{spec.key}" if not spec.in_meta else f"@{'/'.join(spec.path[1:])}"
        node = LiveNode(spec, place, parent)
        self.by_place[place] = node
        parent.append(node)
        if spec.children:
            self._below(node, prefix, initial=False)

    def _roster(self, spec: FormNode, parent: LiveNode, prefix: str, *, initial: bool) -> None:
        template = LiveNode(spec, f"{prefix}{spec.key}", parent)
        template.parent = parent
        if parent.templates is None:
            parent.templates = {}
        parent.templates[spec.name] = template
        self.by_place[template.place] = template
        if initial:
            self.initial_rows(spec, parent, prefix, spec.item.initial)  # type: ignore[union-attr]  # a Repeat

    def initial_rows(self, spec: FormNode, parent: LiveNode, prefix: str, rows: tuple[Row, ...]) -> None:
        """Add rows that the form brings along; the one blank row of pyxform only with `blank_rows`."""
        if not self.blank_rows and _is_one_blank(rows):
            return
        for row in rows:
            node = self.row(spec, parent, prefix, self.new_id())
            parent.append(node)
            self._fill(node, row)

    def _fill(self, node: LiveNode, row: Row) -> None:
        prefix = f"{node.place}/"
        for key, text in row.values.items():
            leaf = self.by_place.get(f"{prefix}{key}")
            if leaf is not None and leaf.spec.question is not None:
                leaf.value = seen_text(leaf.spec.question, text)
        for repeat in repeats_inside(node.spec):
            template = self.by_place[f"{prefix}{repeat.key}"]
            default = repeat.item.initial  # type: ignore[union-attr]  # a Repeat
            self.initial_rows(repeat, template.parent, prefix, row.rosters.get(repeat.key, default))

    def initial_below(self, node: LiveNode) -> None:
        """Add the rows that a new row's own rosters start with."""
        for repeat in repeats_inside(node.spec):
            template = self.by_place[f"{node.place}/{repeat.key}"]
            self.initial_rows(repeat, template.parent, f"{node.place}/", repeat.item.initial)  # type: ignore[union-attr]

    def forget(self, node: LiveNode) -> None:
        """Take a row and all below it out of the index."""
        for each in everything(node):
            self.by_place.pop(each.place, None)

    def remember(self, node: LiveNode) -> None:
        """Put a row that came back, and all below it, into the index."""
        for each in everything(node):
            self.by_place[each.place] = each


def _is_one_blank(rows: tuple[Row, ...]) -> bool:
    """Tell whether a roster starts with no row, or with the one that pyxform writes for every roster.

    >>> _is_one_blank((Row(rosters={"inner": (Row(),)}),)), _is_one_blank((Row(), Row()))
    (True, False)
    """
    return len(rows) <= 1 and all(
        not row.values and all(map(_is_one_blank, row.rosters.values())) for row in rows
    )


def repeats_inside(spec: FormNode) -> Iterator[FormNode]:
    """Yield the rosters directly inside a record or row: groups are looked into, rosters are not."""
    for child in spec.children:
        if child.repeat:
            yield child
        elif child.question is None:
            yield from repeats_inside(child)


def everything(node: LiveNode) -> list[LiveNode]:
    """Return a node, all nodes below it, and the templates of rosters."""
    found: list[LiveNode] = []
    _gather(node, found)
    return found


def _gather(node: LiveNode, found: list[LiveNode]) -> None:
    found.append(node)
    for siblings in node.children.values():
        for child in siblings:
            if child.children or child.templates:
                _gather(child, found)
            else:
                found.append(child)
    if node.templates:
        found.extend(node.templates.values())
