"""The columns of a grid: the name of a record, its place and state, and every answer that a list may show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hsdesk.desk.grid_values import DELETED, PLACE, STATE, TITLE, Content
from hsdesk.forms.masking import SCREEN, treatment
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.types import type_of
from ui.words import tr

USUAL = 10  # answers shown where nobody has chosen


class GridColumn(msgspec.Struct, frozen=True):
    """One column. `question` is None where it holds no answer of its own."""

    key: str
    heading: str
    question: Question | None = None
    rank: int = 0  # the higher, the less it tells records apart
    is_masked: bool = False
    is_figure: bool = False  # set to the right

    @property
    def is_answer(self) -> bool:
        return not self.key.startswith("@")


def all_columns(form: Form, *, with_place: bool) -> tuple[GridColumn, ...]:
    """Return every column that a grid of this form may have, the title first, answers in screen order."""
    titled = [one for one in questions(form.children) if one.hs.title]
    single = titled[0] if len(titled) == 1 else None
    title = GridColumn(TITLE, single.label.plain() if single else tr("名称"), single)
    place = (GridColumn(PLACE, tr("所属村（社区）")),) if with_place else ()
    return (title, GridColumn(STATE, tr("状态")), *place, *_answers(form))


def gone_column() -> GridColumn:
    """Return the column with the reason of a deletion."""
    return GridColumn(DELETED, tr("作废原因"))


def _answers(form: Form) -> list[GridColumn]:
    return [
        GridColumn(
            one.key,
            one.label.plain(),
            one,
            _rank(one),
            treatment(form, one, SCREEN) != "open",
            type_of(one).is_figure,
        )
        for one in questions(form.children)
        if type_of(one).is_listed and not one.hs.title and one.label.texts
    ]


def _rank(question: Question) -> int:
    if type_of(question).widget == "computed":
        return 3
    if question.hs.search:
        return 0
    return 1 if question.required else 2


def usual_keys(columns: Sequence[GridColumn], contents: Mapping[str, Content]) -> tuple[str, ...]:
    """Return the columns shown where nobody has chosen: the weightiest of those that tell records apart."""
    told = [one for one in columns if one.question is not None and one.key != TITLE]
    varied = [one for one in told if one.key not in contents or contents[one.key].is_varied]
    weighty = {one.key for one in sorted(varied, key=lambda one: one.rank)[:USUAL]}
    return tuple(one.key for one in columns if one.key in weighty or one.question is None or one.key == TITLE)
