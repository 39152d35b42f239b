"""Measures the real window on an existing desk, or takes its picture.

    python -m ui.probe --home DIR              → {"usable_ms", "rss_mb", "peak_mb", "save_block_ms", …}
    python -m ui.probe --empty                 → the same of an empty Qt window: the floor
    python -m ui.probe --home DIR --picture window.png

`usable_ms` runs from the start of the process to the painted home page, `start_work_ms` is the processor
time of the process until then. `save_block_ms` is the longest time
for which the event loop did not turn while 50 answers were typed and saved. The passphrase comes from
HSDESK_PASSPHRASE.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ui.record.line import QuestionLine
    from ui.record.page import OpenedRecord, RecordPage
    from ui.shell import Shell
    from ui.workspace import Workspace

_LOADED = time.perf_counter()
SAVES = 50
NEXT = 8  # records opened in turn
FIELDS = 45  # of the floor: so many styled fields of a bare window, given other texts and painted
PATIENCE_S = 30.0
LOOK_MS = 3
TYPED = "测量用"


def since_start_ms() -> float:
    """Return the milliseconds since this process began; where that is unknown, since this module was read."""
    stat = Path("/proc/self/stat")
    if not stat.exists():
        return (time.perf_counter() - _LOADED) * 1000
    ticks = int(stat.read_text(encoding="ascii").rpartition(")")[2].split()[19])
    began = ticks / os.sysconf("SC_CLK_TCK")
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - began) * 1000


def memory_mb() -> tuple[float, float]:
    """Return resident and peak resident memory in MiB; (0, 0) where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0, 0.0
    fields = dict(
        line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines() if ":" in line
    )
    return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[return-value]


class Heart:
    """Beats as often as the event loop turns and remembers the longest pause."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.longest_ms = 0.0
        self.longest_work_ms = (
            0.0  # of the UI thread's own processor time: what another program took is left out
        )
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000)
        self.longest_work_ms = max(self.longest_work_ms, (worked - self._worked) * 1000)
        self._last, self._worked = now, worked


def turn_until(application: QApplication, done: Callable[[], bool]) -> None:
    """Turn the event loop until something is so; give up loudly after half a minute.

    It sleeps between events, as a real window does: a busy loop would take the time of the database thread.
    """
    from PySide6.QtCore import QEventLoop, QTimer

    limit = time.perf_counter() + PATIENCE_S
    loop = QEventLoop(application)
    look = QTimer(interval=LOOK_MS)
    look.timeout.connect(lambda: loop.quit() if done() or time.perf_counter() > limit else None)
    look.start()
    if not done():
        loop.exec()
    look.stop()
    if not done():
        raise TimeoutError("the window did not come to rest")


def open_painted(home: Path) -> tuple[QApplication, Shell, float]:
    """Open the window, wait until its home page is painted; return the time that took."""
    from PySide6.QtWidgets import QApplication

    from ui.launch import make_application, make_shell

    application = make_application()
    shell = make_shell(home, os.environ.get("HSDESK_PASSPHRASE") or None)
    shell.resize(1366, 728)
    ready: list[float] = []
    shell.ready.connect(lambda: ready.append(1))
    shell.show()
    turn_until(application, lambda: bool(ready))
    QApplication.sendPostedEvents()
    shell.repaint()
    return application, shell, since_start_ms()


def measure(home: Path) -> dict[str, float]:
    """Return the figures of the real window."""
    application, shell, usable = open_painted(home)
    work = time.process_time()
    turn_until(application, lambda: not shell.office.work.waiting)
    rss, _ = memory_mb()
    page = open_record(application, shell)
    heart, slowest = type_and_save(application, shell, page)
    used, peak = memory_mb()
    first, whole = next_records(application, shell)
    shell.close()
    return {
        "usable_ms": round(usable, 1),
        "start_work_ms": round(work * 1000, 1),
        "rss_mb": round(max(rss, used), 1),
        "peak_mb": round(peak, 1),
        "save_block_ms": round(heart.longest_ms, 2),
        "save_block_work_ms": round(heart.longest_work_ms, 2),
        "save_ms": round(slowest, 1),
        "saves": SAVES,
        "next_first_ms": round(first, 2),
        "next_whole_ms": round(whole, 2),
    }


def open_record(application: QApplication, shell: Shell) -> RecordPage:
    """Open a new record of the first register in which records can be made."""
    from ui.record.page import RecordPage
    from ui.workspace import Workspace

    workspace, status = shell.stack.currentWidget(), shell.office.status
    assert isinstance(workspace, Workspace), "the desk did not open: is HSDESK_PASSPHRASE right?"
    assert status is not None
    makeable = [
        one.form_id for one in status.registers if one.open and one.writable and one.kind == "register"
    ]
    workspace.go("new", "social_org" if "social_org" in makeable else makeable[0])
    turn_until(application, lambda: isinstance(workspace.page, RecordPage))
    page = workspace.page
    assert isinstance(page, RecordPage)
    turn_until(application, lambda: not shell.office.work.waiting)
    return page


def next_records(application: QApplication, shell: Shell) -> tuple[float, float]:
    """Open records of one register in turn, on the form that stands; return the best of several, in ms.

    The first figure is the processor time of the window until the first section is painted, from the moment
    the record has been read; the second is the processor time of the whole program from asking for it until
    every field shows it.
    """
    from hsdesk.desk.values import ListQuery
    from ui.pages.page import Target
    from ui.workspace import Workspace

    workspace = shell.stack.currentWidget()
    assert isinstance(workspace, Workspace)
    form = workspace.page.form.form_id  # type: ignore[attr-defined]
    keys: list[tuple[object, ...]] = []
    shell.office.ask(lambda desk: desk.lists.keys(form, ListQuery(limit=NEXT)), keys.append)
    turn_until(application, lambda: bool(keys))
    bind, first, whole = workspace.bound, [], []

    def bound(opened: OpenedRecord) -> RecordPage:
        began = time.thread_time()
        page = bind(opened)
        page.repaint()
        first.append((time.thread_time() - began) * 1000)
        return page

    workspace.bound = bound  # type: ignore[method-assign]
    for key in keys[0]:
        shown, began = len(first), time.process_time()
        workspace.show_target(Target("record", form, key.record, scope=key.scope))  # type: ignore[attr-defined]
        turn_until(application, lambda: len(first) > shown and _is_whole(workspace))  # noqa: B023
        whole.append((time.process_time() - began) * 1000)
        turn_until(application, lambda: not shell.office.work.waiting)
    workspace.bound = bind  # type: ignore[method-assign]
    return min(first[2:], default=0.0), min(whole[2:], default=0.0)  # the first two make the form


def _is_whole(workspace: Workspace) -> bool:
    page = workspace.open_record
    return page is not None and page.is_ready and page.sheet.is_whole


def type_and_save(application: QApplication, shell: Shell, page: RecordPage) -> tuple[Heart, float]:
    """Type and leave a field `SAVES` times; return the heart that beat meanwhile and the slowest save."""
    from hsdesk.forms.types import type_of

    line = next(
        one for one in page.sheet.lines.values() if type_of(one.view.question).is_prose and one.can_be_filled
    )
    times: list[float] = []
    page.autosave.saved.connect(times.append)
    for _ in range(20):  # everything that opening the page put off is done first
        application.processEvents()
    heart = Heart()
    for number in range(SAVES):
        type_into(line, f"{TYPED}{number}")
        turn_until(application, lambda so_far=number: len(times) > so_far)  # type: ignore[misc]
    turn_until(application, lambda: not shell.office.work.waiting)
    heart.stop()
    return heart, max(times)


def type_into(line: QuestionLine, text: str) -> None:
    """Type a text with an input method and leave the field with Enter, as a person does."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QInputMethodEvent, QKeyEvent
    from PySide6.QtWidgets import QApplication

    field = line.editor.target()
    field.setFocus(Qt.FocusReason.TabFocusReason)
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(field, event)
    nothing = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, nothing, "\r"))


def measure_empty() -> dict[str, float]:
    """Return the figures of a Qt window with nothing in it."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication(["empty"])
    window = QMainWindow()
    window.resize(1366, 728)
    window.show()
    application.processEvents()
    window.repaint()
    usable = since_start_ms()
    rss, peak = memory_mb()
    return {
        "usable_ms": round(usable, 1),
        "rss_mb": round(rss, 1),
        "peak_mb": round(peak, 1),
        "fields_ms": round(bare_fields(application), 2),
    }


def bare_fields(application: QApplication) -> float:
    """Return the processor time in ms of giving styled fields other texts and painting them: the floor."""
    from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

    from ui.theme import dress

    dress(application, 100)
    ground = QWidget()
    grid = QGridLayout(ground)
    fields = [QLineEdit() for _ in range(FIELDS)]
    for at, field in enumerate(fields):
        grid.addWidget(QLabel(TYPED), at // 2, at % 2 * 2)
        grid.addWidget(field, at // 2, at % 2 * 2 + 1)
    ground.resize(1366, 728)
    ground.show()
    application.processEvents()
    times = []
    for turn in range(NEXT):
        began = time.thread_time()
        for field in fields:
            field.setText(f"{TYPED}{turn}")
        ground.repaint()
        times.append((time.thread_time() - began) * 1000)
    return min(times)


def take_picture(home: Path, out: Path) -> None:
    """Save what the window shows after opening."""
    application, shell, _ = open_painted(home)
    turn_until(application, lambda: not shell.office.work.waiting)
    application.processEvents()
    out.parent.mkdir(parents=True, exist_ok=True)
    shell.grab().save(str(out))
    shell.close()


def main() -> int:
    """Run one measurement and print it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m ui.probe", description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("HSDESK_HOME", "")))
    parser.add_argument("--empty", action="store_true", help="an empty Qt window instead")
    parser.add_argument("--picture", type=Path, help="save what the window shows")
    options = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "win32"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.picture:
        take_picture(options.home, options.picture)
        return 0
    figures = measure_empty() if options.empty else measure(options.home)
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
