"""设置: text size, passphrase, this computer, registers in use, backup, and what the program is."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLayout

from hsdesk.desk.values import Changes, FormInfo, Status
from hsdesk.errors import DeskError
from hsdesk.model.punctuation import full_width
from hsdesk.reports.settings import ShownSetting
from ui.office import Office
from ui.pages.about import About
from ui.pages.computer import ComputerCard
from ui.pages.page import Page, page_title, scrolled, title_bar
from ui.pages.passphrase import PassphraseCard
from ui.pages.writers import WritersCard
from ui.parts.choices import choices
from ui.parts.plain import clear, column, frame, holder, label, row
from ui.preferences import Preferences
from ui.theme import SCALES, metrics
from ui.words import tr


class SettingsPage(Page):
    """One card per matter."""

    restyle_wanted = Signal()

    def __init__(self, office: Office, preferences: Preferences) -> None:
        super().__init__(office)
        self.preferences = preferences
        self._registers = QGridLayout()
        self._scopes = column(gap=10)
        self._shape: object = None
        body = column(
            self._size_card(),
            self._habit_card(),
            self._writers_card(),
            self._passphrase_card(),
            self._computer_card(),
            _card(tr("要用的登记表"), tr("不用的可以收起来，内容不会少，随时可以再打开。"), self._registers),
            _card(
                tr("统计口径（市局设定）"),
                tr("口径以市局为准，这里只能看。市局改了以后，下次数据同步时这里跟着换，考核指标也跟着换。"),
                self._scopes,
            ),
            self._about_card(),
            None,
            gap=16,
        )
        layout = column(title_bar(page_title(tr("设置"))), gap=0)
        layout.addWidget(scrolled(body, widest=1060), 1)
        self.setLayout(layout)

    def show_status(self, status: Status) -> None:
        registers = (*status.registers, *status.off)
        shape = tuple((info.form_id, info.open, info.title) for info in registers)
        if shape == self._shape:
            return
        self._shape = shape
        clear(self._registers)
        for at, info in enumerate(registers):
            across = 1 if metrics().is_large else 2
            self._registers.addWidget(self._register(info), at // across, at % across)

    def enter(self) -> None:
        self.writers.enter()
        self.office.ask(lambda desk: desk.reports.settings(), self._show_scopes, owner=self)

    def _show_scopes(self, settings: tuple[ShownSetting, ...]) -> None:
        clear(self._scopes)
        for setting in settings:
            words = label(f"{setting.title}：{setting.value}", "accent" if setting.changed else "", wrap=True)
            self._scopes.addWidget(words)
            self._scopes.addWidget(label(full_width(setting.note), "quiet", wrap=True))

    def _register(self, info: FormInfo) -> QCheckBox:
        title = full_width(info.title)
        box = QCheckBox(f"{title}（{info.number}）" if info.number else title)
        box.setChecked(info.open)
        box.toggled.connect(partial(self._open_form, box, info.form_id))
        return box

    def _open_form(self, box: QCheckBox, form: str, on: bool) -> None:
        """Open or close a register; a tick that could not be kept goes back."""

        def failed(error: DeskError) -> None:
            with QSignalBlocker(box):
                box.setChecked(not on)
            self.office.work.trouble.emit(error)

        self.office.change(lambda desk: desk.file.open_form(form, on), failed=failed, owner=box)

    def _size_card(self) -> QFrame:
        sizes = choices([(scale, size_name(scale)) for scale in SCALES], self.preferences.scale, self._resize)
        contrast = QCheckBox(tr("高对比度：字更黑，线更深"))
        contrast.setChecked(self.preferences.high_contrast)
        contrast.toggled.connect(self._contrast)
        parts = column(holder(sizes), contrast, gap=10)
        return _card(tr("字号和颜色"), tr("选一个看着舒服的，马上就变。这个程序没有会动的画面。"), parts)

    def _contrast(self, on: bool) -> None:
        self.preferences.high_contrast = on
        self._resize(self.preferences.scale)

    def _habit_card(self) -> QFrame:
        box = QCheckBox(tr("填满就到下一栏"))
        box.setChecked(self.preferences.advances)
        box.toggled.connect(partial(setattr, self.preferences, "advances"))
        words = tr("用数字键选好一项，或把日期、手机号这样位数固定的打满，不用按回车就到下一栏。")
        return _card(tr("填表习惯"), words, row(box, None))

    def _resize(self, scale: int) -> None:
        from PySide6.QtWidgets import QApplication

        from ui.theme import dress

        self.preferences.scale = scale
        application = QApplication.instance()
        if isinstance(application, QApplication):
            dress(application, scale, high=self.preferences.high_contrast)
        self.restyle_wanted.emit()

    def _writers_card(self) -> QFrame:
        self.writers = WritersCard(self.office)
        words = tr(
            "谁填的记在谁名下。几个人共用一台电脑时，换人先在这里点一下。姓名报上去以后，只有上级能改。"
        )
        return _card(tr("填报人"), words, column(self.writers, gap=0))

    def _passphrase_card(self) -> QFrame:
        self.keys = PassphraseCard(self.office)
        return _card(
            tr("开机口令"),
            tr("换了口令，以前的备份仍用当时的口令打开，但打不开今天的台账。恢复码仍然有效。"),
            column(self.keys, gap=0),
        )

    def _computer_card(self) -> QFrame:
        self.computer = ComputerCard(self.office, self.preferences)
        words = tr("备份是加密的，要用口令或恢复码才能打开。记住本机后，打开时不用再输口令。")
        return _card(tr("这台电脑"), words, column(self.computer, gap=0))

    def _about_card(self) -> QFrame:
        from hsdesk import __version__

        words = tr(
            "村社台账 HSDesk {version}，Apache-2.0 许可。用到：Qt / PySide6（LGPL-3.0）、SQLCipher（BSD）、"
            "SQLite（公有领域）、sqlite-utils、openpyxl、requests、cryptography、msgspec 等开源软件。"
            "本软件不得存储、处理国家秘密。",
            version=__version__,
        )
        languages = choices((("zh", "中文"), ("en", "English")), self.preferences.language, self._speak)
        return _card(tr("关于"), words, column(holder(languages), About(self.office), gap=12))

    def _speak(self, language: str) -> None:
        from PySide6.QtWidgets import QApplication

        from ui.words import speak

        self.preferences.language = language
        application = QApplication.instance()
        if application is not None:
            speak(application, language)
        self.restyle_wanted.emit()

    def refresh(self, changes: Changes) -> None:
        if changes.forms:
            self.office.refresh()
            if self.isVisible():
                self.enter()


def size_name(scale: int) -> str:
    """Return the word for a text size."""
    names = (tr("标准"), tr("稍大"), tr("大"), tr("很大"), tr("特大"), tr("最大"))
    return dict(zip(SCALES, names, strict=True))[scale]


def _card(title: str, words: str, content: QLayout) -> QFrame:
    return frame("card", column(label(title, "heading"), label(words, "quiet", wrap=True), content, gap=10))
