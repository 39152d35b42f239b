"""What belongs to this computer and screen, not to the desk's data: text size, language, window place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from ui.theme import SCALES


class Habits:
    """How this computer's persons fill forms; kept in the preferences."""

    advances = False  # a digit that chooses, or the last sign of a complete code, goes on like Enter


habits = Habits()


class Preferences:
    """Kept in HOME/window.ini; holds nothing personal."""

    def __init__(self, home: Path) -> None:
        self._file = QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)
        habits.advances = self.advances

    @property
    def scale(self) -> int:
        """Text size 字号 in per cent."""
        value = self._file.value("scale", 100)
        try:
            scale = int(str(value))
        except ValueError:
            return 100
        return scale if scale in SCALES else 100

    @scale.setter
    def scale(self, value: int) -> None:
        self._file.setValue("scale", value)

    @property
    def language(self) -> str:
        return str(self._file.value("language", "zh"))

    @language.setter
    def language(self, value: str) -> None:
        self._file.setValue("language", value)

    @property
    def high_contrast(self) -> bool:
        return str(self._file.value("contrast", "")) == "high"

    @high_contrast.setter
    def high_contrast(self, value: bool) -> None:
        self._file.setValue("contrast", "high" if value else "")

    @property
    def advances(self) -> bool:
        """Tell whether a complete answer goes on to the next field without Enter."""
        return str(self._file.value("advances", "")) == "yes"

    @advances.setter
    def advances(self, value: bool) -> None:
        self._file.setValue("advances", "yes" if value else "")
        habits.advances = value

    @property
    def geometry(self) -> QByteArray:
        value = self._file.value("geometry", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._file.setValue("geometry", value)
