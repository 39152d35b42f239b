"""A section of an open form: its title at the left or above, as on paper, and its fields in columns."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QWidget

from ui.parts.columns import Columns, Extent
from ui.parts.plain import frame, label, reveal
from ui.record.line import QuestionLine
from ui.record.rosterview import RosterBox
from ui.theme import metrics

Stop = QuestionLine | RosterBox
TITLE_WIDTH = 124
BESIDE_FROM = 1000  # width of the sheet from which the title stands at the left, in pixels at 100 %
CHOICES_BESIDE = 22  # characters of choices that fit into half a line, each button counted as three more


def extent_of(stop: Stop) -> Extent:
    """Return how much room a field asks for: figures and dates little, long texts a whole line."""
    if isinstance(stop, RosterBox) or stop.editor.wide:
        return "whole"
    match stop.kind:
        case "number":
            return "figure"
        case "date":
            return "date"
        case "buttons" | "buttons of several":
            signs = sum(len(choice.label.plain() or choice.value) + 3 for choice in stop.view.choices)
            return "short" if signs <= CHOICES_BESIDE else "whole"
        case "long text" | "list of several" | "file" | "photo":
            return "whole"
        case _:
            return "short"


class Part:
    """A top-level section: its card, title and stops. The card is made with its first field."""

    def __init__(self, path: str, title: str) -> None:
        self.path, self.title = path, title
        self.stops: list[Stop] = []
        self.box = Columns(gap=metrics().px(4), between=metrics().px(20))
        self.name = label(title, "section", wrap=True)
        self.name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.card = frame("card")

    def lay_out(self) -> None:
        """Put title and fields onto the card; called once, when the card stands in the sheet."""
        side, edge = metrics().px(12), metrics().px(6)
        self._line.setContentsMargins(side, edge, side, edge)
        self._line.setSpacing(metrics().px(8))
        self._line.addWidget(self.name)
        self._line.addLayout(self.box, 1)
        self.card.setLayout(self._line)

    def show_title(self, title: str) -> None:
        """Show the title; a section without one has no room for it."""
        self.title = title
        self.name.setText(title)
        reveal(self.name, bool(title))

    def stand(self, width: int) -> None:
        """Put the title beside the fields where the sheet is wide enough, else above them."""
        beside = width >= metrics().px(BESIDE_FROM)
        self._line.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )
        self.name.setContentsMargins(0, metrics().px(8) if beside else 0, 0, 0)
        self.name.setMinimumWidth(metrics().px(TITLE_WIDTH) if beside else 0)
        self.name.setMaximumWidth(metrics().px(TITLE_WIDTH) if beside else _NO_LIMIT)

    def add(self, stop: Stop) -> None:
        """Put a field at the end."""
        self.stops.append(stop)
        self.box.put(stop, extent_of(stop))

    def tell(self, words: QWidget) -> None:
        """Put the title of an inner group at the end."""
        self.box.put(words, "whole")

    def exchange(self, old: Stop, new: Stop) -> None:
        """Put a field in the place of another."""
        self.stops[self.stops.index(old)] = new
        self.box.put(new, extent_of(new), self.box.indexOf(old))

    @property
    def is_relevant(self) -> bool:
        return any(not stop.isHidden() for stop in self.stops)


_NO_LIMIT = 16_777_215
