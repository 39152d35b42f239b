"""Each page of the manual has a picture, made from the real window, and shows it as wide as there is room."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from hsdesk.model.resource import resource_dir
from ui.pages.manual import Manual
from ui.pages.manual_text import ManualText

HELP = resource_dir() / "help"
MAKER = Path(__file__).parents[2] / "packaging" / "make_pictures.py"
NAMED = re.compile(r"!\[[^\]]+\]\(images/([\w-]+)\.png\)")


def scenes() -> set[str]:
    """Return the names of the scenes, read from the maker without running it."""
    listed = MAKER.read_text(encoding="utf-8").partition("SCENES")[2].partition("\n}")[0]
    return set(re.findall(r'^    "([\w-]+)":', listed, flags=re.M))


def test_each_page_of_the_manual_has_a_picture_that_a_scene_makes() -> None:
    named = {page.stem: NAMED.findall(page.read_text(encoding="utf-8")) for page in HELP.glob("*.md")}
    assert len(named) > 10 and not [page for page, pictures in named.items() if not pictures]
    wanted = {picture for pictures in named.values() for picture in pictures} | {"window"}
    assert scenes() == wanted == {path.stem for path in (HELP / "images").glob("*.png")}
    assert not [name for name in wanted if QImage(str(HELP / "images" / f"{name}.png")).width() < 600]


def test_a_picture_of_the_manual_is_no_wider_than_its_page(qtbot: QtBot) -> None:
    manual = Manual()
    qtbot.addWidget(manual)
    manual.resize(700, 500)
    manual.show()
    manual.show_about("entering")
    text = manual.text
    assert isinstance(text, ManualText)
    image = text.loadResource(2, QUrl("images/entering.png"))
    assert isinstance(image, QImage)
    assert 100 < image.width() <= text.viewport().width()


def made(names: list[str], folder: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(MAKER.parent)!r}); import make_pictures as m; "
    code += f"from pathlib import Path; m.make({names!r}, Path({str(folder)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


def test_a_picture_is_made_from_the_real_window(tmp_path: Path) -> None:
    made(["forms-authoring"], tmp_path)
    picture = QImage(str(tmp_path / "forms-authoring.png"))
    assert picture.width() == QImage(str(HELP / "images" / "forms-authoring.png")).width()
    assert picture.colorCount() > 20


@pytest.mark.long
def test_every_picture_of_the_manual_can_be_made(tmp_path: Path) -> None:
    made(sorted(scenes()), tmp_path)
    assert {path.stem for path in tmp_path.glob("*.png")} == scenes()
