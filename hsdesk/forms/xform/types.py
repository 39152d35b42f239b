"""Which type of question a node is, and which types are outside the declared subset."""

from __future__ import annotations

from hsdesk.forms.schema import AnswerType, DataType
from hsdesk.forms.xform.binds import Bind
from hsdesk.forms.xform.body import Control

_DATA: dict[str, DataType] = {
    "": "string", "string": "string", "note": "string", "text": "string",
    "int": "int", "integer": "int", "long": "int", "short": "int", "nonNegativeInteger": "int",
    "positiveInteger": "int", "decimal": "decimal", "double": "decimal", "float": "decimal",
    "boolean": "boolean", "date": "date", "time": "time", "dateTime": "dateTime", "datetime": "dateTime",
    "select1": "select1", "select": "select", "binary": "binary",
}  # fmt: skip
_BY_DATA: dict[DataType, AnswerType] = {
    "string": "text", "int": "integer", "decimal": "decimal", "boolean": "text", "date": "date",
    "time": "time", "dateTime": "dateTime", "select1": "text", "select": "text", "binary": "file",
}  # fmt: skip
_BY_CONTROL: dict[str, tuple[AnswerType, DataType]] = {
    "select": ("select_multiple", "select"),
    "trigger": ("acknowledge", "string"),
}
_REFUSED_TYPES = {
    "geopoint": "位置（geopoint）", "geotrace": "轨迹（geotrace）", "geoshape": "地块（geoshape）",
    "barcode": "条码（barcode）", "rank": "排序（rank）", "intent": "外部程序（intent）",
}  # fmt: skip
_REFUSED_MEDIA = {"audio": "录音（audio）", "video": "录像（video）", "osm": "地图（osm）"}
_PRELOADS: dict[str, AnswerType] = {
    "timestamp start": "start", "timestamp end": "end", "date today": "today",
    "property username": "username", "property deviceid": "deviceid", "property uri:deviceid": "deviceid",
    "uid": "hidden",
}  # fmt: skip


def data_type(bind: Bind) -> DataType:
    """Return the data type a bind names; text for what is unknown."""
    return _DATA.get(bind.type, "string")


def refused(bind: Bind, control: Control | None) -> str:
    """Return the Chinese name of a type outside the subset, or ""."""
    if bind.type in _REFUSED_TYPES:
        return _REFUSED_TYPES[bind.type]
    if bind.preload and bind.preload not in _PRELOADS:
        return f"设备信息（{bind.preload}）"
    if control is None:
        return "操作记录（audit）" if bind.path[-2:] == ("meta", "audit") else ""
    return _refused_control(control)


def _refused_control(control: Control) -> str:
    if control.kind == "rank":
        return "排序（rank）"
    media = control.attributes.get("mediatype", "").partition("/")[0]
    if control.kind == "upload" and media in _REFUSED_MEDIA:
        return _REFUSED_MEDIA[media]
    if control.attributes.get("intent") or control.appearance.startswith("ex:"):
        return "外部程序（intent）"
    if "search(" in control.appearance.replace(" ", ""):
        return "外部检索（search()）"
    return ""


def answer_type(bind: Bind, control: Control | None) -> tuple[AnswerType, DataType]:
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
    return ("note", "string") if data == "string" and _is_note(bind) else (_BY_DATA[data], data)


def _is_note(bind: Bind) -> bool:
    """A note holds nothing; what is required or has a rule is an answer, though it cannot be typed."""
    fixed = bind.readonly in ("true()", "1")
    return fixed and not (bind.calculation or bind.preload or bind.required or bind.constraint)


def _without_control(bind: Bind, data: DataType) -> tuple[AnswerType, DataType]:
    if bind.preload in _PRELOADS:
        return _PRELOADS[bind.preload], data
    return ("calculate" if bind.calculation else "hidden"), data
