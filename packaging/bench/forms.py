"""The figures of the form engine: opening, answering, ledgers, compiling, and the peer where node is."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from bench.peer import beside
from bench.table import Row
from bench.walks import CORPUS, WHO_VA, Pace, ledger, pace, who_va
from hsdesk.forms.session import Session

WHO_VA_BOOK = CORPUS / "forms" / "web-forms__common_src_fixtures_preview-service_xlsforms_whova_form.xlsx"


def rows() -> list[Row]:
    """Return the figures of the engine."""
    if not WHO_VA.is_file():
        return [Row("forms: WHO VA", "", None, "ms", floor="tests/corpus is not here")]
    autopsy, small, large = who_va(), ledger(300), ledger(2000)
    ours, short = pace(autopsy, 5), pace(small, 3)
    return [
        *_opening(),
        *_answering(ours),
        _ledger(300, "≤ 300 ×", short),
        _ledger(2000, "≤ 500 ×", pace(large, 3)),
        _compiling(),
        *beside(((autopsy, ours), (small, short))),
    ]


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
    from hsdesk.forms.host import BareHost
    from hsdesk.forms.schema import Form

    body = msgspec.json.encode(compile_file(WHO_VA))
    decoded = _best(lambda: msgspec.json.decode(body, type=Form), 5)
    # Each run decodes anew: a form that was open before has its plan already.
    opened = _best(lambda: Session(msgspec.json.decode(body, type=Form), BareHost()), 5)
    form = msgspec.json.decode(body, type=Form)
    Session(form, BareHost())
    again = _best(lambda: Session(form, BareHost()), 5)
    return [
        Row(
            "WHO VA opens from the compiled form",
            "≤ 14 ×",
            opened,
            "ms",
            opened / decoded,
            f"JSON {decoded:.1f} ms",
        ),
        Row("WHO VA opens a second time", "", again, "ms", again / decoded, f"JSON {decoded:.1f} ms"),
    ]


def _answering(ours: Pace) -> list[Row]:
    floor = _best(lambda: dict.fromkeys(range(500)), 50)
    return [
        Row(f"WHO VA {name} per answer", target, taken, "ms", taken / floor, f"a dict of 500 {floor:.4f} ms")
        for name, target, taken in (("mean", "≤ 5 ×", ours.mean), ("p95", "≤ 15 ×", ours.late))
    ]


def _ledger(size: int, target: str, ours: Pace) -> Row:
    numbers = [float(number) for number in range(size)]
    floor = _best(lambda: sum(numbers), 50)
    name = f"{size}-row ledger p95 per answer"
    return Row(name, target, ours.late, "ms", ours.late / floor, f"one sum {floor:.4f} ms")


def _compiling() -> Row:
    from hsdesk.forms.compiler import check_file
    from hsdesk.forms.workbook.sheets import read_workbook

    taken = _best(lambda: check_file(WHO_VA_BOOK), 3) / 1000
    floor = _best(lambda: read_workbook(WHO_VA_BOOK), 3) / 1000
    return Row(
        "WHO VA workbook compiled and checked",
        "≤ 9 ×",
        taken,
        "s",
        taken / floor,
        f"reading it {floor:.2f} s",
    )
