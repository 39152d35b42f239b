"""Nothing is shipped whose licence was not looked at."""

from __future__ import annotations

from importlib.metadata import distribution

import licences
import pytest


def test_every_installed_package_stands_on_the_page_with_its_licence() -> None:
    page = licences.PAGE.read_text(encoding="utf-8")
    shipped, tools = licences.shipped_and_tools()
    absent = [line for line in licences.table([*shipped, *tools]) if line not in page]
    assert not absent, "run: .venv/bin/python packaging/licences.py"
    assert {"PySide6_Essentials", "openpyxl", "requests", "sqlite-utils", "keyring"} <= {
        x.package for x in shipped
    }
    assert "pytest" in {x.package for x in tools}


def test_what_is_shipped_asks_for_nothing_that_apache_cannot_give() -> None:
    shipped, _ = licences.shipped_and_tools()
    only_gpl = [
        entry for entry in shipped if all(part[:4] in {"GPL-", "AGPL"} for part in licences.parts(entry.spdx))
    ]
    assert not only_gpl


def test_an_unknown_licence_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(licences.REASONS, "MIT")
    with pytest.raises(LookupError, match="openpyxl: the licence is not named or not known"):
        licences.spdx_of(distribution("openpyxl"))
