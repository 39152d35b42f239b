"""The manual: its chapters, what is found in it, and which part is about where one stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from hsdesk.model.pinyin_match import span
from hsdesk.model.resource import resource_dir
from ui.pages.manual_text import ManualText
from ui.parts.lines import DATA, add_line
from ui.parts.plain import column, holder, row
from ui.theme import COLOURS, metrics
from ui.words import tr

CHAPTERS = (
    "quick-start", "entering", "registers", "register-list", "sync", "printing", "bad-days", "privacy",
    "policy", "linux-input",
)  # fmt: skip
PAUSE_MS = 60
MOST_FOUND = 60
ABOUT = {  # page: the chapter and the section that are about it
    "home": ("entering", "今天要办的"),
    "register": ("register-list", ""),
    "record": ("entering", ""),
    "new": ("entering", ""),
    "sync": ("sync", ""),
    "indicators": ("quick-start", ""),
    "prints": ("printing", ""),
    "settings": ("privacy", ""),
    "drafts": ("entering", "今天要办的"),
}


class Section(NamedTuple):
    """A part of a chapter under its own heading; "" before the first one."""

    chapter: str
    heading: str
    text: str


@cache
def sections() -> tuple[Section, ...]:
    """Return every section of the manual, in order."""
    return tuple(section for name in CHAPTERS for section in _sections(name))


def path_of(chapter: str) -> Path:
    return resource_dir() / "help" / f"{chapter}.md"


@cache
def title_of(chapter: str) -> str:
    """Return the first heading of a chapter."""
    lines = path_of(chapter).read_text(encoding="utf-8").splitlines()
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), chapter)


def _sections(chapter: str) -> Iterator[Section]:
    heading, lines = "", list[str]()
    for line in path_of(chapter).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            yield Section(chapter, heading, "\n".join(lines))
            heading, lines = line[3:].strip(), []
        elif not line.startswith("# "):
            lines.append(line)
    yield Section(chapter, heading, "\n".join(lines))


def found_in_manual(typed: str) -> tuple[Section, ...]:
    """Return the sections that hold what was typed: those whose heading does come first."""
    wanted = typed.strip()
    if not wanted:
        return ()
    heads = [one for one in sections() if span(one.heading or title_of(one.chapter), wanted)]
    texts = [one for one in sections() if wanted.lower() in one.text.lower() and one not in heads]
    return (*heads, *texts)[:MOST_FOUND]


class Manual(QWidget):
    """Search, chapters and text; `narrow` puts them below each other, for the panel beside the work."""

    def __init__(self, *, narrow: bool = False) -> None:
        super().__init__()
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("在帮助里找"))
        self.search.setAccessibleName(tr("在帮助里找"))
        self.search.setClearButtonEnabled(True)
        self.chapters = QListWidget()
        self.chapters.setWordWrap(True)
        self.chapters.setAccessibleName(tr("目录"))
        self.text = ManualText()
        self.text.setAccessibleName(tr("正文"))
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.document().setDefaultStyleSheet(
            f"a {{ color: {COLOURS.accent}; }} h1, h2 {{ color: {COLOURS.ink}; }}"
        )
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._find)
        self.search.textChanged.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(self._to_found)
        self.chapters.currentItemChanged.connect(self._chosen)
        self._lay_out(narrow=narrow)
        self._list_chapters()

    def _lay_out(self, *, narrow: bool) -> None:
        if narrow:
            self.chapters.setFixedHeight(metrics().px(100 if metrics().is_large else 150))
            body = column(self.search, self.chapters, gap=8)
            body.addWidget(self.text, 1)
            self.setLayout(body)
            return
        self.chapters.setFixedWidth(metrics().px(260))
        side = column(self.search, gap=8)
        side.addWidget(self.chapters, 1)
        line = row(holder(side), gap=14)
        line.addWidget(self.text, 1)
        self.setLayout(line)

    def show_about(self, chapter: str, heading: str = "") -> None:
        """Open a chapter at one of its sections."""
        self.search.clear()
        self._list_chapters()
        self.chapters.setCurrentRow(CHAPTERS.index(chapter))
        self._open(Section(chapter, heading, ""))

    def _list_chapters(self) -> None:
        self._list([(title_of(name), Section(name, "", "")) for name in CHAPTERS])

    def _list(self, lines: list[tuple[str, Section]]) -> None:
        self.chapters.blockSignals(True)
        self.chapters.clear()
        for text, section in lines:
            add_line(self.chapters, text, section, width=metrics().px(220))
        self.chapters.blockSignals(False)

    def _find(self) -> None:
        typed = self.search.text()
        if not typed.strip():
            self._list_chapters()
            return
        found = found_in_manual(typed)
        self._list([("　".join(filter(None, (title_of(one.chapter), one.heading))), one) for one in found])
        if found:
            self.chapters.setCurrentRow(0)
        else:
            self.text.setPlainText(tr("帮助里没有“{text}”。", text=typed))

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._open(item.data(DATA))

    def _to_found(self) -> None:
        if self.chapters.count():
            self.chapters.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, section: Section) -> None:
        self.text.show_chapter(path_of(section.chapter))
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        if section.heading:
            self._scroll_to(section.heading)
        self._mark(self.search.text().strip())

    def _scroll_to(self, heading: str) -> None:
        block = self.text.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and block.text().strip() == heading:
                top = self.text.document().documentLayout().blockBoundingRect(block).top()
                self.text.verticalScrollBar().setValue(round(top))
                self.text.setTextCursor(QTextCursor(block))
                return
            block = block.next()

    def _mark(self, typed: str) -> None:
        """Mark the first place with what was looked for, from the opened section on."""
        if typed:
            self.text.find(typed)

    def _follow(self, link: QUrl) -> None:
        name = link.fileName().removesuffix(".md")
        if name in CHAPTERS:
            self.show_about(name)
