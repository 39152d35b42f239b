"""The way back: a record that was opened from a list of things to do leads back to that list."""

from __future__ import annotations

from ui.pages.page import Target

_ON_THE_WAY = frozenset({"record", "new"})


class WayBack:
    """Knows to which page the record in front leads back.

    >>> way = WayBack()
    >>> way.led("home", Target("record", "worker", back="home")).page
    'record'
    >>> way.led("record", Target("all", "worker")).page, way.led("record", Target("all", "worker")).page
    ('home', 'all')
    """

    def __init__(self) -> None:
        self._back = ""

    def led(self, here: str, target: Target) -> Target:
        """Return where a target leads from the page `here`: "all" is how a record asks for its list."""
        if target.page in _ON_THE_WAY:
            if target.back or here not in _ON_THE_WAY:
                self._back = target.back
            return target
        back, self._back = self._back, ""
        return Target(back) if back and here in _ON_THE_WAY and target.page == "all" else target
