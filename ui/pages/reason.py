"""Asking why: deleting and reversing keep the record and the reason."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from ui.parts.notice import Notice
from ui.words import tr


def ask_reason(parent: QWidget, name: str, given: str = "", trouble: str = "") -> str:
    """Return the reason for deleting a record, "" when it stays. There must be one.

    `given`: what was typed when it could not be done before, and `trouble`: why.
    """
    text = tr("作废后不再列出、不再计数，但内容都留着，随时可以在「看已作废」里恢复。")
    notice = Notice(parent, tr("作废“{name}”", name=name), trouble or text)
    hint = tr("作废原因，例如：重复登记、登记错了")
    return _asked(notice, hint, tr("作废"), tr("不作废"), given) or ""


def ask_reversal(parent: QWidget, name: str, given: str = "", trouble: str = "") -> str:
    """Return the reason for reversing an entry of a ledger (冲正), "" when it stays.

    A reversal without a reason is not made: the question stays until there is one.
    """
    text = tr("会新增一条分值相反的流水，注明冲正哪一条、为什么。原来的一条不改，两条都留着。")
    notice = Notice(parent, tr("冲正“{name}”", name=name), trouble or text)
    reason = _asked(notice, tr("冲正原因，例如：记错了户"), tr("冲正"), tr("不冲正"), given)
    return reason or ""


def ask_erasure(parent: QWidget, name: str, given: str = "", trouble: str = "", *, asks: bool = False) -> str:
    """Return the reason for erasing a record for good (清除), "" when it stays. There must be one.

    `asks`: it is a request, which an official answers.
    """
    at_once = tr("清除以后不能恢复：内容、修改记录和附件马上没有。以前的备份里还有，请按规定销毁旧备份。")
    request = tr(
        "清除要由上级同意。申请在下次数据同步时交上去，在上级答复以前内容不变；"
        "同意以后各处的内容、修改记录和附件都清除，不能恢复。答复在「收发中心」里看。"
    )
    notice = Notice(parent, tr("彻底清除“{name}”", name=name), f"{trouble}{request if asks else at_once}")
    yes = tr("申请清除") if asks else tr("彻底清除")
    reason = _asked(notice, tr("清除原因，例如：本人要求删除个人信息"), yes, tr("不清除"), given)
    return reason or ""


def _asked(notice: Notice, hint: str, yes: str, no: str, given: str) -> str | None:
    """Ask for a line of text under the sentence, which must not be empty; None when the person said no."""
    field = QLineEdit(given)
    field.setPlaceholderText(hint)
    field.setAccessibleName(hint)
    notice.put_under(field)
    accept = notice.answers(yes, no)
    accept.setEnabled(bool(given.strip()))
    field.textChanged.connect(lambda text: accept.setEnabled(bool(text.strip())))
    field.setFocus()
    accepted = notice.exec() == Notice.DialogCode.Accepted
    return field.text().strip() if accepted else None
