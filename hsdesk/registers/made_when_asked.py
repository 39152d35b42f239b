"""A mapping whose values are made when they are asked for: of many columns a report reads a few."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

V = TypeVar("V")


class MadeWhenAsked(Mapping[str, V]):
    """`make` returns the value of one of `keys`; each is made once.

    >>> lengths = MadeWhenAsked(("a", "bb"), len)
    >>> lengths["bb"], lengths.get("c", 0), dict(lengths)
    (2, 0, {'a': 1, 'bb': 2})
    """

    def __init__(self, keys: Collection[str], make: Callable[[str], V]) -> None:
        self._keys = keys
        self._make = make
        self._made: dict[str, V] = {}

    def __getitem__(self, key: str) -> V:
        if key not in self._made:
            if key not in self._keys:
                raise KeyError(key)
            self._made[key] = self._make(key)
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
