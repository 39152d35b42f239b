"""One contract, two databases: attachments are brought in parts, checked, and shown to who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attachment_world import HALF_MB, paper_form, some_bytes
from sync_databases import KINDS, fresh
from sync_server import a_village, caller, new_ids, places, prepared_service, township_of

from hsdesk.city.ledger import validation
from hsdesk.city.ledger.blobs import erase_attachments
from hsdesk.city.people import audit
from hsdesk.city.people.permission import Caller
from hsdesk.city.running.service import Service
from hsdesk.errors import DataError, Refused
from hsdesk.model.answer import DELETED, MOVED_TO, Class, Written
from hsdesk.model.attachment import MAX_BYTES, PART_BYTES, Attachment, attachment_of
from hsdesk.model.clock import reading
from hsdesk.records.op import Op, Seen
from hsdesk.wire.blobs import BlobState, Piece
from hsdesk.wire.messages import OpResult, Push

NOW = 1_763_800_000_000
VILLAGE, OTHER = a_village(places()), a_village(places(), 1)
TOWNSHIP = township_of(places(), VILLAGE)
RECORD, SECOND = [one for one, _ in zip(new_ids(1), range(2), strict=False)]
CONTENT = some_bytes(HALF_MB + 100)
PAPER = attachment_of(CONTENT, "章程.pdf")
NO_SUCH = "没有这个附件，或没有查看它的权限"


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for database in fresh(request.param, tmp_path, postgres_url):
        opened = prepared_service(database, tmp_path / "server", paper_form(), now_ms=lambda: NOW)
        yield opened
        opened.database.close()


class Device:
    """A registered computer that answers with attachments and brings them."""

    def __init__(self, service: Service, name: str, role: str = "village", scope: str = VILLAGE) -> None:
        self.service = service
        self.who: Caller = caller(service, name, role, scope, disposes=True)  # type: ignore[arg-type]
        self.seq = 0

    def name(
        self, *given: Attachment | str, scope: str = VILLAGE, cls: Class = "common", record: str = RECORD
    ) -> tuple[OpResult, ...]:
        """Answer with attachments, one op each."""
        told: tuple[OpResult, ...] = ()
        field = {"common": "paper", "personal": "photo"}[cls]
        for one in given:
            told += self._push({field: str(one)}, scope, cls, record)
        return told

    def move(self, into: str) -> None:
        assert self._push({MOVED_TO: into}, VILLAGE, "common", RECORD) == ()

    def erase(self, scope: str) -> None:
        assert self._push({DELETED: "本人要求清除"}, scope, "common", RECORD, erases=True) == ()

    def _push(
        self, answers: dict[str, Written], scope: str, cls: Class, record: str, *, erases: bool = False
    ) -> tuple[OpResult, ...]:
        self.seq += 1
        op = Op(
            device=self.who.device, epoch=1, seq=self.seq, scope=scope, cls=cls, record=record,
            form="paper", version="1", hlc=reading(NOW + self.seq), person="张三",
            answers=answers, erases=erases, seen=Seen(0, 1, self.seq - 1), wide=True,
        )  # fmt: skip
        push = Push(self.who.device, 1, self.service.ledger.server_epoch, (op,))
        return self.service.ledger.push(self.who, push).results

    def state(self, digest: str = PAPER.digest) -> BlobState:
        return self.service.blobs.state(self.who, digest)

    def send(self, at: int, content: bytes = CONTENT, digest: str = PAPER.digest) -> BlobState:
        body = content[at * PART_BYTES : (at + 1) * PART_BYTES]
        return self.service.blobs.take(self.who, digest, Piece(at * PART_BYTES, len(content)), body)

    def bring(self, content: bytes = CONTENT, digest: str = PAPER.digest) -> BlobState:
        for at in range(-(-len(content) // PART_BYTES)):
            state = self.send(at, content, digest)
        return state

    def read(self, digest: str = PAPER.digest) -> bytes:
        return self.service.blobs.read(self.who, digest, None)[0]


def refused(device: Device, digest: str) -> set[str]:
    """Return what each way of asking answers; it is the same for unknown and for forbidden contents."""
    said = set()
    for ask in (
        lambda: device.state(digest),
        lambda: device.read(digest),
        lambda: device.send(0, digest=digest),
    ):
        with pytest.raises(Refused) as error:
            ask()
        said.add(str(error.value))
    return said


def test_parts_are_taken_in_order_and_the_whole_is_read_back(service: Service) -> None:
    one = Device(service, "one")
    one.name(PAPER)
    assert one.state() == BlobState(0, len(CONTENT))
    assert one.send(0) == BlobState(PART_BYTES, len(CONTENT))
    assert one.send(2) == BlobState(PART_BYTES, len(CONTENT))  # not the next one: nothing is taken
    assert one.send(0) == BlobState(PART_BYTES, len(CONTENT))  # sent again after a lost answer
    assert one.state() == BlobState(PART_BYTES, len(CONTENT))
    one.send(1)
    with pytest.raises(Refused, match="还没有传到"):
        one.read()
    assert one.send(2).is_whole
    assert one.read() == CONTENT
    part, piece = service.blobs.read(one.who, PAPER.digest, HALF_MB)
    assert (part, piece) == (CONTENT[HALF_MB:], Piece(HALF_MB, len(CONTENT)))
    assert [entry.action for entry in audit.entries(service.database)].count("attachment") == 1
    assert audit.verify(service.database) > 0


def test_another_computer_of_the_same_place_need_not_bring_it_again(service: Service) -> None:
    one, two = Device(service, "one"), Device(service, "two")
    one.name(PAPER)
    one.bring()
    two.name(PAPER, record=SECOND)
    assert two.state().is_whole
    assert two.read() == CONTENT


def test_two_computers_that_bring_the_same_content_do_not_mix_their_parts(service: Service) -> None:
    one, two = Device(service, "one"), Device(service, "two")
    one.name(PAPER)
    two.name(PAPER)
    wrong = bytes(len(CONTENT))
    two.send(0, wrong)
    one.send(0)
    two.send(1, wrong)
    one.send(1)
    assert two.send(2, wrong) == BlobState(0, len(CONTENT))  # not the content: thrown away, asked for again
    assert one.send(2).is_whole
    assert one.read() == two.read() == CONTENT
    assert two.state().is_whole


def test_a_content_that_both_bring_to_the_end_is_kept_once(service: Service) -> None:
    one, two = Device(service, "one"), Device(service, "two", scope=OTHER)
    one.name(PAPER)
    two.name(PAPER, scope=OTHER, record=SECOND)
    assert one.bring().is_whole
    assert two.state().offset == 0  # whose content is here already is nobody's business
    assert two.bring().is_whole
    with service.database.reading() as connection:
        assert connection.all("SELECT COUNT(*) FROM hs_blob_part") == [(3,)]
        assert connection.all("SELECT COUNT(*) FROM hs_blob") == [(1,)]


def test_unknown_and_forbidden_contents_answer_alike(service: Service) -> None:
    one, stranger = Device(service, "one"), Device(service, "stranger", scope=OTHER)
    one.name(PAPER)
    one.bring()
    assert refused(stranger, PAPER.digest) == refused(stranger, "0" * 64) == refused(stranger, "../x")
    (said,) = refused(stranger, PAPER.digest)
    assert said.startswith(NO_SUCH)


def test_who_knows_a_digest_and_names_it_in_an_answer_of_his_own_gets_nothing(service: Service) -> None:
    one, stranger = Device(service, "one"), Device(service, "stranger", scope=OTHER)
    one.name(PAPER)
    one.bring()
    stranger.name(PAPER, scope=OTHER, record=SECOND)
    assert stranger.state() == BlobState(0, len(CONTENT))
    with pytest.raises(Refused, match="还没有传到"):
        stranger.read()


def test_a_class_that_is_not_granted_hides_its_attachments(service: Service) -> None:
    one = Device(service, "one")
    one.name(PAPER, cls="personal")
    one.bring()
    common = Device(service, "common")
    common.who = caller(service, "common", "village", VILLAGE, classes=("common",))
    assert refused(common, PAPER.digest) == refused(common, "0" * 64)


def test_who_may_only_read_reads_and_does_not_write(service: Service) -> None:
    one = Device(service, "one")
    above = Device(service, "above", "county", places().by_id(TOWNSHIP).parent)
    one.name(PAPER)
    assert above.state() == BlobState(0, len(CONTENT))
    with pytest.raises(Refused, match=NO_SUCH):
        above.send(0)
    one.bring()
    assert above.read() == CONTENT


def test_a_township_that_passes_a_paper_on_need_not_bring_it_again(service: Service) -> None:
    one, above = Device(service, "one"), Device(service, "above", "township", TOWNSHIP)
    other = Device(service, "other", scope=OTHER)
    one.name(PAPER)
    one.bring()
    above.name(PAPER, scope=OTHER, record=SECOND)
    with pytest.raises(Refused):
        other.read()
    assert above.state().is_whole  # the word that passes it on
    assert other.read() == CONTENT


@pytest.mark.parametrize("size", [1, len(CONTENT) + 1, MAX_BYTES])
def test_a_size_that_no_answer_gives_is_refused(service: Service, size: int) -> None:
    one = Device(service, "one")
    one.name(PAPER)
    piece = Piece(0, size)
    with pytest.raises(DataError, match="大小和登记表里写的不一样"):
        service.blobs.take(one.who, PAPER.digest, piece, bytes(piece.length))
    assert one.state().offset == 0


@pytest.mark.parametrize(
    "text", ["章程.pdf", f"sha256:{'0' * 64}/{MAX_BYTES + 1}/a.pdf", f"sha256:{'0' * 64}/1/../../a.pdf"]
)
def test_an_answer_that_is_no_attachment_is_set_aside(service: Service, text: str) -> None:
    (result,) = Device(service, "one").name(text)
    assert (result.outcome, "类型不符" in result.reason) == ("rejected", True)


def test_unfinished_uploads_do_not_pile_up(service: Service) -> None:
    one = Device(service, "one")
    contents = [some_bytes(PART_BYTES + 1, seed) for seed in range(12)]
    for content in contents:
        paper = attachment_of(content, "a.pdf")
        one.name(paper)
        one.send(0, content, paper.digest)
    with service.database.reading() as connection:
        ((unfinished,),) = connection.all("SELECT COUNT(*) FROM hs_blob_part")
    assert unfinished <= 9


def test_erasing_takes_a_content_with_the_last_record_that_names_it(service: Service) -> None:
    one = Device(service, "one")
    one.name(PAPER)
    one.name(PAPER, record=SECOND)
    one.bring()
    erased = {"paper": str(PAPER)}
    for record, gone in ((RECORD, 0), (SECOND, 1)):
        with service.database.writing() as connection:
            assert erase_attachments(connection, VILLAGE, "common", record, erased) == gone
    assert refused(one, PAPER.digest) == refused(one, "0" * 64)
    with service.database.reading() as connection:
        assert connection.all("SELECT COUNT(*) FROM hs_blob_part") == [(0,)]


def moved(service: Service) -> Device:
    """The township moves the record to the other village; return a computer there."""
    above = Device(service, "above", "township", TOWNSHIP)
    above.move(OTHER)
    return Device(service, "other", scope=OTHER)


def test_who_named_a_content_may_bring_it_where_the_record_has_gone(service: Service) -> None:
    one = Device(service, "one")
    one.name(PAPER)
    one.send(0)
    other = moved(service)
    assert one.state() == BlobState(PART_BYTES, len(CONTENT))  # goes on where it was
    one.send(1)
    assert one.send(2).is_whole
    assert other.read() == CONTENT


def test_who_may_bring_a_content_to_another_place_may_not_read_it(service: Service) -> None:
    one = Device(service, "one")
    one.name(PAPER)
    other = moved(service)
    other.bring()
    assert one.state() == BlobState(0, len(CONTENT))  # whether it is there already is not told
    one.bring()
    with pytest.raises(Refused, match=NO_SUCH):
        one.read()


def test_only_the_computer_that_named_a_content_brings_it_to_another_place(service: Service) -> None:
    one, neighbour = Device(service, "one"), Device(service, "neighbour")
    one.name(PAPER)
    moved(service)
    assert refused(neighbour, PAPER.digest) == refused(neighbour, "0" * 64)


def test_a_content_brought_for_one_record_counts_for_another_that_has_gone(service: Service) -> None:
    one = Device(service, "one")
    one.name(PAPER)
    one.name(PAPER, record=SECOND)
    other = moved(service)
    one.bring()  # as the village's, where the second record still is
    assert other.read() == CONTENT


def test_a_record_of_the_same_name_elsewhere_gets_nothing_by_it(service: Service) -> None:
    one, stranger = Device(service, "one"), Device(service, "stranger", scope=OTHER)
    one.name(PAPER)
    (told,) = stranger.name(PAPER, scope=OTHER)  # knows the digest and the record's UUID
    assert told.reason == validation.OWNED_ELSEWHERE
    one.bring()
    assert all(said.startswith(NO_SUCH) for said in refused(stranger, PAPER.digest))


def test_an_op_that_was_erased_gives_no_right_to_bring_what_it_named(service: Service) -> None:
    one = Device(service, "one")
    one.name(PAPER)
    moved(service)
    above = Device(service, "eraser", "township", TOWNSHIP)
    above.erase(OTHER)
    assert refused(one, PAPER.digest) == refused(one, "0" * 64)
