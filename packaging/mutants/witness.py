"""A plug-in of pytest that writes down what failed, and in which way, to the file MUTANTS_WITNESS names."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

FILE = "MUTANTS_WITNESS"
SEEN: dict[str, list[str]] = {"passed": [], "failed": [], "imports": [], "errors": []}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
    """Sort what became of a test: an assertion of its own, an import that failed, or its surroundings."""
    report = yield
    if report.failed and report.when != "call":
        SEEN["errors"].append(item.nodeid)
    elif report.failed and call.excinfo.errisinstance((ImportError, SyntaxError)):
        SEEN["imports"].append(item.nodeid)
    elif report.when == "call" and not report.skipped:
        SEEN["failed" if report.failed else "passed"].append(item.nodeid)
    return report


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note a file that could not be collected."""
    if report.failed:
        SEEN["errors"].append(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write it all down."""
    Path(os.environ[FILE]).write_text(json.dumps(SEEN), encoding="utf-8")
