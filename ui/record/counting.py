"""How much of a record is still to do, in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu

from hsdesk.desk import Entry
from hsdesk.forms.views import Finding
from ui.pages.page import Page
from ui.parts.clamp import Clamped
from ui.parts.plain import button, frame, keyed, row
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.desk import Desk

Pressed = Callable[[], None]
ROOMY = 820  # pixels at 100 % for hint and 新增 beside what is left to do


class LeftToDo(QObject):
    """The foot of a record: its sections, how much is left and the way to it, what follows the last field."""

    part_chosen = Signal(int)
    _entry: Entry

    def __init__(self, page: Page, next_finding: Pressed, new: Pressed) -> None:
        super().__init__(page)
        self._page = page
        self._parts: Sequence[str] = ()
        self.parts = button("", self._pick_part, "quiet")
        self._findings: tuple[Finding, ...] = ()
        self._conflicts = 0
        self.words = Clamped("quiet")
        self.next = button(keyed(tr("下一处（F8）")), next_finding)
        self.again = button(keyed(tr("新增下一条（Ctrl+N）")), new)
        self._can_add = False
        self.about = Clamped("quiet")
        line = row(self.parts, self.words, self.next, gap=8)
        line.addWidget(self.about, 100)
        line.addStretch(1)
        line.addWidget(self.again)
        self.widget = frame("footer", line)
        line.setContentsMargins(metrics().px(6), metrics().px(4), metrics().px(10), metrics().px(4))

    def begin(self, entry: Entry) -> None:
        """Another record comes."""
        self._entry, self._findings, self._conflicts = entry, (), 0
        self._can_add = entry.form.kind != "single" and entry.writable
        self.fit(self._page.width())

    def fit(self, width: int) -> None:
        """Leave out what has no room: adding by its key still works."""
        roomy = width >= metrics().px(ROOMY)
        self.again.setVisible(roomy and self._can_add)
        self.about.setVisible(roomy)

    def name_parts(self, names: Sequence[str]) -> None:
        """Take the titles of the sections; one alone needs no way to it."""
        self._parts = names
        self.parts.setVisible(len(names) > 1)
        self.mark_part(0)

    def mark_part(self, at: int) -> None:
        """Say in which section one is."""
        if at < len(self._parts):
            self.parts.setText(tr("{at}/{n} 节 ▾", at=at + 1, n=len(self._parts)))
            self.parts.setToolTip(self._parts[at])

    def _pick_part(self) -> None:
        menu = QMenu(self.parts)
        for at, name in enumerate(self._parts):
            menu.addAction(f"{at + 1}　{name}", partial(self.part_chosen.emit, at))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.parts.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def hint(self, text: str) -> None:
        """Show the hint of the question that has the focus: always here, so that no line has to make room."""
        self.about.setText(text)

    def show(self, findings: tuple[Finding, ...]) -> None:
        """Say how much is left."""
        self._findings = findings
        self.words.setText(left_words(findings, self._conflicts))
        self.next.setVisible(bool(findings))

    def ask_conflicts(self) -> None:
        """Ask how many answers of this record two people changed differently."""
        entry = self._entry
        form, record = entry.form.form_id, entry.record
        question = partial(_conflicts, form=form, record=record)
        self._page.office.ask(question, partial(self._show_conflicts, entry), owner=self._page)

    def end(self) -> None:
        """The last field is left: go to what is wrong, else offer what Enter does next."""
        if self._findings:
            self.next.setFocus(Qt.FocusReason.TabFocusReason)
        elif self._can_add:
            self.again.show()
            self.again.setFocus(Qt.FocusReason.TabFocusReason)
            self.words.setText(tr("填好了 · 回车新增下一条 · Esc 返回"))
        else:
            self.words.setText(tr("填好了 · Esc 返回"))

    def _show_conflicts(self, entry: Entry, count: int) -> None:
        if entry is self._entry and count != self._conflicts:
            self._conflicts = count
            self.show(self._findings)


def _conflicts(desk: Desk, *, form: str, record: str) -> int:
    return desk.exchange.conflicts_of(form, record)


def left_words(findings: Sequence[Finding], conflicts: int = 0) -> str:
    """Return what the findings and the open conflicts of a record ask for: what is not saved comes first."""
    if not findings and not conflicts:
        return tr("都填好了")
    unsaved = sum(finding.rule == "unsaved" for finding in findings)
    bad = sum(finding.severity == "error" for finding in findings) - unsaved
    rules = _rule_words(bad, len(findings) - unsaved - bad)
    not_saved = tr("有 {n} 处没有存进去", n=unsaved) if unsaved else ""
    differ = tr("有 {n} 处两边改得不一样，请到收发中心核对", n=conflicts) if conflicts else ""
    return "，".join(filter(None, (not_saved, rules, differ)))


def _rule_words(bad: int, ask: int) -> str:
    if bad and ask:
        return tr("还有 {bad} 项必须改，{ask} 项请核实", bad=bad, ask=ask)
    if bad:
        return tr("还有 {bad} 项必须改", bad=bad)
    return tr("有 {ask} 项请核实", ask=ask) if ask else ""
