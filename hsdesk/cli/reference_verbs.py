"""server codelists|places|settings|round: what officials send down to every desk; rounds on the desk."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hsdesk.cli.answer import Answer, Setting
from hsdesk.cli.server_verbs import database_of, words_of
from hsdesk.errors import DataError, UsageError

if TYPE_CHECKING:
    from hsdesk.city.running.erasure_and_transfer import RemovalResult
    from hsdesk.city.sql.database import Database
    from hsdesk.model.round import Round

_NOT_YET = "只是先看，没有发布。"
_DONE = "已发布，各台电脑下次数据同步时收到。"


@contextmanager
def opened_server(setting: Setting, options: argparse.Namespace) -> Iterator[Database]:
    """Open the database of an initialised server."""
    from hsdesk.city.running.service import open_service
    from hsdesk.city.sql.opening import open_database

    database = open_database(database_of(setting, options))
    try:
        open_service(database)
        yield database
    finally:
        database.close()


def _out(options: argparse.Namespace) -> Path:
    out = Path(options.out)
    if out.suffix.lower() != ".xlsx":
        raise UsageError("请导出为 .xlsx 文件：{name}", name=out.name or "--out FILE.xlsx")
    return out


def _given(options: argparse.Namespace) -> Path:
    path = Path(options.name)
    if not options.name or not path.is_file():
        raise UsageError("找不到文件 {name}。请核对文件名。", name=options.name or "FILE.xlsx")
    return path


def _published(document: dict[str, object], lines: tuple[str, ...], options: argparse.Namespace) -> Answer:
    """Return the answer of an `add`: what it changes, and whether it was published."""
    changed = bool(document["changes"])
    said = () if not changed else (_NOT_YET,) if options.dry_run else (_DONE,)
    published = changed and not options.dry_run
    return Answer({**document, "published": published, "dry_run": options.dry_run}, (*lines, *said))


def server_codelists(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write code lists as a workbook, or publish those of a workbook."""
    from hsdesk.city.reference import list_workbook, publishing, stream

    with opened_server(setting, options) as database:
        now = publishing.standing_of(database).lists
        if options.action == "export":
            out = _out(options)
            with database.reading() as connection:
                forms = stream.latest_forms(connection).values()
            names = list_workbook.export_lists(now, forms, options.name or "all", out)
            return Answer({"file": str(out), "lists": list(names)}, (f"已导出 {len(names)} 个代码表：{out}",))
        new = list_workbook.read_lists(_given(options), now)
        changes = publishing.list_changes(now, new)
        if not options.dry_run:
            publishing.publish_lists(database, new)
    told = list_workbook.told(changes)
    return _published({"changes": msgspec.to_builtins(changes)}, told, options)


def server_places(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write the directory of places as a workbook, or publish the changes of one."""
    from hsdesk.city.reference import place_workbook, publishing
    from hsdesk.city.running import erasure_and_transfer

    with opened_server(setting, options) as database:
        now = publishing.standing_of(database).directory
        if options.action == "export":
            out = _out(options)
            count = place_workbook.export_places(now, out)
            return Answer({"file": str(out), "rows": count}, (f"已导出 {count} 行：{out}",))
        rows = place_workbook.read_places(_given(options), now)
        moved: dict[str, RemovalResult] = {}
        if rows and not options.dry_run:
            publishing.publish_places(database, rows)
            moved = erasure_and_transfer.office(database).follow_mergers()
    change = place_workbook.compare(rows, now)
    document: dict[str, object] = {
        "changes": msgspec.to_builtins(change) if rows else {},
        "moved": {code: one.done for code, one in moved.items()},
    }
    told = (
        *place_workbook.told(change),
        *(f"{code} 的 {one.done} 条资料已转到并入的单位" for code, one in moved.items()),
    )
    return _published(document, told, options)


def server_settings(setting: Setting, options: argparse.Namespace) -> Answer:
    """Write the open definitions (口径) as a workbook, or publish those of a workbook."""
    from hsdesk.city.reference import publishing, setting_workbook

    with opened_server(setting, options) as database:
        now = publishing.standing_of(database).settings
        if options.action == "export":
            out = _out(options)
            count = setting_workbook.export_settings(now, out)
            return Answer({"file": str(out), "settings": count}, (f"已导出 {count} 项口径：{out}",))
        new = setting_workbook.read_settings(_given(options))
        changes = setting_workbook.compare(new, now)
        if changes and not options.dry_run:
            publishing.publish_settings(database, new)
    told = tuple(changes.values()) or ("和现行的一样，没有要发布的。",)
    return _published({"changes": changes}, told, options)


def server_round(setting: Setting, options: argparse.Namespace) -> Answer:
    """Open, list or close rounds (填报任务)."""
    from hsdesk.city.reference import publishing

    with opened_server(setting, options) as database:
        if options.action == "open":
            publishing.open_round(database, _asked(options, database))
        elif options.action == "close":
            publishing.close_round(database, options.name)
        rounds = publishing.standing_of(database).rounds
    return Answer({"rounds": msgspec.to_builtins(rounds)}, tuple(map(_line, rounds)) or ("还没有填报任务。",))


def _asked(options: argparse.Namespace, database: Database) -> Round:
    """Return the round of a file, or of the options; places by their codes."""
    from hsdesk.city.people.staff import place_of
    from hsdesk.city.reference.publishing import standing_of
    from hsdesk.model.round import Round

    if options.name.endswith(".json"):
        try:
            asked = msgspec.json.decode(_given(options).read_bytes(), type=Round)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise DataError("填报任务文件读不懂，没有下发。", detail=str(error)) from error
    else:
        asked = Round(
            options.name,
            options.title,
            options.period,
            options.deadline,
            words_of(options.forms),
            words_of(options.summaries),
            options.level,
            words_of(options.places),
        )
    directory = standing_of(database).directory
    return msgspec.structs.replace(asked, places=tuple(place_of(place, directory) for place in asked.places))


def _line(asked: Round) -> str:
    state = "进行中" if asked.open else "已关闭"
    return f"{asked.id} {asked.title}（{asked.period}），{asked.deadline} 前报，{state}"


def rounds(setting: Setting, options: argparse.Namespace) -> Answer:
    """List the rounds that this desk has to fill in."""
    with setting.desk() as desk:
        found = desk.reports.rounds()
    lines = tuple(f"{one.place_name}：{_line(one.round)}，{one.state}" for one in found)
    documents = [
        {**msgspec.to_builtins(one.round), "place": one.place, "state": one.state, "open": one.round.open}
        for one in found
    ]
    return Answer({"rounds": documents}, lines or ("没有填报任务。",))
