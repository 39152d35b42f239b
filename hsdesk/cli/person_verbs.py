"""person: who types at this desk."""

from __future__ import annotations

import argparse

import msgspec

from hsdesk.cli.answer import Answer, Setting
from hsdesk.errors import UsageError


def person(setting: Setting, options: argparse.Namespace) -> Answer:
    """List who types here, add somebody, or say who types from now on."""
    if options.action != "list" and not options.name:
        raise UsageError("请写明姓名：person {action} 姓名", action=options.action)
    with setting.desk() as desk:
        if options.action == "add":
            desk.writers.add(options.name)
        elif options.action == "use":
            desk.writers.use(options.name)
        found = desk.writers.everyone()
    lines = tuple(f"{one.number} {one.name}{'（现在填报）' if one.current else ''}" for one in found)
    return Answer({"persons": msgspec.to_builtins(found)}, lines)
