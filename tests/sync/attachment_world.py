"""A form with attachments, and contents to attach, for tests of store, sync and server."""

from __future__ import annotations

import random

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.schema import Extension, Form, Question
from hsdesk.model.attachment import PART_BYTES, Attachment, attachment_of
from hsdesk.records.edits import Edit

HALF_MB = 2 * PART_BYTES


def paper_form(version: str = "1") -> Form:
    """A name, a paper, a photo that is personal, and what expressions make of the paper."""
    return Form(
        "paper",
        version,
        "附件登记",
        children=(
            Question(name="name", key="name", type="text", hs=Extension(title=True)),
            Question(name="paper", key="paper", type="file", data_type="binary"),
            Question(
                name="photo", key="photo", type="image", data_type="binary", hs=Extension(cls="personal")
            ),
            Question(name="said", key="said", type="calculate", calculation="concat(/data/paper, '!')"),
        ),
    )


def some_bytes(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def attach(
    desk: DeskFile, scope: str, record: str, content: bytes, *, name: str = "章程.pdf", field: str = "paper"
) -> Attachment:
    """Keep a content and answer with it, as a person who chooses a file does."""
    attachment = attachment_of(content, name)
    desk.attachments.keep(attachment, content)
    desk.commit(Edit(scope, "paper", record, {field: str(attachment)}, "张三"))
    return attachment
