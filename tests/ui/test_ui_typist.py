"""A fast typist loses no character, and every form is filled without a mouse; its keystrokes are counted."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from typist import Count, Typist, keys_of
from ui_world import PASSPHRASE, PATIENCE_MS, Window, focus

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.model.answer import Value
from hsdesk.model.resource import resource_dir
from ui.pages.home import HomePage
from ui.pages.page import Target
from ui.pages.register import RegisterPage
from ui.record.page import RecordPage

PLACES = {"village": "341021101204", "township": "341021101", "county": "341021", "city": "341000"}
SAMPLE = ("visit", "social_org", "self_gov_body")
MOST = 1.1  # keys for each character typed and answer given
PAUSE_MS = 8
DEMO = resource_dir() / "demo" / PLACES["village"]


def forms() -> list[str]:
    with (resource_dir() / "forms" / "index.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [row["form_id"] for row in csv.DictReader(lines)]


def sample_of(form: str) -> dict[str, Value]:
    """Return a sample record of a form, empty where there is none."""
    for path in (DEMO / f"{form}.jsonl", resource_dir() / "forms" / "packs" / f"{form}.jsonl"):
        if path.exists():
            return dict(json.loads(path.read_text(encoding="utf-8").splitlines()[0]))
    return {}


@pytest.fixture(scope="module")
def county_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed desk of every level with the sample registers that others refer to."""
    folder = tmp_path_factory.mktemp("typist") / "home"
    desk, _ = Desk.create(folder, tuple(PLACES.values()), "汪文书", PASSPHRASE)
    for form in ("grid", "grid_staff", "party_org", "social_org"):
        lines = (DEMO / f"{form}.jsonl").read_text(encoding="utf-8").splitlines()
        records = [JsonRecord(at, json.loads(line)) for at, line in enumerate(lines, 1)]
        desk.bulk.add(form, records, PLACES["village"])
    desk.close()
    return folder


@pytest.fixture
def opened(qtbot: QtBot, county_home: Path) -> Iterator[Window]:
    window = Window(qtbot, county_home)
    window.open(PASSPHRASE)
    yield window
    window.close()


def filled(window: Window, form_id: str) -> Count:
    """Fill a new record of a form by keys; everything that must be given is given."""
    window.ask(lambda desk: desk.file.open_form(form_id, True))
    form = window.ask(lambda desk: desk.file.form(form_id))
    place = window.ask(lambda desk: desk.records.place(PLACES[form.level]).id)  # type: ignore[attr-defined]
    window.work.show_target(Target("new", form_id, scope=str(place)))
    window.qtbot.waitUntil(
        lambda: isinstance(window.work.page, RecordPage) and window.work.page.entry.form.form_id == form_id,
        timeout=PATIENCE_MS,
    )
    window.qtbot.waitUntil(lambda: not window.work.gate.is_shut, timeout=PATIENCE_MS)
    page = window.page(RecordPage)
    count = Typist(page, sample_of(form_id)).fill()
    window.rest()
    page.check()
    left = [one.path for one in page.findings if one.rule in ("required", "type", "unsaved")]
    count.missing = [path for path in left if not is_empty_list(page, path)]
    return count


def is_empty_list(page: RecordPage, path: str) -> bool:
    """Tell whether an answer is chosen from a register that has no record yet."""
    view = page.entry.session.node(path)
    return bool(view.question.list_name) and not view.choices


def published(counts: dict[str, Count]) -> str:
    """Return the table of keystrokes."""
    lines = [f"{form}: {one.keys} keys, {one.characters} characters, {one.answers} answers, {one.ratio:.2f}"
             for form, one in counts.items()]  # fmt: skip
    return "\n".join(lines)


FAST = "thequickbrownfoxjumpsoverthelazydog"


def typed_fast(window: Window, text: str) -> None:
    handle = window.shell.windowHandle()
    assert handle is not None
    keys_of(handle, text, pause_ms=PAUSE_MS)


def settled(window: Window) -> None:
    window.qtbot.waitUntil(lambda: not window.work.gate.is_shut, timeout=PATIENCE_MS)
    window.rest()


def fields(window: Window) -> Iterator[QLineEdit]:
    """Yield a field to type into on every page that has one, with the focus in it."""
    window.work.go("home")
    window.page(HomePage)
    window.work.finder.setFocus()
    yield window.work.finder
    window.work.go("register", "social_org")
    page = window.page(RegisterPage)
    settled(window)
    page.search.setFocus()
    yield page.search
    record = window.new("social_org")
    settled(window)
    line = focus(record, "org_name")
    assert isinstance(line, QLineEdit)
    yield line
    for name in ("sync", "settings", "indicators", "prints", "help"):
        window.work.go(name)
        settled(window)
        lines = window.work.page.findChildren(QLineEdit)
        for one in [one for one in lines if one.isVisible() and one.isEnabled() and not one.isReadOnly()][:1]:
            one.clear()
            one.setFocus()
            yield one


def test_every_character_of_a_fast_typist_arrives_on_every_page(window: Window) -> None:
    seen = []
    for field in fields(window):
        typed_fast(window, FAST)
        assert field.text() == FAST
        seen.append(field)
        field.clear()
    assert len(seen) >= 4


def type_records(window: Window, count: int) -> None:
    """Make records one after another without ever waiting for a page."""
    window.work.go("register", "social_org")
    window.page(RegisterPage)
    settled(window)
    handle = window.shell.windowHandle()
    assert handle is not None
    names = [f"{FAST}{'abcdefghij'[at]}" for at in range(count)]
    for name in names:
        QTest.keyClick(handle, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier, PAUSE_MS)
        typed_fast(window, name)
        QTest.keyClick(handle, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, PAUSE_MS)
        typed_fast(window, "2")
    QTest.keyClick(handle, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, PAUSE_MS)
    window.page(RegisterPage)
    settled(window)
    keys = window.ask(lambda desk: desk.lists.keys("social_org", ListQuery(search=FAST)))
    rows = window.ask(lambda desk: desk.lists.rows("social_org", keys))  # type: ignore[arg-type]
    found = {row.title: row.values.get("category") for row in rows}  # type: ignore[attr-defined]
    assert found == dict.fromkeys(names, "2")


def test_names_typed_through_page_changes_are_in_their_records_whole(window: Window) -> None:
    type_records(window, 2)


@pytest.mark.long
def test_ten_records_typed_without_waiting_are_all_there(window: Window) -> None:
    type_records(window, 10)


def check(counts: dict[str, Count]) -> None:
    print(published(counts))
    assert {form: one.missing for form, one in counts.items() if one.missing} == {}
    assert [f"{form} {one.ratio:.2f}" for form, one in counts.items() if one.ratio > MOST] == []


def test_a_form_is_filled_without_a_mouse_with_hardly_a_key_more_than_it_has_answers(opened: Window) -> None:
    check({form: filled(opened, form) for form in SAMPLE})


@pytest.mark.long
def test_every_shipped_form_is_filled_without_a_mouse(opened: Window) -> None:
    check({form: filled(opened, form) for form in forms()})
