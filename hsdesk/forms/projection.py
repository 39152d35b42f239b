"""The effective row of a record: what a register's typed table holds."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hsdesk.forms.host import Host
from hsdesk.forms.schema import Form
from hsdesk.model.op import Value


class RosterRow(msgspec.Struct, frozen=True):
    """One row of a roster (子表) with its effective answers; `pos` is its order key."""

    row_id: str
    pos: str
    row: dict[str, Value]
    rosters: dict[str, tuple[RosterRow, ...]] = {}


class Projection(msgspec.Struct, frozen=True):
    """Effective answers by key (None where not relevant), rosters by key, title and what a search finds."""

    row: dict[str, Value]
    rosters: dict[str, tuple[RosterRow, ...]]
    title: str
    search: tuple[str, ...]


def project(form: Form, answers: Mapping[str, Value], host: Host) -> Projection:
    """Return the effective row of a record given its answers by storage path."""
    raise NotImplementedError
