"""The sample (示例): invented records on desks of their own, to try everything out and to throw away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from hsdesk.desk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.errors import Refused
from hsdesk.model.resource import resource_dir
from hsdesk.model.step import Step, unheard

PASSPHRASE = "yangli-2020"  # noqa: S105 of the sample desks only; printed, and no secret
VILLAGE = "341021101204"
_PERSON = "样例文书"
ORDER = (
    "party_org",
    "grid",
    "grid_staff",
    "party_member",
    "social_org",
    "org_activity",
    "worker",
    "community",
)
_MARK = "样例数据.txt"
_MARK_TEXT = "这个文件夹里是虚构的样例数据，可以随时重做或扔掉。地名真实，人名、电话和数字都是虚构的。\n"


def fresh_folder(folder: Path) -> None:
    """Empty the folder of the sample. Raises Refused when it holds anything that is not the sample."""
    throw_away(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _MARK).write_text(_MARK_TEXT, encoding="utf-8")


def throw_away(folder: Path) -> None:
    """Remove the folder of the sample, if it is there. Raises Refused when it is not the sample."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise Refused("文件夹 {folder} 里有别的东西，没有动它。请用 --home 换一个文件夹。", folder=folder)
        shutil.rmtree(folder)


def home_of(home: Path) -> Path:
    """Return the folder of the desk to try things out on, below the home of the real one."""
    return home / "sample"


def is_there(home: Path) -> bool:
    """Tell whether there is a desk to try things out on, as somebody left it."""
    return Desk.exists(home_of(home))


def try_out(home: Path, step: Step = unheard) -> Desk:
    """Open the desk to try things out on, made first where there is none; `step` hears of registers.

    It can never be enrolled. One that is not made to the end, or was stopped by `step`, is thrown away.
    """
    if not is_there(home):
        part = home / "sample.part"
        fresh_folder(part)
        try:
            _make(part, step)
            part.rename(home_of(home))
        finally:
            throw_away(part)
    return Desk.open(home_of(home), PASSPHRASE)


def _make(folder: Path, step: Step) -> None:
    desk, _ = Desk.create(folder, [VILLAGE], _PERSON, PASSPHRASE)
    try:
        desk.file.mark_as_sample(alone=True)
        fill(desk, VILLAGE, step)
    finally:
        desk.close()


def fill(desk: Desk, code: str, step: Step = unheard) -> dict[str, int]:
    """Enter the invented records of a place; return how many each register has."""
    folder = resource_dir() / "demo" / code
    counted: dict[str, int] = {}
    for done, register in enumerate(ORDER):
        step(done, len(ORDER))
        stored = desk.bulk.add(register, list(_lines(folder / f"{register}.jsonl")), code)
        if stored.rejected:
            raise Refused("样例数据存不进去：{reason}", reason=stored.rejected[0].reason)
        counted[register] = len(stored.ids)
    _close_circle(desk, folder / "edits.jsonl")
    return counted


def _lines(path: Path) -> Iterator[JsonRecord]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        yield JsonRecord(number, json.loads(line))


def _close_circle(desk: Desk, path: Path) -> None:
    """Fill the references that could not be given before both records were there."""
    for item in _lines(path):
        asked = item.content
        for key in desk.lists.keys(asked["register"], ListQuery()):
            (row,) = desk.lists.rows(asked["register"], [key])
            if row.title.startswith(asked["find"]):
                desk.bulk.edit(
                    asked["register"], [JsonRecord(item.line, {"_id": key.record, **asked["set"]})]
                )
