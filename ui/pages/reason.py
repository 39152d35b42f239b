"""Asking why: deleting keeps the record and its reason."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from ui.parts.notice import Notice
from ui.words import tr


def ask_reason(parent: QWidget, name: str) -> str:
    """Return the reason for deleting a record, "" when it stays."""
    text = tr("作废后不再列出、不再计数，但内容都留着，随时可以在「看已作废」里恢复。")
    notice = Notice(parent, tr("作废“{name}”", name=name), text)
    field = QLineEdit()
    field.setPlaceholderText(tr("作废原因，例如：重复登记、登记错了"))
    field.setAccessibleName(tr("作废原因"))
    notice.put_under(field)
    notice.answers(tr("作废"), tr("不作废"))
    field.setFocus()
    accepted = notice.exec() == Notice.DialogCode.Accepted
    return (field.text().strip() or tr("未写原因")) if accepted else ""
