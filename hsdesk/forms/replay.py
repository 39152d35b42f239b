"""Replaying a recorded walk through a form, to compare with JavaRosa (`forms replay`).

A trace is a list of steps `{"op": "set", "ref": "/data/rep[1]/x[1]", "value": "3"}` and `{"op": "new", "ref":
"/data/rep[2]"}`. A state has one entry per node below the root: `v` value, `rel` relevant, `req` required,
`ro` read-only; only roster rows carry `[n]`. `rc` is 0 for an accepted value, 1 for a required one left
empty, 2 for a violated constraint, None for a new row.

JavaRosa makes the rows of a counted roster while its walker passes them. So do we: a walker goes through
the form in screen order, up to each step's node, and to the end after the last step.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hsdesk.errors import DataError, DeskError
from hsdesk.forms.host import BareHost
from hsdesk.forms.live.node import LiveNode, rows_of
from hsdesk.forms.live.record import LiveRecord
from hsdesk.forms.live.screen import Screen
from hsdesk.forms.live.spec import FormulaKind
from hsdesk.forms.problem import Problem, errors_of
from hsdesk.forms.schema import Choice, Form, Repeat
from hsdesk.forms.types import seen_text
from hsdesk.language.values import to_text

ZONE = "Asia/Shanghai"
_STEP = re.compile(r"([^/\[\]]+)(?:\[(\d+)\])?")
_SUFFIXES = (".csv", ".xml", ".geojson")


class TraceStep(msgspec.Struct, frozen=True):
    """One step of a trace."""

    op: str
    ref: str
    value: str | None = None


class Trace(msgspec.Struct, frozen=True):
    """What a trace file holds; `initial` and `final` of a golden file are passed over."""

    trace: tuple[TraceStep, ...]


NodeState = dict[str, str | bool]


class Replayed(msgspec.Struct, frozen=True):
    """The states before and after a trace, and what each step answered."""

    initial: dict[str, NodeState]
    final: dict[str, NodeState]
    rc: tuple[int | None, ...]


class FolderHost(BareHost):
    """A host that finds external lists in the folder of the form."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        """Return the rows of a CSV file beside the form; an empty list when there is none (JavaRosa)."""
        import csv

        path = self.folder / f"{instance}.csv"
        if not re.fullmatch(r"[\w.-]+", instance) or not path.is_file():
            return ()
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{key: value or "" for key, value in row.items() if key} for row in csv.DictReader(file)]

    def choices(self, list_name: str) -> Sequence[Choice]:
        """Return the same rows as choices."""
        from hsdesk.forms.schema import Label

        rows = self.rows(list_name) or ()
        return [Choice(row.get("name", ""), Label({"": (row.get("label", ""),)}), dict(row)) for row in rows]


def replay(form: Form, trace: Trace, host: BareHost) -> Replayed:
    """Replay a trace. Raises `DataError` for a step that names no node."""
    record = LiveRecord(form, host, None, first_load=True, language="", blank_rows=True, counting="off")
    initial = state_of(record)
    walker = Walker(record)
    codes = []
    for step in trace.trace:
        walker.go_to(step.ref)
        codes.append(_take(record, step))
    walker.finish()
    return Replayed(initial, state_of(record), tuple(codes))


def _take(record: LiveRecord, step: TraceStep) -> int | None:
    if step.op == "new":
        _new_row(record, step.ref)
        return None
    node = find(record, step.ref)
    if step.op in ("remove", "delete"):
        record.begin()
        record.remove_row(node, "replay")
        record.end()
        return None
    return _set(record, node, step.value or "")


def _new_row(record: LiveRecord, ref: str) -> None:
    parent_ref, _, last = ref.rpartition("/")
    parent = find(record, parent_ref)
    name = last.partition("[")[0]
    if not parent.templates or name not in parent.templates:
        raise DataError("轨迹里的 {ref} 不是子表。", field=ref, ref=ref)
    record.begin()
    record.add_row(parent.templates[name], "", None)
    record.end()


def _set(record: LiveRecord, node: LiveNode, text: str) -> int:
    """Answer as JavaRosa's controller does: a refused value leaves the old one."""
    question = node.spec.question
    if question is None:
        raise DataError("轨迹里的 {ref} 不是一栏。", field=node.place, ref=node.place)
    value = seen_text(question, text)
    if value == "" and node.required:
        return 1
    if value != "" and not _allowed(record, node, value):
        return 2
    record.begin()
    record.set(node, value)
    record.end()
    return 0


def _allowed(record: LiveRecord, node: LiveNode, value: Any) -> bool:
    old = node.value
    node.value = value
    try:
        return record.checks.meets_constraint(node)
    finally:
        node.value = old


def find(record: LiveRecord, ref: str) -> LiveNode:
    """Return the node of a reference such as `/data/rep[2]/x[1]`. Raises `DataError`."""
    node = record.root
    steps = _STEP.findall(ref)
    if not steps or steps[0][0] != node.name:
        raise DataError("轨迹里的 {ref} 在表里没有。", field=ref, ref=ref)
    for name, number in steps[1:]:
        siblings = node.children.get(name, [])
        index = int(number or 1) - 1
        if not 0 <= index < len(siblings):
            raise DataError("轨迹里的 {ref} 在表里没有。", field=ref, ref=ref)
        node = siblings[index]
    return node


class Walker:
    """Passes through a form in screen order and makes the rows of counted rosters on its way."""

    def __init__(self, record: LiveRecord) -> None:
        self.record = record
        self.screen = Screen(record)
        self.way = self._below(record.root, f"/{record.root.name}")

    def go_to(self, ref: str) -> None:
        """Walk until the node of `ref` is passed; to the end when it lies behind."""
        wanted = plain_ref(self.record, ref)
        for passed in self.way:
            if passed == wanted:
                return

    def finish(self) -> None:
        """Walk to the end."""
        for _passed in self.way:
            pass

    def _below(self, parent: LiveNode, path: str) -> Iterator[str]:
        for spec in self.screen.sorted_specs(parent.spec.children):
            if spec.repeat:
                yield from self._roster(parent, spec.name, path)
            elif spec.question is not None:
                self._show(parent.children[spec.name][0])
                yield f"{path}/{spec.name}"
            else:
                node = parent.children[spec.name][0]
                if node.relevant:
                    yield from self._below(node, f"{path}/{spec.name}")

    def _show(self, node: LiveNode) -> None:
        """Clear the choices that the list no longer offers, as JavaRosa does when it shows a question."""
        question = node.spec.question
        if question is not None and question.nodeset and node.relevant and node.value != "":
            self.record.begin()
            self.record.engine.step.choices[node] = None
            self.record.end()

    def _roster(self, parent: LiveNode, name: str, path: str) -> Iterator[str]:
        assert parent.templates is not None
        template = parent.templates[name]
        index = 0
        while template.relevant:
            if index >= len(rows_of(parent, name)) and not self._grow(template, index):
                yield f"{path}/{name}[{index + 1}]"  # the place where a person may add a row
                if index >= len(rows_of(parent, name)):
                    return
            row = rows_of(parent, name)[index]
            if row.relevant:
                yield from self._below(row, f"{path}/{name}[{index + 1}]")
            index += 1

    def _grow(self, template: LiveNode, index: int) -> bool:
        item = template.spec.item
        assert isinstance(item, Repeat)
        if not any(formula.kind is FormulaKind.COUNT for formula in template.spec.formulas):
            return False
        wanted = self.record.wanted_rows(template)
        if wanted is None or index >= wanted:
            return False
        self.record.begin()
        self.record.add_row(template, "", None)
        self.record.end()
        return True


def plain_ref(record: LiveRecord, ref: str) -> str:
    """Return a reference in which only roster rows carry a number."""
    spec = record.plan.root
    path = f"/{spec.name}"
    for name, number in _STEP.findall(ref)[1:]:
        below = next((child for child in spec.children if child.name == name), None)
        if below is None:
            return ref
        spec = below
        path += f"/{name}[{number or 1}]" if spec.repeat else f"/{name}"
    return path


def state_of(record: LiveRecord) -> dict[str, NodeState]:
    """Return the state of every node below the root, by path."""
    found: dict[str, NodeState] = {}
    _state(record.root, f"/{record.root.name}", found)
    return found


def _state(parent: LiveNode, path: str, found: dict[str, NodeState]) -> None:
    for spec in parent.spec.children:
        for node in parent.children.get(spec.name, ()):
            here = f"{path}/{spec.name}[{node.index + 1}]" if spec.repeat else f"{path}/{spec.name}"
            if spec.name.startswith("@"):
                continue
            found[here] = {"rel": node.relevant}
            if spec.question is not None and not any(True for _ in node.spec.children):
                found[here] = {
                    "v": shown(node),
                    "rel": node.relevant,
                    "req": node.required,
                    "ro": node.readonly,
                }
            _state(node, here, found)


def shown(node: LiveNode) -> str:
    """Return a value in the notation of the golden files."""
    value = node.value
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, float) and value.is_integer():
        return f"{value:.1f}"  # a decimal answer; a computed whole number is an integer already
    return to_text(value)


def refused(problems: tuple[Problem, ...]) -> dict[str, Any]:
    """Return what `forms replay` prints for a form outside the subset."""
    return {"refused": [msgspec.to_builtins(problem) for problem in errors_of(problems)]}


def replay_files(form_path: Path, trace_path: Path) -> dict[str, Any]:
    """Return the JSON of `forms replay FILE TRACE`; `{"error"}` for a pair that cannot be read."""
    from hsdesk.forms.compiler import compile_with_problems

    in_recorded_zone()
    form, problems = compile_with_problems(form_path)
    if form is None or errors_of(problems):
        return refused(problems)
    try:
        trace = msgspec.json.decode(trace_path.read_bytes(), type=Trace)
        done = replay(form, trace, FolderHost(form_path.parent))
    except (OSError, msgspec.DecodeError) as error:
        return {"error": f"{trace_path.name} 读不出来：{error}"}
    except DeskError as error:
        return {"error": str(error)}
    return {"initial": done.initial, "final": done.final, "rc": list(done.rc)}


def in_recorded_zone() -> None:
    """Put this process into the time zone of the recordings, which is that of the villages too."""
    if os.environ.get("TZ") != ZONE:
        os.environ["TZ"] = ZONE
        if hasattr(time, "tzset"):
            time.tzset()


def replay_many(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield one answer per line `FILE<tab>TRACE`, in order."""
    for line in lines:
        form_name, tab, trace_name = line.rstrip("\n").partition("\t")
        if not tab:
            yield {"error": "每行要写：表单文件、制表符、轨迹文件。"}
        elif not Path(form_name).is_file():
            yield {"error": f"没有文件 {form_name}。"}
        else:
            yield replay_files(Path(form_name), Path(trace_name))
