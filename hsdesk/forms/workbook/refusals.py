"""What pyxform says, in words for the official. Its own sentences never reach a person."""

from __future__ import annotations

import re

from hsdesk.forms.problem import Problem

_ROW = re.compile(r"\[?row\s*:?\s*(\d+)\]?", re.IGNORECASE)
_QUOTED = re.compile(r"'([^']+)'")
_KNOWN = (
    ("Unmatched 'end", "多出一个结尾（end），没有对应的开头。", "请核对 begin 和 end 是否成对。"),
    ("Unmatched 'begin", "有一个开头（begin）没有结尾。", "请补上对应的 end。"),
    ("no label", "有一题没有题目文字（label）。", "请在 label 列写上题目。"),
    ("Missing calculation", "计算题没有写计算式。", "请在 calculation 列写上计算式。"),
    ("with no name", "这一题没有名称。", "请在 name 列写上名称。"),
    ("with no type", "这一行没有写题型。", "请在 type 列写上题型。"),
    ("List name not in choices", "选项表在 choices 表里没有。", "请在 choices 表里加上，或核对名称。"),
    ("Unknown question type", "不认识这个题型。", "可用的题型见帮助“表单编写”。"),
    ("must be unique", "名称重复了。", "同一组里每题的名称要不同，子表的名称全表要不同。"),
    ("must unique", "子表的名称重复了。", "子表的名称在全表要不同。"),
    ("Names must begin", "名称不合规。", "名称以字母、汉字或下划线开头，中间不能有空格和标点。"),
    ("Reference variable", "引用 ${…} 写得不对，或引用的题目没有。", "请核对 ${} 里的名称。"),
    ("no survey element named", "引用的题目没有。", "请核对 ${} 里的名称。"),
    ("multiple survey elements", "引用的名称有好几题同名。", "请给其中一题改名。"),
    ("Choices must have a name", "有一个选项没有代码（name）。", "请补上代码。"),
    ("Choices should have a label", "有一个选项没有文字（label）。", "请补上文字。"),
    ("Choice names must be unique", "选项代码重复了。", "同一选项表里代码要不同。"),
    ("Choice names with spaces", "多选题的选项代码里有空格。", "请去掉空格。"),
    ("specify choices for this 'or other'", "带“其他”的题没有选项表。", "请写上选项表的名称。"),
    ("'parameters' value is invalid", "参数（parameters）写得不对。", "请核对 start、end、step。"),
    ("'meta' is", "名称“meta”是保留的。", "请换一个名称。"),
    ("duplicate column header", "有两列同名。", "请删去一列或改名。"),
    ("different names for the same column", "有两列意思相同。", "请只留一列。"),
    ("required column headers were not found", "缺少必要的列。", "survey 表要 type,choices 表要 list_name。"),
    ("must not contain spaces", "列名里不能有空格。", "请改列名。"),
    ("survey' sheet", "survey 表有一处写得不对。", "请核对这一行。"),
    ("choices' sheet", "choices 表有一处写得不对。", "请核对这一行。"),
)  # fmt: skip


def refusal(file: str, message: str) -> Problem:
    """Return the problem for an exception of pyxform, its row kept.

    >>> refusal("a.xlsx", "[row : 3] Unmatched 'end_group'.").cell
    '第 3 行'
    """
    row = _ROW.search(message)
    sheet = "choices" if "choices" in message and "'survey'" not in message else "survey"
    cell = f"第 {row.group(1)} 行" if row else ""
    for start, text, remedy in _KNOWN:
        if start.lower() in message.lower():
            return Problem(file, sheet, cell, "error", text, remedy)
    return Problem(
        file, sheet, cell, "error", "这里的写法不合 XLSForm 规范。", "请对照帮助“表单编写”核对这一处。"
    )


def doubtful(message: str) -> tuple[str, str] | None:
    """Return (what, remedy) for a warning of pyxform worth passing on, None for the rest."""
    if "or_other" in message:
        return "多语言表用了 or_other，“其他”的文字只有一种语言。", "可以自己加一个“其他”选项。"
    quoted = _QUOTED.search(message)
    if "misspell" in message.lower() or "similar" in message.lower():
        return f"有一张表的名称像是写错了（{quoted.group(1) if quoted else ''}）。", "请核对工作表名称。"
    return None
