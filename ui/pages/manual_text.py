"""A chapter of the manual as one reads it; its pictures are never wider than the page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QTextBrowser

from ui.theme import metrics


class ManualText(QTextBrowser):
    """Shows Markdown; pictures are looked for beside the chapter."""

    def show_chapter(self, path: Path) -> None:
        """Show a chapter from its beginning."""
        self.document().setBaseUrl(QUrl.fromLocalFile(f"{path.parent}/"))
        self.setMarkdown(path.read_text(encoding="utf-8"))

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802
        """Return a picture as wide as there is room for, anything else as it is."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        image = QImage(self.document().baseUrl().resolved(QUrl(name)).toLocalFile())
        room = self.viewport().width() - metrics().px(60)
        if image.isNull() or image.width() <= room:
            return image
        return image.scaledToWidth(max(room, 1), Qt.TransformationMode.SmoothTransformation)
