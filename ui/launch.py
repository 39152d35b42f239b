"""Starts Qt, dresses it and opens the window on a desk."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from hsdesk.model.resource import resource_dir
from ui.crash import CrashWatch
from ui.office import Office
from ui.preferences import Preferences
from ui.shell import Shell
from ui.theme import dress
from ui.words import speak


def make_application() -> QApplication:
    """Return the one Qt application of this process."""
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
    application = make_application()
    preferences = Preferences(home)
    speak(application, preferences.language)
    dress(application, preferences.scale)
    watch = CrashWatch(application)
    watch.install()
    office = Office(home)
    office.work.bug.connect(watch.report)
    shell = Shell(office, preferences)
    shell.begin(passphrase)
    return shell


def open_window(home: Path, passphrase: str | None = None) -> int:
    """Show the window until it is closed; return the exit code."""
    shell = make_shell(home, passphrase or os.environ.get("HSDESK_PASSPHRASE") or None)
    shell.show_placed()
    return QApplication.exec()
