"""Whether a passphrase (口令) may be set: not by kinds of characters, but by how soon it is guessed.

Length first, then what guessers try first: the commonest words (`resources/common_passphrases.txt`), runs of
the keyboard and of counting, repetition, days and telephone numbers (NIST SP 800-63B, 5.1.1.2: a list and a
length of 8, no rules of composition). Asked when one is set, never when one is typed to open something.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from hsdesk.errors import DataError
from hsdesk.model.resource import resource_dir

SHORTEST = 8  # characters
_SHORTEST_DIGITS = 12  # of digits alone: days and telephone numbers are shorter
_ENOUGH = 5  # what is left when runs and common words count as two characters
_OWN = 0xE000  # Unicode's private characters: two stand for each common word
_RUN = 3  # characters in a row that count as a run
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm")
_SPLIT = re.compile(r"[\W_]+")


def check(passphrase: str, names: Iterable[str] = ()) -> None:
    """Raise DataError when a passphrase that is to be set would soon be guessed.

    `names`: what everybody knows about its owner, such as his name or that of his account.

    >>> check("kou-ling-2020")
    >>> check("春天的茶园真好看")
    """
    typed = unicodedata.normalize("NFKC", passphrase).strip().casefold()
    if len(typed) < SHORTEST:
        raise DataError("口令太短：至少要 {n} 位。", field="passphrase", n=SHORTEST)
    if typed.isdecimal() and len(typed) < _SHORTEST_DIGITS:
        raise DataError(
            "只有数字的口令最先被猜到（生日、电话、顺序数字）。请加上几个字或字母，例如一句自己记得住的话。",
            field="passphrase",
        )
    if _left(typed, {unicodedata.normalize("NFKC", name).casefold() for name in names}) < _ENOUGH:
        raise DataError(
            "这个口令太常见，别人很快就能猜到（常用词、重复或键盘上挨着的键）。"
            "请换一句自己记得住的话，例如几个不相干的词连起来。",
            field="passphrase",
        )


def is_weak(passphrase: str) -> bool:
    """Tell whether a passphrase could not be set today."""
    try:
        check(passphrase)
    except DataError:
        return True
    return False


def _left(typed: str, names: set[str]) -> int:
    """Return how many characters a guesser has to find out himself.

    A common word, a run and a repeated piece count as two; what only separates does not count.

    >>> [_left(typed, set()) for typed in ("password1234", "abcabcabc", "asdfghjk", "zhou-mei-lan")]
    [4, 2, 2, 10]
    """
    text = _SPLIT.sub("", typed)
    words_first = _without_runs(_without_repeats(_without_words(text, names)))
    runs_first = _without_words(_without_runs(_without_repeats(text)), names)
    return min(len(words_first), len(runs_first))  # a word may cut a run in two, and a run a word


def _without_words(text: str, names: set[str]) -> str:
    """Return a text in which two characters of our own stand for each common word and each name."""
    words = sorted((_common() | names) - {""}, key=lambda word: (-len(word), word))
    for at, word in enumerate(words):
        text = text.replace(word, chr(_OWN + 2 * at) + chr(_OWN + 2 * at + 1))
    return text


def _without_repeats(text: str) -> str:
    """Return a text of which a piece that follows itself stands twice at the most, and is then one run."""
    return re.sub(r"(.{1,6}?)\1{1,}", lambda found: found.group(1)[:2], text)


def _without_runs(text: str) -> str:
    kept, at = "", 0
    while at < len(text):
        length = _run_length(text[at:])
        kept += text[at : at + min(length, 2)] if length >= _RUN else text[at]
        at += length if length >= _RUN else 1
    return kept


def _run_length(text: str) -> int:
    """Return how long the text goes on as counting, up or down, or along a row of the keyboard.

    >>> _run_length("4567x"), _run_length("fedx"), _run_length("rewqx"), _run_length("kou")
    (4, 3, 4, 1)
    """
    for step in (1, -1):
        length = 1
        while length < len(text) and ord(text[length]) - ord(text[length - 1]) == step:
            length += 1
        if length >= _RUN and ord(text[0]) < _OWN:
            return length
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    for length in range(len(text), _RUN - 1, -1):
        if any(text[:length] in row for row in rows):
            return length
    return 1


@cache
def _common() -> frozenset[str]:
    lines = (resource_dir() / "common_passphrases.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
