"""The calm frame around everything that comes before the work."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.parts.plain import column, frame, holder, label, row
from ui.theme import metrics
from ui.words import tr


class StartPage(QScrollArea):
    """A card in the middle of the window: title, sentence, content, and the notice every start page has."""

    def __init__(self, title: str, lead: str) -> None:
        super().__init__()
        self.setObjectName("PageScroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.content = QVBoxLayout()
        self.content.setSpacing(metrics().px(12))
        self.title: QLabel = label(title, "title")
        self.lead: QLabel = label(lead, "quiet", wrap=True)
        card = frame("card", column(self.title, self.lead, 4, self.content, gap=8), padding=36)
        card.setMaximumWidth(metrics().px(720))  # never wider than the window: large text wraps instead
        middle = row(None)
        middle.addWidget(card, 100)
        middle.addStretch(1)
        notice = label(tr("本软件不得存储、处理国家秘密。"), "quiet")
        name = label(tr("村社台账"), "heading")
        above = () if metrics().is_large else (row(None, name, None), 4)
        body = column(None, *above, middle, 4, row(None, notice, None), None)
        body.setContentsMargins(24, 16, 24, 16)
        self.setWidget(holder(body, "PageBody"))
        self._first: QWidget | None = None

    def put(self, content: QWidget) -> None:
        """Show this as the card's only content."""
        while (item := self.content.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.content.addWidget(content)
        content.show()  # at once, so that a part of it can take the focus

    def focus_on(self, first: QWidget) -> None:
        """Type here: now, or as soon as the page is on the screen."""
        self._first = first
        first.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(first)

    def back(self) -> None:
        """Esc: go one step back, where there is one."""

    def onward(self) -> None:
        """Enter where nothing else takes it."""

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if self._first is not None and not event.spontaneous():
            self._first.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match event.key():
            case Qt.Key.Key_Escape:
                self.back()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.onward()
            case _:
                super().keyPressEvent(event)
