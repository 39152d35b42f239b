"""The forms that come with the program, compiled, so that a laptop never loads the workbook compiler.

`resources/forms/index.csv` lists them. Its column `open` says where each stands when a desk is made: `1`
open; empty folded away (there, counted and checked, not on the screen); `off` not there at all: it is not
read, has no tables and is in no check until it is switched on, by the person at the desk or by the city.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from functools import cache
from typing import cast

import msgspec

from hsdesk.errors import UsageError
from hsdesk.forms.schema import Form, Level
from hsdesk.model.answer import Class
from hsdesk.model.resource import resource_dir

_OFF = "off"
_form_of = msgspec.json.Decoder(Form).decode


class ShippedForm(msgspec.Struct, frozen=True):
    """One line of resources/forms/index.csv."""

    form_id: str
    number: str
    title: str
    group: str  # one of the groups a cadre thinks in
    open: bool  # on the screen when a desk is made
    is_off: bool  # not there until it is switched on
    cls: Class
    levels: tuple[Level, ...]  # who fills it, the first before all


@cache
def index() -> dict[str, ShippedForm]:
    """Return the shipped forms by form_id, in the order they are shown."""
    path = resource_dir() / "forms" / "index.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {row["form_id"]: _shipped(row) for row in csv.DictReader(lines)}


def _shipped(row: dict[str, str]) -> ShippedForm:
    return ShippedForm(
        row["form_id"],
        row["number"],
        row["title"],
        row["group"],
        row["open"] == "1",
        row["open"] == _OFF,
        cast(Class, row["class"]),
        cast("tuple[Level, ...]", tuple(row["level"].split())),
    )


def is_off(form_id: str) -> bool:
    """Tell whether this is a form of the program that is not there until it is switched on."""
    known = index().get(form_id)
    return known is not None and known.is_off


def shipped_digest() -> str:
    """Return the digest of all compiled forms together."""
    return (resource_dir() / "forms" / "compiled" / "DIGEST").read_text(encoding="ascii").strip()


@cache
def shipped_form(form_id: str) -> Form:
    """Return one compiled form. Raises UsageError when the program does not carry it."""
    path = resource_dir() / "forms" / "compiled" / f"{form_id}.json"
    if form_id not in index() or not path.is_file():
        raise UsageError("没有“{name}”这张登记表。用 forms list 看有哪些。", name=form_id)
    return _form_of(path.read_bytes())


def shipped_forms(switched_on: Collection[str] = ()) -> tuple[Form, ...]:
    """Return the shipped forms that are there from the start, and those of the others that are named."""
    return tuple(
        shipped_form(one.form_id) for one in index().values() if not one.is_off or one.form_id in switched_on
    )


def every_form() -> tuple[Form, ...]:
    """Return every shipped form, those that are off too."""
    return shipped_forms(index())


def form_named(name: str) -> str:
    """Return the form_id of a name as people give it: the form_id itself or the printed number (F10)."""
    for shipped in index().values():
        if name in (shipped.form_id, shipped.number):
            return shipped.form_id
    return name
