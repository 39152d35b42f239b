"""Make the pictures of the manual from the real windows, on the sample data that the program brings.

    python packaging/make_pictures.py [NAME…]       writes resources/help/images/NAME.png

Each scene opens a page as a person does and says which part of the window is the picture.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from hsdesk.desk import Desk
    from ui.pages.page import Target
    from ui.record.page import RecordPage
    from ui.shell import Shell
    from ui.workspace import Workspace

IMAGES = ROOT / "resources" / "help" / "images"
PLACE, PERSON, PASSPHRASE = "341021101204", "演示填报员", "yan-shi-2020"
QUIET_LOOKS = 30  # a few milliseconds each
MOST_COLOURS = 256
WIDTH = 960  # pixels of a picture in the file


def make_home(home: Path) -> None:
    """Make a desk with the sample records of one village."""
    from hsdesk.cli.journey import Journey, fill
    from hsdesk.desk import Desk

    desk, _ = Desk.create(home, (PLACE,), PERSON, PASSPHRASE)
    fill(Journey(home.parent, lambda _: None), desk, PLACE)
    desk.close()


class Stage:
    """The open window, and short ways to go about in it."""

    def __init__(self, application: QApplication, shell: Shell) -> None:
        from ui.workspace import Workspace

        self.application, self.shell = application, shell
        work = shell.stack.currentWidget()
        assert isinstance(work, Workspace)
        self.work: Workspace = work

    def rest(self) -> None:
        """Wait until everything that was asked for is shown."""
        from ui.probe import turn_until

        quiet: list[bool] = []

        def has_been_quiet() -> bool:
            if not self.shell.office.work.waiting:
                quiet.append(True)
            return len(quiet) > QUIET_LOOKS

        turn_until(self.application, has_been_quiet)
        self.application.processEvents()

    def go(self, page: str, form: str = "") -> QWidget:
        """Open a page."""
        self.work.go(page, form)
        self.rest()
        return self.work.page

    def new(self, form: str) -> RecordPage:
        """Open an empty record."""
        before = getattr(self.work.page, "sitting", None)
        self.work.go("new", form)
        return self._record(before)

    def first(self, form: str) -> RecordPage:
        """Open the first record of a register."""
        from ui.probe import turn_until

        found: list[Target] = []
        self.shell.office.ask(lambda desk: _first(desk, form), found.append)
        turn_until(self.application, lambda: bool(found))
        before = getattr(self.work.page, "sitting", None)
        self.work.show_target(found[0])
        return self._record(before)

    def _record(self, before: object) -> RecordPage:
        """`before`: the sitting that ends with the record that comes."""
        from ui.probe import turn_until
        from ui.record.page import RecordPage

        turn_until(self.application, lambda: _is_open(self.work.page, before))
        page = self.work.page
        assert isinstance(page, RecordPage)
        self.rest()
        return page


def _is_open(page: object, before: object) -> bool:
    from ui.record.page import RecordPage

    return isinstance(page, RecordPage) and page.is_ready and page.sitting is not before


def _first(desk: Desk, form: str) -> Target:
    from hsdesk.desk.values import ListQuery
    from ui.pages.page import Target

    key = desk.lists.keys(form, ListQuery())[0]
    return Target("record", form, key.record, scope=key.scope)


def entering(stage: Stage) -> QWidget:
    page = stage.new("social_org")
    page.sheet.focus_path("category")
    return stage.work


def filled(form: str, path: str) -> Callable[[Stage], QWidget]:
    """Return the scene of the first record of a register at one of its fields."""

    def scene(stage: Stage) -> QWidget:
        page = stage.first(form)
        page.sheet.focus_path(path)
        return page

    return scene


def formula(stage: Stage) -> QWidget:
    page = stage.first("grid")
    page.sitting.aids.explaining.toggle("fused")
    stage.rest()
    return page


def printed(stage: Stage) -> QWidget:
    from ui.pages.prints import PrintPage

    page = stage.go("prints")
    assert isinstance(page, PrintPage)
    page.choice.names.setCurrentRow(1)
    stage.rest()
    return page


def unfinished(stage: Stage) -> QWidget:
    from PySide6.QtTest import QTest

    page = stage.first("social_org")
    page.sheet.focus_path("member_n")
    QTest.keyClicks(page.sheet.lines["member_n"].editor.target(), "3o")
    page.flush()
    return stage.go("drafts")


def sought(stage: Stage) -> QWidget:
    stage.go("register", "social_org")
    return stage.work.page


SCENES: dict[str, Callable[[Stage], QWidget]] = {
    "quick-start": lambda stage: stage.go("home") and stage.work,
    "entering": entering,
    "registers": lambda stage: stage.go("settings"),
    "register-list": lambda stage: stage.go("register", "worker"),
    "sync": lambda stage: stage.go("sync"),
    "printing": printed,
    "bad-days": unfinished,
    "privacy": filled("party_member", "name"),
    "policy": lambda stage: stage.go("indicators"),
    "linux-input": sought,
    "administration": lambda stage: stage.go("indicators") and stage.work,
    "forms-authoring": formula,
    "conformance": filled("community", "hh_registered"),
    "window": lambda stage: stage.go("home") and stage.work,
}


def save(part: QWidget, out: Path) -> None:
    """Write a part of the window as a small picture."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    picture = part.grab().toImage()
    small = picture.scaledToWidth(min(WIDTH, picture.width()), Qt.TransformationMode.SmoothTransformation)
    out.parent.mkdir(parents=True, exist_ok=True)
    plain = small.convertToFormat(QImage.Format.Format_RGB32)
    pixels = Counter(memoryview(plain.constBits()).cast("I"))
    colours = [colour for colour, _ in pixels.most_common(MOST_COLOURS)]
    few = plain.convertToFormat(QImage.Format.Format_Indexed8, colours, Qt.ImageConversionFlag.AvoidDither)
    few.save(str(out), "PNG")  # type: ignore[call-overload]


def make(names: list[str], target: Path) -> list[Path]:
    """Make the pictures with these names in a folder; return their files."""
    from ui.probe import open_painted

    os.environ["HSDESK_PASSPHRASE"] = PASSPHRASE
    made = []
    with tempfile.TemporaryDirectory() as folder:
        make_home(Path(folder) / "home")
        application, shell, _ = open_painted(Path(folder) / "home")
        stage = Stage(application, shell)
        stage.rest()
        for name in names:
            part = SCENES[name](stage)
            stage.rest()
            made.append(target / f"{name}.png")
            save(part, made[-1])
        shell.close()
        stage.rest()
    return made


def main() -> int:
    """Make the pictures that are named, or all."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    unknown = [name for name in sys.argv[1:] if name not in SCENES]
    if unknown:
        print(f"no scene: {', '.join(unknown)}", file=sys.stderr)
        return 2
    for path in make(sys.argv[1:] or list(SCENES), IMAGES):
        print(f"{path.relative_to(ROOT)} {path.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
