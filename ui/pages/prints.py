"""打印与导出: choose a table, look at it, then printer, PDF or Excel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QListWidget, QWidget

from hsdesk.desk.values import Changes, Status
from hsdesk.errors import Cancelled, DeskError
from hsdesk.model.step import Step
from ui.office import Office
from ui.pages.page import Page, Target, page_title, title_bar
from ui.pages.preview import Preview
from ui.parts.lines import DATA, add_line
from ui.parts.long_work import LongWork
from ui.parts.notice import show_error, tell
from ui.parts.plain import button, column, holder, keyed, label, row
from ui.parts.saving import offered, village_of
from ui.theme import metrics
from ui.words import error_text, tr

if TYPE_CHECKING:
    from hsdesk.desk import Desk
    from hsdesk.desk.printing import SummaryInfo
    from hsdesk.reports.content import Summary


class PrintPage(Page):
    """The list of summaries at the left, the pages at the right."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.summaries: tuple[Summary, ...] = ()
        self.names = QListWidget()
        self.names.setAccessibleName(tr("打印件"))
        self.names.setWordWrap(True)
        self.names.setFixedWidth(min(metrics().px(300), 400))
        self.names.currentItemChanged.connect(lambda *_: self._load())
        self.place = QComboBox()
        self.place.setAccessibleName(tr("所属村（社区）"))
        self.place.currentIndexChanged.connect(lambda _: self._load())
        self.preview = Preview()
        self.pages = label("", "quiet")
        self.presses = (
            button(keyed(tr("打印…（Ctrl+P）")), self.print_it, "primary", shortcut="Ctrl+P"),
            button(tr("PDF") if metrics().is_large else tr("存为 PDF"), self.save_pdf),
            button(tr("Excel") if metrics().is_large else tr("导出 Excel"), self.save_xlsx),
            button(tr("Word") if metrics().is_large else tr("导出 Word"), self.save_docx),
        )
        left = column(self.place, gap=10)
        left.addWidget(self.names, 1)
        body = row(holder(left), gap=14, margin=14)
        body.addWidget(self.preview, 1)
        title = page_title(tr("打印与导出"))
        others: tuple[QWidget, ...] = (self.pages,)
        if metrics().is_large:  # the name of the page and its buttons share one line
            title = label(tr("打印与导出"), "heading")
            left.addWidget(self.pages)
            others = ()
        layout = column(title_bar(title, *others, *self.presses), gap=0)
        layout.addLayout(body, 1)
        self.setLayout(layout)
        self._stale = True
        self._wanted = ""  # the print-out to begin with
        self._show_actions(False)
        self.is_ready = False

    def aim(self, target: Target) -> None:
        self._wanted = target.path
        self._pick()

    def _pick(self) -> None:
        """Mark the print-out that was asked for, once the list is there."""
        for at in range(self.names.count()):
            if self.names.item(at).data(DATA).name == self._wanted:
                self.names.setCurrentRow(at)
                self._wanted = ""
                return

    def enter(self) -> None:
        if not self.names.count():
            self.office.ask(lambda desk: desk.reports.summaries(), self._list, owner=self)
        elif self._stale:
            self._load()

    def take_focus(self) -> None:
        self.names.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, changes: Changes) -> None:
        self._stale = True
        if self.isVisible():
            self._load()

    def show_status(self, status: Status) -> None:
        if self.place.count() == len(status.places):
            return
        self.place.blockSignals(True)
        self.place.clear()
        for place in status.places:
            self.place.addItem(place.full_name, place.code)
        self.place.blockSignals(False)
        self.place.setVisible(len(status.places) > 1)

    def print_it(self) -> None:
        """Print on a printer."""
        from ui.printing import print_summaries

        if self.summaries and print_summaries(self, self.summaries):
            self._note(self.summaries)

    def save_pdf(self) -> None:
        """Write the summary as a PDF file."""
        from ui.painter import page_count, paint_pdf

        out = self._ask_file("pdf", tr("PDF 文件 (*.pdf)"))
        if out is None:
            return
        total = sum(map(page_count, self.summaries))
        work = LongWork(self, tr("正在存 PDF"), tr("页"))
        try:
            lacking = paint_pdf(self.summaries, out, lambda done: work.step(done, total))
        except Cancelled:
            tell(self, tr("已停下"), tr("没有存 PDF。原来的文件没有动，数据都在。"))
        except DeskError as error:
            show_error(self, error)
        else:
            self._note(self.summaries)
            self._told(out, lacking)
        finally:
            work.close()
            work.deleteLater()

    def save_xlsx(self) -> None:
        """Write the summary as an Excel workbook."""
        out = self._ask_file("xlsx", tr("Excel 工作簿 (*.xlsx)"))
        if out is not None:
            made, place = self.summaries, self._place()

            def written(desk: Desk, step: Step) -> Path:
                from hsdesk.reports.excel import write_workbook

                write_workbook(made, out, step)
                desk.reports.took_out(made, place)
                return out

            LongWork(self, tr("导出 Excel"), tr("行")).carry(self.office, written, self._told)

    def save_docx(self) -> None:
        """Write the summary as a Word document."""
        out = self._ask_file("docx", tr("Word 文档 (*.docx)"))
        if out is not None:
            made, place = self.summaries, self._place()

            def written(desk: Desk) -> Path:
                from hsdesk.reports.word import write_document

                write_document(made, out)
                desk.reports.took_out(made, place)
                return out

            self.office.ask(written, self._told, owner=self)

    def _note(self, made: Sequence[Summary]) -> None:
        """Tell the desk's log what was printed."""
        place = self._place()
        self.office.ask(lambda desk: desk.reports.took_out(made, place), lambda _: None, owner=self)

    def _list(self, infos: tuple[SummaryInfo, ...]) -> None:
        for info in infos:
            add_line(self.names, info.title, info, width=self.names.width() - metrics().px(60))
        self.names.setCurrentRow(0)
        self._pick()
        self.settle()

    def _load(self) -> None:
        if self.names.currentItem() is None:
            return
        name, place = self._info().name, self._place()
        self._stale = False
        self.office.ask(lambda desk: desk.reports.build(name, place), self._show, self._cannot, owner=self)

    def _info(self) -> SummaryInfo:
        info: SummaryInfo = self.names.currentItem().data(DATA)
        return info

    def _place(self) -> str:
        return str(self.place.currentData() or "")

    def _show(self, summaries: tuple[Summary, ...]) -> None:
        self.summaries = summaries
        self.pages.setText(tr("共 {n} 页", n=self.preview.show_summaries(summaries)))
        self._show_actions(bool(summaries))

    def _cannot(self, error: DeskError) -> None:
        self.summaries = ()
        self.preview.blank(error_text(error))
        self.pages.setText("")
        self._show_actions(False)

    def _show_actions(self, able: bool) -> None:
        for action in self.presses:
            action.setEnabled(able)

    def _ask_file(self, ending: str, kinds: str) -> Path | None:
        if not self.summaries:
            return None
        start = offered(self.summaries[0].title, village_of(self.office), ending)
        chosen, _ = QFileDialog.getSaveFileName(self, tr("存到哪里"), start, kinds)
        if not chosen:
            return None
        out = Path(chosen)
        return out if out.suffix else out.with_suffix(f".{ending}")

    def _told(self, out: Path, lacking: str = "") -> None:
        words = tr("文件在：{path}", path=str(out))
        if lacking:
            said = tr("这台电脑的字体里没有这些字，纸上会是空框，请补装字体或手写：{signs}")
            words = f"{words}\n{said.format(signs='、'.join(lacking))}"
        tell(self, tr("已经存好"), words)
