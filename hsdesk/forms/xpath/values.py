"""The values of the expression language and their conversions."""
from __future__ import annotations
import datetime as dt
import math
Value = str | int | float | bool | dt.date | dt.datetime

def to_text(value: Value) -> str:
    if type(value) is str: return value
    return str(value)
