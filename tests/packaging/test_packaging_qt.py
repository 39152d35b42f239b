"""The installed Qt is fit to run on."""

from __future__ import annotations

import subprocess
import sys

SET_TEXT = """
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel()
for number in range(20_000):
    label.setText(str(number))
print(label.text())
"""


def test_a_label_survives_twenty_thousand_texts() -> None:
    # PySide6 6.12.0 on Python 3.11 loses a reference to None with each call and aborts after some 5,000.
    done = subprocess.run([sys.executable, "-c", SET_TEXT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "19999"), done.stderr[-400:]
