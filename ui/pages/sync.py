"""收发中心: register the device, send and receive, and what needs a person: 核对取舍, 暂存待改."""

from __future__ import annotations

import time
from functools import partial
from typing import assert_never

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QProgressBar

from hsdesk.desk.values import Changes, Conflict, ErasureAnswer, RejectedEdit, Status, SyncLog
from hsdesk.errors import DeskError
from ui.office import Office, SyncNumbers
from ui.pages.conflict import ConflictCard
from ui.pages.page import Page, Target, page_title, scrolled, title_bar
from ui.parts.pace import Pace, left_words
from ui.parts.plain import button, clear, column, frame, holder, label, restyle, row
from ui.start.fields import Line, Message
from ui.theme import metrics
from ui.words import error_text, size_words, tr
from ui.work import Job


class SyncPage(Page):
    """Everything about sending and receiving on one page."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._job: Job | None = None
        self._chosen: int | None = None  # where in the list a conflict was just decided
        self._wanted = ""  # the conflict to begin with
        self._enrol = Enrol(office)
        self._enrol.enrolled.connect(self._enrolled)
        self._send = Send(office)
        self._send.start_wanted.connect(self.start)
        self._send.cancel_wanted.connect(self.cancel)
        self._erasures = column(gap=8)
        self._conflicts = column(gap=12)
        self._aside = column(gap=12)
        self._log = column(gap=6)
        below = (self._erasures, self._conflicts, self._aside, self._log)
        body = column(self._enrol, self._send, *below, None, gap=16)
        layout = column(title_bar(page_title(tr("收发中心"))), gap=0)
        self._area = scrolled(body)
        layout.addWidget(self._area, 1)
        self.setLayout(layout)

    def aim(self, target: Target) -> None:
        self._wanted = target.path

    def enter(self) -> None:
        self.office.refresh()
        self.office.ask(lambda desk: desk.exchange.conflicts(), self._show_conflicts, owner=self)
        self.office.ask(lambda desk: desk.exchange.set_aside(), self._show_aside, owner=self)
        self.office.ask(lambda desk: desk.exchange.log(), self._show_log, owner=self)

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and (changes.conflicts or changes.sync or changes.records):
            self.enter()

    def show_status(self, status: Status) -> None:
        self._enrol.setVisible(not status.server)
        self._send.setVisible(bool(status.server))
        self._send.show_status(status)

    def _enrolled(self) -> None:
        self._enrol.hide()
        self._send.show()
        self._send.end(tr("设备登记成功。现在可以按「数据同步」。"), good=True)

    def start(self) -> None:
        """Send and receive now."""
        if self._job is not None:
            return
        self._job = Job(self)
        self._job.stepped.connect(self._send.show_progress)
        self._send.begin()
        self.office.sync(self._job, self._finished, self._failed, self)

    def cancel(self) -> None:
        """Stop after the step under way; what was sent stays sent."""
        if self._job is not None:
            self._job.cancel()

    def _finished(self, report: SyncNumbers) -> None:
        stopped = self._job is not None and self._job.cancelled()
        self._job = None
        self._send.end(result_words(report, stopped=stopped), good=not stopped)
        self.office.ask(lambda desk: desk.erasure.answered(), self._show_erasures, owner=self)
        self.enter()

    def _failed(self, error: DeskError) -> None:
        self._job = None
        self._send.end(error_text(error), good=False)
        self.enter()

    def _show_erasures(self, answers: tuple[ErasureAnswer, ...]) -> None:
        """Tell what officials said to the requests to erase; each answer is told once."""
        clear(self._erasures)
        for one in answers:
            self._erasures.addWidget(label(erasure_words(one), wrap=True))

    def _show_conflicts(self, conflicts: tuple[Conflict, ...]) -> None:
        clear(self._conflicts)
        if conflicts:
            self._conflicts.addWidget(label(tr("两边改得不一样（{n} 处）", n=len(conflicts)), "title"))
            words = tr("两个人把同一栏目改成了不同的内容，两份都留着。请选一个，或者另外填一个。")
            self._conflicts.addWidget(label(words, "quiet", wrap=True))
        cards = [ConflictCard(self.office, conflict) for conflict in conflicts]
        for at, card in enumerate(cards):
            card.chosen.connect(partial(self._decided, at))
            card.open_wanted.connect(lambda one: self.go("record", one.form, one.record, one.path))
            self._conflicts.addWidget(card)
        if self._chosen is not None:
            self._go_on(cards, self._chosen)
        wanted, self._wanted = self._wanted, ""
        for card in (card for card in cards if card.conflict.id == wanted):
            self._begin_at(card)

    def _decided(self, at: int) -> None:
        self._chosen = at

    def _go_on(self, cards: list[ConflictCard], at: int) -> None:
        """Say what is left to decide, and wait at the next one or at the big button."""
        self._chosen = None
        if not cards:
            self._send.end(tr("都核对好了。请再按一次「数据同步」，把结果传上去。"), good=True)
            return
        self._send.say(tr("还有 {n} 处两边改得不一样，请核对取舍。", n=len(cards)), good=False)
        self._begin_at(cards[min(at, len(cards) - 1)])

    def _begin_at(self, card: ConflictCard) -> None:
        card.show()
        card.first_choice().setFocus(Qt.FocusReason.TabFocusReason)
        QTimer.singleShot(0, card, lambda: self._area.ensureWidgetVisible(card))

    def _show_aside(self, ops: tuple[RejectedEdit, ...]) -> None:
        clear(self._aside)
        if ops:
            self._aside.addWidget(label(tr("暂存待改（{n} 条）", n=len(ops)), "title"))
            words = tr("市级服务器没有收下这几条，其余的都收到了。本机的内容没有动，改好会自动再传。")
            self._aside.addWidget(label(words, "quiet", wrap=True))
        for op in ops:
            self._aside.addWidget(self._aside_card(op))

    def _aside_card(self, op: RejectedEdit) -> QFrame:
        text = column(label(op.title, "heading"), label(op.reason, "bad", wrap=True), gap=4)
        press = button(tr("去修改"), lambda: self.go("record", op.form, op.record))
        line = row(gap=12)
        line.addLayout(text, 1)
        line.addWidget(press)
        return frame("card", line)

    def _show_log(self, log: tuple[SyncLog, ...]) -> None:
        clear(self._log)
        if not log:
            return
        self._log.addWidget(label(tr("收发记录"), "title"))
        lines = column(gap=12)
        self._log.addWidget(frame("card", lines))
        for entry in log[:20]:
            when = entry.at[:16].replace("T", " ")
            counts = tr("上传 {up}　下载 {down}", up=entry.pushed, down=entry.pulled)
            outcome = label(entry.outcome, wrap=True)
            line = row(label(when, "quiet"), 12, label(counts), 12, gap=8)
            line.addWidget(outcome, 1)
            lines.addLayout(line)


def erasure_words(answer: ErasureAnswer) -> str:
    """Return what became of a request to erase."""
    match answer.outcome:
        case "erased":
            return tr("“{form}”的清除申请：上级已同意，各处都已清除。", form=answer.title)
        case "refused":
            said = {"form": answer.title, "why": answer.reason}
            return tr("“{form}”的清除申请：上级没有同意。原因：{why}。内容都没有改动。", **said)
        case "taken back":
            return tr("“{form}”的清除申请已经撤回，内容都没有改动。", form=answer.title)
        case _:
            assert_never(answer.outcome)


def result_words(report: SyncNumbers, *, stopped: bool) -> str:
    """Return the result of a sync in plain words; only receipts count as sent."""
    words = [tr("上传 {n} 处，市级服务器都已收到。", n=report.pushed), tr("下载 {n} 处。", n=report.pulled)]
    if stopped:
        words.insert(0, tr("已停下。"))
    if report.rejected:
        words.append(tr("{n} 条没有收下，放在「暂存待改」。", n=report.rejected))
    if report.conflicts:
        words.append(tr("{n} 处两边改得不一样，请核对取舍。", n=report.conflicts))
    if report.waiting:
        words.append(tr("还有 {n} 处没有上传，都在本机。", n=report.waiting))
    if report.attachments_waiting:
        words.append(tr("还有 {n} 个附件没有传，都在本机，下次接着传。", n=report.attachments_waiting))
    if report.cloned:
        words.append(
            tr(
                "有另一台电脑用这台电脑的编号上传过内容：可能是整盘复制，也可能是编号被盗用。"
                "本机的内容都在，已经改用新的编号上传，一条也没有少。请告诉系统管理员核对。"
            )
        )
    if report.clock:
        here, there = report.clock
        words.append(
            tr(
                "这台电脑的时间（{here}）和市级服务器的（{there}）不一样，请把电脑的日期和时间调对。",
                here=here,
                there=there,
            )
        )
    return "".join(words)


def state_words(status: Status) -> str:
    """Return what has not been sent; a cell that is typed but not finished is never called sent."""
    words = [tr("未上传 {n} 处", n=status.waiting)] if status.waiting else []
    if status.attachments:
        words.append(tr("未上传 {n} 个附件", n=status.attachments))
    if status.drafts:
        words.append(tr("{n} 处未填完，没有上传", n=status.drafts))
    return "\n".join(words) or tr("都已上传")


class Enrol(QFrame):
    """设备登记: the address and the one-time code of the city server."""

    enrolled = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.setProperty("role", "card")
        self.url = Line(tr("市级服务器地址"), self._to_code)
        self.url.edit.setPlaceholderText("https://")
        self.code = Line(tr("登记码（向乡镇或市局要，只能用一次）"), self.enrol)
        self.proxy = Line(tr("代理地址（上网不用代理的不填）"), self.enrol)
        self.message = Message()
        self.press = button(tr("登记这台电脑"), self.enrol, "primary")
        words = tr("登记一次，以后就能在这里上传和下载。没有登记也能照常填写，数据都在本机。")
        body = column(
            label(tr("设备登记"), "title"),
            label(words, "quiet", wrap=True),
            self.url,
            self.code,
            self.proxy,
            self.message,
            row(self.press, None),
            gap=10,
            margin=24,
        )
        self.setLayout(body)
        self.setMaximumWidth(metrics().px(820))

    def _to_code(self) -> None:
        self.code.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def enrol(self) -> None:
        """Register this device."""
        url, code, proxy = self.url.text.strip(), self.code.text.strip(), self.proxy.text
        if not url or not code:
            self.message.say(tr("请把地址和登记码都填上。"))
            return
        self._wait(True)
        self.office.change(
            lambda desk: desk.exchange.enroll(url, code, proxy),
            lambda _: self._done(),
            self._failed,
            self,
        )

    def _done(self) -> None:
        self._wait(False)
        self.message.say("")
        self.enrolled.emit()
        self.office.refresh()

    def _failed(self, error: DeskError) -> None:
        self._wait(False)
        self.message.say(error_text(error))

    def _wait(self, waiting: bool) -> None:
        self.press.setEnabled(not waiting)
        self.press.setText(tr("正在登记…") if waiting else tr("登记这台电脑"))


class Send(QFrame):
    """The big button, how far it is, and what came of it."""

    start_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.setProperty("role", "card")
        self.state = label("", "title")
        self.last = label("", "quiet", wrap=True)
        self.result = label("", wrap=True)
        self.press = button(tr("数据同步（发送并接收）"), self.start_wanted.emit, "big")
        self.stop = button(tr("取消"), self.cancel_wanted.emit)
        self._pace, self._began = Pace(), 0.0
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.counts = label("", "quiet")
        self.under_way = holder(column(self.bar, row(self.counts, None, self.stop), gap=8))
        self.under_way.hide()
        self.result.hide()
        line: QBoxLayout = column(gap=12) if metrics().is_large else row(gap=16)
        line.addLayout(column(self.state, self.last, gap=4), 1)
        line.addWidget(self.press)
        self.setLayout(column(line, self.under_way, self.result, gap=12, margin=24))

    def show_status(self, status: Status) -> None:
        """Show what waits; a count goes down only when the server has confirmed it."""
        self.state.setText(state_words(status))
        when = status.last_sync[:16].replace("T", " ")
        self.last.setText(tr("上次：{when}", when=when) if when else tr("还没有同步过。数据都在本机。"))

    def begin(self) -> None:
        """Show that it goes on."""
        self.press.setEnabled(False)
        self.result.hide()
        self._pace, self._began = Pace(), time.monotonic()
        self.bar.setRange(0, 1)  # a still bar: nothing moves by itself
        self.bar.setValue(0)
        self.counts.setText(tr("正在联系市级服务器…"))
        self.under_way.show()
        self.stop.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_progress(self, progress: object) -> None:
        """Show how far it is; `progress` is the desk's SyncProgress."""
        done, total = _number(progress, "done"), _number(progress, "total")
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done if total else 0)  # how much there is to come may not be known
        size = size_words(_number(progress, "bytes_up") + _number(progress, "bytes_down"))
        words, amount = _phase_words(getattr(progress, "phase", ""), done, total)
        left = left_words(self._pace.left(done, total, time.monotonic() - self._began))
        told = tr("{words}　{amount}　流量 {size}", words=words, amount=amount, size=size)
        self.counts.setText(f"{told}　{left}" if left else told)

    def end(self, words: str, *, good: bool) -> None:
        """Show what came of it."""
        self.under_way.hide()
        self.press.setEnabled(True)
        self.say(words, good=good)
        self.press.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, words: str, *, good: bool) -> None:
        """Tell how things stand, under the button."""
        self.result.setText(words)
        restyle(self.result, "role", "good" if good else "warn")
        self.result.show()


def _phase_words(phase: str, done: int, total: int) -> tuple[str, str]:
    """Return what is going on and how far it is; attachments are counted in bytes."""
    if phase in ("attach", "fetch"):
        words = tr("数据已传好，正在上传附件") if phase == "attach" else tr("数据已收好，正在下载附件")
        return words, tr("{done} / {total}", done=size_words(done), total=size_words(total))
    words = tr("正在上传") if phase == "push" else tr("正在下载")
    return words, tr("{done} / {total} 处", done=done, total=total) if total else tr("{done} 处", done=done)


def _number(progress: object, name: str) -> int:
    return int(getattr(progress, name, 0) or 0)
