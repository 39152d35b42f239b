"""Sets of choices, written as names separated by spaces: selected selected-at count-selected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hsdesk.language.ast import Call, Constant
from hsdesk.language.functions.spec import FunctionSpec, simple
from hsdesk.language.values import to_text

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node


def _selected(builder: Builder, call: Call) -> Closure:
    """Whether the set holds the name."""
    chosen, name = call.arguments
    if not isinstance(name, Constant):
        texts, names = builder.text(chosen), builder.text(name)
        return lambda node, env: f" {names(node, env).strip()} " in f" {texts(node, env)} "
    wanted = f" {to_text(name.value).strip()} "
    seek = builder.seek(chosen)
    text = builder.text(chosen)
    if seek is None:
        return lambda node, env: wanted in f" {text(node, env)} "

    def selected(node: Node, env: Context) -> bool:
        found = seek(node, env)
        if found is None:
            return wanted == "  "
        if type(found) is list or type(found.value) is not str:
            return wanted in f" {text(node, env)} "
        return wanted in f" {found.value} "

    return selected


def _selected_at(text: str, place: float) -> str:
    names = text.split()
    return names[math.trunc(place)] if 0 <= place < len(names) else ""


SELECTIONS = (
    FunctionSpec("selected", 2, 2, "truth", _selected),
    FunctionSpec("is-selected", 2, 2, "truth", _selected),
    simple("selected-at", "tn", "text", _selected_at),
    simple("count-selected", "t", "number", lambda text: float(len(text.split()))),
)
