"""What belongs to this computer and screen, not to the desk's data: text size, language, window place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from ui.theme import SCALES

LOCK_MINUTES = (5, 10, 20, 30)  # without a key or a click, after which the screen may lock itself
ARRANGEMENTS = ("alone", "beside", "above")  # of list and form: F9 goes from one to the next


class Habits:
    """How this computer's persons fill forms; kept in the preferences."""

    advances = False  # a digit that chooses, or the last sign of a complete code, goes on like Enter


habits = Habits()


class Preferences:
    """Kept in HOME/window.ini; holds nothing personal."""

    def __init__(self, home: Path) -> None:
        self._file = QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)
        habits.advances = self.advances
        minutes = str(self._file.value("lock", ""))
        self._lock = int(minutes) if minutes in map(str, LOCK_MINUTES) else 10

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
    def lock_minutes(self) -> int:
        """After how many minutes without a key or a click the screen locks itself: one of `LOCK_MINUTES`."""
        return self._lock

    @lock_minutes.setter
    def lock_minutes(self, value: int) -> None:
        self._lock = value
        self._file.setValue("lock", value)

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
    def arrangement(self) -> str:
        """How list and form share the window: one of `ARRANGEMENTS`."""
        value = str(self._file.value("arrangement", ARRANGEMENTS[0]))
        return value if value in ARRANGEMENTS else ARRANGEMENTS[0]

    @arrangement.setter
    def arrangement(self, value: str) -> None:
        self._file.setValue("arrangement", value)

    def split(self, arrangement: str) -> int:
        """Return how many pixels the list has in an arrangement, 0 where nobody has chosen."""
        value = str(self._file.value(f"split/{arrangement}", "0"))
        return int(value) if value.isdecimal() else 0

    def keep_split(self, arrangement: str, pixels: int) -> None:
        """Remember how many pixels the list has in an arrangement."""
        self._file.setValue(f"split/{arrangement}", pixels)

    def print_out(self, kind: str) -> str:
        """Return which print-out was looked at last, for a kind of choice; "" for none."""
        return str(self._file.value(f"print/{kind}", ""))

    def keep_print_out(self, kind: str, name: str) -> None:
        """Remember which print-out was looked at last."""
        self._file.setValue(f"print/{kind}", name)

    @property
    def print_zoom(self) -> float:
        """How much larger pages are previewed than they fit."""
        try:
            return float(str(self._file.value("print/zoom", 1)))
        except ValueError:
            return 1.0

    @print_zoom.setter
    def print_zoom(self, value: float) -> None:
        self._file.setValue("print/zoom", value)

    @property
    def geometry(self) -> QByteArray:
        value = self._file.value("geometry", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._file.setValue("geometry", value)
