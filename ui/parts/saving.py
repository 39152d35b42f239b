"""Where a file is offered to be stored, and under which name."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from ui.office import Office

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


def village_of(office: Office) -> str:
    """Return the short name of the first place of this desk, 定潭村; "" before it is open."""
    name = office.status.places[0].name if office.status and office.status.places else ""
    return name.removesuffix("居委会") if name.endswith("居委会") else name.removesuffix("委会")


def offered(title: str, place: str, ending: str, day: date | None = None) -> str:
    """Return a path in the person's documents (文档): 社区社会组织花名册_定潭村_2026-11-22.pdf.

    What no system takes in a file name becomes 、.
    """
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    pieces = (title, place, (day or date.today()).isoformat())  # noqa: DTZ011 - the day at this desk
    name = "_".join(_NOT_IN_NAMES.sub("、", piece.strip()) for piece in pieces if piece.strip())
    return str(Path(folder) / f"{name}.{ending}")
