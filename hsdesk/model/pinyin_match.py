"""Which part of a text fits what was typed: characters, full pinyin or first letters, anywhere in it."""

from __future__ import annotations

from hsdesk.model.pinyin import folded, folded_initials, is_han, search_keys


def span(text: str, typed: str) -> tuple[int, int] | None:
    """Return where the first fitting part begins and ends; None when nothing fits. Sounds may be fuzzy.

    >>> span("定潭村老年协会", "laonian"), span("定潭村老年协会", "lnxh"), span("定潭村老年协会", "村老")
    ((3, 5), (3, 7), (2, 4))
    >>> span("数据同步（F5）", "f5"), span("数据同步", "nothing"), span("数据同步", "")
    ((5, 7), None, (0, 0))
    """
    wanted = "".join(typed.lower().split())
    at = text.lower().find(wanted)
    if at >= 0:
        return at, at + len(wanted)
    if not (wanted.isascii() and wanted.isalpha()):
        return None
    sound, letters = folded(wanted), folded_initials(wanted)
    for start in range(len(text)):
        end = _by_letters(text, start, letters) or _by_sounds(text, start, sound)
        if end:
            return start, end
    return None


def _by_letters(text: str, start: int, letters: str) -> int:
    """Return where the characters end whose first letters are these, 0 when they are not."""
    part = text[start : start + len(letters)]
    if len(part) < len(letters) or not all(map(is_han, part)):
        return 0
    return start + len(letters) if letters in search_keys(part)[1] else 0


def _by_sounds(text: str, start: int, sound: str) -> int:
    """Return where the characters end whose sounds begin so, 0 when they do not."""
    for end in range(start + 1, min(start + len(sound), len(text)) + 1):
        part = text[start:end]
        if not is_han(part[-1]):
            return 0
        sounds = search_keys(part)[0]
        if any(one.startswith(sound) for one in sounds):
            return end
        if not any(sound.startswith(one) for one in sounds):
            return 0
    return 0
