"""Where the data that a city official could edit lies: beside the checkout, or inside the wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def resource_dir() -> Path:
    """Return the folder `resources`, whichever way the program was installed."""
    inside_wheel = Path(__file__).parents[1] / "resources"
    return inside_wheel if inside_wheel.is_dir() else Path(__file__).parents[2] / "resources"
