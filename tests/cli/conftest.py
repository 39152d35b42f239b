"""Tests of the command line share the small world of the tests of sync."""

from __future__ import annotations

import sys
from pathlib import Path

_WORLD = str(Path(__file__).parents[1] / "sync")
if _WORLD not in sys.path:
    sys.path.append(_WORLD)
