"""Put an invented city into a desk's file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from city.site import Made
from hsdesk.store.edits import Edit

if TYPE_CHECKING:
    from hsdesk.store.desk_file import DeskFile

PERSON = "示例录入员"
AT_ONCE = 2000


def edits(records: Iterable[Made]) -> Iterator[Edit]:
    """Yield the records as a desk's file takes them."""
    for made in records:
        yield Edit(made.place, made.form, made.record, dict(made.answers), PERSON)


def fill(file: DeskFile, records: Iterable[Made]) -> int:
    """Commit records to a desk's file, some thousands in each transaction; return how many."""
    count = 0
    pending = edits(records)
    while some := tuple(islice(pending, AT_ONCE)):
        file.commit_many(some)
        count += len(some)
    return count
