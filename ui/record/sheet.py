"""The form as one long page of sections, built from the session's layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from hsdesk.desk import Entry
from hsdesk.forms.schema import Group, Item, Question, Repeat
from hsdesk.forms.views import Field, FormChanges, LayoutItem, NodeView, Roster, Section
from ui.parts.plain import column, frame, holder, label
from ui.record.attaching import Attaching
from ui.record.attachment import AttachmentEditor
from ui.record.autosave import Autosave
from ui.record.line import QuestionLine, has_field
from ui.record.remark import Remark
from ui.record.roster import RosterModel
from ui.record.rosterview import RosterBox
from ui.record.rowfields import RowFields
from ui.record.search import stranded_words
from ui.record.steady import Steady, upper_third
from ui.theme import metrics
from ui.words import tr

Stop = QuestionLine | RosterBox
QuestionMask = Callable[[Question, str], str]


class Part:
    """A top-level section: its card, title and stops."""

    def __init__(self, title: str, card: QFrame, box: QVBoxLayout) -> None:
        self.title, self.card, self.box = title, card, box
        self.stops: list[Stop] = []

    @property
    def is_relevant(self) -> bool:
        return any(not stop.isHidden() for stop in self.stops)


class Sheet(QScrollArea):
    """Every question of a record. Emits `moved` with the section that has the focus."""

    moved = Signal(int)
    finished = Signal()  # Enter in the last field
    explain_wanted = Signal(str)  # a calculated answer is to be explained
    reveal_wanted = Signal(str)  # 按住显示 is held at an answer

    def __init__(self, entry: Entry, autosave: Autosave, mask: QuestionMask) -> None:
        super().__init__()
        self.setObjectName("PageScroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entry, self.autosave, self.masked = entry, autosave, mask
        self.attaching = Attaching(autosave)
        self.lines: dict[str, QuestionLine] = {}
        self.rosters: dict[str, RosterBox] = {}
        self.parts: list[Part] = []
        self._last = (-1, 0, 0)  # the place of the last focus
        self._repeats = dict(_repeats(entry.form.children))
        self._body = column(gap=14)
        side = metrics().px(16)
        self._body.setContentsMargins(side, side, side, side * 3)
        self._build(entry.session.layout())
        self._body.addStretch(1)
        self._inner = holder(self._body, "PageBody")
        self.setWidget(self._inner)
        self.show_relevance()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    @property
    def stops(self) -> list[Stop]:
        """Return every place where Enter stops, in screen order."""
        return [stop for part in self.parts for stop in part.stops]

    def apply(self, changes: FormChanges) -> None:
        """Show what a step changed, without moving the field that has the focus."""
        with Steady(self):
            for path in changes.rows:  # first: the fields of rows that are gone go
                if path in self.rosters:
                    self.rosters[path].model.reload()
            for path in _touched(changes):
                self.show_answer(path)
            self.show_relevance()

    def steady(self) -> Steady:
        """Return a context in which lines may grow without moving the field that has the focus."""
        return Steady(self)

    def show_relevance(self) -> None:
        """Hide rosters that do not apply and cards that have nothing to show."""
        for path, roster in self.rosters.items():
            roster.setVisible(self.entry.session.is_relevant(path))
        for part in self.parts:
            part.card.setVisible(part.is_relevant)

    def first(self, *, empty: bool) -> None:
        """Put the focus on the first field that can be filled; with `empty`, on the first empty one."""
        open_lines = [stop for stop in self.stops if _fillable(stop)]
        blank = [
            stop
            for stop in open_lines
            if isinstance(stop, QuestionLine) and stop.view.value in (None, "", ())
        ]
        for stop in (blank if empty and blank else open_lines)[:1]:
            self.focus(stop)

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
        for at, stop in enumerate(self.stops):
            if stop.path == path:
                return at, -1, -1
            if isinstance(stop, RosterBox) and path.startswith(f"{stop.path}/"):
                return at, *stop.place(path)
        return len(self.stops), 0, 0

    def here(self) -> tuple[int, int, int]:
        """Return where the focus is, or was last, on the sheet; before everything when it never was."""
        focused = QApplication.focusWidget()
        for at, stop in enumerate(self.stops):
            if focused is not None and stop.isAncestorOf(focused):
                self._last = (at, *stop.place()) if isinstance(stop, RosterBox) else (at, 0, 0)
        return self._last

    def is_shown(self, path: str) -> bool:
        """Tell whether an answer can be seen now."""
        if path in self.lines:
            return not self.lines[path].isHidden()
        roster = self.rosters.get(path.partition("/")[0])
        return roster is not None and not roster.isHidden() and roster.model.find(path).isValid()

    def remark(self, path: str, kind: str, remark: Remark | None) -> None:
        """Show a remark at a field, or below the roster it lies in; None takes it away.

        The focused field stays where it is, or moves down as far as it can stay in view, so that the field
        above it with its remark is seen.
        """
        stop = self.lines.get(path) or self.rosters.get(path.partition("/")[0])
        if stop is None:
            return
        with Steady(self):
            stop.remarks.put(kind, remark)
        focused = QApplication.focusWidget()
        if remark is not None and focused is not None and stop.isAncestorOf(focused):
            self.reveal_below(focused, remark)
        elif remark is not None and focused is not None and self.isAncestorOf(focused):
            first = stop if isinstance(stop, QuestionLine) else remark
            above = -first.mapTo(self.viewport(), QPoint(0, 0)).y()
            is_near = -remark.mapTo(self.viewport(), QPoint(0, 0)).y() < self.viewport().height()
            room = self.viewport().height() - focused.mapTo(self.viewport(), focused.rect().bottomLeft()).y()
            if is_near and above > 0 and room > 0:
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() - min(above, max(0, room - metrics().px(8))))

    def reveal_below(self, focused: QWidget, remark: Remark) -> None:
        """Bring a remark of the focused field into view, as far as the field itself stays in view."""
        lowest = remark.mapTo(self.viewport(), remark.rect().bottomLeft()).y() + metrics().px(8)
        hidden = lowest - self.viewport().height()
        room = focused.mapTo(self.viewport(), QPoint(0, 0)).y() - metrics().px(4)
        if hidden > 0 and room > 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + min(hidden, room))

    def focus_path(self, path: str) -> None:
        """Put the focus on the field with this path."""
        for roster in self.rosters.values():
            index = roster.model.find(path)
            if index.isValid():
                self.focus(roster)
                roster.mark(index)
                return
        if path in self.lines:
            self.focus(self.lines[path])

    def go_to(self, at: int) -> None:
        """Put the focus into section `at`."""
        if 0 <= at < len(self.parts):
            part = self.parts[at]
            top = part.card.y()
            self.verticalScrollBar().setValue(top - metrics().px(8))
            for stop in [stop for stop in part.stops if _fillable(stop)][:1]:
                self.focus(stop)
            self.moved.emit(at)

    def settle(self) -> None:
        """Lay the page out now, as high as its content: otherwise lines are squeezed until the next turn."""
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # frames of findings are thicker
        self._body.activate()
        inner = self._inner
        need = self._body.totalHeightForWidth(inner.width())
        if need < 0:
            need = self._body.totalSizeHint().height()
        inner.resize(inner.width(), max(need, self.viewport().height()))
        self._body.activate()

    def reveal(self, widget: QWidget) -> None:
        """Bring all of a widget into view, its top into the upper third: what comes next is seen below it."""
        self.settle()
        top = widget.mapTo(self._inner, QPoint(0, 0)).y()
        highest, lowest = upper_third(self.viewport().height(), widget.height())
        if not highest <= top - self.verticalScrollBar().value() <= lowest:
            self.verticalScrollBar().setValue(top - lowest)
        self.horizontalScrollBar().setValue(0)

    def flush(self) -> None:
        """Hand over everything that is being typed."""
        for line in self.lines.values():
            line.editor.flush()
        for roster in self.rosters.values():
            roster.flush()

    def _build(self, items: Iterable[LayoutItem]) -> None:
        loose: Part | None = None
        for item in items:
            if isinstance(item, Section):
                loose = None
                self._fill(self._part(self._label(item.path) or item.name), item.items)
            else:
                loose = loose or self._part("" if self.parts else tr("基本内容"))
                self._fill(loose, (item,))
        self.parts = [part for part in self.parts if part.stops]

    def _label(self, path: str) -> str:
        return self.entry.session.label(path)

    def _view(self, path: str) -> NodeView:
        """Return what the session says of an answer; what came from above or is closed cannot be changed."""
        view = self.entry.session.node(path)
        stays = not self.entry.writable or path in self.entry.fixed
        return msgspec.structs.replace(view, readonly=True) if stays else view

    def _part(self, title: str) -> Part:
        box = column(gap=14)
        card = frame("card", box, padding=24)
        if title:
            box.addWidget(label(title, "heading"))
        self._body.addWidget(card)
        part = Part(title, card, box)
        self.parts.append(part)
        return part

    def _fill(self, part: Part, items: Iterable[LayoutItem]) -> None:
        for item in items:
            match item:
                case Field():
                    self._add_line(part, item)
                case Section():
                    title = self._label(item.path)
                    if title:
                        part.box.addWidget(label(title, "accent"))
                    self._fill(part, item.items)
                case Roster():
                    self._add_roster(part, item)

    def _add_line(self, part: Part, field: Field) -> None:
        if not has_field(field.question):
            return
        line = self.made(field.path)
        line.editor.done.connect(lambda forward: self._go_on(line, forward=forward))
        part.stops.append(line)
        part.box.addWidget(line)

    def made(self, path: str) -> QuestionLine:
        """Return a new field for an answer, served by the autosave."""
        view = self._view(path)
        line = QuestionLine(view, lambda text: self.masked(view.question, text))
        line.editor.typed.connect(lambda text, caret: self.autosave.typed(path, text, caret))
        line.editor.entered.connect(lambda text: self._enter(path, text))
        line.editor.chosen.connect(lambda value: self.autosave.answer(path, value))
        line.editor.stranded.connect(lambda text, fitting: self._stranded(line, text, fitting))
        line.editor.dropped.connect(lambda: self._dropped(line))
        line.editor.explain_wanted.connect(lambda: self.explain_wanted.emit(path))
        line.editor.reveal_wanted.connect(lambda: self.reveal_wanted.emit(path))
        if isinstance(line.editor, AttachmentEditor):
            self.attaching.bind(path, line.editor)
        self.lines[path] = line
        return line

    def gone(self, path: str) -> None:
        """Forget a field whose row is no longer there."""
        editor = self.lines.pop(path).editor
        if isinstance(editor, AttachmentEditor):
            self.attaching.release(editor)

    def _add_roster(self, part: Part, item: Roster) -> None:
        repeat = self._repeats.get(item.path)
        if repeat is None:
            return
        model = RosterModel(self.entry.session, item.path, repeat, self.masked)
        fields = RowFields(model, self)
        box = RosterBox(self.autosave, model, fields, fixed=item.fixed, writable=self.entry.can_change)
        box.done.connect(lambda forward: self._go_on(box, forward=forward))
        self.rosters[item.path] = box
        part.stops.append(box)
        part.box.addWidget(box)

    def _enter(self, path: str, text: str) -> None:
        line = self.lines[path]
        is_taken = False
        try:
            is_taken = self.autosave.enter(path, text)
        finally:  # whatever stopped it, the text stays in the field
            if not is_taken:
                line.editor.keep_text()
        if is_taken:
            line.say("")
            line.show_view(self._view(path))  # as it is stored: １２ becomes 12

    def _dropped(self, line: QuestionLine) -> None:
        """The text is again what stood there when typing began; another's answer that came since is shown."""
        is_stale = self.entry.is_stale(line.path)
        self.autosave.drop(line.path)
        if is_stale:
            line.show_view(self._view(line.path))

    def _stranded(self, line: QuestionLine, text: str, fitting: int) -> None:
        register = self.autosave.register_title(line.view.question.reference)
        self.autosave.keep(line.path, text, stranded_words(text, fitting, register))

    def show_answer(self, path: str) -> None:
        """Show an answer as the session has it; unfinished typing is left alone."""
        line = self.lines.get(path)
        if line is not None:
            line.show_view(self._view(path))
        if path.partition("/")[0] in self.rosters:
            self.rosters[path.partition("/")[0]].model.touch()
        elif path.startswith("@"):
            self._show_group(path)

    def _show_group(self, path: str) -> None:
        """A group came or went: ask about every line, since lines do not know their groups."""
        for own, line in self.lines.items():
            line.show_view(self._view(own))

    def _go_on(self, stop: Stop, *, forward: bool) -> None:
        self.autosave.save_again(stop.path)
        stops = [one for one in self.stops if one is stop or _fillable(one)]
        at = stops.index(stop) + (1 if forward else -1)
        if 0 <= at < len(stops):
            self.focus(stops[at])
        elif forward:
            self.finished.emit()

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        self.here()
        if now is not None:
            for roster in self.rosters.values():
                if not roster.isAncestorOf(now):
                    roster.leave()
        for at, part in enumerate(self.parts):
            if now is not None and part.card.isAncestorOf(now):
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


def _repeats(items: tuple[Item, ...]) -> Iterable[tuple[str, Repeat]]:
    for item in items:
        if isinstance(item, Repeat):
            yield item.key, item
        elif isinstance(item, Group):
            yield from _repeats(item.children)
