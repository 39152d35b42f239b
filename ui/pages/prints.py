"""打印与导出: choose a table, look at it, then printer, PDF or Excel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog

from hsdesk.desk.values import Changes, Status
from hsdesk.errors import Cancelled, DeskError
from hsdesk.model.asked_day import AskedDay
from hsdesk.model.step import Step
from hsdesk.reports.picking import ALL, Picked
from ui.office import Office
from ui.pages.page import Page, Target, page_title, title_bar
from ui.pages.preview import Preview
from ui.pages.print_choice import PrintChoice
from ui.pages.print_subject import Subject
from ui.parts.long_work import LongWork
from ui.parts.notice import show_error, tell
from ui.parts.plain import button, column, keyed, label, row
from ui.parts.saving import offered, village_of
from ui.preferences import Preferences
from ui.theme import metrics
from ui.words import error_text, tr

if TYPE_CHECKING:
    from hsdesk.desk import Desk
    from hsdesk.reports.content import Summary


class PrintPage(Page):
    """What is chosen at the left, the pages at the right."""

    def __init__(self, office: Office, preferences: Preferences) -> None:
        super().__init__(office)
        self.summaries: tuple[Summary, ...] = ()
        self._made_of: tuple[str, AskedDay | None, Picked] = ("", None, ALL)  # place, day and records
        self._back: Target | None = None
        self._stale = True
        self.choice = PrintChoice(office, preferences)
        self.choice.chosen.connect(self._load)
        self.choice.wrong.connect(self._refuse)
        self.preview = Preview(preferences.print_zoom)
        self.preview.paged.connect(self._show_page)
        self.preview.zoomed.connect(lambda zoom: setattr(preferences, "print_zoom", zoom))
        self.pages = label("", "quiet")
        self.presses = (
            button(keyed(tr("打印…（Ctrl+P）")), self.print_it, "primary"),
            button(tr("PDF") if metrics().is_large else tr("存为 PDF"), self.save_pdf),
            button(tr("Excel") if metrics().is_large else tr("导出 Excel"), self.save_xlsx),
            button(tr("Word") if metrics().is_large else tr("导出 Word"), self.save_docx),
        )
        self.back_button = button(keyed(tr("返回（Esc）")), self.back)
        self._put_together()
        self._keys()
        self._show_actions(False)
        self.is_ready = False

    def _put_together(self) -> None:
        large = metrics().is_large
        turns = (
            button(tr("上一页"), lambda: self.preview.turn(-1), "quiet"),
            button(tr("下一页"), lambda: self.preview.turn(1), "quiet"),
            button(tr("缩小"), lambda: self.preview.magnify(-1), "quiet"),
            button(tr("放大"), lambda: self.preview.magnify(1), "quiet"),
        )
        right = column(gap=4)
        right.addWidget(self.preview, 1)
        if large:  # keys turn and magnify; the line goes under the list
            self.choice.foot.addWidget(self.pages)
        else:
            right.addLayout(row(self.pages, None, *turns, gap=8))
        body = row(self.choice, gap=14, margin=14)
        body.addLayout(right, 1)
        title = label(tr("打印与导出"), "heading") if large else page_title(tr("打印与导出"))
        layout = column(title_bar(title, self.back_button, *self.presses), gap=0)
        layout.addLayout(body, 1)
        self.setLayout(layout)
        self.turns = turns

    def _keys(self) -> None:
        for keys, action in (
            ("Esc", self.back),
            ("Ctrl++", lambda: self.preview.magnify(1)),
            ("Ctrl+=", lambda: self.preview.magnify(1)),
            ("Ctrl+-", lambda: self.preview.magnify(-1)),
            ("Ctrl+0", lambda: self.preview.magnify(0)),
            ("Ctrl+PgDown", lambda: self.preview.turn(1)),
            ("Ctrl+PgUp", lambda: self.preview.turn(-1)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def aim(self, target: Target) -> None:
        subject = target.subject
        self._back = _back_to(subject) if subject is not None else None
        self.back_button.setVisible(self._back is not None)
        if subject is not None or target.path or not self.choice.names.count() or self.choice.subject.form:
            self._stale = False  # the list comes, and what is marked on it is made
            self.summaries = ()
            self._show_actions(False)
            self.choice.offer(subject, target.path)

    def enter(self) -> None:
        if self._stale:
            self._load()

    def back(self) -> None:
        """Go back to the record or list that is to be printed."""
        if self._back is not None:
            self.wanted.emit(self._back)

    def take_focus(self) -> None:
        self.choice.names.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, changes: Changes) -> None:
        self._stale = True
        if self.isVisible():
            self._load()

    def show_status(self, status: Status) -> None:
        self.choice.show_status(status)

    def print_it(self) -> None:
        """Print on a printer."""
        from ui.printing import print_summaries

        if self.summaries and print_summaries(self, self.summaries):
            self._note()

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
            self._note()
            self._told(out, lacking)
        finally:
            work.close()
            work.deleteLater()

    def save_xlsx(self) -> None:
        """Write the summary as an Excel workbook."""
        out = self._ask_file("xlsx", tr("Excel 工作簿 (*.xlsx)"))
        if out is not None:
            made, log = self.summaries, self._log()

            def written(desk: Desk, step: Step) -> Path:
                from hsdesk.reports.excel import write_workbook

                write_workbook(made, out, step)
                log(desk)
                return out

            LongWork(self, tr("导出 Excel"), tr("行")).carry(self.office, written, self._told)

    def save_docx(self) -> None:
        """Write the summary as a Word document."""
        out = self._ask_file("docx", tr("Word 文档 (*.docx)"))
        if out is not None:
            made, log = self.summaries, self._log()

            def written(desk: Desk) -> Path:
                from hsdesk.reports.word import write_document

                write_document(made, out)
                log(desk)
                return out

            self.office.ask(written, self._told, owner=self)

    def _note(self) -> None:
        """Tell the desk's log what was printed."""
        self.office.ask(self._log(), lambda _: None, owner=self)

    def _log(self) -> Callable[[Desk], int]:
        """Return what tells the log of what is shown now, even if something else is shown by then."""
        made, (place, asked, picked) = self.summaries, self._made_of
        return lambda desk: desk.reports.took_out(made, place, asked=asked, picked=picked)

    def _load(self) -> None:
        """Make the print-out that is chosen, of the records as they are now."""
        info, choice = self.choice.info, self.choice
        if info is None:
            return
        name, place, asked, subject = info.name, choice.place_code, choice.asked, choice.subject
        self._stale = False

        self.summaries = ()  # nothing is printed that is not seen

        def make(desk: Desk) -> tuple[tuple[Summary, ...], Picked]:
            picked = subject.picked(desk, listed=name.startswith("list/"))
            return desk.reports.build(name, place, asked=asked, picked=picked), picked

        def show(made: tuple[tuple[Summary, ...], Picked]) -> None:
            self._made_of = (place, asked, made[1])
            self._show(made[0])

        self.office.ask(make, show, self._cannot, owner=self)

    def _show(self, made: tuple[Summary, ...]) -> None:
        self.summaries = made
        self.preview.show_summaries(self.summaries)
        self._show_actions(bool(self.summaries))
        self.settle()

    def _cannot(self, error: DeskError) -> None:
        self._refuse(error_text(error))
        self.settle()

    def _refuse(self, words: str) -> None:
        """Say in the place of the pages why there are none."""
        self.summaries = ()
        self.preview.blank(words)
        self._show_actions(False)

    def _show_page(self, page: int, pages: int) -> None:
        self.pages.setText(tr("第 {page} 页，共 {n} 页", page=page, n=pages) if pages else "")

    def _show_actions(self, able: bool) -> None:
        for action in (*self.presses, *self.turns):
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


def _back_to(subject: Subject) -> Target:
    """Return where a person was who asked for these records to be printed."""
    page = "record" if subject.record else "register"
    return Target(page, subject.form, subject.record, scope=subject.scope)
