"""audit: the desk's own log."""

from __future__ import annotations

import argparse

import msgspec

from hsdesk.cli.answer import Answer, Setting
from hsdesk.desk.audit import Audited
from hsdesk.deskfile.audit import AuditKind
from hsdesk.model.asked_day import day_of

_WORDS: dict[AuditKind, str] = {
    "full": "完整打印或导出",
    "filing": "备案、上报件",
    "reveal": "按住显示",
    "list": "命令行列表",
    "show": "命令行看一条",
    "print": "打印或导出",
    "reprint": "重印",
    "rekey": "更换钥匙",
}


def audit(setting: Setting, options: argparse.Namespace) -> Answer:
    """Print who saw personal data in full, when and why; no values."""
    since = day_of(options.since) if options.since else None
    with setting.desk() as desk:
        found = desk.audit.entries(since)
    return Answer(
        {"entries": [msgspec.to_builtins(entry) for entry in found]},
        (*map(_line, found), f"共 {len(found)} 条。"),
    )


def _line(entry: Audited) -> str:
    what = " ".join(part for part in (entry.name, entry.record, entry.path) if part)
    many = f"，{entry.records} 条" if entry.records > 1 else ""
    why = f"，原因：{entry.reason}" if entry.reason else ""
    return f"{entry.at} {entry.person} {_WORDS[entry.kind]}：{what}{many}{why}"
