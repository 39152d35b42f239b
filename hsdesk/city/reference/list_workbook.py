"""Code lists as a workbook: one sheet a list, named as the list is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from hsdesk.city.reference.workbook import FROM, TO, Book, place_of, write_sheets
from hsdesk.errors import DataError
from hsdesk.forms.codelists import VALID_FROM, VALID_TO, Choices, CodeLists, code_lists, is_offered
from hsdesk.forms.schema import Choice, Form, Label, Question, questions
from hsdesk.forms.workbook.sheets import Sheet, SheetRow

_CODE, _LABEL = "代码", "名称"
_HEADINGS = {VALID_FROM: FROM, VALID_TO: TO, "source": "来源", "grade5": "五级", "mca": "民政分类",
             "word1": "关键词1", "word2": "关键词2", "word3": "关键词3"}  # fmt: skip
_COLUMNS = {heading: column for column, heading in _HEADINGS.items()}
_LONGEST_CODE, _LONGEST_LABEL = 32, 100
_GUIDE = (
    "一张表是一个代码表，表名是它的编号，请不要改。只要改其中几张，把别的表删去也可以。",
    "“代码”是存下来的值，发布以后不要改；改“名称”，所有地方都换成新名称。",
    "新增：在最后加一行，写上没有用过的代码和名称。",
    "停用：写上停用日期，或把这一行删去。已经选了它的记录照样看得到，新填时不再给选。",
    "代码前面的 0 要留住，请让单元格保持“文本”格式。不要写公式。",
    "改好以后：server codelists add 文件 --dry-run 先看改了什么，再去掉 --dry-run 发布。",
)


class ListChange(msgspec.Struct, frozen=True):
    """What a new list changes, as 代码 名称."""

    name: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    withdrawn: tuple[str, ...]
    restored: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        return not (self.new or self.changed or self.withdrawn or self.restored)


def export_lists(lists: CodeLists, forms: Iterable[Form], name: str, out: Path) -> tuple[str, ...]:
    """Write one list, or `all`, as a workbook; return their names. Raises DataError for an unknown one."""
    names = sorted(code_lists()) if name == "all" else [name]
    sheets: dict[str, list[list[str]]] = {}
    for one in names:
        choices = lists.choices(one)
        if choices is None:
            raise DataError("没有代码表“{name}”。用 server codelists export all 看有哪些。", name=one)
        sheets[one] = _table(choices)
    used = _used_by(forms)
    guide = [["怎么改", ""], *([line, ""] for line in _GUIDE), ["", ""], ["代码表", "用在哪里"]]
    write_sheets(sheets, [*guide, *([one, "、".join(used.get(one, ()))] for one in names)], out)
    return tuple(names)


def _table(choices: Choices) -> list[list[str]]:
    extra = dict.fromkeys((VALID_FROM, VALID_TO))
    extra |= dict.fromkeys(column for choice in choices for column in choice.extra)
    rows = [
        [one.value, one.label.plain(), *(one.extra.get(column, "") for column in extra)] for one in choices
    ]
    return [[_CODE, _LABEL, *(_HEADINGS.get(column, column) for column in extra)], *rows]


def _used_by(forms: Iterable[Form]) -> dict[str, list[str]]:
    used: dict[str, list[str]] = {}
    for form in forms:
        for question in questions(form.children, into_repeats=True):
            if question.list_name:
                used.setdefault(question.list_name, []).append(f"{form.title}：{_name(question)}")
    return used


def _name(question: Question) -> str:
    return question.label.plain() or question.name


def read_lists(path: Path, lists: CodeLists) -> dict[str, Choices]:
    """Return the lists of a workbook. Raises FormError with every wrong cell."""
    book = Book(path)
    found: dict[str, Choices] = {}
    for sheet in book.sheets:
        known = lists.choices(sheet.name)
        if known is None:
            book.say(sheet.name, "", "没有这个代码表。", "表名应是代码表的编号，请从导出的工作簿改起。")
            continue
        found[sheet.name] = _read(book, sheet, known)
        if not found[sheet.name] and not book.problems:
            book.say(sheet.name, "", "一个代码也没有。", "要停用请逐个写停用日期。")
    if not book.sheets and not book.problems:
        book.say("", "", "没有代码表。", "请从导出的工作簿改起。")
    book.close()
    return found


def _read(book: Book, sheet: Sheet, known: Choices) -> Choices:
    columns = frozenset({_CODE, _LABEL, *_COLUMNS, *(name for one in known for name in one.extra)})
    codes = {one.value for one in known}
    found: dict[str, Choice] = {}
    for row in book.rows(sheet, (_CODE, _LABEL), columns):
        choice = _choice(book, sheet, row)
        if problem := _wrong(choice, codes, found):
            heading = _LABEL if problem[0].startswith("名称") else _CODE
            book.say(sheet.name, place_of(row, heading), *problem)
        found[choice.value] = choice
    return tuple(found.values())


def _choice(book: Book, sheet: Sheet, row: SheetRow) -> Choice:
    begin, end = book.days(sheet, row)
    extra = {VALID_FROM: begin, VALID_TO: end}
    for heading, cell in row.cells.items():
        if heading not in (_CODE, _LABEL, FROM, TO):
            extra[_COLUMNS.get(heading, heading)] = cell.text
    kept = {column: text for column, text in extra.items() if text}
    return Choice(row.text(_CODE), Label({"": (row.text(_LABEL),)}), kept)


def _wrong(choice: Choice, codes: set[str], found: dict[str, Choice]) -> tuple[str, str] | None:
    """Return what is wrong with a code and the remedy."""
    code = choice.value
    if not code:
        return "代码没有填。", "请补上代码，或删去这一行。"
    if " " in code or len(code) > _LONGEST_CODE:
        return f"代码“{code[:_LONGEST_CODE]}”不能用。", f"代码里不能有空格，不超过 {_LONGEST_CODE} 个字。"
    if code in found:
        return f"代码“{code}”重复了。", "请改成没有用过的代码，或删去一行。"
    if code not in codes and any(one.startswith("0") and one.lstrip("0") == code for one in codes):
        return f"代码“{code}”前面的 0 丢了。", "请把单元格设为文本，补上 0。"
    label = choice.label.plain()
    if not 0 < len(label) <= _LONGEST_LABEL:
        return "名称没有填，或太长。", f"请写 1 至 {_LONGEST_LABEL} 个字。"
    return None


def compare(name: str, old: Choices, new: Choices, day: str) -> ListChange:
    """Return what a list changes; `new` holds every code, withdrawn ones too."""
    before = {one.value: one for one in old}
    offered = {one.value for one in old if is_offered(one, day)}
    return ListChange(
        name,
        _words(one for one in new if one.value not in before),
        _words(one for one in new if one.value in before and _plain(one) != _plain(before[one.value])),
        _words(one for one in new if one.value in offered and not is_offered(one, day)),
        _words(one for one in new if one.value in before.keys() - offered and is_offered(one, day)),
    )


def _plain(choice: Choice) -> tuple[str, dict[str, str]]:
    """Return the label and the columns of a code, the day of its withdrawal apart."""
    return choice.label.plain(), {name: text for name, text in choice.extra.items() if name != VALID_TO}


def _words(choices: Iterable[Choice]) -> tuple[str, ...]:
    return tuple(f"{one.value} {one.label.plain()}" for one in choices)


def told(changes: Sequence[ListChange]) -> tuple[str, ...]:
    """Return changes in words, a line a list."""
    return tuple(_told(change) for change in changes) or ("和现行的一样，没有要发布的。",)


def _told(change: ListChange) -> str:
    parts = (
        ("新增", change.new),
        ("改动", change.changed),
        ("停用", change.withdrawn),
        ("恢复", change.restored),
    )
    words = (f"{word} {len(codes)}（{'、'.join(codes)}）" for word, codes in parts if codes)
    return f"{change.name}：{'，'.join(words)}"
