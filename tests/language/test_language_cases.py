"""The peers' expression cases, all of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from expression_cases import Judged, judged

from hsdesk.language.evaluation import evaluate_lines

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture(scope="module")
def cases() -> list[Judged]:
    return list(judged(CORPUS / "xpath_cases.jsonl"))


def listed() -> set[str]:
    with (CORPUS / "differences.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["编号"] for row in csv.DictReader(lines) if row["原因"]}


@pytest.mark.parametrize("tier", ["scalar", "odk-path"])
def test_at_least_99_of_100_expressions_give_what_the_peers_give(cases: list[Judged], tier: str) -> None:
    counted = [each for each in cases if each.counts and each.case["tier"] == tier]
    assert sum(each.passed for each in counted) / len(counted) >= 0.99


def test_every_difference_is_listed_with_its_reason_and_no_other(cases: list[Judged]) -> None:
    differing = {
        str(each.case["id"])
        for each in cases
        if each.counts and not each.passed and each.case["tier"] != "full-xpath"
    }
    assert differing == listed()


def test_full_xpath_never_ends_in_anything_but_a_value_or_an_error(cases: list[Judged]) -> None:
    for each in cases:
        assert each.answer.keys() in ({"id", "value"}, {"id", "error"})


def test_a_case_says_what_went_wrong_in_words() -> None:
    lines = [
        '{"id": 1, "expr": "年龄 ＞ 3", "xml": "<a/>", "ctx": "/", "tz": "GMT"}',
        "no json at all",
        '{"id": 3, "expr": "1", "xml": "<a", "tz": "GMT"}',
        '{"id": 4, "expr": "1", "tz": "Mars/Olympus"}',
        '{"id": 5, "expr": "1", "xml": "<a/>", "ctx": "/b"}',
        '{"id": 6, "expr": "0 and 没有的函数()"}',
        '{"id": 7, "expr": "没有的函数()"}',
        '{"id": 8, "expr": "1 div 0"}',
        '{"id": 9, "expr": "//b", "xml": "<a><b>x</b><b>y</b></a>"}',
    ]
    answers = list(evaluate_lines(lines))
    assert [answer.get("id") for answer in answers] == [1, None, 3, 4, 5, 6, 7, 8, 9]
    assert [("error" in answer) for answer in answers] == [True] * 5 + [False, True, False, False]
    assert "半角" in answers[0]["error"]
    assert answers[7]["value"] == "Infinity"
    assert answers[8]["value"] == ["x", "y"]
    json.dumps(answers, allow_nan=False)
