"""Sealing for the holder of a private key."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hsdesk.wire import sealing
from hsdesk.wire.sealing import Unsealable


@given(st.binary(max_size=200), st.binary(max_size=20))
@settings(deadline=None, max_examples=50)
def test_only_the_holder_of_the_key_opens_what_was_sealed(plain: bytes, bound: bytes) -> None:
    mine, other = sealing.new_private(), sealing.new_private()
    sealed = sealing.seal(sealing.public_of(mine), plain, bound)
    assert sealing.opened(mine, sealed, bound) == plain
    for key, said in ((other, bound), (mine, bound + b"x")):
        with pytest.raises(Unsealable):
            sealing.opened(key, sealed, said)


@given(st.binary(max_size=60), st.integers(0, 107), st.integers(0, 7))
@settings(deadline=None, max_examples=100)
def test_every_flipped_bit_is_noticed(plain: bytes, place: int, bit: int) -> None:
    key = sealing.new_private()
    sealed = bytearray(sealing.seal(sealing.public_of(key), plain))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(Unsealable):
        sealing.opened(key, bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 20, 25])
def test_a_file_is_sealed_in_pieces_and_opened_whole(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_PIECE", 10)
    key, plain = sealing.new_private(), bytes(range(length))
    sealed = io.BytesIO()
    sealing.seal_file(sealing.public_of(key), io.BytesIO(plain), sealed, b"bound")
    whole = io.BytesIO()
    sealing.open_file(key, io.BytesIO(sealed.getvalue()), whole, b"bound")
    assert whole.getvalue() == plain


def test_pieces_that_are_missing_doubled_moved_or_cut_off_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealing, "_PIECE", 10)
    key = sealing.new_private()
    target = io.BytesIO()
    sealing.seal_file(sealing.public_of(key), io.BytesIO(bytes(30)), target)
    head, body = target.getvalue()[:32], target.getvalue()[32:]
    one, two, three = body[:26], body[26:52], body[52:]
    for wrong in (
        (one, two),
        (one, three),
        (two, one, three),
        (one, one, two, three),
        (one, two, three, three),
    ):
        with pytest.raises(Unsealable):
            sealing.open_file(key, io.BytesIO(head + b"".join(wrong)), io.BytesIO())
    with pytest.raises(Unsealable):
        sealing.open_file(key, io.BytesIO(head[:20]), io.BytesIO())
