"""Which records of a register a print-out shows, where somebody asks for some of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hsdesk.errors import UsageError
from hsdesk.registers.contract import RegisterRecord


class Picked(msgspec.Struct, frozen=True):
    """The records to be shown and their order; by default all that the print-out has, in its own order."""

    records: tuple[str, ...] = ()  # ids, in the order of the paper
    where: str = ""  # row predicate in the language of the forms
    columns: tuple[str, ...] = ()  # answers, in the order of the paper; only a list has a choice of them

    @property
    def is_some(self) -> bool:
        """Whether not simply everything is asked for."""
        return bool(self.records or self.where)

    def of(self, found: Sequence[RegisterRecord]) -> tuple[RegisterRecord, ...]:
        """Return the records that were picked, in their order."""
        if not self.records:
            return tuple(found)
        by_id = {record.id: record for record in found}
        return tuple(by_id[one] for one in dict.fromkeys(self.records) if one in by_id)

    def refuse_for(self, title: str) -> None:
        """Raise UsageError when records were picked for a table that is computed from all of them."""
        if self.is_some:
            raise UsageError(
                "“{title}”由全部记录算出来，不能只打印其中几条。请去掉 --record 和 --where。没有生成文件。",
                title=title,
            )


ALL = Picked()
