"""What every page behind the navigation has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from hsdesk.desk.values import Changes, Status
from ui.office import Office
from ui.parts.plain import column, holder, label, row
from ui.parts.yielding import Bar, Step
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from ui.pages.print_subject import Subject


class Target:
    """Where to go: a page, and what to show on it. `back`: the page to which Esc leads from a record."""

    __slots__ = ("back", "form", "page", "path", "record", "scope", "subject")

    def __init__(
        self,
        page: str,
        form: str = "",
        record: str = "",
        path: str = "",
        scope: str = "",
        *,
        back: str = "",
    ) -> None:
        self.page, self.form, self.record, self.path, self.scope = page, form, record, path, scope
        self.back = back
        self.subject: Subject | None = None  # what is to be printed


class Page(QWidget):
    """A page: a title bar above a body. It refreshes only what a change touched."""

    wanted = Signal(object)  # Target
    ready = Signal()  # it can be typed into
    stays = Signal()  # a person chose not to leave it

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("Page")
        self.office = office
        self.is_ready = True  # what it shows has been read; else `settle` follows

    def enter(self) -> None:
        """Called each time the page comes to the front."""

    def aim(self, target: Target) -> None:
        """Called before `enter` with what leads here: the page may begin at what it names."""

    def wait(self, waits: bool) -> None:
        """Called when another page is long in coming, and when that is over."""

    def put_away(self) -> None:
        """Called when another page has taken its place in front."""

    def settle(self) -> None:
        """Say that it can be typed into from now on."""
        if not self.is_ready:
            self.is_ready = True
            self.ready.emit()

    def take_focus(self) -> None:
        """Put the focus where work on this page begins: on the first part that takes keys."""
        for part in self.findChildren(QWidget):
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible() and part.isEnabled():
                part.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, changes: Changes) -> None:
        """Called after something on the desk changed."""

    def show_status(self, status: Status) -> None:
        """Called when the counts of the desk changed."""

    def flush(self) -> None:
        """Hand over everything that is being typed."""

    def leave(self, then: Callable[[], None]) -> None:
        """Go on with `then` as soon as nothing is lost by leaving this page; called before it is left."""
        self.flush()
        then()

    def undoing(self) -> tuple[str, str]:
        """Return at which place undo looks for the last act, "" any, and the record that is open here."""
        return "", ""

    def has_unsaved(self) -> bool:
        """Tell whether something on this page could not be put into the file."""
        return False

    def go(self, page: str, form: str = "", record: str = "", path: str = "", scope: str = "") -> None:
        """Ask the workspace to show another page."""
        self.wanted.emit(Target(page, form, record, path, scope))


def scrolled(body: QVBoxLayout, *, margin: int = 24, widest: int = 0) -> QScrollArea:
    """Return a scrolling body with even margins; `widest` keeps lines readable on wide screens."""
    side = metrics().px(margin)
    body.setContentsMargins(side, side * 3 // 4, side, side)
    inner = holder(body, "PageBody")
    area = QScrollArea()
    area.setObjectName("PageScroll")
    area.setAccessibleName(tr("这一页的内容"))
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    if widest:
        inner.setMaximumWidth(metrics().px(widest))
        area.setWidget(holder(_left(inner), "PageBody"))
    else:
        area.setWidget(inner)
    return area


def _left(inner: QWidget) -> QVBoxLayout:
    box = column()
    line = row()
    line.addWidget(inner, 1)
    line.addStretch(0)
    box.addLayout(line)
    return box


def title_bar(title: QWidget, *actions: QWidget, soft: Sequence[Step] = (), hard: Sequence[Step] = ()) -> Bar:
    """Return the bar at the top of a page: title left, actions right, and how it saves room (see `Bar`)."""
    line = row(gap=10)
    line.addWidget(title, 1)
    for action in actions:
        line.addWidget(action)

    def closer(on: bool) -> None:
        left, right, above = (8, 8, 4) if on else (24, 16, 10)
        line.setContentsMargins(*(metrics().px(side) for side in (left, above, right, above)))
        line.setSpacing(metrics().px(4 if on else 10))

    bar = Bar(line, soft, (closer, *hard))
    bar.setProperty("role", "bar")
    bar.setMinimumHeight(metrics().px(64))
    return bar


def page_title(text: str) -> QWidget:
    return label(text, "title")
