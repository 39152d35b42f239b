"""按住显示: a button that shows what is hidden for as long as it is held down, by mouse or space bar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy

from ui.words import tr


class HoldButton(QPushButton):
    """Emits `held` when it goes down and `let_go` when it comes up or loses the focus."""

    held = Signal()
    let_go = Signal()

    def __init__(self, *, focus: bool = False) -> None:
        """`focus`: the keyboard reaches it; not beside a field, which opens when it has the focus."""
        super().__init__(tr("按住显示"))
        self.setToolTip(tr("按住不放就看得到完整的内容，松开就遮住；看过会记下来。"))
        self.setProperty("role", "quiet")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if focus else Qt.FocusPolicy.NoFocus)
        self.pressed.connect(self.held.emit)
        self.released.connect(self.let_go.emit)
