"""Pinyin (拼音) of names: full sounds and first letters, for finding 张三 by zhangsan or zs.

A table of one reading per character (`resources/pinyin.tsv`) is read when first asked for; characters that
names read in several ways (单 曾 仇 查 …) give every reading. What people confuse when they type is folded
away on both sides: z/zh, c/ch, s/sh, n/l, f/h, an/ang, en/eng, in/ing.
"""

from __future__ import annotations

import re
from array import array
from functools import cache, lru_cache
from itertools import product

import msgspec

from hsdesk.model.resource import resource_dir

_FIRST, _LAST = 0x3007, 0xFAFF  # code points kept in an array; rarer ones lie in a dict
_MOST_READINGS = 4  # of one text, when several of its characters have more than one
_TONGUE = re.compile("([zcs])h")
_NASAL = re.compile("([aei]n)g")
_LETTERS = str.maketrans("lhü", "nfv")
_WORD = re.compile(r"[a-z0-9]+")


class _Sounds(dict[str, str]):
    """A character's folded syllable, worked out when first asked for."""

    def __missing__(self, character: str) -> str:
        table = _table()
        sound = self[character] = folded(_single(table, character))
        return sound


class _Letters(dict[str, str]):
    """A character's folded first letter, worked out when first asked for."""

    def __missing__(self, character: str) -> str:
        letter = self[character] = folded_initials(_single(_table(), character)[:1])
        return letter


class _Readings(dict[str, str]):
    """A character's likeliest reading, worked out when first asked for."""

    def __missing__(self, character: str) -> str:
        table = _table()
        several = table.several.get(character)
        reading = self[character] = several[0] if several else _single(table, character)
        return reading


_READINGS = _Readings()
_SOUNDS = _Sounds()
_LETTER = _Letters()


class _Table(msgspec.Struct, frozen=True):
    syllables: tuple[str, ...]
    near: array[int]  # index into `syllables` by code point - _FIRST; 0: none
    far: dict[int, int]
    several: dict[str, tuple[str, ...]]

    def reading(self, character: str) -> str:
        code = ord(character)
        index = self.near[code - _FIRST] if _FIRST <= code <= _LAST else self.far.get(code, 0)
        return self.syllables[index]


@cache
def _table() -> _Table:
    syllables = [""]
    near = array("H", bytes(2 * (_LAST - _FIRST + 1)))
    far: dict[int, int] = {}
    several: dict[str, tuple[str, ...]] = {}
    in_several = False
    for line in (resource_dir() / "pinyin.tsv").read_text(encoding="utf-8").splitlines():
        left, tab, right = line.partition("\t")
        if line == "[more]":
            in_several = True
        elif tab and in_several:
            several[left] = tuple(right.split())
        elif tab and not line.startswith("#"):
            for code in map(ord, right):
                if _FIRST <= code <= _LAST:
                    near[code - _FIRST] = len(syllables)
                else:
                    far[code] = len(syllables)
            syllables.append(left)
    return _Table(tuple(syllables), near, far, several)


def is_han(character: str) -> bool:
    """Tell whether a character is a Chinese one that has a reading.

    >>> is_han("堨"), is_han("a")
    (True, False)
    """
    return bool(_table().reading(character))


def readings(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways a text is read, each as its syllables; letters and digits stand for themselves.

    >>> readings("张三")
    (('zhang', 'san'),)
    >>> readings("单一")
    (('shan', 'yi'), ('dan', 'yi'))
    """
    table = _table()
    said = [table.several.get(character) or (_single(table, character),) for character in text]
    pieces = [piece for piece in said if piece != ("",)]
    ways: list[tuple[str, ...]] = []
    for way in product(*pieces):
        ways.append(way)
        if len(ways) == _MOST_READINGS:
            break
    return tuple(ways)


def _single(table: _Table, character: str) -> str:
    lower = character.lower()
    return table.reading(character) or (lower if _WORD.fullmatch(lower) else "")


def syllables(text: str) -> tuple[str, ...]:
    """Return the syllables of the likeliest reading.

    >>> syllables("歙县徽城镇")
    ('she', 'xian', 'hui', 'cheng', 'zhen')
    """
    return readings(text)[0]


def initials(text: str) -> str:
    """Return the first letters of the likeliest reading.

    >>> initials("黄山市")
    'hss'
    """
    return "".join(syllable[0] for syllable in syllables(text))


def folded(sounds: str) -> str:
    """Return typed or indexed sounds with what people confuse folded away. A prefix stays a prefix.

    >>> folded("zhangsan") == folded("zangshan"), folded("zhan"), folded("liu")
    (True, 'zan', 'niu')
    """
    return _NASAL.sub(r"\1", _TONGUE.sub(r"\1", sounds)).translate(_LETTERS)


def folded_initials(letters: str) -> str:
    """Return first letters with n/l and f/h folded: `h` is a first letter of its own here.

    >>> folded_initials("lh")
    'nf'
    """
    return letters.translate(_LETTERS)


@lru_cache(maxsize=4096)  # a name is asked for by the search index and as a key of likeness
def search_keys(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the folded full sounds and the folded first letters of every reading, as an index keeps them.

    >>> search_keys("曾明")
    (('zenmin', 'cenmin'), ('zm', 'cm'))
    """
    if _table().several.keys().isdisjoint(text):
        sounds = "".join(map(_SOUNDS.__getitem__, text))
        if "ng" in sounds:  # where two syllables meet: 反感 is typed fangan, which folds to fanan
            sounds = _NASAL.sub(r"\1", sounds)
        return (sounds,), ("".join(map(_LETTER.__getitem__, text)),)
    ways = readings(text)
    return (
        tuple(dict.fromkeys(folded("".join(way)) for way in ways)),
        tuple(dict.fromkeys(folded_initials("".join(said[0] for said in way)) for way in ways)),
    )


def sort_key(text: str) -> str:
    """Return what a list is sorted by: sounds, then the characters themselves.

    >>> sorted(["张三", "阿宝", "李四"], key=sort_key)
    ['阿宝', '李四', '张三']
    """
    return " ".join(map(_READINGS.__getitem__, text)) + "\0" + text
