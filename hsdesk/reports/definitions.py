"""Definitions of print-outs (打印件) as data: resources/summaries/*.toml, which an official can edit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from hsdesk.errors import DataError, Refused, UsageError
from hsdesk.forms.masking import Showing, shows_above
from hsdesk.forms.schema import Form
from hsdesk.model.resource import resource_dir
from hsdesk.reports.content import Align, Paper
from hsdesk.reports.paper_dates import DateStyle

QUARTER_TOTALS = ("org_standing", "org_members", "org_with_place", "org_place_area")
QUARTER_KINDS = ("org_association", "org_service", "org_charity", "org_other")
POLICY_KINDS = ("org_public", "org_autonomy", "org_mediation", "org_recreation")  # 黄民基〔2020〕7号, 一(二)
QUARTER_COUNTS = (*QUARTER_TOTALS, *QUARTER_KINDS, *POLICY_KINDS)  # the named counts of 社会组织季度汇总表
COMPUTED = ("indicators", "quarter", "tasks", "cross")  # kinds made of all records: none can be picked
SUPERVISING = "supervising_unit"  # whose different answers are counted there
ColumnSource = Literal["field", "number", "rank", "place", "place_full", "blank", "sum"]


class SumDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the records of another register that name a record add up to, in the period printed."""

    register: str
    of: str  # the answer that is added up
    by: str  # the answer that names the record
    on: str  # the day of what is added up; it lies in the period, by default the quarter so far


class ColumnDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of a roster."""

    heading: tuple[str, ...]
    fields: tuple[str, ...] = ()  # the first that is not empty is shown
    source: ColumnSource = (
        "field"  # number 序号, rank 名次 by `order`, place (short name), place_full 县-乡-村, blank, sum
    )
    sum: SumDefinition | None = None  # of source "sum"
    width: float = 15.0  # millimetres
    align: Align = "left"
    total: bool = False  # added up in the last row


class GroupDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row or a column of a cross table: the records that fit a row predicate, all of them without one.

    With `ages` it stands for one group a band: those named so in `resources/counts.json`.
    """

    heading: tuple[str, ...] = ()
    where: str = ""
    ages: str = ""
    born: str = ""  # the answer with the month of birth (1975-08) that bands go by
    width: float = 14.0  # millimetres, of a column


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A print-out: a roster of many records, a card for each record, or a table that is computed."""

    name: str
    title: str
    register: str
    kind: Literal["roster", "card", "letter", "indicators", "quarter", "tasks", "cross"]
    aliases: tuple[str, ...] = ()
    paper: Paper = "portrait"
    where: str = ""  # row predicate in the language of the forms
    count: str = ""  # the named count whose records are the rows (`reports.counts`), as of the day printed
    order: str = ""  # the answer by which rows are ordered, the greatest first; "" as the register has them
    leave_zero: bool = False  # rows of which that answer is 0, or is not there, are not shown
    remark: str = ""  # right above the table
    remark_field: str = ""  # an answer of a card's record, after `remark`
    wide: tuple[str, ...] = ()  # answers of a card that take a whole line
    leave_out: tuple[str, ...] = ()  # answers of a card that are not printed
    rosters: tuple[str, ...] = ()  # rosters printed below a card
    least_rows: int = 0  # of each of them; the empty ones are written into by hand
    opinions: tuple[str, ...] = ()  # empty boxes with a heading, for an opinion and a seal
    signed: bool = True
    dates: Literal["", "iso", "dotted", "chinese"] = ""  # "": 2026.03.01 in rosters, 2026年3月1日 elsewhere
    blank: Literal["", "/", "无"] = ""  # what stands in a cell without an answer
    to: str = ""  # of a letter: to whom
    heading: str = ""  # of a letter, where it is not the title: {topic}协商会议记录
    text: tuple[str, ...] = ()  # paragraphs of a letter; {field} stands for an answer, {_unit} for who signs
    columns: tuple[ColumnDefinition, ...] = ()
    down: tuple[GroupDefinition, ...] = ()  # the rows of a cross table; 合计 stands below them
    across: tuple[GroupDefinition, ...] = ()  # its columns
    use: Literal["notice", "roster", "filing"] = "roster"  # 公示, 内部名册, 备案: decides what is shown
    shows: tuple[str, ...] = ()  # answers that a filing shows whole; choices that are a notice's purpose
    outside: bool = False  # did not come with the program; whoever reads it says so, never the file

    @property
    def date_style(self) -> DateStyle:
        """How days are written."""
        return self.dates or ("dotted" if self.kind == "roster" else "chinese")

    def refuse_in_full(self) -> None:
        """Raise Refused when everything is asked of a notice: it hangs on a wall."""
        if self.use == "notice":
            raise Refused(
                "“{title}”是公示件，不能完整打印。没有生成文件，请打印平常的公示件。", title=self.title
            )


@cache
def definitions() -> tuple[Definition, ...]:
    """Return every print-out the program carries, in the order of their file names."""
    return tuple(read_definition(path) for path in sorted((resource_dir() / "summaries").glob("*.toml")))


def showing_of(definition: Definition, form: Form) -> Showing:
    """Return for what a print-out shows its answers.

    A filing that came from outside lists none above the class of its own register: its author would get by
    a definition what he is not granted.
    """
    shows = frozenset(definition.shows)
    if definition.outside:
        shows -= frozenset(shows_above(form, shows))
    return Showing(definition.use, shows)


def read_definition(path: Path, *, outside: bool = False) -> Definition:
    """Read one definition. Raises DataError saying what is wrong with the file."""
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=Definition)
        return msgspec.structs.replace(found, outside=outside)
    except (msgspec.DecodeError, ValueError) as error:
        raise DataError("打印件定义 {name} 有误：{error}", name=path.name, error=str(error)) from error


def definition_named(name: str) -> Definition:
    """Return the print-out called `name`: its name, its Chinese title or an alias. Raises UsageError."""
    for definition in definitions():
        if name in (definition.name, definition.title, *definition.aliases):
            return definition
    known = "、".join(f"{definition.name}({definition.title})" for definition in definitions())
    raise UsageError("没有“{name}”这个打印件。可用的有：{known}。", name=name, known=known)
