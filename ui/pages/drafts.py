"""未填完: cells that were typed but not finished, with the way back to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtWidgets import QFrame

from hsdesk.desk.values import Draft, Status
from hsdesk.forms.masking import SCREEN, shown
from hsdesk.forms.schema import Form, Item, questions, questions_by_path, repeats
from hsdesk.model.answer import generic
from ui.office import Office
from ui.pages.page import Page, page_title, scrolled, title_bar
from ui.parts.plain import button, clear, column, frame, label, row
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.desk import Desk


class NamedDraft(msgspec.Struct, frozen=True):
    """A cell being typed, in the words of its form."""

    draft: Draft
    register: str
    title: str  # of the record, "" when it has none yet
    label: str  # 栏目
    text: str  # what was typed, as the screen shows it


def named_drafts(desk: Desk) -> tuple[NamedDraft, ...]:
    """Return what is unfinished with the names of register, record and question (栏目)."""
    found = []
    for draft in desk.records.drafts():
        form = desk.file.form(draft.form)
        found.append(
            NamedDraft(
                draft,
                form.title,
                desk.lists.title_of(draft.form, draft.record),
                label_of(form.children, draft.path),
                _as_seen(form, draft),
            )
        )
    return tuple(found)


def _as_seen(form: Form, draft: Draft) -> str:
    """Return the text of a draft as one's own screen shows it."""
    question = questions_by_path(form).get(generic(draft.path))
    return draft.text if question is None else shown(form, question, draft.text, SCREEN)


def label_of(items: tuple[Item, ...], path: str) -> str:
    """Return what a person calls the question at a path; one in a roster after the roster's name."""
    key, _, rest = path.partition("/")
    if rest:
        roster = next((one for one in repeats(items) if one.key == key), None)
        inner = rest.partition("/")[2]
        return f"{roster.label.plain()}　{label_of(roster.children, inner)}" if roster else path
    question = next((one for one in questions(items) if one.key == key), None)
    return (question.label.plain() or question.name) if question else path


class DraftPage(Page):
    """Lists every draft; opening one recovers it."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._list = column(gap=12)
        layout = column(title_bar(page_title(tr("未填完"))), gap=0)
        layout.addWidget(scrolled(column(self._list, None, gap=12)), 1)
        self.setLayout(layout)

    def enter(self) -> None:
        self.office.ask(named_drafts, self._show, owner=self)

    def show_status(self, status: Status) -> None:
        if self.isVisible():
            self.enter()

    def _show(self, drafts: tuple[NamedDraft, ...]) -> None:
        clear(self._list)
        if not drafts:
            self._list.addWidget(label(tr("没有未填完的。"), "quiet"))
        for one in drafts:
            self._list.addWidget(self._card(one))

    def _card(self, one: NamedDraft) -> QFrame:
        draft = one.draft
        when = draft.at[:16].replace("T", " ")
        words = tr("{label}：打到“{text}”", label=one.label, text=one.text[:60])
        press = button(
            tr("接着填"),
            lambda: self.go("record", draft.form, draft.record, draft.path, draft.scope),
            "primary",
        )
        name = f"{one.register}　{one.title or tr('（还没有名称）')}"
        text = column(label(name, "heading", wrap=True), label(words, wrap=True), label(when, "quiet"), gap=4)
        box = row(gap=12)
        box.addLayout(text, 1)
        box.addWidget(press)
        return frame("card", box)
