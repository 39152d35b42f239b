"""Desk files and city databases of an older program are opened by this one, and nothing shown changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from older import DESKS, PASSPHRASE, old_program, older_city, older_desk, pointed_at, shown_before, shown_by
from sync_databases import KINDS, fresh
from sync_process import serving
from sync_world import caller

from hsdesk.city.running.service import open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.desk.desk import Desk
from hsdesk.forms.replacement import version_order

ENROLLED = ("village", "second", "township")
_UPSTAIRS = frozenset({"orgs"})  # counts that a village cannot know, and that are computed when read


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[str]:
    """The older city, on each database."""
    for url in fresh(request.param, tmp_path / "unused", postgres_url):
        yield older_city(request.param, tmp_path, url)


def tables(name: str) -> dict[str, Any]:
    """What lay in a desk file when the older program closed it."""
    found: dict[str, Any] = shown_before(name)["tables"]
    return found


def record(name: str, called: str, form: str = "social_org") -> dict[str, Any]:
    """A record as an older desk showed it."""
    found: dict[str, Any] = shown_before(name)["shown"]["records"][form][shown_before("named")[called]]
    return found


@pytest.mark.parametrize("name", DESKS)
def test_a_desk_of_the_older_program_shows_what_it_showed(name: str, tmp_path: Path) -> None:
    """But for what the city rejected: that waits beside its field, with its reason."""
    before = dict(shown_before(name)["shown"])
    desk = Desk.open(older_desk(name, tmp_path), PASSPHRASE)
    try:
        now = shown_by(desk, tuple(before["hits"]))
        rejected = {(op.op.form, op.op.record): op.op.answers for op in desk._file.rejected_ops()}
    finally:
        desk.close()
    newer = before.pop("versions")  # forms go on in the version that the program brings now
    assert all(version_order(now["versions"][form]) >= version_order(was) for form, was in newer.items())
    now["records"] = _asked_then(now["records"], before["records"])
    for what, shown in before.items():
        assert _without(now[what], what, rejected) == _without(shown, what, rejected), what
    for (form, record), answers in rejected.items():
        assert answers.items() >= _typed(before["records"][form][record]["answers"], answers).items()


def _asked_then(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return the records without the answers that only newer forms ask and that nobody has given."""

    def asked(one: dict[str, Any], was: dict[str, Any]) -> dict[str, Any]:
        answers = {path: said for path, said in one["answers"].items() if said is not None or path in was}
        return one | {"answers": answers | {path: was[path] for path in _UPSTAIRS & was.keys()}}

    return {
        form: {
            key: asked(one, before.get(form, {}).get(key, {"answers": {}})["answers"])
            for key, one in records.items()
        }
        for form, records in now.items()
    }


def _without(shown: Any, what: str, rejected: dict[tuple[str, str], dict[str, Any]]) -> Any:
    """Return what was shown, without records of which something was rejected."""
    if what == "counts":
        return {form: count for form, count in shown.items() if form not in {form for form, _ in rejected}}
    if what != "records":
        return shown
    kept = {
        form: {key: one for key, one in records.items() if (form, key) not in rejected}
        for form, records in shown.items()
    }
    return {form: records for form, records in kept.items() if records}


def _typed(answers: dict[str, Any], rejected: dict[str, Any]) -> dict[str, Any]:
    """Return what the older program showed of answers that were rejected: as they had been typed."""
    return {path: answers[path] for path in rejected if path in answers}


def test_the_older_city_holds_its_streams_and_histories(city: str) -> None:
    before = shown_before("city")
    service = open_service(open_database(city))
    try:
        county = shown_before("places")["county"]
        reader = caller(service, "reader", "county", county)
        status = service.ledger.status(reader)
        found = {(one.scope, one.cls): (one.rev, one.digest) for one in status.streams}
        known = {
            (scope, cls): (rev, digest) for scope, cls, rev, digest, _fence in before["tables"]["streams"]
        }
        assert (status.server_epoch, found) == (before["tables"]["server_epoch"], known)
        waiting = sum(is_open for _id, _record, is_open in before["tables"]["conflicts"])
        assert sum(one.open_conflicts for one in status.streams) == waiting == 2
        for name, length in before["history"].items():
            assert len(service.ledger.history(reader, name)) == length
    finally:
        service.database.close()


def test_older_desks_go_on_with_the_older_city_and_end_alike(city: str, tmp_path: Path) -> None:
    desks = {name: Desk.open(older_desk(name, tmp_path), PASSPHRASE) for name in ENROLLED}
    try:
        with serving(city) as running:
            for name in (*ENROLLED, "village", "second"):
                pointed_at(desks[name], running.url)
                report, _changes = desks[name].exchange.sync()
                assert (report.complete, report.waiting, report.differing) == (True, 0, 0)
        shown = {name: shown_by(desk, ()) for name, desk in desks.items()}
    finally:
        for desk in desks.values():
            desk.close()
    assert _common_answers(shown["village"]) == _common_answers(shown["township"])
    before, now = shown_before("second")["shown"], shown["second"]
    assert (now["set_aside"], now["drafts"]) == (before["set_aside"], before["drafts"])
    assert now["attachments"] == [0, 0]
    org = shown_before("named")["social_org0"]
    asked = [one[-1] for one in shown["village"]["conflicts"] if (one[1], one[2]) == (org, "leader")]
    assert [{value for value, _by in sides} for sides in asked] == [{"村里填的负责人", "镇里填的负责人"}]
    held = shown["township"]["records"]["social_org"][org]["answers"]
    assert held["fund_source"] == ["1", "2", "3"]
    assert (held["member_n"], held["place"], held["open_hours"]) == (16, "镇文化站", "每周五")


def _common_answers(shown: dict[str, Any]) -> dict[str, Any]:
    """The answers of the village's records by register: two desks that hold them must show the same."""
    return {
        form: {
            name: {path: said for path, said in one["answers"].items() if path not in _UPSTAIRS}
            for name, one in records.items()
            if one["place"] == "341021101204"
        }
        for form, records in shown["records"].items()
    }


def test_the_older_program_itself_runs_and_opens_its_desk(tmp_path: Path) -> None:
    home, before = older_desk("second", tmp_path), shown_before("second")["shown"]
    program = old_program(tmp_path / "program")
    done = subprocess.run(
        [sys.executable, "-m", "hsdesk", "--home", str(home), "status", "--json"],
        cwd=program, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(program), "HSDESK_PASSPHRASE": PASSPHRASE},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["waiting"], said["set_aside"], said["conflicts"]) == (1, 3, len(before["conflicts"]))


# Every kind of thing that an upgrade could lose is in the fixtures


def test_ops_wait_unsent_received_without_their_page_and_with_their_receipt_lost() -> None:
    received = shown_before("city")["tables"]["progress"]
    progress = {(device, epoch): last for device, epoch, last in received}

    def origins(name: str) -> list[tuple[int, int, int]]:
        """Ops of each device epoch: made, receipt taken, held by the city."""
        ops = [(op["device"], op["epoch"]) for op in tables(name)["ops"]]
        known = [(one["device"], one["epoch"], one["acked"]) for one in tables(name)["origins"]]
        return [(ops.count((d, e)), acked, progress.get((d, e), 0)) for d, e, acked in known]

    made, acked, held = origins("village")[-1]
    assert made > acked == held  # not sent
    stream = next(
        one for one in tables("village")["streams"] if (one["cls"], one["since"] > 0) == ("common", True)
    )
    reached = {(scope, cls): rev for scope, cls, rev, *_ in shown_before("city")["tables"]["streams"]}
    assert stream["since"] < reached[stream["scope"], "common"]  # received by the city, page not come
    made, acked, held = origins("township")[-1]
    assert made > held > acked  # receipt lost
    assert [(acked, held) for _made, acked, held in origins("alone")] == [(0, 0)]
    assert [shown_before(name)["shown"]["waiting"] for name in DESKS] == [10, 1, 4, 15]


def test_a_page_is_half_read_and_an_attachment_half_sent() -> None:
    (half,) = [one for one in tables("second")["streams"] if one["after"] > one["since"]]
    assert half["cls"] == "common"
    (blob,) = [one for one in tables("second")["blobs"] if not one["sent"]]
    parts = [
        at for owner, digest, at in shown_before("city")["tables"]["blob_parts"] if digest == blob["digest"]
    ]
    assert parts == [0]
    assert blob["size"] > 2 * 262_144
    assert shown_before("second")["shown"]["attachments"] == [1, 0]


def test_ops_are_set_aside_with_their_answers_and_a_conflict_is_open() -> None:
    assert len({reason for *_, reason in shown_before("second")["shown"]["set_aside"]}) == 3
    assert tables("second")["refused_parts"] == 2
    assert record("second", "more9")["answers"]["member_n"] == 9.5
    for name in ENROLLED:
        (conflict,) = shown_before(name)["shown"]["conflicts"]
        assert (conflict[2], len(conflict[-1])) == ("leader", 2)


def test_cells_are_half_typed_also_of_a_record_that_is_not_there_yet() -> None:
    shown = shown_before("second")["shown"]
    known = {name for records in shown["records"].values() for name in records}
    assert sorted(draft[1] in known for draft in shown["drafts"]) == [False, True]


def test_a_received_form_stands_over_a_shipped_one_with_a_question_and_a_wider_type() -> None:
    for name in ENROLLED:
        assert shown_before(name)["shown"]["versions"]["social_org"] == "2026.9"
    assert shown_before("alone")["shown"]["versions"]["social_org"] == "2026.2"
    org = record("township", "social_org0")["answers"]
    assert (org["open_hours"], org["member_n"]) == ("每周三下午", 15.5)
    published = [version for name, version in shown_before("city")["tables"]["forms"] if name == "social_org"]
    assert published == ["2026.2", "2026.9"]


def test_records_are_deleted_restored_merged_moved_and_erased() -> None:
    assert record("township", "more1")["deleted"] == "重复登记"
    assert record("township", "more2")["deleted"] == ""
    restored = [
        changed["_deleted"] for *_, changed in record("village", "more2")["history"] if "_deleted" in changed
    ]
    assert restored == [[None, "填错了"], ["填错了", None]]
    assert record("township", "more3")["deleted"].startswith("已并入")
    assert tables("village")["departures"]
    named = shown_before("named")
    assert named["more5"] not in shown_before("village")["shown"]["records"]["social_org"]
    assert record("township", "more5")["place"] != record("township", "neighbour")["place"] == "341021101204"
    assert record("village", "social_org1")["answers"]["leader_phone"] is None
    assert record("village", "more6")["answers"]["org_name"] is None
    assert shown_before("city")["tables"]["counts"]["hs_erased"] >= 4


def test_every_class_rosters_sets_of_two_people_and_a_second_device_epoch_are_there() -> None:
    assert set(tables("village")["parts_by_class"]) == {"common", "party", "personal", "published"}
    org = record("village", "social_org0")
    assert len(org["answers"]["members"]) >= 2
    authors = {by for by, _device, _at, changed in org["history"] if "fund_source" in changed}
    assert authors == {"汪丽", "李四"}
    published = {kind for kind, _name, _version in shown_before("city")["tables"]["published"]}
    assert published == {"codelist", "setting", "round"}
    epochs = [one["epoch"] for one in tables("village")["origins"]]
    assert (len(epochs), epochs[0]) == (2, 1)
    assert shown_before("city")["tables"]["previous_epoch"]
    assert any(fence for *_, fence in shown_before("city")["tables"]["streams"])
