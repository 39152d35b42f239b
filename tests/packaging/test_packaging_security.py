"""The threat model names tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_promise_of_the_threat_model_names_a_test_that_is_there() -> None:
    page = (ROOT / "packaging" / "SECURITY.md").read_text(encoding="utf-8")
    named = NAMED.findall(page)
    rows = [line for line in page.split("## What is not promised")[0].splitlines() if line.startswith("| ")]
    assert len(rows) > 20
    assert [row for row in rows[1:] if not NAMED.search(row)] == []
    for file, test in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (file, test)
