"""核对取舍: what it was, what I wrote, what another wrote, side by side; one is chosen or a new one typed."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPushButton, QVBoxLayout

from hsdesk.desk.values import Conflict, Side
from hsdesk.model.answer import Value
from ui.office import Office
from ui.parts.hold import HoldButton
from ui.parts.plain import button, column, frame, label, reveal, row
from ui.words import tr

Keep = Literal["a", "b", "mine", "theirs", "value"]


class ConflictCard(QFrame):
    """One answer that two people changed differently."""

    open_wanted = Signal(object)  # Conflict
    chosen = Signal()  # a person has decided, and it is written

    def __init__(self, office: Office, conflict: Conflict) -> None:
        super().__init__()
        self.office, self.conflict = office, conflict
        self.setProperty("role", "card")
        self._choices: list[QPushButton] = []
        title = label(f"{conflict.title or conflict.form_title}　{conflict.label}", "heading", wrap=True)
        head = row(gap=8)
        head.addWidget(title, 1)
        head.addWidget(label(conflict.form_title, "quiet"))
        self.hold = HoldButton(focus=True)
        self.hold.held.connect(self._reveal)
        self.hold.let_go.connect(lambda: self._show(*self._covered()))
        head.addWidget(self.hold)
        reveal(self.hold, conflict.is_hidden)
        self._texts: dict[str, QLabel] = {}
        head.addWidget(button(tr("打开这一条"), lambda: self.open_wanted.emit(conflict), "quiet"))
        sides = row(gap=12)
        before, self._texts["base"] = _panel(tr("原来的"), conflict.base_shown or tr("（空）"), "")
        before.layout().setAlignment(Qt.AlignmentFlag.AlignTop)  # type: ignore[union-attr]
        sides.addWidget(before, 1)
        for side, keep in self._sides():
            sides.addWidget(self._side(side, keep), 1)
        self.own = QLineEdit()
        self.own.setPlaceholderText(tr("都不对？在这里另填一个"))
        self.own.setAccessibleName(tr("另填一个"))
        self.own.returnPressed.connect(self._keep_own)
        other = row(gap=8)
        other.addWidget(self.own, 1)
        use_own = button(tr("用我另填的"), self._keep_own)
        other.addWidget(use_own)
        self.setLayout(column(head, sides, other, gap=12, margin=20))
        if conflict.is_picked:  # on the record itself, not here
            for part in (self.own, use_own):
                part.hide()

    def _sides(self) -> list[tuple[Side, Literal["a", "b"]]]:
        """Return both sides, the own one first."""
        both: list[tuple[Side, Literal["a", "b"]]] = [(self.conflict.a, "a"), (self.conflict.b, "b")]
        return both[::-1] if self.conflict.mine == "b" else both

    def _side(self, side: Side, keep: Literal["a", "b"]) -> QFrame:
        if not self.conflict.mine:
            name = tr("{who} 改的", who=side.by)
        else:
            name = tr("我改的") if keep == self.conflict.mine else tr("别人改的")
        when = side.at[:16].replace("T", " ")
        panel, self._texts[keep] = _panel(name, side.shown or tr("（空）"), f"{side.by}　{when}")
        layout = panel.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addStretch(1)
        press = button(tr("用这个"), lambda: self._resolve(keep), "primary")
        self._choices.append(press)
        layout.addWidget(press)
        return panel

    def _covered(self) -> tuple[str, str, str]:
        return self.conflict.a.shown, self.conflict.b.shown, self.conflict.base_shown

    def _reveal(self) -> None:
        """Show all three whole while the button is held, once that is in the log of this desk."""
        conflict = self.conflict.id

        def shown(texts: tuple[str, str, str]) -> None:
            if self.hold.isDown():
                self._show(*texts)

        self.office.ask(lambda desk: desk.exchange.reveal(conflict), shown, owner=self)

    def _show(self, first: str, second: str, base: str) -> None:
        for name, text in (("a", first), ("b", second), ("base", base)):
            self._texts[name].setText(text or tr("（空）"))

    def _keep_own(self) -> None:
        text = self.own.text().strip()
        if text:
            self._resolve("value", text)

    def _resolve(self, keep: Keep, value: Value = None) -> None:
        self.setEnabled(False)
        conflict, shown = self.conflict.id, self.conflict.rev
        self.office.change(
            lambda desk: desk.exchange.resolve(conflict, keep, value, shown),
            lambda _: self.chosen.emit(),
            self._failed,
            self,
        )

    def first_choice(self) -> QPushButton:
        """Return the button that keeps the first side, where the next decision begins."""
        return self._choices[0]

    def _failed(self, error: object) -> None:
        self.setEnabled(True)
        self.office.work.trouble.emit(error)


def _panel(name: str, shown: str, by: str) -> tuple[QFrame, QLabel]:
    """Return a panel and the label in it that says the answer."""
    text = label(shown, "heading", wrap=True)
    body = column(label(name, "accent"), text, label(by, "quiet", wrap=True), gap=6)
    return frame("card", body, 16), text
