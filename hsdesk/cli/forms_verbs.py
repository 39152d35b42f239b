"""The forms verbs. Only install opens a desk, and list and export where there is one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hsdesk.cli import names
from hsdesk.cli.answer import Answer, Setting
from hsdesk.errors import FormError, Missing, Refused, UsageError
from hsdesk.forms.problem import Problem
from hsdesk.forms.replacement import Replacement
from hsdesk.forms.schema import Form


def list_forms(setting: Setting, options: argparse.Namespace) -> Answer:
    """List all shipped forms and those this desk received."""
    from hsdesk.desk import Desk
    from hsdesk.desk.shipped import form_infos
    from hsdesk.forms.shipped import shipped_form

    if Desk.exists(setting.home):
        with setting.desk() as desk:
            status = desk.status()
            found = (*status.registers, *status.off)
            aside = tuple(one for one in status.definitions if one.kind == "form")
    else:
        found, aside = form_infos(), ()
    forms = [
        {
            "form_id": form.form_id,
            "number": form.number,
            "title": form.title,
            "version": form.version or shipped_form(form.form_id).version,
            "open": form.open,
            "class": form.cls,
            "level": form.levels[0],
            "levels": list(form.levels),
            "group": form.group,
        }
        for form in found
    ]
    lines = (
        *(f"{'●' if form.open else '○'} {form.number:5} {form.form_id} {form.title}" for form in found),
        *(one.reason for one in aside),
    )
    return Answer({"forms": forms, "set_aside": msgspec.to_builtins(aside)}, lines)


def open_form(setting: Setting, options: argparse.Namespace) -> Answer:
    """Switch a register on at this desk (action open), or off (close); nothing that was typed is lost."""
    from hsdesk.forms.shipped import form_named

    name, on = form_named(options.name), options.action == "open"
    with setting.desk() as desk:
        desk.file.open_form(name, on)
    said = "已打开" if on else "已收起，填过的内容都在，随时可以再打开"
    return Answer({"form": name, "open": on}, (f"{said}：{options.name}",))


def check(setting: Setting, options: argparse.Namespace) -> Answer:
    """Report every problem of form files; exit code 1 when one of them cannot be used."""
    from hsdesk.forms.compiler import compile_with_problems
    from hsdesk.forms.naming import id_named

    compiled = [compile_with_problems(_existing(name)) for name in options.files]
    problems = _names_met([form for form, _found in compiled if form is not None])
    met = {problem.file for problem in problems}
    problems += [
        problem
        for form, found in compiled
        for problem in found
        if form is None or form.form_id not in met or not problem.message.startswith(id_named(form))
    ]
    problems += _reach([form for form, _found in compiled if form is not None])
    fatal = any(problem.severity == "error" for problem in problems)
    lines = (
        *(str(problem) for problem in problems),
        "没有发现问题。" if not problems else f"共 {len(problems)} 处。",
    )
    return Answer(
        {"problems": [msgspec.to_builtins(problem) for problem in problems]}, lines, 1 if fatal else 0
    )


def _names_met(forms: Sequence[Form]) -> list[Problem]:
    """Return the forms whose tables would be those of a shipped form, or of another that is checked."""
    from hsdesk.forms.naming import name_met
    from hsdesk.forms.shipped import every_form

    others = (*every_form(), *forms)
    found = ((form, name_met(form, others)) for form in forms)
    remedy = "请改 settings 表的 form_id。"
    return [Problem(form.form_id, "settings", "", "error", said, remedy) for form, said in found if said]


def _reach(forms: Sequence[Form]) -> list[Problem]:
    """Return what those who fill the forms cannot reach, beside each other and the shipped forms."""
    from hsdesk.forms.reach import unreachable
    from hsdesk.forms.shipped import every_form
    from hsdesk.reports.broken import unknown_counts

    known = {form.form_id: form for form in (*every_form(), *forms)}
    return [problem for form in forms for problem in (*unknown_counts(form), *unreachable(form, known))]


def install(setting: Setting, options: argparse.Namespace) -> Answer:
    """Install a form on this desk: new, or a later version; what else it would replace is told, and refused.

    With --replace the same version with other content, an earlier version, and another form in place of one
    that did not come with the program are installed too.
    """
    from hsdesk.forms.naming import id_refused, name_met, version_refused
    from hsdesk.forms.replacement import replacement

    form = given_form(_existing(options.file), options.as_id)
    with setting.desk() as desk:
        installed = {one.form_id: desk.file.form(one.form_id) for one in desk.status().registers}
        if met := name_met(form, installed.values()):
            raise FormError("{met}登记表没有安装，数据没有改动。请改 form_id，或加 --as 编号。", met=met)
        if why := version_refused(form) if form.form_id in installed else id_refused(form):
            raise FormError("{why}登记表没有安装，数据没有改动。请改 settings 表，或加 --as 编号。", why=why)
        outcome = replacement(installed.get(form.form_id), form)
        if refusal := _refusal(form, installed.get(form.form_id), outcome, replacing=options.replace):
            raise Refused("{why}", why=refusal)
        leaning = desk.reports.would_break(form)
        if outcome.kind != "same":
            desk.file.install(form)
    said = "已经是这一版，没有改动" if outcome.kind == "same" else "已安装"
    lines = (f"{said}：{form.title}({form.version})", *((outcome.words,) if outcome.words else ()), *leaning)
    return Answer({**_installed(form, outcome), "leaning": list(leaning)}, lines)


def given_form(file: Path, as_id: str | None) -> Form:
    """Return the form of a file, under another id where one is given. Raises FormError, UsageError."""
    from hsdesk.forms.compiler import compile_file
    from hsdesk.forms.xlsform import with_form_id
    from hsdesk.model.public_id import ID_RULE, is_public_id

    if as_id is not None and not is_public_id(as_id):
        raise UsageError("--as 后面的编号“{name}”不能用：要{rule}。", name=as_id, rule=ID_RULE)
    form = compile_file(file)
    return form if as_id is None else with_form_id(form, as_id)


def _refusal(form: Form, old: Form | None, outcome: Replacement, *, replacing: bool) -> str:
    """Return why a form is not put in place of the installed one, "" where it may."""
    from hsdesk.forms.shipped import index

    if old is None or outcome.kind in ("new", "same", "later"):
        return ""
    foreign = outcome.kind == "foreign"
    own = form.form_id in index()
    if replacing and not (foreign and own):
        return ""
    why = {
        "rewritten": f"“{old.title}”的版本 {old.version} 已经安装，内容和这个文件不同。",
        "earlier": f"这个文件是版本 {form.version}，已安装的“{old.title}”是较新的版本 {old.version}。",
    }.get(
        outcome.kind, f"编号 {form.form_id} 已经是“{old.title}”，这个文件几乎没有同样的栏目，像是另一张表。"
    )
    step = {
        "rewritten": "请改版本号后再安装；要直接替换，加 --replace 。",
        "earlier": "要退回较早的版本，加 --replace 。",
    }.get(outcome.kind, "请给它另取 form_id 。" if own else "请给它另取 form_id ；要替换，加 --replace 。")
    change = f"安装后会：{outcome.words}。" if outcome.words else ""
    return f"{why}{change}没有安装，数据没有改动。{step}"


def _installed(form: Form, outcome: Replacement) -> dict[str, object]:
    change = outcome.change
    return {
        "form": form.form_id,
        "version": form.version,
        "change": outcome.kind,
        "added": list(change.added),
        "removed": list(change.removed),
        "renamed": change.renamed,
        "widened": list(change.widened),
    }


def export(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write a form as the workbook that officials edit."""
    from hsdesk.desk import Desk
    from hsdesk.forms.shipped import form_named, shipped_form
    from hsdesk.forms.workbook.export import export_workbook

    name = form_named(options.name)
    if Desk.exists(setting.home):
        with setting.desk() as desk:
            form = names.form_of(desk, name)
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
    from hsdesk.language.evaluation import evaluate_lines

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
