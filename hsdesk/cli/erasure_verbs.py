"""server move and server erase: what an official does with records."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from hsdesk.cli.answer import Answer, Setting
from hsdesk.cli.reference_verbs import opened_server
from hsdesk.cli.server_verbs import database_of, words_of
from hsdesk.errors import UsageError

if TYPE_CHECKING:
    from hsdesk.city.running.erasure_and_transfer import ErasureAsked, RemovalResult


def server_move(setting: Setting, options: argparse.Namespace) -> Answer:
    """Move records to another place; without places, follow the mergers that hold today."""
    from hsdesk.city.people.staff import place_of
    from hsdesk.city.running.erasure_and_transfer import office

    if bool(options.source) != bool(options.target):
        raise UsageError("请写明从哪里转到哪里：server move --from CODE --to CODE")
    with opened_server(setting, options) as database:
        work = office(database)
        if not options.source:
            return _moved(work.follow_mergers())
        source, target = (place_of(code, work.directory) for code in (options.source, options.target))
        return _moved({options.source: work.move(source, target, options.register, options.where)})


def _moved(found: dict[str, RemovalResult]) -> Answer:
    refused = sorted({reason for one in found.values() for reason in one.refused})
    lines = tuple(f"{code}：转走 {one.done} 条。" for code, one in found.items()) or ("没有要转的资料。",)
    document = {"moved": {code: one.done for code, one in found.items()}, "refused": refused}
    return Answer(document, (*lines, *refused), 1 if refused else 0)


def server_erase(setting: Setting, options: argparse.Namespace) -> Answer:
    """Erase a record, or some of its answers, on the server and on every desk; or answer who asked for it."""
    from hsdesk.city.running import erasure_log
    from hsdesk.city.running.erasure_and_transfer import office

    named = [one for one in (options.id, options.confirm, options.refuse) if one]
    if len(named) + bool(options.list) != 1:
        raise UsageError(
            "请只写一样：server erase 编号 --reason 原因，或 --list、--confirm 编号、--refuse 编号"
        )
    if (options.id or options.refuse) and not options.reason:
        raise UsageError("请写明原因：--reason 原因")
    with opened_server(setting, options) as database:
        work = office(database)
        if options.list:
            return _requests(work.requests())
        if options.refuse:
            return _refused(options.refuse, work.refuse(options.refuse, options.reason))
        done = (
            work.confirm(options.confirm)
            if options.confirm
            else work.erase(options.id, words_of(options.fields), options.reason)
        )
    erasure_log.keep(database_of(setting, options))
    lines = ("已清除。各台电脑下次数据同步时清除；以前的备份里还有，请按规定销毁旧备份。",)
    return Answer({"erased": done.done, "refused": list(done.refused)}, lines, 1 if done.refused else 0)


def _requests(found: Sequence[ErasureAsked]) -> Answer:
    lines = tuple(
        f"{one.id} {one.place_name} {one.register}“{one.title}”"
        f"{'的' + '、'.join(one.fields) if one.fields else '整条'}：{one.reason}（{one.by}，{one.at}）"
        for one in found
    )
    document = {"requests": [msgspec.to_builtins(one) for one in found]}
    return Answer(document, lines or ("没有等着办的清除申请。",))


def _refused(record: str, done: RemovalResult) -> Answer:
    lines = ("已回复不同意清除，申请的电脑下次数据同步时会看到原因。内容没有改动。", *done.refused)
    return Answer({"answered": record, "refused": list(done.refused)}, lines, 1 if done.refused else 0)
