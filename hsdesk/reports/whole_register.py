"""A register as it is: every answer of every record, or what a list shows; its rosters as tables too."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hsdesk.errors import DataError, UsageError
from hsdesk.forms.masking import ROSTER, Showing
from hsdesk.forms.schema import Form, Question, Repeat, questions, repeats
from hsdesk.forms.types import type_of
from hsdesk.model.place import Directory
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.content import SAMPLE_NOTE, PrintColumn, Signature, Summary, Table
from hsdesk.reports.showing import Shown
from hsdesk.reports.signing import Occasion, legal_name
from hsdesk.reports.summaries import heading
from hsdesk.reports.valid_rows import valid_rows

_NUMBER = PrintColumn(("序号",), 10, "center")


def plain_roster(
    register: str, registers: Registers, occasion: Occasion, showing: Showing = ROSTER
) -> Summary:
    """Return the records of a register as a table, in the order of the screen.

    It has the columns that `occasion.picked` names, else every answer. Raises DataError when the register is
    not held here, UsageError for a column that it has not.
    """
    return plain_sheets(register, registers, occasion, showing)[0]


def plain_sheets(
    register: str, registers: Registers, occasion: Occasion, showing: Showing = ROSTER
) -> tuple[Summary, ...]:
    """Return the table of `plain_roster`, and for each roster of the form one with its rows."""
    form = registers.form(register)
    asked = _asked(form, occasion.picked.columns)
    found = registers.records(register, occasion.places, occasion.picked.where)
    if found is None:
        raise DataError("这台电脑上没有“{title}”的数据，不能导出。请先同步。", title=form.title)
    valid = valid_rows(form, occasion.picked.of(found), occasion.asked)
    answers, directory = Shown(registers, form, showing), occasion.places_of(registers)
    rows = tuple(
        (str(number), *_start(record, directory), *(answers.text(record, question.key) for question in asked))
        for number, record in enumerate(valid.records, start=1)
    )
    columns = (_NUMBER, PrintColumn(("村(社区)",), 22), *(_column(one, answers, one.key) for one in asked))
    place = directory.by_id(occasion.unit)
    sheet = Summary(
        name=register,
        title=form.title,
        subtitle=directory.full_name(place),
        remark=occasion.remark(note=valid.note),
        blocks=(Table(columns, rows),),
        signature=Signature(unit=legal_name(registers, place)),
        paper="landscape",
        records=len(valid.records),
        note=SAMPLE_NOTE if occasion.is_sample else "",
        unit=place.short_name,
        about_day=valid.note,
    )
    if occasion.picked.columns:
        return (sheet,)
    below = (_roster(sheet, roster, valid.records, answers) for roster in repeats(form.children))
    return (sheet, *(one for one in below if one.records))


def _start(record: RegisterRecord, directory: Directory) -> tuple[str]:
    return (directory.by_id(record.place).short_name,)


def _asked(form: Form, columns: tuple[str, ...]) -> tuple[Question, ...]:
    printed = {one.key: one for one in questions(form.children) if type_of(one).is_printed}
    for name in columns:
        if name not in printed:
            raise UsageError("“{register}”没有“{name}”这一栏，没有生成文件。", register=form.title, name=name)
    return tuple(printed[name] for name in columns) if columns else tuple(printed.values())


def _column(question: Question, answers: Shown, path: str) -> PrintColumn:
    kind = type_of(question)
    return PrintColumn(
        (heading(question),),
        kind.width,
        "right" if kind.is_figure else "left",
        as_text=not kind.is_figure,
        is_name=answers.is_name(path),
    )


def _roster(sheet: Summary, roster: Repeat, records: tuple[RegisterRecord, ...], answers: Shown) -> Summary:
    """Return the rows of one roster of all records, each with the number and title of its record."""
    asked = tuple(one for one in questions(roster.children) if type_of(one).is_printed)
    rows = tuple(_rows(roster, asked, records, answers))
    named = (_column(one, answers, f"{roster.key}/{one.key}") for one in asked)
    columns = (_NUMBER, PrintColumn(("所属",), 40), *named)
    return msgspec.structs.replace(
        sheet,
        title=f"{sheet.title}-{roster.label.plain()}",
        blocks=(Table(columns, rows),),
        records=len(rows),
    )


def _rows(
    roster: Repeat, asked: tuple[Question, ...], records: tuple[RegisterRecord, ...], answers: Shown
) -> Iterator[tuple[str, ...]]:
    for number, record in enumerate(records, start=1):
        for line in record.rosters.get(roster.key, ()):
            shown = answers.row(record, roster.key, line)
            yield (str(number), record.title, *(shown.get(one.key, "") for one in asked))
