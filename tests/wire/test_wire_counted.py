"""A push is counted before it is built: what it claims to hold costs no memory until the sums are known."""

from __future__ import annotations

import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import pytest

from hsdesk.errors import DataError
from hsdesk.model.answer import SetDelta
from hsdesk.model.identity import new_id
from hsdesk.records.op import Op
from hsdesk.wire import codec, counted
from hsdesk.wire.messages import Cursor, Pull, Push

MANY = 4_000_000


def group(count: int, paths: tuple[str, ...] = (), columns: list[object] | None = None) -> list[object]:
    """A group of `count` ops in which every number is one byte."""
    return ["s", "common", "f", "1", paths, [1] * count, bytes(16 * count), [0] * count, [0] * count, ["p"],
            columns or [], [], False, "e", bytes(8 * count)]  # fmt: skip


def packed(*groups: object) -> bytes:
    return codec.pack(["d", 1, "e", groups, b""])


FLOODS: dict[str, Callable[[], bytes]] = {
    "ops in one group": lambda: packed(group(300_000)),
    "ops in many groups": lambda: packed(*[group(1000)] * 200),
    "groups": lambda: packed(*[[]] * MANY),
    "answers of one question": lambda: packed(group(1, ("x",), [[None] * MANY])),
    "members of one set": lambda: packed(group(1, ("x",), [[{"add": ["a"] * 3_000_000}]])),
    "members of many sets": lambda: packed(group(1000, ("x",), [[{"add": ["a"] * 1000}] * 1000])),
    "questions": lambda: packed(group(1, tuple("x" * 3_000_000), [[1]] * 100)),
    "questions of many groups": lambda: packed(*[group(1, tuple("x" * 4000), [[1]] * 4000)] * 40),
    "persons": lambda: packed([*group(1)[:9], ["p"] * MANY, []]),
    "streams read": lambda: codec.pack(["d", 1, "e", [], b"", [["s", "party", 1]] * 500_000]),
    "own ops seen": lambda: packed([*group(1), [[1, 1]] * 2_000_000]),
}


@contextmanager
def at_most(megabytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < megabytes << 20, f"{peak >> 20} MB"


@pytest.mark.parametrize("flood", FLOODS)
def test_a_push_that_claims_too_much_is_refused_before_it_fills_the_memory(flood: str) -> None:
    body = FLOODS[flood]()
    assert len(body) < codec.MAX_PACKED
    assert len(zlib.decompress(body)) < codec.MAX_UNPACKED
    with at_most(100), pytest.raises(DataError):
        codec.unpack_push(body)


def test_a_pull_that_names_a_million_streams_is_refused_before_it_fills_the_memory() -> None:
    pull = Pull("e", 1, 0, b"", b"", (Cursor("s", "party"),) * 500_000)
    with at_most(100), pytest.raises(DataError):
        codec.unpack_pull(codec.pack_pull(pull))


def test_the_largest_push_that_a_desk_makes_is_taken() -> None:
    def op(seq: int, answers: dict[str, object]) -> Op:
        return Op(
            device="d", epoch=1, seq=seq, scope="s", cls="common", record=new_id(), form="f", version="1",
            hlc=seq, person="p", answers=answers, nonce=bytes(8),  # type: ignore[arg-type]
        )  # fmt: skip

    many = Push("d", 1, "e", tuple(op(n, {f"q{m}": m for m in range(100)}) for n in range(1, 501)), b"")
    wide = Push("d", 1, "e", (op(1, {f"q{n}": "值" * 100 for n in range(2000)}),), b"")
    long = Push("d", 1, "e", (op(1, {"text": "字" * 65_536, "set": SetDelta(("成员",) * 1000)}),), b"")
    for push in (many, wide, long):
        assert codec.unpack_push(codec.pack_push(push)) == push


def test_the_counted_form_of_a_group_has_the_fields_of_the_group_itself() -> None:
    from hsdesk.wire.columns import OpColumns

    assert counted._Group.__struct_fields__ == OpColumns.__struct_fields__
    assert msgspec.structs.asdict(
        counted._Counted().group(msgspec.Raw(msgspec.msgpack.encode(group(1))))
    ) == msgspec.structs.asdict(msgspec.msgpack.decode(msgspec.msgpack.encode(group(1)), type=OpColumns))
