"""A host for the shipped forms over records kept in memory: what a desk answers, without a file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from hsdesk.desk.json_records import ReferenceReading, fill
from hsdesk.forms.codelists import shipped_list
from hsdesk.forms.host import BareHost
from hsdesk.forms.schema import Choice, Form, Label, Question, questions
from hsdesk.forms.session import Session
from hsdesk.forms.views import Finding
from hsdesk.model.answer import Value
from hsdesk.model.place import Place, load_directory, place_row
from hsdesk.model.resource import resource_dir

DIRECTORY = load_directory()
NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
DEMO_ORDER = (
    "party_org", "grid", "grid_staff", "party_member", "social_org", "org_activity", "worker", "community",
)  # fmt: skip
DEMO_PLACES = ("341021101204", "341002001001")


@cache
def shipped(form_id: str) -> Form:
    """Return a shipped form as the program carries it."""
    return msgspec.json.decode(
        (resource_dir() / "forms" / "compiled" / f"{form_id}.json").read_bytes(), type=Form
    )


def demo_lines(code: str, register: str) -> list[dict[str, object]]:
    """Return the sample records of a place."""
    path: Path = resource_dir() / "demo" / code / f"{register}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Village:
    """The registers of one place, filled through sessions."""

    def __init__(self, code: str) -> None:
        self.place: Place = DIRECTORY.by_code(code)
        self.rows: dict[str, list[dict[str, str]]] = {}
        self.values: dict[str, list[dict[str, Value]]] = {}
        self.findings: list[tuple[str, Finding]] = []
        self._count = 0

    def session(self, register: str, record: str = "", answers: Mapping[str, Value] | None = None) -> Session:
        return Session(shipped(register), VillageHost(self, record), answers)

    def add(self, register: str, content: Mapping[str, object]) -> Session:
        """Fill a form as `add` does and keep the record."""
        self._count += 1
        record = f"{self.place.code}-{register}-{self._count}"
        session = self.session(register, record)
        fill(session, content, ReferenceReading(self.find, _no_file))
        self.findings.extend((register, finding) for finding in session.validate())
        self.keep(register, record, session)
        return session

    def keep(self, register: str, record: str, session: Session) -> None:
        effective = {path: value for path, value in session.effective().items() if "/" not in path}
        form = shipped(register)
        titled = (effective.get(question.key) for question in questions(form.children) if question.hs.title)
        title = " ".join(_text(value) for value in titled if value is not None)
        row = dict.fromkeys((question.key for question in questions(form.children)), "")
        row |= {key: _text(value) for key, value in effective.items()}
        self.rows.setdefault(register, []).append(row | {"_id": record, "_title": title})
        own = {"_id": record, "_place": self.place.id, "_title": title}
        self.values.setdefault(register, []).append(effective | own)

    def find(self, question: Question, wanted: str) -> str:
        register = question.reference
        if register == "places":
            found = DIRECTORY.get(wanted)
            return found.id if found else DIRECTORY.by_code(wanted).id
        return next(row["_id"] for row in self.rows[register] if wanted in (row["_id"], row["_title"]))

    def add_demo(self) -> None:
        for register in DEMO_ORDER:
            for content in demo_lines(self.place.code, register):
                self.add(register, content)


class VillageHost(BareHost):
    def __init__(self, village: Village, record: str) -> None:
        self._village = village
        self._record = record

    def now(self) -> dt.datetime:
        return NOW

    def username(self) -> str:
        return "汪丽"

    def choices(self, list_name: str) -> Sequence[Choice]:
        listed = shipped_list(list_name)
        if listed is not None:
            return listed
        keys = ("name", "label") if list_name == "places" else ("_id", "_title")
        return tuple(_choice(row, *keys) for row in self.rows(list_name) or ())

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        listed = shipped_list(instance)
        if listed is not None:
            return tuple({"name": item.value, "label": item.label.plain(), **item.extra} for item in listed)
        if instance == "places":
            return tuple(place_row(DIRECTORY, place) for place in DIRECTORY)
        if instance == "here":
            here = place_row(DIRECTORY, self._village.place)
            return ({**here, "person": "汪丽", "record": self._record},)
        return tuple(self._village.rows.get(instance, ()))


def _no_file(_: Question, text: str) -> str:
    raise AssertionError(f"no file is attached in memory: {text}")


def _choice(row: Mapping[str, str], value: str, label: str) -> Choice:
    return Choice(row[value], Label({"": (row[label],)}), dict(row))


def _text(value: Value) -> str:
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, tuple) else str(value)
