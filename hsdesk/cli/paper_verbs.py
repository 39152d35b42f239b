"""report, export: print-outs and registers into files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hsdesk.cli.answer import Answer, Setting, passphrase
from hsdesk.cli.asked import asked_day_of, day_document
from hsdesk.desk.audit import FullAccess
from hsdesk.errors import Missing, UsageError, WrongPassphrase
from hsdesk.model.asked_day import AskedDay
from hsdesk.reports.picking import Picked

if TYPE_CHECKING:
    from hsdesk.reports.content import Summary

Write = Callable[[Sequence["Summary"], Path], str | None]


def export(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write a register or a print-out to .xlsx."""
    if not _is_folder(options.out) and Path(options.out).suffix.lower() != ".xlsx":
        raise UsageError("请导出为 .xlsx 文件：{name}", name=Path(options.out).name)
    return _into_files(setting, options, ".xlsx", "已导出")


def report(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write a print-out as PDF, xlsx or docx, or list those that there are."""
    if options.list:
        return _reports(setting)
    if not options.name or not options.out:
        raise UsageError("请写明打印件和文件：report 名称 --out 文件；有哪些见 report --list。")
    return _into_files(setting, options, _kind(setting, options), "已生成")


def _kind(setting: Setting, options: argparse.Namespace) -> str:
    """Return the ending of the files to be written: that of --out, for a folder --format, else PDF."""
    if _is_folder(options.out):
        usual = ".pdf" if setting.paint_pdf else ".xlsx"
        return f".{options.format}" if options.format else usual
    kind = Path(options.out).suffix.lower()
    if kind not in (".pdf", ".xlsx", ".docx"):
        raise UsageError(
            "打印件可以存为 .pdf、.xlsx 或 .docx，不认识 {kind}。", kind=kind or Path(options.out).name
        )
    return kind


def _is_folder(out: str) -> bool:
    return out.endswith(("/", os.sep)) or (not Path(out).suffix and Path(out).is_dir())


def _writer(setting: Setting, kind: str) -> Write:
    if kind == ".xlsx":
        from hsdesk.reports.excel import write_workbook

        return write_workbook
    if kind == ".docx":
        from hsdesk.reports.word import write_document

        return write_document
    if setting.paint_pdf is None:
        raise Missing("生成 PDF 需要窗口程序（Qt）。请用 hsdesk 命令，或改存为 .xlsx、.docx。数据没有改动。")
    return setting.paint_pdf


def _into_files(setting: Setting, options: argparse.Namespace, kind: str, done: str) -> Answer:
    """Make what is asked for, write it, and tell the log of the desk."""
    write, picked = _writer(setting, kind), _picked(options)
    asked, full = asked_day_of(options), _full(options)
    with setting.desk() as desk:
        make = desk.reports.exported if kind == ".xlsx" else desk.reports.build
        made = make(options.name, setting.place, full, asked, picked=picked)
        files, lacking = _write(made, options.out, kind, asked, write)
        reason = full.reason if full else ""
        again = desk.reports.took_out(made, setting.place, asked=asked, picked=picked, reason=reason)
    answer = _written(files, done, asked, made, again)
    return _lacking(answer, lacking) if lacking else answer


def _write(
    made: Sequence[Summary], out: str, kind: str, asked: AskedDay, write: Write
) -> tuple[tuple[Path, ...], str]:
    """Write one file, or into a folder one for each place or record.

    Returns the files, and the characters that no font of this computer has.
    """
    if not _is_folder(out):
        return (Path(out),), write(made, Path(out)) or ""
    from hsdesk.reports.file_names import named
    from hsdesk.reports.written import made_folder

    folder, lacking = made_folder(Path(out)), ""
    files = []
    for name, summary in named(made, asked.day.isoformat()):
        files.append(folder / f"{name}{kind}")
        lacking += write((summary,), files[-1]) or ""
    return tuple(files), "".join(dict.fromkeys(lacking))


def _lacking(answer: Answer, characters: str) -> Answer:
    """Return the answer with what will be an empty box on paper."""
    said = f"这台电脑的字体里没有这些字，纸上会是空框，请补装字体或手写：{'、'.join(characters)}"
    return Answer({**answer.document, "missing": characters}, (*answer.lines, said), answer.code)


def _written(
    files: tuple[Path, ...], done: str, asked: AskedDay, made: tuple[Summary, ...], again: int
) -> Answer:
    """Return what is said of files: as of which day they are, and what in them is not of that day."""
    about = tuple(dict.fromkeys(summary.about_day for summary in made if summary.about_day))
    where = f"{done}：{files[0]}" if len(files) == 1 else f"{done} {len(files)} 个文件：{files[0].parent}"
    reprint = (f"其中 {again} 份以前打印或导出过，这次记为重印。",) if again else ()
    lines = (where, *((asked.words,) if asked.named else ()), *about, *reprint)
    counts = {"sheets": len(made), "records": sum(one.records for one in made), "reprint": again}
    document = {"file": str(files[0]), "files": [str(file) for file in files], **counts}
    return Answer({**document, **day_document(asked), "by_today": "；".join(about)}, lines)


def _reports(setting: Setting) -> Answer:
    """List the print-outs whose registers are on this desk."""
    with setting.desk() as desk:
        found = desk.reports.summaries()
    lines = tuple(f"{one.name} {one.title}" for one in found)
    return Answer({"reports": [msgspec.to_builtins(one) for one in found]}, lines)


def _picked(options: argparse.Namespace) -> Picked:
    columns = tuple(name for name in (options.columns or "").split(",") if name)
    return Picked(tuple(options.record or ()), options.where, columns)


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
