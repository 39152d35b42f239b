"""check, indicators."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import msgspec

from hsdesk.cli.answer import Answer, Setting
from hsdesk.cli.asked import asked_day_of, day_document

if TYPE_CHECKING:
    from hsdesk.reports.indicators import IndicatorValue


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
    asked = asked_day_of(options)
    with setting.desk() as desk:
        found = desk.reports.indicators(asked, options.level)
    return Answer(
        {"indicators": [msgspec.to_builtins(value) for value in found], **day_document(asked)},
        (*((asked.words,) if asked.named else ()), *map(_line, found)),
    )


def _line(value: IndicatorValue) -> str:
    figure = value.value if value.value is not None else value.reason or "此处不知"
    beside = f"，{value.beside.name} {value.beside.shown}" if value.beside else ""
    by_today = f"（{value.by_today}）" if value.by_today else ""
    return f"{value.id} {value.name}：{figure}{beside}{by_today}"
