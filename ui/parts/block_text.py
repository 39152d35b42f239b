"""A block of cells as spreadsheets put it on the clipboard: tabs between cells, quotes around breaks."""

from __future__ import annotations

import csv
import io


def cells_of(text: str) -> list[list[str]]:
    r"""Return the rows of a block, each as long as the longest.

    >>> cells_of('a\tb\n"c\nd"\n')
    [['a', 'b'], ['c\nd', '']]
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    if not plain:
        return []
    rows = [row or [""] for row in csv.reader(io.StringIO(plain), delimiter="\t")]
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]
