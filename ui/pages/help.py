"""帮助 (F1): the manual, in plain words, read from `resources/help`."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QListWidget, QTextBrowser

from hsdesk.model.resource import resource_dir
from ui.office import Office
from ui.pages.page import Page, page_title, title_bar
from ui.parts.lines import DATA, add_line
from ui.parts.plain import column, holder, row
from ui.theme import COLOURS, metrics
from ui.words import tr

CHAPTERS = (
    "quick-start", "entering", "registers", "register-list", "sync", "printing", "bad-days", "privacy",
    "policy", "linux-input",
)  # fmt: skip


class HelpPage(Page):
    """Chapters at the left, text at the right."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.chapters = QListWidget()
        self.chapters.setFixedWidth(metrics().px(230))
        self.chapters.setWordWrap(True)
        self.chapters.setAccessibleName(tr("目录"))
        self.text = QTextBrowser()
        self.text.setAccessibleName(tr("正文"))
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.document().setDefaultStyleSheet(
            f"a {{ color: {COLOURS.accent}; }} h1, h2 {{ color: {COLOURS.ink}; }}"
        )
        for name in CHAPTERS:
            path = resource_dir() / "help" / f"{name}.md"
            if path.exists():
                self._add(path)
        self.chapters.currentItemChanged.connect(
            lambda item, _: self._open(item.data(DATA)) if item else None
        )
        body = row(holder(column(self.chapters)), gap=14, margin=14)
        body.addWidget(self.text, 1)
        layout = column(title_bar(page_title(tr("帮助"))), gap=0)
        layout.addLayout(body, 1)
        self.setLayout(layout)
        self.chapters.setCurrentRow(0)

    def take_focus(self) -> None:
        self.chapters.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, path: Path) -> None:
        add_line(self.chapters, heading_of(path), path, width=self.chapters.width() - metrics().px(30))

    def _open(self, path: Path) -> None:
        self.text.setMarkdown(path.read_text(encoding="utf-8"))
        self.text.verticalScrollBar().setValue(0)

    def _follow(self, link: QUrl) -> None:
        for at in range(self.chapters.count()):
            path: Path = self.chapters.item(at).data(DATA)
            if path.name == link.fileName():
                self.chapters.setCurrentRow(at)


def heading_of(path: Path) -> str:
    """Return the first heading of a chapter."""
    with path.open(encoding="utf-8") as lines:
        return next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), path.stem)
