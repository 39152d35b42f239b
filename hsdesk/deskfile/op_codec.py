"""An own op as the desk file keeps it."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from hsdesk.records.op import Op

_DECODER = msgspec.json.Decoder(Op)
_KEPT = 1024  # two chunks: an op is read when it is sent, and twice when its receipt comes


@lru_cache(_KEPT)
def decoded(body: bytes) -> Op:
    """Return the op of these bytes; the same value for the same bytes."""
    return _DECODER.decode(body)
