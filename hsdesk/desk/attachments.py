"""Attachments (附件) of an open desk: a file becomes an answer, an answer becomes a file again.

Opening one writes a copy that only its owner may read into HOME/opened, which is emptied whenever the desk
closes, and after a crash when the program starts again, before anybody unlocks: what an encrypted file
holds is not left lying beside it. What the program that shows it keeps for itself (a list of recent files, a
preview, a copy while editing) is out of reach.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hsdesk.desk.exchange import Exchange
from hsdesk.desk.opening import Opened
from hsdesk.deskfile.files import explain, make_private, plain_errors, read_bytes, remove_folder, write_bytes
from hsdesk.errors import DataError
from hsdesk.forms.schema import Question, questions_by_path
from hsdesk.forms.types import holding_of, name_of, type_of
from hsdesk.model.answer import generic
from hsdesk.model.attachment import Attachment, attachment_of, clean_name, read_attachment
from hsdesk.model.identity import new_id

if TYPE_CHECKING:
    from hsdesk.sync.loop import Progress

USUAL_BYTES = 5 * 1024 * 1024  # what a person may attach; the city server takes `model.attachment.MAX_BYTES`
_MEGABYTE = 1024 * 1024


class AttachmentState(msgspec.Struct, frozen=True):
    """How an attachment stands: 未下载 (not `here`), 未上传 (here, not `sent`), 已上传."""

    name: str
    size: int  # bytes
    here: bool
    sent: bool
    bytes: int  # of it that are here
    reason: str = ""  # why it could not be carried the last time


class Attachments:
    """The attachments of an open desk."""

    def __init__(self, opened: Opened, outgoing: Exchange) -> None:
        self._opened = opened
        self._shelf = opened.file.attachments
        self._outgoing = outgoing
        self._folder = opened.home.opened
        self.clear_copies()

    def take(self, form_id: str, path: str, file: Path) -> str:
        """Keep a file's content, safe on the disk when this returns; return the answer that names it.

        Raises DataError for a kind or size the form does not take, Missing, Refused, DiskFull.
        """
        question = questions_by_path(self._opened.file.form(form_id)).get(generic(path))
        if question is None or not holding_of(question).is_file:
            raise DataError("“{path}”这一栏不能放附件。", field=path, path=path)
        return self.take_for(question, file)

    def take_for(self, question: Question, file: Path) -> str:
        """Keep a file's content for an answer; within the transaction under way if there is one."""
        with plain_errors(file):
            size = file.stat().st_size
            if not file.is_file():
                raise DataError("“{name}”不是文件，没有添加。", name=clean_name(file.name))
        check_file(question, clean_name(file.name), size)
        content = read_bytes(file)
        check_file(question, clean_name(file.name), len(content))  # it may have grown meanwhile
        attachment = attachment_of(content, file.name)
        self._shelf.keep(attachment, content)
        return str(attachment)

    def knows(self, answer: str) -> bool:
        """Tell whether a text is an attachment whose content is here or that a record names."""
        attachment = read_attachment(answer)
        if attachment is None:
            return False
        return self._shelf.state(attachment).is_whole or self._shelf.is_named(attachment)

    def state(self, answer: str) -> AttachmentState:
        """Return how the attachment of an answer stands."""
        attachment = _read(answer)
        held = self._shelf.state(attachment)
        return AttachmentState(
            attachment.name, attachment.size, held.is_whole, held.sent, held.bytes, held.reason
        )

    def content(self, answer: str) -> bytes:
        """Return the content. Raises Missing when it is not downloaded yet, Corrupt."""
        return self._shelf.content(_read(answer))

    def export(self, answer: str, out: Path) -> Path:
        """Write the content to a file: the old file or the new one, never half."""
        write_bytes(out, self.content(answer))
        return out

    def open_copy(self, answer: str) -> Path:
        """Write a read-only copy for another program to show; return its path."""
        content = self.content(answer)
        folder = self._folder / new_id()
        make_private(folder)
        copy = folder / _read(answer).name
        write_bytes(copy, content)
        try:
            copy.chmod(0o400)  # what is changed there would be lost: programs say 只读
        except OSError as error:
            raise explain(error, copy) from error
        return copy

    def clear_copies(self) -> None:
        """Remove the copies that were made to be shown; one that another program holds stays until later."""
        remove_folder(self._folder)

    def fetch(
        self,
        answer: str,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> bool:
        """Download the content now; False: stopped on the way. Raises Offline, Refused, DataError."""
        held = self._shelf.state(_read(answer))
        return held.is_whole or self._outgoing.fetch(held, progress, cancelled)

    def waiting(self) -> tuple[int, int]:
        """Return how many attachments are not sent yet, and how many are named and not here."""
        return self._shelf.counts()


def _read(answer: str) -> Attachment:
    attachment = read_attachment(answer)
    if attachment is None:
        raise DataError("这一栏里不是附件，请重新选择文件。原来的内容没有改动。")
    return attachment


def endings(question: Question) -> tuple[str, ...]:
    """Return the endings that an answer takes: those of its form (`hs:accept`), else those of its type."""
    return question.hs.accept or type_of(question).endings


def check_file(question: Question, name: str, size: int) -> None:
    """Raise DataError, in plain words, for a file that the form does not take."""
    allowed = endings(question)
    if not size:
        raise DataError("“{name}”是空的，没有添加。请核对后重新选择。", field=question.key, name=name)
    if allowed and name.rpartition(".")[2].lower() not in allowed:
        raise DataError(
            "“{question}”只收 {kinds} 文件，“{name}”没有添加。请另存为其中一种，再选一次。",
            field=question.key,
            question=name_of(question),
            kinds="、".join(allowed),
            name=name,
        )
    if size > USUAL_BYTES:
        raise DataError(
            "“{name}”有 {size} MB，超过 {most} MB，没有添加。请压缩或分成几份，再选一次。",
            field=question.key,
            name=name,
            size=f"{size / _MEGABYTE:.1f}",
            most=USUAL_BYTES // _MEGABYTE,
        )
