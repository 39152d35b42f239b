"""Asks named counts of the registers for one day: each question once, for all places together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from hsdesk.language.aggregate import Aggregate
from hsdesk.model.place import Directory
from hsdesk.registers.contract import Registers
from hsdesk.reports.counts import KEY_SEPARATOR, Count, FigureDay, query_of

Figures = Mapping[str, float]  # by id of the place; "" holds what belongs to no place
_NAMED = msgspec.json.Decoder(tuple[str, ...])


class Counting:
    """Figures of one day over the records of some places."""

    def __init__(self, registers: Registers, directory: Directory, held: Sequence[str]) -> None:
        """`directory`: as it stood on the day; `held`: the places whose records are counted."""
        self._registers = registers
        self._directory = directory
        self._held = tuple(held)
        self._asked: dict[Aggregate, Figures | None] = {}

    def by_place(self, count: Count, day: FigureDay) -> Figures | None:
        """Return the figure of each place that a count's records count for; None: not held here."""
        query = query_of(count, day)
        found = self.ask(query)
        if found is None or query.group_by == "place":
            return found
        total: dict[str, float] = {}
        for key, figure in found.items():
            for place in self._counted_for(count, *key.split(KEY_SEPARATOR, 1)):
                total[place] = total.get(place, 0) + figure
        return total

    def by_answers(
        self, count: Count, day: FigureDay, columns: Sequence[str]
    ) -> list[tuple[str, tuple[str, ...], float]] | None:
        """Return the figures by place and what the answers in these columns hold; None: not held here.

        The answers are the texts of `group_by`. Where one has a tab in it they cannot be told apart: ().
        """
        query = query_of(count, day)
        found = self.ask(msgspec.structs.replace(query, group_by=",".join((query.group_by, *columns))))
        if found is None:
            return None
        figures: list[tuple[str, tuple[str, ...], float]] = []
        for key, figure in found.items():
            owner, *told = key.split(KEY_SEPARATOR)
            counted_for = (
                (owner,) if query.group_by == "place" else self._counted_for(count, owner, told.pop(0))
            )
            answers = tuple(told) if len(told) == len(columns) else ()
            figures += [(place, answers, figure) for place in counted_for]
        return figures

    def whole(self, count: Count, day: FigureDay, places: Sequence[str]) -> float | None:
        """Return one figure over the records that these places own; None: not held here, or of nothing."""
        query = msgspec.structs.replace(query_of(count, day), group_by="")
        (found,) = self._registers.figures([query], tuple(places))
        return None if found is None else found.get("")

    def ask(self, query: Aggregate) -> Figures | None:
        """Return the figure of each group; None: not held here."""
        if query not in self._asked:
            self.prepare((query,))
        return self._asked[query]

    def prepare(self, queries: Iterable[Aggregate]) -> None:
        """Ask questions together, so that each register is read once for all of them."""
        asked = [query for query in dict.fromkeys(queries) if query not in self._asked]
        self._asked.update(zip(asked, self._registers.figures(asked, self._held), strict=True))

    def _counted_for(self, count: Count, owner: str, named: str) -> Iterator[str]:
        """Yield the places that records count for: of this owner, with this in the answer that names them.

        The home (主属村) is one of the owner's own township: an organization is filed there. One that names a
        place elsewhere counts for its owner, so that no level counts what another cannot see.
        """
        if count.home:
            yield named if self._is_beside(owner, named) else owner
        elif named:
            yield from (place for place in _NAMED.decode(named))

    def _is_beside(self, owner: str, named: str) -> bool:
        here, there = self._directory.get(owner), self._directory.get(named)
        return here is not None and there is not None and here.parent == there.parent
