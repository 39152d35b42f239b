"""A small world for tests of sync: real places, a real ledger, real desk files, a cable that can be cut."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest

from hsdesk.forms.schema import Extension, Form, Question, Repeat
from hsdesk.model.op import Value
from hsdesk.model.place import Directory, load_directory
from hsdesk.server import admin
from hsdesk.server import service as server_service
from hsdesk.server.database import open_database
from hsdesk.server.permission import Caller, Reach, Role, Rule
from hsdesk.server.reference import put_form
from hsdesk.server.service import Service, open_service
from hsdesk.store.desk_file import DeskFile
from hsdesk.store.edits import Edit
from hsdesk.sync.carrier import Traffic
from hsdesk.wire import blobs, codec
from hsdesk.wire.blobs import BlobState, Piece
from hsdesk.wire.messages import Pull, Pulled, Push, Receipt, ReferenceHead, ReferenceItem

PERSON_FIELDS = (
    "id", "community_code", "town", "village", "grid_no", "household_no", "name", "gender", "id_card",
    "birth", "nation", "edu", "political", "phone", "address", "relation", "occupation", "hukou",
    "is_party_member", "is_lowincome", "is_leftbehind", "is_disabled", "org_name", "note", "collected_at",
    "collector",
)  # fmt: skip
KEY = b"k" * 32


def places() -> Directory:
    return load_directory()


def a_village(directory: Directory, number: int = 0) -> str:
    """A village of the first township that has an office and several villages."""
    for place in directory:
        below = directory.children(place.id)
        if place.level == "township" and place.kind != "quasi" and len(below) > 4:
            return below[number].id
    raise AssertionError("no such township")


def township_of(directory: Directory, village: str) -> str:
    return directory.by_id(village).parent


def person_form(version: str = "1") -> Form:
    """26 answers of text, as plain as a roster."""
    asked = tuple(Question(name=name, key=name, type="text") for name in PERSON_FIELDS)
    return Form("person26", version, "人员登记", children=asked)


def mixed_form(version: str = "1") -> Form:
    """Every kind of answer that merges in its own way."""
    return Form(
        "mixed",
        version,
        "各种栏目",
        children=(
            Question(name="name", key="name", type="text", hs=Extension(title=True, search=True)),
            Question(name="count", key="count", type="integer", data_type="int"),
            Question(name="since", key="since", type="date", data_type="date"),
            Question(name="tags", key="tags", type="select_multiple", data_type="select", list_name="tags"),
            Question(name="asked", key="asked", type="text", hs=Extension(merge="ask")),
            Question(name="upper", key="upper", type="text", hs=Extension(merge="township")),
            Question(name="phone", key="phone", type="text", hs=Extension(cls="personal")),
            Repeat(
                "members",
                "members",
                children=(
                    Question(name="who", key="who", type="text"),
                    Question(name="duty", key="duty", type="text"),
                ),
            ),
        ),
    )


def new_ids(seed: int) -> Iterator[str]:
    """UUIDv7 texts as a desk makes them, nine a millisecond, the same for the same seed."""
    chance, number = random.Random(seed), 0
    while True:
        tail = bytearray(chance.randbytes(10))
        tail[0] = 0x70 | tail[0] & 15
        tail[2] = 0x80 | tail[2] & 63
        yield str(UUID(bytes=(1_763_800_000_000 + number // 9).to_bytes(6, "big") + bytes(tail)))
        number += 1


def prepared_service(
    database: str, folder: Path, *forms: Form, now_ms: Callable[[], int] | None = None
) -> Service:
    """A city server that has been initialised, with forms published."""
    admin.init(database, folder)
    opened = open_database(database)
    with opened.writing() as connection:
        for form in forms:
            put_form(connection, form)
    return open_service(opened, now_ms=now_ms) if now_ms else open_service(opened)


def without_shipped_forms(patch: pytest.MonkeyPatch) -> None:
    """Let servers begin without the program's own forms: they take time and are not what is tested."""
    for module in (admin, server_service):
        patch.setattr(module, "publish_shipped", lambda database: None)


def new_desk(home: Path, *forms: Form) -> DeskFile:
    desk = DeskFile.create(home, KEY)
    desk.install_forms(forms)
    return desk


def caller(service: Service, device: str, role: Role, *scopes: str, classes: tuple[str, ...] = ()) -> Caller:
    rules = tuple(Rule(s, classes) if classes else Rule(s) for s in scopes)  # type: ignore[arg-type]
    return Caller(device, Reach(role, rules, service.ledger.directory))


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
