"""The search over all registers (Ctrl+F): 张三, zhangsan and zs find the same person."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal

from hsdesk.desk.values import Hit
from ui.office import Office
from ui.pages.page import Target
from ui.parts.suggest import SuggestBox, Suggestion
from ui.theme import metrics
from ui.words import tr

PAUSE_MS = 120
MOST = 50
WIDEST = 480  # pixels


class Finder(SuggestBox):
    """Asks the desk while one types and emits `found` with a Target."""

    found = Signal(object)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        words = tr("全部查找") if metrics().is_large else tr("全部查找：姓名、名称、拼音首字母（Ctrl+F）")
        self.setPlaceholderText(words)
        self.setAccessibleName(tr("全部查找"))
        self.setClearButtonEnabled(True)
        self.setFixedWidth(min(metrics().px(430), WIDEST))
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.wanted.connect(lambda _: self._pause.start())
        self.picked.connect(self._go)

    def _ask(self) -> None:
        text = self.sought().strip()
        if not text:
            self.close_list()
            return
        self.office.ask(
            lambda desk: desk.lists.find(text, MOST), lambda hits: self._show(text, hits), owner=self
        )

    def _show(self, text: str, hits: tuple[Hit, ...]) -> None:
        if text != self.sought().strip() or not self.hasFocus():
            return
        lines = [Suggestion(hit, hit.title, _detail(hit)) for hit in hits]
        self.offer(lines or [Suggestion(None, tr("没有找到“{text}”", text=text))])

    def _go(self, hit: object) -> None:
        if isinstance(hit, Hit):
            self.clear()
            self.found.emit(Target("record", hit.form, hit.key.record, scope=hit.key.scope))


def _detail(hit: Hit) -> str:
    """Return where a record lies and why it was found; what is most needed comes first, lest it be cut."""
    return "　".join(part for part in (hit.place, hit.found, hit.form_title) if part)
