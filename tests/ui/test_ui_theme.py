"""Every text of the style sheet is read well on its ground, and what has the focus is seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ui.theme
from ui.theme import COLOURS, HIGH, Colours, Metrics, palette, style_text

SHEET = (Path(ui.theme.__file__).parent / "style.qss").read_text(encoding="utf-8")
GROUNDS = ("surface", "ground", "sunken", "accent_wash")  # a text without a ground of its own stands on these
WASHED = {"bad": "bad_wash", "warn": "warn_wash"}  # and words of a finding also on theirs
RULE = re.compile(r"([^{}]+)\{([^}]*)\}")
FOCUSABLE = ("QPushButton", "QLineEdit", "QPlainTextEdit", "QComboBox", "QCheckBox", "QTableView", "#Choices")


def luminance(colour: str) -> float:
    """Return the relative luminance of #RRGGBB (WCAG 2.1)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(text: str, ground: str) -> float:
    """Return the contrast of two colours, 1 to 21.

    >>> round(contrast("#000000", "#FFFFFF")), round(contrast("#777777", "#FFFFFF"), 2)
    (21, 4.48)
    """
    dark, light = sorted((luminance(text), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def pairs(colours: Colours) -> set[tuple[str, str, str]]:
    """Return (selector, text, ground) of every rule that sets the colour of a text."""
    found = set()
    for selector, body in RULE.findall(re.sub(r"/\\*.*?\\*/", "", SHEET, flags=re.S)):
        said = dict(re.findall(r"([\w-]+):\s*([^;]+);", body))
        text, ground = said.get("color", ""), said.get("background", "")
        own = [ground] if ground and ground != "transparent" else [f"${name}" for name in GROUNDS]
        own += [f"${WASHED[text[1:]]}"] if text[1:] in WASHED else []
        found |= {(selector.strip(), text, one) for one in own if text}
    return {(name, value(text, colours), value(ground, colours)) for name, text, ground in found}


def value(token: str, colours: Colours) -> str:
    return str(getattr(colours, token[1:])) if token.startswith("$") else token


@pytest.mark.parametrize(("colours", "least"), [(Colours(), 4.5), (HIGH, 7)])
def test_every_text_has_the_contrast_that_its_colours_promise(colours: Colours, least: float) -> None:
    weak = [(*one, round(contrast(*one[1:]), 2)) for one in pairs(colours) if contrast(*one[1:]) < least]
    assert len(pairs(colours)) > 40
    assert weak == []


def test_what_stands_in_an_empty_field_is_read_as_well() -> None:
    colours = palette()
    assert contrast(colours.placeholderText().color().name(), COLOURS.surface) >= 4.5


def test_everything_that_takes_the_focus_shows_it_by_a_frame() -> None:
    framed = [selector for selector, body in RULE.findall(SHEET) if ":focus" in selector and "border" in body]
    assert not [one for one in FOCUSABLE if not any(one in selector for selector in framed)]


def test_the_frame_of_a_field_is_seen_on_its_ground() -> None:
    for edge in (COLOURS.accent, COLOURS.bad, COLOURS.ink):
        assert contrast(edge, COLOURS.surface) >= 3
    assert "min-height: 40px" in style_text(Metrics(100)) and "min-height: 80px" in style_text(Metrics(200))
