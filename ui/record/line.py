"""One question on the page: label, field, hint, and what is wrong with the answer, in plain words."""

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

LABEL_WIDTH = 210
Mask = Callable[[str], str]


def has_field(question: Question) -> bool:
    """Tell whether a question has a place on the page: not what is hidden, nor a figure without a label."""
    word = type_of(question).widget
    return bool(question.label.texts) if word == "computed" else word != ""


def editor_for(view: NodeView, mask: Mask | None = None) -> Editor:
    """Return the field for a question: the widget that the word of its type means."""
    if view.question.calculation and view.readonly:
        return Computed(view, mask)
    return _EDITORS[type_of(view.question).widget](view, mask)


def _words_for(view: NodeView, mask: Mask | None) -> Editor:
    return LongEditor(view, mask) if "multiline" in view.question.appearance else TextEditor(view, mask)


def _choices_for(view: NodeView, _mask: Mask | None) -> Editor:
    """Few choices stand side by side, many go into a list that one searches."""
    question = view.question
    several = type_of(question).choosing == "several"
    beside = len(view.choices) <= (2 * FEW if several else FEW)
    if not beside or question.reference or question.appearance == "minimal":
        return ListTicks(view) if several else ListEditor(view)
    return ButtonTicks(view) if several else ButtonChoices(view)


_EDITORS: dict[str, Callable[[NodeView, Mask | None], Editor]] = {
    "text": _words_for,
    "number": TextEditor,
    "date": lambda view, _: DateEditor(view),
    "scanned": ScanEditor,
    "choice": _choices_for,
    "choices": _choices_for,
    "file": lambda view, _: AttachmentEditor(view),
    "photo": lambda view, _: AttachmentEditor(view),
    "note": lambda view, _: Told(view),
    "computed": Computed,
}


class QuestionLine(QWidget):
    """Label, field, hint and message of one answer."""

    def __init__(self, view: NodeView, mask: Mask | None = None) -> None:
        super().__init__()
        self.path = view.path
        self.view = view
        self.editor = editor_for(view, mask)
        self.name = label("", wrap=True)
        self.star = label("", "required")
        self._answer = column(self.editor, gap=4)
        self._hint: QLabel | None = None
        self._message: QLabel | None = None
        self.remarks = Remarks(self._answer, self.editor.target())
        self._place()
        self.show_view(view)
        self.editor.target().setAccessibleName(view.label)
        self.name.setBuddy(self.editor.target())

    @property
    def can_be_filled(self) -> bool:
        """Tell whether Enter should stop here."""
        fixed = isinstance(self.editor, (Computed, Told))
        return not (fixed or self.view.readonly or self.isHidden())

    def show_view(self, view: NodeView) -> None:
        """Show what the session says about this answer; typing under way is left alone."""
        self.view = view
        self.name.setText(view.label or view.question.name)
        self.star.setText("*" if view.required else "")
        self.star.setToolTip(tr("必须填") if view.required else "")
        self._show_hint(view.hint)
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
        self._describe()
        restyle(self._message, "role", "warn" if severity == "warn" else "bad")
        reveal(self._message, bool(text))
        self.editor.mark_problem({"unsaved": "error"}.get(severity, severity) if text else "")

    def _show_hint(self, text: str) -> None:
        if self._hint is None:
            if not text:
                return
            self._hint = label("", "quiet", wrap=True)
            self._answer.insertWidget(1, self._hint)
        self._hint.setText(text)
        reveal(self._hint, bool(text))
        self._describe()

    def _describe(self) -> None:
        """Tell a screen reader what is wrong with the field, and its hint."""
        parts = (self._message, self._hint)
        said = " ".join(part.text() for part in parts if part is not None and part.text())
        self.editor.target().setAccessibleDescription(said)

    def _place(self) -> None:
        self.name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        gap = metrics().px(6)
        if self.editor.wide:
            self.name.hide()
            self.setLayout(self._answer)
            return
        self.star.setFixedWidth(metrics().px(16))
        names = row(gap=0)
        names.addWidget(self.star, 0, Qt.AlignmentFlag.AlignTop)
        names.addWidget(self.name, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(metrics().px(18))
        grid.setVerticalSpacing(gap)
        if metrics().is_large:  # the label moves above the field
            grid.addLayout(names, 0, 0)
            grid.addLayout(self._answer, 1, 0)
            return
        side = QWidget()
        side.setLayout(names)
        names.setContentsMargins(0, metrics().px(9), 0, 0)
        side.setFixedWidth(metrics().px(LABEL_WIDTH))
        grid.addWidget(side, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(self._answer, 0, 1)
        grid.setColumnStretch(1, 1)
