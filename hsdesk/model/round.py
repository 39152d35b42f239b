"""A round (填报任务): an upper level asks the places below for returns of a period, by a deadline."""

from __future__ import annotations

from datetime import date

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.period import parse_period
from hsdesk.model.place import Directory, Place, PlaceLevel
from hsdesk.model.public_id import ROUND_RULE, is_round_id


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is asked of whom until when. Days are ISO text; `places` are ids, () for the whole city."""

    id: str
    title: str
    period: str  # 2026, 2026H1, 2026Q4, 2026M11
    deadline: str
    forms: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    level: PlaceLevel = "village"  # who fills it in
    places: tuple[str, ...] = ()  # those below them, and they themselves
    open: bool = True

    def asks(self, place: Place, directory: Directory) -> bool:
        """Tell whether a place has to fill the round in."""
        if place.level != self.level:
            return False
        if not self.places:
            return True
        above = (place.id, *(one.id for one in directory.ancestors(place.id)))
        return not set(above).isdisjoint(self.places)


def check_round(asked: Round, directory: Directory, *, stands: bool = False) -> None:
    """Raise DataError when a round cannot be sent out as it is; one that `stands` keeps its id."""
    if not stands and not is_round_id(asked.id):
        raise DataError(
            "填报任务的编号“{name}”不能用：要{rule}。", field="id", name=asked.id, rule=ROUND_RULE
        )
    if not asked.title.strip():
        raise DataError("请写上填报任务的名称（title）。", field="title")
    if not asked.forms and not asked.summaries:
        raise DataError("请写明要报哪些登记表（forms）或打印件（summaries）。", field="forms")
    parse_period(asked.period)
    try:
        date.fromisoformat(asked.deadline)
    except ValueError as error:
        raise DataError(
            "截止日期“{day}”不对，应写成 2026-12-25 的样子。", field="deadline", day=asked.deadline
        ) from error
    for place in asked.places:
        directory.by_id(place)
