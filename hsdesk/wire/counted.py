"""Reading the ops of a push by count: what a message claims to hold is added up before it is built.

A message of 8.5 kB inflates to 8 MB of small numbers, and an op is some 500 bytes in memory: a million of
them took 15 s and half a gigabyte before anybody counted. Here groups and columns stay bytes (`msgspec.Raw`,
which only finds where a value ends) until the sums are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.answer import Class, SetDelta, Written
from hsdesk.model.writer import MOST_WRITERS, Writer
from hsdesk.records.op import Op
from hsdesk.wire.columns import OpColumns, ops_of
from hsdesk.wire.messages import Read

MAX_OPS = 1000  # in one message; a desk sends at most 500
MAX_CELLS = 256 * 1024  # answers, paths and members in one message: each is a byte at least, a chunk 256 KiB
MAX_COLUMN = 2 << 20  # bytes of the answers to one question: a thousand members, or a text of 65,536 letters
_MAX_PATHS = 4000  # named by one group; an op may write 2,000
_MANY = 16_384  # bytes of a column from which members of sets are worth counting

_Ops = msgspec.Meta(max_length=MAX_OPS)
_Paths = msgspec.Meta(max_length=_MAX_PATHS)
_Writers = msgspec.Meta(max_length=MOST_WRITERS)


class _Group(msgspec.Struct, frozen=True, array_like=True):
    """`columns.OpColumns`, its lists no longer than a message may be, its columns still bytes."""

    scope: str
    cls: Class
    form: str
    version: str
    paths: Annotated[tuple[str, ...], _Paths]
    seqs: Annotated[list[int], _Ops]
    records: bytes | Annotated[list[str], _Ops]
    revs: Annotated[list[int], _Ops]
    clocks: Annotated[list[int], _Ops]
    persons: Annotated[list[str], _Ops]
    columns: Annotated[list[msgspec.Raw], _Paths]
    resolves: Annotated[list[str], _Ops] = []
    erases: bool = False
    server_epoch: str = ""
    nonces: bytes = b""
    owns: Annotated[list[tuple[int, int]], _Ops] = []
    apart: Annotated[list[tuple[int, str, int, int, int]], msgspec.Meta(max_length=MAX_CELLS)] = []
    resolves_revs: Annotated[list[int], _Ops] = []
    redacted: Annotated[tuple[str, ...], _Paths] = ()
    hashes: Annotated[list[bytes], _Ops] = []


Groups = Annotated[list[msgspec.Raw], _Ops]  # an op each at least


class GivenPush(msgspec.Struct, frozen=True, array_like=True):
    """A push as it is taken: its groups still bytes."""

    device: str
    epoch: int
    server_epoch: str
    groups: Groups
    before: bytes | None = None
    read: Annotated[tuple[Read, ...], _Ops] = ()
    parent: tuple[int, int, bytes] | None = None
    writers: Annotated[tuple[Writer, ...], _Writers] | None = None


_group = msgspec.msgpack.Decoder(_Group).decode
_column = msgspec.msgpack.Decoder(list[str | int | float | SetDelta | None]).decode


def read_ops(groups: Iterable[msgspec.Raw], device: str, epoch: int) -> tuple[Op, ...]:
    """Return the ops of all groups by seq.

    Raises DataError if they are more than a message may hold or columns differ in length, and what msgspec
    raises for bytes that are no group.
    """
    counted = _Counted()
    return ops_of([counted.group(raw) for raw in groups], device, epoch)


class _Counted:
    """The sums over the groups read so far."""

    def __init__(self) -> None:
        self._ops = self._cells = 0

    def group(self, raw: msgspec.Raw) -> OpColumns:
        """Return a group once it is known to fit."""
        group = _group(raw)
        count = len(group.seqs)
        self._ops += max(count, 1)
        self._more((len(group.columns) + 1) * count + len(group.paths) + len(group.redacted))
        self._more(len(group.apart))
        if self._ops > MAX_OPS:
            raise _too_many()
        columns = [self._column(one, count) for one in group.columns]
        rest = {name: getattr(group, name) for name in _Group.__struct_fields__ if name != "columns"}
        return OpColumns(columns=columns, **rest)

    def _column(self, raw: msgspec.Raw, count: int) -> list[Written]:
        view = memoryview(raw)
        if view.nbytes > MAX_COLUMN or _length(bytes(view[:5])) != count:
            raise _too_many()
        column: list[Written] = _column(raw)
        if view.nbytes > _MANY:
            self._more(sum(len(one.add) + len(one.remove) for one in column if isinstance(one, SetDelta)))
        return column

    def _more(self, cells: int) -> None:
        self._cells += cells
        if self._cells > MAX_CELLS:
            raise _too_many()


def _length(head: bytes) -> int:
    """Return how many values a msgpack array claims to hold, by its first bytes; -1 if it is none.

    >>> _length(b"\\x93"), _length(b"\\xdc\\x01\\x00"), _length(b"\\xdd\\x00\\x01\\x00\\x00")
    (3, 256, 65536)
    >>> _length(b"\\xc0")
    -1
    """
    match head[:1]:
        case b"\xdc":
            return int.from_bytes(head[1:3], "big")
        case b"\xdd":
            return int.from_bytes(head[1:5], "big")
        case first:
            return first[0] & 15 if first and first[0] >> 4 == 9 else -1


def _too_many() -> DataError:
    return DataError("一次上报的改动过多，没有接收。")
