"""undo, redo, import: taking back what was done."""

from __future__ import annotations

import argparse

import msgspec

from hsdesk.cli.answer import Answer, Setting
from hsdesk.desk import Desk
from hsdesk.desk.values import Undone
from hsdesk.errors import DataError, UsageError


def undo(setting: Setting, options: argparse.Namespace) -> Answer:
    """Undo the last act, the last N, or one by its number; or list them."""
    with setting.desk() as desk:
        if options.list:
            return _listed(desk, setting.place)
        if options.act is not None:
            return _undone(desk.journal.undo_act(options.act), "撤销")
        return _undone(desk.journal.undo(_count(options), _place(desk, setting)), "撤销")


def redo(setting: Setting, options: argparse.Namespace) -> Answer:
    """Redo what was undone last."""
    with setting.desk() as desk:
        return _undone(desk.journal.redo(_count(options), _place(desk, setting)), "重做")


def batches(setting: Setting, options: argparse.Namespace) -> Answer:
    """List the batches that were read from files, or undo one of them."""
    if bool(options.batch) == options.list:
        raise UsageError("请写 import --list，或 import --undo 批号。")
    with setting.desk() as desk:
        if options.batch:
            return _undone(desk.journal.undo_batch(options.batch), "撤销")
        found = desk.journal.batches()
    lines = (
        f"{one.batch}  {one.at} {one.by} {one.register} {one.file}：新增 {one.new} 条，修改 {one.changed} 条"
        f"{'，已撤销' if one.undone else ''}"
        for one in found
    )
    return Answer({"batches": msgspec.to_builtins(found)}, (*lines, f"共 {len(found)} 批。"))


def _count(options: argparse.Namespace) -> int:
    count = int(options.count)
    if count < 1:
        raise UsageError("要撤销或重做几步，请写 1 或更大的数。")
    return count


def _place(desk: Desk, setting: Setting) -> str:
    """Return the place that is meant: the one named, or the only one of this desk."""
    places = desk.status().places
    if not setting.place and len(places) > 1:
        raise DataError("这个工作台有几个村（社区），请用 --place 写明是哪一个。")
    return setting.place or "".join(place.id for place in places)


def _listed(desk: Desk, place: str) -> Answer:
    acts = desk.journal.acts(place)
    document = [{**msgspec.to_builtins(act), "words": str(act.words)} for act in acts]
    lines = (f"{act.id}  {act.at} {act.words}{'（已撤销）' if act.undone else ''}" for act in acts)
    return Answer({"acts": document}, (*lines, f"共 {len(acts)} 步。"))


def _undone(done: Undone, word: str) -> Answer:
    """Say what was done and what was left; exit code 1 when something was left."""
    document = {
        "ids": [record for _form, record in done.changes.records],
        "acts": [{**msgspec.to_builtins(act), "words": str(act.words)} for act in done.acts],
        "left": [{**msgspec.to_builtins(one), "words": str(one.words)} for one in done.left],
    }
    lines = (
        *(f"已{word}：{act.words}" for act in done.acts),
        *(f"  {one.words}" for one in done.left),
    )
    return Answer(document, lines, 1 if done.left else 0)
