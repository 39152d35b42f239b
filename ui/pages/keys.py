"""全部按键: every key of the program on one sheet; a test holds it against the shortcuts in the code."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from ui.pages.page import scrolled
from ui.parts.plain import button, column, holder, label, row
from ui.theme import metrics
from ui.words import tr

Group = tuple[str, tuple[tuple[str, str], ...]]


def all_keys() -> tuple[Group, ...]:
    """Return the keys by where they work, each with what it does."""
    return (_everywhere(), _in_a_record(), _of_notes(), _in_lists())


def _everywhere() -> Group:
    return (
        tr("到处都行"),
        (
            ("Ctrl+K", tr("找：登记表、页面、打印件、要办的事、某一条")),
            ("Ctrl+F", tr("全部查找")),
            ("F1", tr("在旁边打开帮助，Esc 收起")),
            ("Shift+F1", tr("这张按键表")),
            ("Ctrl+Home", tr("回工作台")),
            ("Ctrl+1…9", tr("第几张登记表")),
            ("F9", tr("列表和表格：分开看、左右、上下")),
            ("Ctrl+Z　Ctrl+Y", tr("撤销、重做")),
            ("Ctrl+L", tr("锁屏")),
            ("Ctrl+P", tr("打印：打开的这一条、列表里看到的")),
        ),
    )


def _in_a_record() -> Group:
    return (
        tr("填一条"),
        (
            (tr("回车"), tr("下一栏；最后一栏以后新增下一条")),
            (tr("Shift+回车"), tr("上一栏")),
            (tr("数字"), tr("选第几项；0 清空")),
            ("F4", tr("这个数怎么算的")),
            ("F7", tr("这一栏的修改记录")),
            ("F8", tr("下一处要改的")),
            ("Ctrl+N", tr("新增一条")),
            ("Ctrl+PgUp　Ctrl+PgDown", tr("上一条、下一条")),
            ("PgUp　PgDown", tr("上一部分、下一部分")),
            ("Esc", tr("回到列表，什么也不会丢")),
        ),
    )


def _of_notes() -> Group:
    return (
        tr("栏目下面的提示"),
        (
            ("Alt+C", tr("照抄这些栏目")),
            ("Alt+O", tr("打开那一条")),
            ("Alt+N", tr("不是同一人")),
            ("Alt+M", tr("合并到那一条")),
            ("Alt+H", tr("遮住号码")),
            ("Alt+Y", tr("没填错")),
            ("Alt+P", tr("不再沿用")),
            ("Alt+W　Alt+B", tr("用我填的、用别人的（不要了）")),
        ),
    )


def _in_lists() -> Group:
    return (
        tr("列表、指标和今天要办的"),
        (
            (tr("↑ ↓　回车"), tr("选一行、打开")),
            (tr("直接打字"), tr("登记表里就是查找")),
            (tr("1…9　A…Z"), tr("今天要办的、没有算进来的：按行首的字打开")),
            ("F2", tr("改这一格")),
            ("Ctrl+C　Ctrl+V", tr("复制、粘贴一块")),
            ("Ctrl+D", tr("照第一行往下填")),
            ("Alt+Down", tr("这一列的筛选（Alt+↓）")),
            ("Alt+Up　Alt+Down", tr("选栏目时上移、下移")),
            (tr("按住 F6"), tr("看一眼遮住的号码")),
            ("Ctrl++　Ctrl+-　Ctrl+0", tr("打印预览放大、缩小、还原")),
        ),
    )


class KeySheet(QDialog):
    """The sheet; any of Esc, Enter and its button closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("全部按键"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(metrics().px(24))
        grid.setVerticalSpacing(metrics().px(6))
        across = 1 if metrics().is_large else 2
        for at, (where, keys) in enumerate(all_keys()):
            grid.addWidget(_group(where, keys), at // across, at % across, Qt.AlignmentFlag.AlignTop)
        close = button(tr("知道了"), self.accept, "primary")
        body = scrolled(column(holder(grid), None), margin=8)
        layout = column(label(tr("全部按键"), "title"), gap=10, margin=16)
        layout.addWidget(body, 1)
        layout.addLayout(row(None, close))
        self.setLayout(layout)
        room = parent.window().size()
        self.resize(min(metrics().px(1120), room.width() - 40), min(metrics().px(640), room.height() - 40))
        close.setFocus()


def _group(where: str, keys: tuple[tuple[str, str], ...]) -> QWidget:
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(metrics().px(14))
    grid.setVerticalSpacing(metrics().px(4))
    for at, (key, words) in enumerate(keys):
        grid.addWidget(label(key, "accent"), at, 0)
        grid.addWidget(label(words, wrap=metrics().is_large), at, 1)
    return holder(column(label(where, "heading"), holder(grid), gap=8))
