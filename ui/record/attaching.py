"""What attachment fields want is done by the desk, and what came of it goes back to the field."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QImageReader

from hsdesk.desk.attachments import AttachmentState
from hsdesk.desk.values import Changes
from hsdesk.errors import DeskError
from hsdesk.forms.types import type_of
from ui.record.attachment import PICTURE_PX, AttachmentEditor
from ui.record.autosave import Autosave
from ui.theme import metrics
from ui.words import error_text, size_words, tr
from ui.work import Job

if TYPE_CHECKING:
    from hsdesk.desk import Desk

Seen = tuple[AttachmentState, QImage | None]


class Attaching(QObject):
    """Serves the attachment fields of one record."""

    def __init__(self, autosave: Autosave) -> None:
        super().__init__(autosave)
        self.autosave, self.office = autosave, autosave.office
        self._fields: list[tuple[str, AttachmentEditor]] = []
        self.office.changed.connect(self._changed)

    def bind(self, path: str, editor: AttachmentEditor) -> None:
        """Serve a field."""
        self._fields.append((path, editor))
        editor.shown.connect(partial(self._look, path, editor))
        editor.given.connect(partial(self._take, path, editor))
        editor.open_wanted.connect(partial(self._open, editor))
        editor.store_wanted.connect(partial(self._store, editor))
        editor.fetch_wanted.connect(partial(self._fetch, path, editor))
        if editor.answer:
            self._look(path, editor, editor.answer)

    def release(self, editor: AttachmentEditor) -> None:
        """Serve a field no longer: its row is gone."""
        self._fields = [(path, field) for path, field in self._fields if field is not editor]

    def _look(self, path: str, editor: AttachmentEditor, answer: str) -> None:
        is_photo = type_of(self.autosave.entry.session.node(path).question).widget == "photo"
        wants = is_photo and editor.picture.pixmap().isNull()

        def show(seen: Seen) -> None:
            editor.show_state(answer, seen[0])
            if wants and answer == editor.answer:
                editor.show_picture(seen[1])

        self.office.ask(partial(_seen, answer, wants), show, owner=editor)

    def _take(self, path: str, editor: AttachmentEditor, file: Path) -> None:
        form = self.autosave.entry.form.form_id
        editor.wait(tr("正在读入…"))

        def taken(answer: str) -> None:
            editor.say("")
            self.autosave.answer(path, answer)
            editor.target().setFocus(Qt.FocusReason.OtherFocusReason)

        self.office.ask(
            lambda desk: desk.attachments.take(form, path, file),
            taken,
            partial(_tell, editor),
            editor,
        )

    def _open(self, editor: AttachmentEditor, answer: str) -> None:
        def made(copy: Path) -> None:
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(copy))):
                editor.say(tr("这台电脑上没有能打开它的程序。可以点「另存为」存出来，用别的电脑看。"))

        self.office.ask(lambda desk: desk.attachments.open_copy(answer), made, partial(_tell, editor), editor)

    def _store(self, editor: AttachmentEditor, answer: str, out: Path) -> None:
        def stored(where: Path) -> None:
            editor.say(tr("已经存好：{path}", path=str(where)), good=True)

        self.office.ask(
            lambda desk: desk.attachments.export(answer, out), stored, partial(_tell, editor), editor
        )

    def _fetch(self, path: str, editor: AttachmentEditor, answer: str) -> None:
        """Download now; typing goes on being saved meanwhile."""
        job = Job(self.office)
        editor.wait(tr("正在联系市级服务器…"), stoppable=True)
        editor.stop_wanted.connect(job.cancel)
        editor.destroyed.connect(job.cancel)
        job.stepped.connect(partial(_show_progress, editor))

        def done(whole: bool) -> None:
            editor.say("" if whole else tr("已停下，已下载的部分留着，下次接着下。"))
            self._look(path, editor, answer)

        def failed(error: DeskError) -> None:
            _tell(editor, error)
            self._look(path, editor, answer)

        self.office.carry(
            lambda desk, step: desk.attachments.fetch(answer, step, job.cancelled), job, done, failed, editor
        )

    def _changed(self, changes: Changes) -> None:
        if changes.sync:
            for path, editor in self._fields:
                if editor.answer:
                    self._look(path, editor, editor.answer)


def _tell(editor: AttachmentEditor, error: DeskError) -> None:
    editor.say(error_text(error))


def _show_progress(editor: AttachmentEditor, progress: object) -> None:
    done, total = getattr(progress, "done", 0), getattr(progress, "total", 0)
    words = tr("正在下载 {done} / {total}", done=size_words(done), total=size_words(total))
    editor.message.setText(words)


def _seen(answer: str, wants_picture: bool, desk: Desk) -> Seen:
    """Read on the database thread how an attachment stands, and its picture if one is wanted."""
    state = desk.attachments.state(answer)
    return state, picture(desk.attachments.content(answer)) if wants_picture and state.here else None


def picture(content: bytes) -> QImage | None:
    """Return a small picture of a photo, None when it is none. A huge one is never unpacked whole."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    height = metrics().px(PICTURE_PX)
    if size.isValid() and size.height() > height:
        reader.setScaledSize(size.scaled(QSize(height * 3, height), Qt.AspectRatioMode.KeepAspectRatio))
    made = reader.read()
    return None if made.isNull() else made
