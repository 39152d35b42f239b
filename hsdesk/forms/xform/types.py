"""Which type of question a node is, and which types are outside the declared subset."""

from __future__ import annotations

from hsdesk.forms.types.registry import HOLDING, HOLDINGS, QUESTION_TYPES, REFUSED
from hsdesk.forms.xform.binds import Bind
from hsdesk.forms.xform.body import Control

_BY_BIND = {word: holding.name for holding in HOLDINGS for word in holding.binds}
_BOUND = {one.bind: one for one in QUESTION_TYPES if one.bind}  # types that only their bind tells
_BY_CONTROL = {"select": ("select_multiple", "select"), "trigger": ("acknowledge", "string")}
_REFUSED_MEDIA = ("audio", "video", "osm")
_PRELOADS: dict[str, str] = {
    "timestamp start": "start", "timestamp end": "end", "date today": "today",
    "property username": "username", "property deviceid": "deviceid", "property uri:deviceid": "deviceid",
    "uid": "hidden",
}  # fmt: skip


def data_type(bind: Bind) -> str:
    """Return the data type a bind names; text for what is unknown."""
    return _BOUND[bind.type].data[0] if bind.type in _BOUND else _BY_BIND.get(bind.type, "string")


def refused(bind: Bind, control: Control | None) -> str:
    """Return the Chinese name of a type outside the subset, or ""."""
    if bind.type in REFUSED:
        return REFUSED[bind.type]
    if bind.preload and bind.preload not in _PRELOADS:
        return f"设备信息（{bind.preload}）"
    if control is None:
        return REFUSED["audit"] if bind.path[-2:] == ("meta", "audit") else ""
    return _refused_control(control)


def _refused_control(control: Control) -> str:
    if control.kind == "rank":
        return REFUSED["rank"]
    media = control.attributes.get("mediatype", "").partition("/")[0]
    if control.kind == "upload" and media in _REFUSED_MEDIA:
        return REFUSED[media]
    if control.attributes.get("intent") or control.appearance.startswith("ex:"):
        return REFUSED["intent"]
    if "search(" in control.appearance.replace(" ", ""):
        return "外部检索（search()）"
    return ""


def answer_type(bind: Bind, control: Control | None) -> tuple[str, str]:
    """Return the type of a question within the subset."""
    data = data_type(bind)
    if control is None:
        return _without_control(bind, data)
    fixed = _BY_CONTROL.get(control.kind)
    if fixed is not None:
        return fixed
    if control.kind == "select1":
        return "select_one", data if data not in ("select1", "select") else "string"
    if control.kind == "upload":
        image = control.attributes.get("mediatype", "").startswith("image")
        return ("image" if image else "file"), "binary"
    if control.kind == "range":
        return "range", data
    return _input(bind, data)


def _input(bind: Bind, data: str) -> tuple[str, str]:
    """Return the type of a plain input."""
    if data == "string" and _is_note(bind):
        return "note", "string"
    return (_BOUND[bind.type].name if bind.type in _BOUND else HOLDING[data].input), data


def _is_note(bind: Bind) -> bool:
    """A note holds nothing; what is required or has a rule is an answer, though it cannot be typed."""
    fixed = bind.readonly in ("true()", "1")
    return fixed and not (bind.calculation or bind.preload or bind.required or bind.constraint)


def _without_control(bind: Bind, data: str) -> tuple[str, str]:
    if bind.preload in _PRELOADS:
        return _PRELOADS[bind.preload], data
    return ("calculate" if bind.calculation else "hidden"), data
