"""Definitions of print-outs (打印件) as data: resources/summaries/*.toml, which an official can edit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from hsdesk.errors import DataError
from hsdesk.model.resource import resource_dir
from hsdesk.reports.content import Align, Paper

QUARTER_FIELDS = (  # of social_org, which 社会组织季度汇总表 counts
    "filed_on", "cancelled_on", "reg_status", "category_mca", "member_n", "supervising_unit", "place",
    "place_area",
)  # fmt: skip
ColumnSource = Literal["field", "number", "place", "place_full", "blank"]


class ColumnDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of a roster."""

    heading: tuple[str, ...]
    fields: tuple[str, ...] = ()  # the first that is not empty is shown
    source: ColumnSource = (
        "field"  # number 序号, place (short name), place_full 县-乡-村, blank (to write on)
    )
    width: float = 15.0  # millimetres
    align: Align = "left"
    total: bool = False  # added up in the last row


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A print-out: a roster of many records, a card for each record, or a table that is computed."""

    name: str
    title: str
    register: str
    kind: Literal["roster", "card", "indicators", "quarter"]
    aliases: tuple[str, ...] = ()
    paper: Paper = "portrait"
    where: str = ""  # row predicate in the language of the forms
    remark: str = ""  # right above the table
    remark_field: str = ""  # an answer of a card's record, after `remark`
    wide: tuple[str, ...] = ()  # answers of a card that take a whole line
    leave_out: tuple[str, ...] = ()  # answers of a card that are not printed
    rosters: tuple[str, ...] = ()  # rosters printed below a card
    opinions: tuple[str, ...] = ()  # empty boxes with a heading, for an opinion and a seal
    signed: bool = True
    columns: tuple[ColumnDefinition, ...] = ()


@cache
def definitions() -> tuple[Definition, ...]:
    """Return every print-out the program carries, in the order of their file names."""
    return tuple(read_definition(path) for path in sorted((resource_dir() / "summaries").glob("*.toml")))


def read_definition(path: Path) -> Definition:
    """Read one definition. Raises DataError saying what is wrong with the file."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Definition)
    except (msgspec.DecodeError, ValueError) as error:
        raise DataError("打印件定义 {name} 有误：{error}", name=path.name, error=str(error)) from error


def definition_named(name: str) -> Definition:
    """Return the print-out called `name`: its name, its Chinese title or an alias. Raises DataError."""
    for definition in definitions():
        if name in (definition.name, definition.title, *definition.aliases):
            return definition
    known = "、".join(f"{definition.name}({definition.title})" for definition in definitions())
    raise DataError("没有“{name}”这个打印件。可用的有：{known}。", name=name, known=known)
