"""One question on the page: label, field, and what is wrong with the answer, in plain words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from hsdesk.forms.schema import Question
from hsdesk.forms.types import type_of
from hsdesk.forms.views import NodeView
from ui.parts.plain import column, label, restyle, reveal, row
from ui.record.attachment import AttachmentEditor
from ui.record.choice import FEW, ButtonChoices, ButtonTicks
from ui.record.dates import DateEditor
from ui.record.editor import Editor
from ui.record.remark import Remarks
from ui.record.scan import ScanEditor
from ui.record.search import ListEditor, ListTicks
from ui.record.text import Computed, LongEditor, TextEditor, Told
from ui.theme import metrics
from ui.words import tr

LABEL_WIDTH = 184  # pixels at 100 %; with larger text the label wraps before the field gets too narrow
Mask = Callable[[str], str]


def label_width() -> int:
    """Return the width of the labels beside their fields, in pixels."""
    return round(LABEL_WIDTH * (0.2 + 0.8 * metrics().factor))


def has_field(question: Question) -> bool:
    """Tell whether a question has a place on the page: not what is hidden, nor a figure without a label."""
    word = type_of(question).widget
    return bool(question.label.texts) if word == "computed" else word != ""


def editor_kind(view: NodeView) -> str:
    """Return the kind of field for a question: the word of its type, and for texts and choices how much."""
    question = view.question
    word = "computed" if question.calculation and view.readonly else type_of(question).widget
    if word == "text" and "multiline" in question.appearance:
        return "long text"
    if word not in ("choice", "choices"):
        return word
    several = type_of(question).choosing == "several"
    beside = len(view.choices) <= (2 * FEW if several else FEW)
    searched = not beside or question.reference or question.appearance == "minimal"
    return ("list" if searched else "buttons") + (" of several" if several else "")


def editor_for(view: NodeView, mask: Mask | None = None) -> Editor:
    """Return the field for a question."""
    return _EDITORS[editor_kind(view)](view, mask)


_EDITORS: dict[str, Callable[[NodeView, Mask | None], Editor]] = {
    "text": TextEditor,
    "long text": LongEditor,
    "number": TextEditor,
    "date": lambda view, _: DateEditor(view),
    "scanned": ScanEditor,
    "buttons": lambda view, _: ButtonChoices(view),  # few choices stand side by side
    "buttons of several": lambda view, _: ButtonTicks(view),
    "list": lambda view, _: ListEditor(view),  # many are searched
    "list of several": lambda view, _: ListTicks(view),
    "file": lambda view, _: AttachmentEditor(view),
    "photo": lambda view, _: AttachmentEditor(view),
    "note": lambda view, _: Told(view),
    "computed": Computed,
}


class QuestionLine(QWidget):
    """Label, field and message of one answer. Its hint stands at the foot of the page while one is in it."""

    def __init__(self, view: NodeView, mask: Mask | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = view.path
        self.view = view
        self.editor = editor_for(view, mask)
        self.kind = editor_kind(view)
        self.name = label("", wrap=True)
        self.star = label("", "required")
        self._answer = column(self.editor, gap=4)
        self._message: QLabel | None = None
        self.remarks = Remarks(self._answer, self.editor.target())
        self._is_above = False
        self._side, self._names, self._grid = QWidget(self), row(gap=0), QGridLayout()
        self._place()
        self.show_view(view)
        self.editor.target().setAccessibleName(view.label)
        self.name.setBuddy(self.editor.target())

    @property
    def can_be_filled(self) -> bool:
        """Tell whether Enter should stop here."""
        fixed = isinstance(self.editor, (Computed, Told))
        return not (fixed or self.view.readonly or self.isHidden())

    def bind(self, view: NodeView) -> None:
        """Show the answer of another record; nothing stays of what was typed or said at the one before."""
        for kind in tuple(self.remarks.shown):
            self.remarks.put(kind, None)
        self.editor.let_go()
        self.say("")
        self.show_view(view)

    def show_view(self, view: NodeView) -> None:
        """Show what the session says about this answer; typing under way is left alone."""
        self.view = view
        self._show_name(view.label or view.question.name)
        self.star.setText("*" if view.required else "")
        self.star.setToolTip(tr("必须填") if view.required else "")
        self.setToolTip(view.hint)
        self._describe()
        reveal(self, view.relevant)
        if not self.editor.is_dirty:
            self.editor.show_view(view)

    @property
    def said(self) -> str:
        """Return the finding that is shown, "" for none."""
        return self._message.text() if self._message is not None and not self._message.isHidden() else ""

    def say(self, text: str, severity: str = "error") -> None:
        """Show a finding (必须改, 请核实, or "unsaved" as it is) under the field; "" takes it away."""
        if self._message is None:
            if not text:
                return
            self._message = label("", wrap=True)
            self._answer.addWidget(self._message)
        words = {"warn": tr("请核实：{text}", text=text), "unsaved": text}
        self._message.setText(words.get(severity, tr("必须改：{text}", text=text)) if text else "")
        restyle(self._message, "role", "warn" if severity == "warn" else "bad")
        reveal(self._message, bool(text))
        self._describe()
        self.editor.mark_problem({"unsaved": "error"}.get(severity, severity) if text else "")

    def stand(self, *, above: bool) -> None:
        """Put the label above the field, or beside it."""
        if self.editor.wide or above == self._is_above:
            return
        self._is_above = above
        self._grid.removeItem(self._answer)
        self._grid.addLayout(self._answer, *((1, 0) if above else (0, 1)))
        self._grid.setColumnStretch(0, 1 if above else 0)
        self._grid.setColumnStretch(1, 0 if above else 1)
        self._side.setMinimumWidth(0 if above else label_width())
        self._side.setMaximumWidth(_NO_LIMIT if above else label_width())

    def _show_name(self, text: str) -> None:
        """Show the label so that its line, or its two, stand in the middle of the field."""
        if text == self.name.text():
            return
        self.name.setText(text)
        measure = self.name.fontMetrics()
        room = label_width() - self.star.width()
        lines = 2 if measure.horizontalAdvance(text) > room else 1
        self._names.setContentsMargins(0, max(0, (metrics().row - lines * measure.height()) // 2), 0, 0)

    def _describe(self) -> None:
        """Tell a screen reader what is wrong with the field, and its hint."""
        self.editor.target().setAccessibleDescription(f"{self.said} {self.view.hint}".strip())

    def _place(self) -> None:
        self.name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        if self.editor.wide:
            self.name.hide()
            self._side.hide()
            self.setLayout(self._answer)
            return
        self.star.setFixedWidth(metrics().px(16))
        self._names.addWidget(self.star, 0, Qt.AlignmentFlag.AlignTop)
        self._names.addWidget(self.name, 1)
        self._side.setLayout(self._names)
        self._side.setFixedWidth(label_width())
        self.setLayout(self._grid)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(metrics().px(10))
        self._grid.setVerticalSpacing(metrics().px(4))
        self._grid.addWidget(self._side, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(self._answer, 0, 1)
        self._grid.setColumnStretch(1, 1)


_NO_LIMIT = 16_777_215  # of the width of a widget
