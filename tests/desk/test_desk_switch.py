"""A register that is off by default costs nothing, and is switched on by the person here or by the city."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from desk_world import PASSPHRASE, TOWNSHIP, VILLAGE, new_desk, new_organization
from next_program import forget
from sync_world import MemoryCarrier, caller

from hsdesk.city.people.permission import Role
from hsdesk.city.reference import publishing
from hsdesk.city.running import administration
from hsdesk.city.running.service import Service, open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.errors import Missing, Refused
from hsdesk.forms import shipped
from hsdesk.model import resource
from hsdesk.model.place import load_directory
from hsdesk.model.round import Round
from hsdesk.sync.loop import synchronise
from hsdesk.wire import codec
from hsdesk.wire.messages import Pull

MORE = tuple(f"pack_{number}" for number in range(20))
FORM = "disclosure"  # one that is off by default
RECORD = {"kind": "3", "matter": "第三季度财务收支(样例)", "cycle": "3", "period": "2026Q3"}
_READ: set[str] | None = None


def _hear(event: str, given: tuple[object, ...]) -> None:
    if _READ is not None and event == "open" and isinstance(given[0], str | Path):
        _READ.add(Path(given[0]).stem)


sys.addaudithook(_hear)


@pytest.fixture
def read_files() -> Iterator[set[str]]:
    """The names, without ending, of all files that were opened since."""
    global _READ
    _READ = set()
    yield _READ
    _READ = None


@pytest.fixture
def twenty_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Lets the program be one with 20 more registers that are off by default, when it is called."""
    folder = tmp_path / "more resources"
    shutil.copytree(resource.resource_dir(), folder)
    forms = folder / "forms"
    body = (forms / "compiled" / f"{FORM}.json").read_bytes()
    for name in MORE:
        one = {**json.loads(body), "form_id": name}
        (forms / "compiled" / f"{name}.json").write_bytes(msgspec.json.encode(one))
    rows = (f"{name},F1{n:02},更多,居民自治,off,common,village,,{name}.md\n" for n, name in enumerate(MORE))
    with (forms / "index.csv").open("a", encoding="utf-8", newline="") as index:
        index.writelines(rows)

    def more() -> None:
        monkeypatch.setattr(shipped, "resource_dir", lambda: folder)
        forget()

    yield more
    monkeypatch.undo()
    forget()


class Recorded(MemoryCarrier):
    """Keeps the bytes of every message, both ways."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.bodies: list[bytes] = []

    def _carry(self, kind: str, body: bytes, work: Any) -> bytes:
        answer: bytes = super()._carry(kind, body, work)
        self.bodies += (kind.encode(), body, answer)
        return answer


def service_of(folder: Path) -> Service:
    return open_service(open_database(f"sqlite:///{folder}/city.db"))


def sync(desk: Desk, service: Service, role: Role = "village", place: str = VILLAGE) -> list[bytes]:
    """Sync a desk over the very bytes of the network; return them."""
    scope = load_directory().by_code(place).id
    carrier = Recorded(service, caller(service, desk._file.device_id(), role, scope))
    synchronise(desk._file, carrier)
    desk._opened.read_standing()
    return carrier.bodies


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Service]:
    administration.init(f"sqlite:///{tmp_path}/city.db", tmp_path / "keys")
    service = service_of(tmp_path)
    yield service
    service.database.close()


def add(desk: Desk, *records: dict[str, str]) -> Sequence[str]:
    stored = desk.bulk.add(FORM, [JsonRecord(n, one) for n, one in enumerate(records, 1)], VILLAGE)
    assert stored.rejected == ()
    return stored.ids


def is_open(desk: Desk, form_id: str = FORM) -> bool | None:
    """Whether a register is on the screen; None: it is not there."""
    return next((one.open for one in desk.status().registers if one.form_id == form_id), None)


def tables(desk: Desk) -> set[str]:
    return {name for (name,) in desk._file._connection.all("SELECT name FROM sqlite_master")}


def statements(desk: Desk) -> tuple[int, object]:
    """Return how many statements `check` runs, and what it finds."""
    count = 0

    def one_more(_statement: str) -> None:
        nonlocal count
        count += 1

    sqlite = desk._file._connection.sqlite
    sqlite.set_trace_callback(one_more)
    found = desk.reports.findings()
    sqlite.set_trace_callback(None)
    return count, found


class Cost(NamedTuple):
    """What opening a desk, a sync with nothing new, `check` and a first sync ask."""

    sync: list[bytes]
    tables: set[str]
    statements: int
    findings: object
    first: bytes


def cost(home: Path, city: Service) -> Cost:
    first = Pull("", 1, 0, b"", b"", ())
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        said = codec.pack_pulled(city.ledger.changes(caller(city, "new", "village"), first))
        return Cost(sync(desk, city), tables(desk), *statements(desk), said)


def test_twenty_more_registers_that_are_off_cost_nothing_at_start_sync_and_check(
    tmp_path: Path, city: Service, twenty_more: Callable[[], None], read_files: set[str]
) -> None:
    with closing(new_desk(tmp_path / "home")) as desk:
        new_organization(desk, "定潭老年协会", "张三")
        sync(desk, city)
        sync(desk, city)
        off = len(desk.status().off)
    before = cost(tmp_path / "home", city)
    twenty_more()
    administration.publish_shipped(city.database)
    assert cost(tmp_path / "home", city) == before
    with closing(Desk.create(tmp_path / "fresh", (VILLAGE,), "程专干", PASSPHRASE)[0]) as desk:
        assert tables(desk) == before.tables
        assert len(desk.status().off) == off + 20
        assert read_files & {*MORE} == set()
        desk.file.open_form(MORE[3], True)
        assert read_files & {*MORE} == {MORE[3]}


def test_a_person_switches_a_register_on_and_off_and_nothing_that_was_typed_is_lost(home: Path) -> None:
    with closing(new_desk(home)) as desk:
        before = tables(desk)
        with pytest.raises(Missing, match="还没有打开"):
            desk.bulk.add(FORM, [JsonRecord(1, dict(RECORD))], VILLAGE)
        desk.file.open_form(FORM, True)
        assert is_open(desk)
        desk.file.open_form(FORM, False)
        assert (is_open(desk), tables(desk)) == (None, before)
        desk.file.open_form(FORM, True)
        (record,) = add(desk, RECORD)
        desk.file.open_form(FORM, False)
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        assert is_open(desk) is False
        assert desk.lists.document(FORM, record)["matter"] == RECORD["matter"]
        desk.file.open_form(FORM, True)
        assert is_open(desk)
        with pytest.raises(Missing):
            desk.file.open_form("nobody_knows", True)


def test_a_cell_that_is_being_typed_keeps_its_register_there(home: Path) -> None:
    with closing(new_desk(home)) as desk:
        desk.file.open_form(FORM, True)
        entry = desk.records.entry(FORM)
        desk.records.save_draft(entry.draft("matter", "第三季", 3))
        desk.file.open_form(FORM, False)
        assert is_open(desk) is False
        assert [one.text for one in desk.records.drafts()] == ["第三季"]


def test_what_a_village_typed_in_it_is_there_in_the_township_and_nobody_else_hears_of_it(
    tmp_path: Path, city: Service
) -> None:
    with (
        closing(new_desk(tmp_path / "village")) as village,
        closing(new_desk(tmp_path / "township", TOWNSHIP)) as township,
        closing(new_desk(tmp_path / "other", "341002001001")) as other,
    ):
        sync(other, city, place="341002001001")
        village.file.open_form(FORM, True)
        (record,) = add(village, RECORD)
        sync(village, city)
        assert village.status().waiting == 0
        sync(township, city, "township", TOWNSHIP)
        assert is_open(township)
        assert township.lists.document(FORM, record)["matter"] == RECORD["matter"]
        asked = sync(other, city, place="341002001001")
        assert is_open(other) is None and b"item" not in asked
        township.file.open_form(FORM, False)
        sync(township, city, "township", TOWNSHIP)
        assert is_open(township) is False


def test_the_city_switches_a_register_on_for_a_level_and_a_person_has_the_last_word(
    tmp_path: Path, city: Service
) -> None:
    def heard() -> tuple[bool | None, bool | None]:
        sync(village, city)
        sync(township, city, "township", TOWNSHIP)
        return is_open(village), is_open(township)

    def say(*levels: str, form: str = FORM) -> bool:
        return publishing.switch_register(city.database, form, levels)

    with (
        closing(new_desk(tmp_path / "village")) as village,
        closing(new_desk(tmp_path / "township", TOWNSHIP)) as township,
    ):
        assert heard() == (None, None)
        assert say("village")
        assert heard() == (True, None)
        assert not say("village")
        assert publishing.switch_register(city.database, FORM, None)
        assert heard() == (True, True)
        (record,) = add(village, RECORD)
        township.file.open_form(FORM, False)
        assert heard() == (True, False)
        assert say()
        assert heard() == (False, False)
        assert village.lists.document(FORM, record)["matter"] == RECORD["matter"]
        village.file.open_form(FORM, True)
        assert heard() == (True, False)
        assert say(form="grid")
        sync(village, city)
        assert is_open(village, "grid") is False
        with pytest.raises(Refused):
            say("village", form="nobody_knows")


def test_a_round_that_asks_for_a_register_brings_it_to_whom_it_asks(home: Path, city: Service) -> None:
    asked = Round("q4_2026", "三务公开", "2026Q4", "2027-01-10", forms=(FORM,))
    publishing.switch_register(city.database, FORM, ("city",))
    publishing.open_round(city.database, asked)
    with closing(new_desk(home)) as desk:
        sync(desk, city)
        assert is_open(desk)


def ask(*words: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = run([*words, "--json"], None, out, io.StringIO())
    return code, json.loads(out.getvalue())


def test_the_command_line_lists_opens_and_closes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def listed() -> dict[str, Any]:
        (found,) = (one for one in ask("forms", "list")[1]["forms"] if one["form_id"] == FORM)
        return found

    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)
    assert listed()["open"] is False
    assert ask("init", "--place", VILLAGE, "--person", "汪文书")[0] == 0
    version = listed()["version"]
    assert (listed()["open"], listed()["number"], bool(version)) == (False, "F30", True)
    assert ask("list", FORM)[0] == 4
    assert ask("forms", "open", "F30") == (0, {"form": FORM, "open": True})
    assert (listed()["open"], ask("list", FORM)[1]["count"]) == (True, 0)
    assert ask("forms", "close", FORM)[0] == 0
    assert (listed()["open"], listed()["version"]) == (False, version)
    assert ask("forms", "open", "nobody_knows")[0] == 4


def test_the_command_line_of_the_server_opens_for_levels(home: Path) -> None:
    assert ask("server", "init")[0] == 0
    said = ask("server", "forms", "open", "F30", "--level", "village,township")
    assert said == (0, {"form": FORM, "open": True, "levels": ["village", "township"]})
    standing = {one["form"] for one in ask("server", "forms", "list")[1]["forms"]}
    assert FORM in standing
    assert ask("server", "forms", "close", "F30")[1]["open"] is False
    assert ask("server", "forms", "open", "F30", "--level", "street")[0] == 2
    assert ask("server", "forms", "open")[0] == 2
