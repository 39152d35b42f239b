"""A city with a secret and an attachment in every stream of two villages and their township."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from sync_server import a_village, caller, mixed_form, new_ids, places, prepared_service, township_of

from hsdesk.city.running.service import Service
from hsdesk.forms.schema import Extension, Form, Level, Question
from hsdesk.model.answer import CLASSES, Class
from hsdesk.model.attachment import attachment_of
from hsdesk.model.clock import reading, wall_milliseconds
from hsdesk.records.op import Op
from hsdesk.wire.blobs import Piece
from hsdesk.wire.messages import Push

DIRECTORY = places()
VILLAGE, OTHER = a_village(DIRECTORY), a_village(DIRECTORY, 1)
TOWNSHIP = township_of(DIRECTORY, VILLAGE)
STREAMS: tuple[tuple[str, Class], ...] = tuple((s, c) for s in (VILLAGE, OTHER, TOWNSHIP) for c in CLASSES)
RECORDS = dict(zip(STREAMS, new_ids(8), strict=False))
FIELDS: dict[Class, str] = {
    "common": "name", "party": "joined", "personal": "phone", "published": "notice",
}  # fmt: skip


def every_class_form(form_id: str, level: Level) -> Form:
    """Return a form with a part in every class, filled at a level."""
    beside = (
        Question(name="joined", key="joined", type="text", hs=Extension(cls="party")),
        Question(name="notice", key="notice", type="text", hs=Extension(cls="published")),
    )
    children = (*mixed_form().children, *beside)
    return Form(form_id, "1", "各级别的栏目", children=children, level=level)


OF_VILLAGE, OF_TOWNSHIP = every_class_form("every", "village"), every_class_form("every_above", "township")


def secret(scope: str, cls: Class) -> str:
    """Return what only those may read who are granted the stream."""
    return f"secret of {scope} {cls}"


def attached(scope: str, cls: Class) -> bytes:
    """Return the content of the stream's attachment."""
    return f"{secret(scope, cls)}, attached".encode()


@contextmanager
def filled_city(folder: Path) -> Iterator[Service]:
    """Yield the server of that city, in a SQLite file."""
    database = f"sqlite:///{folder}/server/city.db"
    opened = prepared_service(database, folder / "server", OF_VILLAGE, OF_TOWNSHIP)
    ops = tuple(
        op_for(
            scope,
            cls,
            "writer",
            seq,
            {FIELDS[cls]: secret(scope, cls), f"unknown_{cls}_paper": paper(scope, cls)},
        )
        for seq, (scope, cls) in enumerate(STREAMS, start=1)
    )
    who = caller(opened, "writer", "township", TOWNSHIP)
    receipt = opened.ledger.push(who, Push("writer", 1, opened.ledger.server_epoch, ops))
    assert (receipt.last, receipt.results) == (len(ops), ())
    for stream in STREAMS:
        content = attached(*stream)
        assert opened.blobs.take(who, sha256(content).hexdigest(), Piece(0, len(content)), content).is_whole
    try:
        yield opened
    finally:
        opened.database.close()


def paper(scope: str, cls: Class) -> str:
    """Return the answer that names the stream's attachment."""
    return str(attachment_of(attached(scope, cls), "章程.txt"))


def op_for(scope: str, cls: Class, device: str, seq: int, answers: dict[str, str]) -> Op:
    """Return an op of a device on the one record of a stream."""
    return Op(
        device=device, epoch=1, seq=seq, scope=scope, cls=cls, record=RECORDS[scope, cls],
        form=(OF_TOWNSHIP if scope == TOWNSHIP else OF_VILLAGE).form_id,
        version="1", hlc=reading(wall_milliseconds()), person="写的人", answers={**answers},
    )  # fmt: skip
