"""The figures of the form engine: opening, answering, ledgers, compiling, and the peer where node is."""

from __future__ import annotations

import json
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.table import Row
from hsdesk.forms.session import Session
from hsdesk.model.op import Value

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus"
WHO_VA = CORPUS / "forms" / "javarosa__jmh_resources_whova_form.xml"
WHO_VA_BOOK = CORPUS / "forms" / "web-forms__common_src_fixtures_preview-service_xlsforms_whova_form.xlsx"
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


def rows() -> list[Row]:
    """Return the figures of the engine."""
    if not WHO_VA.is_file():
        return [Row("forms: WHO VA", "", None, "ms", floor="tests/corpus is not here")]
    return [*_opening(), *_answering(), *_ledger(300, 1.0), *_ledger(2000, 5.0), _compiling(), *_peer()]


def _best(task: Callable[[], object], times: int) -> float:
    """Return the best of several runs in milliseconds: the others measured the neighbours."""
    best = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        task()
        best = min(best, time.perf_counter() - started)
    return best * 1000


def _opening() -> list[Row]:
    from hsdesk.forms.compiler import compile_file
    from hsdesk.forms.host import Alone
    from hsdesk.forms.schema import Form

    body = msgspec.json.encode(compile_file(WHO_VA))
    decoded = _best(lambda: msgspec.json.decode(body, type=Form), 5)
    # Each run decodes anew: a form that was open before has its plan already.
    opened = _best(lambda: Session(msgspec.json.decode(body, type=Form), Alone()), 5)
    form = msgspec.json.decode(body, type=Form)
    Session(form, Alone())
    again = _best(lambda: Session(form, Alone()), 5)
    return [
        Row(
            "WHO VA opens from the compiled form",
            "≤ 100",
            opened,
            "ms",
            opened / decoded,
            f"JSON {decoded:.1f} ms",
        ),
        Row("WHO VA opens a second time", "", again, "ms"),
    ]


def _answering() -> list[Row]:
    from hsdesk.forms.compiler import compile_file
    from hsdesk.forms.host import Alone
    from hsdesk.forms.typed import kept, seen_text

    form = compile_file(WHO_VA)
    trace = json.loads(WHO_VA_WALK.read_bytes())["trace"]
    walks: list[list[float]] = []
    for _ in range(5):
        taken: list[float] = []
        walks.append(taken)
        session = Session(form, Alone())
        for step in trace:
            key = re.sub(r"\[\d+\]", "", step["ref"]).rpartition("/")[2]
            question = session.node(key).question
            value = kept(question, seen_text(question, step["value"]))
            started = time.perf_counter()
            session.answer(key, value)
            taken.append((time.perf_counter() - started) * 1000)
    floor = _best(lambda: dict.fromkeys(range(500)), 50)
    mean, late = min(statistics.fmean(walk) for walk in walks), min(_p95(walk) for walk in walks)
    return [
        Row("WHO VA mean per answer", "≤ 0.05", mean, "ms", mean / floor, f"a dict of 500 {floor:.4f} ms"),
        Row("WHO VA p95 per answer", "≤ 0.5", late, "ms", late / floor, f"a dict of 500 {floor:.4f} ms"),
    ]


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


def _ledger(size: int, target: float) -> list[Row]:
    from hsdesk.forms.compiler import compile_file
    from hsdesk.forms.host import Alone

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.md"
        path.write_text(LEDGER, encoding="utf-8")
        form = compile_file(path)
    session = Session(form, Alone(), _ledger_answers(size))
    late = min(_p95(_ledger_walk(session, seed)) for seed in range(3))
    numbers = [float(number) for number in range(size)]
    floor = _best(lambda: sum(numbers), 50)
    name = f"{size}-row ledger p95 per answer"
    return [Row(name, f"≤ {target:g}", late, "ms", late / floor, f"one sum {floor:.4f} ms")]


def _ledger_walk(session: Session, seed: int) -> list[float]:
    dice = random.Random(seed)  # noqa: S311 (a walk to measure)
    lines, taken = session.rows("rows"), []
    for turn in range(200):
        field = dice.choice(("who", "age", "amount", "member"))
        value: Value = {
            "who": f"人{turn}",
            "age": dice.randint(0, 99),
            "amount": dice.random(),
            "member": "y",
        }[field]
        path = f"{dice.choice(lines)}/{field}"
        started = time.perf_counter()
        session.answer(path, value)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _ledger_answers(size: int) -> dict[str, str | int | float]:
    answers: dict[str, str | int | float] = {}
    for number in range(size):
        row = f"rows/r{number:05}"
        answers |= {f"{row}/who": f"人{number}", f"{row}/age": number % 90, f"{row}/amount": number / 7}
        answers |= {f"{row}/member": "y", f"{row}/_pos": f"V{number:05}"}
    return answers


def _compiling() -> Row:
    from hsdesk.forms.compiler import check_file
    from hsdesk.forms.workbook.sheets import read_workbook

    taken = _best(lambda: check_file(WHO_VA_BOOK), 3) / 1000
    floor = _best(lambda: read_workbook(WHO_VA_BOOK), 3) / 1000
    return Row(
        "WHO VA workbook compiled and checked", "≤ 1", taken, "s", taken / floor, f"reading it {floor:.2f} s"
    )


def _peer() -> list[Row]:
    """The getodk web-forms engine on the same form, where node and the package are installed."""
    node = shutil.which("node")
    script = "import('@getodk/xforms-engine').then(() => console.log('here')).catch(() => process.exit(3))"
    if node is None:
        return [Row("@getodk/xforms-engine on WHO VA", "", None, "ms", floor="node is not installed")]
    found = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, timeout=60, check=False
    )
    reason = (
        "installed, but its DOM needs a browser" if found.returncode == 0 else "the package is not installed"
    )
    return [Row("@getodk/xforms-engine on WHO VA", "", None, "ms", floor=reason)]
