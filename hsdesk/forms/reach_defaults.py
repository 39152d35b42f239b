"""What a form fills in by itself at a kind of place and then finds fault with: nobody there can mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from hsdesk.forms.codelists import ListHost
from hsdesk.forms.schema import Form, Level
from hsdesk.forms.session import Session
from hsdesk.forms.views import Finding
from hsdesk.model.place import Directory, Place, load_directory, place_row


class PlaceHost(ListHost):
    """A host of one place that holds the code lists, the directory and no register."""

    def __init__(self, directory: Directory, place: Place) -> None:
        super().__init__()
        self._directory = directory
        self._here = {**place_row(directory, place), "person": "", "record": ""}

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        """Return the place itself, or every place; None for a register."""
        if instance == "here":
            return (self._here,)
        return _all_places() if instance == "places" else None


def broken_defaults(form: Form, level: Level, kind: str, *, has_office: bool) -> Iterator[Finding]:
    """Yield what a new record of the form breaks by its defaults alone at such a place of the directory."""
    directory = load_directory()
    places = (place for place in directory.places if (place.level, place.community_kind) == (level, kind))
    is_above = level != "village"
    fitting = (one for one in places if is_above or directory.has_township_office(one) == has_office)
    place = next(fitting, None)
    if place is not None:
        found = Session(form, PlaceHost(directory, place)).validate()
        yield from (one for one in found if one.rule == "constraint")


@cache
def _all_places() -> tuple[dict[str, str], ...]:
    directory = load_directory()
    return tuple(place_row(directory, place) for place in directory.places)
