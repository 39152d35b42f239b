"""export, check, indicators, report."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hsdesk.cli.answer import Answer, Setting, passphrase
from hsdesk.desk.audit import FullAccess
from hsdesk.errors import Missing, UsageError, WrongPassphrase
from hsdesk.model.asked_day import AskedDay, asked_day

if TYPE_CHECKING:
    from hsdesk.reports.content import Summary
    from hsdesk.reports.indicators import IndicatorValue


def export(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write a register or a print-out to .xlsx."""
    from hsdesk.reports.excel import write_workbook

    out = Path(options.out)
    if out.suffix.lower() != ".xlsx":
        raise UsageError("请导出为 .xlsx 文件：{name}", name=out.name)
    asked, full = _asked_day(options), _full(options)
    with setting.desk() as desk:
        made = desk.reports.exported(options.name, setting.place, full, asked)
        write_workbook(made, out)
    return _written(out, f"已导出：{out}", asked, made)


def _written(out: Path, words: str, asked: AskedDay, made: tuple[Summary, ...]) -> Answer:
    """Return what is said of a file: as of which day it is, and what in it is not of that day."""
    about = tuple(dict.fromkeys(summary.about_day for summary in made if summary.about_day))
    lines = (words, *((asked.words,) if asked.named else ()), *about)
    return Answer({"file": str(out), **_day_document(asked), "by_today": "；".join(about)}, lines)


def _asked_day(options: argparse.Namespace) -> AskedDay:
    """Return the day or period of the command. Raises UsageError."""
    return asked_day(dt.datetime.now().astimezone().date(), options.as_of, options.period)


def _day_document(asked: AskedDay) -> dict[str, object]:
    """Return the day in JSON; `note` says that a period is not over yet."""
    document: dict[str, object] = {"as_of": asked.day.isoformat()}
    if asked.period is not None:
        document |= {"period": str(asked.period)}
    return document | {"note": asked.words if asked.is_open else ""}


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
    asked = _asked_day(options)
    with setting.desk() as desk:
        found = desk.reports.indicators(asked, options.level)
    return Answer(
        {"indicators": [msgspec.to_builtins(value) for value in found], **_day_document(asked)},
        (*((asked.words,) if asked.named else ()), *map(_line, found)),
    )


def _line(value: IndicatorValue) -> str:
    figure = value.value if value.value is not None else value.reason or "此处不知"
    beside = f"，{value.beside.name} {value.beside.shown}" if value.beside else ""
    by_today = f"（{value.by_today}）" if value.by_today else ""
    return f"{value.id} {value.name}：{figure}{beside}{by_today}"


def report(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write a print-out as PDF or xlsx, or list those that there are."""
    if options.list:
        return _reports(setting)
    if not options.name or not options.out:
        raise UsageError("请写明打印件和文件：report 名称 --out 文件；有哪些见 report --list。")
    out = Path(options.out)
    kind = out.suffix.lower()
    if kind not in (".pdf", ".xlsx"):
        raise UsageError("打印件可以存为 .pdf 或 .xlsx，不认识 {kind}。", kind=kind or out.name)
    if kind == ".pdf" and setting.paint_pdf is None:
        raise Missing("生成 PDF 需要窗口程序（Qt）。请用 hsdesk 命令，或改存为 .xlsx。数据没有改动。")
    from hsdesk.reports.excel import write_workbook

    asked, full = _asked_day(options), _full(options)
    with setting.desk() as desk:
        if kind == ".xlsx":
            made = desk.reports.exported(options.name, setting.place, full, asked)
            write_workbook(made, out)
        elif setting.paint_pdf:
            made = desk.reports.build(options.name, setting.place, full, asked)
            setting.paint_pdf(made, out)
    return _written(out, f"已生成：{out}", asked, made)


def _reports(setting: Setting) -> Answer:
    """List the print-outs whose registers are on this desk."""
    with setting.desk() as desk:
        found = desk.reports.summaries()
    lines = tuple(f"{one.name} {one.title}" for one in found)
    return Answer({"reports": [msgspec.to_builtins(one) for one in found]}, lines)


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
