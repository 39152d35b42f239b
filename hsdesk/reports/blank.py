"""Forms to be filled in by hand, in the order of the screen: empty, or with what is known in grey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.codelists import SHIPPED_LISTS
from hsdesk.forms.masking import ROSTER, Showing, mark_of
from hsdesk.forms.schema import Form, Group, Question, Repeat, questions, repeats
from hsdesk.forms.types import holding_of, type_of
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
from hsdesk.reports.showing import Shown
from hsdesk.reports.signing import Occasion, legal_name
from hsdesk.reports.summaries import heading, is_printed, short_title

ID_DIGITS = 18
_MOST_CHOICES = 8  # that are printed to be ticked
_ROWS = 8  # empty ones of a roster
_MORE = 10  # empty rows below what is known
_COLUMNS = 10  # of a sheet with what is known: more do not leave room to write
_DAY, _MONTH = "　　　　年　　月　　日", "　　　　年　　月"
_NUMBER = PrintColumn(("序号",), 10, "center")


def blank_form(
    register: str, registers: Registers, occasion: Occasion, showing: Showing = ROSTER
) -> tuple[Summary, ...]:
    """Return the empty form of a register, or one for each record picked, with what is known in grey."""
    form = registers.form(register)
    if not occasion.picked.is_some:
        return (_sheet(form, registers, occasion, tuple(_blocks(form, {}))),)
    answers, made = Shown(registers, form, showing), []
    for record in _records(form, registers, occasion):
        known = {one.key: answers.text(record, one.key) for one in questions(form.children)}
        own = msgspec.structs.replace(occasion, unit=record.place)
        sheet = _sheet(form, registers, own, tuple(_blocks(form, known)), known=1)
        made.append(msgspec.structs.replace(sheet, record=record.id))
    return tuple(made)


def known_list(
    register: str, registers: Registers, occasion: Occasion, showing: Showing = ROSTER
) -> tuple[Summary, ...]:
    """Return one sheet of a place: what is known of all its records in grey, with empty rows below."""
    form = registers.form(register)
    answers, asked = Shown(registers, form, showing), _most_asked(form)
    rows = [
        (str(number), *(answers.text(record, one.key) for one in asked))
        for number, record in enumerate(_records(form, registers, occasion), start=1)
    ]
    empty = [(str(len(rows) + number), *("",) * len(asked)) for number in range(1, _MORE + 1)]
    columns = (_NUMBER, *(PrintColumn((heading(one),), type_of(one).width) for one in asked))
    table = Table(columns, (*rows, *empty), grey=True)
    sheet = _sheet(form, registers, occasion, (table,), known=len(rows))
    return (msgspec.structs.replace(sheet, paper="landscape"),)


def _records(form: Form, registers: Registers, occasion: Occasion) -> tuple[RegisterRecord, ...]:
    found = registers.records(form.form_id, occasion.places, occasion.picked.where)
    if found is None:
        raise DataError("这台电脑上没有“{title}”的数据，不能打印。请先同步。", title=form.title)
    return occasion.picked.of(found)


def _sheet(
    form: Form, registers: Registers, occasion: Occasion, blocks: tuple[Block, ...], known: int = 0
) -> Summary:
    directory = occasion.places_of(registers)
    unit = directory.by_id(occasion.unit)
    return Summary(
        name=form.form_id,
        title=form.title,
        subtitle=directory.full_name(unit),
        remark="灰色的是已有内容，请核对后在旁边改正" if known else "",
        blocks=blocks,
        signature=Signature(unit=legal_name(registers, unit)),
        records=known,
        note=SAMPLE_NOTE if occasion.is_sample else "",
        unit=unit.short_name,
    )


def _blocks(form: Form, known: dict[str, str]) -> Iterator[Block]:
    loose = (item for item in form.children if isinstance(item, Question))
    sections = [CardSection("", tuple(_items(form, loose, known)))]
    for item in form.children:
        if isinstance(item, Group) and item.shown:
            title = short_title(item.label.plain())
            sections.append(CardSection(title, tuple(_items(form, questions(item.children), known))))
    yield Card(tuple(section for section in sections if section.items))
    for roster in repeats(form.children):
        if roster.shown:
            yield _roster(roster)


def _items(form: Form, asked: Iterator[Question], known: dict[str, str]) -> Iterator[CardItem]:
    """Yield the answers that a person gives: nothing that is computed."""
    for question in asked:
        if not is_printed(question) or question.calculation:
            continue
        text = known.get(question.key, "")
        boxes = ID_DIGITS if mark_of(form, question) == "id" and not text else 0
        yield CardItem(
            heading(question),
            text or _room(form, question),
            wide=bool(boxes) or "multiline" in question.appearance,
            path=question.key,
            boxes=boxes,
            grey=bool(text),
        )


def _room(form: Form, question: Question) -> str:
    """Return what stands in an empty answer: choices to be ticked, a day to be completed, empty lines."""
    if type_of(question).choosing or question.list_name:
        choices = _choices(form, question)
        return "　".join(f"□{label}" for label in choices) if 0 < len(choices) <= _MOST_CHOICES else ""
    if holding_of(question).column == "date":
        return _MONTH if "month-year" in question.appearance else _DAY
    return "\n\n" if "multiline" in question.appearance else ""


def _choices(form: Form, question: Question) -> Sequence[str]:
    if question.reference:
        return ()
    own = form.lists.get(question.list_name)
    if own is not None:
        return [choice.label.plain() for choice in own]
    return list(SHIPPED_LISTS.labels(question.list_name).values())


def _roster(roster: Repeat) -> Table:
    asked = [one for one in questions(roster.children) if is_printed(one) and not one.calculation]
    rows = tuple((str(number), *("",) * len(asked)) for number in range(1, _ROWS + 1))
    title = roster.label.plain()
    columns = (PrintColumn((title, heading(one)), 25) for one in asked)
    return Table((PrintColumn((title, "序号"), 10, "center"), *columns), rows)


def _most_asked(form: Form) -> tuple[Question, ...]:
    """Return the answers of a list to be corrected: those that must be there, then others in their order."""
    asked = [one for one in questions(form.children) if is_printed(one) and not one.calculation]
    short = [one for one in asked if "multiline" not in one.appearance]
    first = sorted(short, key=lambda one: not (one.required or one.hs.title))[:_COLUMNS]
    return tuple(one for one in short if one in first)
