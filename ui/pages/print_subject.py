"""What a print-out is to be made of: everything, one record, or what a list shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hsdesk.desk.grid_values import GridView
from hsdesk.errors import DataError
from hsdesk.forms.schema import questions
from hsdesk.forms.types import type_of
from hsdesk.reports.picking import ALL, Picked
from ui.words import tr

if TYPE_CHECKING:
    from hsdesk.desk import Desk
    from ui.grid.grid import Grid


@dataclass(frozen=True)
class Subject:
    """Some records of a register; without one, everything."""

    form: str = ""
    words: str = ""  # what they are called in the window
    record: str = ""  # one record, of
    scope: str = ""  # this place, or
    view: GridView | None = None  # what a list shows, with
    columns: tuple[str, ...] = ()  # these answers

    @property
    def kind(self) -> str:
        """Name the choice for which a print-out was taken last."""
        return f"{'list' if self.view is not None else 'record'}/{self.form}" if self.form else "all"

    def picked(self, desk: Desk, *, listed: bool) -> Picked:
        """Return the records as they are now; `listed`: with the columns of the list.

        Raises DataError for a list that shows none.
        """
        if not self.form:
            return ALL
        if self.view is None:
            return Picked((self.record,))
        found = desk.grid.records(self.form, self.view)
        if not found:
            raise DataError("列表里一条也没有，没有可以打印的。数据都在，去掉筛选或查找的字再打印。")
        return Picked(found, columns=self.columns if listed else ())


EVERYTHING = Subject()


def listed_in(grid: Grid) -> Subject:
    """Return what a list shows: its records, their order, and those of its columns that go on paper."""
    asked = {one.key: one for one in questions(grid.form.children) if type_of(one).is_printed}
    titles = [key for key, one in asked.items() if one.hs.title]
    shown = [one.key for one in grid.model.living if one.key in asked]
    columns = tuple(dict.fromkeys((*titles, *shown)))
    words = tr("列表里的 {n} 条", n=grid.model.count)
    return Subject(grid.form.form_id, words, view=grid.view, columns=columns)
