"""Cross tables (交叉表): how many records of a register are in this row and that column, for any register.

Rows and columns are groups of the print-out's definition (`down`, `across`): row predicates, or age bands of
`resources/counts.json`. The records are those of the count that it names; what the reader does not hold is
此处不知, never 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.schema import class_of, questions
from hsdesk.forms.types.columns import kinds_of
from hsdesk.language.rows import ColumnKind, row_predicate
from hsdesk.model.answer import Value
from hsdesk.model.asked_day import BY_TODAY
from hsdesk.registers.contract import Registers
from hsdesk.reports.content import SAMPLE_NOTE, PrintColumn, Summary, Table
from hsdesk.reports.counting import Counting
from hsdesk.reports.counts import Count, both, count_book, count_named, day_of, leans_of_count
from hsdesk.reports.definitions import Definition, GroupDefinition
from hsdesk.reports.leaning import lacking, leans_of_rows
from hsdesk.reports.signing import Occasion, signature_of

_UNKNOWN = "此处不知"
_ALL = GroupDefinition(("合计",))
_set_of = msgspec.json.Decoder(tuple[str, ...]).decode


def cross_table(definition: Definition, registers: Registers, occasion: Occasion) -> Summary:
    """Return the table. The last row is counted itself, so that who is in no row is still in it.

    Raises DataError when the register is not held here, or on a notice: a cell of one person names him.
    """
    if definition.use == "notice":
        raise DataError("打印件“{title}”是交叉表，格子里人数太少，不能作公示件。", title=definition.title)
    down, across = tuple(groups(definition.down)), tuple(groups(definition.across))
    cells = _Cells(definition, registers, occasion)
    cells.count((*down, *across, _ALL))
    depth = max((len(row.heading) for row in down), default=1)
    rows = tuple((*_spread(row, depth), *cells.line(row, across)) for row in down)
    heads = tuple(PrintColumn(("分组",), 26.0, "left") for _ in range(depth))
    columns = tuple(PrintColumn(one.heading, one.width, "right", as_text=False) for one in across)
    totals = (*_spread(_ALL, depth), *cells.line(_ALL, across))
    directory, about = occasion.places_of(registers), _about_day(definition, occasion)
    return Summary(
        name=definition.name,
        title=definition.title,
        subtitle=directory.full_name(directory.by_id(occasion.unit)),
        remark=occasion.remark(definition.remark, about),
        blocks=(Table((*heads, *columns), rows, totals=totals),),
        signature=signature_of(definition, registers, occasion),
        paper=definition.paper,
        note=SAMPLE_NOTE if occasion.is_sample else "",
        about_day=about,
    )


def _about_day(definition: Definition, occasion: Occasion) -> str:
    """Return what the table says of a past day: a count knows who was there, not what they answered then."""
    groups = (*definition.down, *definition.across)
    if not definition.count or not any(group.where for group in groups):
        return "" if definition.count else occasion.by_today()
    which = "年龄以外的分组" if any(group.ages for group in groups) else "分组"
    return f"{which}{BY_TODAY}" if occasion.asked.is_past else ""


def groups(given: tuple[GroupDefinition, ...]) -> Iterator[GroupDefinition]:
    """Yield the groups, those of age bands one by one, and after them who has no month of birth."""
    for group in given:
        if not group.ages:
            yield group
            continue
        bands, month = count_book().bands[group.ages], group.born
        born = f"number(concat(substr({month}, 0, 4), substr({month}, 5)))"  # 1975-08 as 197508
        oldest = [
            f"{born} > number(format-date(today(), '%Y%m')) - {100 * (edge + 1)}" for edge in bands.edges
        ]
        older = ["", *(f"not({rule})" for rule in oldest)]
        filled = f"{month} != ''"
        for label, above, below in zip(bands.labels, older, [*oldest, ""], strict=True):
            where = both(filled, both(above, below))
            yield GroupDefinition((*group.heading, label), where, width=group.width)
        yield GroupDefinition((*group.heading, "未填"), f"{month} = ''", width=group.width)


def _spread(row: GroupDefinition, depth: int) -> tuple[str, ...]:
    """Return the heading of a row over as many cells as the deepest one has."""
    return (*row.heading, *("" for _ in range(depth - len(row.heading))))


class _Cells:
    """Who is in which cell of one print-out, for one occasion: the register is asked once for all of them."""

    def __init__(self, definition: Definition, registers: Registers, occasion: Occasion) -> None:
        self._definition, self._registers, self._occasion = definition, registers, occasion
        self._form = registers.form(definition.register)
        self._kinds = kinds_of(self._form)
        self._figures: tuple[float, ...] = ()  # of records that have these answers in common
        self._fits: dict[GroupDefinition, frozenset[int]] = {}  # which of them are in a group that is known

    def count(self, groups: Sequence[GroupDefinition]) -> None:
        """Find out who is in which group. Raises DataError when the register is not held here."""
        known = {group: columns for group in groups if (columns := self._known_columns(group)) is not None}
        asked = tuple(sorted(frozenset[str]().union(*known.values())))
        found = self._combinations(asked)
        self._figures = tuple(figure for _, figure in found)
        for group, columns in known.items():
            at = tuple(number for number, column in enumerate(asked) if column in columns)
            fits = self._test(group, tuple(asked[number] for number in at))
            self._fits[group] = frozenset(
                number
                for number, (told, _) in enumerate(found)
                if not at or (told and fits(tuple(told[place] for place in at)))
            )

    def _test(self, group: GroupDefinition, columns: Sequence[str]) -> Callable[[tuple[str, ...]], bool]:
        """Return whether answers in a group's own columns fit it: few differ, so each is tried once."""
        kinds = {column: self._kinds[column] for column in columns}
        now = dt.datetime.combine(self._occasion.day, dt.time(12)).astimezone()
        holds = row_predicate(group.where, kinds, now)

        @cache
        def fits(told: tuple[str, ...]) -> bool:
            return holds(
                {column: _value(kinds[column], text) for column, text in zip(columns, told, strict=True)}
            )

        return fits

    def line(self, row: GroupDefinition, across: Sequence[GroupDefinition]) -> tuple[str, ...]:
        """Return the cells of a row as texts."""
        return tuple(self._cell(row, column) for column in across)

    def _cell(self, row: GroupDefinition, column: GroupDefinition) -> str:
        if row not in self._fits or column not in self._fits:
            return _UNKNOWN
        fitting = self._fits[row] & self._fits[column]
        return str(round(sum(self._figures[number] for number in fitting)))

    def _combinations(self, columns: Sequence[str]) -> list[tuple[tuple[str, ...], float]]:
        """Return how many records of the places that are printed have the same answers in these columns."""
        directory = self._occasion.places_of(self._registers)
        counting = Counting(self._registers, directory, self._occasion.places)
        wanted = frozenset(self._occasion.places)
        found = counting.by_answers(self._counted(), day_of(self._occasion.day), columns)
        if found is None:
            raise DataError("这台电脑上没有“{title}”的数据，不能打印。请先同步。", title=self._form.title)
        return [(told, figure) for place, told, figure in found if place in wanted]

    def _counted(self) -> Count:
        """Return the count that the definition names, narrowed, or the one it makes up itself."""
        if self._definition.count:
            return count_named(self._definition.count, self._definition.where)
        return Count(self._definition.title, self._definition.register, where=self._definition.where)

    def _known_columns(self, group: GroupDefinition) -> frozenset[str] | None:
        """Return the answers a group is told by; None: one is not there or not granted."""
        own = leans_of_rows(self._definition.register, group.where)
        leans = own | leans_of_count(self._counted())
        held = [place for place in self._occasion.places if self._fills(place)]
        if lacking(leans, self._registers.form):
            return None
        asked = {column for register, column in leans if register == self._definition.register}
        classes = {class_of(self._form, one) for one in questions(self._form.children) if one.key in asked}
        classes.add(self._form.stream)
        if not all(self._registers.may_read(place, cls) for place in held for cls in classes):
            return None
        return frozenset(column for _, column in own)

    def _fills(self, place: str) -> bool:
        return self._registers.directory.by_id(place).level in self._form.levels


def _value(kind: ColumnKind, text: str) -> Value:
    """Return an answer read from its text in the key of a group."""
    match kind:
        case _ if not text:
            return None
        case "integer" | "decimal":
            return float(text)
        case "set":
            return _set_of(text)
        case _:
            return text
