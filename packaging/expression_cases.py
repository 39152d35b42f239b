"""Judge the expression cases of `tests/corpus/xpath_cases.jsonl`: what the peers expect, what we answer."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIERS = ("scalar", "odk-path", "full-xpath")
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_FACTOR = 10**6  # rounding of `number-rounded` when a case names none


@dataclass(frozen=True)
class Judged:
    """One case and how it ended."""

    case: dict[str, Any]
    answer: dict[str, Any]
    passed: bool

    @property
    def project(self) -> str:
        return str(self.case["ref"]).partition(":")[0]

    @property
    def counts(self) -> bool:
        """Tell whether the case counts: it gives the same at every run and the peers agree on it."""
        return not (self.case["volatile"] or self.case["peers_disagree"])


def judged(path: Path) -> Iterator[Judged]:
    """Evaluate every case of a file."""
    from hsdesk.language.evaluation import evaluate_lines

    lines = path.read_text(encoding="utf-8").splitlines()
    for line, answer in zip(lines, evaluate_lines(lines), strict=True):
        case = json.loads(line)
        yield Judged(case, answer, passes(case, answer))


def passes(case: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Tell whether an answer is what a case expects."""
    kind, expected = case["kind"], case["expected"]
    if kind == "throws" or "error" in answer:
        return kind == "throws" and "error" in answer
    judge = _JUDGES[kind]
    return judge(answer["value"], expected, case)


def _number(value: Any) -> float:
    return _SPECIAL[value] if value in _SPECIAL else float(value)


def _same_number(value: Any, expected: Any, case: dict[str, Any]) -> bool:
    ours, theirs = _number(value), _number(expected)
    if math.isnan(ours) or math.isnan(theirs):
        return math.isnan(ours) and math.isnan(theirs)
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12)


def _same_rounded(value: Any, expected: Any, case: dict[str, Any]) -> bool:
    factor = case.get("factor") or _FACTOR
    return round(_number(value) * factor) == round(_number(expected) * factor)


def _same_text(value: Any, expected: Any, case: dict[str, Any]) -> bool:
    if isinstance(expected, float) and expected.is_integer():
        expected = int(expected)
    return bool(value == str(expected))


_JUDGES: dict[str, Callable[[Any, Any, dict[str, Any]], bool]] = {
    "boolean": lambda value, expected, case: value is expected,
    "number": _same_number,
    "number-rounded": _same_rounded,
    "string": _same_text,
    "string-length": lambda value, expected, case: len(value) == expected,
    "string-match": lambda value, expected, case: re.search(expected, value) is not None,
    "date": lambda value, expected, case: value[:10] == expected,
    "nodes": lambda value, expected, case: expected is None or value == expected,
}


def table(found: list[Judged]) -> str:
    """Return passed and all cases per source project and tier as Markdown."""
    every = Counter((each.project, each.case["tier"]) for each in found if each.counts)
    passed = Counter((each.project, each.case["tier"]) for each in found if each.counts and each.passed)
    projects = sorted({project for project, _tier in every})
    lines = ["| 来源 | " + " | ".join(TIERS) + " |", "|---" * (len(TIERS) + 1) + "|"]
    for project in projects:
        cells = [f"{passed[project, tier]} / {every[project, tier]}" for tier in TIERS]
        lines.append(f"| {project} | " + " | ".join(cells) + " |")
    sums = [
        [sum(counted[project, tier] for project in projects) for counted in (passed, every)] for tier in TIERS
    ]
    totals = [f"{good} / {all_of}" for good, all_of in sums]
    return "\n".join([*lines, "| 合计 | " + " | ".join(totals) + " |"])
