"""Builds print-outs (打印件) from registers: cards and rosters, as content that any surface can draw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.schema import Form, Group, Item, Question, Repeat, questions
from hsdesk.forms.types import type_of
from hsdesk.model.place import Directory
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.content import (
    SAMPLE_NOTE,
    Block,
    Card,
    CardItem,
    CardSection,
    PrintColumn,
    Signature,
    Summary,
    Table,
)
from hsdesk.reports.definitions import QUARTER_FIELDS, ColumnDefinition, Definition
from hsdesk.reports.leaning import Lean, lacking, leans_of_rows
from hsdesk.reports.signing import Occasion, chinese_date, legal_name, signature_of

_UNKNOWN = "此处不知"
FILLED_BY = "filled_by"  # the answer that names 填表人


def build(definition: Definition, registers: Registers, occasion: Occasion) -> tuple[Summary, ...]:
    """Return the print-out: one roster, or a card for each record.

    Raises DataError when the register is not held here, or a card has no record to show.
    """
    if lack := lacking(leans_of_print_out(definition), registers.form):
        raise DataError(
            "打印件“{title}”这里做不出来：{lack}。资料都在，别的打印件照常。请恢复这一栏，或告诉系统管理员。",
            title=definition.title,
            lack=lack.sentence,
        )
    if definition.kind in ("indicators", "quarter"):
        return (_computed(definition, registers, occasion),)
    records = registers.records(definition.register, occasion.places, definition.where)
    form = registers.form(definition.register)
    if records is None:
        raise DataError("这台电脑上没有“{title}”的数据，不能打印。请先同步。", title=form.title)
    if definition.kind == "roster":
        return (_roster(definition, registers, occasion, records),)
    if not records:
        raise DataError("“{title}”还没有填，不能打印。请先录入。", title=form.title)
    return tuple(_card_summary(definition, form, registers, occasion, record) for record in records)


def leans_of_print_out(definition: Definition) -> frozenset[Lean]:
    """Return the columns without which a print-out cannot be made at all."""
    rosters = frozenset((f"{definition.register}/{roster}", "_record") for roster in definition.rosters)
    counted = QUARTER_FIELDS if definition.kind == "quarter" else ()
    return rosters | leans_of_rows(definition.register, definition.where, *counted)


def leans_of_columns(definition: Definition) -> frozenset[Lean]:
    """Return the columns that a print-out shows; without one, its cells say 此处不知."""
    return leans_of_rows(definition.register, *(field for one in definition.columns for field in one.fields))


def _computed(definition: Definition, registers: Registers, occasion: Occasion) -> Summary:
    from hsdesk.reports.tables import indicator_table, quarter_table

    make = indicator_table if definition.kind == "indicators" else quarter_table
    return make(definition, registers, occasion)


def _roster(
    definition: Definition, registers: Registers, occasion: Occasion, records: Sequence[RegisterRecord]
) -> Summary:
    directory = registers.directory
    gone = frozenset(
        column
        for column in definition.columns
        if column.fields
        and all(lacking(leans_of_rows(definition.register, field), registers.form) for field in column.fields)
    )
    rows = tuple(
        tuple(
            _UNKNOWN if column in gone else _cell(column, number, record, directory)
            for column in definition.columns
        )
        for number, record in enumerate(records, start=1)
    )
    columns = tuple(
        PrintColumn(column.heading, column.width, column.align, as_text=not column.total)
        for column in definition.columns
    )
    return Summary(
        name=definition.name,
        title=definition.title,
        subtitle=directory.full_name(directory.by_id(occasion.unit)),
        remark=definition.remark or f"截至{chinese_date(occasion.today)}",
        blocks=(Table(columns, rows, totals=_totals(definition.columns, records)),),
        signature=signature_of(definition, registers, occasion),
        paper=definition.paper,
        note=SAMPLE_NOTE if occasion.is_sample else "",
    )


def _cell(column: ColumnDefinition, number: int, record: RegisterRecord, directory: Directory) -> str:
    match column.source:
        case "number":
            return str(number)
        case "place":
            return directory.by_id(record.place).short_name
        case "place_full":
            return directory.full_name(directory.by_id(record.place))
        case "blank":
            return ""
        case "field":
            return next((text for field in column.fields if (text := record.shown.get(field, ""))), "")


def _totals(columns: Sequence[ColumnDefinition], records: Sequence[RegisterRecord]) -> tuple[str, ...]:
    """Return the last row 合计; () when no column is added up."""
    if not records or not any(column.total for column in columns):
        return ()
    cells = [_sum(column, records) if column.total else "" for column in columns]
    first_text = next(place for place, column in enumerate(columns) if not column.total)
    cells[first_text] = "合计"
    return tuple(cells)


def _sum(column: ColumnDefinition, records: Sequence[RegisterRecord]) -> str:
    values = [record.values.get(field) for record in records for field in column.fields[:1]]
    total = round(sum(value for value in values if isinstance(value, int | float)), 6)
    return f"{total:g}" if total != int(total) else str(int(total))


def _card_summary(
    definition: Definition, form: Form, registers: Registers, occasion: Occasion, record: RegisterRecord
) -> Summary:
    directory = registers.directory
    place = directory.by_id(record.place)
    remark = definition.remark + (
        record.shown.get(definition.remark_field, "") if definition.remark_field else ""
    )
    return Summary(
        name=definition.name,
        title=definition.title,
        subtitle=directory.full_name(place),
        remark=remark or f"截至{chinese_date(occasion.today)}",
        blocks=tuple(_card_blocks(definition, form, record)),
        signature=signature_of(definition, registers, _occasion_of(record, occasion)),
        paper=definition.paper,
        note=SAMPLE_NOTE if occasion.is_sample else "",
    )


def _occasion_of(record: RegisterRecord, occasion: Occasion) -> Occasion:
    """Return the occasion of one record: its own place signs, and who filled it in."""
    person = record.shown.get(FILLED_BY) or occasion.person
    return msgspec.structs.replace(occasion, unit=record.place, person=person)


def _card_blocks(definition: Definition, form: Form, record: RegisterRecord) -> Iterator[Block]:
    sections = [section for section in _sections(definition, form, record) if section.items]
    if definition.opinions:
        boxes = tuple(CardItem(f"{opinion}\n(章)", "\n\n\n", wide=True) for opinion in definition.opinions)
        sections.append(CardSection("", boxes))
    yield Card(tuple(sections))
    for repeat in _repeats(form.children):
        if repeat.key in definition.rosters:
            yield _roster_table(repeat, record)


def _sections(definition: Definition, form: Form, record: RegisterRecord) -> Iterator[CardSection]:
    loose = [item for item in form.children if isinstance(item, Question)]
    if loose:
        yield CardSection("", tuple(_items(definition, loose, record)))
    for item in form.children:
        if isinstance(item, Group) and item.shown:
            yield CardSection(
                _short_title(item.label.plain()), tuple(_items(definition, questions(item.children), record))
            )


def _short_title(title: str) -> str:
    """Return the heading of a group without the advice in brackets that helps on the screen."""
    return re.sub(r"[((].*[))]$", "", title)


def _items(
    definition: Definition, asked: Sequence[Question] | Iterator[Question], record: RegisterRecord
) -> Iterator[CardItem]:
    for question in asked:
        if is_printed(question) and question.key not in definition.leave_out:
            text = record.shown.get(question.key, "")
            yield CardItem(heading(question), text, wide=question.key in definition.wide)


def is_printed(question: Question) -> bool:
    """Return whether an answer belongs on paper: neither a note nor hidden nor marked `hs:print` = no."""
    return type_of(question).is_printed and question.hs.print != "no"


def heading(question: Question) -> str:
    """Return the heading on paper: `hs:print`, else the label on the screen."""
    return question.hs.print or question.label.plain() or question.name


def _repeats(items: tuple[Item, ...]) -> Iterator[Repeat]:
    for item in items:
        if isinstance(item, Repeat):
            yield item
        elif isinstance(item, Group):
            yield from _repeats(item.children)


def _roster_table(repeat: Repeat, record: RegisterRecord) -> Table:
    asked = tuple(question for question in questions(repeat.children) if is_printed(question))
    rows = tuple(
        (str(number), *(row.get(question.key, "") for question in asked))
        for number, row in enumerate(record.rosters.get(repeat.key, ()), start=1)
    )
    columns = (
        PrintColumn(("序号",), 10, "center"),
        *(PrintColumn((heading(question),), 25) for question in asked),
    )
    return Table(columns, rows, empty=f"没有登记{repeat.label.plain()}")


def plain_roster(
    register: str,
    registers: Registers,
    places: Sequence[str],
    unit: str,
    today: date,
    *,
    is_sample: bool = False,
) -> Summary:
    """Return a whole register as a table with every answer, in the order of the screen.

    Raises DataError when the register is not held here.
    """
    form = registers.form(register)
    records = registers.records(register, places)
    if records is None:
        raise DataError("这台电脑上没有“{title}”的数据，不能导出。请先同步。", title=form.title)
    asked = tuple(question for question in questions(form.children) if type_of(question).is_printed)
    columns = tuple(_plain_column(question) for question in asked)
    rows = tuple(
        (
            str(number),
            registers.directory.by_id(record.place).short_name,
            *(record.shown.get(question.key, "") for question in asked),
        )
        for number, record in enumerate(records, start=1)
    )
    place = registers.directory.by_id(unit)
    return Summary(
        name=register,
        title=form.title,
        subtitle=registers.directory.full_name(place),
        remark=f"截至{chinese_date(today)}",
        blocks=(
            Table((PrintColumn(("序号",), 10, "center"), PrintColumn(("村(社区)",), 22), *columns), rows),
        ),
        signature=Signature(unit=legal_name(registers, place)),
        paper="landscape",
        note=SAMPLE_NOTE if is_sample else "",
    )


def _plain_column(question: Question) -> PrintColumn:
    kind = type_of(question)
    return PrintColumn(
        (heading(question),),
        kind.width,
        "right" if kind.is_figure else "left",
        as_text=not kind.is_figure,
    )
