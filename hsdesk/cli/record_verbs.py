"""add, edit, list, show, delete, reverse, restore."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from hsdesk.cli import names
from hsdesk.cli.answer import Answer, Setting, passphrase
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery, Stored
from hsdesk.errors import DataError, Missing, UsageError

_LONGEST = 24  # signs of a number that is read as one; longer ones have more digits than anybody counts


def add(setting: Setting, options: argparse.Namespace) -> Answer:
    """Store records given as JSON or JSON lines; those that cannot be stored are listed, the rest goes in."""
    text = _text(setting, options.file)
    with setting.desk() as desk:
        return _stored(desk.bulk.add(options.register, _incoming(text), setting.place, _file(options.file)))


def edit(setting: Setting, options: argparse.Namespace) -> Answer:
    """Change one record by FIELD=VALUE, or many by JSON lines with `_id`."""
    pairs = dict(_pair(text) for text in options.changes)
    if pairs:
        items, file = [JsonRecord(1, {"_id": options.target, **pairs})], ""
    else:
        items, file = list(_incoming(_text(setting, options.target))), _file(options.target)
    with setting.desk() as desk:
        if pairs:
            form = names.form_of(desk, options.register)
            names.check_columns(form, pairs)
            desk.records.scope_of(form.form_id, options.target)
        return _stored(desk.bulk.edit(options.register, items, file))


def _file(name: str) -> str:
    """Return what the journal calls the file that a batch was read from, - where it came as input."""
    return name if name == "-" else Path(name).name


def _pair(text: str) -> tuple[str, Any]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise UsageError("请写成 栏目=值：{text}", text=text)
    return field, value


def _text(setting: Setting, name: str) -> str:
    if name == "-":
        return setting.stdin.read()
    path = Path(name)
    if not path.is_file():
        raise Missing("找不到文件 {name}。什么都没有改动，请核对文件名。", name=name)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("文件 {name} 不是 UTF-8 编码。什么都没有改动，请另存为 UTF-8。", name=name) from None


def _incoming(text: str) -> Iterator[JsonRecord]:
    """Yield each record with its 1-based line (or place in a JSON array)."""
    if text.lstrip().startswith("["):
        whole = _json(text, 0)
        yield from (JsonRecord(number, item) for number, item in enumerate(whole.content, start=1))
        return
    try:
        single = _loads(text)
    except ValueError:
        lines = enumerate(io.StringIO(text), start=1)
        yield from (_json(line, number) for number, line in lines if line.strip())
    else:
        yield JsonRecord(1, single)


def _loads(text: str) -> Any:
    """Return a JSON value. A number that Python cannot hold exactly stays the text it is, for the reader.

    Raises ValueError for what is no JSON, or is nested deeper than Python reads.
    """
    try:
        return json.loads(text, parse_int=_whole_number, parse_float=_decimal_number, parse_constant=str)
    except RecursionError:
        raise ValueError("嵌套太深") from None


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST else digits


def _decimal_number(digits: str) -> float | str:
    return float(digits) if len(digits) <= _LONGEST else digits


def _json(text: str, line: int) -> JsonRecord:
    try:
        return JsonRecord(line, _loads(text))
    except ValueError as error:
        if line == 0:
            raise DataError("不是有效的 JSON:{reason}。什么都没有改动。", reason=error) from None
        return JsonRecord(line, None)


def _stored(stored: Stored) -> Answer:
    lines = (
        f"已保存 {len(stored.ids)} 条，存不进 {len(stored.rejected)} 条，校验提示 {stored.findings} 处。",
        *(f"  第{item.line}行 {item.field}：{item.reason}" for item in stored.rejected),
    )
    return Answer(msgspec.to_builtins(stored), lines, 1 if stored.rejected else 0)


def list_records(setting: Setting, options: argparse.Namespace) -> Answer:
    """List records with stored codes."""
    with setting.desk() as desk:
        place = (desk.records.place(setting.place).id,) if setting.place else ()
        query = ListQuery(search=options.search, where=options.where, limit=options.limit, places=place)
        counted = desk.lists.counted(options.register, options.count, *place) if options.count else None
        if counted is not None:  # a record may count for another place than the one that owns it
            query = msgspec.structs.replace(query, places=(), records=counted.records)
        count, found = desk.lists.documents(options.register, query)
        records = list(found)
    unknown = counted.unknown if counted is not None else ""
    lines = (*(f"{record['_id']} {record['_title']}" for record in records), f"共 {count} 条。")
    told = {"count": count, "records": records, **({"unknown": unknown} if unknown else {})}
    return Answer(told, (*lines, *((f"不止这些，总数{unknown}。",) if unknown else ())))


def show(setting: Setting, options: argparse.Namespace) -> Answer:
    """Show one record, with its history if asked for."""
    with setting.desk() as desk:
        record = desk.lists.document(options.register, options.id)
        versions = desk.lists.history(options.register, options.id) if options.history else ()
    history = [
        {
            "version": version.version,
            "at": version.at,
            "by": version.by,
            "device": version.device,
            "answers": {
                change.path: {"old": msgspec.to_builtins(change.old), "new": msgspec.to_builtins(change.new)}
                for change in version.answers
            },
        }
        for version in versions
    ]
    lines = [f"{field}:{value}" for field, value in record.items()]
    for version in versions:
        lines.append(f"第{version.version}版 {version.at} {version.by}")
        lines += [
            f"  {change.label}：{change.old_shown or '空'} → {change.new_shown or '空'}"
            for change in version.answers
        ]
    return Answer({"record": record, "history": history}, tuple(lines))


def delete(setting: Setting, options: argparse.Namespace) -> Answer:
    """Delete a record with a reason; it can be restored."""
    with setting.desk() as desk:
        desk.records.delete(options.register, options.id, options.reason)
    return Answer({"ids": [options.id]}, ("已作废，可以恢复。",))


def reverse(setting: Setting, options: argparse.Namespace) -> Answer:
    """Undo a closed entry of a ledger by one more entry, which carries the reason; print its id."""
    with setting.desk() as desk:
        made = desk.records.reverse(options.register, options.id, options.reason)
    return Answer({"ids": list(made.ids), "reversed": options.id}, (f"已冲正，新的一条是 {made.ids[0]}。",))


def erase(setting: Setting, options: argparse.Namespace) -> Answer:
    """Have a record, or some of its answers, forgotten everywhere."""
    fields = tuple(part.strip() for part in options.fields.split(",") if part.strip())
    with setting.desk() as desk:
        desk.erasure.erase(options.register, options.id, options.reason, fields)
        if desk.erasure.must_ask:
            lines = ("已记下清除申请，下次数据同步时交给上级。上级同意以后各处才清除，现在内容没有改动。",)
            return Answer({"asked": options.id}, lines)
    return Answer({"ids": [options.id]}, ("已在本机清除。以前的备份里还有，请按规定销毁旧备份。",))


def move(setting: Setting, options: argparse.Namespace) -> Answer:
    """Move a record to another place of this desk."""
    with setting.desk() as desk:
        desk.erasure.move(options.register, options.id, options.target)
    return Answer({"ids": [options.id]}, ("下次数据同步时转过去，历史和附件一起走。",))


def restore(setting: Setting, options: argparse.Namespace) -> Answer:
    """Restore a record (as it was at a version), or a whole desk from a backup file."""
    if options.id is None:
        return _restore_file(setting, Path(options.register))
    with setting.desk() as desk:
        desk.records.restore(options.register, options.id, options.at)
    return Answer({"ids": [options.id]}, ("已恢复。",))


def _restore_file(setting: Setting, path: Path) -> Answer:
    from hsdesk.desk import Desk

    if not path.is_file():
        raise Missing("找不到备份文件 {name}。现有数据没有改动。", name=path.name)
    kept = Desk.restore_file(setting.home, path, passphrase())
    return Answer(
        {"file": str(path), "kept": str(kept) if kept else ""},
        (f"已从备份恢复。原来的数据另存在：{kept}" if kept else "已从备份恢复。",),
    )
