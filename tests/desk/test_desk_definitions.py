"""Program upgrades, what the city publishes and takes back, forms that cannot be used: by the desk's door."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from desk_world import PASSPHRASE, VILLAGE, new_desk, new_organization
from next_program import Upgrade, changed, forget
from older import pointed_at
from sync_databases import KINDS, fresh
from sync_process import serving

from hsdesk.city.running import administration
from hsdesk.city.running.service import open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.desk.values import ListQuery
from hsdesk.errors import FormError, Refused
from hsdesk.forms import shipped
from hsdesk.forms.schema import Form
from hsdesk.registers.tables import all_tables, drop_sql, register_table
from hsdesk.wire.messages import ReferenceHead, ReferenceItem

FORM = "social_org"


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[str]:
    for url in fresh(request.param, tmp_path, postgres_url):
        administration.init(url, tmp_path / "keys")
        yield url


@pytest.fixture
def upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upgrade]:
    yield Upgrade(tmp_path / "next resources", monkeypatch)
    monkeypatch.undo()
    forget()


def shipped_org() -> Form:
    return shipped.shipped_form(FORM)


def enrolled(home: Path, city: str, url: str) -> Desk:
    desk = new_desk(home)
    desk.exchange.enroll(url, administration.code(city, (VILLAGE,), "village")["code"])
    return desk


def standing_version(city: str, form: str = FORM) -> str:
    return next(one.version for one in administration.forms(city)[0] if one.form == form)


def asked(home: Path, *words: str) -> dict[str, Any]:
    out = io.StringIO()
    assert run([*words, "--home", str(home), "--json"], None, out, io.StringIO()) == 0
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_a_program_upgrade_lowers_neither_the_desks_nor_the_servers_form_of_the_city(
    city: str, home: Path, upgrade: Upgrade
) -> None:
    administration.add_form(city, changed(shipped_org(), "2030.9", member_n="decimal"))  # a widened type
    with serving(city) as running, closing(enrolled(home, city, running.url)) as desk:
        desk.exchange.sync()
        assert desk.file.form(FORM).version == "2030.9"
        record = new_organization(desk, "定潭老年协会", "张三")
        desk.exchange.sync()
        assert {path.name[-len("-sync.hsbackup") :] for path in (home / "backups").iterdir()} == {
            "-sync.hsbackup"
        }
    upgrade.to(changed(shipped_org(), "2026.7"), changed(shipped.shipped_form("grid"), "2026.7"))
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        assert desk.file.form(FORM).version == "2030.9"
        assert desk.file.form("grid").version == "2026.7"  # of which the city has said nothing
    service = open_service(open_database(city))  # it starts, although the shipped form is narrower
    service.database.close()
    assert (standing_version(city), standing_version(city, "grid")) == ("2030.9", "2026.7")
    with serving(city) as running, closing(Desk.open(home, PASSPHRASE)) as desk:
        pointed_at(desk, running.url)
        report, _ = desk.exchange.sync()
        assert (report.complete, report.differing) == (True, 0)
        assert (desk.file.form(FORM).version, desk.file.form("grid").version) == ("2030.9", "2026.7")
        assert desk.lists.document(FORM, record)["org_name"] == "定潭老年协会"


def test_a_form_that_an_older_program_let_pass_the_citys_is_put_behind_it_again(city: str) -> None:
    administration.add_form(city, changed(shipped_org(), "2030.9"))
    with closing(open_database(city)) as database, database.writing() as connection:
        connection.run(  # as programs did that knew no order
            "UPDATE hs_reference SET rev = (SELECT max(rev) + 1 FROM hs_reference)"
            " WHERE kind = 'form' AND id = ? AND version = ?",
            FORM,
            shipped_org().version,
        )
    assert standing_version(city) == "2030.9"


def test_what_the_city_takes_back_gives_way_to_the_programs_form_down_to_the_desks(
    city: str, home: Path
) -> None:
    before = shipped_org().version
    administration.add_form(city, changed(shipped_org(), "2030.9", member_n="decimal"))
    with serving(city) as running, closing(enrolled(home, city, running.url)) as desk:
        desk.exchange.sync()
        record = new_organization(desk, "定潭老年协会", "张三")
        desk.exchange.sync()
        assert asked(home / "none", "server", "forms", "withdraw", FORM, "--database", city) == {
            "form": FORM,
            "version": before,
        }
        report, _ = desk.exchange.sync()
        assert (report.complete, report.differing) == (True, 0)
        assert (desk.file.form(FORM).version, standing_version(city)) == (before, before)
        assert desk.lists.document(FORM, record)["member_n"] == 12
        with pytest.raises(Refused, match="不用收回"):
            administration.withdraw_form(city, FORM)
        administration.add_form(city, changed(shipped_org(), "2030.9", member_n="decimal"))  # said again
        desk.exchange.sync()
        assert (desk.file.form(FORM).version, standing_version(city)) == ("2030.9", "2030.9")


def test_an_earlier_version_that_the_city_names_stands_again(city: str, home: Path, upgrade: Upgrade) -> None:
    for version in ("2030.1", "2030.2"):
        administration.add_form(city, changed(shipped_org(), version))
    with serving(city) as running, closing(enrolled(home, city, running.url)) as desk:
        desk.exchange.sync()
        words = ("server", "forms", "withdraw", FORM, "--to", "2030.1", "--database", city)
        named = asked(home / "none", *words)
        assert named["version"] == "2030.1"
        desk.exchange.sync()
        assert desk.file.form(FORM).version == "2030.1"
    with pytest.raises(Refused, match=r"没有版本 9，有：.*2030\.1"):
        administration.withdraw_form(city, FORM, "9")
    upgrade.to(changed(shipped_org(), "2026.7"))
    assert standing_version(city) == "2030.1"  # the city's word, as it named it
    Desk.open(home, PASSPHRASE).close()
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        assert desk.file.form(FORM).version == "2030.1"


def test_nothing_is_taken_back_when_an_answer_would_not_fit(city: str, home: Path) -> None:
    administration.add_form(city, changed(shipped_org(), "2030.9", member_n="decimal"))
    with serving(city) as running, closing(enrolled(home, city, running.url)) as desk:
        desk.exchange.sync()
        entry = desk.records.entry(FORM, new_organization(desk, "定潭老年协会", "张三"))
        edit = entry.edit(entry.session.answer("member_n", 12.5))
        assert edit is not None
        desk.records.save(edit)
        desk.exchange.sync()
        with pytest.raises(FormError, match=r"不能收回到版本.*没有改变"):
            administration.withdraw_form(city, FORM)
        assert standing_version(city) == "2030.9"
        desk.exchange.sync()
        assert desk.file.form(FORM).version == "2030.9"


def test_a_shipped_form_that_cannot_follow_is_set_aside_and_the_rest_goes_on(
    city: str, home: Path, upgrade: Upgrade
) -> None:
    new_desk(home).close()
    upgrade.to(
        changed(shipped_org(), "2026.7", org_name="int"), changed(shipped.shipped_form("grid"), "2026.7")
    )
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        assert desk.file.form(FORM).version != "2026.7"
        assert desk.file.form("grid").version == "2026.7"
        new_organization(desk, "定潭老年协会", "张三")
    (aside,) = asked(home, "status")["definitions"]
    assert (aside["kind"], aside["id"], aside["version"]) == ("form", FORM, "2026.7")
    assert "没有采用" in aside["reason"]
    service = open_service(open_database(city))
    service.database.close()
    (aside,) = asked(home / "none", "server", "forms", "list", "--database", city)["set_aside"]
    assert (aside["id"], aside["version"]) == (FORM, "2026.7")
    assert standing_version(city, "grid") == "2026.7"


def test_a_shipped_form_whose_tables_would_be_those_of_the_citys_stops_no_start(
    city: str, home: Path, upgrade: Upgrade
) -> None:
    administration.add_form(city, msgspec.structs.replace(shipped_org(), form_id="org_next", version="1"))
    with closing(new_desk(home)) as desk:
        desk.file.install(msgspec.structs.replace(shipped_org(), form_id="org_next", version="1"))
    upgrade.to(msgspec.structs.replace(shipped_org(), form_id="Org_Next", version="2026.7"))
    (aside,) = administration.forms(city)[1]
    assert (aside.id, "同一个名称" in aside.reason) == ("Org_Next", True)
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        desk._file.install_forms((msgspec.structs.replace(shipped_org(), form_id="Org_Next"),))
        assert [one.id for one in desk.status().definitions] == ["Org_Next"]
        assert desk.file.form("org_next").version == "1"


UNKNOWN = b'{"form_id": "future", "version": "3", "children": [{"type": "Hologram", "name": "x"}]}'


def test_a_received_form_that_cannot_be_used_is_set_aside_and_everything_else_arrives(home: Path) -> None:
    with closing(new_desk(home)) as desk:
        clash = msgspec.structs.replace(shipped_org(), form_id="SOCIAL_ORG", version="1")
        fine = msgspec.structs.replace(shipped.shipped_form("grid"), form_id="grid_of_the_city", version="1")
        items = (
            ReferenceItem(ReferenceHead("form", "future", "3", "d1", "city"), UNKNOWN),
            ReferenceItem(ReferenceHead("form", "SOCIAL_ORG", "1", "d2", "city"), msgspec.json.encode(clash)),
            ReferenceItem(ReferenceHead("codelist", "gender", "9", "d3", "city"), b'[{"nome": "1"}]'),
            ReferenceItem(ReferenceHead("form", fine.form_id, "1", "d4", "city"), msgspec.json.encode(fine)),
        )
        desk._file.take_reference(items, 7)
        assert desk._file.reference_rev() == 7
        assert desk._file.missing_reference([item.head for item in items]) == ()
        assert desk.file.form("grid_of_the_city").version == "1"
        new_organization(desk, "定潭老年协会", "张三")
    status = asked(home, "status")
    assert [(one["kind"], one["id"]) for one in status["definitions"]] == [
        ("form", "SOCIAL_ORG"),
        ("form", "future"),
        ("codelist", "gender"),
    ]
    for one in status["definitions"]:
        assert "先放在一边" in one["reason"]
        assert "都没有改变" in one["reason"]
    listed = asked(home, "forms", "list")
    assert {one["id"] for one in listed["set_aside"]} == {"SOCIAL_ORG", "future"}
    assert asked(home, "list", FORM)["count"] == 1


def test_records_of_a_form_that_cannot_be_used_appear_once_it_can(
    city: str, home: Path, tmp_path: Path
) -> None:
    survey = msgspec.structs.replace(shipped_org(), form_id="survey9", version="1")
    administration.add_form(city, survey)
    with serving(city) as running:
        with closing(enrolled(tmp_path / "other", city, running.url)) as other:
            other.exchange.sync()
            entry = other.records.entry("survey9")
            edit = entry.edit(entry.session.answer("org_name", "定潭老年协会"))
            assert edit is not None
            other.records.save(edit)
            other.exchange.sync()
        with closing(enrolled(home, city, running.url)) as desk:
            clash = msgspec.structs.replace(survey, form_id="SURVEY9")  # its table has the same name
            desk.file.install(clash)
            report, _ = desk.exchange.sync()
            assert (report.complete, report.differing) == (True, 0)
            assert [one.id for one in desk.status().definitions] == ["survey9"]
            for table in all_tables(register_table(clash)):
                desk._file._connection.run(drop_sql(table))
            desk._file._connection.run(
                "DELETE FROM hs_form WHERE form_id = 'SURVEY9'"
            )  # nothing is in the way now
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        assert desk.status().definitions == ()
        (row,) = desk.lists.rows("survey9", desk.lists.keys("survey9", ListQuery()))
        assert row.title == "定潭老年协会"


def test_a_form_installed_by_hand_outlives_an_upgrade_until_the_city_speaks(
    city: str, home: Path, upgrade: Upgrade
) -> None:
    with closing(new_desk(home)) as desk:
        desk.file.install(changed(shipped_org(), "my own"))
    upgrade.to(changed(shipped_org(), "2026.7"))
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        assert desk.file.form(FORM).version == "my own"
    administration.add_form(city, changed(shipped_org(), "2030.9"))
    with serving(city) as running, closing(Desk.open(home, PASSPHRASE)) as desk:
        desk.exchange.enroll(running.url, administration.code(city, (VILLAGE,), "village")["code"])
        desk.exchange.sync()
        assert desk.file.form(FORM).version == "2030.9"
