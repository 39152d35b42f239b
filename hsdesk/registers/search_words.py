"""What the full-text index holds of a record, and how what a person types becomes a query.

Three columns: `words` has one token per Chinese character and one per run of letters or digits; `sounds`
the folded pinyin of each short text from each of its characters on, `initials` the first letters likewise.
张三 is a phrase, zhangs a prefix of sounds, zs a prefix of first letters; laonian and lnxh find
定潭村老年协会, as every organization of a village begins with its village. (The trigram tokenizer finds
nothing for one or two characters.) Tokens are made here, in Python, so that rare characters are treated like
all others; the database only cuts at spaces, for which its `ascii` tokenizer is the quickest.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from hsdesk.errors import DataError
from hsdesk.model import pinyin

_HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_TOKEN = re.compile(rf"[a-z0-9]+|[{_HAN}]|[^\W_{_HAN}a-z0-9]+")
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_ALL_HAN = re.compile(rf"[{_HAN}]+\Z")
_NAME_CHARACTERS = 16  # longer texts are sentences: found by their characters only
_TAIL_DIGITS = (4, 6)  # 尾号: the end of a telephone or identity number finds it too
_LONG_NUMBER = 8
MOST_WORDS = 200
ENTRIES_MADE = "2"  # the rules by which entries are made; raised when they change


def entry(texts: tuple[str, ...]) -> tuple[str, str, str]:
    """Return the three columns for the texts by which a record is found."""
    words: list[str] = []
    sounds: list[str] = []
    initials: list[str] = []
    for text in texts:
        if text:
            found = _entry(text)
            words.append(found[0])
            if found[1]:
                sounds.append(found[1])
                initials.append(found[2])
    return " ".join(words), " ".join(sounds), " ".join(initials)


@lru_cache(maxsize=4096)
def _entry(text: str) -> tuple[str, str, str]:
    if text.isascii():
        return " ".join([text, *_tails(text)] if text.isdigit() else _tokens(text)), "", ""
    words = " ".join(text if _ALL_HAN.match(text) else _tokens(text))
    if len(text) > _NAME_CHARACTERS or not _HAN_RUN.search(text):
        return words, "", ""
    keys = [pinyin.search_keys(part) for run in _HAN_RUN.findall(text) for part in _parts(run)]
    sounds = " ".join(" ".join(sounds) for sounds, _initials in keys)
    return words, sounds, " ".join(" ".join(initials) for _sounds, initials in keys)


def _parts(run: str) -> list[str]:
    """Return a run of characters from each of them on; a last one alone would be found by half of all.

    >>> _parts("老年协会")
    ['老年协会', '年协会', '协会']
    """
    return [run[at:] for at in range(max(len(run) - 1, 1))]


def _tokens(text: str) -> list[str]:
    tokens: list[str] = _TOKEN.findall(_normal(text))
    return tokens + [tail for token in tokens for tail in _tails(token)]


def _tails(token: str) -> list[str]:
    if len(token) < _LONG_NUMBER or not token[:-1].isdigit():
        return []
    return [token[-length:] for length in _TAIL_DIGITS]


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def match(typed: str) -> str:
    """Return the FTS5 expression that finds what a person typed, "" when nothing can be found by it.

    >>> match("张三")
    '{words} : "张 三"'
    >>> match("zs")
    '({words} : "zs"* OR {sounds} : "zs"* OR {initials} : "zs"*)'
    >>> match("，")
    ''

    Raises DataError for more than `MOST_WORDS` words: they would keep the desk busy for minutes.
    """
    pieces = _pieces(_normal(typed))
    if len(pieces) > MOST_WORDS:
        raise DataError(
            "一次最多查 {most} 个词，这里有 {n} 个。请删去一些再查。", most=MOST_WORDS, n=len(pieces)
        )
    return " AND ".join(_term(piece) for piece in pieces)


def _pieces(text: str) -> list[list[str]]:
    """Return runs of tokens: Chinese characters that touch are one phrase, anything else stands alone."""
    pieces: list[list[str]] = []
    end = -1
    for found in _TOKEN.finditer(text):
        token = found.group()
        if _HAN_RUN.match(token) and pieces and found.start() == end and _HAN_RUN.match(pieces[-1][-1]):
            pieces[-1].append(token)
        else:
            pieces.append([token])
        end = found.end()
    return pieces


def _term(piece: list[str]) -> str:
    token = piece[0]
    if _HAN_RUN.match(token):
        return '{words} : "' + " ".join(piece) + '"'
    if not (token.isascii() and token.isalpha()):
        return f'{{words}} : "{token}"*'
    sound, letters = pinyin.folded(token), pinyin.folded_initials(token)
    return f'({{words}} : "{token}"* OR {{sounds}} : "{sound}"* OR {{initials}} : "{letters}"*)'
