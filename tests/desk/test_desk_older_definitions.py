"""Definitions in files of 37eeae4: what the city published there stands, now and in the next program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from next_program import Upgrade, changed, forget
from older import PASSPHRASE, older_city, older_desk, pointed_at, shown_before
from sync_databases import KINDS, fresh
from sync_process import serving

from hsdesk.city.running import administration
from hsdesk.desk import Desk
from hsdesk.errors import FormError
from hsdesk.forms import shipped

FORM = "social_org"


@pytest.fixture
def upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upgrade]:
    yield Upgrade(tmp_path / "next resources", monkeypatch)
    monkeypatch.undo()
    forget()


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[str]:
    for url in fresh(request.param, tmp_path / "unused", postgres_url):
        yield older_city(request.param, tmp_path, url)


def version_before(name: str, form: str = FORM) -> str:
    version: str = shown_before(name)["shown"]["versions"][form]
    return version


def test_the_next_program_leaves_the_citys_form_of_an_older_desk_and_server_as_it_is(
    city: str, tmp_path: Path, upgrade: Upgrade
) -> None:
    home = older_desk("village", tmp_path)
    newer = changed(shipped.shipped_form(FORM), "2027.1")
    upgrade.to(newer, changed(shipped.shipped_form("grid"), "2027.1"))
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        assert desk.file.form(FORM).version == version_before("village") != "2027.1"
        assert desk.file.form("grid").version == "2027.1"
        assert desk.status().definitions == ()
    standing = {
        one.form: (one.version, one.word) for one in administration.forms(city)[0]
    }  # narrower, and it starts
    assert standing[FORM] == (version_before("village"), "city")
    assert standing["grid"] == ("2027.1", "program")
    with serving(city) as running, closing(Desk.open(home, PASSPHRASE)) as desk:
        pointed_at(desk, running.url)
        report, _ = desk.exchange.sync()
        assert (report.complete, report.differing) == (True, 0)
        assert desk.file.form(FORM).version == version_before("village")


def test_what_an_older_city_published_is_not_taken_back_from_answers_that_need_it(city: str) -> None:
    with pytest.raises(FormError, match="不能收回到版本") as refused:  # somebody typed 15.5
        administration.withdraw_form(city, FORM)
    assert "member_n" in str(refused.value.problems)
    assert {one.form: one.version for one in administration.forms(city)[0]}[FORM] == version_before("village")


def test_a_desk_that_was_never_enrolled_takes_the_next_programs_forms_and_keeps_its_own(
    tmp_path: Path, upgrade: Upgrade
) -> None:
    own = set(shown_before("alone")["shown"]["versions"]) - set(shipped.index())
    upgrade.to(changed(shipped.shipped_form(FORM), "2027.1"))
    with closing(Desk.open(older_desk("alone", tmp_path), PASSPHRASE)) as desk:
        assert desk.file.form(FORM).version == "2027.1"
        assert {name: desk.file.form(name).version for name in own} == {
            name: version_before("alone", name) for name in own
        }
