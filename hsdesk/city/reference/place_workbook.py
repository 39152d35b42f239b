"""Places as a workbook: one row for each time of a place; closed ones name where they went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from hsdesk.city.reference.workbook import FROM, TO, Book, place_of, write_sheets
from hsdesk.forms.workbook.sheets import Sheet, SheetRow
from hsdesk.model.place import Directory, Place, PlaceKind, PlaceLevel, place_id
from hsdesk.model.place_checks import place_problems

SHEET = "区划"
_LEVELS: dict[PlaceLevel, str] = {
    "village": "村（社区）", "township": "乡镇街道", "county": "区县", "city": "市",
}  # fmt: skip
_KINDS: dict[PlaceKind, str] = {
    "residents_committee": "居委会", "villagers_committee": "村委会", "quasi": "类似单位",
    "subdistrict": "街道", "town": "镇", "rural_township": "乡", "county": "区县", "city": "市",
}  # fmt: skip
_ID, _CODE, _NAME, _LEVEL, _KIND, _PARENT = "编号", "代码", "名称", "级别", "类型", "上级代码"
_CLASS, _WAS, _INTO = "城乡分类", "曾用名", "并入单位代码"
_HEADINGS = (_ID, _CODE, _NAME, _LEVEL, _KIND, _PARENT, FROM, TO, _CLASS, _WAS, _INTO)
_HEADING_OF = {
    "code": _CODE, "name": _NAME, "parent": _PARENT, "valid_from": FROM, "valid_to": TO, "into": _INTO,
}  # fmt: skip
_GUIDE = (
    "一行是一个单位的一段时间。没有改动的行可以删去；删去不等于撤销。",
    "编号认准一个单位，永远不变，请不要改；新成立的单位不写编号。",
    "改名、换代码、换上级：在原来那一行写上停用日期，再加一行，编号抄上，启用日期等于前一行的停用日期。",
    "撤销或合并：写上停用日期和并入单位的代码；拆成几个，几个代码中间空一格。",
    "停用日期是不再有效的第一天。撤销的村不再给新填的人选，原来填的内容都看得到，按过去日期算指标时照样算。",
    "代码要 12 位（乡镇 9 位、区县 6 位），请让单元格保持“文本”格式。不要写公式。",
    "改好以后：server places add 文件 --dry-run 先看改了什么，再去掉 --dry-run 发布。",
)


class PlaceChange(msgspec.Struct, frozen=True):
    """What a workbook changes, as 代码 名称."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    closed: tuple[str, ...]


def export_places(directory: Directory, out: Path) -> int:
    """Write every row of the directory; return how many."""
    rows = [_line(row, directory) for row in directory.rows]
    write_sheets({SHEET: [list(_HEADINGS), *rows]}, [["怎么改", ""], *([line, ""] for line in _GUIDE)], out)
    return len(rows)


def _line(row: Place, directory: Directory) -> list[str]:
    parent = directory.at(row.parent, row.valid_from)
    heirs = (directory.get(heir) for heir in row.into.split())
    return [
        row.id, row.code, row.name, _LEVELS[row.level], _KINDS[row.kind], parent.code if parent else "",
        row.valid_from, row.valid_to, row.urban_rural, row.was, " ".join(heir.code for heir in heirs if heir),
    ]  # fmt: skip


def read_places(path: Path, directory: Directory) -> tuple[Place, ...]:
    """Return every row of each place that a workbook changes. Raises FormError with every wrong cell."""
    book = Book(path)
    lines: dict[Place, tuple[Sheet, SheetRow]] = {}
    for sheet in book.sheets:
        if sheet.name != SHEET:
            book.say(sheet.name, "", "不认识这张表。", f"请把区划写在“{SHEET}”表。")
            continue
        for row in book.rows(sheet, (_CODE, _NAME, _LEVEL, _KIND), frozenset(_HEADINGS)):
            place = _place(book, sheet, row, directory)
            if place is not None:
                lines[place] = (sheet, row)
    if not book.sheets and not book.problems:
        book.say("", "", f"没有“{SHEET}”表。", "请从导出的工作簿改起。")
    codes = directory.with_rows(_whole(lines, directory))
    related = {_related(book, *where, row, codes): where[1] for row, where in lines.items()}
    changed = _changed(_whole(related, directory), directory)
    _check(book, changed, directory, related)
    book.close()
    return changed


def _check(
    book: Book, changed: tuple[Place, ...], directory: Directory, lines: Mapping[Place, SheetRow]
) -> None:
    """Note what does not fit together, unless single cells are wrong already."""
    found = () if book.problems else place_problems(changed, directory.with_rows(changed))
    for problem in found:
        line = lines.get(problem.row)
        where = place_of(line, _HEADING_OF[problem.column]) if line else problem.row.code
        book.say(SHEET, where, problem.reason, problem.remedy)


def _whole(rows: Iterable[Place], directory: Directory) -> tuple[Place, ...]:
    """Return rows with those other times of the same places that the workbook does not hold."""
    written: dict[str, list[Place]] = {}
    for row in rows:
        written.setdefault(row.id, []).append(row)
    kept = (
        row
        for place, versions in written.items()
        for row in directory.versions(place)
        if row.valid_from not in {one.valid_from for one in versions}
    )
    return (*kept, *(row for versions in written.values() for row in versions))


def _place(book: Book, sheet: Sheet, row: SheetRow, directory: Directory) -> Place | None:
    """Return a row as a place, its parent and heirs still as codes; None when it cannot be one."""
    level = next((value for value, word in _LEVELS.items() if row.text(_LEVEL) == word), None)
    kind = next((value for value, word in _KINDS.items() if row.text(_KIND) == word), None)
    if level is None:
        book.say(sheet.name, place_of(row, _LEVEL), "级别不对。", f"应为：{'、'.join(_LEVELS.values())}。")
    if kind is None:
        book.say(sheet.name, place_of(row, _KIND), "类型不对。", f"应为：{'、'.join(_KINDS.values())}。")
    begin, end = book.days(sheet, row)
    name = _identified(book, sheet, row, begin, directory)
    if level is None or kind is None:
        return None
    return Place(
        name, row.text(_CODE), row.text(_NAME), level, kind, row.text(_PARENT), begin, end,
        row.text(_CLASS), row.text(_WAS), row.text(_INTO),
    )  # fmt: skip


def _identified(book: Book, sheet: Sheet, row: SheetRow, begin: str, directory: Directory) -> str:
    """Return the id of a row's place, a new one for a place that was not there."""
    name, code = row.text(_ID), row.text(_CODE)
    if name:
        if directory.get(name) is None:
            book.say(sheet.name, place_of(row, _ID), "没有这个编号。", "新成立的单位不写编号。")
        return name
    holders = (known for known in directory.rows if known.code == code)
    if any(known.is_valid_on(begin or known.valid_from) for known in holders):
        remedy = "要改这个单位，请把它的编号抄上；新单位请核对代码和启用日期。"
        book.say(sheet.name, place_of(row, _CODE), f"代码 {code} 已经有单位在用。", remedy)
    return _new_id(code, begin, directory)


def _new_id(code: str, begin: str, directory: Directory) -> str:
    """Return the id of a new place: of its code or, where another place had the code first, of both."""
    first = place_id(code)
    return first if directory.get(first) is None else place_id(f"{code}@{begin}")


def _related(book: Book, sheet: Sheet, line: SheetRow, row: Place, codes: Directory) -> Place:
    """Return a place with the ids of its parent and heirs in place of their codes."""
    parent = _named(codes, row.parent, row.valid_from) if row.parent else ""
    if row.parent and not parent:
        book.say(sheet.name, place_of(line, _PARENT), f"没有代码 {row.parent}。", "请核对上级单位的代码。")
    heirs = {code: _named(codes, code, row.valid_to) for code in row.into.split()}
    for code, heir in heirs.items():
        if not heir:
            remedy = "请核对并入单位的代码；新单位要另写一行。"
            book.say(sheet.name, place_of(line, _INTO), f"没有代码 {code}。", remedy)
    return msgspec.structs.replace(row, parent=parent, into=" ".join(heirs.values()))


def _named(codes: Directory, code: str, day: str) -> str:
    """Return the id of the place with a code: who had it on a day, else who has it now; "" for nobody."""
    rows = [row for row in codes.rows if row.code == code]
    on_the_day = [row for row in rows if row.is_valid_on(day)]
    return (on_the_day or rows)[-1].id if rows else ""


def _changed(rows: tuple[Place, ...], directory: Directory) -> tuple[Place, ...]:
    """Return the rows of those places that differ from what holds."""
    by_place: dict[str, list[Place]] = {}
    for row in rows:
        by_place.setdefault(row.id, []).append(row)
    return tuple(
        row
        for place, versions in by_place.items()
        if tuple(sorted(versions, key=lambda one: one.valid_from)) != directory.versions(place)
        for row in versions
    )


def compare(rows: Iterable[Place], directory: Directory) -> PlaceChange:
    """Return what changed rows do to a directory."""
    after = directory.with_rows(rows)
    places = [after.by_id(place) for place in dict.fromkeys(row.id for row in rows)]
    known = {place.id: directory.get(place.id) for place in places}
    return PlaceChange(
        tuple(_words(one) for one in places if known[one.id] is None),
        tuple(_words(one) for one in places if (old := known[one.id]) and one.valid_to == old.valid_to),
        tuple(_words(one) for one in places if (old := known[one.id]) and one.valid_to != old.valid_to),
    )


def _words(place: Place) -> str:
    return f"{place.code} {place.name}"


def told(change: PlaceChange) -> tuple[str, ...]:
    """Return a change in words."""
    parts = (("新增", change.new), ("改动", change.changed), ("撤销或合并", change.closed))
    lines = tuple(f"{word} {len(places)}：{'、'.join(places)}" for word, places in parts if places)
    return lines or ("和现行的一样，没有要发布的。",)
