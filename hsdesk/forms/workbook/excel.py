"""The one place of the forms that touches Excel files. Imported only when one is read or written."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook


def read_cells(path: Path) -> list[tuple[str, list[Sequence[Any]]]]:
    """Return every sheet as rows of raw values. Raises openpyxl's and zipfile's errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl speaks of extensions it drops; nothing of a form is in them
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            return [(sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book.worksheets]
        finally:
            book.close()
