"""Builds print-outs (打印件) from registers: cards and rosters, as content that any surface can draw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.masking import Showing
from hsdesk.forms.schema import Form, Group, Question, Repeat, questions, repeats
from hsdesk.forms.types import type_of
from hsdesk.model.period import period_of
from hsdesk.model.place import Directory
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.content import (
    SAMPLE_NOTE,
    Block,
    Card,
    CardItem,
    CardSection,
    PrintColumn,
    Summary,
    Table,
)
from hsdesk.reports.counts import both, count_named, day_of, leans_of_count, rows_of
from hsdesk.reports.definitions import (
    COMPUTED,
    QUARTER_COUNTS,
    SUPERVISING,
    ColumnDefinition,
    Definition,
    showing_of,
)
from hsdesk.reports.leaning import Lean, lacking, leans_of_rows
from hsdesk.reports.letters import letter
from hsdesk.reports.numbering import Numbering, figure
from hsdesk.reports.showing import Shown
from hsdesk.reports.signing import Occasion, signature_of
from hsdesk.reports.valid_rows import ValidRows, valid_rows

_UNKNOWN = "此处不知"
FILLED_BY = "filled_by"  # the answer that names 填表人


def build(
    definition: Definition, registers: Registers, occasion: Occasion, showing: Showing | None = None
) -> tuple[Summary, ...]:
    """Return the print-out: one roster, or a card for each record.

    `showing`: for what answers are shown, where that is not what the definition says.

    Raises DataError when the register is not held here, or a card has no record to show: unless records
    were picked, of which then there is none.
    """
    if lack := lacking(leans_of_print_out(definition), registers.form):
        raise DataError(
            "打印件“{title}”这里做不出来：{lack}。资料都在，别的打印件照常。请恢复这一栏，或告诉系统管理员。",
            title=definition.title,
            lack=lack.sentence,
        )
    if definition.kind in COMPUTED:
        occasion.picked.refuse_for(definition.title)
        return (_computed(definition, registers, occasion),)
    form = registers.form(definition.register)
    wanted = both(_rows_wanted(definition, occasion, form), occasion.picked.where)
    records = registers.records(definition.register, occasion.places, wanted)
    if records is None:
        raise DataError("这台电脑上没有“{title}”的数据，不能打印。请先同步。", title=form.title)
    answers = Shown(registers, form, showing or showing_of(definition, form), definition.date_style)
    valid = valid_rows(form, occasion.picked.of(records), occasion.asked)
    if definition.kind == "roster":
        return tuple(
            _roster(definition, registers, one, rows, answers) for one, rows in _sheets(form, occasion, valid)
        )
    if not valid.records and not occasion.picked.is_some:
        raise DataError("“{title}”还没有填，不能打印。请先录入。", title=form.title)
    if definition.kind == "letter":
        return tuple(letter(definition, registers, occasion, answers, record) for record in valid.records)
    card = _CardMaker(definition, registers, occasion, answers, valid.note)
    return tuple(card.summary(record) for record in valid.records)


def _sheets(form: Form, occasion: Occasion, valid: ValidRows) -> Iterator[tuple[Occasion, ValidRows]]:
    """Yield the rows of each sheet with who answers for it: of a register handed down, its owners."""
    owners = dict.fromkeys(record.place for record in valid.records)
    if form.publish != "down" or not owners:
        yield occasion, valid
        return
    for owner in owners:
        own = tuple(record for record in valid.records if record.place == owner)
        yield msgspec.structs.replace(occasion, unit=owner), ValidRows(own, valid.note)


def _rows_wanted(definition: Definition, occasion: Occasion, form: Form) -> str:
    """Return the row predicate of a print-out on the day printed: its own, and that of the count it lists."""
    where = definition.where.replace("today()", f"date('{occasion.day.isoformat()}')")
    if not definition.count:
        return where
    return both(where, rows_of(count_named(definition.count), day_of(occasion.day), form))


def leans_of_print_out(definition: Definition) -> frozenset[Lean]:
    """Return the columns without which a print-out cannot be made at all."""
    rosters = frozenset((f"{definition.register}/{roster}", "_record") for roster in definition.rosters)
    quarter = (SUPERVISING,) if definition.kind == "quarter" else ()
    named = (*(QUARTER_COUNTS if quarter else ()), *((definition.count,) if definition.count else ()))
    counted = frozenset(lean for name in named for lean in leans_of_count(count_named(name)))
    return rosters | counted | leans_of_rows(definition.register, definition.where, *quarter)


def leans_of_columns(definition: Definition) -> frozenset[Lean]:
    """Return the columns that a print-out shows; without one, its cells say 此处不知."""
    fields = (field for one in definition.columns for field in one.fields)
    groups = (*definition.down, *definition.across)
    counted = (text for group in groups for text in (group.where, group.born))
    return leans_of_rows(definition.register, *fields, *counted)


def _computed(definition: Definition, registers: Registers, occasion: Occasion) -> Summary:
    from hsdesk.reports.cross import cross_table
    from hsdesk.reports.tables import indicator_table, quarter_table
    from hsdesk.reports.task_table import task_table

    make = {
        "indicators": indicator_table,
        "quarter": quarter_table,
        "tasks": task_table,
        "cross": cross_table,
    }
    made = make[definition.kind](definition, registers, occasion)
    return msgspec.structs.replace(made, unit=occasion.places_of(registers).by_id(occasion.unit).short_name)


def _roster(
    definition: Definition,
    registers: Registers,
    occasion: Occasion,
    valid: ValidRows,
    answers: Shown,
) -> Summary:
    directory, records = occasion.places_of(registers), _ordered(definition, valid.records)
    numbering = Numbering(definition, registers, occasion, records)
    gone = frozenset(
        column
        for column in definition.columns
        if column.fields
        and all(lacking(leans_of_rows(definition.register, field), registers.form) for field in column.fields)
    )
    rows = tuple(
        tuple(
            _UNKNOWN
            if column in gone
            else numbering.cell(column, number, record)
            or _cell(column, record, directory, answers)
            or _blank(definition, column)
            for column in definition.columns
        )
        for number, record in enumerate(records, start=1)
    )
    columns = tuple(_heading(column, answers) for column in definition.columns)
    return Summary(
        name=definition.name,
        title=definition.title,
        subtitle=directory.full_name(directory.by_id(occasion.unit)),
        remark=occasion.remark(_about_sums(definition, occasion) + definition.remark, valid.note),
        blocks=(Table(columns, rows, totals=_totals(definition.columns, records, answers)),),
        signature=signature_of(definition, registers, occasion),
        paper=definition.paper,
        records=len(records),
        note=SAMPLE_NOTE if occasion.is_sample else "",
        unit=directory.by_id(occasion.unit).short_name,
        about_day=valid.note,
    )


def _about_sums(definition: Definition, occasion: Occasion) -> str:
    """Return which period sums over another register are of, where the day that is asked for names none."""
    if occasion.asked.period is not None or not any(column.sum for column in definition.columns):
        return ""
    return f"本期为{period_of('quarter', occasion.day).label}；"


def _heading(column: ColumnDefinition, answers: Shown) -> PrintColumn:
    """Return a column of the table; it holds days when every one of its answers is a day."""
    return PrintColumn(
        column.heading,
        column.width,
        column.align,
        as_text=not column.total,
        is_name=bool(column.fields) and all(map(answers.is_name, column.fields)),
        is_day=bool(column.fields) and all(map(answers.is_day, column.fields)),
    )


def _ordered(definition: Definition, records: Sequence[RegisterRecord]) -> Sequence[RegisterRecord]:
    """Return the records in the order of the print-out, the greatest first."""
    if not definition.order:
        return records
    kept = (one for one in records if not definition.leave_zero or figure(one, definition.order))
    return sorted(kept, key=lambda one: -figure(one, definition.order))


def _cell(column: ColumnDefinition, record: RegisterRecord, directory: Directory, answers: Shown) -> str:
    match column.source:
        case "number" | "rank" | "sum":  # of `Numbering`
            return ""
        case "place":
            return directory.by_id(record.place).short_name
        case "place_full":
            return directory.full_name(directory.by_id(record.place))
        case "blank":
            return ""
        case "field":
            return next((text for field in column.fields if (text := answers.text(record, field))), "")


def _blank(definition: Definition, column: ColumnDefinition) -> str:
    """Return what stands in place of an answer that is not there."""
    return definition.blank if column.source == "field" else ""


def _totals(
    columns: Sequence[ColumnDefinition], records: Sequence[RegisterRecord], answers: Shown
) -> tuple[str, ...]:
    """Return the last row 合计; () when no column is added up. A sum of what is hidden is not told."""
    if not records or not any(column.total for column in columns):
        return ()
    summed = [column.total and all(map(answers.is_open, column.fields[:1])) for column in columns]
    cells = [_sum(column, records) if told else "" for column, told in zip(columns, summed, strict=True)]
    first_text = next(place for place, column in enumerate(columns) if not column.total)
    cells[first_text] = "合计"
    return tuple(cells)


def _sum(column: ColumnDefinition, records: Sequence[RegisterRecord]) -> str:
    values = [record.values.get(field) for record in records for field in column.fields[:1]]
    total = round(sum(value for value in values if isinstance(value, int | float)), 6)
    return f"{total:g}" if total != int(total) else str(int(total))


class _CardMaker:
    """Makes the card of one record after another."""

    def __init__(
        self,
        definition: Definition,
        registers: Registers,
        occasion: Occasion,
        answers: Shown,
        note: str,
    ) -> None:
        self.definition, self.form, self.registers = (
            definition,
            registers.form(definition.register),
            registers,
        )
        self.occasion, self.answers, self.note = occasion, answers, note

    def summary(self, record: RegisterRecord) -> Summary:
        definition, directory = self.definition, self.occasion.places_of(self.registers)
        told = self.answers.text(record, definition.remark_field) if definition.remark_field else ""
        return Summary(
            name=definition.name,
            title=definition.title,
            subtitle=directory.full_name(directory.by_id(record.place)),
            remark=self.occasion.remark(definition.remark + told, self.note),
            blocks=tuple(self._blocks(record)),
            signature=signature_of(definition, self.registers, self._occasion_of(record)),
            paper=definition.paper,
            records=1,
            note=SAMPLE_NOTE if self.occasion.is_sample else "",
            unit=directory.by_id(record.place).short_name,
            record=record.id,
            about_day=self.note,
        )

    def _occasion_of(self, record: RegisterRecord) -> Occasion:
        """Return the occasion of one record: its own place signs, and who filled it in."""
        person = self.answers.text(record, FILLED_BY) or self.occasion.person
        return msgspec.structs.replace(self.occasion, unit=record.place, person=person)

    def _blocks(self, record: RegisterRecord) -> Iterator[Block]:
        sections = [section for section in self._sections(record) if section.items]
        if self.definition.opinions:
            boxes = tuple(
                CardItem(opinion, "", wide=True, opinion=True) for opinion in self.definition.opinions
            )
            sections.append(CardSection("", boxes))
        yield Card(tuple(sections))
        for repeat in repeats(self.form.children):
            if repeat.key in self.definition.rosters:
                yield self._roster_table(repeat, record)

    def _sections(self, record: RegisterRecord) -> Iterator[CardSection]:
        loose = [item for item in self.form.children if isinstance(item, Question)]
        if loose:
            yield CardSection("", tuple(self._items(loose, record)))
        for item in self.form.children:
            if isinstance(item, Group) and item.shown:
                title = short_title(item.label.plain())
                yield CardSection(title, tuple(self._items(questions(item.children), record)))

    def _items(self, asked: Iterable[Question], record: RegisterRecord) -> Iterator[CardItem]:
        for question in asked:
            if is_printed(question) and question.key not in self.definition.leave_out:
                text = self.answers.text(record, question.key)
                wide = question.key in self.definition.wide
                yield CardItem(heading(question), text or self.definition.blank, wide=wide, path=question.key)

    def _roster_table(self, repeat: Repeat, record: RegisterRecord) -> Table:
        asked = tuple(question for question in questions(repeat.children) if is_printed(question))
        lines = [self.answers.row(record, repeat.key, row) for row in record.rosters.get(repeat.key, ())]
        rows = tuple(
            (str(number), *(row.get(question.key, "") for question in asked))
            for number, row in enumerate(lines, start=1)
        )
        empty = ("",) * len(asked)
        rows += tuple((str(at), *empty) for at in range(len(rows) + 1, self.definition.least_rows + 1))
        columns = (
            PrintColumn(("序号",), 10, "center"),
            *(
                PrintColumn((heading(one),), 25, is_name=self.answers.is_name(f"{repeat.key}/{one.key}"))
                for one in asked
            ),
        )
        return Table(columns, rows, empty=f"没有登记{repeat.label.plain()}")


def short_title(title: str) -> str:
    """Return the heading of a group without the advice in brackets that helps on the screen."""
    return re.sub(r"[((].*[))]$", "", title)


def is_printed(question: Question) -> bool:
    """Return whether an answer belongs on paper: neither a note nor hidden nor marked `hs:print` = no."""
    return type_of(question).is_printed and question.hs.print != "no"


def heading(question: Question) -> str:
    """Return the heading on paper: `hs:print`, else the label on the screen."""
    return question.hs.print or question.label.plain() or question.name
