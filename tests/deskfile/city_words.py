"""What the city says to a desk file in these tests: rows, pages, receipts."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import PLACE
from sync_world import receipt_for

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.inbox import Taken
from hsdesk.model.clock import wall_milliseconds
from hsdesk.wire.messages import (
    Grant,
    OpResult,
    Page,
    Row,
    Stamp,
)

HLC = wall_milliseconds() << 16
EPOCH = "s1"
LI = Stamp(5, HLC, "device-b", "李四")


def row(record: str, rev: int, answers: dict[str, object], stamp: Stamp = LI, **others: Stamp) -> Row:
    return Row(record, "social_org", "1", rev, answers, stamp, others)  # type: ignore[arg-type]


def page(*rows: Row, after: int = 9, done: bool = True, scope: str = PLACE, **more: object) -> Page:
    return Page(scope, more.pop("cls", "common"), rows, more.pop("conflicts", ()), after, done, **more)  # type: ignore[arg-type]


def take(file: DeskFile, told: Page, epoch: str = EPOCH) -> Taken:
    return file.take_page(told, epoch, (file.acked(), file.chain(file.device_epoch(), file.acked())))


def granted(file: DeskFile, *classes: str) -> None:
    file.take_grants(tuple(Grant(PLACE, cls, True) for cls in classes or ("common", "personal")))  # type: ignore[arg-type]


def ack(file: DeskFile, last: int, *results: OpResult) -> Taken:
    return file.take_receipt(receipt_for(file, last, *results))
