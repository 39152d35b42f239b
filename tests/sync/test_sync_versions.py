"""A laptop and the server are up to two form versions apart, either way: nothing is lost, all comes back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from sync_world import (
    MemoryCarrier,
    a_village,
    caller,
    new_desk,
    new_ids,
    places,
    prepared_service,
    without_shipped_forms,
)

from hsdesk.city.reference.stream import put_form
from hsdesk.city.running.service import Service
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.compiler import compile_file
from hsdesk.forms.schema import Form
from hsdesk.forms.versions import renamed, renames_of
from hsdesk.model.answer import SetDelta, Value
from hsdesk.records.edits import Edit
from hsdesk.sync.loop import SyncReport, synchronise

VILLAGE = a_village(places())
RECORD = next(new_ids(4))
VERSIONS = (1, 2, 3)
SETTINGS = """
| settings |
| | form_title | form_id | version | namespaces |
| | 住户 | family | {} | hs="urn:hsdesk:form" |
"""
KINDS = "| choices |\n| | list_name | name | label |\n| | kind | 1 | 甲 |\n| | kind | 2 | 乙 |\n"
SURVEYS = {
    1: """| survey |
| | type | name | label |
| | text | head | 户主 |
| | integer | people | 人口 |
| | text | stove | 灶具 |
""",
    2: """| survey |
| | type | name | label | bind::hs:was |
| | text | householder | 户主姓名 | head |
| | decimal | people | 人口 | |
| | text | stove | 灶具 | |
| | text | phone | 电话 | |
""",
    3: """| survey |
| | type | name | label | bind::hs:was |
| | text | householder | 户主姓名 | head |
| | decimal | people | 人口 | |
| | text | phone | 电话 | |
| | select_multiple kind | kinds | 类别 | |
| | begin_repeat | members | 家人 | |
| | text | who | 姓名 | |
| | end_repeat | | | |
""",
}
ANSWERS: dict[int, dict[str, Value | SetDelta]] = {
    1: {"head": "张三", "people": 4, "stove": "柴灶"},
    2: {"householder": "张三", "people": 4, "stove": "柴灶", "phone": "139"},
    3: {
        "householder": "张三", "people": 4, "phone": "139", "kinds": SetDelta(add=("1", "2")),
        "members/r1/who": "李四",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Form]:
    folder = tmp_path_factory.mktemp("forms")
    made = {}
    for version, survey in SURVEYS.items():
        sheet = folder / f"family{version}.md"
        sheet.write_text(
            survey + (KINDS if version == 3 else "") + SETTINGS.format(version), encoding="utf-8"
        )
        made[version] = compile_file(sheet)
    return made


@pytest.fixture
def services(
    tmp_path: Path, forms: dict[int, Form], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[int, Service]]:
    """A server for each version: it was given every version up to that one."""
    without_shipped_forms(monkeypatch)
    made = {}
    for version in VERSIONS:
        known = [forms[one] for one in VERSIONS if one <= version]
        folder = tmp_path / f"server{version}"
        made[version] = prepared_service(f"sqlite:///{folder}/city.db", folder, *known)
    yield made
    for service in made.values():
        service.database.close()


def sync(desk: DeskFile, service: Service) -> SyncReport:
    report = synchronise(desk, MemoryCarrier(service, caller(service, desk.device_id(), "village", VILLAGE)))
    assert (report.rejected, report.waiting, report.healed) == (0, 0, 0)
    return report


def as_read(desk: DeskFile, version: int) -> dict[str, Value]:
    """Return a version's answers under the names that the desk's own version has for them."""
    values = {
        path: value.apply(()) if isinstance(value, SetDelta) else value
        for path, value in ANSWERS[version].items()
    }
    return dict(renamed(renames_of(desk.form("family")), values))


def held(desk: DeskFile, record: str = RECORD) -> dict[str, Value]:
    state = desk.state(VILLAGE, record)
    assert state is not None
    return dict(state.answers)


def type_all(desk: DeskFile, version: int) -> None:
    desk.commit(Edit(VILLAGE, "family", RECORD, dict(ANSWERS[version]), "张三"))


@pytest.mark.parametrize("versions", list(product(VERSIONS, VERSIONS, VERSIONS)))
def test_every_answer_reaches_a_desk_of_any_version_through_a_server_of_any_version(
    services: dict[int, Service], forms: dict[int, Form], tmp_path: Path, versions: tuple[int, int, int]
) -> None:
    typed, served, read = versions
    service = services[served]
    with new_desk(tmp_path / "a", forms[typed]) as a, new_desk(tmp_path / "b", forms[read]) as b:
        type_all(a, typed)
        sync(a, service)
        sync(b, service)
        assert (held(a), held(b)) == (as_read(a, typed), as_read(b, typed))
        b.commit(Edit(VILLAGE, "family", RECORD, {"people": 7}, "李四"))
        sync(b, service)
        sync(a, service)
        assert held(a) == held(b) == as_read(a, typed) | {"people": 7}
        assert a.digest(VILLAGE, "common") == b.digest(VILLAGE, "common") != 0
        assert a.conflicts() == b.conflicts() == ()


@pytest.mark.parametrize(("typed", "served"), list(product(VERSIONS, VERSIONS)))
def test_the_city_says_which_version_of_a_form_holds_and_the_answers_stay(
    services: dict[int, Service], forms: dict[int, Form], tmp_path: Path, typed: int, served: int
) -> None:
    with new_desk(tmp_path / "a", forms[typed]) as desk:
        type_all(desk, typed)
        sync(desk, services[served])
        assert desk.form("family").version == str(served)
        assert held(desk) == as_read(desk, typed)
        desk.install_forms([forms[3]])
        assert held(desk) == as_read(desk, typed)


def test_a_number_too_wide_for_the_servers_version_waits_and_the_rest_goes(
    services: dict[int, Service], forms: dict[int, Form], tmp_path: Path
) -> None:
    service = services[1]
    with new_desk(tmp_path / "a", forms[3]) as desk:
        for answers in ({"householder": "张三"}, {"people": 4.5}, {"phone": "139"}):
            desk.commit(Edit(VILLAGE, "family", RECORD, answers, "张三"))
        carrier = MemoryCarrier(service, caller(service, desk.device_id(), "village", VILLAGE))
        report = synchronise(desk, carrier)
        assert (report.pushed, report.rejected, report.waiting) == (3, 1, 0)
        (aside,) = desk.rejected_ops()
        assert aside.op.answers == {"people": 4.5}
        assert aside.reason
        assert held(desk) == {"householder": "张三", "phone": "139"}, "it waits beside its field"
        with service.database.writing() as connection:
            put_form(connection, forms[3])
        desk.commit(Edit(VILLAGE, "family", RECORD, {"people": 5.5}, "张三"))
        assert synchronise(desk, carrier).rejected == 0
        with service.database.reading() as connection:
            assert connection.all('SELECT householder, people FROM "family"') == [("张三", 5.5)]


def test_answers_of_an_old_laptop_are_read_under_their_new_names(
    services: dict[int, Service], forms: dict[int, Form], tmp_path: Path
) -> None:
    with new_desk(tmp_path / "a", forms[1]) as desk:
        type_all(desk, 1)
        sync(desk, services[3])
        assert desk.form("family").version == "3"
        with services[3].database.reading() as connection:
            ((head, people, more),) = connection.all('SELECT householder, people, _more FROM "family"')
        assert (head, people) == ("张三", 4)
        assert "柴灶" in more


@pytest.mark.parametrize("served", [1, 2])
def test_what_a_server_does_not_know_yet_is_in_its_tables_when_it_does(
    services: dict[int, Service], forms: dict[int, Form], tmp_path: Path, served: int
) -> None:
    service = services[served]
    with new_desk(tmp_path / "a", forms[3]) as a, new_desk(tmp_path / "b") as b:
        type_all(a, 3)
        sync(a, service)
        with service.database.writing() as connection:
            put_form(connection, forms[3])
        sync(b, service)
        assert b.form("family").version == "3"
        assert held(b) == as_read(b, 3)
        with service.database.reading() as connection:
            assert connection.all('SELECT householder, phone FROM "family"') == [("张三", "139")]
            assert connection.all('SELECT who FROM "family__members"') == [("李四",)]
