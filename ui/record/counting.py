"""How much of a record is still to do, in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from hsdesk.desk import Entry
from hsdesk.forms.views import Finding
from ui.pages.page import Page
from ui.parts.clamp import Clamped
from ui.parts.plain import button, frame, keyed, reveal, row
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.desk import Desk

Pressed = Callable[[], None]


class LeftToDo:
    """The foot of a record: how much is left, the way to the next finding, what follows the last field."""

    def __init__(self, page: Page, entry: Entry, next_finding: Pressed, new: Pressed) -> None:
        self._page, self._entry = page, entry
        self._findings: tuple[Finding, ...] = ()
        self._conflicts = 0
        self.words = Clamped("quiet")
        self.next = button(keyed(tr("下一处（F8）")), next_finding)
        self.again = button(keyed(tr("新增下一条（Ctrl+N）")), new)
        reveal(self.again, entry.form.kind != "single" and entry.writable)
        line = row(self.words, 8, self.next, None, self.again, gap=8)
        self.widget = frame("footer", line)
        line.setContentsMargins(metrics().px(20), metrics().px(6), metrics().px(16), metrics().px(6))

    def show(self, findings: tuple[Finding, ...]) -> None:
        """Say how much is left."""
        self._findings = findings
        self.words.setText(left_words(findings, self._conflicts))
        self.next.setVisible(bool(findings))

    def ask_conflicts(self) -> None:
        """Ask how many answers of this record two people changed differently."""
        form, record = self._entry.form.form_id, self._entry.record
        question = partial(_conflicts, form=form, record=record)
        self._page.office.ask(question, self._show_conflicts, owner=self._page)

    def end(self) -> None:
        """The last field is left: go to what is wrong, else offer what Enter does next."""
        if self._findings:
            self.next.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.again.isVisible():
            self.again.setFocus(Qt.FocusReason.TabFocusReason)
            self.words.setText(tr("填好了 · 回车新增下一条 · Esc 返回"))
        else:
            self.words.setText(tr("填好了 · Esc 返回"))

    def _show_conflicts(self, count: int) -> None:
        if count != self._conflicts:
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
