"""enroll, sync, conflicts."""

from __future__ import annotations

import argparse

import msgspec

from hsdesk.cli.answer import Answer, Setting
from hsdesk.desk.values import Conflict, Side
from hsdesk.errors import UsageError

_ANSWERED = {"erased": "上级已同意，已经清除。", "refused": "上级没有同意。原因：", "taken back": "已撤回。"}


def enroll(setting: Setting, options: argparse.Namespace) -> Answer:
    """Enrol this device at a city server with a one-time code."""
    with setting.desk() as desk:
        desk.exchange.enroll(options.url, options.code, options.proxy)
        found = desk.status()
    return Answer(
        {"server": found.server, "device": found.device, "places": [place.code for place in found.places]},
        (f"设备登记完成：{found.server}",),
    )


def sync(setting: Setting, options: argparse.Namespace) -> Answer:
    """Send and receive."""
    with setting.desk() as desk:
        if options.proxy is not None:
            desk.exchange.use_proxy(options.proxy)
        report, _ = desk.exchange.sync()
        answered = desk.erasure.answered()
    document = msgspec.to_builtins(report) | {"erasures": [msgspec.to_builtins(one) for one in answered]}
    lines = (
        f"已上传 {report.pushed} 条，已下载 {report.pulled} 条",
        f"合并 {report.merged}，两边改得不一样 {report.conflicts}，暂存待改 {report.rejected}，"
        f"还没上传 {report.waiting}",
        f"附件上传 {report.attached}，下载 {report.fetched}，还没上传 {report.attachments_waiting}",
        f"上行 {report.bytes_up} 字节，下行 {report.bytes_down} 字节，请求 {report.requests} 次",
        *((_CLOCK.format(*report.clock),) if report.clock else ()),
        *((_CLONED,) if report.cloned else ()),
        *(f"清除申请（{one.title} {one.record}）：{_ANSWERED[one.outcome]}{one.reason}" for one in answered),
    )
    return Answer(document, lines)


_CLONED = (
    "有另一台电脑用这台电脑的编号上传过内容：可能是整盘复制，也可能是编号被盗用。"
    "本机的内容都在，已经改用新的编号上传，一条也没有少。请告诉系统管理员核对。"
)
_CLOCK = "这台电脑的时间（{}）和市级服务器的（{}）不一样，请把电脑的日期和时间调对。"


def conflicts(setting: Setting, options: argparse.Namespace) -> Answer:
    """List what two people changed differently, or settle one."""
    with setting.desk() as desk:
        if options.action == "resolve":
            if not options.id or options.keep is None:
                raise UsageError("请写明编号和取舍：conflicts resolve 编号 --keep a|b|mine|theirs|值")
            desk.exchange.resolve_named(options.id, options.keep)
        found = desk.exchange.conflicts()
    return Answer(
        {"conflicts": [_document(conflict) for conflict in found]},
        tuple(
            f"{conflict.id} {conflict.form_title}“{conflict.title}”的{conflict.label}："
            f"原来的 {conflict.base_shown or '空'}；{conflict.a.by} {conflict.a.shown or '空'}；"
            f"{conflict.b.by} {conflict.b.shown or '空'}"
            for conflict in found
        )
        or ("没有两边改得不一样的内容。",),
    )


def _document(conflict: Conflict) -> dict[str, object]:
    return {
        "id": conflict.id,
        "register": conflict.form,
        "record": conflict.record,
        "path": conflict.path,
        "label": conflict.label,
        "base": _plain(conflict.base),
        "a": _side(conflict.a),
        "b": _side(conflict.b),
        "mine": conflict.mine,
        "more": [_side(side) for side in conflict.more],
    }


def _side(side: Side) -> dict[str, object]:
    return {"value": _plain(side.value), "by": side.by, "device": side.device, "at": side.at}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
