"""Starts Qt, dresses it and opens the window on a desk.

The database thread begins to open the desk before the widgets are loaded: both take their time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ui.office import Office

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ui.shell import Shell


def make_application() -> QApplication:
    """Return the one Qt application of this process."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QIcon
    from PySide6.QtWidgets import QApplication

    from hsdesk.model.resource import resource_dir

    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication([sys.argv[0] if sys.argv else "hsdesk"])
    application.setApplicationName("hsdesk")
    application.setApplicationDisplayName("村社台账")
    application.setWindowIcon(QIcon(str(resource_dir() / "icons" / "hsdesk.svg")))
    return application


def make_shell(home: Path, passphrase: str | None = None) -> Shell:
    """Return the window, not shown yet, already asking for the desk in `home`."""
    office = Office(home)
    if office.exists():
        office.begin(passphrase)
    return _shell_for(office, given=passphrase is not None)


def _shell_for(office: Office, *, given: bool) -> Shell:
    from ui.parts import spoken
    from ui.preferences import Preferences
    from ui.shell import Shell
    from ui.theme import dress
    from ui.words import speak

    application = make_application()
    preferences = Preferences(office.home)
    speak(application, preferences.language)
    dress(application, preferences.scale, high=preferences.high_contrast)
    spoken.install()
    return Shell(office, preferences, given=given)


def open_window(home: Path, passphrase: str | None = None) -> int:
    """Show the window until it is closed; return the exit code."""
    from PySide6.QtWidgets import QApplication

    from ui.crash import CrashWatch

    if (home / "opened").exists():  # a copy of an attachment that a killed program left
        from hsdesk.desk import Desk

        Desk.clear_opened(home)
    shell = make_shell(home, passphrase or os.environ.get("HSDESK_PASSPHRASE") or None)
    watch = CrashWatch(shell)
    watch.install()
    shell.office.work.bug.connect(watch.report)
    shell.show_placed()
    return QApplication.exec()
