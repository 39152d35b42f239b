"""Where a person stood in the window, kept in the desk's file: to come back to it after a lock or a crash."""

from __future__ import annotations

import msgspec

from hsdesk.deskfile.desk_file import DeskFile

_KEY = "standing"


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page, what it showed, and where on it. `left`: the program was closed there as it should be."""

    page: str
    person: str
    form: str = ""
    record: str = ""
    scope: str = ""
    path: str = ""  # of the field with the focus
    caret: int = 0
    scroll: int = 0
    search: str = ""  # what a register was narrowed by
    title: str = ""  # of the record
    left: bool = False


def keep_standing(file: DeskFile, standing: Standing) -> None:
    """Keep it, in the place of the one before."""
    file.set(_KEY, msgspec.json.encode(standing).decode())


def kept_standing(file: DeskFile) -> Standing | None:
    """Return what was kept last; None where nothing was, or where another program kept it otherwise."""
    try:
        return msgspec.json.decode(file.get(_KEY) or "null", type=Standing | None)
    except msgspec.DecodeError:
        return None
