"""The forms that come with the program, compiled, so that a laptop never loads the workbook compiler."""

from __future__ import annotations

import csv
from functools import cache

import msgspec

from hsdesk.desk.values import FormInfo
from hsdesk.errors import UsageError
from hsdesk.forms.schema import Form
from hsdesk.model.resource import resource_dir


class ShippedForm(msgspec.Struct, frozen=True):
    """One line of resources/forms/index.csv."""

    form_id: str
    number: str
    title: str
    group: str  # one of the groups a cadre thinks in
    open: bool  # switched on when a desk is made


@cache
def index() -> dict[str, ShippedForm]:
    """Return the shipped forms by form_id, in the order they are shown."""
    path = resource_dir() / "forms" / "index.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {row["form_id"]: _shipped(row) for row in csv.DictReader(lines)}


def _shipped(row: dict[str, str]) -> ShippedForm:
    return ShippedForm(row["form_id"], row["number"], row["title"], row["group"], row["open"] == "1")


def shipped_digest() -> str:
    """Return the digest of all compiled forms together."""
    return (resource_dir() / "forms" / "compiled" / "DIGEST").read_text(encoding="ascii").strip()


@cache
def shipped_form(form_id: str) -> Form:
    """Return one compiled form. Raises UsageError when the program does not carry it."""
    path = resource_dir() / "forms" / "compiled" / f"{form_id}.json"
    if form_id not in index() or not path.is_file():
        raise UsageError("没有“{name}”这张登记表。用 forms list 看有哪些。", name=form_id)
    return msgspec.json.decode(path.read_bytes(), type=Form)


def shipped_forms() -> tuple[Form, ...]:
    """Return every shipped form, compiled."""
    return tuple(shipped_form(form_id) for form_id in index())


def form_named(name: str) -> str:
    """Return the form_id of a name as people give it: the form_id itself or the printed number (F10)."""
    for shipped in index().values():
        if name in (shipped.form_id, shipped.number):
            return shipped.form_id
    return name


def form_info(form: Form, *, count: int = 0, on: bool | None = None, writable: bool = True) -> FormInfo:
    """Return a form as lists show it; number, title and group of shipped forms come from the index."""
    shipped = index().get(form.form_id)
    return FormInfo(
        form_id=form.form_id,
        number=shipped.number if shipped else form.number,
        title=form.title or (shipped.title if shipped else form.form_id),
        version=form.version,
        group=shipped.group if shipped else "其他",
        open=on if on is not None else bool(not shipped or shipped.open),
        cls=form.cls,
        levels=form.levels,
        kind=form.kind,
        writable=writable,
        count=count,
    )


def form_infos() -> tuple[FormInfo, ...]:
    """Return every shipped form as lists show it."""
    return tuple(form_info(form) for form in shipped_forms())
