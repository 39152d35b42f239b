"""What the author of an open record has to know of what others did, beyond the values he sees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from hsdesk.desk.values import Look
from hsdesk.forms.views import FormChanges

Kind = Literal["", "answers", "deleted", "merged", "moved", "form", "gone", "closed"]


@dataclass(frozen=True)
class News:
    """The weightiest thing that happened; `paths` are the answers that changed in view."""

    kind: Kind = ""
    paths: tuple[str, ...] = ()


def news(before: Look, now: Look, changes: FormChanges, asked: Collection[str]) -> News:
    """Return what a person has to be told when what the desk shows of his record has changed.

    `asked`: the answers that have a question of their own, which says it.
    """
    if now.merged_into and now.merged_into != before.merged_into:
        return News("merged")
    if now.deleted and now.deleted != before.deleted:
        return News("deleted")
    if now.version != before.version:
        return News("form")
    if now.place.id != before.place.id:
        return News("moved")
    if before.writable and not now.writable:
        return News("closed")
    differing = {path for path in {*before.answers, *now.answers} if _differs(before, now, path)}
    paths = tuple(path for path in changes.values if path in differing and path not in asked)
    return News("answers", paths) if paths or changes.rows else News()


def _differs(before: Look, now: Look, path: str) -> bool:
    return before.answers.get(path) != now.answers.get(path)
