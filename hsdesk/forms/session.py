"""An open form: answers in, exactly what changed out."""

from __future__ import annotations

from collections.abc import Mapping

from hsdesk.forms.host import Host
from hsdesk.forms.schema import Form
from hsdesk.forms.views import Changes, Finding, LayoutItem, NodeView
from hsdesk.model.op import Value


class Session:
    """A live instance of a form."""

    form: Form

    def __init__(
        self,
        form: Form,
        host: Host,
        answers: Mapping[str, Value] | None = None,
        *,
        first_load: bool = True,
        language: str = "",
    ) -> None:
        raise NotImplementedError

    def answer(self, path: str, value: Value) -> Changes: ...  # type: ignore[empty-body]
    def enter(self, path: str, text: str) -> Changes: ...  # type: ignore[empty-body]
    def add_row(self, repeat_path: str, *, row: str = "", before: str | None = None) -> Changes: ...  # type: ignore[empty-body]
    def remove_row(self, row_path: str) -> Changes: ...  # type: ignore[empty-body]
    def undo(self) -> Changes: ...  # type: ignore[empty-body]
    def node(self, path: str) -> NodeView: ...  # type: ignore[empty-body]
    def rows(self, repeat_path: str) -> tuple[str, ...]: ...  # type: ignore[empty-body]
    def layout(self) -> tuple[LayoutItem, ...]: ...  # type: ignore[empty-body]
    def validate(self) -> tuple[Finding, ...]: ...  # type: ignore[empty-body]
    def finalise(self) -> tuple[Finding, ...]: ...  # type: ignore[empty-body]
    def answers(self) -> dict[str, Value]: ...  # type: ignore[empty-body]
    def first_answers(self) -> dict[str, Value]: ...  # type: ignore[empty-body]
    def effective(self) -> dict[str, Value]: ...  # type: ignore[empty-body]
