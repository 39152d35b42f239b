"""Every sentence of the window has its English, and every sentence of the translation is still said."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, words

from hsdesk import errors
from hsdesk.errors import DeskError
from hsdesk.model.punctuation import full_width
from ui.pages.home import HomePage
from ui.words import CONTEXT, ERRORS, error_text, read_ts, speak, tr

ROOT = Path(__file__).parents[2]
SHOWN = (
    "desk",
    "forms/formula_words.py",
    "forms/live",
    "forms/session.py",
    "forms/types",
    "forms/versions.py",
    "model",
    "deskfile",
    "records",
    "registers",
    "reports",
    "wire",
    "sync",
)
KINDS = {
    "Phrase",
    "Sentence",
    *(
        name
        for name, one in vars(errors).items()
        if inspect.isclass(one) and issubclass(one, errors.DeskError)
    ),
}


def first_arguments(path: Path, names: set[str]) -> Iterator[str]:
    """Yield the first argument, where it is a text, of every call of one of these names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        if named and node.args and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
            yield str(node.args[0].value)  # type: ignore[attr-defined]


def sources(*places: Path) -> Iterator[Path]:
    for place in places:
        yield from place.rglob("*.py") if place.is_dir() else (place,)


@cache
def window_texts() -> set[str]:
    return {text for path in sources(ROOT / "ui") for text in first_arguments(path, {"tr"})}


@cache
def error_texts() -> set[str]:
    places = (ROOT / "hsdesk" / part for part in SHOWN)
    return {text for path in sources(*places, ROOT / "ui") for text in first_arguments(path, KINDS)}


def test_every_sentence_of_the_window_has_its_english() -> None:
    translated = {text for context, text in read_ts("en") if context == CONTEXT}
    assert sorted(window_texts() - translated) == []


def test_every_error_that_a_window_can_show_has_its_english() -> None:
    translated = {text for context, text in read_ts("en") if context == ERRORS}
    assert sorted(error_texts() - translated) == []


def test_no_sentence_is_translated_that_the_window_no_longer_says() -> None:
    translated = {text for context, text in read_ts("en") if context == CONTEXT}
    assert sorted(translated - window_texts()) == []


def test_no_sentence_is_translated_twice() -> None:
    whole = (ROOT / "resources" / "translations" / "hsdesk_en.ts").read_text(encoding="utf-8")
    for context in whole.split("<context>")[1:]:
        said = Counter(re.findall("<source>(.*?)</source>", context, re.DOTALL))
        assert [text for text, times in said.items() if times > 1] == []


def test_translations_have_the_same_blanks_as_their_source() -> None:
    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    differing = [text for (_, text), english in read_ts("en").items() if blanks(text) != blanks(english)]
    assert differing == []


def test_chinese_sentences_carry_full_width_punctuation() -> None:
    prose = (text for text in window_texts() | error_texts() if "{{" not in text)  # not an example of JSON
    said = {text for text in prose if text != full_width(text)}
    assert sorted(said) == []


@pytest.fixture
def english(qtbot: QtBot) -> Iterator[QApplication]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    speak(application, "en")
    yield application
    speak(application, "zh")


def test_an_error_is_told_in_the_language_of_the_window(english: QApplication) -> None:
    error = DeskError("找不到文件“{name}”。请检查它是否被移走或改名。", name="a.db")
    assert error_text(error) == "The file “a.db” was not found. It may have been moved or renamed."
    assert str(error).startswith("找不到文件")


def test_a_sentence_without_english_stays_chinese(english: QApplication) -> None:
    assert tr("没有译文的话") == "没有译文的话"  # noqa: RUF100 - not a sentence of the window


def test_the_window_speaks_english_when_asked_to(qtbot: QtBot, desk_home: Path) -> None:
    desk_home.joinpath("window.ini").write_text("[General]\nlanguage=en\n", encoding="utf-8")
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    assert "To do today" in words(window.page(HomePage))
    window.close()
    application = QApplication.instance()
    assert application is not None
    speak(application, "zh")
