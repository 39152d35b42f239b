"""The city's side of a small world for tests: real places, a real ledger, and a desk spoken by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sync_prepared import prepare

from hsdesk.city.people.permission import Caller, Reach, Role, Rule, Verb
from hsdesk.city.running import administration
from hsdesk.city.running import service as server_service
from hsdesk.city.running.service import Service, open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.forms.schema import Extension, Form, Question, Repeat
from hsdesk.model.answer import GRANTED, Class, Written
from hsdesk.model.clock import reading
from hsdesk.model.place import Directory, load_directory
from hsdesk.records.chain import START, hash_of, lengthened, new_nonce
from hsdesk.records.op import Op, Seen
from hsdesk.wire import codec
from hsdesk.wire.codec import grants_digest
from hsdesk.wire.messages import Cursor, Page, Pull, Pulled, Push, Read, Receipt

PERSON_FIELDS = (
    "id", "community_code", "town", "village", "grid_no", "household_no", "name", "gender", "id_card",
    "birth", "nation", "edu", "political", "phone", "address", "relation", "occupation", "hukou",
    "is_party_member", "is_lowincome", "is_leftbehind", "is_disabled", "org_name", "note", "collected_at",
    "collector",
)  # fmt: skip


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
    prepare(database, folder, *forms)
    opened = open_database(database)
    return open_service(opened, now_ms=now_ms) if now_ms else open_service(opened)


def without_shipped_forms(patch: pytest.MonkeyPatch) -> None:
    """Let servers begin without the program's own forms: they take time and are not what is tested."""
    for module in (administration, server_service):
        patch.setattr(module, "publish_shipped", lambda database: None)


def caller(
    service: Service,
    device: str,
    role: Role,
    *scopes: str,
    classes: tuple[str, ...] = (),
    disposes: bool = False,
) -> Caller:
    """Return a device with the rights of its role at places; `disposes`: it may erase there too."""
    verbs: tuple[Verb, ...] | None = ("read", "write", "dispose") if disposes else None
    rules = tuple(Rule(s, classes or GRANTED, verbs) for s in scopes)  # type: ignore[arg-type]
    return Caller(device, Reach(role, rules, service.ledger.directory))


class Spoken:
    """One device's side of the conversation, spoken by hand; what it says travels as bytes.

    Each op has seen all own ops before it, unless `own` says otherwise, and what stood at revision `seen`.
    """

    def __init__(self, service: Service, who: Caller, *, epoch: int = 1, now: int = 0) -> None:
        self.service, self.who, self.device, self.epoch = service, who, who.device, epoch
        self.now, self.seq, self.hashes = now, 0, list[bytes]()

    def op(
        self,
        answers: Mapping[str, Written],
        *,
        record: str,
        scope: str,
        cls: Class = "common",
        form: str = "mixed",
        seen: int = 0,
        own: int | None = None,
        apart: Mapping[str, Seen] | None = None,
        later: int = 0,
        **said: object,
    ) -> Op:
        """Return the device's next op."""
        self.seq += 1
        shown = self.seq - 1 if own is None else own
        made = Op(
            device=self.device, epoch=self.epoch, seq=self.seq, scope=scope, cls=cls, record=record,
            form=form, version="1", hlc=reading(self.now + later), person=f"{self.device}的人",
            answers=dict(answers), seen=Seen(seen, self.epoch, shown) if shown else Seen(seen),
            apart=dict(apart or {}), server_epoch=self.service.ledger.server_epoch, nonce=new_nonce(),
        )  # fmt: skip
        made = msgspec.structs.replace(made, **said)
        self.hashes.append(hash_of(made))
        return made

    def chain(self, seq: int) -> bytes:
        """Return the device's own chain."""
        return lengthened(START, self.hashes[:seq])

    def push(self, *ops: Op, before: bytes | None = None, read: tuple[Read, ...] = ()) -> Receipt:
        """Send ops as a desk of this version does."""
        known = self.service.ledger.server_epoch
        chain = before if before is not None else self.chain(ops[0].seq - 1 if ops else self.seq)
        return self.send(Push(self.device, self.epoch, known, ops, chain, read))

    def send(self, push: Push) -> Receipt:
        told = self.service.ledger.push(self.who, codec.unpack_push(codec.pack_push(push)))
        return codec.unpack_receipt(codec.pack_receipt(told))

    def pull(self, *cursors: Cursor, acked: int | None = None, epoch: int = 0, protocol: int = 2) -> Pulled:
        known = grants_digest(self.who.reach.grants)
        last = self.seq if acked is None else acked
        asked = Pull(
            self.service.ledger.server_epoch, epoch or self.epoch, 10**9, b"", known, cursors, last, protocol
        )
        told = self.service.ledger.changes(self.who, codec.unpack_pull(codec.pack_pull(asked)))
        return codec.unpack_pulled(codec.pack_pulled(told))

    def page(
        self, scope: str, since: int = 0, after: int = 0, *, full: bool = True, cls: Class = "common"
    ) -> Page:
        pulled = self.pull(Cursor(scope, cls, since, after, full=full))
        (page,) = (one for one in pulled.pages if (one.scope, one.cls) == (scope, cls))
        return page
