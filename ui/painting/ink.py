"""Fonts of the styles of `hsdesk.reports.layout`, and the ruler that measures with them."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

from hsdesk.reports.layout.ink import POINT, Ruler, Style
from ui.theme import FAMILIES

# 仿宋 for text and 黑体 for headings where the system has them. Fonts of the Noto family come last:
# text copied from their PDF turns into Kangxi radicals.
_FREE = ("WenQuanYi Zen Hei", "WenQuanYi Micro Hei")
_FAMILIES = {
    "text": ("FangSong", "仿宋", "方正仿宋", "FZFangSong-Z02", *_FREE),
    "heading": ("SimHei", "黑体", "方正黑体", *_FREE),
    "title": ("FZXiaoBiaoSong-B05", "方正小标宋简体", "SimSun", "宋体", "Noto Serif CJK SC", *_FREE),
    "kai": ("KaiTi", "楷体", "方正楷体", "FZKai-Z03", *_FREE),
}
_FALLBACK = ("WenQuanYi Zen Hei", "SimSun", "SimSun-ExtB", "Noto Serif CJK SC", "Noto Sans CJK SC")


@cache
def _families(kind: str) -> tuple[str, ...]:
    here = set(QFontDatabase.families())
    found = [family for family in (*_FAMILIES[kind], *_FALLBACK) if family in here]
    return tuple(dict.fromkeys(found)) or ("sans-serif",)


@cache
def font_of(style: Style) -> QFont:
    """Return the font of a style, its size in layout units."""
    font = QFont()
    kind = style.face or ("heading" if style.heading else "text")
    font.setFamilies(list(FAMILIES if style.screen else _families(kind)))
    font.setPixelSize(round(style.size * POINT))
    font.setBold(style.heading and (style.screen or font.families()[0] in _FREE))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@cache
def metrics_of(style: Style) -> QFontMetricsF:
    return QFontMetricsF(font_of(style))


@cache
def ruler() -> Ruler:
    """Return the ruler that measures with the fonts of this computer."""
    return Ruler(
        lambda text, style: metrics_of(style).horizontalAdvance(text),
        lambda style: (metrics_of(style).ascent(), metrics_of(style).descent()),
    )
