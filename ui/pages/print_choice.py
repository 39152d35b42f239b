"""What is to be printed: of which records, for which place, as of which day, and as which print-out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QListWidget, QWidget

from hsdesk.desk.values import Status
from hsdesk.model.asked_day import AskedDay
from hsdesk.model.punctuation import full_width
from ui.office import Office
from ui.pages.asked import AskedField
from ui.pages.print_subject import EVERYTHING, Subject
from ui.parts.lines import DATA, add_line
from ui.parts.plain import column, label, row
from ui.preferences import Preferences
from ui.theme import metrics
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.desk.printing import SummaryInfo


class PrintChoice(QWidget):
    """A list of print-outs under what narrows them. What was chosen last stands again, but for the day."""

    chosen = Signal()
    wrong = Signal(str)  # the day that was typed is none

    def __init__(self, office: Office, preferences: Preferences) -> None:
        super().__init__()
        self._office, self._preferences = office, preferences
        self.subject: Subject = EVERYTHING
        self.asked: AskedDay | None = None
        self._offered: Subject = EVERYTHING
        self._wanted = ""
        self._fills = False
        self.subjects = _combo(tr("打印哪些"))
        self.place = _combo(tr("所属村（社区）"))
        self.day = AskedField()
        self.day.setMinimumWidth(0)
        self.names = QListWidget()
        self.names.setAccessibleName(tr("打印件"))
        self.names.setWordWrap(True)
        width = min(metrics().px(300), 400)
        self.setFixedWidth(width)
        self.foot = row(gap=8)  # for more, where there is no room beside the preview
        day = row(label(tr("截至"), "quiet"), gap=8)
        day.addWidget(self.day, 1)
        layout = column(self.subjects, self.place, day, gap=8)
        layout.addWidget(self.names, 1)
        layout.addLayout(self.foot)
        self.setLayout(layout)
        self.subjects.hide()
        self.subjects.activated.connect(self._pick_subject)
        self.place.activated.connect(lambda _: self._pick_place())
        self.day.asked.connect(self._ask)
        self.day.wrong.connect(self.wrong)
        self.names.currentItemChanged.connect(lambda *_: self._pick())

    @property
    def info(self) -> SummaryInfo | None:
        """Return the print-out that is marked."""
        item = self.names.currentItem()
        found: SummaryInfo | None = item.data(DATA) if item is not None else None
        return found

    @property
    def place_code(self) -> str:
        """Return the place whose sheet is wanted; "" for what was picked: it lies where it lies."""
        return "" if self.subject.form else str(self.place.currentData() or "")

    def offer(self, subject: Subject | None, wanted: str = "") -> None:
        """Let some records be printed, or everything; `wanted`: the print-out to begin with."""
        self._offered, self._wanted = subject or EVERYTHING, wanted
        self.subjects.clear()
        self.subjects.addItem(tr("全部打印件"), EVERYTHING)
        if subject is not None:
            self.subjects.addItem(subject.words, subject)
            self.subjects.setToolTip(subject.words)
        self.subjects.setCurrentIndex(self.subjects.count() - 1)
        self.subjects.setVisible(subject is not None)
        self._take(self._offered)

    def show_status(self, status: Status) -> None:
        """Offer the places of this desk; the one that was chosen last stands again."""
        if self.place.count() == len(status.places):
            return
        self.place.clear()
        for place in status.places:
            self.place.addItem(place.name if metrics().is_large else place.full_name, place.code)
        self.place.setCurrentIndex(max(self.place.findData(self._preferences.print_out("place")), 0))
        self._show_place()

    def _show_place(self) -> None:
        self.place.setVisible(self.place.count() > 1 and not self.subject.form)

    def _pick_subject(self, at: int) -> None:
        self._take(self.subjects.itemData(at))

    def _take(self, subject: Subject) -> None:
        """List what can be made of some records."""
        self.subject = subject
        self._show_place()
        form, listed = subject.form, subject.view is not None
        self._office.ask(
            lambda desk: desk.reports.offered(form, listed=listed) if form else desk.reports.summaries(),
            self._list,
            owner=self,
        )

    def _list(self, infos: Sequence[SummaryInfo]) -> None:
        self._fills = True
        self.names.clear()
        for info in infos:
            add_line(self.names, full_width(info.title), info, width=self.names.width() - metrics().px(60))
        wanted = self._wanted or self._preferences.print_out(self.subject.kind)
        names = [info.name for info in infos]
        self.names.setCurrentRow(names.index(wanted) if wanted in names else 0)
        self._wanted, self._fills = "", False
        self._pick()

    def _pick(self) -> None:
        if self._fills or (info := self.info) is None:
            return
        self._preferences.keep_print_out(self.subject.kind, info.name)
        self.chosen.emit()

    def _pick_place(self) -> None:
        self._preferences.keep_print_out("place", self.place_code)
        self.chosen.emit()

    def _ask(self, asked: object) -> None:
        assert isinstance(asked, AskedDay)
        self.asked = asked
        self.chosen.emit()


def _combo(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made
