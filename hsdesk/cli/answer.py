"""What a command answers with, and what it is given."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hsdesk.desk import Desk
    from hsdesk.deskfile.layout import MigrationProgress
    from hsdesk.reports.content import Summary

PaintPdf = Callable[[Sequence["Summary"], Path], str]  # returns the characters that no font here has
_GUESSABLE = (
    "这个开机口令容易被猜到。台账照常能用；请把新口令放进 HSDESK_NEW_PASSPHRASE，用 hsdesk rekey 换掉。\n"
)
_READ_ONLY = (
    "磁盘已满或不能写入，台账以只读方式打开：可以查看、打印，不能填写。已保存的内容都在。"
    "请腾出空间或换到能写的磁盘，再打开。\n"
)
Document = dict[str, Any]  # what is printed as JSON; built last, read by nothing of ours


@dataclass(frozen=True)
class Answer:
    """The outcome of a command: one JSON document, the same in words, and the exit code."""

    document: Document
    lines: tuple[str, ...] = ()
    code: int = 0


@dataclass(frozen=True)
class Setting:
    """What every command may use: the home folder, the names it was given, the streams, the PDF painter."""

    home: Path
    place: str
    register: str
    json: bool
    out: IO[str]
    err: IO[str]
    paint_pdf: PaintPdf | None = None
    stdin: IO[str] = field(default_factory=lambda: sys.stdin)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open the desk of this home, look up the names in the command, close it after use.

        Raises:
            WrongPassphrase: HSDESK_PASSPHRASE does not open it, or none was given and none is remembered.
            Locked: a window has the file open.
            UsageError: the register or place that the command names does not exist.
        """
        from hsdesk.cli import names
        from hsdesk.desk import Desk

        desk = Desk.open(self.home, passphrase(), Announcer(self.err))
        try:
            if desk.is_read_only:
                self.err.write(_READ_ONLY)
            if desk.file.take_guessable():
                self.err.write(_GUESSABLE)
            names.check(desk, self.register, self.place)
            yield desk
        finally:
            desk.close()


class Announcer:
    """Says on the error stream how far the migrations of a database are, each tenth once."""

    def __init__(self, err: IO[str]) -> None:
        self._err = err
        self._said = -1

    def __call__(self, progress: MigrationProgress) -> None:
        if progress.percent // 10 == self._said:
            return
        self._said = progress.percent // 10
        step = f"第 {progress.n} 步，共 {progress.count} 步，已完成 {progress.percent}%"
        self._err.write(f"正在换成新版本的格式：{step}。资料不会丢失，请不要关机。\n")
        self._err.flush()


def passphrase() -> str | None:
    """Return HSDESK_PASSPHRASE, or None when it is not set."""
    return os.environ.get("HSDESK_PASSPHRASE") or None
