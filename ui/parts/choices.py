"""A few choices side by side, of which exactly one holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtWidgets import QPushButton

from ui.parts.flow import Flow
from ui.parts.plain import button
from ui.theme import metrics

T = TypeVar("T")


def choices(named: Sequence[tuple[T, str]], chosen: T, choose: Callable[[T], None]) -> Flow:
    """Return a button for each value with its name; the one in force is marked. `choose` hears of another."""
    shown: dict[T, QPushButton] = {}

    def pressed(value: T) -> None:
        for one, made in shown.items():
            made.setChecked(one == value)
        choose(value)

    flow = Flow(gap=metrics().px(8))
    for value, name in named:
        shown[value] = made = button(name, partial(pressed, value), "choice")
        made.setCheckable(True)
        made.setChecked(value == chosen)
        flow.addWidget(made)
    return flow
