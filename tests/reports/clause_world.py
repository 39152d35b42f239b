"""Five desks of four levels that type everything the policy asks for, synced through one real city ledger."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from city import Made
from clause_records import CHANGED_AFTERWARDS, PLACES, Item, items
from sync_world import MemoryCarrier, caller, prepared_service

from hsdesk.city.people.permission import Role
from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import DeskFinding
from hsdesk.model.place import load_directory
from hsdesk.reports.content import Summary
from hsdesk.reports.indicators import IndicatorValue
from hsdesk.sync.loop import synchronise

DIRECTORY = load_directory()
ROLES: Mapping[str, Role] = {
    "village": "village", "community": "village", "township": "township", "county": "county", "city": "city",
}  # fmt: skip


class Typed(NamedTuple):
    """A record as it was taken: its id, and what `add` refused of it ("" for nothing)."""

    item: Item
    record: str
    refused: str


class Clauses:
    """The desks, what they typed, and their figures before and after."""

    def __init__(self, folder: Path) -> None:
        self.service = prepared_service(f"sqlite:///{folder}/server/city.db", folder / "server")
        self.desks = {
            name: Desk.create(folder / name, [code], "汪文书", "kou-ling-2020")[0]
            for name, code in PLACES.items()
        }
        self.ids: dict[str, str] = {}
        self.typed: list[Typed] = []
        self._sync_one("city")
        self.before = self.figures("city")
        self._type_everything()
        self.after = {name: self.figures(name) for name in self.desks}
        self._findings: dict[str, tuple[DeskFinding, ...]] = {}
        self._papers: dict[tuple[str, str], tuple[Summary, ...]] = {}

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()
        self.service.database.close()

    def sync(self) -> None:
        """Let each desk send, then let each take what the others sent."""
        for _ in range(2):
            for name in self.desks:
                self._sync_one(name)

    def _sync_one(self, name: str) -> None:
        desk, scope = self.desks[name], DIRECTORY.by_code(PLACES[name]).id
        who = caller(self.service, desk._file.device_id(), ROLES[name], scope)
        synchronise(desk._file, MemoryCarrier(self.service, who))
        desk._opened.read_standing()

    def figures(self, name: str) -> dict[str, IndicatorValue]:
        return {one.id: one for one in self.desks[name].reports.indicators()}

    def _type_everything(self) -> None:
        turn = 0
        for item in items():
            if item.turn > turn:
                self.sync()
                turn = item.turn
            self._type(item)
        for desk, register, record, answers in CHANGED_AFTERWARDS:
            content = {"_id": self._meant(record), **self._meant(answers)}
            assert self.desks[desk].bulk.edit(register, [JsonRecord(1, content)]).rejected == ()
        self.sync()

    def _type(self, item: Item) -> None:
        content = self._meant(item.content)
        stored = self.desks[item.desk].bulk.add(item.register, [JsonRecord(1, content)], PLACES[item.desk])
        refused = "; ".join(f"{one.field}: {one.reason}" for one in stored.rejected)
        self.ids[item.name] = record = stored.ids[0] if stored.ids else ""
        self.typed.append(Typed(item, record, refused))

    def _meant(self, value: Any) -> Any:
        """Return content with the ids of the records it names."""
        match value:
            case str() if value.startswith("@"):
                return self.ids.get(value[1:], "")
            case list():
                return [self._meant(one) for one in value]
            case dict():
                return {key: self._meant(one) for key, one in value.items()}
        return value

    def of(self, register: str) -> list[Typed]:
        return [one for one in self.typed if one.item.register == register]

    def findings(self, name: str) -> tuple[DeskFinding, ...]:
        """Return what a desk finds in the registers that it fills."""
        if name not in self._findings:
            reports = self.desks[name].reports
            filled = {one.item.register for one in self.typed if one.item.desk == name}
            asked = ("",) if ROLES[name] == "village" else sorted(filled)  # upper desks hold much more
            self._findings[name] = tuple(one for form_id in asked for one in reports.findings(form_id))
        return self._findings[name]

    def paper(self, name: str, print_out: str) -> tuple[Summary, ...]:
        if (name, print_out) not in self._papers:
            self._papers[name, print_out] = self.desks[name].reports.build(print_out)
        return self._papers[name, print_out]

    def made(self) -> list[Made]:
        """Return all records with their answers as the desks that typed them keep them."""
        found = []
        for one in self.typed:
            entry = self.desks[one.item.desk].records.entry(one.item.register, one.record)
            place = DIRECTORY.by_code(PLACES[one.item.desk]).id
            found.append(Made(place, one.item.register, one.record, dict(entry.session.answers())))
        return found
