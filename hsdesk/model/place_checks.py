"""What would be wrong with changed places: row, column, reason and remedy of each finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations

import msgspec

from hsdesk.model.place import LAST_DAY, Directory, Place

_LEVELS = ("village", "township", "county", "city")
_DIGITS = {"village": 12, "township": 9, "county": 6, "city": 6}


class PlaceProblem(msgspec.Struct, frozen=True):
    """Why a row cannot be taken; `column` is one of `PLACE_COLUMNS`."""

    row: Place
    column: str
    reason: str
    remedy: str


def place_problems(rows: Iterable[Place], directory: Directory) -> Iterator[PlaceProblem]:
    """Yield what is wrong with changed rows; `directory` is the one that would hold with them."""
    changed = tuple(rows)
    for row in changed:
        yield from _of_row(row)
        yield from _of_relations(row, directory)
    for place in dict.fromkeys(row.id for row in changed):
        yield from _of_times(directory.versions(place))
        yield from _orphans(directory.at(place, LAST_DAY), directory)
    yield from _of_codes({row.code for row in changed}, directory)


def _of_row(row: Place) -> Iterator[PlaceProblem]:
    if not row.name.strip():
        yield PlaceProblem(row, "name", "没有写名称。", "请补上名称。")
    digits = _DIGITS[row.level]
    if len(row.code) != digits or not (row.code.isascii() and row.code.isdigit()):
        yield PlaceProblem(row, "code", f"代码应为 {digits} 位数字。", "请核对代码；单元格要设为文本。")
    for column in ("valid_from", "valid_to"):
        if (day := getattr(row, column)) and not _is_day(day):
            yield PlaceProblem(row, column, f"日期“{day}”不对。", "请写成 2026-07-01 的样子。")
    if row.valid_from and row.valid_to and row.valid_from >= row.valid_to:
        yield PlaceProblem(row, "valid_to", "停用日期不晚于启用日期。", "请核对两个日期。")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _of_relations(row: Place, directory: Directory) -> Iterator[PlaceProblem]:
    above = directory.get(row.parent) if row.parent else None
    if (above is None) != (row.level == "city"):
        yield PlaceProblem(row, "parent", "找不到上级单位。", "请写上级单位现在的代码。")
    elif above is not None and _LEVELS.index(above.level) <= _LEVELS.index(row.level):
        yield PlaceProblem(row, "parent", "上级单位的级别不比它高。", "请核对上级单位的代码。")
    for heir in row.into.split():
        if heir == row.id or directory.get(heir) is None:
            yield PlaceProblem(row, "into", "找不到并入的单位。", "请写并入单位的代码；新单位要另写一行。")
    if row.into and not row.valid_to:
        yield PlaceProblem(row, "valid_to", "写了并入哪里，没有写停用日期。", "请写上停用日期。")


def _of_times(rows: tuple[Place, ...]) -> Iterator[PlaceProblem]:
    """Yield rows of one place that hold at the same time."""
    for one, other in combinations(rows, 2):
        if _meet(one, other):
            yield PlaceProblem(
                other,
                "valid_from",
                "和同一单位的另一行时间重叠。",
                "请让前一行的停用日期等于后一行的启用日期。",
            )


def _meet(one: Place, other: Place) -> bool:
    return one.valid_from < (other.valid_to or LAST_DAY) and other.valid_from < (one.valid_to or LAST_DAY)


def _orphans(place: Place | None, directory: Directory) -> Iterator[PlaceProblem]:
    """Yield a finding when a place is closed above places that stand."""
    if place is None or not place.valid_to:
        return
    left = [child for child in directory.children(place.id) if child.is_valid_on(place.valid_to)]
    if left:
        reason = f"停用以后还有下级单位，如“{left[0].name}”。"
        yield PlaceProblem(place, "valid_to", reason, "请先给下级单位写上新的上级，或一并停用。")


def _of_codes(codes: set[str], directory: Directory) -> Iterator[PlaceProblem]:
    """Yield rows whose code another place has at the same time."""
    by_code: dict[str, list[Place]] = {}
    for row in directory.rows:
        if row.code in codes:
            by_code.setdefault(row.code, []).append(row)
    for rows in by_code.values():
        for one, other in combinations(rows, 2):
            if one.id != other.id and _meet(one, other):
                reason = f"代码 {other.code} 同时属于“{one.name}”和“{other.name}”。"
                yield PlaceProblem(other, "code", reason, "请核对代码和日期。")
