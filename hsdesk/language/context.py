"""What an expression is evaluated against."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Protocol

from hsdesk.language.problem import ExpressionError
from hsdesk.language.tree import Node

if TYPE_CHECKING:
    from hsdesk.language.aggregate import Aggregate


class ExpressionHost(Protocol):
    """Everything an expression may ask of the world outside the tree."""

    def now(self) -> dt.datetime: ...  # aware, local zone

    def new_id(self) -> str: ...  # uuid()

    def instance(self, name: str) -> Node | None: ...  # the element above root/item; None: not held here

    def aggregate(self, query: Aggregate) -> float | None: ...  # None: not held here

    def choice_label(self, value: str, path: tuple[str, ...], node: Node) -> str | None: ...

    def translate(self, text_id: str) -> str | None: ...  # jr:itext()

    def prop(self, name: str) -> str: ...  # property(): deviceid, username …; "version" is version()

    def place_name(self, code: str) -> str: ...  # hs:place-name()


MOST_STEPS = 1_000_000  # of one evaluation: half a second to two


class SilentHost:
    """A host that answers nothing, to be subclassed."""

    def now(self) -> dt.datetime:
        return dt.datetime.now().astimezone()

    def new_id(self) -> str:
        import uuid

        return str(uuid.uuid4())

    def instance(self, name: str) -> Node | None:
        return None

    def aggregate(self, query: Aggregate) -> float | None:
        return None

    def choice_label(self, value: str, path: tuple[str, ...], node: Node) -> str | None:
        return None

    def translate(self, text_id: str) -> str | None:
        return None

    def prop(self, name: str) -> str:
        return ""

    def place_name(self, code: str) -> str:
        return ""


class Context:
    """The context node, the root element of the primary instance, and the host.

    One object may serve many evaluations: set `node` anew. `position` and `size` are those of the context
    node in its predicate (0 outside predicates, where `position()` is the place of the node's row in its
    repeat).
    """

    __slots__ = ("host", "node", "position", "root", "size", "steps")

    def __init__(self, node: Node | None, root: Node | None, host: ExpressionHost | None = None) -> None:
        self.node = node
        self.root = root
        self.host: ExpressionHost = host if host is not None else SilentHost()
        self.position = 0
        self.size = 0
        self.steps = 0  # candidates that predicates have looked at in the evaluation at hand

    def spend(self, candidates: int) -> None:
        """Count the candidates of a predicate.

        Steps are counted, not time: desk and server stop at the same place. Raises ExpressionError.
        """
        self.steps += candidates
        if self.steps > MOST_STEPS:
            raise ExpressionError(
                f"这个表达式要算的步数超过 {MOST_STEPS}，没有算。", 0, "请减少方括号里的层数。"
            )
