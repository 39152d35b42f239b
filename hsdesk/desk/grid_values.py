"""What a list of a register (台账) is asked for and answers with: frozen values for the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from hsdesk.desk.values import RecordKey

TITLE = ""  # the column with the names of the records
PLACE = "@place"
STATE = "@state"
DELETED = "@deleted"
State = Literal["unfinished", "conflict", "waiting", "expired"]
STATES: tuple[State, ...] = ("conflict", "expired", "unfinished", "waiting")  # what is most urgent first


class ColumnFilter(msgspec.Struct, frozen=True):
    """Which records a column lets through: those where it says `text` or has one of `values` ("" empty)."""

    column: str
    text: str = ""  # anywhere in it, as characters, sounds or first letters
    values: tuple[str, ...] = ()


class GridView(msgspec.Struct, frozen=True):
    """Which records of a register are listed, in which order; it can be kept and taken up again."""

    search: str = ""
    filters: tuple[ColumnFilter, ...] = ()
    order: str = TITLE
    descending: bool = False
    group: str = ""  # the column by whose values records stand together; "": they do not
    deleted: bool = False  # the deleted ones 已作废 instead of the others


class Group(msgspec.Struct, frozen=True):
    """Records that stand together in a list: what they have in common, the first one's row, how many."""

    words: str
    start: int
    count: int


class GridRow(msgspec.Struct, frozen=True):
    """One record in a list. `shown`: what its columns say, personal data masked, empty ones left out."""

    key: RecordKey
    title: str
    place: str  # name
    shown: dict[str, str]
    states: tuple[State, ...] = ()
    deleted: str = ""  # the reason, when deleted


class Listed(msgspec.Struct, frozen=True):
    """The records found, by their numbers in order, and the rows that are seen first."""

    numbers: Sequence[int]
    groups: tuple[Group, ...] = ()
    rows: tuple[GridRow, ...] = ()


class Choosable(msgspec.Struct, frozen=True):
    """One value of a column that a filter may name, as a person reads it, and how many records have it."""

    value: str
    words: str
    count: int


class Content(msgspec.Struct, frozen=True):
    """What a column holds: whether it tells records apart, and a text as long as most of its texts."""

    is_varied: bool
    typical: str


class PlaceProgress(msgspec.Struct, frozen=True):
    """How far a place is with a register (各村进度)."""

    place: str  # id
    name: str
    records: int
    unfinished: int
    waiting: int  # records of which the city has not received everything


class Layout(msgspec.Struct, frozen=True):
    """How a person has a grid: columns in order (none: chosen by content), their widths, what it lists."""

    columns: tuple[str, ...] = ()
    widths: dict[str, int] = {}  # pixels at the usual text size
    view: GridView = GridView()


class Layouts(msgspec.Struct, frozen=True):
    """The layout of a register as it was left, and those that were given names (常用视图)."""

    last: Layout = Layout()
    named: dict[str, Layout] = {}
