"""What installing a form by hand would replace, told before it is done (登记表换版)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from hsdesk.forms.schema import Form
from hsdesk.forms.versions import VersionChange, by_place, changes_between

Kind = Literal["new", "same", "later", "rewritten", "earlier", "foreign"]
_SHARE = 4  # a version keeps at least one in so many of the questions before it
_NAMED = 5  # questions named in a sentence; of more their number is told
_PIECES = re.compile(r"\d+|\D+")


class Replacement(msgspec.Struct, frozen=True):
    """What a form is to the one installed under its `form_id`, and which answers change.

    new        nothing stands there                      same       it says what the installed one says
    later      a later version of it                     earlier    an earlier version of it
    rewritten  the same version with other content       foreign    hardly any question in common
    """

    kind: Kind
    change: VersionChange = VersionChange()

    @property
    def words(self) -> str:
        """What would change, as one sentence of Chinese; "" when no question comes, goes or widens."""
        change = self.change
        pieces = (
            _listed("新增", change.added),
            _listed("去掉", change.removed, "（已填的留在旧栏目里）"),
            _listed("改名", tuple(f"{old}→{new}" for old, new in change.renamed.items())),
            _listed("放宽", change.widened),
            _listed("改为必填", change.todo),
        )
        return "；".join(piece for piece in pieces if piece)


def _listed(what: str, names: Sequence[str], tail: str = "") -> str:
    if not names:
        return ""
    more = "等" if len(names) > _NAMED else ""
    return f"{what} {len(names)} 栏：{'、'.join(names[:_NAMED])}{more}{tail}"


def replacement(old: Form | None, new: Form) -> Replacement:
    """Return what installing `new` would do to the form installed under its `form_id`."""
    if old is None:
        return Replacement("new")
    change = changes_between(old, new)
    return Replacement(_kind(old, new, change), change)


def _kind(old: Form, new: Form, change: VersionChange) -> Kind:
    asked = sum(1 for _scope in by_place(old.children))
    if (asked - len(change.removed)) * _SHARE < asked:
        return "foreign"
    if old.version == new.version:
        return "same" if _content(old) == _content(new) else "rewritten"
    return "earlier" if version_order(new.version) < version_order(old.version) else "later"


def _content(form: Form) -> Form:
    """Return a form without the workbook it came from and the codes that its versions collected."""
    return msgspec.structs.replace(form, doc="", withdrawn={})


def version_order(version: str) -> list[tuple[int, int, str]]:
    """Return a key by which versions stand in order, numbers in them by their size.

    >>> sorted(["2026.10", "2026.9", "10", "9"], key=version_order)
    ['9', '10', '2026.9', '2026.10']
    """
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in _PIECES.findall(version)]
