"""What a form offers: uuid property version jr:itext jr:choice-name pulldata."""

from __future__ import annotations

import math
import random
import string
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import Call, Constant
from hsdesk.language.compare import node_value
from hsdesk.language.functions.spec import FunctionSpec
from hsdesk.language.parser import parse
from hsdesk.language.paths import generic_path
from hsdesk.language.problem import ExpressionError, NotHeld
from hsdesk.language.values import to_text

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node

_LETTERS = string.ascii_letters + string.digits
_LONGEST_ID = 1000


def _uuid(builder: Builder, call: Call) -> Closure:
    if not call.arguments:
        return lambda node, env: env.host.new_id()
    length = builder.number(call.arguments[0])

    def letters(node: Node, env: Context) -> str:
        wanted = length(node, env)
        count = math.trunc(wanted) if 0 < wanted <= _LONGEST_ID else 0
        return "".join(random.choices(_LETTERS, k=count))  # noqa: S311 (an identifier, no secret)

    return letters


def _property(builder: Builder, call: Call) -> Closure:
    name = builder.text(call.arguments[0])
    return lambda node, env: env.host.prop(name(node, env))


def _version(builder: Builder, call: Call) -> Closure:
    return lambda node, env: env.host.prop("version")


def _itext(builder: Builder, call: Call) -> Closure:
    name = call.arguments[0]
    if isinstance(name, Constant):
        builder.findings.translations.add(to_text(name.value))
    text_id = builder.text(name)

    def itext(node: Node, env: Context) -> str:
        wanted = text_id(node, env)
        found = env.host.translate(wanted)
        return wanted if found is None else found

    return itext


def _choice_name(builder: Builder, call: Call) -> Closure:
    """`jr:choice-name(value, 'path')`: the label of a choice of that question, in the language shown.

    "" for no value, though a list may have an entry for it (JavaRosa); an unknown code stands for itself.
    """
    value, written = builder.text(call.arguments[0]), call.arguments[1]
    if not isinstance(written, Constant):
        raise ExpressionError("jr:choice-name() 的第二个参数要写成带引号的路径。", call.column)
    path = generic_path(builder, parse(to_text(written.value)))
    if path is None:
        raise ExpressionError("jr:choice-name() 的第二个参数要写成带引号的路径。", call.column)

    def choice_name(node: Node, env: Context) -> str:
        wanted = value(node, env)
        found = env.host.choice_label(wanted, path, node) if wanted else ""
        return wanted if found is None else found

    return choice_name


def _pulldata(builder: Builder, call: Call) -> Closure:
    """`pulldata('list', 'column', 'key column', key)`: the column of the first row whose key column is
    the key.
    """
    parts = [builder.text(each) for each in call.arguments]
    name = call.arguments[0]
    if isinstance(name, Constant):
        builder.findings.instances.add(to_text(name.value))

    def pull(node: Node, env: Context) -> Any:
        table, column, key_column, key = (part(node, env) for part in parts)
        found = env.host.instance(table)
        if found is None:
            raise NotHeld(f"此处没有数据表 {table} 。", call.column)
        for item in _rows_with(found, key_column, key):
            cells = item.children.get(column)
            return node_value(cells[0]) if cells else ""
        return ""

    return pull


def _rows_with(instance: Node, column: str, key: str) -> list[Any]:
    roots = instance.children.get("root", ())
    if not roots:
        return []
    root = roots[0]
    if root.lookup is None:
        return _scan(root, column, key)
    index = root.lookup.get(("item", column))
    if index is None:
        index = root.lookup["item", column] = dict[str, list[Any]]()
        for item in root.children.get("item", ()):
            index.setdefault(_cell(item, column), []).append(item)
    return list(index.get(key, ()))


def _scan(root: Node, column: str, key: str) -> list[Any]:
    return [item for item in root.children.get("item", ()) if _cell(item, column) == key]


def _cell(item: Node, column: str) -> str:
    cells = item.children.get(column)
    return str(cells[0].text()) if cells else ""


FORMS = (
    FunctionSpec("uuid", 0, 1, "text", _uuid, pure=False, volatile=True),
    FunctionSpec("property", 1, 1, "text", _property, pure=False),
    FunctionSpec("version", 0, 0, "text", _version, pure=False),
    FunctionSpec("jr:itext", 1, 1, "text", _itext, pure=False),
    FunctionSpec("jr:choice-name", 2, 2, "text", _choice_name, pure=False),
    FunctionSpec("pulldata", 4, 4, "text", _pulldata, pure=False),
)
