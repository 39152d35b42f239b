"""The calm frame around everything that comes before the work."""

from __future__ import annotations

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
        card.setFixedWidth(metrics().px(720))
        notice = label(tr("本软件不得存储、处理国家秘密。"), "quiet")
        name = label(tr("村社台账"), "heading")
        body = column(None, row(None, name, None), 4, row(None, card, None), 4, row(None, notice, None), None)
        body.setContentsMargins(24, 16, 24, 16)
        self.setWidget(holder(body, "PageBody"))

    def put(self, content: QWidget) -> None:
        """Show this as the card's only content."""
        while (item := self.content.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.content.addWidget(content)
