"""Attachments over HTTP: hostile parts and ranges change nothing, and no log holds a file's name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attachment_world import paper_form, some_bytes
from city_client import Client, logged_in
from sync_server import a_village, new_ids, places, prepared_service

from hsdesk.city.people.permission import Rule
from hsdesk.city.running.service import Service
from hsdesk.model.attachment import PART_BYTES, attachment_of
from hsdesk.model.clock import reading, wall_milliseconds
from hsdesk.records.op import Op
from hsdesk.wire import codec
from hsdesk.wire.messages import Push

VILLAGE = a_village(places())
CONTENT = some_bytes(PART_BYTES + 10)
PAPER = attachment_of(CONTENT, "张三的低保申请.pdf")
PATH = f"/api/v1/blobs/{PAPER.digest}"
RANGES = (f"bytes 0-{PART_BYTES - 1}/{len(CONTENT)}", f"bytes {PART_BYTES}-{len(CONTENT) - 1}/{len(CONTENT)}")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    database = f"sqlite:///{tmp_path}/server/city.db"
    opened = prepared_service(database, tmp_path / "server", paper_form())
    yield opened
    opened.database.close()


@pytest.fixture
def laptop(service: Service) -> tuple[str, Client]:
    """A village's computer that has answered with an attachment and not brought it yet."""
    token, client = logged_in(service, "village", Rule(VILLAGE))
    device = service.registrar.who(token)
    assert device is not None
    op = Op(
        device=device[0], epoch=1, seq=1, scope=VILLAGE, cls="common", record=next(new_ids(1)), form="paper",
        version="1", hlc=reading(wall_milliseconds()), person="张三",
        answers={"paper": str(PAPER)},
    )  # fmt: skip
    push = codec.pack_push(Push(device[0], 1, service.ledger.server_epoch, (op,)))
    assert client.ask("POST", "/api/v1/sync/push", push, token).status == 200
    return token, client


def test_a_paper_goes_up_and_comes_down_by_the_headers_that_are_described(laptop: tuple[str, Client]) -> None:
    token, client = laptop
    for at, told in ((0, str(PART_BYTES)), (1, str(len(CONTENT)))):
        body = CONTENT[at * PART_BYTES : (at + 1) * PART_BYTES]
        answer = client.ask("PATCH", PATH, body, token, **{"content-range": RANGES[at]})
        assert (answer.status, answer.headers["upload-offset"], answer.body) == (204, told, b"")
    answer = client.ask("HEAD", PATH, b"", token)
    assert (answer.headers["upload-offset"], answer.headers["upload-length"]) == (str(len(CONTENT)),) * 2
    answer = client.ask("GET", PATH, b"", token, range=f"bytes={PART_BYTES}-")
    assert (answer.status, answer.headers["content-range"]) == (206, RANGES[1])
    assert answer.body == CONTENT[PART_BYTES:]
    answer = client.ask("GET", PATH, b"", token)
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("given", "size", "status"),
    [
        ("", PART_BYTES, 400),
        ("bytes 0-9/10", 10, 400),  # no answer names a content of this size
        (f"bytes 1-{PART_BYTES}/{len(CONTENT)}", PART_BYTES, 400),
        (f"bytes 0-{PART_BYTES - 1}/99999999", PART_BYTES, 400),
        (f"bytes 0-{2 * PART_BYTES - 1}/{3 * PART_BYTES}", PART_BYTES, 400),
        ("bytes 9-0/10", 0, 400),
        (RANGES[0], PART_BYTES + 1, 413),
        (RANGES[0], PART_BYTES - 1, 204),  # less than it says: nothing is taken
    ],
)
def test_hostile_parts_change_nothing(laptop: tuple[str, Client], given: str, size: int, status: int) -> None:
    token, client = laptop
    answer = client.ask("PATCH", PATH, bytes(size), token, **{"content-range": given})
    assert answer.status == status, answer.body
    assert client.ask("HEAD", PATH, b"", token).headers["upload-offset"] == "0"


@pytest.mark.parametrize(
    "asked", ["bytes=1-", "bytes=-5", "lines=0-1", "bytes=0-1,5-9", f"bytes={3 * PART_BYTES}-"]
)
def test_hostile_ranges_are_told_so(laptop: tuple[str, Client], asked: str) -> None:
    token, client = laptop
    for at, said in enumerate(RANGES):
        body = CONTENT[at * PART_BYTES : (at + 1) * PART_BYTES]
        client.ask("PATCH", PATH, body, token, **{"content-range": said})
    assert client.ask("GET", PATH, b"", token, range=asked).status == 400


def test_a_wrong_content_is_thrown_away_and_asked_for_from_its_beginning(laptop: tuple[str, Client]) -> None:
    token, client = laptop
    for at, size in enumerate((PART_BYTES, 10)):
        answer = client.ask("PATCH", PATH, bytes(size), token, **{"content-range": RANGES[at]})
    assert (answer.status, answer.headers["upload-offset"]) == (204, "0")
    assert client.ask("GET", PATH, b"", token).status == 403


def test_no_log_holds_the_name_of_a_file(
    laptop: tuple[str, Client], caplog: pytest.LogCaptureFixture
) -> None:
    token, client = laptop
    with caplog.at_level(0):
        client.ask("PATCH", PATH, CONTENT[:PART_BYTES], token, **{"content-range": RANGES[0]})
        client.ask("PATCH", PATH, b"x", token, **{"content-range": "bytes 0-9/10"})
        client.ask("GET", PATH, b"", token)
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "204" in said
    assert "张三" not in said
    assert ".pdf" not in said
