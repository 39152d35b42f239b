"""A desk in a temporary home, and short ways to type into it as a window does."""

from __future__ import annotations

from pathlib import Path

from hsdesk.desk import Desk, Entry
from hsdesk.model.answer import Value

VILLAGE = "341021101204"  # 歙县深渡镇定潭村
TOWNSHIP = "341021101"  # 歙县深渡镇
PASSPHRASE = "kou-ling-2020"


def new_desk(home: Path, *places: str) -> Desk:
    """Return a fresh desk of these places (default: one village)."""
    desk, _ = Desk.create(home, places or (VILLAGE,), "汪文书", PASSPHRASE)
    return desk


def type_into(desk: Desk, entry: Entry, **answers: Value) -> None:
    """Give answers one by one and save each, as leaving a field does."""
    for path, value in answers.items():
        edit = entry.edit(entry.session.answer(path, value))
        if edit is not None:
            desk.records.save(edit)


def new_organization(desk: Desk, name: str, leader: str) -> str:
    """Return the record of a new organization, typed in."""
    entry = desk.records.entry("social_org")
    type_into(desk, entry, org_name=name, leader=leader, member_n=12, category="1", reg_status="2")
    return entry.record
