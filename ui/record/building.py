"""Makes the fields of a form once and binds them to each record that is shown, a little at a time.

Making a form of forty questions costs twenty times what showing another record in it costs. What stands in
view is served at once, the rest in slices between the events of the window; whoever asks for a field that has
not had its turn gets it served first.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QLabel

from hsdesk.desk import Entry
from hsdesk.forms.schema import Form
from hsdesk.forms.views import Field, LayoutItem, NodeView, Roster, Section
from ui.parts.plain import label
from ui.record.attachment import AttachmentEditor
from ui.record.line import QuestionLine, editor_kind, has_field
from ui.record.part import Part, Stop
from ui.record.rosterview import RosterBox
from ui.words import tr

FIRST = 12  # fields that are served before anything is painted
SLICE_S = 0.008


class Maker(Protocol):
    """The sheet, as it makes fields and shows records in them."""

    def view(self, path: str) -> NodeView: ...
    def title_of(self, path: str) -> str: ...
    def make_line(self, part: Part, path: str) -> QuestionLine: ...
    def make_roster(self, item: Roster) -> RosterBox | None: ...
    def seat(self, part: Part) -> None: ...
    def drop(self, stop: Stop) -> None: ...
    def is_in_view(self, stop: Stop) -> bool: ...


@dataclass
class Slot:
    """A place on the sheet: a field, a roster, or the title of an inner group."""

    part: Part
    item: LayoutItem
    stop: Stop | QLabel | None = None


class Building:
    """The places of a form in screen order, and how many of them show the present record."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._form: Form | None = None
        self.parts: list[Part] = []
        self.slots: list[Slot] = []
        self.order: dict[str, int] = {}  # path of an answer or roster: its place in the screen order
        self._served = 0

    @property
    def is_whole(self) -> bool:
        """Tell whether every field shows the present record."""
        return self._served == len(self.slots)

    def begin(self, entry: Entry) -> None:
        """Start to show a record; a form that is not the one before is made anew."""
        if entry.form is not self._form:
            self._form = entry.form
            self._plan(entry)
        for part in self.parts:
            part.show_title(entry.session.label(part.path) or part.title if part.path else part.title)
        self._served = 0

    def first(self) -> None:
        """Serve what is in view."""
        while not self.is_whole:
            stop = self.slots[self._served].stop
            near = stop is not None and not isinstance(stop, QLabel) and self._maker.is_in_view(stop)
            if self._served >= FIRST and not near:
                return
            self._serve()

    def slice(self) -> bool:
        """Serve for a moment; tell whether there is more to do."""
        end = time.perf_counter() + SLICE_S
        while not self.is_whole and time.perf_counter() < end:
            self._serve()
        return not self.is_whole

    def finish(self) -> None:
        """Serve all that is left."""
        while not self.is_whole:
            self._serve()

    def reach(self, path: str) -> None:
        """Serve all up to the place of a path."""
        at = self.order.get(path, -1)
        while self._served <= at:
            self._serve()

    def has_served(self, path: str) -> bool:
        """Tell whether the place of a path, if it has one, shows the present record."""
        return self.order.get(path, -1) < self._served

    def served(self) -> list[Stop]:
        """Return the stops that show the present record."""
        stops = (one.stop for one in self.slots[: self._served])
        return [stop for stop in stops if isinstance(stop, QuestionLine | RosterBox)]

    def walk(self, at: int = 0) -> Iterator[Stop]:
        """Yield the stops from a place on, serving each in its turn."""
        while at < len(self.slots):
            while self._served <= at:
                self._serve()
            stop = self.slots[at].stop
            if isinstance(stop, QuestionLine | RosterBox):
                yield stop
            at += 1

    def _serve(self) -> None:
        slot = self.slots[self._served]
        self._served += 1
        maker, item = self._maker, slot.item
        match item:
            case Field():
                self._line(slot, item.path)
            case Section():
                if slot.stop is None:
                    slot.stop = label("", "accent")
                    self._seat(slot.part)
                    slot.part.tell(slot.stop)
                assert isinstance(slot.stop, QLabel)
                slot.stop.setText(maker.title_of(item.path))
            case Roster():
                self._put(slot, maker.make_roster(item))

    def _line(self, slot: Slot, path: str) -> None:
        old, view = slot.stop, self._maker.view(path)
        fits = isinstance(old, QuestionLine) and editor_kind(view) == old.kind
        if isinstance(old, QuestionLine) and fits and not isinstance(old.editor, AttachmentEditor):
            old.bind(view)
        else:  # another kind of field, or one that keeps more than its answer
            self._put(slot, self._maker.make_line(slot.part, path))

    def _put(self, slot: Slot, made: Stop | None) -> None:
        old = slot.stop
        slot.stop = made
        if made is None:
            return
        if isinstance(old, QuestionLine | RosterBox):
            slot.part.exchange(old, made)
            self._maker.drop(old)
            return
        self._seat(slot.part)
        slot.part.add(made)

    def _seat(self, part: Part) -> None:
        if part.card.parentWidget() is None:
            self._maker.seat(part)

    def _plan(self, entry: Entry) -> None:
        self.parts, self.slots = [], []
        loose: Part | None = None
        for item in entry.session.layout():
            if isinstance(item, Section):
                loose = None
                part = Part(item.path, entry.session.label(item.path) or item.name)
                items: Iterable[LayoutItem] = item.items
            else:
                part = loose = loose or Part("", "" if self.parts else tr("基本内容"))
                items = (item,)
            slots = [Slot(part, one) for one in _places(items, entry)]
            self.slots += slots
            if slots and part not in self.parts:
                self.parts.append(part)
        self.order = {
            one.item.path: at for at, one in enumerate(self.slots) if not isinstance(one.item, Section)
        }


def _places(items: Iterable[LayoutItem], entry: Entry) -> Iterator[LayoutItem]:
    """Yield what has a place on the sheet: fields, rosters, and inner groups that have a title."""
    for item in items:
        match item:
            case Field():
                if has_field(item.question):
                    yield item
            case Roster():
                yield item
            case Section():
                if entry.session.label(item.path):
                    yield item
                yield from _places(item.items, entry)
