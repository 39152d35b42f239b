"""Make resources/help/policy.md: which forms, indicators and print-outs serve each clause of the policy text.

    python packaging/make_policy_map.py

Run it after changing resources/policy_clauses.csv, a form, an indicator or a print-out.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from hsdesk.reports.definitions import definitions
from hsdesk.reports.indicators import indicators

RESOURCES = Path(__file__).parents[1] / "resources"
OUT = RESOURCES / "help" / "policy.md"
LEVELS = {"village": "村(社区)", "township": "乡镇(街道)", "county": "区县", "city": "市"}
CLASSES = {"common": "", "party": "(党务)", "personal": "(个人信息)"}
HEAD = """# 工作要点对照

《黄山市2020年城乡社区治理工作要点》(黄民基〔2020〕7号)的每一条,在本软件里由谁填报,由哪些登记表、考核指标和打印件来落实。
标“(党务)”的登记表,要有党务权限的电脑才能填、才能看。
本页由 `python packaging/make_policy_map.py` 生成,请勿手改。
"""


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file in the resources."""
    with (RESOURCES / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def fillers(names: list[str]) -> str:
    """Return who fills these forms: each level with the numbers of its forms, and their class.

    >>> fillers(["party_org", "team"])
    '村(社区):F05(党务);乡镇(街道):F24b'
    """
    index = {row["form_id"]: row for row in rows("forms/index.csv")}
    told = {
        word: [
            f"{one['number']}{CLASSES[one['class']]}"
            for one in map(index.__getitem__, names)
            if level in one["level"].split()
        ]
        for level, word in LEVELS.items()
    }
    return ";".join(f"{word}:{'、'.join(numbers)}" for word, numbers in told.items() if numbers)


def page() -> str:
    """Return the page as Markdown."""
    forms = {row["form_id"]: f"{row['number']} {row['title']}" for row in rows("forms/index.csv")}
    figures = {each.id: f"{each.id} {each.name}" for each in indicators()}
    papers = {each.name: each.title for each in definitions()}
    lines = [HEAD, "| 条 | 原文要求 | 由谁填报 | 登记表 | 考核指标 | 打印件 |", "|---|---|---|---|---|---|"]
    for clause in rows("policy_clauses.csv"):
        named = (
            "、".join(names[each] for each in clause[column].split())
            for column, names in (("forms", forms), ("indicators", figures), ("summaries", papers))
        )
        lines.append(
            f"| {clause['clause']} | {clause['quote']} | {fillers(clause['forms'].split())} |"
            f" {' | '.join(each or '—' for each in named)} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page."""
    OUT.write_text(page(), encoding="utf-8")
    print(OUT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
