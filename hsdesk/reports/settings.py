"""Open definitions (口径): what the policy text leaves open; the city's choice comes down with the forms.

`resources/settings.json` holds them with their defaults, which hold where there is no server.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.resource import resource_dir

NOTE = "口径以市局为准"
_LONGEST = 40  # characters of a text


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One open definition: a choice, a text, or a number that may be empty (no target: 参考)."""

    name: str
    title: str
    default: str
    note: str
    kind: Literal["choice", "text", "number"] = "choice"
    choices: dict[str, str] = {}  # value -> label
    target_of: str = ""  # the indicator whose target the number is
    indicators: tuple[str, ...] = ()  # those it changes
    unit: str = ""

    def label(self, value: str) -> str:
        """Return a value as a person reads it."""
        if self.kind == "choice":
            return self.choices.get(value, value)
        if self.kind == "number":
            return f"{value}{self.unit}" if value else "参考，不设目标"
        return value

    def checked(self, text: str) -> str:
        """Return the stored value of what was written: a value or its label. Raises DataError."""
        text = text.strip()
        match self.kind:
            case "choice":
                found = next((value for value, label in self.choices.items() if text in (value, label)), None)
                if found is None:
                    raise DataError("“{title}”只能写：{words}。", title=self.title, words=self._words())
                return found
            case "number":
                return self._number(text)
            case _:
                if not 0 < len(text) <= _LONGEST or not text.isprintable():
                    raise DataError("“{title}”应为 1 至 {most} 个字。", title=self.title, most=_LONGEST)
                return text

    def _words(self) -> str:
        return "、".join(self.choices.values())

    def _number(self, text: str) -> str:
        number = text.removesuffix(self.unit).strip() if self.unit else text
        if not number:
            return ""
        try:
            value = float(number) if number.isascii() else -1
        except ValueError:
            value = -1
        most = 100 if self.unit == "%" else 1_000_000
        if not 0 <= value <= most:
            raise DataError("“{title}”应为 0 至 {most} 的数，不设目标就空着。", title=self.title, most=most)
        return f"{value:g}"


class ShownSetting(msgspec.Struct, frozen=True):
    """An open definition as it holds here, in words."""

    name: str
    title: str
    value: str  # in words
    note: str
    changed: bool  # the city chose otherwise than the default


@cache
def settings() -> tuple[Setting, ...]:
    """Return every open definition."""
    content = (resource_dir() / "settings.json").read_bytes()
    return msgspec.json.decode(content, type=tuple[Setting, ...])


def check_settings(choices: Mapping[str, str]) -> dict[str, str]:
    """Return the choices that differ from the defaults. Raises DataError for a setting or choice unknown."""
    known = {setting.name: setting for setting in settings()}
    found: dict[str, str] = {}
    for name, choice in choices.items():
        setting = known.get(name)
        if setting is None:
            raise DataError("没有口径设置“{name}”。用 server settings export 看有哪些。", name=name)
        value = setting.checked(choice)
        if value != setting.default:
            found[name] = value
    return found


def value_of(setting: Setting, choices: Mapping[str, str]) -> str:
    """Return what holds for a setting."""
    return choices.get(setting.name, setting.default)


def shown_settings(choices: Mapping[str, str]) -> tuple[ShownSetting, ...]:
    """Return every open definition as it holds."""
    return tuple(
        ShownSetting(
            setting.name,
            setting.title,
            setting.label(value_of(setting, choices)),
            setting.note,
            value_of(setting, choices) != setting.default,
        )
        for setting in settings()
    )
