"""The effective row of a record: what a register's typed table holds.

A value that is not relevant is None. Calculations over the record are in the row; those over other
registers are not (they are computed when read, `crosses_registers`). A form without relevance and
calculation needs no session.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hsdesk.forms.codelists import STATIC_INSTANCES, code_lists
from hsdesk.forms.completeness import Always, Completeness, of_record, of_rows
from hsdesk.forms.host import FormHost
from hsdesk.forms.live.loading import rows_in
from hsdesk.forms.live.node import LiveNode, rows_of
from hsdesk.forms.live.series import StoredSeries
from hsdesk.forms.live.spec import FormNode
from hsdesk.forms.live.tree import repeats_inside
from hsdesk.forms.masking import SCREEN, shown, treatment
from hsdesk.forms.record_name import covered, hidden_in_name, own_name
from hsdesk.forms.schema import Choice, Form, Group, Item, Question, Repeat
from hsdesk.forms.types import has_column, holding_of, kept, seen, show, type_of
from hsdesk.forms.versions import renamed, renames_of
from hsdesk.model.answer import Value
from hsdesk.model.days import ALWAYS, DaysTyped

_KEPT = 64
_ALWAYS = "true()"


class RosterRow(msgspec.Struct, frozen=True):
    """One row of a roster (子表) with its effective answers; `pos` is its order key."""

    row_id: str
    pos: str
    row: dict[str, Value]
    rosters: dict[str, tuple[RosterRow, ...]] = {}


class Projection(msgspec.Struct, frozen=True):
    """Effective answers by key (None where not relevant), rosters by key, title, what a search finds, and how
    complete it is, roster rows too.
    """

    row: dict[str, Value]
    rosters: dict[str, tuple[RosterRow, ...]]
    title: str
    search: tuple[str, ...]
    complete: Completeness = Completeness()


def fields(items: tuple[Item, ...]) -> Iterator[Question]:
    """Yield the questions that are columns of a record or of one roster: all but notes, rosters left out."""
    for item in items:
        match item:
            case Question() if has_column(item):
                yield item
            case Group():
                yield from fields(item.children)
            case _:
                pass


def rosters(items: tuple[Item, ...]) -> Iterator[Repeat]:
    """Yield the rosters directly inside a record or row."""
    for item in items:
        match item:
            case Repeat():
                yield item
            case Group():
                yield from rosters(item.children)
            case Question():
                pass


class _Shape:
    """What projecting one form needs, worked out once."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.plain = _is_plain(form.children) and not form.instance_name
        self.renames = renames_of(form)
        self.held = held(form.children)
        self.blank: dict[str, Value] = {key: None for key, _kinds, _question in self.held}
        self.rosters = tuple(rosters(form.children))
        own = tuple(fields(form.children))
        self.titles = tuple(question for question in own if question.hs.title)
        self.fallback = next((question for question in own if type_of(question).is_prose), None)
        named = (*self.titles, *([self.fallback] if self.fallback and not self.titles else []))
        self.hidden = frozenset(one.key for one in named if treatment(form, one, SCREEN) != "open")
        told = {question.key for question in self.titles} - self.hidden
        self.unseen = hidden_in_name(form, own) if form.instance_name else ()
        self.searched = tuple(one for one in own if one.hs.search and one.key not in told)
        self.sought = _sought_rosters(form.children)
        self.required = _required_keys(form.children)
        self.uncertain = frozenset(_uncertain(form, form.children))
        self.crossing = frozenset(question.key for question in own if crosses_registers(form, question))


class _Sought(msgspec.Struct, frozen=True):
    """A roster whose rows a search finds, such as the names of members."""

    key: str
    questions: tuple[Question, ...]
    inner: tuple[_Sought, ...]


def _sought_rosters(items: tuple[Item, ...]) -> tuple[_Sought, ...]:
    found = (
        _Sought(
            roster.key,
            tuple(question for question in fields(roster.children) if question.hs.search),
            _sought_rosters(roster.children),
        )
        for roster in rosters(items)
    )
    return tuple(one for one in found if one.questions or one.inner)


def _required_keys(items: tuple[Item, ...]) -> Always:
    """Return the answers that must always be there."""
    inner = {roster.key: _required_keys(roster.children) for roster in rosters(items)}
    return Always(
        tuple(question.key for question in fields(items) if question.required == _ALWAYS),
        {key: one for key, one in inner.items() if one.keys or one.inner},
    )


_shapes: OrderedDict[int, _Shape] = OrderedDict()


def _shape(form: Form) -> _Shape:
    found = _shapes.get(id(form))
    if found is None:
        found = _shapes[id(form)] = _Shape(form)
        while len(_shapes) > _KEPT:
            _shapes.popitem(last=False)
    return found


def _is_plain(items: tuple[Item, ...]) -> bool:
    for item in items:
        if item.relevant not in ("", _ALWAYS) or (isinstance(item, Repeat) and item.count):
            return False
        if isinstance(item, Question):
            if item.calculation or item.required not in ("", _ALWAYS, "false()"):
                return False
        elif not _is_plain(item.children):
            return False
    return True


class ColumnReach(msgspec.Struct, frozen=True):
    """The answers that the changed columns and title are made of; whether title and counts may change.

    From which day on an answer is asked depends on when any answer was typed: where some must be there, every
    edit may change the counts.
    """

    keys: frozenset[str]
    title: bool
    counts: bool


def reach(form: Form, paths: frozenset[str]) -> ColumnReach | None:
    """Return what follows in a row from a change of some answers; None: perhaps everything.

    In a plain form a column depends on nothing but its own answer; rosters are no columns.
    """
    shape = _shape(form)
    if not shape.plain or shape.renames or shape.required.inner or not paths <= shape.blank.keys():
        return None
    named = {question.key for question in (*shape.titles, shape.fallback) if question}
    title = bool(paths & named)
    return ColumnReach(paths | (named if title else set()), title, counts=bool(shape.required.keys))


def crosses_registers(form: Form, question: Question) -> bool:
    """Tell whether a calculation reads other registers; such values are computed when read, never stored."""
    return _reads_registers(form, question.calculation)


def _reads_registers(form: Form, expression: str) -> bool:
    if "instance(" not in expression:
        return False
    from hsdesk.language.compiler import compile as compile_expression

    names = compile_expression(expression, strict=False).instances
    carried = form.lists.keys() | form.instances.keys() | code_lists() | STATIC_INSTANCES
    return any(name not in carried for name in names)


def _uncertain(form: Form, items: tuple[Item, ...], *, inside: bool = False) -> Iterator[int]:
    """Yield the identity of each question that is asked, or must be answered, as other registers say."""
    for item in items:
        here = inside or _reads_registers(form, item.relevant)
        if isinstance(item, Question):
            if here or _reads_registers(form, item.required):
                yield id(item)
        else:
            yield from _uncertain(form, item.children, inside=here)


def project(
    form: Form, answers: Mapping[str, Value], host: FormHost, typed: DaysTyped = ALWAYS
) -> Projection:
    """Return the effective row of a record given its answers by storage path, and when they were typed."""
    return Projector(form, host).project(answers, typed)


class Projector:
    """Makes the rows of many records of one form and place, one after another.

    `host` answers for all of them, where `project` is not given one that knows which record it is.
    """

    def __init__(self, form: Form, host: FormHost) -> None:
        self._shape = _shape(form)
        self._host = host
        self._series = None if self._shape.plain else StoredSeries(form, counting="hide")

    def project(
        self, answers: Mapping[str, Value], typed: DaysTyped = ALWAYS, host: FormHost | None = None
    ) -> Projection:
        """Return what `project` does."""
        shape, asked = self._shape, host or self._host
        if shape.renames:
            answers = renamed(shape.renames, answers)
            typed = DaysTyped(typed.made, renamed(shape.renames, typed.days))
        if self._series is None:
            return self._plain(answers, typed, asked)
        record = self._series.record(answers, asked)
        row = {**shape.blank, **_effective(record.root)}
        for key in shape.crossing:
            row[key] = None
        name = "" if shape.titles else own_name(record)
        if name:
            name = covered(shape.form, name, shape.unseen, row, lambda one: _answer(shape, one, row, asked))
        below = _live_rosters(record.root)
        title, found = _title(shape, row, asked, name), _search(shape, row, below, asked)
        complete = of_record(shape.form, record.root, shape.uncertain, typed)
        return Projection(row, below, title, found, complete)

    def _plain(self, answers: Mapping[str, Value], typed: DaysTyped, host: FormHost) -> Projection:
        shape = self._shape
        row = plain_row(shape.held, answers)
        below = _plain_rosters(shape.rosters, answers) if shape.rosters else {}
        title, found = _title(shape, row, host, ""), _search(shape, row, below, host)
        return Projection(row, below, title, found, of_rows(shape.required, row, below, typed))


# --- without a session


Held = tuple[tuple[str, tuple[type, ...], Question], ...]


def held(items: tuple[Item, ...]) -> Held:
    """Return what the columns of a record or roster hold: key, Python types, question."""
    return tuple((each.key, (*holding_of(each).holds, type(None)), each) for each in fields(items))


def plain_row(columns: Held, answers: Mapping[str, Value], prefix: str = "") -> dict[str, Value]:
    """Return a row; a value of an earlier, narrower type is widened (整数 → 小数 → 文字, 单选 → 多选)."""
    if prefix:
        answers = {key: answers.get(prefix + key) for key, *_ in columns}
    get = answers.get
    return {
        key: value if type(value := get(key)) in kinds else kept(question, seen(question, value))
        for key, kinds, question in columns
    }


def _plain_rosters(
    items: tuple[Repeat, ...], answers: Mapping[str, Value]
) -> dict[str, tuple[RosterRow, ...]]:
    found = rows_in(answers)
    return {item.key: _plain_rows(item, item.key, found, answers) for item in items}


def _plain_rows(
    item: Repeat, place: str, found: dict[str, dict[str, str]], answers: Mapping[str, Value]
) -> tuple[RosterRow, ...]:
    columns = held(item.children)
    inner = tuple(rosters(item.children))
    ordered = sorted(found.get(place, {}).items(), key=lambda entry: (entry[1], entry[0]))
    return tuple(
        RosterRow(
            row_id,
            pos,
            plain_row(columns, answers, f"{place}/{row_id}/"),
            {
                below.key: _plain_rows(below, f"{place}/{row_id}/{below.key}", found, answers)
                for below in inner
            },
        )
        for row_id, pos in ordered
    )


# --- with a session


def _effective(top: LiveNode) -> dict[str, Value]:
    """Return the relevant values of a record or row by key, rosters left out."""
    found: dict[str, Value] = {}
    for spec in top.spec.children:
        if spec.repeat or spec.in_meta:
            continue
        node = top.children[spec.name][0]
        question = spec.question
        if question is None:
            found.update(_effective(node))
        elif spec.column:
            shown_here = node.relevant and node.value != ""
            found[spec.key] = kept(question, node.value) if shown_here else None
    return found


def _live_rosters(top: LiveNode) -> dict[str, tuple[RosterRow, ...]]:
    found: dict[str, tuple[RosterRow, ...]] = {}
    for spec, parent in _roster_places(top):
        rows = [row for row in rows_of(parent, spec.name) if row.relevant]
        found[spec.key] = tuple(
            RosterRow(row.row, row.pos, _effective(row), _live_rosters(row)) for row in rows
        )
    return found


def _roster_places(top: LiveNode) -> Iterator[tuple[FormNode, LiveNode]]:
    for spec in repeats_inside(top.spec):
        node = top
        for name in spec.path[len(top.spec.path) : -1]:
            node = node.children[name][0]
        yield spec, node


def _answer(shape: _Shape, question: Question, row: Mapping[str, Value], host: FormHost) -> str:
    return _words(shape.form, question, row.get(question.key), host)


# --- title and search


def _title(shape: _Shape, row: Mapping[str, Value], host: FormHost, name: str) -> str:
    """Return the title as one's own screen shows it: what is hidden in a list is hidden here too."""

    def told(question: Question) -> str:
        words = _words(shape.form, question, row.get(question.key), host)
        return shown(shape.form, question, words, SCREEN) if question.key in shape.hidden else words

    words = [word for question in shape.titles if (word := told(question))]
    if not words and name:
        return name
    return " ".join(words) if words or shape.fallback is None else told(shape.fallback)


def _search(
    shape: _Shape, row: Mapping[str, Value], below: Mapping[str, tuple[RosterRow, ...]], host: FormHost
) -> tuple[str, ...]:
    sought = (_words(shape.form, question, row.get(question.key), host) for question in shape.searched)
    own = tuple(words for words in sought if words)
    return (*own, *_roster_words(shape.form, shape.sought, below, host)) if shape.sought else own


def _roster_words(
    form: Form, sought: tuple[_Sought, ...], below: Mapping[str, tuple[RosterRow, ...]], host: FormHost
) -> Iterator[str]:
    """Yield what a search finds in the rows of rosters, in their order."""
    for roster in sought:
        for line in below.get(roster.key, ()):
            for question in roster.questions:
                if words := _words(form, question, line.row.get(question.key), host):
                    yield words
            yield from _roster_words(form, roster.inner, line.rosters, host)


def _words(form: Form, question: Question, value: Value, host: FormHost) -> str:
    if value is None:
        return ""
    if not question.list_name:
        return show(question, value)
    codes = value if isinstance(value, tuple) else (str(value),)
    listed = form.lists.get(question.list_name)
    withdrawn = form.withdrawn.get(question.list_name, ())
    choices = (*listed, *withdrawn) if listed is not None else host.choices(question.list_name)
    return " ".join(_label(choices, code) for code in codes)


def _label(choices: Sequence[Choice], code: str) -> str:
    for choice in choices:
        if choice.value == code:
            return choice.label.plain() or code
    return code
