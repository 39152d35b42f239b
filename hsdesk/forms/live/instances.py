"""What the expressions of an open form may ask: lists, registers, labels, the clock."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from hsdesk.forms.host import FormHost, Rows
from hsdesk.forms.schema import Choice, Element, Form
from hsdesk.language.tree import Node, tree_of_rows

if TYPE_CHECKING:
    from hsdesk.language.aggregate import Aggregate
    from hsdesk.language.rows import ColumnKind

LAST_SAVED = "jr://instance/last-saved"


class SessionTexts(Protocol):
    """The texts of a session, as its expressions ask for them."""

    def choice_label(self, value: str, path: tuple[str, ...], node: Node) -> str | None:
        """Return the label of a choice of the question at `path`."""
        ...

    def translate(self, text_id: str) -> str | None:
        """Return an itext entry."""
        ...


def columns(choice: Choice) -> dict[str, str]:
    """Return a choice as the row that expressions see."""
    return {"name": choice.value, "label": choice.label.plain(), **choice.extra}


def document_of(root: Node) -> Node:
    """Return the document above a root element, as `instance()` answers it."""
    top = Node("")
    top.append(root)
    return top


def _tree(element: Element) -> Node:
    node = Node(element.name, element.text)
    for child in element.children:
        node.append(_tree(child))
    return node


class Instances:
    """The secondary instances a form carries, as trees; made at first use, shared by its sessions."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.made: dict[str, Node] = {}

    def get(self, name: str) -> Node | None:
        """Return a carried instance, None when the form does not carry it."""
        found = self.made.get(name)
        if found is not None:
            return found
        if name in self.form.lists:
            root = tree_of_rows([columns(choice) for choice in self.form.lists[name]])
        elif name in self.form.instances:
            root = _tree(self.form.instances[name])
        elif self.form.sources.get(name) == LAST_SAVED:
            root = Node(self.form.root)
        else:
            return None
        self.made[name] = document_of(root)
        return self.made[name]


class SessionHost:
    """Answers the expressions of one session (`xpath.context.Host`)."""

    def __init__(self, instances: Instances, host: FormHost) -> None:
        self.instances = instances
        self.host = host
        self.texts: SessionTexts | None = None  # set once the session's texts are made
        self.living: dict[str, Node | None] = {}

    def now(self) -> dt.datetime:
        """Return the present moment."""
        return self.host.now()

    def new_id(self) -> str:
        """Return a fresh id for `uuid()`."""
        return self.host.new_id()

    def instance(self, name: str) -> Node | None:
        """Return a secondary instance; None: 此处不知."""
        carried = self.instances.get(name)
        if carried is not None:
            return carried
        if name not in self.living:
            self.living[name] = self._outer(name)
        return self.living[name]

    def _outer(self, name: str) -> Node | None:
        stem = source_name(self.instances.form, name)
        rows: Iterable[Mapping[str, str]] | None = self.host.rows(stem)
        if rows is None:
            choices = self.host.choices(stem)
            return _shared(choices, map(columns, choices)) if choices else None
        return _shared(rows, rows)

    def aggregate(self, query: Aggregate) -> float | None:
        """Return a figure over a register, from the rows if the host does not compute it; None: 此处不知."""
        found = self.host.aggregate(query)
        if found is not None:
            return found
        rows = self.host.rows(query.register)
        return None if rows is None else aggregate_of(query, rows, self.host.now())

    def choice_label(self, value: str, path: tuple[str, ...], node: Node) -> str | None:
        """Return the label of a choice of the question at `path`."""
        return self.texts.choice_label(value, path, node) if self.texts else None

    def translate(self, text_id: str) -> str | None:
        """Return an itext entry in the session's language."""
        return self.texts.translate(text_id) if self.texts else None

    def prop(self, name: str) -> str:
        """Return what `property()` and `version()` ask for."""
        if name == "version":
            return self.instances.form.version
        if name in ("username", "uri:username"):
            return self.host.username()
        return self.host.device_id() if name in ("deviceid", "uri:deviceid") else ""

    def place_name(self, code: str) -> str:
        """Return the name of a division by its code, "" when there is none."""
        for choice in self.host.choices("places"):
            if choice.value == code or choice.extra.get("code") == code:
                return choice.label.plain()
        return ""


def aggregate_of(query: Aggregate, rows: Sequence[Mapping[str, str]], now: dt.datetime) -> float | None:
    """Return a figure over rows of texts. Without rows a count and a sum are 0, other figures no number."""
    from hsdesk.language.aggregate_rows import aggregate_rows

    nothing = 0.0 if query.agg in ("count", "sum") else math.nan
    if not rows:
        return nothing
    kinds: dict[str, ColumnKind] = {column: "text" for row in rows for column in row}
    return aggregate_rows(query, lambda _register: rows, {query.register: kinds}, now=now).get("", nothing)


_KEPT = 16
_FEW = 8  # rows: a tree of fewer is made again, lest `here` of every record push the long ones out
_TREES: dict[int, tuple[object, Node]] = {}  # by the identity of a list, kept alive beside its tree


def _shared(source: object, rows: Iterable[Mapping[str, str]]) -> Node:
    """Return the tree of an outer list, kept and shared by all sessions that are given the very same rows."""
    if isinstance(source, Rows):
        if source.tree is None:
            source.tree = document_of(tree_of_rows(source))
        return source.tree
    if not isinstance(source, tuple) or len(source) < _FEW:  # might change under our hands, or costs nothing
        return document_of(tree_of_rows(rows))
    known = _TREES.get(id(source))
    if known is not None and known[0] is source:
        return known[1]
    made = document_of(tree_of_rows(rows))
    while len(_TREES) >= _KEPT:
        del _TREES[next(iter(_TREES))]
    _TREES[id(source)] = (source, made)
    return made


def source_name(form: Form, name: str) -> str:
    """Return the name of the list behind an external instance: `jr://file-csv/grid.csv` is `grid`."""
    source = form.sources.get(name)
    return _stem(source) if source else name


@lru_cache(256)
def _stem(source: str) -> str:
    return PurePosixPath(source).stem
