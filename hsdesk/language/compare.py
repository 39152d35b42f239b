"""Equality and order between any two values, node-sets included (XPath 1.0 §3.4; dates and empties:
JavaRosa).
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable
from typing import Any

from hsdesk.language.calendar import Calendar
from hsdesk.language.values import near, to_text, to_truth

ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def node_value(node: Any) -> Any:
    """Return the typed value of a node, a group's as text."""
    return node.text() if node.children else node.value


def scalar(value: Any) -> Any:
    """Return one value: of a node-set its first node's, "" when it is empty."""
    if type(value) is list:
        return node_value(value[0]) if value else ""
    return value


def equal(a: Any, b: Any, calendar: Calendar) -> bool:
    """Compare two single values: as truths if one is, else as numbers or days if one is, else as texts.

    For the web engines two texts that are dates are equal when they are the same moment.
    """
    if type(a) is str and type(b) is str:
        return a == b or (calendar.utc_days and near(calendar.text_days(a), calendar.text_days(b)))
    if isinstance(a, bool) or isinstance(b, bool):
        return to_truth(a) == to_truth(b)
    if isinstance(a, int | float) or isinstance(b, int | float):
        return near(calendar.number(a), calendar.number(b))
    if calendar.utc_days or not (isinstance(a, str) or isinstance(b, str)):
        return near(calendar.number(a), calendar.number(b))
    return to_text(a) == to_text(b)


def in_order(a: Any, b: Any, order: Callable[[float, float], bool], calendar: Calendar) -> bool:
    """Compare two single values as numbers. Beside a day, a text that is a date is a day too."""
    if isinstance(a, dt.date) and isinstance(b, str):
        return order(calendar.number(a), calendar.text_days(b))
    if isinstance(b, dt.date) and isinstance(a, str):
        return order(calendar.text_days(a), calendar.number(b))
    return order(calendar.number(a), calendar.number(b))


def equality(calendar: Calendar, *, negated: bool, document: bool) -> Callable[[Any, Any], bool]:
    """Return `=` or `!=` between any two values.

    In a form an empty node-set compares as ""; in a document it equals and differs from nothing, and a
    truth value asks whether there are nodes.
    """

    def compare(a: Any, b: Any) -> bool:
        if type(a) is not list and type(b) is not list:
            return equal(a, b, calendar) != negated
        if document and (isinstance(a, bool) or isinstance(b, bool)):
            return (_exists(a) == _exists(b)) != negated
        return any(
            equal(x, y, calendar) != negated for x in _members(a, document) for y in _members(b, document)
        )

    return compare


def ordering(op: str, calendar: Calendar, *, document: bool) -> Callable[[Any, Any], bool]:
    """Return `<`, `<=`, `>` or `>=` between any two values; always as numbers."""
    order = ORDERS[op]

    def compare(a: Any, b: Any) -> bool:
        if type(a) is not list and type(b) is not list:
            return in_order(a, b, order, calendar)
        return any(
            in_order(x, y, order, calendar) for x in _members(a, document) for y in _members(b, document)
        )

    return compare


def _members(value: Any, document: bool) -> list[Any]:
    if type(value) is not list:
        return [value]
    if not value and not document:
        return [""]
    return [node_value(node) for node in value]


def _exists(value: Any) -> bool:
    return bool(value) if type(value) is list else to_truth(value)
