"""工作要点任务分解表: each task with what it was broken down into below it, and how far it is.

A task's state is the one that indicators count (`reports.latest`): what its last reports say, and what all of
its parts say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hsdesk.errors import DataError
from hsdesk.forms.codelists import SHIPPED_LISTS
from hsdesk.model.answer import members
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.content import SAMPLE_NOTE, PrintColumn, Summary, Table
from hsdesk.reports.counts import day_of
from hsdesk.reports.definitions import Definition
from hsdesk.reports.indicators import LatestTerm, indicators
from hsdesk.reports.latest import LatestState, latest_states
from hsdesk.reports.paper_dates import on_paper
from hsdesk.reports.signing import Occasion, signature_of

_COLUMNS = (
    PrintColumn(("编号",), 34.0, "left", as_text=True),
    PrintColumn(("任务",), 64.0, "left", as_text=True),
    PrintColumn(("牵头",), 24.0, "left", as_text=True),
    PrintColumn(("责任单位",), 36.0, "left", as_text=True),
    PrintColumn(("时限",), 22.0, "center", as_text=True),
    PrintColumn(("状态",), 18.0, "center", as_text=True),
    PrintColumn(("进展",), 50.0, "left", as_text=True),
    PrintColumn(("存在问题",), 30.0, "left", as_text=True),
)
_RUNNING, _DELAYED = "1", "3"  # of task_status


def task_table(definition: Definition, registers: Registers, occasion: Occasion) -> Summary:
    """Return the tasks that concern the signing place: its own, those given to it, and what became of them.

    Raises DataError when tasks or their reports are not held here.
    """
    term = task_term(definition.register)
    states = latest_states(registers, occasion.places, term, day_of(occasion.day))
    if states is None:
        raise DataError("这台电脑上没有任务或进度的数据，不能打印。请先同步。")
    directory, about = occasion.places_of(registers), occasion.by_today()
    concerned = _concerned(states, frozenset(directory.subtree(occasion.unit)), term.above)
    rows = tuple(_row(one, deep, term) for one, deep in _in_order(concerned))
    return Summary(
        name=definition.name,
        title=definition.title,
        subtitle=directory.full_name(directory.by_id(occasion.unit)),
        remark=occasion.remark(definition.remark, about),
        blocks=(Table(_COLUMNS, rows),),
        signature=signature_of(definition, registers, occasion),
        paper=definition.paper,
        note=SAMPLE_NOTE if occasion.is_sample else "",
        about_day=about,
    )


def task_term(register: str) -> LatestTerm:
    """Return the term by which indicators judge the tasks: one definition for figure and print-out."""
    terms = (term for one in indicators() for term in one.numerator)
    return next(term for term in terms if isinstance(term, LatestTerm) and term.register == register)


def _concerned(states: Sequence[LatestState], inside: frozenset[str], above: str) -> tuple[LatestState, ...]:
    """Return the tasks that places inside own or have to do, and those that these are parts of."""
    by_id = {one.record.id: one for one in states}
    kept: set[str] = set()
    for one in states:
        named = members(one.record.values.get("units"))
        if one.record.place in inside or not inside.isdisjoint(named):
            at: LatestState | None = one
            while at is not None and at.record.id not in kept:
                kept.add(at.record.id)
                at = by_id.get(str(at.record.values.get(above) or ""))
    return tuple(one for one in states if one.record.id in kept)


def _in_order(states: Sequence[LatestState]) -> Iterator[tuple[LatestState, int]]:
    """Yield each task by its number, its parts right below it, with how deep it lies."""
    by_id = {one.record.id: one for one in states}
    waiting = [(one, 0) for one in sorted(states, key=_number, reverse=True) if not one.is_part]
    told: set[str] = set()
    while waiting:
        one, deep = waiting.pop()
        if one.record.id in told:
            continue
        told.add(one.record.id)
        yield one, deep
        parts = (by_id[part.id] for part in one.parts if part.id in by_id)
        waiting += [(part, deep + 1) for part in sorted(parts, key=_number, reverse=True)]


def _number(one: LatestState) -> str:
    return one.record.texts.get("task_no", "")


def _row(one: LatestState, deep: int, term: LatestTerm) -> tuple[str, ...]:
    texts = one.record.texts
    return (
        "\u3000" * deep + texts.get("task_no", ""),
        texts.get("content", ""),
        texts.get("lead_unit", ""),
        texts.get("units", ""),
        on_paper(texts.get("due_on", ""), "dotted"),
        _state(one, term),
        ";".join(filter(None, (_parts(one), *_said(one.own, "progress")))),
        ";".join(_said(one.own, "problem")),
    )


def _said(reports: Sequence[RegisterRecord], key: str) -> Iterator[str]:
    yield from filter(None, (report.texts.get(key, "") for report in reports))


def _parts(one: LatestState) -> str:
    return f"分解为{len(one.parts)}项" if one.parts else ""


def _state(one: LatestState, term: LatestTerm) -> str:
    """Return the state in words: what all say, else 滞后 where anybody says so, else 正在执行."""
    said = one.said - {""}
    if not said:
        return "未上报"
    code = next(iter(said)) if len(one.said) == 1 else _DELAYED if _DELAYED in said else _RUNNING
    return SHIPPED_LISTS.labels("task_status").get(code, code)
