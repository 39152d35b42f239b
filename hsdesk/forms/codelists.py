"""Code lists (代码表): those the program carries as CSV files, and those the city server put in their place.

A list is a table of codes: `name`, `label` and further columns. Of these `valid_from` and `valid_to` (ISO
days, empty where open) say when a code may be chosen: a withdrawn code (停用) stays in its list, valid and
readable where it was chosen before, but is not offered any more.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import msgspec

from hsdesk.forms.host import BareHost
from hsdesk.forms.schema import Choice, Form, Label, Question, questions
from hsdesk.model.resource import resource_dir

# The directory of places, and the place and person of the record at hand: instances that are no registers.
STATIC_INSTANCES = frozenset({"places", "here"})
COUNT = "count."  # `instance('count.NAME')`: one item, whose `value` is the figure of a named count
VALID_FROM = "valid_from"
VALID_TO = "valid_to"

Choices = tuple[Choice, ...]
_rows_of = msgspec.json.Decoder(tuple[dict[str, str], ...]).decode


@cache
def code_lists() -> frozenset[str]:
    """Return the names of the code lists of this program; the city can change their codes, not add lists."""
    return frozenset(path.stem for path in (resource_dir() / "codelists").glob("*.csv"))


@cache
def shipped_list(name: str) -> Choices | None:
    """Return the choices of a shipped code list in the order of the file; None when there is no such list."""
    if name not in code_lists():
        return None
    with (resource_dir() / "codelists" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return tuple(map(_choice, csv.DictReader(lines)))


class CodeLists:
    """The code lists as they hold for a desk or a server: received ones in place of the shipped."""

    def __init__(self, received: Mapping[str, Choices] | None = None) -> None:
        self._received = dict(received or {})
        self._labels: dict[str, dict[str, str]] = {}

    def choices(self, name: str) -> Choices | None:
        """Return every code of a list, withdrawn ones too; None when there is no such list."""
        return self._received.get(name) or shipped_list(name)

    def labels(self, name: str) -> Mapping[str, str]:
        """Return the label of each code of a list; empty when there is no such list."""
        if name not in self._labels:
            self._labels[name] = {one.value: one.label.plain() for one in self.choices(name) or ()}
        return self._labels[name]


SHIPPED_LISTS = CodeLists()


class ListHost(BareHost):
    """A host that knows the code lists and nothing else: enough for what a register table keeps."""

    def __init__(self, lists: CodeLists = SHIPPED_LISTS) -> None:
        self._lists = lists

    def choices(self, list_name: str) -> Sequence[Choice]:
        return self._lists.choices(list_name) or ()


def is_offered(choice: Choice, day: str) -> bool:
    """Tell whether a code may be chosen on a day (ISO text).

    >>> is_offered(Choice("1", extra={"valid_to": "2026-07-01"}), "2026-07-01")
    False
    """
    until = choice.extra.get(VALID_TO, "")
    return choice.extra.get(VALID_FROM, "") <= day and (not until or day < until)


def list_body(choices: Iterable[Choice]) -> bytes:
    """Return a list as it travels; equal lists have equal bodies.

    >>> list_body([Choice("1", Label({"": ("公益",)}))]).decode()
    '[{"name":"1","label":"公益"}]'
    """
    return msgspec.json.encode([columns_of(choice) for choice in choices])


def read_list(body: bytes) -> Choices:
    """Return the choices in the JSON of a list (`list_body`). Raises msgspec's errors for other bytes."""
    return tuple(map(_choice, _rows_of(body)))


def columns_of(choice: Choice) -> dict[str, str]:
    """Return a choice as a row of its list."""
    return {"name": choice.value, "label": choice.label.plain(), **choice.extra}


def digest_of(body: bytes) -> str:
    """Return the digest of a body of the reference stream: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(body).hexdigest()[:16]


def keeps_labels_of(form: Form, names: frozenset[str]) -> bool:
    """Tell whether rows of a form keep labels of these lists, in title, search or sums: then remake them."""
    return any(_retold(question, names) for question in questions(form.children, into_repeats=True)) or any(
        name in form.instance_name for name in names
    )


def _retold(question: Question, names: frozenset[str]) -> bool:
    if question.list_name in names and (question.hs.title or question.hs.search):
        return True
    said = question.calculation
    return "choice-name" in said or any(f"'{name}'" in said or f'"{name}"' in said for name in names)


def _choice(row: Mapping[str, str]) -> Choice:
    extra = {column: text for column, text in row.items() if column not in ("name", "label") and text}
    return Choice(value=row["name"], label=Label({"": (row["label"],)}), extra=extra)
