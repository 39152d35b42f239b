"""Replay the open corpus and write what passes, what is refused and what differs.

    python packaging/conformance.py            print the table, write resources/help/conformance.md
    python packaging/conformance.py --check    print only; exit 1 when something fails

Every golden walk of `tests/corpus` is replayed with our engine and compared with JavaRosa's states: value,
relevance, required, read-only, and the answer to each step. What changes from run to run is masked.
`tests/corpus/differences.csv` lists expressions whose value differs from the peers', each with its reason.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "corpus"
PAGE = ROOT / "resources" / "help" / "conformance.md"
PROJECTS = {
    "javarosa": "getodk/javarosa",
    "web-forms": "getodk/web-forms",
    "enketo": "enketo/enketo",
    "pyxform": "XLSForm/pyxform",
}
_VOLATILE = re.compile(r"uuid:|\d{4}-\d\d-\d\dT\d\d:|[0-9a-f]{8}-[0-9a-f]{4}-")
_TODAY = re.compile(r"\d{4}-\d\d-\d\d$")


@dataclass(frozen=True)
class Outcome:
    """One golden walk: `verdict` is pass, refused or fail; `detail` says why."""

    project: str
    name: str
    verdict: str
    detail: str = ""


def outcomes(corpus: Path = CORPUS) -> Iterator[Outcome]:
    """Replay every golden walk of a corpus."""
    from hsdesk.forms.replay import replay_files

    for golden in sorted((corpus / "golden").glob("*.json")):
        recorded = json.loads(golden.read_bytes())
        project = PROJECTS.get(golden.name.partition("__")[0], "?")
        answer = replay_files(corpus / "forms" / recorded["form"], golden)
        yield Outcome(project, golden.name, *verdict(recorded, answer))


def verdict(recorded: dict[str, Any], answer: dict[str, Any]) -> tuple[str, str]:
    """Return (pass | refused | fail, why) for one replay."""
    if "refused" in answer:
        return "refused", "; ".join(dict.fromkeys(problem["message"] for problem in answer["refused"]))
    if "error" in answer:
        return "fail", answer["error"]
    differences = list(_differences(recorded, answer))
    return ("fail", "; ".join(differences[:3])) if differences else ("pass", "")


def _differences(recorded: dict[str, Any], answer: dict[str, Any]) -> Iterator[str]:
    for phase in ("initial", "final"):
        for path in sorted(recorded[phase].keys() | answer[phase].keys()):
            theirs, ours = recorded[phase].get(path), answer[phase].get(path)
            if theirs != ours and not _masked(path, theirs, ours):
                yield f"{phase} {path}: {theirs} ≠ {ours}"
    codes = [step.get("rc") for step in recorded["trace"]]
    if codes != answer["rc"]:
        place = next(i for i, (a, b) in enumerate(zip(codes, answer["rc"], strict=True)) if a != b)
        yield f"step {place}: {codes[place]} ≠ {answer['rc'][place]}"


def _masked(path: str, theirs: dict[str, Any] | None, ours: dict[str, Any] | None) -> bool:
    """Tell whether two states differ only in a value that every run makes anew."""
    if not theirs or not ours or {**theirs, "v": ""} != {**ours, "v": ""}:
        return False
    if path.endswith(("/instanceID", "/start", "/end", "/today", "/deviceid", "/username")):
        return True
    old, new = str(theirs.get("v", "")), str(ours.get("v", ""))
    return any(pattern.match(old) and pattern.match(new) for pattern in (_VOLATILE, _TODAY))


def table(found: list[Outcome]) -> str:
    """Return the counts per source project as Markdown."""
    counts = Counter((outcome.project, outcome.verdict) for outcome in found)
    lines = ["| 来源 | 通过 | 拒绝（超出子集） | 不一致 |", "|---|---|---|---|"]
    for project in (*PROJECTS.values(), "合计"):
        numbers = [
            sum(
                count
                for (name, word), count in counts.items()
                if word == verdict and project in (name, "合计")
            )
            for verdict in ("pass", "refused", "fail")
        ]
        lines.append(f"| {project} | {numbers[0]} | {numbers[1]} | {numbers[2]} |")
    return "\n".join(lines)


def _listed(found: list[Outcome], wanted: str) -> str:
    reasons: dict[str, str] = {}
    for outcome in found:
        if outcome.verdict == wanted:
            reasons.setdefault(outcome.name.rpartition(".s")[0], outcome.detail)
    lines = [f"- `{name}`:{detail}" for name, detail in sorted(reasons.items())]
    return "\n".join(lines) or "（无）"


def expression_table() -> str:
    """Return how many expression cases pass, per source project and tier, as Markdown."""
    from expression_cases import judged
    from expression_cases import table as case_table

    return case_table(list(judged(CORPUS / "xpath_cases.jsonl")))


def _expressions() -> str:
    path = CORPUS / "differences.csv"
    if not path.is_file():
        return "（没有清单）"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    if not rows:
        return "（无）"
    width = len(rows[0])
    made = ["| " + " | ".join(_cell(cell) for cell in row[:width]) + " |" for row in rows]
    return "\n".join([made[0], "|" + "---|" * width, *made[1:]])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def page(found: list[Outcome]) -> str:
    """Return the page of the manual."""
    return f"""# 表单引擎的一致性

![一张登记表在窗口里的样子](images/conformance.png)

表单按 XLSForm 编写，计算和判断的口径与 JavaRosa（ODK Collect 所用的引擎）一致。下表是公开表单逐步回放的结果：
每填一格，比较全部栏目的值、是否出现、是否必填、是否只读。时间、编号等每次都不同的值不比较。
本页由 `python packaging/conformance.py` 生成，请勿手改。

## 逐步回放

{table(found)}

## 超出子集而拒绝的表单

{_listed(found, "refused")}

## 不一致的表单

{_listed(found, "fail")}

## 表达式

同类引擎的测试里的表达式：通过数 / 总数（每次取值不同的、各引擎说法不一的不算）。scalar 不读栏目，
odk-path 用 ODK 文档写明的路径，full-xpath 用 XPath 1.0 的其余写法，表单里不用。

{expression_table()}

## 与同类引擎取值不同的表达式

{_expressions()}
"""


def main() -> int:
    """Print the table and write the page."""
    parser = argparse.ArgumentParser(prog="conformance.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="print only, write nothing")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="another folder of the same shape")
    options = parser.parse_args()
    os.environ["TZ"] = "Asia/Shanghai"
    if hasattr(time, "tzset"):
        time.tzset()
    sys.path.insert(0, str(ROOT))
    found = list(outcomes(options.corpus))
    print(table(found))
    for outcome in found:
        if outcome.verdict == "fail":
            print(f"{outcome.name}: {outcome.detail}")
    if not options.check:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(found), encoding="utf-8")
        print(f"{PAGE.relative_to(ROOT)}")
    return 1 if any(outcome.verdict == "fail" for outcome in found) else 0


if __name__ == "__main__":
    sys.exit(main())
