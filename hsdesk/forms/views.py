"""What a session shows of itself: frozen values for windows, stores and checks."""

from __future__ import annotations

from typing import Literal

import msgspec

from hsdesk.forms.schema import Choice, Question
from hsdesk.model.answer import Value

Rule = Literal["required", "constraint", "type", "reference", "same", "privacy", "unsaved", "asked", "leap"]


class FormChanges(msgspec.Struct, frozen=True, omit_defaults=True):
    """Exactly what one step changed. Paths are storage paths; groups appear as `@group/path`.

    `answers` holds the person's own answers that changed, to be logged: the answer itself, choices that a
    filter cleared, targets of setvalue, `_pos` and `_deleted` of rows. Calculations are in `values` only.
    """

    values: dict[str, Value] = {}  # what a field shows now, calculations included
    relevant: dict[str, bool] = {}
    required: dict[str, bool] = {}
    readonly: dict[str, bool] = {}
    choices: tuple[str, ...] = ()  # questions whose list of choices changed
    problems: dict[str, str] = {}  # message by path, "" when the problem is gone
    labels: tuple[str, ...] = ()  # items whose label or hint changed
    rows: tuple[str, ...] = ()  # rosters whose rows changed
    row: str = ""  # id of the row just added
    answers: dict[str, Value] = {}

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return self != _NOTHING


_NOTHING = FormChanges()


class NodeView(msgspec.Struct, frozen=True):
    """One answer as a field shows it."""

    path: str
    question: Question
    value: Value
    relevant: bool
    required: bool
    readonly: bool
    label: str
    hint: str
    guidance: str
    choices: tuple[Choice, ...]
    problem: str  # message of the rule that the answer breaks, or ""


class Finding(msgspec.Struct, frozen=True):
    """A rule that an answer does not meet. `error` 必须改, `warn` 请核实."""

    path: str
    rule: Rule
    severity: Literal["error", "warn"]
    message: str


class Field(msgspec.Struct, frozen=True, tag="field", tag_field="kind"):
    """A place for one answer on the screen."""

    path: str
    question: Question


class Section(msgspec.Struct, frozen=True, tag="section", tag_field="kind"):
    """A group on the screen. `path` is `@` and the names of the groups, below the row it lies in."""

    path: str
    name: str
    appearance: str
    items: tuple[Field | Section | Roster, ...]


class RosterLine(msgspec.Struct, frozen=True):
    """One row of a roster; `path` is `REPEAT/ROWID`."""

    path: str
    items: tuple[Field | Section | Roster, ...]


class Roster(msgspec.Struct, frozen=True, tag="roster", tag_field="kind"):
    """A roster (子表) on the screen, with its rows in order."""

    path: str
    name: str
    appearance: str
    fixed: bool  # rows are counted by the form: no adding or removing by hand
    rows: tuple[RosterLine, ...]


LayoutItem = Field | Section | Roster
