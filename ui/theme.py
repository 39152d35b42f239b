"""Design tokens and the style sheet made from them: one accent colour, large text, calm surfaces."""

from __future__ import annotations

from pathlib import Path
from string import Template

import msgspec
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from hsdesk.model.resource import resource_dir

FAMILIES = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
)
SCALES = (100, 115, 130, 150, 175, 200)  # 字号, per cent of 14 pt
BASE_PT = 14.0
LARGE_FROM = 130  # per cent


class Colours(msgspec.Struct):
    """Every colour of the program. Text on its ground has a contrast of at least 4.5 : 1 (high: 7 : 1)."""

    ground: str = "#F4F6F5"  # behind the cards
    surface: str = "#FFFFFF"
    sunken: str = "#EDF1F0"  # computed and read-only answers
    line: str = "#D5DCDA"
    edge: str = "#9AA8A4"  # border of something to type in
    ink: str = "#1B2A28"
    quiet: str = "#566663"
    accent: str = "#0B6A64"
    accent_deep: str = "#084F4B"
    accent_wash: str = "#DFF0EE"
    on_accent: str = "#FFFFFF"
    bad: str = "#B3261E"  # 必须改
    bad_wash: str = "#FBEAE8"
    warn: str = "#875200"  # 请核实
    warn_wash: str = "#FFF3DC"
    good: str = "#1D6B36"


HIGH = Colours(
    ground="#FFFFFF",
    sunken="#F3F3F3",
    line="#5A5A5A",
    edge="#2B2B2B",
    ink="#000000",
    quiet="#2B2B2B",
    accent="#004640",
    accent_deep="#002B28",
    bad="#7A0A05",
    warn="#523100",
    good="#0B3F1C",
)
COLOURS = Colours()  # those in force; `dress` changes them


def colour(high: bool) -> None:
    """Put the usual colours in force, or those of high contrast."""
    chosen = HIGH if high else Colours()
    for name in Colours.__struct_fields__:
        setattr(COLOURS, name, getattr(chosen, name))


class Metrics(msgspec.Struct, frozen=True):
    """Sizes in pixels and points at one text scale (per cent)."""

    scale: int = 100

    @property
    def is_large(self) -> bool:
        """Older-user mode: text so large that pages leave out what is not needed."""
        return self.scale >= LARGE_FROM

    @property
    def factor(self) -> float:
        return self.scale / 100

    @property
    def row(self) -> int:
        """Height of a field or button in pixels: the text in it grows with the scale, the air around less."""
        return round(18 + 22 * self.factor)

    def px(self, pixels: float) -> int:
        """Return a length that grows with the text."""
        return round(pixels * self.factor)

    def pt(self, points: float) -> float:
        return round(points * self.factor, 1)


_current = Metrics()


def metrics() -> Metrics:
    """Return the sizes in force."""
    return _current


def style_text(sizes: Metrics) -> str:
    """Return the style sheet for a text scale."""
    words: dict[str, str] = {name: str(getattr(COLOURS, name)) for name in COLOURS.__struct_fields__}
    words |= {f"px{n}": f"{sizes.px(n)}px" for n in (4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 44, 48, 56)}
    words |= {f"pt{n}": f"{sizes.pt(n)}pt" for n in (14, 16, 18, 22, 30)}
    words["row"] = f"{sizes.row}px"
    words["icons"] = (resource_dir() / "icons").as_posix()
    template = (Path(__file__).parent / "style.qss").read_text(encoding="utf-8")
    return Template(template).substitute(words)


def dress(application: QApplication, scale: int, *, high: bool = False) -> None:
    """Give the whole program its font, palette and style sheet at a text scale in per cent.

    `high`: in colours of high contrast.
    """
    colour(high)
    global _current  # noqa: PLW0603 - the one text scale of the program
    _current = Metrics(scale)
    application.setStyle("Fusion")
    application.setPalette(palette())
    application.setFont(body_font())
    application.setStyleSheet(style_text(_current))


def body_font() -> QFont:
    """Return the text font: the first of `FAMILIES` that this machine has."""
    have = set(QFontDatabase.families())
    font = QFont(next((family for family in FAMILIES if family in have), QFont().family()))
    font.setPointSizeF(_current.pt(BASE_PT))
    return font


def palette() -> QPalette:
    """Return the palette behind the style sheet, for what a sheet does not reach."""
    colours = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, COLOURS.ground),
        (role.Base, COLOURS.surface),
        (role.AlternateBase, COLOURS.sunken),
        (role.Button, COLOURS.surface),
        (role.Text, COLOURS.ink),
        (role.WindowText, COLOURS.ink),
        (role.ButtonText, COLOURS.ink),
        (role.PlaceholderText, COLOURS.quiet),
        (role.Highlight, COLOURS.accent),
        (role.HighlightedText, COLOURS.on_accent),
        (role.Link, COLOURS.accent),
        (role.ToolTipBase, COLOURS.ink),
        (role.ToolTipText, COLOURS.surface),
    ):
        colours.setColor(name, QColor(colour))
    return colours
