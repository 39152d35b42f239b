"""Every question type that stands on a page has its widget: the word of its type means one."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from hsdesk.forms.schema import Question
from hsdesk.forms.types.registry import QUESTION_TYPES
from hsdesk.forms.views import NodeView
from ui.record.editor import Editor
from ui.record.line import editor_for
from ui.record.text import TextEditor


@pytest.mark.parametrize("name", [one.name for one in QUESTION_TYPES if one.widget])
def test_the_word_of_every_question_type_means_a_widget(qapp: QApplication, name: str) -> None:
    data = next(one.data[0] for one in QUESTION_TYPES if one.name == name)
    question = Question("q", "q", name, data)
    view = NodeView("q", question, None, True, False, False, "栏目", "", "", (), "")
    assert isinstance(editor_for(view), Editor)


def test_a_moment_stands_in_its_field_as_one_types_it(qapp: QApplication) -> None:
    question = Question("q", "q", "dateTime", "dateTime")
    view = NodeView(
        "q", question, "2026-03-15T09:00:00.000+08:00", True, False, False, "开始", "", "", (), ""
    )
    editor = editor_for(view)
    assert isinstance(editor, TextEditor)
    assert editor.line.text() == "2026-03-15 09:00"
