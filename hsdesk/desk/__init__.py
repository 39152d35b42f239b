"""The desk (工作台): the only door to local data for windows and the command line.

`Desk` and `Entry` are loaded when they are first asked for: a window needs the values of this package
before it needs a desk.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hsdesk.desk.desk import Desk
    from hsdesk.desk.entry import Entry

__all__ = ["Desk", "Entry"]

_HOMES = {"Desk": "hsdesk.desk.desk", "Entry": "hsdesk.desk.entry"}


def __getattr__(name: str) -> object:
    """Load a class of this package when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
