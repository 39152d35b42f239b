"""A question that others lean on is taken out: they alone are not known here, and everything else goes on."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from desk_world import PASSPHRASE, VILLAGE, new_desk, new_organization
from sync_databases import KINDS, fresh

from hsdesk.city.ledger.reading import CityRegisters
from hsdesk.city.running import administration
from hsdesk.city.running.service import open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.cli.run import run
from hsdesk.desk import Desk
from hsdesk.errors import DataError
from hsdesk.forms import shipped
from hsdesk.forms.schema import Form, Item, Question
from hsdesk.model.asked_day import today_is
from hsdesk.model.resource import resource_dir
from hsdesk.reports.broken import broken
from hsdesk.reports.indicator_values import evaluate_all

TODAY = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[str]:
    for url in fresh(request.param, tmp_path, postgres_url):
        administration.init(url, tmp_path / "keys")
        yield url


def ask(home: Path, *words: str) -> tuple[int, Any]:
    out = io.StringIO()
    code = run([*words, "--home", str(home), "--json"], None, out, io.StringIO())
    return code, json.loads(out.getvalue())


def sheet_without(folder: Path, *questions: str) -> Path:
    """Write the workbook of 社区社会组织 as an official would hand it back, some questions taken out."""
    lines = (resource_dir() / "forms" / "social_org.md").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not any(f"| {name} |" in line for name in questions)]
    assert len(kept) == len(lines) - len(questions)
    path = folder / "social_org.md"
    path.write_text(re.sub(r"2026\.\d+", "2030.1", "\n".join(kept)), encoding="utf-8")
    return path


def without(form: Form, *keys: str) -> Form:
    """Return a later version of a form that does not ask these questions."""

    def kept(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(
            item
            if isinstance(item, Question)
            else msgspec.structs.replace(item, children=kept(item.children))
            for item in items
            if not (isinstance(item, Question) and item.key in keys)
        )

    return msgspec.structs.replace(form, children=kept(form.children), version="2030.1")


def test_no_definition_of_the_program_leans_on_what_its_own_forms_lack() -> None:
    assert broken(shipped.shipped_forms(), {}) == ()


def test_a_removed_question_silences_its_reminder_and_nothing_else(home: Path, tmp_path: Path) -> None:
    new_organization_at(home)
    code, said = ask(home, "forms", "install", str(sheet_without(tmp_path, "expire_on")))
    assert (code, said["removed"]) == (0, ["expire_on"])
    assert any("到期提醒" in one and "expire_on" in one for one in said["leaning"])
    code, checked = ask(home, "check")
    named = [one for one in checked["findings"] if one["rule"] == "definition"]
    assert code == 1  # what the record itself lacks is found as before
    assert any(one["rule"] == "required" for one in checked["findings"])
    assert [one["path"] for one in named] == ["expire_on"] * len(named)
    assert any("到期提醒" in one["message"] and "此处不知" in one["message"] for one in named)
    code, told = ask(home, "indicators")
    assert code == 0
    gone = [one["id"] for one in told["indicators"] if "expire_on" in one["reason"]]
    assert [one for one in said["leaning"] if "指标" in one and not any(name in one for name in gone)] == []
    assert "I01" not in gone
    assert ask(home, "status")[0] == ask(home, "check", "--register", "grid")[0] == 0
    desk = Desk.open(home, PASSPHRASE)
    try:
        for one in desk.reports.summaries():
            if one.register == "social_org":
                assert desk.reports.build(one.name)
    finally:
        desk.close()


def new_organization_at(home: Path) -> None:
    desk = new_desk(home)
    new_organization(desk, "定潭村老年协会", "汪大爷")
    desk.close()


def test_each_definition_that_leans_on_what_is_gone_says_so_by_name(home: Path) -> None:
    new_organization_at(home)
    desk_form = without(shipped.shipped_form("social_org"), "filed_on", "member_n")
    desk = Desk.open(home, PASSPHRASE)
    try:
        told = desk.reports.would_break(desk_form)
        assert [one for one in desk.reports.findings("grid") if one.rule == "definition"] == []
        desk.file.install(desk_form)
        values = {one.id: one for one in desk.reports.indicators(today_is(TODAY))}
        assert values["I01"].value is None
        assert values["I01"].shown == "此处不知"
        assert "filed_on" in values["I01"].reason
        assert any(one.value is not None for one in values.values())
        found = [one for one in desk.reports.findings() if one.rule == "definition"]
        assert len(found) == len(told) > 3
        assert any("打印件" in one.message for one in found)
        desk.reports.reminders(TODAY)
        quarter = next(one for one in desk.reports.summaries() if "季度" in one.title)
        with pytest.raises(DataError, match="做不出来"):
            desk.reports.build(quarter.name)
        roster = next(one for one in desk.reports.summaries() if one.title == "社区社会组织花名册")
        (summary,) = desk.reports.build(roster.name)
        assert "此处不知" in str(summary.blocks)
    finally:
        desk.close()


def test_the_city_publishes_such_a_form_and_says_what_leans_on_it(city: str) -> None:
    form = without(shipped.shipped_form("social_org"), "filed_on", "expire_on")
    published = administration.add_form(city, form)
    assert any("I01" in one for one in published["leaning"])
    assert any("expire_on" in one for one in published["leaning"])
    database = open_database(city)
    try:
        service = open_service(database)
        directory = service.ledger.directory
        with database.reading() as connection:
            service.ledger.shapes.current(connection)
            forms = {name: register.form for name, register in service.ledger.shapes.registers.items()}
            registers = CityRegisters(connection, forms, directory)
            village = next(place for place in directory if place.code == VILLAGE)
            values = {one.id: one for one in evaluate_all(registers, village, today_is(TODAY))}
    finally:
        database.close()
    assert (values["I01"].value, values["I01"].shown) == (None, "此处不知")
    assert sum(one.value is not None for one in values.values()) > 3
    taken_back = administration.withdraw_form(city, "social_org")
    assert taken_back["leaning"] == []
