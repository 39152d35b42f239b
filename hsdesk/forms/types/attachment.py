"""附件 and 照片: a file, kept as the digest of its content, its size and its name (`model.attachment`)."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.schema import Question
from hsdesk.forms.types.file_name import FileName
from hsdesk.forms.types.given import Given, name_of, written
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import Lookup, QuestionType
from hsdesk.language.values import Value as Seen
from hsdesk.language.values import to_text
from hsdesk.model.answer import Value, Written
from hsdesk.model.attachment import read_attachment


class Files(Holding):
    """Files by name."""

    name = "binary"
    word = "附件"
    wanted = "附件"
    binds = ("binary",)
    input = "file"
    holds = (str,)
    in_tree = object
    sql = "text"
    column = "file"
    is_set = is_spoken = False
    widens_to: ClassVar = frozenset()

    def read(self, question: Question, text: str) -> Value:
        if read_attachment(text) is None:
            raise DataError("“{name}”是附件，请选择文件。", field=question.key, name=name_of(question))
        return text

    def takes(self, written: Written) -> bool:
        return written == "" or read_attachment(written) is not None

    def seen_text(self, text: str) -> Seen:
        attachment = read_attachment(text)
        return text if attachment is None else FileName(attachment)

    def seen_number(self, number: float) -> Seen:
        return to_text(number)

    def show(self, value: Value) -> str:
        attachment = read_attachment(value)
        return attachment.name if attachment else super().show(value)


def read_file(question: Question, given: Given, holding: Holding, lookup: Lookup) -> Value:
    """Read an attachment: a file to be kept, or one that is known. Raises `DeskError`."""
    text = written(question, given)
    if not text:
        return None
    return lookup.attach(question, text) if lookup.attach is not None else holding.read(question, text)


QUESTION = QuestionType(
    name="file",
    data=("binary",),
    words=("file",),
    bind="",
    help=(("file", "附件"),),
    widget="file",
    width=26.0,
    is_answered=True,
    is_kept=True,
    is_prose=False,
    is_asked=True,
    is_named=True,
    is_shown=True,
    is_listed=False,
    is_printed=False,
    is_imported=False,
    is_figure=False,
    choosing="",
    endings=("doc", "docx", "pdf"),
    read=read_file,
)
PHOTO = msgspec.structs.replace(
    QUESTION,
    name="image",
    widget="photo",
    endings=("jpg", "jpeg", "png"),
    words=("image", "photo", "add image prompt", "add photo prompt"),
    help=(("image", "照片"),),
)
