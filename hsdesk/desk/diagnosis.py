"""What a technician needs to know of a desk (诊断信息): versions, sizes and counts; nothing of a person."""

from __future__ import annotations

import platform
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from hsdesk import __version__
from hsdesk.desk.values import Status


def diagnosis(status: Status, home: Path, versions: Mapping[str, str]) -> str:
    """Return the text of a diagnostic file; `versions` are those of the window's own libraries.

    Places are told by number and level, registers by their form: no name, no answer, no address of a person
    or server, and no path, as that may hold the name of who uses the computer.
    """
    told: dict[str, object] = {
        "program": __version__,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "libraries": {"msgspec": msgspec.__version__, "sqlite": sqlite3.sqlite_version, **versions},
        "places": [place.level for place in status.places],
        "enrolled": bool(status.server),
        "last_sync": status.last_sync,
        "read_only": status.read_only,
        "waiting": {
            "ops": status.waiting,
            "set_aside": status.set_aside,
            "conflicts": status.conflicts,
            "drafts": status.drafts,
            "attachments": status.attachments,
            "definitions": len(status.definitions),
        },
        "registers": {
            info.form_id: {"version": info.version, "records": info.count} for info in status.registers
        },
        "files": {one.name: one.stat().st_size for one in sorted(home.glob("desk.*"))},
        "backups": len(list((home / "backups").glob("*"))),
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1).decode() + "\n"
