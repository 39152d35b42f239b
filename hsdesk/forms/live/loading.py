"""Putting stored answers into a fresh tree, and the values that a first opening brings."""

from __future__ import annotations

from collections.abc import Mapping

from hsdesk.forms.host import FormHost
from hsdesk.forms.live.node import LiveNode, inside
from hsdesk.forms.live.tree import TreeBuilder, everything
from hsdesk.forms.types import seen
from hsdesk.language.values import Value as Seen
from hsdesk.model.answer import DELETED, POSITION, Value


class AnswerLoader:
    """Fills the nodes of one tree."""

    def __init__(self, grower: TreeBuilder, host: FormHost) -> None:
        self.grower = grower
        self.host = host

    def load(self, answers: Mapping[str, Value]) -> None:
        """Make the roster rows named in the paths, then set the answers; unknown paths are left out."""
        rows = rows_in(answers)
        for place in sorted(rows, key=lambda place: place.count("/")):
            self._add_rows(place, rows[place])
        by_place = self.grower.by_place
        for path, value in answers.items():
            node = by_place.get(path)
            if node is not None and node.spec.stored and node.spec.question is not None:
                node.value = seen(node.spec.question, value)

    def _add_rows(self, place: str, rows: dict[str, str]) -> None:
        template = self.grower.by_place.get(place)
        if template is None or not template.spec.repeat or template.row:
            return
        parent: LiveNode = template.parent
        for row_id, pos in sorted(rows.items(), key=lambda entry: (entry[1], entry[0])):
            node = self.grower.row(template.spec, parent, inside(parent), row_id)
            node.pos = pos
            parent.append(node)
            self.blank(node)

    @staticmethod
    def blank(top: LiveNode) -> None:
        """Empty the answers at and below a node: a stored record does not get the defaults of a new one."""
        for node in everything(top):
            if node.spec.stored:
                node.value = ""

    def preload(self, top: LiveNode) -> None:
        """Set what a first opening, or a new row, brings: start, today, device, id.

        Of a class that this device does not hold it brings nothing, no default either.
        """
        for node in everything(top):
            if node.spec.stored and not self.host.holds(node.spec.cls):
                node.value = ""
            value = self.preloaded(node)
            if value != "":
                node.value = value

    def preloaded(self, node: LiveNode) -> Seen:
        """Return what a first opening brings to a node, "" for nothing."""
        question = node.spec.question
        is_asked = question is not None and self.host.holds(node.spec.cls)
        match question.preload if question is not None and is_asked else "":
            case "timestamp start":
                return self.host.now()
            case "date today":
                return self.host.now().date()
            case "property username":
                return self.host.username()
            case "property deviceid" | "property uri:deviceid":
                return self.host.device_id()
            case "uid":
                return f"uuid:{self.host.new_id()}"
        return ""


def rows_in(answers: Mapping[str, Value]) -> dict[str, dict[str, str]]:
    """Return the living rows of every roster: roster path → row id → order key.

    >>> rows_in({"m/2/_pos": "b", "m/1/x": 1, "m/3/x": 1, "m/3/_deleted": "错"})
    {'m': {'2': 'b', '1': ''}}
    """
    rows: dict[str, dict[str, str]] = {}
    gone: list[tuple[str, str]] = []
    for path, value in answers.items():
        row, slash, field = path.rpartition("/")
        while slash:
            roster, _, row_id = row.rpartition("/")
            found = rows.setdefault(roster, {})
            found.setdefault(row_id, "")
            if field == POSITION:
                found[row_id] = str(value or "")
            elif field == DELETED and value is not None:
                gone.append((roster, row_id))
            row, slash, field = roster.rpartition("/")
    for roster, row_id in gone:
        rows[roster].pop(row_id, None)
    return rows
