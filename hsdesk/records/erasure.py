"""What leaves a stream: values that are erased (清除), records that move to another place (转移). Pure.

Erasing holds whatever others typed meanwhile: the person asked to be forgotten. What is typed later in
knowledge of it counts again. A record that moves keeps its answers and who gave them; the revisions are those
of its new stream, and no writer counts as having seen them, so that everybody is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from hsdesk.model.answer import DELETED, Value
from hsdesk.records.chain import hash_of
from hsdesk.records.op import WHOLE, Op, covers, erased_paths
from hsdesk.records.parts import Mark, Part

T = TypeVar("T")


class ErasureRequest(msgspec.Struct, frozen=True):
    """What who may not erase asks of who may (申请清除): why, which answers, and why it was refused.

    It is an answer of the record, `_erasure`, so that it travels as every answer does and everybody who sees
    the record knows of it. Without `fields` it is the whole record. An erasure empties it.
    """

    reason: str
    fields: tuple[str, ...] = ()
    refused: str = ""

    def answer(self) -> str:
        """Return the request as the record keeps it: three lines, of which a person can read each.

        >>> ErasureRequest("写错了人", ("phone", "name")).answer()
        '写错了人\\nphone,name\\n'
        """
        lines = (" ".join(self.reason.split()), ",".join(self.fields), " ".join(self.refused.split()))
        return "\n".join(lines)


def erasure_request(value: Value) -> ErasureRequest | None:
    """Return the request that an answer keeps, None for none.

    >>> erasure_request("写错了人\\n\\n还要用").refused, erasure_request(None)
    ('还要用', None)
    """
    if not isinstance(value, str) or not value.strip():
        return None
    reason, fields, refused = (*value.split("\n"), "", "")[:3]
    return ErasureRequest(reason, tuple(filter(None, fields.split(","))), refused)


def without_erased(part: Part | None, op: Op, mark: Mark) -> Part:
    """Return the part after an erasing op: what it names is empty, and so is what it held before."""
    paths = erased_paths(op)
    if part is None or paths == (WHOLE,):
        emptied: dict[str, Value] = dict.fromkeys(part.answers if part else op.answers)
        reason = op.answers.get(DELETED)
        if isinstance(reason, str):
            emptied[DELETED] = reason
        return Part(op.form, part.version if part else op.version, mark.rev, emptied, mark)
    return Part(
        part.form,
        part.version,
        mark.rev,
        {**part.answers, **dict.fromkeys(paths)},
        part.base,
        {**part.others, **dict.fromkeys(paths, mark)},
        {path: members for path, members in part.members.items() if path not in paths},
    )


def redacted_op(op: Op, paths: tuple[str, ...]) -> Op:
    """Return an op without the values that are erased, and without its nonce; its hash stays the same.

    It writes nothing at these paths any more, not even an empty answer: somebody may have answered since.
    """
    gone = tuple(path for path in op.answers if any(covers(erased, path) for erased in paths))
    if not gone:
        return op
    return msgspec.structs.replace(
        op,
        answers={path: value for path, value in op.answers.items() if path not in gone},
        redacted=tuple(sorted({*op.redacted, *gone})),
        nonce=b"",
        kept_hash=hash_of(op),
    )


def redacted(answers: Mapping[str, T], paths: tuple[str, ...]) -> dict[str, T | None]:
    """Return logged answers with what is erased emptied; that it was written stays known."""
    return {
        path: None if any(covers(erased, path) for erased in paths) else value
        for path, value in answers.items()
    }
