"""Attachments in the encrypted file: kept once, with the backup, thrown away only when nothing names them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1] / "sync"))
from attachment_world import HALF_MB, attach, paper_form, some_bytes
from sync_world import KEY, a_village, new_desk, new_ids, places, receipt_for

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import Missing
from hsdesk.model.answer import Class
from hsdesk.model.attachment import (
    MAX_BYTES,
    MAX_NAME,
    PART_BYTES,
    HeldContent,
    attachment_of,
    clean_name,
    read_attachment,
)
from hsdesk.records.edits import Edit
from hsdesk.wire.messages import Grant, OpResult

VILLAGE = a_village(places())
OTHER = a_village(places(), 1)
RECORD, SECOND = [one for one, _ in zip(new_ids(1), range(2), strict=False)]
CLASSES: tuple[Class, ...] = ("common", "personal")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskFile]:
    with new_desk(tmp_path / "a", paper_form()) as desk:
        desk.take_grants(tuple(Grant(VILLAGE, cls, True) for cls in CLASSES))
        yield desk


def copied_size(desk: DeskFile, target: Path) -> int:
    """Return how large a backup of the file is."""
    desk.copy_to(target)
    return target.stat().st_size


@given(st.text())
def test_any_name_becomes_one_that_stays_as_it_is(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned == clean_name(cleaned)
    assert 0 < len(cleaned) <= MAX_NAME
    assert not set(cleaned) & set('/\\:*?"<>|\n\t\0')
    attachment = attachment_of(b"x", name)
    assert read_attachment(str(attachment)) == attachment


@pytest.mark.parametrize(
    "text",
    [
        "", "章程.pdf", f"sha256:{'0' * 63}/1/a.pdf", f"sha256:{'G' * 64}/1/a.pdf",
        f"sha256:{'0' * 64}/0/a.pdf", f"sha256:{'0' * 64}/{MAX_BYTES + 1}/a.pdf",
        f"sha256:{'0' * 64}/1/../a.pdf", f"sha256:{'0' * 64}/1/",
        f"sha256:{'0' * 64}/1/a\n.pdf", f"sha256:{'0' * 64}/1/" + "a" * (MAX_NAME + 1),
        f"sha256:{'0' * 64}/01/a.pdf", f"SHA256:{'0' * 64}/1/a.pdf",
    ],
)  # fmt: skip
def test_what_is_not_exactly_an_attachment_is_none(text: str) -> None:
    assert read_attachment(text) is None


def test_a_content_comes_back_as_it_was_and_is_kept_once(desk: DeskFile, tmp_path: Path) -> None:
    content = some_bytes(HALF_MB + 5)
    first = attach(desk, VILLAGE, RECORD, content)
    size = copied_size(desk, tmp_path / "one.db")
    second = attach(desk, VILLAGE, SECOND, content, name="同一份.pdf")
    assert copied_size(desk, tmp_path / "two.db") - size < PART_BYTES
    assert first.digest == second.digest
    for one in (first, second):
        assert desk.attachments.content(one) == content
    state = desk.state(VILLAGE, SECOND)
    assert state is not None
    assert state.answers["paper"] == str(second)


def test_expressions_and_lists_see_the_file_name_and_the_answer_stays_whole(desk: DeskFile) -> None:
    one = attach(desk, VILLAGE, RECORD, b"1" * 9)
    (row,) = desk.query("paper")
    assert row.values["said"] == "章程.pdf!"
    assert row.values["paper"] == str(one)
    other = attach(desk, VILLAGE, RECORD, b"2" * 9)  # another content of the same name is a change
    (row,) = desk.query("paper")
    assert row.values["paper"] == str(other)


def test_a_content_chosen_for_an_answer_that_was_never_saved_goes_when_the_file_is_opened_again(
    tmp_path: Path,
) -> None:
    kept, lost = attachment_of(b"kept", "a.pdf"), attachment_of(b"lost", "b.pdf")
    with new_desk(tmp_path / "a", paper_form()) as desk:
        attach(desk, VILLAGE, RECORD, b"kept", name="a.pdf")
        desk.attachments.keep(lost, b"lost")
    with DeskFile.open(tmp_path / "a", KEY) as desk:
        assert desk.attachments.content(kept) == b"kept"
        with pytest.raises(Missing, match="还没有下载到这台电脑"):
            desk.attachments.content(lost)


def test_a_content_that_an_earlier_version_names_stays(tmp_path: Path) -> None:
    with new_desk(tmp_path / "a", paper_form()) as desk:
        one = attach(desk, VILLAGE, RECORD, b"first")
        attach(desk, VILLAGE, RECORD, b"second")
        desk.commit(Edit(VILLAGE, "paper", RECORD, {"paper": None}, "张三"))
    with DeskFile.open(tmp_path / "a", KEY) as desk:
        assert desk.attachments.content(one) == b"first"
        assert desk.history(VILLAGE, RECORD)[0].changes[0].new == str(one)


def test_a_backup_carries_the_contents(desk: DeskFile, tmp_path: Path) -> None:
    content = some_bytes(HALF_MB)
    one = attach(desk, VILLAGE, RECORD, content)
    folder = tmp_path / "copy"
    folder.mkdir()
    desk.copy_to(folder / "desk.db")
    assert content[:64] not in (folder / "desk.db").read_bytes()  # and they are not readable there
    with DeskFile.open(folder, KEY) as copy:
        assert copy.attachments.content(one) == content


def test_an_attachment_waits_until_the_server_has_its_op(desk: DeskFile) -> None:
    one = attach(desk, VILLAGE, RECORD, b"paper")
    assert desk.attachments.uploads() == ()
    desk.take_receipt(receipt_for(desk, 1))
    assert desk.attachments.uploads() == (HeldContent(one.digest, 5, 5),)
    desk.attachments.mark_sent(one.digest)
    assert desk.attachments.uploads() == ()
    desk.meet("t1", (1, desk.chain(1, 1)))  # a restored server may lack it
    assert [held.digest for held in desk.attachments.uploads()] == [one.digest]


def test_an_attachment_of_an_op_that_was_set_aside_is_not_offered(desk: DeskFile) -> None:
    attach(desk, VILLAGE, RECORD, b"paper")
    result = OpResult(1, "rejected", "没有权限")
    desk.take_receipt(receipt_for(desk, 1, result))
    assert desk.attachments.uploads() == ()


def test_waiting_attachments_follow_their_ops_under_a_new_epoch(desk: DeskFile) -> None:
    attach(desk, VILLAGE, RECORD, b"paper")
    told = receipt_for(desk, 1)
    desk.take_receipt(msgspec.structs.replace(told, last=0, first=1, chain=b"", revs=(), unlike=1))
    assert desk.pending_count() == 1
    desk.take_receipt(receipt_for(desk, 1))
    assert len(desk.attachments.uploads()) == 1


def test_a_reason_is_kept_and_the_attachment_is_left_alone_for_a_while(desk: DeskFile) -> None:
    one = attach(desk, VILLAGE, RECORD, b"paper")
    desk.take_receipt(receipt_for(desk, 1))
    (waiting,) = desk.attachments.uploads()
    desk.attachments.note_reason(waiting, "没有权限")
    assert desk.attachments.uploads() == ()
    assert desk.attachments.counts() == (1, 0)
    assert desk.attachments.state(one).reason == "没有权限"


def test_leaving_a_place_takes_its_attachments_along(desk: DeskFile) -> None:
    one = attach(desk, VILLAGE, RECORD, b"paper")
    desk.take_receipt(receipt_for(desk, 1))
    desk.attachments.mark_sent(one.digest)
    desk.take_grants((Grant(OTHER, "common", True),))
    assert not desk.attachments.state(one).is_whole


def test_erasing_takes_a_content_that_no_other_record_names(desk: DeskFile) -> None:
    shared = attach(desk, VILLAGE, RECORD, b"shared")
    attach(desk, VILLAGE, SECOND, b"shared")
    alone = attach(desk, VILLAGE, RECORD, b"alone")
    erased = {"paper": str(shared), "before": str(alone), "name": "张三"}
    assert desk.attachments.erase(VILLAGE, RECORD, erased) == 1
    assert desk.attachments.content(shared) == b"shared"
    assert not desk.attachments.state(alone).is_whole
