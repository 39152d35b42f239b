"""What every answer of one data type holds, in every place where it is: the contract of `types/`.

An answer has four shapes. *Stored* (`records.op.Value`): int, float, text, ISO text for dates, a sorted tuple
of codes for a set, None when empty. *In the tree* (`xpath.values.Value`): "" when empty, dates as `date` and
`datetime`, a set joined by blanks. *Typed*: text. *Written* (`records.op.Written`): as an op carries it.
"""

from __future__ import annotations

import datetime as dt
import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal

from hsdesk.forms.schema import Question
from hsdesk.forms.types.file_name import FileName
from hsdesk.language.values import Value as Seen
from hsdesk.language.values import plain_moment, to_text
from hsdesk.model.answer import Value, Written

if TYPE_CHECKING:
    from hsdesk.language.rows import ColumnKind

SqlKind = Literal["text", "integer", "real"]
MAX_EXACT = 2**53  # from here on a float does not hold every whole number

_FACTS = (
    "name", "word", "wanted", "binds", "input", "holds", "in_tree", "sql", "column", "is_set", "is_spoken",
    "widens_to",
)  # fmt: skip


class Holding(ABC):
    """The rules of one data type. One that leaves a rule out does not import."""

    name: ClassVar[str]  # as `Question.data_type` says it
    word: ClassVar[str]  # what a person calls it: 整数
    wanted: ClassVar[str]  # what should stand there, with an example: 整数，例如 12
    binds: ClassVar[tuple[str, ...]]  # the types of an XForm bind that are this one
    input: ClassVar[str]  # the question type of a plain input bound to it
    holds: ClassVar[tuple[type, ...]]  # Python types of a stored value
    in_tree: ClassVar[type]  # Python type that expressions see; `object`: any text will do
    sql: ClassVar[SqlKind]  # its column in a register table
    column: ClassVar[ColumnKind]  # its column as the expression language sees it
    is_set: ClassVar[bool]  # a set of codes, merged member by member
    is_spoken: ClassVar[bool]  # looked for by sound and first letters
    widens_to: ClassVar[frozenset[str]]  # data types that it may become in a new version of a form

    def __init_subclass__(cls) -> None:
        missing = [fact for fact in _FACTS if not hasattr(cls, fact)]
        if missing:
            raise TypeError(f"{cls.__name__} does not say {', '.join(missing)}")

    @property
    def is_file(self) -> bool:
        """Tell whether an answer names a file, whose content travels apart."""
        return self.column == "file"

    @abstractmethod
    def read(self, question: Question, text: str) -> Value:
        """Return what a text says that is neither empty nor has blanks around it.

        Raises `DataError` that says what was typed and how it should be written.
        """

    @abstractmethod
    def takes(self, written: Written) -> bool:
        """Tell whether a value that arrived over the wire is of this type, or of one that widens to it."""

    @abstractmethod
    def seen_text(self, text: str) -> Seen:
        """Return what expressions see of a text that is not empty; the text itself if it does not fit."""

    @abstractmethod
    def seen_number(self, number: float) -> Seen:
        """Return what expressions see of a stored number."""

    def seen(self, value: Value) -> Seen:
        """Return what expressions see of a stored value. Text that does not fit the type stays text."""
        if value is None or value in ((), ""):
            return ""
        if isinstance(value, tuple):
            return " ".join(value)
        return self.seen_text(value) if isinstance(value, str) else self.seen_number(value)

    def kept(self, value: Seen) -> Value:
        """Return what is stored for a value of the tree."""
        if value == "" or value is None:
            return None
        return value.answer if isinstance(value, FileName) else to_text(value)

    def computed(self, value: object) -> Seen:
        """Return what a calculation leaves in the tree (JavaRosa's `Recalculate.wrapData`).

        Empty text and NaN are empty; truth values are stored as text.
        """
        if isinstance(value, float):
            return _computed_number(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, dt.datetime):
            return plain_moment(value)
        if isinstance(value, dt.date | int):
            return value
        return self.seen(str(value))

    def fits(self, value: Value) -> bool:
        """Tell whether a value of another type, or of another version, can be held without loss."""
        if value is None:
            return True
        if isinstance(value, tuple):
            return len(value) <= 1
        return isinstance(self.seen(value), self.in_tree)

    def is_misfit(self, value: Seen) -> bool:
        """Tell whether what expressions see is text where the type wants something else."""
        return self.in_tree is not object and isinstance(value, str)

    def show(self, value: Value) -> str:
        """Return a stored value as one types it."""
        return as_typed(value)


def _computed_number(number: float) -> Seen:
    if not math.isfinite(number):
        return "" if math.isnan(number) else to_text(number)
    return int(number) if number.is_integer() and abs(number) < MAX_EXACT else number


def as_typed(value: Value) -> str:
    """Return a stored value as the reader reads it again, whatever its type.

    >>> as_typed(3.0), as_typed(1e-7), as_typed(None), as_typed(("a", "b"))
    ('3', '0.0000001', '', 'a b')
    """
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(value)
    return value if isinstance(value, str) else to_text(value)
