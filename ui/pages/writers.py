"""Who types at this computer (填报人): chosen by a press, and somebody new added."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from hsdesk.desk import Desk
from hsdesk.desk.writers import WriterInfo
from hsdesk.errors import DeskError
from ui.office import Office
from ui.parts.flow import Flow
from ui.parts.plain import button, clear, column, row
from ui.start.fields import Line, Message
from ui.theme import metrics
from ui.words import error_text, tr


class WritersCard(QWidget):
    """The people of this desk; who types now is marked."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.people = Flow(gap=metrics().px(8))
        self.name = Line(tr("添加填报人（姓名）"), self.add)
        self.message = Message()
        self.setLayout(column(self.people, self.name, row(button(tr("添加"), self.add), None), self.message))

    def enter(self) -> None:
        """Look who is here."""
        self.office.ask(lambda desk: desk.writers.everyone(), self._show, owner=self)

    def _show(self, people: tuple[WriterInfo, ...]) -> None:
        clear(self.people)
        for one in people:
            press = button(one.name, partial(self._use, str(one.number)), "choice")
            press.setCheckable(True)
            press.setChecked(one.current)
            self.people.addWidget(press)
        self.office.refresh()

    def _use(self, number: str) -> None:
        def used(desk: Desk) -> tuple[WriterInfo, ...]:
            desk.writers.use(number)
            return desk.writers.everyone()

        self.office.ask(used, self._show, self._failed, self)

    def add(self) -> None:
        """Add who is named in the line."""
        name = self.name.text

        def added(desk: Desk) -> tuple[WriterInfo, ...]:
            desk.writers.add(name)
            return desk.writers.everyone()

        self.office.ask(added, self._added, self._failed, self)

    def _added(self, people: tuple[WriterInfo, ...]) -> None:
        self.name.edit.clear()
        self.message.say("")
        self._show(people)

    def _failed(self, error: DeskError) -> None:
        self.message.say(error_text(error))
