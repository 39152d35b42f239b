"""未填完: cells that were typed but not finished, with the way back to each."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from hsdesk.desk.values import Draft, FormInfo, Status
from ui.office import Office
from ui.pages.page import Page, page_title, scrolled, title_bar
from ui.parts.plain import button, clear, column, frame, label, row
from ui.words import tr


class DraftPage(Page):
    """Lists every draft; opening one recovers it."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._list = column(gap=12)
        layout = column(title_bar(page_title(tr("未填完"))), gap=0)
        layout.addWidget(scrolled(column(self._list, None, gap=12)), 1)
        self.setLayout(layout)

    def enter(self) -> None:
        self.office.ask(lambda desk: desk.drafts(), self._show, owner=self)

    def show_status(self, status: Status) -> None:
        if self.isVisible():
            self.enter()

    def _show(self, drafts: tuple[Draft, ...]) -> None:
        clear(self._list)
        if not drafts:
            self._list.addWidget(label(tr("没有未填完的。"), "quiet"))
        for draft in drafts:
            self._list.addWidget(self._card(draft))

    def _card(self, draft: Draft) -> QFrame:
        status = self.office.status
        registers: tuple[FormInfo, ...] = status.registers if status else ()
        title = next((info.title for info in registers if info.form_id == draft.form), draft.form)
        when = draft.at[:16].replace("T", " ")
        words = tr("打到一半的内容：{text}", text=draft.text[:60])
        press = button(
            tr("接着填"),
            lambda: self.go("record", draft.form, draft.record, draft.path, draft.scope),
            "primary",
        )
        text = column(label(f"{title}　{when}", "heading"), label(words, wrap=True), gap=4)
        box = row(gap=12)
        box.addLayout(text, 1)
        box.addWidget(press)
        return frame("card", box)
