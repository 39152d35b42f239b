"""The records of an invented city as of one day, for the second way to its indicators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from city import Made

from hsdesk.model.place import Directory

Pair = tuple[float, float | None]
Answers = dict[str, Any]


class Golden:
    """The records of a city as of one day."""

    def __init__(self, records: Iterable[Made], directory: Directory, day: date) -> None:
        directory = Directory(row for row in directory.rows if row.is_valid_on(day.isoformat()))
        self.directory, self.date, self.day = directory, day, day.isoformat()
        self.rows: dict[str, list[Answers]] = {}
        standing = {place.id for place in directory if place.is_valid_on(self.day)}
        for made in records:
            if made.place in standing:
                row = {**made.answers, "id": made.record, "owner": made.place}
                self.rows.setdefault(made.form, []).append(row)
        self.kinds = {v.id: v.community_kind for v in directory.village_level() if v.id in standing}
        self.kinds |= {row["owner"]: row["community_kind"] for row in self.of("community")}

    def of(self, form: str) -> list[Answers]:
        return self.rows.get(form, [])

    def own(self, form: str, area: set[str]) -> list[Answers]:
        return [row for row in self.of(form) if row["owner"] in area]

    def start(self, months: int) -> str:
        """The first day of the period of so many months that holds the day."""
        first = (self.date.month - 1) // months * months + 1
        return date(self.date.year, first, 1).isoformat()

    def villages(self, area: set[str], kinds: str) -> set[str]:
        return {village for village, kind in self.kinds.items() if kind in kinds and village in area}

    def past(self, row: Answers, key: str) -> bool:
        return bool(row.get(key)) and row[key] <= self.day

    def not_over(self, row: Answers, key: str, day: str = "") -> bool:
        return not row.get(key) or row[key] > (day or self.day)

    def filed(self, row: Answers) -> bool:
        """备案或登记在册: by its dates; one that is gone without a date of cancelling is not counted."""
        if row["reg_status"] in ("3", "4") or (row["reg_status"] == "9" and not row.get("cancelled_on")):
            return False
        return self.past(row, "filed_on") and self.not_over(row, "cancelled_on")

    def employed(self, row: Answers, day: str = "") -> bool:
        return row["hired_on"] <= (day or self.day) and self.not_over(row, "left_on", day)

    def in_force(self, row: Answers) -> bool:
        return self.past(row, "valid_from") and self.not_over(row, "valid_to")

    def held(self, row: Answers, is_set: object, days: str, known: str = "") -> bool:
        """Tell whether an answer held on the day: since `DAYS_from` until `DAYS_to`, as now where unknown.

        `known` is another day on which it had begun at the latest.
        """
        first, last = row.get(f"{days}_from"), row.get(f"{days}_to")
        if not is_set and not (last and last > self.day):
            return False
        begun = [day for day in (first, known) if day]
        return not begun or min(begun) <= self.day

    def share(self, area: set[str], kinds: str, having: set[str]) -> Pair:
        there = self.villages(area, kinds)
        return len(there & having), len(there)

    def owners(self, form: str, fits: Callable[[Answers], object]) -> set[str]:
        return {row["owner"] for row in self.of(form) if fits(row)}
