"""The generic node of a form: one per question, group or repeat, shared by all its rows and sessions."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from hsdesk.forms.schema import Form, Group, Item, Question, Repeat
from hsdesk.forms.types import has_column, seen_text, type_of
from hsdesk.language.ast import Path as PathExpr
from hsdesk.language.compiler import Compiled
from hsdesk.language.values import Value as Seen
from hsdesk.model.answer import Class

Path = tuple[str, ...]


class FormulaKind(IntEnum):
    """What a formula governs. The first three change what others see or the rows there are."""

    RELEVANT = 0
    CALCULATE = 1
    COUNT = 2
    READONLY = 3
    REQUIRED = 4
    CHOICES = 5
    LABEL = 6
    CONSTRAINT = 7


class Formula:
    """One expression at work: `spec` says where, `kind` what it governs, `rank` when it is evaluated."""

    __slots__ = ("code", "kind", "once", "rank", "spec")

    def __init__(self, kind: FormulaKind, spec: FormNode, code: Compiled) -> None:
        self.kind = kind
        self.spec = spec
        self.code = code
        self.rank = 0
        self.once = bool(code.functions & {"once", "uuid", "random"})


class Link:
    """The way from a changed node to a formula that reads it: `up` parents, then down the names `down`."""

    __slots__ = ("down", "formula", "up")

    def __init__(self, formula: Formula, up: int, down: Path) -> None:
        self.formula = formula
        self.up = up
        self.down = down


class FormNode:
    """One node of the form, shared by all its occurrences: what it is, and which formulas govern it."""

    __slots__ = (
        "calculate", "children", "cls", "column", "constraint", "default", "formulas", "in_meta", "item",
        "key", "links", "name", "outer_links", "parent", "path", "positional", "question", "readonly",
        "relevant", "repeat", "required", "stored", "under",
    )  # fmt: skip

    def __init__(
        self,
        item: Item | None,
        name: str,
        parent: FormNode | None,
        *,
        in_meta: bool = False,
        stream: Class = "common",
    ) -> None:
        self.item = item
        self.name = name
        self.parent = parent
        self.path: Path = (*(parent.path if parent else ()), name)
        self.repeat = isinstance(item, Repeat)
        self.question = item if isinstance(item, Question) else None
        self.in_meta = in_meta
        self.cls: Class = (self.question.hs.cls if self.question else "") or stream
        self.key = item.key if isinstance(item, Question | Repeat) else name
        self.under: FormNode | None = (
            self if self.repeat else (parent.under if parent else None)
        )  # innermost repeat
        self.children: list[FormNode] = []
        self.formulas: list[Formula] = []
        self.links: list[Link] = []
        self.outer_links: list[Link] = []  # of a repeat: what rows outside a row read of it
        self.positional: list[tuple[Formula, Path]] = []  # of a repeat: formulas that read a row's place
        self.relevant: bool = True  # where no formula says otherwise
        self.readonly: bool = False
        self.required: bool = False
        self.constraint: Formula | None = None
        self.calculate: Formula | None = None
        self.default: Seen = seen_text(self.question, self.question.default) if self.question else ""
        self.column = self.question is not None and has_column(self.question)
        self.stored = self.question is not None and not in_meta and _is_stored(self.question)

    def walk(self) -> Iterator[FormNode]:
        """Yield this spec and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def _is_stored(question: Question) -> bool:
    """Tell whether an answer is the person's own: not a note, not a calculation, no attribute node."""
    return not question.calculation and type_of(question).is_answered and not question.name.startswith("@")


def path_named(path: PathExpr, at: Path) -> Path | None:
    """Return the node that a plain path names, seen from a node; None for one with predicates."""
    if not isinstance(path.start, str):
        return None
    names = list(at) if path.start == "" else []
    for step in path.steps:
        if step.predicates or step.axis not in ("child", "parent", "self"):
            return None
        if step.axis == "child":
            names.append(step.test)
        elif step.axis == "parent":
            del names[-1:]
    return tuple(names)


def specs_of(form: Form) -> FormNode:
    """Return the root spec of a form."""
    root = FormNode(None, form.root, None)
    for item in form.children:
        _add(item, root, form.stream, in_meta=False)
    if form.meta:
        meta = FormNode(Group("meta", shown=False), "meta", root, in_meta=True)
        root.children.append(meta)
        for item in form.meta:
            _add(item, meta, form.stream, in_meta=True)
    return root


def _add(item: Item, parent: FormNode, stream: Class, *, in_meta: bool) -> None:
    spec = FormNode(item, item.name, parent, in_meta=in_meta, stream=stream)
    parent.children.append(spec)
    if not isinstance(item, Question):
        for child in item.children:
            _add(child, spec, stream, in_meta=in_meta)
