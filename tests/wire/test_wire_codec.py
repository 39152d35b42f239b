"""Messages to bytes and back, and bytes that are no message."""

from __future__ import annotations

import contextlib
import random
import zlib
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hsdesk.errors import DataError
from hsdesk.model.answer import CLASSES, SetDelta
from hsdesk.records.conflict import Candidate, Conflict
from hsdesk.records.op import Op, Seen
from hsdesk.wire import codec
from hsdesk.wire.messages import (
    Answer,
    Cursor,
    Erased,
    Export,
    Grant,
    Moved,
    OpResult,
    Page,
    Pull,
    Pulled,
    Push,
    Read,
    Receipt,
    ReferenceHead,
    ReferenceItem,
    Row,
    Stamp,
    Told,
)

TEXT = st.text(max_size=6)
NUMBER = st.integers(0, 2**63 - 1)
CLASS = st.sampled_from(CLASSES)
SETS = st.lists(TEXT, max_size=3).map(tuple)
WRITTEN = st.one_of(
    st.none(),
    TEXT,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.builds(SetDelta, add=SETS, remove=SETS),
)
VALUE = st.one_of(st.none(), TEXT, st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), SETS)
RECORD = st.one_of(st.uuids().map(str), TEXT)


SEEN = st.one_of(
    st.builds(Seen, rev=NUMBER), st.builds(Seen, rev=NUMBER, epoch=st.integers(1, 9), seq=st.integers(1, 99))
)
HASH = st.binary(min_size=16, max_size=16)


@st.composite
def contents(draw: st.DrawFn) -> dict[str, object]:
    """What makes an op known by content: its nonce, or what is kept of one whose values were erased."""
    if draw(st.booleans()):
        return {"nonce": draw(st.binary(min_size=8, max_size=8))}
    return {"redacted": ("z",), "kept_hash": draw(HASH)}


@st.composite
def pushes(draw: st.DrawFn) -> Push:
    ops = []
    for seq in range(1, draw(st.integers(0, 6)) + 1):
        answers = st.dictionaries(st.sampled_from(["x", "y", "m/1/z"]), WRITTEN, max_size=3)
        ops.append(
            Op(
                device="d",
                epoch=3,
                seq=seq,
                scope=draw(st.sampled_from(["s1", "s2"])),
                cls=draw(CLASS),
                record=draw(RECORD),
                form=draw(st.sampled_from(["f", "g"])),
                version="1",
                seen=draw(SEEN),
                apart=draw(st.dictionaries(st.sampled_from(["x", "y", "_deleted"]), SEEN, max_size=2)),
                server_epoch=draw(st.sampled_from(["", "e1", "e2"])),
                hlc=draw(NUMBER),
                person=draw(TEXT),
                answers=draw(answers),
                erases=draw(st.booleans()),
                **draw(contents()),
                **draw(st.sampled_from([{}, {"resolves": "c", "resolves_rev": 7}])),
            )
        )
    read = draw(st.lists(st.builds(Read, scope=TEXT, cls=CLASS, rev=NUMBER), max_size=2).map(tuple))
    parent = draw(st.one_of(st.none(), st.tuples(st.integers(1, 9), NUMBER, HASH)))
    return Push("d", 3, draw(TEXT), tuple(ops), draw(HASH), read, parent)


STAMP = st.builds(Stamp, rev=NUMBER, hlc=NUMBER, device=TEXT, person=TEXT)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    answers = draw(st.dictionaries(st.sampled_from(["x", "y"]), VALUE))
    others = {path: draw(STAMP) for path in answers if draw(st.booleans())}
    return Row(
        draw(RECORD), "f", draw(st.sampled_from(["1", "2"])), draw(NUMBER), answers, draw(STAMP), others
    )


CANDIDATE = st.builds(Candidate, value=VALUE, person=TEXT, device=TEXT, hlc=NUMBER)
CONFLICT = st.builds(
    Conflict,
    id=TEXT, scope=TEXT, cls=CLASS, form=TEXT, record=TEXT, path=TEXT, base=VALUE,
    candidates=st.lists(CANDIDATE, max_size=3).map(tuple), rev=NUMBER, open=st.booleans(), settled_by=TEXT,
)  # fmt: skip
ERASED = st.builds(Erased, record=TEXT, path=TEXT, rev=NUMBER, device=TEXT, epoch=NUMBER, seq=NUMBER)
MOVED = st.builds(Moved, record=TEXT, into=TEXT, rev=NUMBER, arrived=NUMBER)
PAGE = st.builds(
    Page,
    scope=TEXT, cls=CLASS, rows=st.lists(rows(), max_size=4).map(tuple),
    conflicts=st.lists(CONFLICT, max_size=2).map(tuple), after=NUMBER, done=st.booleans(), digest=NUMBER,
    erased=st.lists(ERASED, max_size=2).map(tuple), moved=st.lists(MOVED, max_size=2).map(tuple),
    since=NUMBER, frm=NUMBER,
)  # fmt: skip
TOLD = st.builds(
    Told,
    scope=TEXT, cls=CLASS, rows=st.lists(rows(), max_size=2).map(tuple),
    erased=st.lists(ERASED, max_size=2).map(tuple), moved=st.lists(MOVED, max_size=2).map(tuple),
)  # fmt: skip
RECEIPT = st.builds(
    Receipt,
    device=TEXT, epoch=NUMBER, last=NUMBER, server_epoch=TEXT, first=NUMBER, chain=HASH, holds=NUMBER,
    held=HASH,
    results=st.just((OpResult(3, "rejected", "没有权限"),)), revs=st.lists(NUMBER, max_size=3).map(tuple),
    told=st.lists(TOLD, max_size=2).map(tuple), unlike=st.integers(-1, 9),
)  # fmt: skip
CURSOR = st.builds(Cursor, scope=TEXT, cls=CLASS, since=NUMBER, after=NUMBER, full=st.booleans())
HEAD = st.builds(ReferenceHead, kind=st.just("form"), id=TEXT, version=TEXT, digest=TEXT)
PULLED = st.builds(
    Pulled,
    server_epoch=TEXT, last=NUMBER, reference_rev=NUMBER, same=st.booleans(), ask_cursors=st.booleans(),
    grants=st.one_of(
        st.none(), st.lists(st.builds(Grant, scope=TEXT, cls=CLASS, write=st.booleans())).map(tuple)
    ),
    reference=st.lists(HEAD, max_size=2).map(tuple), pages=st.lists(PAGE, max_size=2).map(tuple),
    more=st.booleans(), backoff=st.integers(0, 100), chain=HASH,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(pushes())
def test_ops_arrive_as_they_were_sent(push: Push) -> None:
    assert codec.unpack_push(codec.pack_push(push)) == push


@settings(deadline=None, max_examples=60)
@given(PULLED)
def test_pages_arrive_as_they_were_sent(pulled: Pulled) -> None:
    assert codec.unpack_pulled(codec.pack_pulled(pulled)) == pulled


@settings(deadline=None, max_examples=60)
@given(pushes(), RECEIPT, st.lists(PAGE, max_size=2), st.lists(CURSOR, max_size=2), HASH)
def test_exports_and_their_answers_arrive_as_they_were_sent(
    push: Push, receipt: Receipt, pages: list[Page], cursors: list[Cursor], chain: bytes
) -> None:
    export, answer = Export(push, tuple(cursors), 7), Answer(receipt, tuple(pages), chain)
    assert codec.unpack_receipt(codec.pack_receipt(receipt)) == receipt
    assert codec.unpack_export(codec.pack_export(export)) == export
    assert codec.unpack_answer(codec.pack_answer(answer)) == answer


def test_the_bytes_of_an_older_program_are_read_as_ops_that_saw_one_revision_and_all_their_own() -> None:
    op = Op(
        device="d", epoch=3, seq=5, scope="s", cls="common", record="r", form="f", version="1", hlc=9,
        person="p", answers={"x": "1"}, seen=Seen(4), resolves="c", resolves_rev=1,
    )  # fmt: skip
    wire = msgspec.msgpack.decode(msgspec.msgpack.encode(codec._wire_push(Push("d", 3, "e", (op,)))))
    read = codec.unpack_push(codec.pack([*wire[:3], [group[:13] for group in wire[3]]]))
    (old,) = read.ops
    assert (read.before, old.wide, old.seen, old.server_epoch) == (None, True, Seen(4, 3, 4), "e")
    assert (old.seen_of("anything"), old.resolves_rev) == (Seen(4, 3, 4), 4)


def test_receipts_pulls_and_forms_arrive_as_they_were_sent() -> None:
    receipt = Receipt("d", 1, 9, "e", (OpResult(3, "rejected", "没有权限"),))
    assert codec.unpack_receipt(codec.pack_receipt(receipt)) == receipt
    pull = Pull("e", 1, 5, b"12345678", b"87654321", (Cursor("s", "party", 3, 4, full=True),))
    assert codec.unpack_pull(codec.pack_pull(pull)) == pull
    item = ReferenceItem(ReferenceHead("form", "f", "1", codec.body_digest(b"{}")), b"{}")
    assert codec.unpack_item(codec.pack_item(item)) == item


def test_a_form_that_is_not_what_its_digest_says_is_not_used() -> None:
    item = ReferenceItem(ReferenceHead("form", "f", "1", codec.body_digest(b"{}")), b"[]")
    with pytest.raises(DataError, match="不一致"):
        codec.unpack_item(codec.pack_item(item))


def test_a_small_message_that_inflates_to_a_gigabyte_is_refused_before_it_does() -> None:
    bomb = zlib.compress(bytes(64 << 20), 9)
    assert len(bomb) < codec.MAX_PACKED
    with pytest.raises(DataError, match="展开后过大"):
        codec.unpack_push(bomb)
    with pytest.raises(DataError, match="大小限制"):
        codec.unpack_push(bytes(codec.MAX_PACKED + 1))


DECODERS: tuple[Callable[[bytes], object], ...] = (
    codec.unpack_push,
    codec.unpack_pulled,
    codec.unpack_pull,
    codec.unpack_receipt,
    codec.unpack_item,
    codec.unpack_export,
    codec.unpack_answer,
)


def survives(data: bytes) -> None:
    """Any bytes are a message or a DataError, nothing else."""
    for decode in DECODERS:
        with contextlib.suppress(DataError):
            decode(data)


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=300), pushes(), PULLED)
def test_no_bytes_crash_a_decoder(noise: bytes, push: Push, pulled: Pulled) -> None:
    survives(noise)
    survives(zlib.compress(noise))
    survives(codec.pack_push(push))
    survives(codec.pack_pulled(pulled))


def mutated(chance: random.Random, raw: bytes) -> bytes:
    """A message with a few bytes changed, cut out or put in."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(3):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                data[at : at + chance.randint(1, 8)] = b""
            case _:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
    return bytes(data)


def seeds() -> list[bytes]:
    stamp = Stamp(5, 70_000, "d", "张三")
    row = Row(
        "0190aaaa-0000-7000-8000-000000000001", "f", "1", 9, {"x": "值", "s": ("a",)}, stamp, {"x": stamp}
    )
    conflict = Conflict("c", "s", "common", "f", "r", "x", 1, (Candidate("2", "p", "d", 3),), 9)
    gone = (Erased(row.record, "x", 8, "d", 1, 5),), (Moved(row.record, "s2", 9),)
    page = Page("s", "common", (row, row), (conflict,), 9, True, 77, erased=gone[0], moved=gone[1])
    pulled = Pulled("e", 3, 4, grants=(Grant("s", "common", True),), pages=(page,))
    op = Op(
        device="d", epoch=1, seq=1, scope="s", cls="common", record=row.record, form="f", version="1",
        seen=Seen(4, 1, 1), apart={"n": Seen(2)}, nonce=b"nonce678", hlc=99, person="张三",
        answers={"x": "值", "s": SetDelta(("a",), ("b",)), "n": 1.5},
    )  # fmt: skip
    push = Push("d", 1, "e", (op, msgspec.structs.replace(op, seq=2)), b"c" * 16)
    told = Told("s", "common", (row,), *gone)
    receipt = Receipt("d", 1, 1, "e", first=1, chain=b"c" * 16, revs=(4,), told=(told,))
    packed = (
        codec.pack_pulled(pulled), codec.pack_push(push), codec.pack_receipt(receipt),
        codec.pack_export(Export(push, (Cursor("s", "common"),), 1)),
        codec.pack_answer(Answer(receipt, (page,))),
    )  # fmt: skip
    return [zlib.decompress(data) for data in packed]


def fuzz(rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    raws = seeds()
    for _ in range(rounds):
        data = mutated(chance, chance.choice(raws))
        survives(zlib.compress(data, 1))


def test_a_hundred_thousand_changed_messages_are_refused_or_read_but_never_crash() -> None:
    fuzz(100_000, seed=2)
