"""The recovery code on the screen, to be printed, stored on a stick or copied by hand; it is shown once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from ui.parts.notice import Notice, tell
from ui.parts.plain import button, column, label, row
from ui.words import tr


class CodePaper(QWidget):
    """A recovery code with what stands beside it on paper: the place and the person it was made for."""

    def __init__(self, code: str, place: str, person: str) -> None:
        super().__init__()
        self.code, self.place, self.person = code, place, person
        shown = label(code_lines(code), "code", selectable=True)
        shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        actions = row(button(tr("打印"), self._print), button(tr("存到 U 盘…"), self._store), None)
        self.setLayout(column(shown, actions, gap=12))

    def text(self) -> str:
        """Return what is printed or stored."""
        return tr(
            "村社台账 恢复码\n\n{place}　{person}\n\n{code}\n\n忘记口令时用它打开数据。请锁进柜子保存。",
            place=self.place,
            person=self.person,
            code=code_lines(self.code),
        )

    def _print(self) -> None:
        from ui.printing import print_text

        print_text(self, self.text())

    def _store(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("存到 U 盘"), tr("恢复码.txt"), tr("文本文件 (*.txt)")
        )
        if chosen:
            try:
                Path(chosen).write_text(self.text(), encoding="utf-8-sig")
            except OSError as error:
                tell(self, tr("没有存上"), tr("这个位置写不进去。请换一个位置，或者抄在纸上。"), str(error))


def show_new_code(parent: QWidget, paper: CodePaper) -> Notice:
    """Show a new recovery code until the person says that it is kept; the one before is void."""
    notice = Notice(
        parent,
        tr("新的恢复码（请打印保存）"),
        tr("以前的恢复码从现在起不能再用。忘了口令，只有这串恢复码能打开数据，请打印或抄在纸上，锁进柜子。"),
    )
    notice.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    kept = QCheckBox(tr("我已抄好或打印"))
    notice.put_under(paper)
    notice.put_under(kept)
    done = notice.answers(tr("知道了"))
    done.setEnabled(False)
    kept.toggled.connect(done.setEnabled)
    notice.open()
    return notice


def code_lines(code: str) -> str:
    """Return a recovery code on two lines, each with half of its groups.

    >>> code_lines("A-B-C-D")
    'A-B\\nC-D'
    """
    groups = code.split("-")
    half = (len(groups) + 1) // 2
    return "-".join(groups[:half]) + "\n" + "-".join(groups[half:])
