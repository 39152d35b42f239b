"""Make two pages of the manual: policy.md says which forms, indicators and print-outs serve each clause of
the policy text and which rules of the law are used, register-list.md which registers there are, who fills
them and how a new desk has them.

    python packaging/make_policy_map.py

Run it after changing resources/policy_clauses.csv, laws.json, a form, an indicator or a print-out.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from hsdesk.reports.definitions import definitions
from hsdesk.reports.indicators import indicators
from hsdesk.reports.laws import statutes

RESOURCES = Path(__file__).parents[1] / "resources"
OUT = RESOURCES / "help" / "policy.md"
LIST = RESOURCES / "help" / "register-list.md"
LAWS = """
## 用到的法律规则

校验规则和提示按这些条文判断:开会按开会那天的法律,任期按换届那天的法律,其余按校验那天的法律。
条文号按2025年修改后重新公布的全文核对;2018年12月29日以前的法律没有核对,不作判断。
"""
LEVELS = {"village": "村(社区)", "township": "乡镇(街道)", "county": "区县", "city": "市"}
CLASSES = {"common": "", "party": "(党务)", "personal": "(个人信息)"}
HEAD = """# 工作要点对照

![考核指标：对照工作要点的目标](images/policy.png)

《黄山市2020年城乡社区治理工作要点》(黄民基〔2020〕7号)的每一条,在本软件里由谁填报,由哪些登记表、考核指标和打印件来落实。
标“(党务)”的登记表,要有党务权限的电脑才能填、才能看。
本页由 `python packaging/make_policy_map.py` 生成,请勿手改。
"""
STATES = {"1": "打开", "": "收起", "off": "默认不启用"}
LIST_HEAD = """# 登记表一览

![一张登记表的列表](images/register-list.png)

程序带的全部登记表。“收起”和“默认不启用”的,怎样打开见「登记表的打开和收起」。标“(党务)”的,要有党务权限的电脑才能填、才能看。
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


def laws() -> list[str]:
    """Return the rules of the law that checks and messages use, as lines: what, by which article, when."""
    known = statutes()
    lines = [LAWS, "| 规则 | 要求 | 依据 | 施行 | 停止 |", "|---|---|---|---|---|"]
    for rule in known.rules:
        lines += [
            f"| {rule.title} | {one.says} | {known.cited(one)} | {one.since} | {one.until or '现行'} |"
            for one in rule.versions
        ]
    return lines


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
    return "\n".join((*lines, *laws())) + "\n"


def register_list() -> str:
    """Return the page of all registers as Markdown, a table for each group."""
    index = rows("forms/index.csv")
    lines = [LIST_HEAD]
    for group in dict.fromkeys(one["group"] for one in index):
        lines += [f"## {group}\n", "| 编号 | 登记表 | 谁填 | 新装时 | 打印件 |", "|---|---|---|---|---|"]
        for one in index:
            if one["group"] == group:
                lines.append(f"| {' | '.join(_cells(one))} |")
        lines.append("")
    return "\n".join(lines)


def _cells(one: dict[str, str]) -> tuple[str, ...]:
    """Return the cells of a line of the page of all registers."""
    levels = "、".join(LEVELS[level] for level in one["level"].split())
    papers = "、".join(each.title for each in definitions() if each.register == one["form_id"])
    return (
        one["number"],
        f"{one['title']}{CLASSES[one['class']]}",
        levels + (",下级只看" if one["publish"] else ""),
        STATES[one["open"]],
        papers or "—",
    )


def main() -> int:
    """Write the pages."""
    for out, text in ((OUT, page()), (LIST, register_list())):
        out.write_text(text, encoding="utf-8")
        print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
