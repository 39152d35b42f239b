"""A row predicate in the form language, as the file can use it: SQL where possible, else a closure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.typed import seen
from hsdesk.forms.xpath.compiler import compile as compile_expression
from hsdesk.forms.xpath.context import Context
from hsdesk.forms.xpath.problem import ExpressionError
from hsdesk.forms.xpath.tree import Node
from hsdesk.model.op import Value
from hsdesk.store.query import Predicate


class Condition(msgspec.Struct, frozen=True):
    """Which rows fit: by SQL, by a closure, or all of them."""

    sql: Predicate | None = None
    keep: Callable[[Mapping[str, Value]], bool] | None = None


def row_condition(form: Form, where: str) -> Condition:
    """Return the condition of a predicate over a register's answers, e.g. `reg_status = '1'`.

    Raises:
        DataError: the predicate cannot be read; the message names the place.
    """
    if not where.strip():
        return Condition()
    try:
        compiled = compile_expression(where, context_path=("item",))
    except ExpressionError as error:
        raise DataError("筛选条件写得不对:{reason}", reason=error) from error
    by_key = {question.key: question for question in questions(form.children)}

    def keep(values: Mapping[str, Value]) -> bool:
        row = row_node(by_key, values)
        return compiled.boolean(Context(row, row))

    return Condition(keep=keep)


def row_node(by_key: Mapping[str, Question], values: Mapping[str, Value]) -> Node:
    """Return a record as the tree that predicates walk: one child per answer."""
    row = Node("item")
    for key, question in by_key.items():
        row.append(Node(key, seen(question, values.get(key))))
    return row
