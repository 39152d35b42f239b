"""What a device is not granted, nobody is asked for there.

A person without the right to personal or party data cannot give such an answer, nor say whether a condition
that reads one holds: it is the affair of whoever has that right. The same goes for a choice from a register
that this device does not hold (此处不知).
"""

from __future__ import annotations

from hsdesk.forms.host import FormHost
from hsdesk.forms.live.plan import Plan
from hsdesk.forms.live.reading import answers_read, governing
from hsdesk.forms.live.spec import FormNode, FormulaKind
from hsdesk.model.answer import Class


class Withheld:
    """The classes of data of one form that a device does not hold of a place, and what hangs on them."""

    def __init__(self, plan: Plan, host: FormHost) -> None:
        self._plan = plan
        self._classes: frozenset[Class] = frozenset(cls for cls in plan.classes if not host.holds(cls))
        self._known: dict[tuple[FormNode, FormulaKind], bool] = {}

    def is_closed(self, spec: FormNode) -> bool:
        """Tell whether an answer is of a class that is not held here."""
        return spec.cls in self._classes

    def hides(self, spec: FormNode, kind: FormulaKind) -> bool:
        """Tell whether an answer, or a rule of a kind about it, hangs on what is not held here."""
        if not self._classes:
            return False
        found = self._known.get((spec, kind))
        if found is None:
            read = answers_read(self._plan, governing(spec, kind))
            found = self.is_closed(spec) or any(map(self.is_closed, read))
            self._known[spec, kind] = found
        return found
