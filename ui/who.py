"""Who types now (填报人), at the top of the window: a press lists the people of this desk, one is chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy

from hsdesk.desk import Desk
from hsdesk.desk.writers import WriterInfo
from ui.office import Office
from ui.words import tr


class Who(QPushButton):
    """Shows the name; what is being typed is handed over under the old name before another goes on."""

    def __init__(self, office: Office, flush: Callable[[], None], add: Callable[[], None]) -> None:
        super().__init__()
        self.office, self._flush, self._add = office, flush, add
        self.setProperty("role", "quiet")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("谁在填：换人时在这里点一下"))
        self.menu_shown: QMenu | None = None
        self.clicked.connect(self.choose)

    def show_person(self, name: str) -> None:
        self.setText(name)
        self.setAccessibleName(tr("填报人：{name}，按一下换人", name=name))

    def choose(self) -> None:
        """List the people of this desk."""
        self._flush()
        self.office.when_quiet(
            lambda: self.office.ask(lambda desk: desk.writers.everyone(), self._list, owner=self)
        )

    def _list(self, people: tuple[WriterInfo, ...]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for one in people:
            act = menu.addAction(one.name)
            act.setCheckable(True)
            act.setChecked(one.current)
            act.triggered.connect(partial(self._use, str(one.number)))
        menu.addSeparator()
        menu.addAction(tr("添加填报人…")).triggered.connect(lambda _: self._add())
        self.menu_shown = menu
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _use(self, number: str, _checked: bool = False) -> None:
        def used(desk: Desk) -> None:
            desk.writers.use(number)

        self.office.ask(used, lambda _: self.office.refresh(), owner=self)
