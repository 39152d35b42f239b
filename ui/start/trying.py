"""The bar over a sample desk: that all of it is invented, what to try first, how to throw it away."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from ui.parts.notice import Notice, ask, tell
from ui.parts.plain import button, frame, label, row
from ui.theme import metrics
from ui.words import tr


class SampleBar(QFrame):
    """Stands over every page of the sample. `thrown_away`: the person is done with it and said so."""

    thrown_away = Signal()

    def __init__(self) -> None:
        super().__init__()
        words = tr("示例：人名、电话、数字都是虚构的，随便改，不会上报。")
        if metrics().is_large:
            words = tr("示例：随便改，不会上报。")
        line = row(gap=12)
        line.addWidget(label(words, "warn", wrap=True), 1)
        line.addWidget(button(tr("先试什么"), lambda: show_first_steps(self)))
        line.addWidget(button(tr("扔掉示例"), self.throw_away))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame("bar", line, padding=24))
        line.setContentsMargins(metrics().px(20), metrics().px(4), metrics().px(16), metrics().px(4))

    def throw_away(self) -> None:
        """Ask whether the sample may go."""
        words = tr("示例里试着填的都会删掉，找不回来。接着可以新建自己的工作台。")
        if ask(self, tr("扔掉示例"), words, tr("扔掉")):
            self.thrown_away.emit()


def show_first_steps(bar: SampleBar) -> Notice:
    """Show what is worth trying first, in the order of a working day."""
    steps = tr(
        "1. 点开一个社区社会组织，改一栏：离开就存好了。\n"
        "2. 按 Ctrl+N 新增一条，一路按回车填下去。\n"
        "3. 填错了，点“撤销”。\n"
        "4. 在“全部查找”里打姓名的拼音首字母。\n"
        "5. 看“考核指标”差在哪一条，打印一张花名册。\n"
        "试够了，点“扔掉示例”，新建自己的工作台。"
    )
    return tell(bar.window(), tr("先试什么"), steps)
