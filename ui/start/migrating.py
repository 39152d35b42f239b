"""What a person sees while a desk file of an earlier program is brought up to this one."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QProgressBar

from ui.parts.plain import column, holder, label
from ui.start.frame import StartPage
from ui.words import tr


class MigrationNumbers(Protocol):
    """How far the migrations of a file are."""

    @property
    def n(self) -> int: ...
    @property
    def count(self) -> int: ...
    @property
    def percent(self) -> int: ...


def migration_text(numbers: MigrationNumbers) -> str:
    """Return how far it is, in one line."""
    return tr(
        "正在换成新版本的格式：第 {n} 步，共 {count} 步，已完成 {percent}%",
        n=numbers.n,
        count=numbers.count,
        percent=numbers.percent,
    )


def migration_comfort() -> str:
    """Return what a person who waits should know."""
    return tr("换之前已留好备份，资料不会丢失。请不要关机，完成后会自动打开。")


class Migrating(StartPage):
    """Shown while the desk is opened without a question, by a remembered key."""

    def __init__(self) -> None:
        super().__init__(tr("正在打开…"), migration_comfort())
        self.words = label("", wrap=True)
        self.bar = QProgressBar()
        self.put(holder(column(self.words, self.bar, gap=10)))

    def show_progress(self, numbers: MigrationNumbers) -> None:
        """Show how far it is."""
        self.words.setText(migration_text(numbers))
        self.bar.setValue(numbers.percent)
