"""Every rule that the answers of an open record break, in screen order."""

from __future__ import annotations

from collections.abc import Iterable

from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.record import LiveRecord
from hsdesk.forms.live.tree import everything
from hsdesk.forms.views import Finding


def findings_of(record: LiveRecord) -> tuple[Finding, ...]:
    """Return the findings of a record, each node looked at."""
    return KnownFindings(record).all()


class KnownFindings:
    """The findings of a record whose rows stay: after a step only what it touched is looked at again."""

    def __init__(self, record: LiveRecord) -> None:
        self._record = record
        asked = (node for node in everything(record.root) if node.spec.question and not node.spec.in_meta)
        self._order = {node: at for at, node in enumerate(asked)}
        self._found: dict[LiveNode, Finding] = {}
        self._look(self._order)

    def after(self, touched: Iterable[LiveNode]) -> KnownFindings:
        """Return the findings after steps that touched these nodes; a message may quote other answers."""
        later = KnownFindings.__new__(KnownFindings)
        later._record, later._order, later._found = self._record, self._order, dict(self._found)
        later._look({**dict.fromkeys(self._found), **dict.fromkeys(touched)})
        return later

    def _look(self, nodes: Iterable[LiveNode]) -> None:
        checks, found = self._record.checks, self._found
        for node in nodes:
            if node in self._order:
                finding = checks.finding(node) or checks.gone_choice(node)
                if finding is not None:
                    found[node] = finding
                else:
                    found.pop(node, None)

    def all(self) -> tuple[Finding, ...]:
        """Return the findings in screen order."""
        return tuple(self._found[node] for node in sorted(self._found, key=self._order.__getitem__))
