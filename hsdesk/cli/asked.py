"""The day or period of a command, and how its answer names it."""

from __future__ import annotations

import argparse
import datetime as dt

from hsdesk.model.asked_day import AskedDay, asked_day


def asked_day_of(options: argparse.Namespace) -> AskedDay:
    """Return the day or period of the command. Raises UsageError."""
    return asked_day(dt.datetime.now().astimezone().date(), options.as_of, options.period)


def day_document(asked: AskedDay) -> dict[str, object]:
    """Return the day in JSON; `note` says that a period is not over yet."""
    document: dict[str, object] = {"as_of": asked.day.isoformat()}
    if asked.period is not None:
        document |= {"period": str(asked.period)}
    return document | {"note": asked.words if asked.is_open else ""}
