"""A record as the screen shows it."""

from __future__ import annotations

from hsdesk.forms.live.node import LiveNode, counted_rows
from hsdesk.forms.live.record import LiveRecord
from hsdesk.forms.live.spec import FormNode
from hsdesk.forms.schema import Group, Repeat
from hsdesk.forms.types import kept, type_of
from hsdesk.forms.views import Field, LayoutItem, NodeView, Roster, RosterLine, Section


class Screen:
    """Reads one record for the window."""

    def __init__(self, record: LiveRecord) -> None:
        self.record = record
        order = record.plan.form.order
        self.order = {path: place for place, path in enumerate(order)}

    def view(self, node: LiveNode) -> NodeView:
        """Return one answer as a field shows it."""
        question = node.spec.question
        assert question is not None
        texts, is_closed = self.record.texts, self.record.checks.withheld.is_closed(node.spec)
        if node.problem is None:
            node.problem = self.record.checks.problem(node)
        return NodeView(
            path=node.place,
            question=question,
            value=kept(question, node.value),
            relevant=node.relevant,
            required=node.required and not is_closed,
            readonly=node.readonly
            or is_closed
            or bool(question.calculation)
            or not type_of(question).is_answered,
            label=texts.text(question.label, node),
            hint=texts.text(question.hint, node),
            guidance=texts.text(question.guidance, node),
            choices=texts.choices(node),
            problem=node.problem,
        )

    def layout(self) -> tuple[LayoutItem, ...]:
        """Return the items of the record in screen order."""
        return self._items(self.record.root)

    def _items(self, parent: LiveNode) -> tuple[LayoutItem, ...]:
        found: list[LayoutItem] = []
        for spec in self.sorted_specs(parent.spec.children):
            if spec.repeat:
                found += self._roster(spec, parent)
            elif spec.question is not None:
                found += self._field(parent.children[spec.name][0])
            else:
                found += self._section(parent.children[spec.name][0])
        return tuple(found)

    def sorted_specs(self, specs: list[FormNode]) -> list[FormNode]:
        """Return sibling specs in screen order."""
        if not self.order:
            return specs
        return sorted(specs, key=self._first_place)

    def _first_place(self, spec: FormNode) -> int:
        places = (self.order.get("/" + "/".join(each.path)) for each in spec.walk())
        return min((place for place in places if place is not None), default=len(self.order))

    @staticmethod
    def _field(node: LiveNode) -> list[LayoutItem]:
        question = node.spec.question
        assert question is not None
        return [Field(node.place, question)] if type_of(question).is_shown else []

    def _section(self, node: LiveNode) -> list[LayoutItem]:
        item = node.spec.item
        assert isinstance(item, Group)
        return [Section(node.place, item.name, item.appearance, self._items(node))] if item.shown else []

    def _roster(self, spec: FormNode, parent: LiveNode) -> list[LayoutItem]:
        item = spec.item
        assert isinstance(item, Repeat)
        if not item.shown or not parent.templates:
            return []
        lines = tuple(RosterLine(row.place, self._items(row)) for row in counted_rows(parent, spec.name))
        return [Roster(parent.templates[spec.name].place, item.name, item.appearance, item.fixed, lines)]
