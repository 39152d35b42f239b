"""The pages behind the navigation, on a real desk."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from ui_world import ORGANIZATIONS, PASSPHRASE, VILLAGE, Window, button, enter, typed, words

from hsdesk.desk import Desk
from hsdesk.desk.values import Changes, ListQuery
from hsdesk.errors import WrongPassphrase
from hsdesk.reports.indicators import PartValue
from ui.nav import Nav
from ui.pages import reason
from ui.pages.gap import gap_words
from ui.pages.home import HomePage
from ui.pages.indicator_detail import Detail
from ui.pages.indicators import IndicatorPage
from ui.pages.page import Target
from ui.pages.prints import PrintPage
from ui.pages.register import RegisterPage
from ui.pages.settings import SettingsPage
from ui.pages.sync import SyncPage
from ui.parts.notice import Notice
from ui.record.page import RecordPage
from ui.start.code import CodePaper
from ui.theme import metrics


def register(window: Window) -> RegisterPage:
    window.work.go("register", "social_org")
    page = window.page(RegisterPage)
    window.qtbot.waitUntil(lambda: page.model is not None and page.model.rowCount() > 0)
    window.rest()
    return page


def listed(page: RegisterPage) -> list[str]:
    assert page.model is not None
    return [str(page.model.index(row, 0).data()) for row in range(page.model.rowCount())]


def test_the_home_page_counts_the_registers_and_names_the_gap(window: Window) -> None:
    shown = words(window.page(HomePage))
    assert "3 条" in shown
    assert "农村社区平均社会组织数" in shown
    assert "比平均目标少" in shown
    assert "未上传" in [line.word for line in window.page(HomePage).tasks.listed.lines]


def test_the_home_page_says_how_much_of_a_single_register_must_be_changed(window: Window) -> None:
    home = window.page(HomePage)
    assert "必须改" not in words(home)
    page = window.new("community")
    page.sheet.focus_path("hh_registered")
    typed(page.sheet.lines["hh_registered"].editor.target(), "528")
    enter()
    window.rest()
    must = sum(one.severity == "error" for one in window.ask(lambda desk: desk.reports.findings("community")))  # type: ignore[attr-defined]
    assert must
    window.work.go("home")
    window.qtbot.waitUntil(lambda: f"还有 {must} 项必须改" in words(home))


def test_a_register_lists_its_records(window: Window) -> None:
    page = register(window)
    window.qtbot.waitUntil(lambda: sorted(listed(page)) == sorted(ORGANIZATIONS))
    assert page.count.text() == "共 3 条"


@pytest.mark.parametrize("sought", ["护河", "xinanjiang", "xaj"])
def test_a_register_is_searched_by_name_pinyin_and_first_letters(window: Window, sought: str) -> None:
    page = register(window)
    page.table.setFocus()
    typed(page.search, sought)
    window.qtbot.waitUntil(lambda: listed(page) == ["新安江护河队"])


def test_a_search_without_a_hit_says_so(window: Window) -> None:
    page = register(window)
    typed(page.search, "qqqq")
    window.qtbot.waitUntil(lambda: page.stack.currentIndex() == 0)
    assert "没有找到" in words(page)


def test_an_empty_register_invites_to_fill_it(window: Window) -> None:
    window.work.go("register", "grid")
    page = window.page(RegisterPage)
    assert "这张表还没有内容" in words(page)
    button(page, "新增第一条").click()
    assert window.page(RecordPage).entry.form.form_id == "grid"


def test_enter_opens_the_marked_record(window: Window) -> None:
    page = register(window)
    page.table.setFocus()
    page.table.selectRow(0)
    enter()
    assert window.page(RecordPage).title.text() == listed(page)[0]


def test_a_deleted_record_keeps_its_reason_and_comes_back(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = register(window)
    page.table.selectRow(0)
    window.qtbot.waitUntil(lambda: listed(page)[0] in ORGANIZATIONS)
    name = listed(page)[0]
    monkeypatch.setattr(Notice, "exec", lambda notice: _answer(notice, "重复登记"))
    page.delete_current()
    window.rest()
    window.qtbot.waitUntil(lambda: len(listed(page)) == 2)
    page.gone.setChecked(True)
    window.qtbot.waitUntil(lambda: listed(page) == [name])
    (row,) = window.ask(
        lambda desk: desk.lists.rows("social_org", desk.lists.keys("social_org", ListQuery(deleted=True)))
    )
    assert row.deleted == "重复登记"
    page.table.selectRow(0)
    page.delete_current()
    window.rest()
    page.gone.setChecked(False)
    window.qtbot.waitUntil(lambda: len(listed(page)) == 3)


def _answer(notice: Notice, text: str) -> int:
    (field,) = notice.findChildren(QLineEdit)
    field.setText(text)
    return Notice.DialogCode.Accepted


def test_keeping_a_record_changes_nothing(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Notice, "exec", lambda _: Notice.DialogCode.Rejected)
    assert reason.ask_reason(window.shell, "定潭老年协会") == ""


@pytest.mark.parametrize("sought", ["张三", "zhangsan", "zs"])
def test_the_search_over_everything_finds_a_person(window: Window, sought: str) -> None:
    window.work._to_finder()
    finder = window.work.finder
    typed(finder, sought)
    window.qtbot.waitUntil(lambda: finder.is_open, timeout=10_000)
    enter()
    assert window.page(RecordPage).title.text() == "定潭老年协会"


def test_indicators_show_value_target_and_gap(window: Window) -> None:
    window.work.go("indicators")
    page = window.page(IndicatorPage)
    texts = {
        page.table.item(at, 0).text(): page.table.item(at, 4).text() for at in range(page.table.rowCount())
    }
    assert texts["I02"].startswith("比平均目标少")
    assert "口径以市局为准" in words(page)


def test_the_definitions_of_the_city_are_told_in_the_settings_and_beside_the_indicator(
    window: Window,
) -> None:
    window.work.go("settings")
    page = window.page(SettingsPage)
    window.qtbot.waitUntil(lambda: "美丽社区全覆盖的范围：城市社区" in words(page))
    assert "口径以市局为准，这里只能看" in words(page)
    assert not page.findChildren(QComboBox)
    window.work.go("indicators")
    indicators = window.page(IndicatorPage)
    window.qtbot.waitUntil(lambda: indicators.table.rowCount() > 0)
    value = next(one for one in indicators._values if one.id == "I08")
    detail = Detail(value)
    detail.show()
    assert "默认城市社区，口径以市局为准" in words(detail)
    detail.close()
    part = PartValue("党群服务中心", 2, 3, 0.666667)
    shares = Detail(msgspec.structs.replace(value, parts=(part,)))
    shares.show()
    assert "分项：党群服务中心 2/3" in words(shares)
    shares.close()
    quality = next(one for one in indicators._values if one.id == "I32")
    assert "（红）" in gap_words(quality)


def print_outs(page: PrintPage) -> list[str]:
    return [page.choice.names.item(at).text().replace("\n", "") for at in range(page.choice.names.count())]


def roster_print_out(window: Window) -> PrintPage:
    window.work.go("prints")
    page = window.page(PrintPage)
    window.qtbot.waitUntil(lambda: page.choice.names.count() > 0)
    page.choice.names.setCurrentRow(print_outs(page).index("社区社会组织花名册"))
    window.rest()
    window.qtbot.waitUntil(lambda: bool(page.summaries))
    return page


def test_a_print_out_is_seen_and_written_as_pdf_and_xlsx(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = roster_print_out(window)
    assert page.pages.text() == "第 1 页，共 1 页"
    for ending, action in (("pdf", page.save_pdf), ("xlsx", page.save_xlsx), ("docx", page.save_docx)):
        out = tmp_path / f"花名册.{ending}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, out=out: (str(out), ""))
        action()
        window.rest()
        assert out.stat().st_size > 1000
    told = window.ask(lambda desk: [(one.kind, one.name, one.records) for one in desk.audit.entries()])
    assert [line for line in told if line[0] in ("print", "reprint")] == [
        ("print", "social_org_roster", 3),
        ("reprint", "social_org_roster", 3),
        ("reprint", "social_org_roster", 3),
    ]


def test_without_a_printer_a_person_is_told_to_save_a_pdf(window: Window) -> None:
    from PySide6.QtPrintSupport import QPrinterInfo

    if QPrinterInfo.availablePrinterNames():
        pytest.skip("this machine has a printer")
    page = roster_print_out(window)
    page.print_it()
    (notice,) = page.findChildren(Notice)
    assert "PDF" in notice.message.text()


def test_a_server_that_does_not_answer_is_told_in_plain_words(window: Window) -> None:
    window.work.go("sync")
    page = window.page(SyncPage)
    enrol = page._enrol
    enrol.url.edit.setText("http://127.0.0.1:9")
    enrol.code.edit.setText("AAAA-BBBB")
    enrol.enrol()
    window.rest()
    assert enrol.message.isVisible()
    assert enrol.press.isEnabled()


def test_a_larger_text_size_makes_everything_larger_at_once(window: Window) -> None:
    window.work.go("settings")
    page = window.page(SettingsPage)
    button(page, "最大").click()
    window.rest()
    assert metrics().scale == 200
    assert QApplication.font().pointSizeF() == 28
    assert isinstance(window.work.page, SettingsPage)
    button(window.work.page, "标准").click()
    window.rest()
    assert metrics().scale == 100


def test_the_passphrase_is_changed_in_the_settings(qtbot: QtBot, desk_home: Path) -> None:
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.work.go("settings")
    page = window.page(SettingsPage)
    button(page, "换开机口令…").click()
    change_passphrase(page, PASSPHRASE, "1234567890")
    assert "只有数字" in page.keys.message.text()
    change_passphrase(page, PASSPHRASE, "xin-kou-ling-2021")
    window.rest()
    window.close()
    again = Window(qtbot, desk_home)
    again.open("xin-kou-ling-2021")
    assert again.shell.office.is_open
    again.close()


def change_passphrase(page: SettingsPage, old: str, new: str) -> None:
    page.keys.old.edit.setText(old)
    page.keys.new.first.edit.setText(new)
    page.keys.new.second.edit.setText(new)
    page.keys.change()


def test_a_hand_over_makes_a_new_recovery_code_and_shows_it(qtbot: QtBot, desk_home: Path) -> None:
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.work.go("settings")
    page = window.page(SettingsPage)
    button(page, "交接换钥匙…").click()
    change_passphrase(page, PASSPHRASE, "jie-shou-ren-2026")
    window.rest()
    (paper,) = window.shell.findChildren(CodePaper)
    assert "歙县-深渡镇-定潭村委会　汪文书" in paper.text()
    paper.window().close()
    window.close()
    Desk.recover(desk_home, paper.code, "third-kou-ling-2022").close()


def test_a_new_recovery_code_needs_the_passphrase_and_ends_the_old_one(qtbot: QtBot, home: Path) -> None:
    desk, first = Desk.create(home, (VILLAGE,), "汪文书", PASSPHRASE)
    desk.close()
    window = Window(qtbot, home)
    window.open(PASSPHRASE)
    window.work.go("settings")
    page = window.page(SettingsPage)
    button(page, "换恢复码…").click()
    assert page.keys.old.edit.hasFocus()
    assert not page.keys.new.isVisible()
    typed(page.keys.old.edit, "not-this-one")
    enter()
    window.rest()
    assert page.keys.message.text()
    page.keys.old.edit.clear()
    typed(page.keys.old.edit, PASSPHRASE)
    enter()
    window.rest()
    (paper,) = window.shell.findChildren(CodePaper)
    paper.window().close()
    window.close()
    with pytest.raises(WrongPassphrase):
        Desk.recover(home, first, "third-kou-ling-2022")
    Desk.open(home, PASSPHRASE).close()
    Desk.recover(home, paper.code, "third-kou-ling-2022").close()


def test_a_register_is_switched_off_and_leaves_the_navigation(window: Window) -> None:
    window.shell.office.change(lambda desk: desk.file.open_form("grid", False))
    window.rest()
    window.shell.office.refresh()
    window.rest()
    (nav,) = window.work.findChildren(Nav)
    forms = [info.form_id for members in nav._groups.values() for info in members]
    assert "social_org" in forms
    assert "grid" not in forms


def test_what_was_deleted_is_offered_with_its_reason(window: Window) -> None:
    page = register(window)
    assert page.model is not None
    for key in window.ask(lambda desk: desk.lists.keys("social_org", ListQuery())):  # type: ignore[attr-defined]
        window.shell.office.change(partial(_delete, key.record))
    window.qtbot.waitUntil(lambda: "没有在用的，另有 3 条已作废。" in words(page))
    page.empty_gone.click()
    window.qtbot.waitUntil(lambda: page.model is not None and page.model.record(0) is not None)
    assert page.model.headerData(1, Qt.Orientation.Horizontal) == "作废原因"
    assert page.model.index(0, 1).data() == "登记重复"
    page.gone.setChecked(False)
    window.qtbot.waitUntil(lambda: page.empty_gone.isVisible())


def _delete(record: str, desk: Desk) -> Changes:
    return desk.records.delete("social_org", record, "登记重复")


def test_a_long_name_is_shown_whole_while_there_is_room(window: Window) -> None:
    name = "歙县深渡镇定潭村新安江生态保护志愿巡护联合会"
    page = register(window)
    new = window.new()
    new.sheet.focus_path("org_name")
    typed(new.sheet.lines["org_name"].editor.target(), name)
    enter()
    window.work.go("register", "social_org")
    window.qtbot.waitUntil(lambda: name in listed(page))
    room = page.table.fontMetrics().horizontalAdvance(name)
    window.qtbot.waitUntil(lambda: page.table.columnWidth(0) >= room)


def test_unfinished_cells_are_listed_with_the_way_back(window: Window) -> None:
    page = window.record("定潭老年协会")
    page.sheet.focus_path("member_n")
    field = page.sheet.lines["member_n"].editor.target()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    typed(field, "约30")
    enter()
    window.rest()
    window.work.show_target(Target("drafts"))
    window.rest()
    shown = words(window.work.page)
    assert "社区社会组织　定潭老年协会" in shown
    assert "成员(会员)数：打到“约30”" in shown
    button(window.work.page, "接着填").click()
    again = window.page(RecordPage)
    line = again.sheet.lines["member_n"]
    assert line.editor.target().text() == "约30"  # type: ignore[attr-defined]
    assert "成员" in line.said


def test_buttons_and_text_are_large_enough(window: Window) -> None:
    page = register(window)
    assert QApplication.font().pointSizeF() >= 14
    for one in (page.add, page.open_button, page.delete_button):
        assert one.height() >= 40
