"""The first run: which place, who, passphrase, and the recovery code that must be kept on paper."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QPushButton

from hsdesk.errors import DeskError
from hsdesk.model.place import Place, load_directory
from ui.office import Office
from ui.parts.plain import button, column, holder, row
from ui.start.code import CodePaper
from ui.start.fields import Line, Message, NewPassphrase
from ui.start.frame import StartPage
from ui.start.places import PlacePicker
from ui.words import error_text, tr
from ui.work import Job


class Wizard(StartPage):
    """Three short pages, then the desk is made."""

    def __init__(self, office: Office) -> None:
        super().__init__("", "")
        self.office = office
        self.place: Place | None = None
        self.person = ""
        self.code = ""
        self.name: Line
        self.picker: PlacePicker
        self.passphrase: NewPassphrase
        self.message: Message
        self.paper: CodePaper
        self.enter: QPushButton
        self.try_out: QPushButton
        self._making: Job | None = None  # the sample is on its way
        self._step_back: QPushButton | None = None
        self._place_page()

    def to_passphrase(self) -> None:
        """Go on when place and name are given."""
        problem = self._missing()
        self.message.say(problem)
        if problem:
            missing = self.picker.search if self.picker.place is None else self.name.edit
            self.focus_on(missing)
            return
        self.place, self.person = self.picker.place, self.name.text.strip()
        self._passphrase_page()

    def open_sample(self) -> None:
        """Open the sample, made first where there is none; pressed again meanwhile, it is given up."""
        if self._making is not None:
            self._making.cancel()
            return
        job = self._making = Job(self.office)
        job.stepped.connect(self._sample_moved)
        self.enter.setEnabled(False)
        self.office.try_out(job, self._no_sample)

    def _sample_moved(self, progress: object) -> None:
        assert isinstance(progress, tuple)
        done, total = progress
        self.try_out.setText(tr("正在准备示例：{done} / {total} 张表（点这里取消）", done=done, total=total))

    def _no_sample(self, error: DeskError) -> None:
        self._making = None
        self.enter.setEnabled(True)
        self.try_out.setText(self._sample_words())
        self.message.say(error_text(error))

    def _sample_words(self) -> str:
        from hsdesk.desk import sample

        return tr("接着试示例数据") if sample.is_there(self.office.own_home) else tr("先试一试（示例数据）")

    def make(self) -> None:
        """Make the desk."""
        if not self.enter.isEnabled():
            return
        problem = self.passphrase.problem()
        self.message.say(problem)
        if problem:
            self.passphrase.correct()
            return
        assert self.place is not None
        self._wait(True)
        self.office.create([self.place.code], self.person, self.passphrase.text, self.show_code, self._say)

    def back(self) -> None:
        """Return from the passphrase to place and name, which stay as they were."""
        if self._step_back is not None and self._step_back.isEnabled():
            self._place_page()

    def onward(self) -> None:
        """Enter on the ticked box opens the desk."""
        if self.code and self.enter.isEnabled():
            self.office.enter()

    def show_code(self, code: str) -> None:
        """Show the recovery code; the desk opens when the person says it is kept."""
        self.code = code
        self._step_back = None
        self.title.setText(tr("恢复码（请打印保存）"))
        self.lead.setText(
            tr(
                "忘了口令，只有这串恢复码能打开数据。请打印或抄在纸上，锁进柜子；不要存在这台电脑里，不要拍照发群。"
            )
        )
        kept = QCheckBox(tr("我已抄好或打印"))
        self.enter = button(tr("开始使用"), self.office.enter, "primary")
        self.enter.setEnabled(False)
        kept.toggled.connect(self.enter.setEnabled)
        assert self.place is not None
        self.paper = CodePaper(code, load_directory().full_name(self.place), self.person)
        self.put(holder(column(self.paper, 8, kept, row(self.enter, None), gap=12)))
        self.focus_on(kept)

    def _missing(self) -> str:
        if self.picker.place is None:
            return tr("请先选村（社区），或您工作的乡镇、县区。")
        if len(self.name.text.strip()) < 2:
            return tr("请写上您的姓名。")
        return ""

    def _place_page(self) -> None:
        self.title.setText(tr("第一次使用：您在哪里工作？"))
        self.lead.setText(tr("选定后，各张登记表会自动带出单位名称和代码。"))
        self._step_back = None
        self.name = Line(tr("您的姓名（记在修改记录里）"), self.to_passphrase)
        self.name.edit.setText(self.person)
        self.picker = PlacePicker()
        if self.place is not None:
            self.picker.choose(self.place)
        self.picker.picked.connect(lambda _: self.focus_on(self.name.edit))
        self.message = Message()
        self.enter = button(tr("下一步"), self.to_passphrase, "primary")
        self.try_out = button(self._sample_words(), self.open_sample, "quiet")
        actions = row(self.try_out, None, self.enter)
        self.put(holder(column(self.picker, self.name, self.message, actions, gap=12)))
        self.focus_on(self.picker.search if self.place is None else self.name.edit)

    def _passphrase_page(self) -> None:
        self.title.setText(tr("设一个开机口令"))
        self.lead.setText(tr("数据在本机加密保存。每次打开都要输口令，请只告诉该知道的人。"))
        self.enter = button(tr("新建工作台"), self.make, "primary")
        self._step_back = button(tr("上一步"), self.back, "quiet")
        self.message = Message()
        self.passphrase = NewPassphrase(self.make)
        actions = row(self._step_back, None, self.enter)
        self.put(holder(column(self.passphrase, self.message, actions, gap=12)))
        self.focus_on(self.passphrase.first.edit)

    def _say(self, error: DeskError) -> None:
        self._wait(False)
        self.message.say(error_text(error))
        self.focus_on(self.passphrase.first.edit)

    def _wait(self, waiting: bool) -> None:
        self.enter.setEnabled(not waiting)
        self.enter.setText(tr("正在新建…") if waiting else tr("新建工作台"))
        if self._step_back is not None:
            self._step_back.setEnabled(not waiting)
