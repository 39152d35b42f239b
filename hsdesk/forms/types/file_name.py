"""An attachment as expressions see it."""

from __future__ import annotations

from hsdesk.model.attachment import Attachment


class FileName(str):
    """The file name of an attachment. Two of one name are equal if their content is.

    >>> FileName(Attachment("0" * 64, 1, "a.pdf")) == "a.pdf"
    True
    >>> FileName(Attachment("0" * 64, 1, "a.pdf")) == FileName(Attachment("1" * 64, 1, "a.pdf"))
    False
    """

    __slots__ = ("answer",)
    answer: str

    def __new__(cls, attachment: Attachment) -> FileName:
        name = super().__new__(cls, attachment.name)
        name.answer = str(attachment)
        return name

    def __eq__(self, other: object) -> bool:
        return self.answer == other.answer if isinstance(other, FileName) else str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__
