"""Small trees that the tests of the expression language walk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hsdesk.language.compiler import compile as compile_expression
from hsdesk.language.context import Context, SilentHost
from hsdesk.language.tree import Node, tree_of_rows

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
HOUSEHOLD = ("data", "户", "成员", "年龄")


class World(SilentHost):
    """A host whose clock stands still, with a list of villages."""

    def __init__(self) -> None:
        rows = [
            {"name": f"v{number}", "label": f"村{number}", "town": f"t{number % 3}"} for number in range(30)
        ]
        self.villages = Node("")
        self.villages.append(tree_of_rows(rows))
        self.asked: list[Any] = []

    def now(self) -> dt.datetime:
        return NOW

    def instance(self, name: str) -> Node | None:
        return self.villages if name == "村" else None

    def aggregate(self, query: Any) -> float | None:
        self.asked.append(query)
        return 7.0 if query.register == "worker" else None

    def translate(self, text_id: str) -> str | None:
        return {"hello": "你好"}.get(text_id)

    def choice_label(self, value: str, path: tuple[str, ...], node: Node) -> str | None:
        return {"1": "男", "2": "女"}.get(value) if path == ("data", "性别") else None

    def place_name(self, code: str) -> str:
        return {"341021": "歙县"}.get(code, "")


def leaf(name: str, value: Any = "") -> Node:
    return Node(name, value)


def household() -> Node:
    """<data> with answers of every type and two households (户) of two and three members (成员)."""
    root = Node("data")
    answers: list[tuple[str, Any]] = [
        ("姓名", "汪小明"), ("性别", "1"), ("标签", "a b c"), ("人数", 5), ("面积", 30.5), ("空", ""),
        ("登记日", dt.date(2026, 11, 22)), ("时刻", NOW), ("隐", "是"), ("town", "t1"),
    ]  # fmt: skip
    for name, value in answers:
        root.append(leaf(name, value))
    root.children["隐"][0].relevant = False
    ages = ((61, 30), (8, 15, 70))
    for number, members in enumerate(ages, 1):
        house = Node("户", repeat=True)
        house.append(leaf("号", f"h{number}"))
        for age in members:
            member = Node("成员", repeat=True)
            member.append(leaf("年龄", age))
            member.append(leaf("名", f"m{age}"))
            house.append(member)
        root.append(house)
    return root


def value_of(
    source: str, node: Node | None = None, path: tuple[str, ...] = ("data",), host: Any = None
) -> Any:
    """Evaluate at a node of the household (the root when none is given)."""
    here = node or household()
    return compile_expression(source, context_path=path).evaluate(Context(here, here.root(), host or World()))
