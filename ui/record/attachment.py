"""The field for a file or a photo (附件): choose, open, store elsewhere, remove; its state in words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from hsdesk.desk.attachments import USUAL_BYTES, AttachmentState, endings
from hsdesk.forms.types import as_typed
from hsdesk.forms.views import NodeView
from hsdesk.model.attachment import read_attachment
from ui.parts.flow import Flow
from ui.parts.plain import button, column, holder, label, restyle, reveal, row
from ui.record.editor import ENTER, Editor
from ui.record.text import TEXT_WIDTH
from ui.theme import metrics
from ui.words import size_words, tr

PICTURE_PX = 160  # height of the preview of a photo
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class AttachmentEditor(Editor):
    """One attachment. Space presses a button, left and right move between them, Enter goes on.

    shown         the answer changed: how the attachment stands is to be asked
    given         a file is to become the answer
    store_wanted  where the content is to be stored
    """

    shown = Signal(str)
    given = Signal(object)  # Path
    open_wanted = Signal(str)
    store_wanted = Signal(str, object)  # answer, Path
    fetch_wanted = Signal(str)
    stop_wanted = Signal()

    def __init__(self, view: NodeView) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.answer = ""
        self.state: AttachmentState | None = None
        self._view = view
        self._readonly = view.readonly
        self._busy = False
        self.name = label("", "heading", wrap=True)
        self.how = label("", "quiet", wrap=True)
        self.picture = QLabel()
        self.picture.hide()
        self.message = label("", "warn", wrap=True)
        self.choose = self._button(tr("选择文件…"), self.ask_file)
        self.open = self._button(tr("打开"), lambda: self.open_wanted.emit(self.answer))
        self.fetch = self._button(tr("下载"), lambda: self.fetch_wanted.emit(self.answer))
        self.stop = self._button(tr("停止下载"), self.stop_wanted.emit)
        self.store = self._button(tr("另存为…"), self.ask_place)
        self.remove = self._button(tr("移除"), self.take_away)
        self.buttons = (self.choose, self.open, self.fetch, self.stop, self.store, self.remove)
        flow = Flow(gap=metrics().px(8))
        for one in self.buttons:
            flow.addWidget(one)
        inner = column(self.name, self.how, self.picture, flow, self.message, gap=6)
        side = metrics().px(10)
        inner.setContentsMargins(side, side, side, side)
        self.box = holder(inner, "Attachment")
        self.box.setMaximumWidth(metrics().px(TEXT_WIDTH))
        line = row(gap=0)
        line.addWidget(self.box, 1)
        line.addStretch(0)
        self.setLayout(line)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_view(view)

    def show_view(self, view: NodeView) -> None:
        self._view, self._readonly = view, view.readonly
        answer = as_typed(view.value)
        if answer != self.answer:
            self.answer, self.state = answer, None
            self.message.setText("")
            self.show_picture(None)
        self._show()
        if self.answer:
            self.shown.emit(self.answer)

    def recover(self, text: str, caret: int) -> None:
        """Take again the attachment that could not be saved as the answer; its content is in the file."""
        if read_attachment(text) is not None or not text:
            self.chosen.emit(text or None)

    def show_state(self, answer: str, state: AttachmentState) -> None:
        """Show how the attachment stands, unless the answer is another by now."""
        if answer == self.answer:
            self.state = state
            self._show()

    def show_picture(self, picture: QImage | None) -> None:
        """Show a small preview of a photo."""
        self.picture.setPixmap(QPixmap() if picture is None else QPixmap.fromImage(picture))
        self.picture.setAccessibleName(tr("照片"))
        reveal(self.picture, picture is not None)

    def say(self, words: str, *, good: bool = False) -> None:
        """Tell what came of something, under the buttons."""
        waited = self.stop.hasFocus()
        self._busy = False
        self.message.setText(words)
        restyle(self.message, "role", "good" if good else "warn")
        self._show()
        if waited:
            self.target().setFocus(Qt.FocusReason.OtherFocusReason)

    def wait(self, words: str, *, stoppable: bool = False) -> None:
        """Show that something is under way."""
        self._busy = True
        self.message.setText(words)
        restyle(self.message, "role", "quiet")
        self._show()
        if stoppable:
            self.stop.show()
            self.stop.setFocus(Qt.FocusReason.OtherFocusReason)

    def mark_problem(self, severity: str) -> None:
        restyle(self.box, "problem", severity)

    def target(self) -> QWidget:
        return next((one for one in self.buttons if not one.isHidden()), self)

    def ask_file(self) -> None:
        """Let the person choose a file."""
        if self._busy:
            return
        kinds = " ".join(f"*.{ending}" for ending in endings(self._view.question))
        wanted = tr("可以添加的文件（{kinds}）", kinds=kinds) if kinds else ""
        chosen, _ = QFileDialog.getOpenFileName(self, tr("选择文件"), _documents(), wanted)
        if chosen:
            self.given.emit(Path(chosen))

    def ask_place(self) -> None:
        """Let the person choose where to store the content."""
        if self.state is None:
            return
        start = str(Path(_documents()) / self.state.name)
        chosen, _ = QFileDialog.getSaveFileName(self, tr("存到哪里"), start)
        if chosen:
            self.store_wanted.emit(self.answer, Path(chosen))

    def take_away(self) -> None:
        """Empty the answer; it can be undone, and earlier versions keep the file."""
        self.chosen.emit(None)
        self.say(tr("已移除。按 Ctrl+Z 可以撤销。"))
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Enter goes on, arrows move: the buttons leave these keys to the field."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in ENTER:
            return self.go_on(event)
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.done.emit(key == Qt.Key.Key_Down)
            return True
        if key in _STEPS:
            self._step(_STEPS[key])
            return True
        return False

    def _step(self, step: int) -> None:
        shown = [one for one in self.buttons if not one.isHidden()]
        here = next((at for at, one in enumerate(shown) if one.hasFocus()), 0)
        if shown:
            shown[(here + step) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if not self._readonly and not self._busy and _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        file = _dropped(event)
        if file is not None and not self._readonly and not self._busy:
            event.acceptProposedAction()
            self.given.emit(file)

    def _button(self, text: str, pressed: object) -> QPushButton:
        made = button(text, pressed)  # type: ignore[arg-type]
        made.setAutoDefault(False)
        made.installEventFilter(self)
        return made

    def _show(self) -> None:
        state = self.state
        here, there = bool(state and state.here), bool(self.answer)
        self.name.setText(state.name if state else "")
        self.how.setText(self._words())
        reveal(self.name, there)
        reveal(self.message, bool(self.message.text()))
        for one, shown in (
            (self.choose, not self._readonly),
            (self.open, here),
            (self.fetch, there and state is not None and not here),
            (self.stop, False),
            (self.store, here),
            (self.remove, there and not self._readonly),
        ):
            reveal(one, shown and (not self._busy or one is self.choose))  # the focus stays where it is
        self.choose.setText(tr("换一个文件…") if there else tr("选择文件…"))
        self.choose.setAccessibleName(f"{self._view.label}　{self.choose.text()}")

    def _words(self) -> str:
        if not self.answer and self._view.hint:  # the form itself says what it takes
            return tr("按空格选择文件，也可以拖到这里。")
        if not self.answer:
            kinds = "、".join(endings(self._view.question))
            size = size_words(USUAL_BYTES)
            return tr("按空格选择文件，也可以拖到这里。只收 {kinds}，不超过 {size}。", kinds=kinds, size=size)
        return state_words(self.state) if self.state else ""


def state_words(state: AttachmentState) -> str:
    """Return size and state: 1.2 MB　未上传."""
    if not state.here:
        how = tr("未下载，已有 {size}", size=size_words(state.bytes)) if state.bytes else tr("未下载")
    elif state.sent:
        how = tr("已上传")
    else:
        how = tr("未上传，下次数据同步时上传")
    words = tr("{size}　{how}", size=size_words(state.size), how=how)
    return tr("{words}\n上次没有办成：{reason}", words=words, reason=state.reason) if state.reason else words


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def _dropped(event: QDropEvent) -> Path | None:
    """Return the one file of this computer that is dropped, None for anything else."""
    files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    return Path(files[0]) if len(files) == 1 else None
