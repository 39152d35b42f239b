"""The place picker: a search by name, pinyin, initials or code, or three lists 县 → 乡 → 村."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from hsdesk.model.place import Directory, Place, load_directory
from ui.parts.lines import DATA, add_line
from ui.parts.plain import column, label, row
from ui.parts.suggest import SuggestBox, Suggestion
from ui.theme import metrics
from ui.words import tr


class PlacePicker(QWidget):
    """Gives the place a person means; villages are shown as 县-乡-村 because 23 names repeat."""

    picked = Signal(object)  # Place

    def __init__(self) -> None:
        super().__init__()
        self.directory: Directory = load_directory()
        self.today = datetime.now().astimezone().date().isoformat()  # a closed village is not offered
        self.search = SuggestBox()
        self.search.setPlaceholderText(tr("输入名称、拼音首字母或代码，例如 深渡、sd、341021"))
        self.search.setAccessibleName(tr("查找村（社区）"))
        self.search.wanted.connect(self._find)
        self.search.picked.connect(self._found)
        self.lists = tuple(QListWidget() for _ in range(3))
        for at, one in enumerate(self.lists):
            one.setMinimumHeight(min(metrics().px(230), 300))
            one.setAccessibleName((tr("县（区）"), tr("乡镇（街道）"), tr("村（社区）"))[at])
            one.itemSelectionChanged.connect(partial(self._entered, at))  # not by Tab
            one.itemActivated.connect(self._choose)
        columns = row(gap=10)
        for name, one in zip((tr("县（区）"), tr("乡镇（街道）"), tr("村（社区）")), self.lists, strict=True):
            columns.addLayout(column(label(name, "quiet"), one, gap=4), 1)
        self.choice = label("", "accent", wrap=True)
        self.setLayout(column(self.search, columns, self.choice, gap=10))
        self.place: Place | None = None
        city = next(place for place in self.directory if place.level == "city")
        self._fill(0, city)

    def choose(self, place: Place) -> None:
        """Mark a place in the three lists."""
        chain = [*reversed(self.directory.ancestors(place.id)), place]
        for at, one in enumerate(chain[1:4]):
            self._mark(at, one)

    def _find(self, text: str) -> None:
        found = self.directory.find(text, limit=30, day=self.today) if text.strip() else ()
        self.search.offer(
            [
                Suggestion(place, self.directory.full_name(place), place.code)
                for place in found
                if place.level != "city"
            ]
        )

    def _found(self, place: object) -> None:
        assert isinstance(place, Place)
        self.search.setText(self.directory.full_name(place))
        self.choose(place)
        self.picked.emit(place)

    def _fill(self, at: int, above: Place) -> None:
        """List the places below `above` in column `at`, and empty the columns after it."""
        for one in self.lists[at:]:
            one.blockSignals(True)
            one.clear()
            one.blockSignals(False)
        if at >= len(self.lists):
            return
        for place in self.directory.children(above.id):
            if not place.is_valid_on(self.today):
                continue
            add_line(self.lists[at], place.name, place)

    def _entered(self, at: int) -> None:
        selected = self.lists[at].selectedItems()
        if not selected:
            return
        self.place = selected[0].data(DATA)
        assert self.place is not None
        self.choice.setText(tr("已选：{name}", name=self.directory.full_name(self.place)))
        self._fill(at + 1, self.place)

    def _mark(self, at: int, place: Place) -> None:
        for index in range(self.lists[at].count()):
            item = self.lists[at].item(index)
            if item.data(DATA) == place:
                self.lists[at].setCurrentItem(item)
                self.lists[at].scrollToItem(item)

    def _choose(self, item: QListWidgetItem) -> None:
        item.setSelected(True)
        place: Place = item.data(DATA)
        if place.level == "village":
            self.picked.emit(place)
