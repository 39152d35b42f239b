"""What a place is found by: its names of all times, its code, and their pinyin."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hsdesk.model import pinyin


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


def search_keys(texts: Iterable[str], names: Iterable[str]) -> Keys:
    """Return what a place is found by: codes and names as written, the names it is called by in pinyin."""
    keys = [pinyin.search_keys(name) for name in names if name]
    return Keys(
        text="\n".join(text.casefold() for text in texts if text),
        sounds="\n".join(sound for sounds, _ in keys for sound in sounds),
        letters="\n".join(letter for _, letters in keys for letter in letters),
    )
