"""The form as one long page of sections, built from the session's layout."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from hsdesk.desk import Entry
from hsdesk.forms.schema import Question
from hsdesk.forms.views import FormChanges
from ui.record.attaching import Attaching
from ui.record.autosave import Autosave
from ui.record.building import Building
from ui.record.line import QuestionLine
from ui.record.making import Making
from ui.record.part import Part, Stop
from ui.record.remark import Remark
from ui.record.rosterview import RosterBox
from ui.record.scrolling import FormScroll
from ui.record.steady import Steady
from ui.theme import metrics

QuestionMask = Callable[[Question, str], str]
ABOVE_UNDER = 520  # width of the fields under which labels stand above them, in pixels at 100 %


class Sheet(FormScroll):
    """Every question of a form, bound to one record at a time. `moved` tells the section of the focus."""

    moved = Signal(int)
    finished = Signal()  # Enter in the last field
    explain_wanted = Signal(str)  # a calculated answer is to be explained
    reveal_wanted = Signal(str)  # 按住显示 is held at an answer
    hinted = Signal(str)  # the hint of the question that has the focus, "" for none
    whole = Signal()  # every field shows the record

    entry: Entry
    autosave: Autosave
    attaching: Attaching

    def __init__(self, mask: QuestionMask) -> None:
        super().__init__()
        self.masked = mask
        self.known_lines: dict[str, QuestionLine] = {}
        self.known_rosters: dict[str, RosterBox] = {}
        self.making = Making(self)
        self._building = Building(self.making)
        self._last = (-1, 0, 0)  # the place of the last focus
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._serve_more)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_moved)

    def bind(self, entry: Entry, autosave: Autosave, *, at_once: bool = True) -> None:
        """Show a record: what is in view now, the rest in a moment. Not `at_once`: all of it in a moment."""
        known = self._building.parts
        self.entry, self.autosave, self.attaching = entry, autosave, Attaching(autosave)
        self.making.begin()
        self._last = (-1, 0, 0)
        self._building.begin(entry)
        if self._building.parts is not known and known:
            self.known_lines.clear()
            self.begin_anew()
        self.verticalScrollBar().setValue(0)
        if at_once:
            self._building.first()
            self.show_relevance()
        self._soon.start()

    @property
    def parts(self) -> list[Part]:
        return self._building.parts

    @property
    def is_whole(self) -> bool:
        """Tell whether every field shows the record, below the screen too."""
        return self._building.is_whole

    @property
    def lines(self) -> dict[str, QuestionLine]:
        """Return every field by its path; those that wait for their turn are served now."""
        self._finish()
        return self.known_lines

    @property
    def rosters(self) -> dict[str, RosterBox]:
        """Return every roster by its path."""
        self._finish()
        return self.known_rosters

    @property
    def stops(self) -> list[Stop]:
        """Return every place where Enter stops, in screen order."""
        self._finish()
        return self._building.served()

    @property
    def served(self) -> list[Stop]:
        """Return the places that show the record already."""
        return self._building.served()

    def served_lines(self) -> list[tuple[str, QuestionLine]]:
        """Return the fields that show the record already, with those under the rosters."""
        return [(path, line) for path, line in self.known_lines.items() if self._is_served(path)]

    def line(self, path: str) -> QuestionLine | None:
        """Return the field of an answer, None where it has none of its own."""
        self._building.reach(path.partition("/")[0])
        return self.known_lines.get(path)

    def apply(self, changes: FormChanges) -> None:
        """Show what a step changed, without moving the field that has the focus."""
        with Steady(self):
            for path in changes.rows:  # first: the fields of rows that are gone go
                if path in self.known_rosters:
                    self.known_rosters[path].model.reload()
            for path in _touched(changes):
                self.show_answer(path)
            self.show_relevance()

    def show_relevance(self) -> None:
        """Hide rosters that do not apply and cards that have nothing to show."""
        for path, roster in self.known_rosters.items():
            roster.setVisible(self.entry.session.is_relevant(path))
        for part in self.parts:
            if part.stops:
                part.card.setVisible(part.is_relevant)

    def first(self, *, empty: bool) -> None:
        """Put the focus on the first field that can be filled; with `empty`, on the first empty one."""
        found: Stop | None = None
        for stop in self._building.walk():
            if not _fillable(stop):
                continue
            found = found or stop
            is_blank = isinstance(stop, QuestionLine) and stop.view.value in (None, "", ())
            if is_blank or not empty:
                found = stop
                break
        if found is not None:
            self.focus(found)

    def focus(self, stop: Stop) -> None:
        """Put the focus on a stop and bring all of it into view."""
        self.reveal(stop)
        if isinstance(stop, RosterBox):
            stop.take_focus()
        else:
            stop.editor.target().setFocus(Qt.FocusReason.TabFocusReason)

    def recover_cell(self, path: str, text: str) -> bool:
        """Put back what was typed into a cell; False when its row is gone."""
        for roster in self.rosters.values():
            index = roster.model.find(path)
            if index.isValid():
                roster.recover(index, text)
                return True
        return False

    def place(self, path: str) -> tuple[int, int, int]:
        """Return where an answer stands on the screen: its stop, row and column, to sort by."""
        order = self._building.order
        if path in order:
            return order[path], -1, -1
        roster = path.partition("/")[0]
        if roster in order:
            return order[roster], *self.rosters[roster].place(path)
        return len(self._building.slots), 0, 0

    def here(self) -> tuple[int, int, int]:
        """Return where the focus is, or was last, on the sheet; before everything when it never was."""
        focused = QApplication.focusWidget()
        stop = self._stop_of(focused)
        if stop is not None:
            at = self._building.order[stop.path]
            self._last = (at, *stop.place()) if isinstance(stop, RosterBox) else (at, 0, 0)
        return self._last

    def stop_here(self) -> Stop | None:
        """Return the place that has the focus, or had it last; None when it never was on the sheet."""
        at = self.here()[0]
        stop = self._building.slots[at].stop if at >= 0 else None
        return stop if isinstance(stop, QuestionLine | RosterBox) else None

    def scroll_to(self, pixels: int) -> None:
        """Show the sheet from a height on."""
        self._finish()
        self.settle()
        self.verticalScrollBar().setValue(pixels)

    def _stop_of(self, widget: QWidget | None) -> Stop | None:
        """Return the place on the sheet that a widget belongs to."""
        while widget is not None and widget is not self:
            if isinstance(widget, QuestionLine | RosterBox) and widget.path in self._building.order:
                return widget
            widget = widget.parentWidget()
        return None

    def is_shown(self, path: str) -> bool:
        """Tell whether an answer can be seen now."""
        line = self.line(path)
        if line is not None:
            return not line.isHidden()
        roster = self.rosters.get(path.partition("/")[0])
        return roster is not None and not roster.isHidden() and roster.model.find(path).isValid()

    def remark(self, path: str, kind: str, remark: Remark | None) -> None:
        """Show a remark at a field, or below the roster it lies in; None takes it away.

        The focused field stays where it is, or moves down as far as it can stay in view, so that the field
        above it with its remark is seen.
        """
        stop = self.line(path) or self.known_rosters.get(path.partition("/")[0])
        if stop is None:
            return
        with Steady(self):
            stop.remarks.put(kind, remark)
        if remark is not None:
            self.reveal_remark(stop, remark, is_field=isinstance(stop, QuestionLine))

    def focus_path(self, path: str) -> None:
        """Put the focus on the field with this path."""
        line = self.line(path) if "/" not in path else None
        if line is not None:
            self.focus(line)
            return
        for roster in self.rosters.values():
            index = roster.model.find(path)
            if index.isValid():
                self.focus(roster)
                roster.mark(index)
                return
        if path in self.known_lines:  # of a row, under its roster
            self.focus(self.known_lines[path])

    def go_to(self, at: int) -> None:
        """Put the focus into section `at`."""
        if 0 <= at < len(self.parts):
            self._finish()
            part = self.parts[at]
            top = part.card.y()
            self.verticalScrollBar().setValue(top - metrics().px(8))
            for stop in [stop for stop in part.stops if _fillable(stop)][:1]:
                self.focus(stop)
            self.moved.emit(at)

    def flush(self) -> None:
        """Hand over everything that is being typed."""
        for stop in self._building.served():
            if isinstance(stop, RosterBox):
                stop.flush()
        for line in tuple(self.known_lines.values()):
            line.editor.flush()

    def _finish(self) -> None:
        if not self._building.is_whole:
            self._building.finish()
            self._served()

    def _serve_more(self) -> None:
        """Serve for a moment, then let the window live."""
        if self._building.slice():
            self._soon.start()
        else:
            self._served()
            self.whole.emit()

    def _served(self) -> None:
        self._stand()
        with Steady(self):
            self.show_relevance()

    def _stand(self) -> None:
        """Give titles and labels their places for the present width."""
        width = self.viewport().width()
        above = width < metrics().px(ABOVE_UNDER)
        for part in self.parts:
            part.stand(width)
        for line in self.known_lines.values():
            line.stand(above=above)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._stand()

    def show_answer(self, path: str) -> None:
        """Show an answer as the session has it; unfinished typing is left alone."""
        if not self._is_served(path):
            return
        line = self.known_lines.get(path)
        if line is not None:
            line.show_view(self.making.view(path))
        if path.partition("/")[0] in self.known_rosters:
            self.known_rosters[path.partition("/")[0]].model.touch()
        elif path.startswith("@"):
            self._show_group(path)

    def _show_group(self, path: str) -> None:
        """A group came or went: ask about every line, since lines do not know their groups."""
        for own, line in self.known_lines.items():
            if self._is_served(own):
                line.show_view(self.making.view(own))

    def _is_served(self, path: str) -> bool:
        """Tell whether a field shows this record already; what is not shows it in its turn."""
        return self._building.has_served(path.partition("/")[0])

    def go_on(self, stop: Stop, *, forward: bool) -> None:
        self.autosave.save_again(stop.path)
        at = self._building.order[stop.path]
        if forward:
            following = (one for one in self._building.walk(at + 1) if _fillable(one))
        else:
            before = self._building.served()
            following = (one for one in reversed(before[: before.index(stop)]) if _fillable(one))
        to = next(following, None)
        if to is not None:
            self.focus(to)
        elif forward:
            self.finished.emit()

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.isAncestorOf(now):
            for roster in self.known_rosters.values() if now is not None else ():
                roster.leave()
            return
        self.here()
        for roster in self.known_rosters.values():
            if not roster.isAncestorOf(now):
                roster.leave()
        stop = self._stop_of(now)
        self.hinted.emit(stop.view.hint if isinstance(stop, QuestionLine) else "")
        for at, part in enumerate(self.parts):
            if part.card.isAncestorOf(now):
                self.moved.emit(at)


def _fillable(stop: Stop) -> bool:
    return not stop.isHidden() if isinstance(stop, RosterBox) else stop.can_be_filled


def _touched(changes: FormChanges) -> set[str]:
    return {
        *changes.values,
        *changes.relevant,
        *changes.required,
        *changes.readonly,
        *changes.choices,
        *changes.labels,
        *changes.problems,
    }
