"""Makes the fields of a sheet: what is typed goes to the autosave, what came of it comes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtWidgets import QWidget

from hsdesk.forms.schema import Group, Item, Repeat
from hsdesk.forms.views import NodeView, Roster
from ui.record.attachment import AttachmentEditor
from ui.record.line import QuestionLine
from ui.record.part import Part, Stop
from ui.record.roster import RosterModel
from ui.record.rosterview import RosterBox
from ui.record.rowfields import RowFields
from ui.record.search import stranded_words

if TYPE_CHECKING:
    from ui.record.sheet import Sheet


class Making:
    """Makes what stands on one sheet. A field asks the sheet for its record each time: records change."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._repeats: dict[str, Repeat] = {}

    def begin(self) -> None:
        """Another record comes: rosters, and what stands under them, are made anew for it."""
        sheet = self._sheet
        self._repeats = dict(_repeats(sheet.entry.form.children))
        sheet.known_rosters.clear()
        for path in [path for path in sheet.known_lines if "/" in path]:
            del sheet.known_lines[path]

    def view(self, path: str) -> NodeView:
        """Return what the session says of an answer; what came from above or is closed cannot be changed."""
        entry = self._sheet.entry
        view = entry.session.node(path)
        stays = not entry.writable or path in entry.fixed
        return msgspec.structs.replace(view, readonly=True) if stays else view

    def title_of(self, path: str) -> str:
        """Return the title of an inner group."""
        return self._sheet.entry.session.label(path)

    def seat(self, part: Part) -> None:
        """Give a section its card on the sheet."""
        self._sheet.add_card(part.card)
        part.lay_out()
        part.stand(self._sheet.viewport().width())

    def is_in_view(self, stop: Stop) -> bool:
        """Tell whether a field stands on the screen when the sheet is at its top."""
        return self._sheet.is_in_view(stop)

    def make_line(self, part: Part, path: str) -> QuestionLine:
        """Return a new field of the page."""
        line = self.made(path, part.card)
        line.editor.done.connect(lambda forward: self._sheet.go_on(line, forward=forward))
        return line

    def make_roster(self, item: Roster) -> RosterBox | None:
        """Return a new table of a roster, None for one without questions."""
        sheet, repeat = self._sheet, self._repeats.get(item.path)
        if repeat is None:
            return None
        model = RosterModel(sheet.entry.session, item.path, repeat, sheet.masked)
        fields = RowFields(model, self)
        box = RosterBox(sheet.autosave, model, fields, fixed=item.fixed, writable=sheet.entry.can_change)
        box.done.connect(lambda forward: sheet.go_on(box, forward=forward))
        sheet.known_rosters[item.path] = box
        return box

    def drop(self, stop: Stop) -> None:
        """Let go of a field in whose place another stands."""
        stop.hide()
        stop.deleteLater()

    def focus(self, stop: QuestionLine) -> None:
        """Put the focus on a field and bring it into view."""
        self._sheet.focus(stop)

    def made(self, path: str, parent: QWidget | None = None) -> QuestionLine:
        """Return a new field for an answer, served by the autosave."""
        sheet, view = self._sheet, self.view(path)
        line = QuestionLine(view, lambda text: sheet.masked(view.question, text), parent)
        editor = line.editor
        editor.typed.connect(lambda text, caret: sheet.autosave.typed(path, text, caret))
        editor.entered.connect(lambda text: self.enter(line, text))
        editor.chosen.connect(lambda value: sheet.autosave.answer(path, value))
        editor.stranded.connect(lambda text, fitting: self._stranded(line, text, fitting))
        editor.dropped.connect(lambda: self._dropped(line))
        editor.explain_wanted.connect(lambda: sheet.explain_wanted.emit(path))
        editor.reveal_wanted.connect(lambda: sheet.reveal_wanted.emit(path))
        if isinstance(editor, AttachmentEditor):
            sheet.attaching.bind(path, editor)
        sheet.known_lines[path] = line
        return line

    def gone(self, path: str) -> None:
        """Forget a field whose row is no longer there."""
        line = self._sheet.known_lines.pop(path, None)
        if line is not None and isinstance(line.editor, AttachmentEditor):
            self._sheet.attaching.release(line.editor)

    def enter(self, line: QuestionLine, text: str) -> None:
        """Take a text that is finished; what cannot be taken stays in its field."""
        is_taken = False
        try:
            is_taken = self._sheet.autosave.enter(line.path, text)
        finally:  # whatever stopped it, the text stays in the field
            if not is_taken:
                line.editor.keep_text()
        if is_taken:
            line.say("")
            line.show_view(self.view(line.path))  # as it is stored: １２ becomes 12

    def _dropped(self, line: QuestionLine) -> None:
        """The text is again what stood there when typing began; another's answer that came since is shown."""
        is_stale = self._sheet.entry.is_stale(line.path)
        self._sheet.autosave.drop(line.path)
        if is_stale:
            line.show_view(self.view(line.path))

    def _stranded(self, line: QuestionLine, text: str, fitting: int) -> None:
        autosave = self._sheet.autosave
        register = autosave.register_title(line.view.question.reference)
        autosave.keep(line.path, text, stranded_words(text, fitting, register))


def _repeats(items: tuple[Item, ...]) -> Iterable[tuple[str, Repeat]]:
    for item in items:
        if isinstance(item, Repeat):
            yield item.key, item
        elif isinstance(item, Group):
            yield from _repeats(item.children)
