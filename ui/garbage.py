"""Python's cyclic garbage, collected on the window's thread only.

A collection that Python starts by itself runs on whichever thread happens to make an object. On the
database thread it may delete widgets of a closed page while the window paints or dresses its own, which
ends the program.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

TICK_MS = 250
FULL_MS = 10_000  # between two collections of everything that lives


class WindowThreadCollector(QObject):
    """Collects in place of the interpreter from `start` to `stop`, by the interpreter's own thresholds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.collect)
        self._since_full = QElapsedTimer()

    def start(self) -> None:
        gc.disable()
        self._since_full.start()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        gc.enable()

    def collect(self) -> None:
        """Collect the oldest generation that is due; everything at most once in `FULL_MS`."""
        made, due = gc.get_count(), gc.get_threshold()
        if made[2] > due[2] and self._since_full.hasExpired(FULL_MS):
            gc.collect()
            self._since_full.restart()
        elif made[1] > due[1]:
            gc.collect(1)
        elif made[0] > due[0]:
            gc.collect(0)
