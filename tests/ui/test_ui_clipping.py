"""At every text size no words are cut off: what does not fit wraps, or ends in … with all of it at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QTextLayout, QTextOption
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui_world import PASSPHRASE, Window, enter, focus, typed

from ui.pages.register import RegisterPage
from ui.parts.clamp import Clamped
from ui.parts.notice import Notice
from ui.theme import SCALES, dress, metrics

LONG_NAME = "黄山市歙县深渡镇定潭村新安江流域生态保护志愿服务联合会"
LONG_SENTENCE = "上次没有填完，已帮您找回：" + "、".join(
    ("组织名称", "类别", "成立日期", "备案编号", "负责人", "负责人电话", "成员人数", "活动场所", "活动内容")
)


SAMPLE = (100, 150, 200)  # the other text sizes are in between: all of them with `--long`
MOST_ORPHANS = 2  # sentences of all pages; which ones, turns on the font
FORMS = ("social_org", "party_member", "self_gov_body")


SIZES = [one if one in SAMPLE else pytest.param(one, marks=pytest.mark.long) for one in SCALES]


@pytest.fixture(params=SIZES)
def sized(request: pytest.FixtureRequest, qtbot: QtBot, desk_home: Path) -> Iterator[Window]:
    """Return the window on the sample desk at a text size."""
    desk_home.joinpath("window.ini").write_text(f"[General]\nscale={request.param}\n", encoding="utf-8")
    window = Window(qtbot, desk_home)
    window.open(PASSPHRASE)
    window.shell.resize(1366, 728)
    yield window
    window.close()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    dress(application, 100)


def settle(window: Window) -> None:
    for _ in range(4):
        window.rest()
        QApplication.processEvents()


def place(widget: QWidget, above: QWidget) -> QRect:
    return QRect(widget.mapTo(above, QPoint(0, 0)), widget.size())


def clipped(page: QWidget) -> list[str]:
    """Return the words of labels and buttons with less room than they need, or outside the page."""
    labels, buttons = page.findChildren(QLabel), page.findChildren(QPushButton)
    parts: list[QLabel | QPushButton] = [*labels, *buttons]
    return [one.text() for one in parts if one.isVisible() and one.text() and _is_clipped(one, page)]


def _is_clipped(one: QLabel | QPushButton, page: QWidget) -> bool:
    at = place(one, page)
    if at.left() < 0 or at.right() > page.width():
        return True
    if one.hasHeightForWidth():
        return one.height() < one.heightForWidth(one.width())
    return one.width() < one.sizeHint().width() or one.height() < one.sizeHint().height()


def overlapping(parent: QWidget) -> list[str]:
    """Return which parts of a bar stand on one another."""
    parts = [one for one in parent.findChildren(QWidget) if one.isVisible() and one.parent() is parent]
    return [
        f"{one} {other}"
        for at, one in enumerate(parts)
        for other in parts[at + 1 :]
        if one.geometry().intersects(other.geometry())
    ]


def upon_each_other(page: QWidget) -> list[str]:
    """Return which parts of one layout stand on one another, anywhere on a page."""
    holders = [one for one in (page, *page.findChildren(QWidget)) if one.isVisible() and one.layout()]
    return [pair for one in holders for pair in overlapping(one)]


def orphans(page: QWidget) -> list[str]:
    """Return wrapped sentences whose last line is a single character."""
    lines = [one for one in page.findChildren(QLabel) if one.isVisible() and one.wordWrap() and one.text()]
    return [one.text() for one in lines if not isinstance(one, Clamped) and last_line(one) == 1]


def last_line(one: QLabel) -> int:
    """Return how many characters stand in the last line of a label, 0 where there is one line."""
    layout = QTextLayout(one.text(), one.font())
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lengths = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(one.contentsRect().width())
        lengths.append(line.textLength())
    layout.endLayout()
    return lengths[-1] if len(lengths) > 1 else 0


def fronts(window: Window) -> Iterator[tuple[str, QWidget]]:
    """Yield every page at the front: those of the navigation, a list, and records of some forms."""
    typed(focus(window.record("定潭老年协会"), "member_n"), "约30")
    enter()
    for name in ("home", "sync", "indicators", "prints", "settings", "help", "drafts"):
        settle(window)
        window.work.go(name)
        settle(window)
        yield name, window.work.page
    window.work.go("register", "social_org")
    window.page(RegisterPage)
    settle(window)
    yield "list", window.work.page
    for form in FORMS:
        page = window.new(form)
        page.next_finding()
        settle(window)
        yield form, page


def test_on_no_page_words_are_cut_or_stand_on_one_another(sized: Window) -> None:
    cut: dict[str, list[str]] = {}
    heaped: dict[str, list[str]] = {}
    left_over: set[str] = set()
    for name, page in fronts(sized):
        cut[name], heaped[name] = clipped(page), upon_each_other(page)
        left_over |= set(orphans(page))
    assert {name: found for name, found in cut.items() if found} == {}
    assert {name: found for name, found in heaped.items() if found} == {}
    assert len(left_over) <= MOST_ORPHANS, left_over


def test_list_and_record_beside_each_other_have_all_their_words(sized: Window) -> None:
    sized.shell.resize(1366, 697)
    sized.work.preferences.arrangement = "beside"
    record = sized.record("定潭老年协会")
    settle(sized)
    ledger = sized.work.bench.pages.currentWidget()
    assert isinstance(ledger, RegisterPage)
    assert ledger.isVisible()
    assert (clipped(ledger), clipped(record)) == ([], [])
    assert (upon_each_other(ledger), upon_each_other(record)) == ([], [])
    assert not ledger.title.is_cut


def test_the_title_of_a_list_wraps_and_nothing_stands_on_the_search(sized: Window) -> None:
    sized.work.go("all", "worker")
    page = sized.page(RegisterPage)
    settle(sized)
    assert clipped(page) == []
    search = place(page.search, page)
    assert search.right() < place(page.add, page).left()
    assert place(page.title, page).right() < search.left()
    assert not page.title.is_cut


def test_a_long_banner_and_a_long_title_leave_room_to_type(sized: Window) -> None:
    page = sized.new()
    typed(focus(page, "org_name"), LONG_NAME)
    enter()
    page.say(LONG_SENTENCE, ("知道了", page.notice.hide))
    settle(sized)
    assert clipped(page.head) == []
    assert clipped(page.notice) == []
    assert overlapping(page.head) == []
    assert page.title.text() == LONG_NAME
    assert page.notice.text.text() == LONG_SENTENCE
    assert page.title.heightForWidth(page.title.width()) <= page.title.height()
    field = QApplication.focusWidget()
    assert field is not None
    seen = place(field, page.sheet.viewport()).intersected(page.sheet.viewport().rect())
    assert seen.height() >= min(field.height(), metrics().px(80))


def test_the_rest_of_a_long_sentence_is_one_button_away(sized: Window) -> None:
    page = sized.new()
    page.say(LONG_SENTENCE * 5, ("知道了", page.notice.hide))
    settle(sized)
    assert page.notice.text.is_cut
    assert page.notice.text.toolTip() == LONG_SENTENCE * 5
    assert page.notice.whole.isVisible()
    page.notice.whole.click()
    (shown,) = (one for one in page.window().findChildren(Notice) if one.isVisible())
    assert shown.message.text() == LONG_SENTENCE * 5
    shown.accept()
    page.say("这一条刚收到别人的改动。")
    settle(sized)
    assert not page.notice.whole.isVisible()
    assert not page.notice.text.is_cut


def test_the_history_at_large_text_takes_the_place_of_the_form(sized: Window) -> None:
    page = sized.record("定潭老年协会")
    page.past.toggle()
    settle(sized)
    assert page.history is not None
    assert page.sheet.isVisible() != metrics().is_large
    assert clipped(page.history) == []
    page.history._close()
    settle(sized)
    assert page.sheet.isVisible()
    assert not page.history.isVisible()


def test_a_clamped_text_asks_for_no_more_than_its_lines(qtbot: QtBot) -> None:
    text = Clamped(most=2)
    qtbot.addWidget(text)
    text.resize(200, 100)
    text.setText("短")
    one = text.heightForWidth(200)
    assert (text.is_cut, text.toolTip()) == (False, "")
    text.setText("长" * 200)
    assert text.heightForWidth(200) == 2 * one
    assert (text.is_cut, text.toolTip()) == (True, "长" * 200)
