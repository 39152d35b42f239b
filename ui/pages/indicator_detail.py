"""One indicator: how it was counted, who is short, and the records that count and that do not (去补)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableWidget, QVBoxLayout, QWidget

from hsdesk.model.punctuation import full_width
from ui.pages.gap import figure, gap_words, target_words, value_words
from ui.pages.indicator_table import fill_row, plain_table
from ui.pages.page import Target, scrolled
from ui.parts.plain import button, clear, column, frame, holder, keyed, label, row
from ui.parts.todo_list import Line, ToDoList
from ui.theme import COLOURS, metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.reports.behind import Behind, BehindRecord
    from hsdesk.reports.indicators import IndicatorValue, PartValue, Short

MOST = 30  # records listed at first


class Detail(QWidget):
    """Shows one indicator; `wanted` leads to a record, `left` back to the table."""

    wanted = Signal(object)  # Target
    left = Signal()

    def __init__(self, value: IndicatorValue) -> None:
        super().__init__()
        self.value = value
        self._behind: tuple[Behind, ...] = ()
        self._whole = False
        self._lists = column(gap=12)
        self.lists: list[ToDoList] = []
        body = column(*_words(value), gap=10)
        for heading, table, note in _shortfalls(value):
            body.addWidget(label(heading, "heading"))
            body.addWidget(table)
            if note:
                body.addWidget(label(note, "quiet", wrap=True))
        body.addLayout(self._lists)
        body.addWidget(
            label(tr("「平均」是全市的平均，不是每个村都要达到。口径以市局为准。"), "quiet", wrap=True)
        )
        body.addStretch(1)
        self.back = button(keyed(tr("返回（Esc）")), self.left.emit, "quiet")
        layout = column(row(self.back, None, margin=6), gap=0)
        layout.addWidget(scrolled(body, margin=16), 1)
        self.setLayout(layout)

    def show_behind(self, behind: Sequence[Behind]) -> None:
        """Show which records count and which do not."""
        self._behind = tuple(behind)
        self._fill()

    def take_focus(self) -> None:
        """Begin at the first record that does not count, else at the way back."""
        target = self.lists[0] if self.lists else self.back
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Choose the line with this key, whichever list it is in."""
        if not any(listed.press(event.text()) for listed in self.lists):
            super().keyPressEvent(event)

    def _fill(self) -> None:
        clear(self._lists)
        self.lists = []
        for part in self._behind:
            self._lists.addWidget(holder(self._part(part)))

    def _part(self, part: Behind) -> QVBoxLayout:
        box, title = column(gap=8), full_width(part.title)
        if part.left_number:
            words = tr("没有算进来的：“{form}”{n} 条", form=title, n=part.left_number)
            self._list(box, words, tr("去补"), part.left, COLOURS.accent)
        words = tr("算进来的：“{form}”{n} 条", form=title, n=part.counted_number)
        self._list(box, words, tr("打开"), part.counted, COLOURS.good)
        new = button(tr("新增一条“{form}”", form=title), lambda: self._new(part.register))
        box.addLayout(row(new, None))
        return box

    def _list(
        self, box: QVBoxLayout, heading: str, word: str, records: Sequence[BehindRecord], colour: str
    ) -> None:
        box.addSpacing(metrics().px(10))
        box.addWidget(label(heading, "heading", wrap=True))
        if not records:
            return
        listed = ToDoList(heading)
        listed.chosen.connect(self._choose)
        shown = records if self._whole else records[:MOST]
        lines = [Line(word, record_words(one), target_of(one), colour) for one in shown]
        if len(shown) < len(records):
            lines.append(Line("", tr("还有 {n} 件，全部列出", n=len(records) - len(shown)), None))
        listed.show_lines(lines, first=sum(len(above.lines) for above in self.lists))
        self.lists.append(listed)
        box.addWidget(frame("card", column(listed), padding=8))

    def _new(self, register: str) -> None:
        self.wanted.emit(Target("new", register, back="indicators"))

    def _choose(self, target: object) -> None:
        if isinstance(target, Target):
            self.wanted.emit(target)
        else:
            self._whole = True
            self._fill()
            self.take_focus()


def record_words(one: BehindRecord) -> str:
    """Return a record and what it lacks."""
    name = one.title or tr("（未填名称）")
    if not one.path:
        return name
    if one.is_empty:
        return tr("{name}：“{label}”没有填", name=name, label=full_width(one.label))
    return tr("{name}：看“{label}”", name=name, label=full_width(one.label))


def target_of(one: BehindRecord) -> Target:
    return Target("record", one.register, one.record, one.path, one.place, back="indicators")


def _words(value: IndicatorValue) -> Iterator[QWidget]:
    yield label(f"{value.id}　{full_width(value.name)}", "title", wrap=True)
    yield label(_counted(value), wrap=True)
    yield label(gap_words(value), "good" if value.met else "accent", wrap=True)
    if value.parts:
        parts = full_width("；".join(map(_part_words, value.parts)))
        yield label(tr("分项：{parts}", parts=parts), wrap=True)
    for text in filter(None, (value.left_out, value.by_today)):
        yield label(full_width(text), "warn", wrap=True)
    if value.note:
        yield label(full_width(value.note), "quiet", wrap=True)


def _counted(value: IndicatorValue) -> str:
    """Return the figures in words; that there is no target is said in the line below, once."""
    figures = {
        "numerator": figure(value.numerator) or tr("此处不知"),
        "denominator": figure(value.denominator) or tr("此处不知"),
        "value": value_words(value),
    }
    if value.target is None:
        return tr("分子 {numerator}，分母 {denominator}，现在 {value}。", **figures)
    return tr(
        "分子 {numerator}，分母 {denominator}，现在 {value}，目标 {target}。",
        **figures,
        target=target_words(value),
    )


def _shortfalls(value: IndicatorValue) -> Iterator[tuple[str, QTableWidget, str]]:
    """Yield the tables of places that are short, each with its heading and what is to be known of it."""
    if value.short:
        lacking = tr("还差") if value.unit == "%" else tr("比平均目标少")
        yield tr("还没有达到目标的"), _places((tr("村（社区）"), lacking), value.short), ""
    if value.beside and value.beside.short:
        note = tr("过期的是哪些，看工作台首页「今天要办的」。")
        yield tr("有过期的"), _places((tr("单位"), tr("过期条数")), value.beside.short), note


def _places(headings: tuple[str, str], places: Sequence[Short]) -> QTableWidget:
    """Return a table of places, each with its figure: five lines of them are seen at once."""
    table = plain_table(headings, stretch=0)
    table.setFixedHeight(metrics().px(46 * (min(len(places), 5) + 1) + 8))
    table.setRowCount(len(places))
    for at, one in enumerate(places):
        fill_row(table, at, (one.name, figure(one.gap)))
    return table


def _part_words(part: PartValue) -> str:
    """Return a share of an indicator in words: 党群服务中心 2/3."""
    above = figure(part.numerator) or tr("此处不知")
    return f"{part.name} {above}/{figure(part.denominator)}" if part.denominator else f"{part.name} {above}"
