"""export, check, indicators, report."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import msgspec

from hsdesk.cli.answer import Answer, Setting, passphrase
from hsdesk.desk.audit import FullAccess
from hsdesk.errors import Missing, UsageError, WrongPassphrase


def export(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write a register or a print-out to .xlsx."""
    out = Path(options.out)
    if out.suffix.lower() != ".xlsx":
        raise UsageError("请导出为 .xlsx 文件：{name}", name=out.name)
    full = _full(options)
    with setting.desk() as desk:
        desk.reports.export_xlsx(options.name, out, setting.place, full)
    return Answer({"file": str(out)}, (f"已导出：{out}",))


def check(setting: Setting, options: argparse.Namespace) -> Answer:
    """Run every check; exit code 1 when something must be changed."""
    with setting.desk() as desk:
        found = desk.reports.findings(options.register)
        titles = {form.form_id: form.title for form in desk.file.registers()}
    must = sum(finding.severity == "error" for finding in found)
    marks = {"error": "必须改", "warn": "请核实", "explain": "情况说明"}
    return Answer(
        {"findings": [msgspec.to_builtins(finding) for finding in found]},
        (
            *(
                f"{marks[finding.severity]} {titles[finding.register]}：{finding.message}"
                for finding in found
            ),
            f"必须改 {must} 处，其他 {len(found) - must} 处。",
        ),
        1 if must else 0,
    )


def indicators(setting: Setting, options: argparse.Namespace) -> Answer:
    """Print every indicator with target and gap."""
    as_of = day_of(options.as_of) if options.as_of else None
    with setting.desk() as desk:
        found = desk.reports.indicators(as_of, options.level)
    return Answer(
        {"indicators": [msgspec.to_builtins(value) for value in found]},
        tuple(
            f"{value.id} {value.name}：{value.value if value.value is not None else '此处不知'}"
            + (f"，{value.beside.name} {value.beside.shown}" if value.beside else "")
            for value in found
        ),
    )


def day_of(text: str) -> dt.date:
    """Return a day written as 2026-03-31. Raises UsageError."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError("日期写法不对：{text}。请写成 2026-03-31。", text=text) from None


def report(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write a print-out as PDF or xlsx."""
    out = Path(options.out)
    kind = out.suffix.lower()
    if kind not in (".pdf", ".xlsx"):
        raise UsageError("打印件可以存为 .pdf 或 .xlsx，不认识 {kind}。", kind=kind or out.name)
    if kind == ".pdf" and setting.paint_pdf is None:
        raise Missing("生成 PDF 需要窗口程序（Qt）。请用 hsdesk 命令，或改存为 .xlsx。数据没有改动。")
    full = _full(options)
    with setting.desk() as desk:
        if kind == ".xlsx":
            desk.reports.export_xlsx(options.name, out, setting.place, full)
        elif setting.paint_pdf:
            setting.paint_pdf(desk.reports.build(options.name, setting.place, full), out)
    return Answer({"file": str(out)}, (f"已生成：{out}",))


def _full(options: argparse.Namespace) -> FullAccess | None:
    """Return what shows everything, where it is asked for: the passphrase once more, and a reason.

    A desk that the keyring opens asks for the passphrase all the same.
    """
    if not options.full:
        if options.reason:
            raise UsageError("--reason 和 --full 一起用：写明为什么要完整打印或导出。")
        return None
    if not options.reason.strip():
        raise UsageError("完整打印或导出要写明原因（--reason）。没有生成文件。")
    return FullAccess(passphrase() or _asked(), options.reason)


def _asked() -> str:
    import getpass
    import sys

    if not sys.stdin.isatty():
        raise WrongPassphrase("完整打印或导出要再输一次开机口令（HSDESK_PASSPHRASE）。没有生成文件。")
    return getpass.getpass("开机口令：")
