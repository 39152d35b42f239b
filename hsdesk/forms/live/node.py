"""The live node: an answer, a group or a roster row of one open form."""

from __future__ import annotations

from hsdesk.forms.live.spec import FormNode
from hsdesk.language.tree import Node


class LiveNode(Node):
    """A node that knows its spec and what governs it.

    `own` is its own relevance, `relevant` the effective one. `own_readonly` and `readonly` likewise. `beyond`
    marks a row past the count of its roster: not relevant, but kept, until the count rises again.
    `place` is the storage path; `row` the row's id and `pos` its order key. `templates` hold, by name of a
    repeat, the node that stands for the roster as a whole: it has a parent, but its parent does not list
    it.
    """

    __slots__ = (
        "overridden",
        "own",
        "own_readonly",
        "past_count",
        "place",
        "pos",
        "problem",
        "readonly",
        "required",
        "row",
        "spec",
        "templates",
    )  # fmt: skip

    def __init__(self, spec: FormNode, place: str, parent: LiveNode | None) -> None:
        super().__init__(spec.name, spec.default, repeat=spec.repeat)
        self.spec = spec
        self.place = place
        self.own = spec.relevant
        self.own_readonly = spec.readonly
        self.relevant = spec.relevant and (parent is None or parent.relevant)
        self.readonly: bool = spec.readonly or (parent is not None and parent.readonly)
        self.required = spec.required
        self.row = ""
        self.pos = ""
        self.problem: str | None = None  # None: not looked at yet
        self.past_count = False
        self.overridden = False  # a calculated answer that a person changed
        self.templates: dict[str, LiveNode] | None = None


def rows_of(node: LiveNode, name: str) -> list[LiveNode]:
    """Return the rows of a roster below a node, in order, those past its count too."""
    return node.children.get(name, [])


def counted_rows(node: LiveNode, name: str) -> list[LiveNode]:
    """Return the rows of a roster below a node, in order, as many as its count says."""
    return [row for row in rows_of(node, name) if not row.past_count]


def inside(node: LiveNode) -> str:
    """Return the storage prefix of what lies below a node: "" or `REPEAT/ROWID/`."""
    current: LiveNode | None = node
    while current is not None:
        if current.row:
            return f"{current.place}/"
        current = current.parent
    return ""


def group_place(prefix: str, parent: LiveNode, name: str) -> str:
    """Return the storage path of a group: `@` and the names of the groups below the row it lies in."""
    above = parent.place.removeprefix(prefix)
    return f"{prefix}{above}/{name}" if above.startswith("@") else f"{prefix}@{name}"
