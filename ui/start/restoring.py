"""Choosing the backup that is put in the place of the desk: at the door and in 设置 alike."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ui.parts.notice import ask
from ui.words import tr


def chosen_backup(parent: QWidget, home: Path) -> Path | None:
    """Ask which backup is to be put back, and whether; None when nothing is to change."""
    folder = str(home / "backups")
    chosen, _ = QFileDialog.getOpenFileName(parent, tr("选一份备份"), folder, tr("备份 (*.hsbackup)"))
    words = tr("台账会变成备份时的样子。现在的数据另外保存在旁边，不会删掉；上报过的内容下次同步会取回来。")
    return Path(chosen) if chosen and ask(parent, tr("从备份恢复"), words, tr("恢复")) else None
