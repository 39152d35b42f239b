"""The forms verbs. Only install opens a desk, and list and export where there is one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from hsdesk.cli.answer import Answer, Setting
from hsdesk.errors import Missing, UsageError


def list_forms(setting: Setting, options: argparse.Namespace) -> Answer:
    """List all shipped forms and those this desk received."""
    from hsdesk.desk import Desk
    from hsdesk.desk.shipped import form_infos

    if Desk.exists(setting.home):
        with setting.desk() as desk:
            found = desk.status().registers
    else:
        found = form_infos()
    forms = [
        {
            "form_id": form.form_id,
            "number": form.number,
            "title": form.title,
            "version": form.version,
            "open": form.open,
            "class": form.cls,
            "level": form.level,
            "group": form.group,
        }
        for form in found
    ]
    lines = tuple(
        f"{'●' if form.open else '○'} {form.number:5} {form.form_id} {form.title}" for form in found
    )
    return Answer({"forms": forms}, lines)


def check(setting: Setting, options: argparse.Namespace) -> Answer:
    """Report every problem of form files; exit code 1 when one of them cannot be used."""
    from hsdesk.forms.compiler import check_file

    problems = [problem for name in options.files for problem in check_file(_existing(name))]
    fatal = any(problem.severity == "error" for problem in problems)
    lines = (
        *(str(problem) for problem in problems),
        "没有发现问题。" if not problems else f"共 {len(problems)} 处。",
    )
    return Answer(
        {"problems": [msgspec.to_builtins(problem) for problem in problems]}, lines, 1 if fatal else 0
    )


def install(setting: Setting, options: argparse.Namespace) -> Answer:
    """Install a form on this desk."""
    from hsdesk.forms.compiler import compile_file

    form = compile_file(_existing(options.file))
    with setting.desk() as desk:
        desk.install(form)
    return Answer({"form": form.form_id, "version": form.version}, (f"已安装：{form.title}({form.version})",))


def export(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write a form as the workbook that officials edit."""
    from hsdesk.desk import Desk
    from hsdesk.desk.shipped import form_named, shipped_form
    from hsdesk.forms.workbook.export import export_workbook

    name = form_named(options.name)
    if Desk.exists(setting.home):
        with setting.desk() as desk:
            form = desk.form(name)
    else:
        form = shipped_form(name)
    out = Path(options.out)
    export_workbook(form, out)
    return Answer({"form": form.form_id, "file": str(out)}, (f"已导出：{out}",))


def replay(setting: Setting, options: argparse.Namespace) -> Answer:
    """Replay a trace of steps on a form; with --many, one JSON line per line of the list, in order."""
    from hsdesk.forms.replay import replay_files, replay_many

    if options.many:
        lines = _existing(options.many).read_text(encoding="utf-8").splitlines()
        return _printed(setting, replay_many(lines))
    if not options.file or not options.trace:
        raise UsageError("请写明登记表文件和步骤文件：forms replay FILE TRACE")
    outcome = replay_files(_existing(options.file), _existing(options.trace))
    return Answer(outcome, (json.dumps(outcome, ensure_ascii=False),), 1 if "refused" in outcome else 0)


def evaluate(setting: Setting, options: argparse.Namespace) -> Answer:
    """Evaluate expression cases, one JSON line per case, in order."""
    from hsdesk.forms.evaluation import evaluate_lines

    with _existing(options.cases).open(encoding="utf-8") as lines:
        return _printed(setting, evaluate_lines(lines))


def _printed(setting: Setting, documents: Iterable[dict[str, Any]]) -> Answer:
    for document in documents:
        setting.out.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
    setting.out.flush()
    return Answer({})


def _existing(name: str) -> Path:
    path = Path(name.strip())
    if not path.is_file():
        raise Missing("找不到文件 {name}。请核对文件名。", name=name)
    return path
