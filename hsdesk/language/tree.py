"""The tree an expression walks: the live answers of a form, a secondary instance, or an XML document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hsdesk.language.values import Value, to_text


class Node:
    """One node: an answer, a group, or one row of a repeat.

    `name`      local name.
    `parent`    None for a root. The root *element* has parent None; `/` above it is implied.
    `children`  child nodes by local name, in document order; every list is non-empty.
    `index`     0-based place among the siblings of the same name (`position()` is `index + 1`).
    `value`     the typed value of a leaf, `""` when empty:
                str (text, choices, sets separated by spaces, times of day, attachments), int, float, bool,
                `datetime.date` (a whole local day), `datetime.datetime` (aware; naive means local).
                A group has `""`.
    `relevant`  the *effective* relevance, ancestors included. Paths leave out what is not relevant.
    `repeat`    this node is a row of a repeat.

    The class may be subclassed with further slots. Rows are added and removed with `append`, `insert` and
    `detach`, which keep `index` right.
    """

    __slots__ = ("children", "index", "lookup", "name", "parent", "relevant", "repeat", "value")

    def __init__(self, name: str, value: Value = "", *, repeat: bool = False) -> None:
        self.name = name
        self.parent: Any = None
        self.children: dict[str, list[Any]] = {}
        self.index = 0
        self.value = value
        self.relevant = True
        self.repeat = repeat
        self.lookup: dict[Any, Any] | None = None  # equality indexes, only on trees that never change

    def text(self) -> str:
        """Return the string-value: of a leaf its value, of a group the values below it joined."""
        if self.children:
            return "".join(leaf.text() for group in self.children.values() for leaf in group)
        value = self.value
        return value if type(value) is str else to_text(value)

    def cell(self, column: str) -> str:
        """Return the text of the first child of a name, "" when there is none."""
        found = self.children.get(column)
        return found[0].text() if found else ""

    def append(self, child: Node) -> None:
        """Add `child` after the siblings of its name."""
        siblings = self.children.setdefault(child.name, [])
        child.parent = self
        child.index = len(siblings)
        siblings.append(child)

    def insert(self, child: Node, index: int) -> None:
        """Add `child` so that it becomes number `index` (0-based) of its name."""
        siblings = self.children.setdefault(child.name, [])
        child.parent = self
        siblings.insert(index, child)
        _renumber(siblings, index)

    def detach(self) -> None:
        """Take this node out of its parent."""
        parent: Node = self.parent
        siblings = parent.children[self.name]
        del siblings[self.index]
        _renumber(siblings, self.index)
        if not siblings:
            del parent.children[self.name]
        self.parent = None
        self.index = 0

    def path(self) -> tuple[str, ...]:
        """Return the generic path: the names from the root down to this node."""
        names = [self.name]
        above = self.parent
        while above is not None:
            names.append(above.name)
            above = above.parent
        return tuple(reversed(names))

    def descendants(self) -> Iterator[Node]:
        """Yield the nodes below this one in document order."""
        for siblings in self.children.values():
            for child in siblings:
                yield child
                yield from child.descendants()

    def root(self) -> Node:
        """Return the topmost node of this tree."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def __repr__(self) -> str:
        return f"<{'/'.join(self.path())} {self.value!r}>"


def _renumber(siblings: list[Any], start: int) -> None:
    for index in range(start, len(siblings)):
        siblings[index].index = index


class Item(Node):
    """A row of a list that never changes. Its cells are made when a path goes into it, most never."""

    __slots__ = ("is_unfolded", "row")

    def __init__(self, row: Mapping[str, str]) -> None:
        self.name = "item"
        self.parent = None
        self.index = 0
        self.value = ""
        self.relevant = True
        self.repeat = False
        self.lookup = None
        self.row = row
        self.is_unfolded = False

    def __getattr__(self, name: str) -> Any:
        """Make the cells: `children` is asked for the first time."""
        if name != "children":
            raise AttributeError(name)
        self.is_unfolded = True
        self.children = {}
        for column, text in self.row.items():
            self.append(Node(column, text))
        return self.children

    def cell(self, column: str) -> str:
        return self.row.get(column, "")


def tree_of_rows(rows: Iterable[Mapping[str, str]]) -> Node:
    """Return `<root><item>…` for rows of column → text; `instance('…')` answers the node above it.

    The tree must not change afterwards: `item[column = …]` is answered from an index kept in `lookup`.
    """
    root = Node("root")
    root.lookup = {}
    for row in rows:
        root.append(Item(row))
    return root
