"""What officials publish beside forms: it reaches desks once, in its latest version, and holds at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from city_client import logged_in
from sync_databases import KINDS, fresh
from sync_world import MemoryCarrier, caller, new_desk, prepared_service

from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.people.permission import Rule
from hsdesk.city.reference.current_forms import publish_shipped
from hsdesk.city.reference.publishing import (
    close_round,
    open_round,
    publish_lists,
    publish_places,
    publish_settings,
    standing_of,
)
from hsdesk.city.reference.stream import heads_after, latest_forms
from hsdesk.city.running.service import Service
from hsdesk.city.sql.schema import put_setting
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import DataError, Refused
from hsdesk.forms.codelists import digest_of, shipped_list
from hsdesk.forms.schema import Choice, Extension, Form, Label, Question
from hsdesk.model.answer import Value
from hsdesk.model.asked_day import today_is
from hsdesk.model.place import Place, load_directory
from hsdesk.model.round import Round
from hsdesk.records.edits import Edit
from hsdesk.sync.loop import SyncReport, synchronise
from hsdesk.wire import codec

DIRECTORY = load_directory()
VILLAGE = DIRECTORY.by_code("341021101204")
NEIGHBOUR = DIRECTORY.by_code("341021101205")
TODAY = "2026-11-24"
NAMED = Form(
    "named",
    "1",
    "按类型命名的表",
    children=(
        Question(
            name="kind",
            key="kind",
            type="select_one",
            data_type="select1",
            list_name="body_type",
            hs=Extension(title=True, search=True),
        ),
    ),
)


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    for url in fresh(request.param, tmp_path, postgres_url):
        service = prepared_service(url, tmp_path / "server", NAMED)
        yield service
        service.database.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskFile]:
    with new_desk(tmp_path / "desk", NAMED) as desk:
        yield desk


def sync(service: Service, desk: DeskFile) -> SyncReport:
    who = caller(service, desk.device_id(), "village", VILLAGE.id)
    return synchronise(desk, MemoryCarrier(service, who))


def changed(name: str, **labels: str) -> tuple[Choice, ...]:
    """The shipped list with other labels, and with codes it did not have."""
    shipped = shipped_list(name) or ()
    known = {choice.value for choice in shipped}
    renamed = tuple(
        msgspec.structs.replace(one, label=Label({"": (labels[f"c{one.value}"],)}))
        if f"c{one.value}" in labels
        else one
        for one in shipped
    )
    added = (Choice(key[1:], Label({"": (text,)})) for key, text in labels.items() if key[1:] not in known)
    return (*renamed, *added)


def reference_heads(service: Service) -> list[tuple[str, str, str]]:
    with service.database.reading() as connection:
        return [(h.kind, h.id, h.version) for h in heads_after(connection, 0) if h.kind != "form"]


def test_a_published_list_holds_on_the_desk_after_one_sync(service: Service, desk: DeskFile):
    sync(service, desk)
    assert publish_lists(service.database, {"body_type": changed("body_type", c91="社区联合会")}) == (
        "body_type",
    )
    report = sync(service, desk)
    assert report.requests == 2  # one to hear of it, one for the list
    assert desk.standing(TODAY).lists.labels("body_type")["91"] == "社区联合会"
    quiet = sync(service, desk)
    assert quiet.requests <= 2
    assert quiet.bytes_up + quiet.bytes_down <= 512


def test_a_first_sync_brings_the_latest_version_only(service: Service, desk: DeskFile):
    for number in range(5):
        publish_lists(service.database, {"body_type": changed("body_type", c91=f"第{number}版")})
    assert reference_heads(service) == [("codelist", "body_type", "5")]
    before = desk.standing(TODAY).lists.labels("gender")
    report = sync(service, desk)
    assert desk.standing(TODAY).lists.labels("body_type")["91"] == "第4版"
    assert desk.standing(TODAY).lists.labels("gender") == before
    held = len(latest_forms_of(service)) - 1  # the desk of this test has one form; a real one ships them all
    assert report.requests - held <= 4


def latest_forms_of(service: Service) -> dict[str, Form]:
    with service.database.reading() as connection:
        return latest_forms(connection)


def test_what_equals_the_shipped_is_not_published_but_going_back_to_it_is(service: Service, desk: DeskFile):
    shipped = shipped_list("body_type") or ()
    assert publish_lists(service.database, {"body_type": shipped}) == ()
    assert not publish_settings(service.database, {"hub_scope": "city"})
    assert not publish_places(service.database, [VILLAGE])
    assert reference_heads(service) == []
    publish_settings(service.database, {"hub_scope": "all"})
    sync(service, desk)
    assert publish_settings(service.database, {"hub_scope": "城市社区"})
    sync(service, desk)
    assert desk.standing(TODAY).settings == {}


def test_a_code_that_a_new_list_lacks_is_kept_as_withdrawn(service: Service, desk: DeskFile):
    shipped = shipped_list("body_type") or ()
    publish_lists(service.database, {"body_type": shipped[1:]})
    sync(service, desk)
    kept = {one.value: one for one in desk.standing(TODAY).lists.choices("body_type") or ()}
    assert kept.keys() == {one.value for one in shipped}
    assert kept[shipped[0].value].extra["valid_to"]
    assert kept[shipped[0].value].label == shipped[0].label


def test_an_unknown_list_is_refused(service: Service):
    with pytest.raises(DataError, match="没有代码表"):
        publish_lists(service.database, {"../secrets": ()})


def test_words_of_a_changed_list_are_told_again_on_both_sides(service: Service, desk: DeskFile):
    first = (shipped_list("body_type") or ())[0]
    sync(service, desk)
    desk.commit(Edit(VILLAGE.id, "named", "r1", {"kind": first.value}, "汪文书"))
    sync(service, desk)
    assert title(service) == desk.query("named")[0].title == first.label.plain()
    publish_lists(service.database, {"body_type": changed("body_type", **{f"c{first.value}": "新叫法"})})
    assert title(service) == "新叫法"
    sync(service, desk)
    assert desk.query("named")[0].title == "新叫法"
    assert [found.record for found in desk.search("新叫法")] == ["r1"]
    desk.commit(Edit(VILLAGE.id, "named", "r2", {"kind": first.value}, "汪文书"))
    sync(service, desk)
    with service.database.reading() as connection:
        rows = connection.all('SELECT _title FROM "named"')
    assert rows == [("新叫法",), ("新叫法",)]


def title(service: Service) -> str:
    with service.database.reading() as connection:
        return str(connection.all('SELECT _title FROM "named"')[0][0])


def test_rows_made_by_other_rules_are_made_again_when_a_server_starts(service: Service, desk: DeskFile):
    sync(service, desk)
    desk.commit(Edit(VILLAGE.id, "named", "r1", {"kind": "1"}, "汪文书"))
    sync(service, desk)
    with service.database.writing() as connection:
        connection.run('ALTER TABLE "named" DROP COLUMN _later')
        put_setting(connection, "rows_made", "1")
    publish_shipped(service.database)
    with service.database.reading() as connection:
        rows = connection.all('SELECT _required, _filled, COUNT(_later) FROM "named" GROUP BY 1, 2')
    assert [row[:2] for row in rows] == [(0, 0)]


def test_what_is_published_is_listed_and_sent_over_the_network(service: Service):
    publish_lists(service.database, {"body_type": changed("body_type", c91="社区联合会")})
    publish_settings(service.database, {"hub_scope": "all"})
    publish_places(service.database, merge_of_villages())
    open_round(service.database, ROUND)
    token, client = logged_in(service, "village", Rule(VILLAGE.id))
    for kind, name in {
        "codelist": "body_type", "setting": "settings", "place": "places", "round": ROUND.id,
    }.items():  # fmt: skip
        listed = msgspec.json.decode(client.ask("GET", f"/api/v1/{kind}s", token=token).body)
        assert [head[:3] for head in listed] == [[kind, name, "1"]]
        item = codec.unpack_item(client.ask("GET", f"/api/v1/{kind}s/{name}/1", token=token).body)
        assert item.head.digest == digest_of(item.body)
        assert client.ask("GET", f"/api/v1/{kind}s/{name}/9", token=token).status == 400
        assert client.ask("GET", f"/api/v1/{kind}s").status == 401


def merge_of_villages() -> tuple[Place, ...]:
    closed = msgspec.structs.replace(NEIGHBOUR, valid_to="2026-01-01", into=VILLAGE.id)
    renamed = msgspec.structs.replace(VILLAGE, valid_to="2026-01-01")
    now = msgspec.structs.replace(VILLAGE, name="新定潭村委会", was=VILLAGE.name, valid_from="2026-01-01")
    return closed, renamed, now


def test_changed_places_hold_on_desk_and_server_without_a_restart(service: Service, desk: DeskFile):
    sync(service, desk)
    assert publish_places(service.database, merge_of_villages())
    assert not publish_places(service.database, merge_of_villages())
    sync(service, desk)
    for directory in (service.ledger.directory, desk.standing(TODAY).directory):
        assert directory.by_id(VILLAGE.id).name == "新定潭村委会"
        assert directory.seen_on("2025-12-31").by_id(VILLAGE.id).name == "定潭村委会"
        assert [place.id for place in directory.successors(NEIGHBOUR.id)] == [VILLAGE.id]
        assert not directory.by_id(NEIGHBOUR.id).is_valid_on(TODAY)
        assert len(directory) == len(DIRECTORY)


def test_a_later_change_of_places_keeps_the_earlier_ones(service: Service, desk: DeskFile):
    publish_places(service.database, merge_of_villages())
    other = DIRECTORY.by_code("341002001001")
    publish_places(service.database, [msgspec.structs.replace(other, name="荷花社区居委会", was=other.name)])
    sync(service, desk)
    directory = desk.standing(TODAY).directory
    assert directory.by_id(other.id).name == "荷花社区居委会"
    assert directory.by_id(VILLAGE.id).name == "新定潭村委会"
    assert reference_heads(service) == [("place", "places", "2")]


def test_a_founded_village_may_be_granted_and_synced_at_once(service: Service, tmp_path: Path):
    founded = Place(
        "0192-founded", "341021101299", "新立村委会", "village", "villagers_committee", VILLAGE.parent, TODAY
    )
    publish_places(service.database, [founded])
    with new_desk(tmp_path / "new", NAMED) as desk:
        who = caller(service, desk.device_id(), "village", founded.id)
        desk.commit(Edit(founded.id, "named", "r1", {"kind": "1"}, "汪文书"))
        report = synchronise(desk, MemoryCarrier(service, who))
    assert (report.pushed, report.rejected) == (1, 0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "12"}, "12 位数字"),
        ({"name": " "}, "没有写名称"),
        ({"parent": "nowhere"}, "找不到上级单位"),
        ({"parent": NEIGHBOUR.id}, "级别不比它高"),
        ({"valid_to": "2026-02-30"}, "日期"),
        ({"valid_from": "2026-02-02", "valid_to": "2026-02-01"}, "不晚于启用日期"),
        ({"into": NEIGHBOUR.id}, "没有写停用日期"),
        ({"into": "nowhere", "valid_to": "2026-02-01"}, "找不到并入的单位"),
        ({"code": NEIGHBOUR.code}, "同时属于"),
    ],
)
def test_places_that_do_not_fit_together_are_refused(service: Service, change: dict[str, str], reason: str):
    with pytest.raises(DataError, match=reason):
        publish_places(service.database, [msgspec.structs.replace(VILLAGE, **change)])
    assert reference_heads(service) == []


def test_a_township_cannot_be_closed_over_villages_that_stand(service: Service):
    township = DIRECTORY.by_id(VILLAGE.parent)
    with pytest.raises(DataError, match="还有下级单位"):
        publish_places(service.database, [msgspec.structs.replace(township, valid_to="2026-01-01")])


def test_two_rows_of_a_place_may_not_hold_at_once(service: Service):
    later = msgspec.structs.replace(VILLAGE, name="别名村委会", valid_from="2026-01-01")
    with pytest.raises(DataError, match="时间重叠"):
        publish_places(service.database, [VILLAGE, later])


def test_a_setting_changes_the_figures_of_desk_and_server(service: Service, desk: DeskFile):
    sync(service, desk)
    publish_settings(service.database, {"worker_certified": "须持职业水平证书", "fused_target": "60%"})
    sync(service, desk)
    wanted = {"worker_certified": "yes", "fused_target": "60"}
    assert dict(desk.standing(TODAY).settings) == dict(standing_of(service.database).settings) == wanted
    assert figures(service, {}) != figures(service, standing_of(service.database).settings)


def figures(service: Service, settings: object) -> tuple[object, ...]:
    """I04 over one social worker without a certificate, in the server's own tables."""
    import datetime as dt

    from hsdesk.reports.indicator_values import evaluate_all

    forms, places = latest_forms_of(service), service.ledger.directory
    answers: dict[str, Value] = {"is_sw": "1", "sw_cert": "0", "hired_on": "2019-01-01"}
    with service.database.writing() as connection:
        columns = ", ".join(answers)
        connection.run('DELETE FROM "worker"')
        connection.run(
            f'INSERT INTO "worker" (_scope, _id, {columns}) VALUES (?, ?, ?, ?, ?)',
            VILLAGE.id,
            "w",
            *answers.values(),
        )
        registers = CityRegisters(connection, forms, places, settings)  # type: ignore[arg-type]
        found = evaluate_all(registers, VILLAGE, today_is(dt.date(2026, 11, 24)))
    return tuple(one.value for one in found if one.id == "I04")


def test_an_unknown_setting_and_an_unknown_choice_are_refused(service: Service):
    with pytest.raises(DataError, match="没有口径设置"):
        publish_settings(service.database, {"colour": "red"})
    with pytest.raises(DataError, match="只能写"):
        publish_settings(service.database, {"hub_scope": "moon"})
    with pytest.raises(DataError, match="0 至 100"):
        publish_settings(service.database, {"fused_target": "1000"})


ROUND = Round("q4_2026", "2026年第四季度", "2026Q4", "2027-01-05", ("social_org",), (), "village")


def test_a_round_reaches_the_desks_and_is_closed(service: Service, desk: DeskFile):
    assert open_round(service.database, ROUND)
    assert not open_round(service.database, ROUND)
    sync(service, desk)
    assert desk.standing(TODAY).rounds == (ROUND,)
    close_round(service.database, "q4_2026")
    sync(service, desk)
    assert [asked.open for asked in desk.standing(TODAY).rounds] == [False]
    with pytest.raises(Refused, match="没有填报任务"):
        close_round(service.database, "nothing")


def test_a_round_asks_only_the_level_and_the_places_it_names():
    town = DIRECTORY.by_id(VILLAGE.parent)
    below = msgspec.structs.replace(ROUND, places=(town.id,))
    assert below.asks(VILLAGE, DIRECTORY)
    assert not below.asks(DIRECTORY.by_code("341002001001"), DIRECTORY)
    assert not ROUND.asks(town, DIRECTORY)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../x"}, {"title": ""}, {"forms": ()}, {"forms": ("nothing",)}, {"deadline": "soon"},
        {"period": "2026Q9"}, {"places": ("nowhere",)},
    ],
)  # fmt: skip
def test_a_round_that_nobody_could_answer_is_not_sent(service: Service, change: dict[str, object]):
    with pytest.raises(DataError):
        open_round(service.database, msgspec.structs.replace(ROUND, **change))
    assert reference_heads(service) == []


def test_a_round_may_be_called_by_its_period_once_whatever_the_capitals(service: Service):
    assert open_round(service.database, msgspec.structs.replace(ROUND, id="2026Q4"))
    with pytest.raises(DataError, match="2026Q4"):
        open_round(service.database, msgspec.structs.replace(ROUND, id="2026q4"))
    assert [one.id for one in standing_of(service.database).rounds] == ["2026Q4"]
