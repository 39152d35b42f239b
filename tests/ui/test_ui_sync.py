"""The sync centre against a real city server on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from synced_world import change_place, enrolled, send
from ui_world import PASSPHRASE, Window, button, enter, focus, press, typed, words

from hsdesk.cli.journey import Journey, Server, city_server
from hsdesk.desk import Desk
from hsdesk.desk.grid_values import STATE, ColumnFilter, GridView
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import Draft, ListQuery
from hsdesk.errors import DataError
from ui.pages.conflict import ConflictCard
from ui.pages.register import RegisterPage
from ui.pages.sync import SyncPage
from ui.words import size_words


def the_card(page: SyncPage) -> ConflictCard:
    (card,) = (one for one in page.findChildren(ConflictCard) if one.isVisible())
    return card


def cards(page: SyncPage) -> list[ConflictCard]:
    return [one for one in page.findChildren(ConflictCard) if one.isVisible()]


def let_expire(window: Window, name: str) -> None:
    def edit(desk: Desk) -> object:
        record = desk.lists.keys("social_org", ListQuery(search=name))[0].record
        content = {"_id": record, "reg_status": "2", "filed_on": "2020-01-01", "expire_on": "2020-12-31"}
        return desk.bulk.edit("social_org", [JsonRecord(1, content)])

    window.ask(edit)


def states_in_the_list(window: Window) -> dict[str, str]:
    """Return what the state column of the organizations says, by their names."""
    window.work.go("register", "social_org")
    grid = window.page(RegisterPage).grid
    assert grid is not None
    grid.choose_columns(("", STATE))
    window.rest()
    grid.reload()
    window.rest()
    return {grid.model.text(row, 0): grid.model.text(row, 1) for row in range(grid.model.rowCount())}


def titles(desk: Desk, view: GridView) -> list[str]:
    return [row.title for row in desk.grid.listed("social_org", view, 0, 9).rows]


def test_what_waits_counts_down_only_when_the_server_has_it(window: Window, server: Server) -> None:
    page = enrolled(window, server)
    assert page._send.state.text().startswith("未上传")
    said = send(window, page)
    assert "市级服务器都已收到" in said
    assert page._send.state.text() == "都已上传"
    assert "收发记录" in words(page)


def test_two_different_values_stand_side_by_side_until_a_person_chooses(
    window: Window, server: Server, township: Desk
) -> None:
    page = enrolled(window, server)
    send(window, page)
    township.exchange.sync()
    record = change_place(township, "镇文化站")
    township.exchange.sync()
    form = window.record("定潭老年协会")
    typed(focus(form, "place"), "村文化礼堂")
    enter()
    window.rest()
    let_expire(window, "新安江护河队")
    waiting = {"定潭老年协会": "未填完 · 未上传", "新安江护河队": "已过期 · 未填完 · 未上传"}
    assert states_in_the_list(window) == {"定潭红白理事会": "未填完", **waiting}
    window.work.go("sync")
    send(window, page)
    window.qtbot.waitUntil(lambda: "两边改得不一样（1 处）" in words(page), timeout=20_000)
    assert states_in_the_list(window) == {
        "定潭老年协会": "两边不一样 · 未填完",
        "新安江护河队": "已过期 · 未填完",
        "定潭红白理事会": "未填完",
    }
    for state, name in (("conflict", "定潭老年协会"), ("expired", "新安江护河队")):
        view = GridView(filters=(ColumnFilter(STATE, values=(state,)),))
        assert window.ask(lambda desk, view=view: titles(desk, view)) == [name]
    window.work.go("sync")
    window.rest()  # the page reads its conflicts anew
    told = {"原来的", "我改的", "别人改的", "村文化礼堂", "镇文化站"}
    window.qtbot.waitUntil(lambda: all(word in words(page) for word in told), timeout=20_000)
    card = the_card(page)
    assert not card.hold.isVisible()  # a venue is nothing to hide
    card._resolve("b" if card.conflict.b.shown == "镇文化站" else "a")
    window.rest()
    window.qtbot.waitUntil(lambda: "两边改得不一样（1 处）" not in words(page), timeout=20_000)
    send(window, page)
    township.exchange.sync()
    assert township.exchange.conflicts() == ()
    assert township.records.entry("social_org", record).session.node("place").value == "镇文化站"


def test_another_value_can_be_typed_instead_of_both(window: Window, server: Server, township: Desk) -> None:
    page = enrolled(window, server)
    send(window, page)
    township.exchange.sync()
    change_place(township, "镇文化站")
    township.exchange.sync()
    form = window.record("定潭老年协会")
    typed(focus(form, "place"), "村文化礼堂")
    enter()
    window.rest()
    window.work.go("sync")
    send(window, page)
    window.qtbot.waitUntil(lambda: "两边改得不一样（1 处）" in words(page), timeout=20_000)
    township.exchange.sync()
    (conflict,) = township.exchange.conflicts()
    with pytest.raises(DataError, match="半个字符"):  # read as what is typed into the field
        township.exchange.resolve(conflict.id, "value", "老祠\ud83d")
    card = the_card(page)
    typed(card.own, "老祠堂")
    card.own.setFocus()
    enter()
    window.rest()
    assert window.stored(form, "place") == "老祠堂"


def test_after_registering_the_big_button_waits(window: Window, server: Server) -> None:
    page = enrolled(window, server)
    assert page._send.result.text().startswith("设备登记成功。")
    assert page._send.result.isVisible()
    assert page._send.press.hasFocus()


def test_each_choice_leads_to_the_next_one_and_the_last_to_the_button(
    window: Window, server: Server, township: Desk
) -> None:
    page = enrolled(window, server)
    send(window, page)
    township.exchange.sync()
    for name in ("定潭老年协会", "新安江护河队"):
        change_place(township, "镇文化站", name)
        typed(focus(window.record(name), "place"), "村文化礼堂")
        enter()
        window.rest()
    township.exchange.sync()
    window.work.go("sync")
    assert "2 处两边改得不一样" in send(window, page)
    window.qtbot.waitUntil(lambda: len(cards(page)) == 2, timeout=20_000)
    press(Qt.Key.Key_Tab)
    cards(page)[0].first_choice().click()
    window.qtbot.waitUntil(lambda: len(cards(page)) == 1, timeout=20_000)
    assert page._send.result.text() == "还有 1 处两边改得不一样，请核对取舍。"
    (left,) = cards(page)
    assert left.first_choice().hasFocus()
    enter()
    window.qtbot.waitUntil(lambda: not cards(page), timeout=20_000)
    assert "都核对好了" in page._send.result.text()
    assert page._send.press.hasFocus()


def test_a_cell_that_is_not_finished_is_not_called_sent(window: Window, server: Server) -> None:
    page = enrolled(window, server)
    record = str(window.ask(lambda desk: desk.lists.keys("social_org", ListQuery())[0].record))
    window.ask(lambda desk: desk.records.save_draft(a_draft(desk, record)))
    send(window, page)
    assert page._send.state.text() == "1 处未填完，没有上传"


def a_draft(desk: Desk, record: str) -> Draft:
    scope = desk.records.entry("social_org", record).scope
    return Draft(scope=scope, form="social_org", record=record, path="member_n", text="十二")


def test_a_server_that_is_gone_loses_nothing_and_says_so(
    qtbot: QtBot, desk_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    with city_server(Journey(folder, lambda _: None)) as server:
        page = enrolled(window, server)
    said = send(window, page)
    assert "已填内容都保存在本机" in said
    assert page._send.press.isEnabled()
    assert "未上传" in page._send.state.text()
    window.close()


def test_a_code_that_is_wrong_is_told_in_plain_words(window: Window, server: Server) -> None:
    window.work.go("sync")
    page = window.page(SyncPage)
    page._enrol.url.edit.setText(server.url)
    page._enrol.code.edit.setText("不是登记码")
    page._enrol.enrol()
    window.rest()
    assert "登记码" in page._enrol.message.text()
    assert button(page, "登记这台电脑").isEnabled()


def test_amounts_of_data_are_told_in_units_people_know() -> None:
    assert [size_words(size) for size in (1, 900, 15_300, 2_400_000)] == ["1 KB", "1 KB", "15 KB", "2.3 MB"]


def test_nothing_of_the_sync_runs_on_the_thread_of_the_window(window: Window, server: Server) -> None:
    page = enrolled(window, server)
    page._send.press.click()
    assert page._job is not None  # the click came back at once
    assert page._send.stop.isVisibleTo(page)
    window.qtbot.waitUntil(lambda: page._job is None, timeout=60_000)
