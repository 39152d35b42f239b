"""What a place is found by: its names of all times, its code, and their pinyin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hsdesk.model import pinyin

if TYPE_CHECKING:
    from hsdesk.model.place import Directory, Place


class Keys(msgspec.Struct, frozen=True):
    """What a place is found by: names and code as text, folded sounds, folded first letters."""

    text: str
    sounds: str
    letters: str

    def fit(self, word: str) -> bool:
        """Return whether a word typed in lower case stands in one of them."""
        if word in self.text:
            return True
        if not (word.isascii() and word.isalpha()):
            return False
        return pinyin.folded(word) in self.sounds or pinyin.folded_initials(word) in self.letters


def search_keys(directory: Directory, place: Place) -> Keys:
    """Return what a place is found by: code, own, full, legal and earlier names, pinyin with its parents'."""
    full = directory.full_name(place)
    former = [text for row in directory.versions(place.id) for text in (row.code, row.name, row.was)]
    texts = (place.code, full, full.replace("-", ""), place.legal_name, *former)
    names = [place.short_name, *(parent.name for parent in directory.ancestors(place.id))]
    keys = [pinyin.search_keys(name) for name in names if name]
    return Keys(
        text="\n".join(text.casefold() for text in texts if text),
        sounds="\n".join(sound for sounds, _ in keys for sound in sounds),
        letters="\n".join(letter for _, letters in keys for letter in letters),
    )
