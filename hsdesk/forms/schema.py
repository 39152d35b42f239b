"""The typed form: what an XLSForm workbook or an XForm is compiled to.

It is all that a laptop needs to fill the form.

A `Form` is a frozen tree of `Question`, `Group` and `Repeat`. Expressions stay text here; `language`
compiles them when a session or a table needs them. `msgspec.json` writes and reads the whole tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from hsdesk.model.answer import Class
from hsdesk.model.masking import Mark

Level = Literal["village", "township", "county", "city"]
LedgerRole = Literal["", "same", "amount", "day", "reverses", "reason", "late"]


class Value(msgspec.Struct, frozen=True):
    """A piece of a label that is computed: an XPath expression."""

    xpath: str


class Label(msgspec.Struct, frozen=True, omit_defaults=True):
    """A label in every language: plain text and computed pieces, in order."""

    texts: dict[str, tuple[str | Value, ...]] = {}

    def plain(self, language: str = "") -> str:
        """Return the text with computed pieces left out."""
        pieces = self.texts.get(language) or self.texts.get("") or next(iter(self.texts.values()), ())
        return "".join(piece for piece in pieces if isinstance(piece, str))


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    value: str
    label: Label = Label()
    extra: dict[str, str] = {}


class Element(msgspec.Struct, frozen=True, omit_defaults=True):
    """A node of a secondary instance that is not a plain list of rows."""

    name: str
    text: str = ""
    children: tuple[Element, ...] = ()


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A roster row that the form brings along: texts that differ from the questions' defaults.

    `values` goes by storage key, `rosters` by the key of the roster inside this row.
    """

    values: dict[str, str] = {}
    rosters: dict[str, tuple[Row, ...]] = {}


class Extension(msgspec.Struct, frozen=True, omit_defaults=True):
    """What XLSForm lacks: our own `bind::hs:…` columns (namespace urn:hsdesk:form)."""

    cls: Class | Literal[""] = ""  # hs:class; "" means the form's own
    merge: Literal["", "later", "township", "ask"] = ""  # hs:merge; "" means the later clock wins
    was: tuple[str, ...] = ()  # hs:was, earlier names of this answer
    search: bool = False  # hs:search
    title: bool = False  # hs:title, part of the record's title
    carry: bool = False  # hs:carry, offered from the last period 带出上期数
    standard: str = ""  # hs:standard, the standard or source of the rule
    print: str = ""  # hs:print, column heading or "no"
    same: tuple[str, ...] = ()  # hs:same, words: answers with the same word identify the record together
    person: str = ""  # hs:person, what this says of a person: name, phone, leader.name …
    mask: Mark | Literal[""] = ""  # hs:mask, what it tells of a person: see `forms.masking`
    severity: Literal["", "error", "warn"] = (
        ""  # hs:severity of the constraint: 必须改 (the default) or 请核实
    )
    accept: tuple[str, ...] = ()  # hs:accept, endings of attachments; () those of the type
    ledger: LedgerRole = ""  # hs:ledger, what the answer is in a ledger (流水): see `desk.posted_entries`
    since: str = ""  # hs:since, the answer whose first day this is: see `live.valid_days`
    until: str = ""  # hs:until, the answer whose last day this is, itself not counted
    setting: str = ""  # hs:setting, the setting (口径) whose text stands in place of the label: see `wording`
    levels: tuple[Level, ...] = ()  # hs:level, the levels of the places that may be chosen; () all


class Question(msgspec.Struct, frozen=True, omit_defaults=True, tag="question", tag_field="kind"):
    """One answer (栏目). Expressions are XPath text, empty when absent."""

    name: str  # node name in the XForm
    key: str  # storage key: `name`, or dotted when the name repeats in one roster or record
    type: str  # a question type, see `forms.types`
    data_type: str = "string"  # what it holds, see `forms.types`
    label: Label = Label()
    hint: Label = Label()
    guidance: Label = Label()
    required: str = ""
    required_message: Label = Label()
    relevant: str = ""
    constraint: str = ""
    constraint_message: Label = Label()
    calculation: str = ""
    readonly: str = ""
    default: str = ""  # static default, as text
    list_name: str = ""  # a list of `Form.lists`, or the name of an external list (without .csv)
    reference: str = ""  # register whose records are the choices; "places" for the directory
    choice_filter: str = ""
    appearance: str = ""
    parameters: dict[str, str] = {}
    hs: Extension = Extension()
    nodeset: str = ""  # where the choices come from, as the XForm says it
    value_ref: str = "name"  # child of a choice's node that holds its value
    label_ref: str = "label"  # child, or jr:itext(child), that holds its label
    preload: str = ""  # jr:preload and its parameter: "uid", "timestamp start", "property deviceid"


class Group(msgspec.Struct, frozen=True, omit_defaults=True, tag="group", tag_field="kind"):
    name: str
    children: tuple[Question | Group | Repeat, ...] = ()
    label: Label = Label()
    relevant: str = ""
    readonly: str = ""
    appearance: str = ""
    shown: bool = True  # False: a part of the data that the screen does not show, such as `meta`


class Repeat(msgspec.Struct, frozen=True, omit_defaults=True, tag="repeat", tag_field="kind"):
    """A roster (子表)."""

    name: str
    key: str
    children: tuple[Question | Group | Repeat, ...] = ()
    label: Label = Label()
    relevant: str = ""
    readonly: str = ""
    count: str = ""  # jr:count
    fixed: bool = False  # jr:noAddRemove
    appearance: str = ""
    initial: tuple[Row, ...] = ()  # rows a new record starts with
    shown: bool = True


Item = Question | Group | Repeat


class SetValue(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `setvalue` action: on an event, write the value of an expression to an answer."""

    target: str  # absolute XForm path
    events: tuple[str, ...] = ()  # odk-instance-first-load, odk-new-repeat, xforms-value-changed …
    xpath: str = ""  # the expression; empty: `text`
    text: str = ""
    trigger: str = (
        ""  # absolute path of the triggering answer, for xforms-value-changed; of the repeat for its rows
    )


class Form(msgspec.Struct, frozen=True, omit_defaults=True):
    form_id: str
    version: str
    title: str
    root: str = "data"  # name of the primary instance's root node
    children: tuple[Item, ...] = ()
    meta: tuple[Item, ...] = ()  # below the node `meta`: kept out of tables and answers
    number: str = ""  # printed number, e.g. F10
    cls: Class = "common"
    level: Level = "village"  # who fills it first of all
    further_levels: tuple[Level, ...] = ()  # who fills it as well, each level records of its own
    publish: Literal["", "down"] = ""
    kind: Literal["register", "single", "ledger"] = "register"  # many records; one per place; append-only
    life: tuple[str, ...] = ()  # hs:life, keys of the first day of a record and the day it is over, if any
    event: str = ""  # hs:event, key of the day, moment, reporting period or year of what a record tells
    retired: bool = False  # taken back by the city (收回): its records stay to be read, nothing is written
    lists: dict[str, tuple[Choice, ...]] = {}
    languages: tuple[str, ...] = ()
    default_language: str = ""
    instance_name: str = ""
    set_values: tuple[SetValue, ...] = ()
    instances: dict[str, Element] = {}  # secondary instances that are not in `lists`: their root element
    sources: dict[str, str] = {}  # external instances: where they come from, jr://file-csv/grid.csv
    translations: dict[str, Label] = {}  # itext that expressions ask for by name
    withdrawn: dict[str, tuple[Choice, ...]] = {}  # codes of earlier versions: valid for old values only
    order: tuple[str, ...] = ()  # paths in screen order, where it is not the tree's
    doc: str = ""  # the workbook it was compiled from, as sheets in JSON, for `forms export`

    @property
    def levels(self) -> tuple[Level, ...]:
        """Every level whose places fill it."""
        return (self.level, *self.further_levels)

    @property
    def stream(self) -> Class:
        """The class whose stream carries an answer that names none: a published register has its own.

        So it reaches every place below without anything else of the place that fills it.
        """
        return "published" if self.publish == "down" and self.cls == "common" else self.cls


def questions(items: tuple[Item, ...], *, into_repeats: bool = False) -> Iterator[Question]:
    """Yield the questions in screen order; those of rosters only if asked for."""
    for item in items:
        match item:
            case Question():
                yield item
            case Group():
                yield from questions(item.children, into_repeats=into_repeats)
            case Repeat():
                if into_repeats:
                    yield from questions(item.children, into_repeats=True)


def repeats(items: tuple[Item, ...]) -> Iterator[Repeat]:
    """Yield the outermost rosters in screen order."""
    for item in items:
        match item:
            case Group():
                yield from repeats(item.children)
            case Repeat():
                yield item
            case Question():
                pass


def questions_by_path(form: Form) -> dict[str, Question]:
    """Return every question by its path without row ids, those of rosters as `roster/key`."""
    return dict(_by_path(form.children, ""))


def _by_path(items: tuple[Item, ...], front: str) -> Iterator[tuple[str, Question]]:
    for item in items:
        match item:
            case Question():
                yield front + item.key, item
            case Group():
                yield from _by_path(item.children, front)
            case Repeat():
                yield from _by_path(item.children, f"{front}{item.key}/")


def class_of(form: Form, question: Question) -> Class:
    """Return the class whose stream carries this answer: its own, else the form's."""
    return question.hs.cls or form.stream
