# ruff: noqa: E501  # one line for each kind of record
"""A deterministic invented city: every register that the indicators read, at any size."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from shipped_world import DIRECTORY

from hsdesk.model.answer import Value
from hsdesk.model.place import Place

Row = dict[str, Value]
FIRST, LAST = date(2014, 1, 1), date(2027, 6, 30)
RECENT = date(2026, 9, 30)  # so that the present month and quarter hold something


class City:
    """Rows of registers by name; the same seed and villages give the same rows."""

    def __init__(self, villages: Sequence[Place], seed: int = 2020) -> None:
        self._random = random.Random(seed)
        self._count = 0
        self.rows: dict[str, list[Row]] = {}
        self.villages = tuple(villages)
        self.communities = [place.id for place in villages]
        for village in villages:
            self._village(village)
        townships = {village.parent for village in villages}
        for township in sorted(townships):
            self._township(township)
        for county in sorted({DIRECTORY.by_id(township).parent for township in townships}):
            self._county(county)
        self._city(DIRECTORY.by_code("341000").id)

    def add(self, register: str, place: str, **answers: Value) -> str:
        self._count += 1
        record = f"{register}-{self._count}"
        own = {"_id": record, "_place": place, "_title": record}
        filled = {key: value for key, value in answers.items() if value not in (None, "", ())}
        self.rows.setdefault(register, []).append(own | filled)
        return record

    def day(self, chance: float = 1.0) -> str | None:
        if self._random.random() >= chance:
            return None
        if self._random.random() < 0.2:
            return (RECENT + timedelta(days=self._random.randrange(60))).isoformat()
        return (FIRST + timedelta(days=self._random.randrange((LAST - FIRST).days))).isoformat()

    def one(self, codes: str) -> str:
        return self._random.choice(codes.split())

    def some(self, ids: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(sorted(self._random.sample(ids, min(len(ids), self._random.randrange(1, most + 1)))))

    def below(self, place: str) -> list[str]:
        """Return the villages of this world that lie below a place: those its records may name."""
        return [one for one in self.communities if place in {up.id for up in DIRECTORY.ancestors(one)}]

    @staticmethod
    def county(place: str) -> str:
        return next(up.id for up in DIRECTORY.ancestors(place) if up.level == "county")

    def number(self, least: int, most: int) -> int:
        return self._random.randint(least, most)

    def stands(self, entry: Row, day: str) -> bool:
        """Tell whether points of the day's quarter count: no reversal, not reversed by one that stands."""

        def reversals(record: object) -> list[Row]:
            past = [one for one in self.rows["point_ledger"] if str(one["happened_on"]) <= day]
            return [one for one in past if one.get("reverse_of") == record]

        undone = [one for one in reversals(entry["_id"]) if not reversals(one["_id"])]
        first = f"{day[:4]}-{(int(day[5:7]) - 1) // 3 * 3 + 1:02d}-01"
        return first <= str(entry["happened_on"]) <= day and not entry.get("reverse_of") and not undone

    def _village(self, village: Place) -> None:
        place, kind = village.id, village.community_kind
        if self._random.random() < 0.05:
            kind = "C" if kind == "N" else "N"  # changed by the county
        households = self.number(100, 1500)
        self.add(
            "community", place, community_kind=kind, hh_registered=households, pop_resident=households * 3,
            uscc="x" if self.number(0, 9) else None,
        )  # fmt: skip
        for _ in range(self.number(0, 12)):
            self._organization(place)
        workers = [self._worker(place) for _ in range(self.number(1, 6))]
        self.workers = workers
        for _ in range(self.number(1, 5)):
            form = self.one("0 1 2 3")
            self.add(
                "grid", place, valid_from=self.day(), valid_to=self.day(0.3), party_form=form,
                grid_leader="someone" if self.number(0, 2) else None,
            )  # fmt: skip
        for body in range(self.number(0, 8)):
            self.add(
                "self_gov_body", place, body_type=str(1 + body % 6), chair="x" if self.number(0, 3) else None,
                members_n=self.number(2, 7), set_on=self.day(), term_years=self.number(1, 5),
            )  # fmt: skip
        for _ in range(self.number(0, 3)):
            self.add(
                "charter", place, charter_type=self.one("1 2 3"), status=self.one("1 2 3"),
                published=self.one("0 1"), passed_on=self.day(),
            )  # fmt: skip
        for _ in range(self.number(0, 6)):
            self.add(
                "deliberation", place, meeting_type=self.one("1 2 4 5 6 8"), held_on=self.day(), status=self.one("1 5 8"),
            )  # fmt: skip
        self._services(place)

    def _organization(self, place: str) -> None:
        status, hub = self.one("1 2 2 2 3 4 8 9"), self.one("0 0 0 1")
        filed = self.day() if status in "1289" else None
        self.add(
            "social_org", place, reg_status=status, filed_on=filed, is_hub=hub,
            cancelled_on=self.day(0.9) if status == "9" else None,
            hub_covers=self.some(self.below(self.county(place)), 3) if hub == "1" else (),
        )  # fmt: skip

    def _worker(self, place: str) -> str:
        return self.add(
            "worker", place, below_college=self.one("0 1"), is_sw=self.one("0 0 1"), sw_cert=self.one("0 0 1 2"), is_staff=self.one("0 1 1"),
            hired_on=self.day(), left_on=self.day(0.3), salary_month=self.number(20, 50) * 100,
        )  # fmt: skip

    def _services(self, place: str) -> None:
        for _ in range(self.number(0, 3)):
            points = self.add("point_ledger", place, happened_on=self.day(), points=self.number(1, 9))
            for _ in range(self.number(0, 2)):  # reversed, and the reversal again
                points = self.add(
                    "point_ledger",
                    place,
                    happened_on=self.day(),
                    points=self.number(-9, -1),
                    reverse_of=points,
                )
            self.add("open_venue", place, plaque=self.one("0 1"))
            self.add("volunteer", place, reg_on=self.day())
            self.add(
                "vol_activity", place, sw_led=self.one("0 1"), start_at=f"{self.day()}T19:30:00.000+08:00"
            )
            member = self.add("member_checkin", place, checkin_kind=self.one("1 1 2"), checkin_on=self.day())
            if self.number(0, 2):
                self.add("member_checkin/services", place, _record=member, service_on=self.day())
            self.add("party_org", place, linked_unit="x" if self.number(0, 1) else None)
            self.add("pledge", place, year=self.number(2024, 2026), status=self.one("0 1 2 3 4 5"))
            holders = tuple(f"m{number}" for number in range(self.number(0, 3)))
            self.add("post", place, quota=self.number(1, 4), holders=holders)
            self.add(
                "facility", place, status=self.one("1 1 2 3"), kind=self.one("1 4 8 10"), op_mode=self.one("1 2 3 4"),
                area=self.number(50, 900), resident_area=self.number(10, 50),
                part_of="other" if self.number(0, 3) == 0 else None,
            )  # fmt: skip
            item = f"item-{self.number(1, 4)}" if self.number(0, 2) else None
            hit = None if item else self.one("0 1")
            self.add(
                "seal_use", place, date=self.day(), handled=self.one("1 2"), item=item, forbidden_text=hit
            )

    def _township(self, place: str) -> None:
        for _ in range(self.number(1, 4)):
            self.add(
                "org_support", place, support_type=self.one("1 2 3 4"), amount_yuan=self.number(1, 90) * 1000,
                start_on=self.day(),
            )  # fmt: skip
            project = self.add(
                "tri_project", place, status=self.one("1 2 2"), level=self.one("2 3 4"), paid_wan=self.number(1, 30),
                start_on=self.day(), end_on=self.day(0.7), communities=self.some(self.below(place), 4),
            )  # fmt: skip
            if self.number(0, 1):
                self.add("project_eval", DIRECTORY.by_id(place).parent, project=project, eval_on=self.day())

    def _county(self, place: str) -> None:
        for kind in ["1", "2", "3", "4", "5", "6", "7", "7", "7", "8", "10", "10"]:
            stage = self.one("3 5 5")
            self.add(
                "pilot", place, pilot_kind=kind, level=self.one("2 2 3"), stage=stage, year=self.number(2024, 2026),
                accepted_on=self.day() if stage == "5" else None, due_on=self.day(),
                accept_result=self.one("1 1 3") if stage == "5" else None, units=self.some(self.below(place), 4),
                **{part: self.one("0 1") for part in ("c4_1", "c4_2", "c4_3", "c4_4", "portal", "platform")},
            )  # fmt: skip
        for worker in [str(row["_id"]) for row in self.rows["worker"] if self.number(0, 1)]:
            self.add(
                "training", place, worker=worker, kind=self.one("1 1 2"), result=self.one("1 2 2 3"),
                target_edu=self.one("31 21"), start_on=self.day(), end_on=self.day(0.7),
            )  # fmt: skip
        for _ in range(5):
            self.add("vol_award", place, date=self.day())
        self.add("access_item", place, forbidden_code="01")

    def _city(self, place: str) -> None:
        for number in range(4):
            code = None if number == 3 else f"0{number + 1}"
            self.rows["access_item"].append(
                {"_id": f"item-{number + 1}", "_place": place, "_title": ""}
                | ({"forbidden_code": code} if code else {})
            )
        for kind in ["1", "2", "3", "4", "9"]:
            self.add("policy_doc", place, kind=kind, status=self.one("1 4 4"), issued_on=self.day())
        for _ in range(12):
            task = self.add("task", place)
            for _ in range(self.number(0, 2)):
                self.add(
                    "task_progress",
                    self._random.choice(self.communities),
                    task=task,
                    status=self.one("0 1 2"),
                    period=self.one("2019 2020Q3 2020Q4 2023H2 2026M03 2026Q3 2027"),
                )
