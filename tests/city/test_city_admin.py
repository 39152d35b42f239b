"""Administration over the network: every route decided by a verb, within the caller's places, and audited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from city_client import PASSWORD, Answer, Client, account, logged_in
from sync_databases import KINDS, fresh
from sync_server import a_village, mixed_form, places, prepared_service, township_of

from hsdesk.city.http.admin_routes import ADMINISTRATION
from hsdesk.city.http.app import make_app
from hsdesk.city.people import audit
from hsdesk.city.people.permission import Rule, administrator, tops
from hsdesk.city.running.service import Service, Site, open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.errors import Corrupt, DataError
from hsdesk.model.answer import GRANTED
from hsdesk.wire import codec
from hsdesk.wire.messages import Push

DIRECTORY = places()
VILLAGE = a_village(DIRECTORY)
TOWNSHIP = township_of(DIRECTORY, VILLAGE)
COUNTY = DIRECTORY.by_id(TOWNSHIP).parent
(CITY,) = tops(DIRECTORY)
OTHER = next(place.id for place in DIRECTORY.children(CITY) if place.id != COUNTY)
HOURS = 3_600_000
ACTS = ("account", "code", "rename", "revoke", "wipe", "disable")


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=KINDS)
def service(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str, clock: Clock
) -> Iterator[Service]:
    for url in fresh(request.param, tmp_path, postgres_url):
        prepared_service(url, tmp_path / "server", mixed_form()).database.close()
        opened = open_service(open_database(url), site=Site(url, tmp_path / "server"), now_ms=clock)
        yield opened
        opened.database.close()


def ask(service: Service, token: str, method: str, path: str, body: Any = None) -> Answer:
    packed = b"" if body is None else msgspec.json.encode(body)
    return Client(make_app(service)).ask(method, f"/api/v1{path}", packed, token)


def got(service: Service, token: str, path: str) -> Any:
    answer = ask(service, token, "GET", path)
    assert answer.status == 200, answer.body
    return msgspec.json.decode(answer.body)


def test_a_county_manages_accounts_codes_and_computers_below_it_and_no_others(service: Service) -> None:
    county = account(service, "县民政", "county", Rule(COUNTY))
    account(service, "邻县", "county", Rule(OTHER))
    mine, _ = logged_in(service, "village", Rule(VILLAGE))
    logged_in(service, "county", Rule(OTHER))
    made = {"name": "乡民政", "password": PASSWORD, "scopes": [TOWNSHIP], "role": "township"}
    assert ask(service, county, "POST", "/users", made).status == 200
    assert [user["name"] for user in got(service, county, "/users")] == ["乡民政"]
    (device,) = got(service, county, "/devices")
    assert (device["places"], device["last_seq"]) == ([DIRECTORY.by_id(VILLAGE).code], 0)
    code = ask(service, county, "POST", "/codes", {"scopes": [DIRECTORY.by_id(VILLAGE).code]})
    assert len(msgspec.json.decode(code.body)["code"].replace("-", "")) == 28
    renamed = ask(service, county, "POST", f"/devices/{device['id']}/name", {"name": "深渡村部电脑"})
    assert [one["name"] for one in msgspec.json.decode(renamed.body)] == ["深渡村部电脑"]
    for name in ("", " ", "长" * 101, "a\nb"):
        assert ask(service, county, "POST", f"/devices/{device['id']}/name", {"name": name}).status == 400
    assert ask(service, mine, "GET", "/me").status == 200
    assert ask(service, county, "POST", f"/devices/{device['id']}/revoke").status == 200
    assert ask(service, mine, "GET", "/me").status == 401
    assert ask(service, county, "POST", f"/devices/{device['id']}/wipe").status == 200
    assert [one["wipe"] for one in got(service, county, "/devices")] == ["ordered"]
    assert ask(service, county, "POST", "/users/disable", {"name": "乡民政"}).status == 200
    said = [(entry.who, entry.action) for entry in audit.entries(service.database)]
    assert said[-6:] == [("县民政", act) for act in ACTS]


BEYOND: tuple[tuple[str, Any], ...] = (
    ("/users", {"name": "新人", "password": PASSWORD, "scopes": [OTHER], "role": "county"}),
    ("/users", {"name": "新人", "password": PASSWORD, "scopes": [COUNTY], "role": "county"}),
    ("/users", {"name": "邻县", "password": PASSWORD, "scopes": [TOWNSHIP], "role": "township"}),
    ("/users", {"name": "市局", "password": PASSWORD, "scopes": [TOWNSHIP], "role": "township"}),
    (
        "/users",
        {
            "name": "新人",
            "password": PASSWORD,
            "scopes": [TOWNSHIP],
            "role": "county",
            "verbs": ["audit"],
        },
    ),
    ("/users/disable", {"name": "邻县"}),
    ("/users/disable", {"name": "县民政"}),
    ("/codes", {"scopes": [OTHER], "role": "county"}),
    ("/codes", {"scopes": [VILLAGE], "role": "city"}),
    ("/codes", {"scopes": [TOWNSHIP], "role": "township", "verbs": ["read", "publish"]}),
    ("/devices/FOREIGN/revoke", None),
    ("/devices/FOREIGN/wipe", None),
    ("/devices/FOREIGN/name", {"name": "我的"}),
    ("/devices/nobody/revoke", None),
    ("/backups", None),
)


def test_what_lies_beyond_a_countys_rights_is_refused_and_changes_nothing(service: Service) -> None:
    county = account(service, "县民政", "county", Rule(COUNTY))
    account(service, "邻县", "county", Rule(OTHER))
    account(service, "市局", "city", Rule(CITY))
    logged_in(service, "county", Rule(OTHER))
    here = administrator(DIRECTORY)
    (foreign,) = (device.id for device in service.devices.everyone(here))
    before = (service.accounts.everyone(here), service.devices.everyone(here))
    said = len(audit.entries(service.database))
    for path, body in BEYOND:
        answer = ask(service, county, "POST", path.replace("FOREIGN", foreign), body)
        assert (answer.status, bool(answer.problem().title)) == (403, True), (path, body)
    assert (service.accounts.everyone(here), service.devices.everyone(here)) == before
    assert len(audit.entries(service.database)) == said


def test_a_computer_and_a_village_do_no_administration(service: Service) -> None:
    device, _ = logged_in(service, "city", Rule(CITY))
    village = account(service, "村书记", "village", Rule(VILLAGE))
    for one in ADMINISTRATION:
        for token in (device, village):
            answer = ask(service, token, one.method, one.path.replace("{id}", "x"))
            assert (answer.status, answer.problem().title[:10]) == (403, "没有办理这件事的权限")


def test_a_computer_whose_rule_says_so_gives_out_codes_below_it(service: Service) -> None:
    token, _ = logged_in(service, "township", Rule(TOWNSHIP, GRANTED, ("read", "write", "enrol")))
    assert ask(service, token, "POST", "/codes", {"scopes": [VILLAGE]}).status == 200
    assert ask(service, token, "POST", "/codes", {"scopes": [COUNTY], "role": "county"}).status == 403


def test_the_audit_trail_is_read_page_by_page_and_a_changed_entry_is_found(service: Service) -> None:
    city = account(service, "市局", "city", Rule(CITY))
    wide = account(service, "县局", "county", Rule(COUNTY, GRANTED, ("audit",)))
    assert ask(service, wide, "GET", "/audit").status == 403  # the trail is the whole city's
    page = got(service, city, "/audit?limit=2")
    assert [entry["n"] for entry in page["entries"]] == [1, 2]
    rest = got(service, city, f"/audit?after={page['after']}")
    assert [entry["action"] for entry in rest["entries"]][-1] == "login"
    assert got(service, city, f"/audit?after={rest['after']}") == {"entries": [], "after": rest["after"]}
    assert ask(service, city, "GET", "/audit?after=-1").status == 400
    with service.database.writing() as connection:
        connection.run("UPDATE hs_audit SET who = '别人' WHERE n = 3")
    assert ask(service, city, "GET", "/audit?limit=2").status == 200
    broken = ask(service, city, "GET", "/audit?after=2")
    assert (broken.status, "第 3 条被改动" in broken.problem().title) == (500, True)
    with service.database.writing() as connection:
        connection.run("DELETE FROM hs_audit WHERE n > 3")
    with pytest.raises(Corrupt, match="缺失"):
        audit.entries(service.database, after=4)


def test_a_backup_is_made_in_the_servers_folder_and_refused_on_postgresql(
    service: Service, tmp_path: Path
) -> None:
    city = account(service, "市局", "city", Rule(CITY))
    answer = ask(service, city, "POST", "/backups")
    if service.site.database.startswith("postgresql"):
        assert (answer.status, "server backup" in answer.problem().title) == (403, True)
        return
    made = msgspec.json.decode(answer.body)
    assert (tmp_path / "server" / "backups" / made["file"]).stat().st_size == made["bytes"] > 0
    for _ in range(10):
        assert ask(service, city, "POST", "/backups").status == 200
    kept = sorted(path.name for path in (tmp_path / "server" / "backups").iterdir())
    assert (len(kept), made["file"] in kept) == (10, False)
    assert audit.entries(service.database)[-1].action == "backup"


def test_a_session_ends_at_logout_and_after_twelve_hours(service: Service, clock: Clock) -> None:
    first = account(service, "县民政", "county", Rule(COUNTY))
    assert ask(service, first, "POST", "/logout").status == 200
    assert ask(service, first, "GET", "/me").status == 401
    assert audit.entries(service.database)[-1].action == "logout"
    second = account(service, "县民政", "county", Rule(COUNTY))
    clock.now += 12 * HOURS - 1
    assert ask(service, second, "GET", "/me").status == 200
    clock.now += 1
    assert ask(service, second, "GET", "/me").status == 401


def test_an_account_never_speaks_for_a_computer(service: Service) -> None:
    logged_in(service, "village", Rule(VILLAGE))
    (device,) = service.devices.everyone(administrator(DIRECTORY))
    token = account(service, device.id, "village", Rule(VILLAGE))
    push = codec.pack_push(Push(device.id, 1, service.ledger.server_epoch, ()))
    answer = Client(make_app(service)).ask("POST", "/api/v1/sync/push", push, token)
    assert answer.status == 403
    with pytest.raises(DataError, match="不能是 admin"):
        account(service, "admin", "city", Rule(CITY))
