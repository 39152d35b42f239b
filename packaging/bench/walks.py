"""The walks of answers that the form engine, and its peer beside it, are measured on.

A walk is one form, the record it is opened with, and the answers that are then given one by one.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from hsdesk.forms.host import BareHost
from hsdesk.forms.schema import Form
from hsdesk.forms.session import Session
from hsdesk.forms.xform_compiler import compile_xml
from hsdesk.model.answer import Value

CORPUS = Path(__file__).parents[2] / "tests" / "corpus"
WHO_VA = CORPUS / "forms" / "javarosa__jmh_resources_whova_form.xml"
WHO_VA_WALK = CORPUS / "golden" / "javarosa__jmh_resources_whova_form.s0.json"
LEDGER = """
| settings | | |
| | form_title | form_id |
| | 台账 | ledger |
| survey | | | | | | |
| | type | name | label | relevant | calculation | constraint |
| | text | head | 户主 | | | |
| | begin_repeat | rows | 流水 | | | |
| | text | who | 姓名 | | | |
| | integer | age | 年龄 | | | . >= 0 and . < 150 |
| | select_one yn | member | 党员 | ${age} >= 18 | | |
| | decimal | amount | 金额 | | | |
| | calculate | double | | | ${amount} * 2 | |
| | calculate | place | | | position(..) | |
| | end_repeat | | | | | |
| | calculate | total | | | sum(${amount}) | |
| | calculate | adults | | | count(${rows}[age >= 18]) | |
| | calculate | members | | | count-non-empty(${member}) | |
| choices | | |
| | list_name | name | label |
| | yn | y | 是 |
| | yn | n | 否 |
"""
LEDGER_STEPS = 200


@dataclass(frozen=True)
class Step:
    """One answer: the storage path and the value, and the same as an XForm reference and text."""

    path: str
    value: Value
    ref: str
    text: str


@dataclass(frozen=True)
class Walk:
    """A form as XForm text, the saved record it opens with (both ways of writing it), and the answers."""

    name: str
    xform: str
    answers: Mapping[str, Value]
    record: str
    steps: tuple[Step, ...]

    def form(self) -> Form:
        """Return the form compiled anew."""
        form, troubles = compile_xml(self.xform.encode())
        assert form is not None, troubles
        return form

    def opened(self, form: Form) -> Session:
        """Return a session as the first answer finds it: a new record, or the saved one."""
        return Session(form, BareHost(), self.answers or None)

    def volatile(self) -> frozenset[str]:
        """Return the storage paths that hold a clock or a new identifier."""
        binds = re.findall(r"<bind [^>]*jr:preload=[^>]*>", self.xform)
        return frozenset(path_of(ref) for bind in binds for ref in re.findall(r'nodeset="([^"]+)"', bind))


@dataclass(frozen=True)
class Pace:
    """Milliseconds per answer, and the record as it is at the end of the walk."""

    mean: float
    late: float
    session: Session


def pace(walk: Walk, runs: int) -> Pace:
    """Take the walk `runs` times, each in a new session, and return the best mean and the best p95."""
    form = walk.form()
    walks: list[list[float]] = []
    for _ in range(runs):
        session = walk.opened(form)
        taken: list[float] = []
        walks.append(taken)
        for step in walk.steps:
            started = time.perf_counter()
            session.answer(step.path, step.value)
            taken.append((time.perf_counter() - started) * 1000)
    return Pace(min(map(statistics.fmean, walks)), min(map(p95, walks)), session)


def p95(taken: list[float]) -> float:
    """Return the time that 95 of 100 answers stay below.

    >>> p95([float(number) for number in range(100)])
    95.0
    """
    return sorted(taken)[int(len(taken) * 0.95)]


def path_of(ref: str) -> str:
    """Return the storage path of a reference into one of these forms.

    >>> path_of("/data/presets[1]/Id10002[1]"), path_of("/data/rows[6]/age")
    ('Id10002', 'rows/r00005/age')
    """
    key = re.sub(r"\[\d+\]$", "", ref.rpartition("/")[2])
    row = re.search(r"/rows\[(\d+)\]/", ref)
    return f"{_row_path(int(row[1]) - 1)}/{key}" if row else key


def who_va() -> Walk:
    """Return the WHO verbal autopsy and the answers of its golden walk."""
    from hsdesk.forms.types import kept, seen_text

    xform = WHO_VA.read_text(encoding="utf-8")
    form = Walk("WHO VA", xform, {}, "", ()).form()
    session = Session(form, BareHost())
    steps: list[Step] = []
    for line in json.loads(WHO_VA_WALK.read_bytes())["trace"]:
        # No question of this form is in a repeat: every position is 1.
        ref = re.sub(r"\[\d+\]", "", line["ref"])
        key = path_of(ref)
        question = session.node(key).question
        steps.append(Step(key, kept(question, seen_text(question, line["value"])), ref, line["value"]))
    return Walk("WHO VA", xform, {}, "", tuple(steps))


def ledger(size: int) -> Walk:
    """Return an invented ledger of `size` rows and answers to rows drawn by lot."""
    from pyxform.xls2xform import convert

    xform = convert(xlsform=LEDGER, file_type=".md", validate=False).xform
    rows = [_ledger_row(number) for number in range(size)]
    answers: dict[str, Value] = {}
    for number, row in enumerate(rows):
        answers |= {f"{_row_path(number)}/{key}": value for key, value in row.items()}
        answers |= {f"{_row_path(number)}/_pos": f"V{number:05}"}
    return Walk(f"{size}-row ledger", xform, answers, _ledger_record(rows), _ledger_steps(size))


def _row_path(number: int) -> str:
    return f"rows/r{number:05}"


def _ledger_row(number: int) -> dict[str, Value]:
    return {"who": f"人{number}", "age": number % 90, "member": "y", "amount": number / 7}


def _ledger_record(rows: list[dict[str, Value]]) -> str:
    """Return the rows as the instance that a program would have saved; calculations are still empty."""
    lines = "".join(
        "<rows>"
        + "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in row.items())
        + "<double/><place/></rows>"
        for row in rows
    )
    tail = "<total/><adults/><members/><meta><instanceID>uuid:ledger</instanceID></meta>"
    return f'<data id="ledger"><head/>{lines}{tail}</data>'


def _ledger_steps(size: int) -> tuple[Step, ...]:
    dice = random.Random(0)  # noqa: S311 (a walk to measure)
    steps: list[Step] = []
    for turn in range(LEDGER_STEPS):
        row, key = dice.randrange(size), dice.choice(("who", "age", "amount", "member"))
        drawn: dict[str, Value] = {
            "who": f"人{turn}",
            "age": dice.randint(0, 99),
            "amount": round(dice.random() * 1000, 2),
            "member": "y",
        }
        steps.append(
            Step(f"{_row_path(row)}/{key}", drawn[key], f"/data/rows[{row + 1}]/{key}", str(drawn[key]))
        )
    return tuple(steps)
