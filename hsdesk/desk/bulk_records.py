"""Many records at once, as the command line gives them: JSON, one record a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hsdesk.desk.attachments import Attachments
from hsdesk.desk.bulk import Bulk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.opening import Opened
from hsdesk.desk.records import Records
from hsdesk.desk.source import DeskSource
from hsdesk.desk.values import (
    Stored,
)
from hsdesk.forms.shipped import form_named

if TYPE_CHECKING:
    pass


class BulkRecords:
    """Stores and changes many records of an open desk."""

    def __init__(
        self, opened: Opened, source: DeskSource, records: Records, attachments: Attachments
    ) -> None:
        self._opened = opened
        self._file = opened.file
        self._source = source
        self._records = records
        self._attachments = attachments

    def add(self, form_id: str, items: Iterable[JsonRecord], place: str = "", file: str = "") -> Stored:
        """Store many new records; those of a `file` are a batch, which can be undone by its name."""
        return self._bulk(form_id).add(items, place, file)

    def edit(self, form_id: str, items: Iterable[JsonRecord], file: str = "") -> Stored:
        """Change many records."""
        return self._bulk(form_id).edit(items, file)

    def _bulk(self, form_id: str) -> Bulk:
        return Bulk(
            self._opened,
            self._source,
            self._records,
            self._attachments,
            self._file.form(form_named(form_id)),
        )
