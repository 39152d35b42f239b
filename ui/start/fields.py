"""Fields of the start pages: a labelled line, a passphrase with a strength hint, a message line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from hsdesk.errors import DataError
from hsdesk.model import passphrase
from ui.parts.plain import column, label, restyle
from ui.words import error_text, tr


class Line(QWidget):
    """A label above a text field; Enter goes on."""

    def __init__(self, name: str, enter: Callable[[], object], *, secret: bool = False) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.name = label(name)
        self.name.setBuddy(self.edit)
        self.edit.setAccessibleName(name)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
            self.edit.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText)
        self.edit.returnPressed.connect(enter)
        self.box: QVBoxLayout = column(self.name, self.edit, gap=6)
        self.setLayout(self.box)

    @property
    def text(self) -> str:
        return self.edit.text()

    def show_text(self, shown: bool) -> None:
        """Show or hide what is typed."""
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.edit.setEchoMode(mode)


class NewPassphrase(QWidget):
    """A new passphrase, typed twice, with a word about its strength."""

    def __init__(self, enter: Callable[[], object]) -> None:
        super().__init__()
        self.first = Line(tr("开机口令（至少 8 位）"), self._to_second, secret=True)
        self.hint = label(tr("建议用一句自己记得住的话，例如几个词连起来。"), "quiet", wrap=True)
        self.second = Line(tr("再输一遍"), enter, secret=True)
        shown = QCheckBox(tr("显示口令"))
        shown.toggled.connect(self.first.show_text)
        shown.toggled.connect(self.second.show_text)
        self.first.edit.textChanged.connect(self._judge)
        self.setLayout(column(self.first, self.hint, self.second, shown, gap=8))

    def problem(self) -> str:
        """Return why the passphrase cannot be used, or ""."""
        try:
            passphrase.check(self.first.text)
        except DataError as error:
            return error_text(error)
        if self.first.text != self.second.text:
            return tr("两次输入的口令不一样，请再输一遍。")
        return ""

    def correct(self) -> None:
        """Go back to the field that has to be typed again."""
        wrong = self.first if passphrase.is_weak(self.first.text) else self.second
        wrong.edit.selectAll()
        wrong.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def text(self) -> str:
        return self.first.text

    def _to_second(self) -> None:
        self.second.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def _judge(self, text: str) -> None:
        words, role = strength(text)
        self.hint.setText(words)
        restyle(self.hint, "role", role)


def strength(text: str) -> tuple[str, str]:
    """Return a word about a passphrase's strength and the role it is shown in.

    A hint only, counted in kinds of characters and length; whether it may be set says `model.passphrase`.
    """
    kinds = sum(
        any(test(char) for char in text)
        for test in (str.isdigit, str.isupper, str.islower, lambda char: not char.isalnum(), _is_han)
    )
    score = len(text) + 3 * kinds
    if len(text) < passphrase.SHORTEST:
        return tr("还差 {n} 位。", n=passphrase.SHORTEST - len(text)), "quiet"
    if score < 14 or passphrase.is_weak(text):
        return tr("强度：弱。加几个字或换一句话会更好。"), "warn"
    if score < 20:
        return tr("强度：中。"), "quiet"
    return tr("强度：强。"), "good"


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


class Message(QLabel):
    """A line for what went wrong; empty and without height until then."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setProperty("role", "bad")
        self.hide()

    def say(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))
