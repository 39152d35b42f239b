"""The part of 设置 about this computer: when it locks itself, backup and restore, the remembered key."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ui.office import Office
from ui.parts.choices import choices
from ui.parts.flow import Flow
from ui.parts.long_work import LongWork
from ui.parts.notice import tell
from ui.parts.plain import button, column, holder, label
from ui.parts.saving import offered, village_of
from ui.preferences import LOCK_MINUTES, Preferences
from ui.start.restoring import chosen_backup
from ui.theme import metrics
from ui.words import tr


class ComputerCard(QWidget):
    """Buttons and choices."""

    def __init__(self, office: Office, preferences: Preferences) -> None:
        super().__init__()
        self.office, self.preferences = office, preferences
        actions = Flow(gap=metrics().px(10))
        for press in (
            button(tr("备份到 U 盘…"), self._back_up),
            button(tr("从备份恢复…"), self._restore),
            button(tr("记住本机"), self._remember),
            button(tr("不再记住"), self._forget),
        ):
            actions.addWidget(press)
        named = [(minutes, tr("{n} 分钟", n=minutes)) for minutes in LOCK_MINUTES]
        self.lock = choices(named, preferences.lock_minutes, self._lock_after)
        words = tr("多久没有按键就自动锁屏（已填的都保存好了，开锁后还在原来那一栏）：")
        self.setLayout(column(actions, 6, label(words, wrap=True), holder(self.lock), gap=10))

    def _lock_after(self, minutes: int) -> None:
        self.preferences.lock_minutes = minutes

    def _remember(self) -> None:
        self.office.ask(lambda desk: desk.file.remember(), self._remembered, owner=self)

    def _remembered(self, kept: bool) -> None:
        good = tr("已记住。这台电脑上打开时不用再输口令。")
        bad = tr("这台电脑没有可用的钥匙串，记不住。打开时请输口令，别的都不受影响。")
        tell(self, tr("记住本机"), good if kept else bad)

    def _forget(self) -> None:
        words = tr("下次打开要输口令。")

        def forgotten(_: None) -> None:
            tell(self, tr("不再记住"), words)

        self.office.ask(lambda desk: desk.file.forget(), forgotten, owner=self)

    def _restore(self) -> None:
        chosen = chosen_backup(self, self.office.home)
        if chosen is not None:
            self.office.restore_wanted.emit(chosen)

    def _back_up(self) -> None:
        name = offered(tr("村社台账备份"), village_of(self.office), "hsbackup")
        chosen, _ = QFileDialog.getSaveFileName(self, tr("备份到哪里"), name)
        if chosen:
            out = Path(chosen)
            work = LongWork(self, tr("备份到 U 盘"), "")
            work.carry(
                self.office, lambda desk, step: desk.file.backup(out, step), lambda _: self._backed_up(chosen)
            )

    def _backed_up(self, where: str) -> None:
        tell(self, tr("已经备份"), tr("备份在：{path}", path=where))
