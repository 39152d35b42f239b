"""Every journey without a window. `main` is the command line contract of the program."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hsdesk.cli.answer import PaintPdf

__all__ = ["main"]


def main(argv: Sequence[str], *, paint_pdf: PaintPdf | None = None) -> int:
    """Run one command and return its exit code.

    0 done; 1 the data has problems (listed); 2 wrong usage; 3 offline or server unreachable; 4 refused.
    `paint_pdf` draws a summary into a PDF file; without it a PDF answers that Qt is needed (4).
    """
    from hsdesk.cli.run import run

    return run(argv, paint_pdf, sys.stdout, sys.stderr)
