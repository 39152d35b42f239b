"""init, status, backup: the desk itself."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import msgspec

from hsdesk.cli.answer import Answer, Setting, passphrase
from hsdesk.errors import UsageError


def init(setting: Setting, options: argparse.Namespace) -> Answer:
    """Make a desk for one or more places; print the recovery code once."""
    from hsdesk.desk import Desk

    places = list(options.places or ([setting.place] if setting.place else []))
    if not places:
        raise UsageError("请用 --place 写明村（社区）的12位代码。")
    secret = passphrase() or _asked_twice()
    desk, recovery = Desk.create(setting.home, places, options.person, secret)
    status = desk.status()
    desk.close()
    names = [place.full_name for place in status.places]
    return Answer(
        {"home": str(setting.home), "device": status.device, "places": places, "recovery_code": recovery},
        (
            f"工作台已建好：{'、'.join(names)}",
            f"恢复码（请打印或抄下保存，忘记开机口令时用）：{recovery}",
        ),
    )


def _asked_twice() -> str:
    import getpass
    import sys

    if not sys.stdin.isatty():
        raise UsageError("请在环境变量 HSDESK_PASSPHRASE 里给出开机口令。")
    first = getpass.getpass("开机口令：")
    if getpass.getpass("再输一遍：") != first:
        raise UsageError("两遍口令不一样。什么都没有改动，请重新来一次。")
    return first


def status(setting: Setting, options: argparse.Namespace) -> Answer:
    """Print the desk at a glance, and what is near its end or past it (`due`)."""
    with setting.desk() as desk:
        found, due = desk.status(), desk.reports.reminders()
    lines = (
        f"使用人：{found.person}",
        *(f"所属村（社区）：{place.full_name} {place.code}" for place in found.places),
        *(f"  {form.number} {form.title}:{form.count}" for form in found.registers if form.open),
        f"市级服务器：{found.server or '未登记'}",
        f"未上传 {found.waiting} 条，两边改得不一样 {found.conflicts} 处，暂存待改 {found.set_aside} 条",
        *((f"未上传 {found.attachments} 个附件",) if found.attachments else ()),
        *(one.reason for one in found.definitions),
        *(one.text for one in (found.city_audit.alarms if found.city_audit else ())),
        *((f"快到期 {len(due)} 条",) if due else ()),
        *(f"  {one.title}：{one.message}" for one in due),
    )
    return Answer({**msgspec.to_builtins(found), "due": msgspec.to_builtins(due)}, lines)


def rekey(setting: Setting, options: argparse.Namespace) -> Answer:
    """Give the desk a new file key and a new recovery code, and a new passphrase where one is given."""
    new = os.environ.get("HSDESK_NEW_PASSPHRASE") or ""
    with setting.desk() as desk:
        recovery = desk.file.rekey(new)
    return Answer(
        {"recovery_code": recovery, "passphrase_changed": bool(new)},
        (
            "钥匙已换。以前的备份仍用当时的口令打开，但打不开今天的台账。",
            f"新的恢复码（请打印或抄下保存，以前的不能再用）：{recovery}",
        ),
    )


def backup(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write an encrypted, verified copy of the desk."""
    out = Path(options.out)
    with setting.desk() as desk:
        desk.file.backup(out)
    return Answer({"file": str(out), "bytes": out.stat().st_size}, (f"已备份并核对：{out}",))
