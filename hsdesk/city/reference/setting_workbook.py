"""Settings (口径) as a workbook: what the policy leaves open, what holds now, what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hsdesk.city.reference.workbook import Book, place_of, write_sheets
from hsdesk.errors import DataError
from hsdesk.reports.settings import Setting, settings, value_of

SHEET = "口径设置"
_NAME, _TITLE, _VALUE, _MAY, _DEFAULT, _NOTE = "编号", "名称", "现行", "可以填", "默认", "说明"
_HEADINGS = (_NAME, _TITLE, _VALUE, _MAY, _DEFAULT, _NOTE)
_GUIDE = (
    "只改“现行”一列。可以填什么见旁边一列；目标空着就是参考，不设目标。",
    "发布以后，各台电脑下次数据同步时换成新的口径，指标马上按新口径算。",
    "改好以后：server settings add 文件 --dry-run 先看改了什么，再去掉 --dry-run 发布。",
)


def export_settings(choices: Mapping[str, str], out: Path) -> int:
    """Write every setting as it holds; return how many."""
    rows = [_line(setting, choices) for setting in settings()]
    write_sheets({SHEET: [list(_HEADINGS), *rows]}, [["怎么改", ""], *([line, ""] for line in _GUIDE)], out)
    return len(rows)


def _line(setting: Setting, choices: Mapping[str, str]) -> list[str]:
    may = {
        "choice": "、".join(setting.choices.values()),
        "text": "文字",
        "number": f"数（{setting.unit}），或空着",
    }
    now, default = _shown(setting, value_of(setting, choices)), _shown(setting, setting.default)
    return [setting.name, setting.title, now, may[setting.kind], default, setting.note]


def _shown(setting: Setting, value: str) -> str:
    return setting.label(value) if setting.kind == "choice" or value else ""


def read_settings(path: Path) -> dict[str, str]:
    """Return the choices of a workbook, by name. Raises FormError with every wrong cell."""
    book = Book(path)
    known = {setting.name: setting for setting in settings()}
    found: dict[str, str] = {}
    for sheet in book.sheets:
        if sheet.name != SHEET:
            book.say(sheet.name, "", "不认识这张表。", f"请把口径写在“{SHEET}”表。")
            continue
        for row in book.rows(sheet, (_NAME, _VALUE), frozenset(_HEADINGS)):
            setting = known.get(row.text(_NAME))
            if setting is None:
                book.say(sheet.name, place_of(row, _NAME), "没有这个编号的设置。", "请从导出的工作簿改起。")
                continue
            try:
                found[setting.name] = setting.checked(row.text(_VALUE))
            except DataError as error:
                book.say(sheet.name, place_of(row, _VALUE), str(error), "请改好这一格。")
    if not found and not book.problems:
        book.say("", "", f"没有“{SHEET}”表，或里面没有设置。", "请从导出的工作簿改起。")
    book.close()
    return found


def compare(new: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return what changes, by name, in words: 现在 → 改成."""
    return {
        setting.name: _told(setting, value_of(setting, now), new[setting.name])
        for setting in settings()
        if setting.name in new and new[setting.name] != value_of(setting, now)
    }


def _told(setting: Setting, before: str, after: str) -> str:
    return f"{setting.title}：{setting.label(before)} → {setting.label(after)}"
