"""Every question type that stands on a page has its widget: the word of its type means one."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from hsdesk.forms.schema import Question
from hsdesk.forms.types.registry import QUESTION_TYPES
from hsdesk.forms.views import NodeView
from ui.record.editor import Editor
from ui.record.line import editor_for


@pytest.mark.parametrize("name", [one.name for one in QUESTION_TYPES if one.widget])
def test_the_word_of_every_question_type_means_a_widget(qapp: QApplication, name: str) -> None:
    data = next(one.data[0] for one in QUESTION_TYPES if one.name == name)
    question = Question("q", "q", name, data)
    view = NodeView("q", question, None, True, False, False, "栏目", "", "", (), "")
    assert isinstance(editor_for(view), Editor)
