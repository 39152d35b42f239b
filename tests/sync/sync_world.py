"""A small world for tests of sync: real places, a real ledger, real desk files, a cable that can be cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sync_server import (
    PERSON_FIELDS,
    a_village,
    caller,
    mixed_form,
    new_ids,
    person_form,
    places,
    prepared_service,
    township_of,
    without_shipped_forms,
)

from hsdesk.city.people.permission import Caller
from hsdesk.city.running.service import Service
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.schema import Form
from hsdesk.forms.shipped import shipped_digest
from hsdesk.model.answer import Value
from hsdesk.records.edits import Edit
from hsdesk.sync.carriers.carrier import Traffic
from hsdesk.wire import blobs, codec
from hsdesk.wire.blobs import BlobState, Piece
from hsdesk.wire.messages import OpResult, Pull, Pulled, Push, Receipt, ReferenceHead, ReferenceItem

__all__ = (
    "KEY",
    "PERSON_FIELDS",
    "MemoryCarrier",
    "a_village",
    "caller",
    "everything",
    "leave_out_shipped_forms",
    "mixed_form",
    "new_desk",
    "new_ids",
    "person_form",
    "places",
    "prepared_service",
    "put",
    "township_of",
    "without_shipped_forms",
)
KEY = b"k" * 32


def new_desk(home: Path, *forms: Form) -> DeskFile:
    desk = DeskFile.create(home, KEY)
    desk.install_forms(forms)
    return desk


def leave_out_shipped_forms(desk: DeskFile) -> None:
    """Let a desk file believe that it has the program's own forms: they take time and are not tested."""
    desk.set("shipped_forms", shipped_digest())


def put(
    desk: DeskFile,
    scope: str,
    record: str,
    answers: Mapping[str, Value],
    *,
    person: str = "张三",
    form: str = "person26",
) -> None:
    desk.commit(Edit(scope, form, record, dict(answers), person))


class MemoryCarrier:
    """Carries the very bytes of the network to the ledger, without a network.

    `fault` is asked before and after each message ("before", "after", kind); what it raises cuts the cable.
    """

    def __init__(
        self,
        service: Service,
        who: Caller,
        fault: Callable[[str, str], None] = lambda moment, kind: None,
    ) -> None:
        self._service = service
        self._who = who
        self._fault = fault
        self._traffic = Traffic()

    def traffic(self) -> Traffic:
        return self._traffic

    def _count(self, up: int, down: int, asked: int) -> None:
        t = self._traffic
        self._traffic = Traffic(t.bytes_up + up, t.bytes_down + down, t.requests + asked)

    def _carry(self, kind: str, body: bytes, work: Callable[[bytes], bytes]) -> bytes:
        self._count(len(body), 0, 1)
        self._fault("before", kind)
        answer = work(body)
        self._fault("after", kind)
        self._count(0, len(answer), 0)
        return answer

    def push(self, push: Push) -> Receipt:
        def work(body: bytes) -> bytes:
            return codec.pack_receipt(self._service.ledger.push(self._who, codec.unpack_push(body)))

        return codec.unpack_receipt(self._carry("push", codec.pack_push(push), work))

    def pull(self, pull: Pull) -> Pulled:
        def work(body: bytes) -> bytes:
            return codec.pack_pulled(self._service.ledger.changes(self._who, codec.unpack_pull(body)))

        return codec.unpack_pulled(self._carry("pull", codec.pack_pull(pull), work))

    def item(self, head: ReferenceHead) -> ReferenceItem:
        def work(_body: bytes) -> bytes:
            return codec.pack_item(self._service.ledger.reference_item(head.kind, head.id, head.version))

        return codec.unpack_item(self._carry("item", b"", work))

    def blob_state(self, digest: str) -> BlobState:
        return self._tell("state", b"", lambda _body: self._service.blobs.state(self._who, digest))

    def send_part(self, digest: str, piece: Piece, body: bytes) -> BlobState:
        given = blobs.read_content_range(blobs.content_range(piece))
        return self._tell("part", body, lambda body: self._service.blobs.take(self._who, digest, given, body))

    def _tell(self, kind: str, body: bytes, work: Callable[[bytes], BlobState]) -> BlobState:
        told: list[BlobState] = []

        def carried(body: bytes) -> bytes:
            told.append(work(body))
            return b""

        self._carry(kind, body, carried)
        return blobs.read_state(blobs.state_headers(told[0]))

    def fetch_part(self, digest: str, piece: Piece) -> bytes:
        start = blobs.read_range(blobs.asked_range(piece))
        return self._carry("fetch", b"", lambda _body: self._service.blobs.read(self._who, digest, start)[0])


def everything(desk: DeskFile, scope: str) -> dict[str, dict[str, Value]]:
    """What a desk holds of a scope: answers by record, empty ones left out."""
    found = {}
    for form in desk.all_forms():
        for row in desk.query(form.form_id):
            state = desk.state(scope, row.record)
            if state is not None:
                found[row.record] = state.answers
    return found


def receipt_for(desk: DeskFile, last: int, *results: OpResult, rev: int = 100, epoch: str = "s1") -> Receipt:
    """What the city says when it takes the waiting ops up to `last`, but for those it rejects."""
    ops = [op for op in desk.pending_ops(999) if op.seq <= last]
    device_epoch = ops[0].epoch if ops else desk.device_epoch()
    rejected = {one.seq for one in results if one.outcome == "rejected"}
    revs = tuple(0 if op.seq in rejected else rev + op.seq for op in ops) or (0,)
    chain = desk.chain(device_epoch, last)
    first = ops[0].seq if ops else last
    return Receipt(desk.device_id(), device_epoch, last, epoch, results, first, chain, last, chain, revs)
