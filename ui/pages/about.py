"""关于: versions, licences, language, and a file for the technician that holds nothing of a person."""

from __future__ import annotations

from pathlib import Path

import PySide6
from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QFileDialog, QWidget

from hsdesk import __version__
from ui.office import Office
from ui.parts.notice import tell
from ui.parts.plain import button, column, label, row
from ui.words import tr


class About(QWidget):
    """The words on the program, and what to hand to a technician."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        versions = tr(
            "程序 {version}　Qt {qt}　PySide6 {pyside}",
            version=__version__,
            qt=qVersion(),
            pyside=PySide6.__version__,
        )
        words = tr("诊断文件只有版本、表和条数、文件大小，没有姓名、号码和填写的内容，可以放心发给技术人员。")
        store = button(tr("存诊断文件…"), self._store)
        self.setLayout(column(label(versions), label(words, "quiet", wrap=True), row(store, None), gap=8))

    def text(self) -> str:
        """Return what the diagnostic file says."""
        from hsdesk.desk.diagnosis import diagnosis

        status = self.office.status
        libraries = {"qt": qVersion(), "pyside6": PySide6.__version__}
        return diagnosis(status, self.office.home, libraries) if status is not None else ""

    def _store(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("存诊断文件"), tr("村社台账诊断.txt"), tr("文本文件 (*.txt)")
        )
        if not chosen:
            return
        try:
            Path(chosen).write_text(self.text(), encoding="utf-8")
        except OSError as error:
            tell(self, tr("没有存上"), tr("这个位置写不进去。请换一个位置。"), str(error))
        else:
            tell(self, tr("已经存好"), tr("诊断文件在：{path}", path=chosen))
