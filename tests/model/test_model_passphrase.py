"""Which passphrases may be set."""

from __future__ import annotations

import pytest

from hsdesk.errors import DataError
from hsdesk.model.passphrase import check, is_weak


@pytest.mark.parametrize(
    "typed",
    [
        "123456", "1234567890", "１２３４５６７８９０", "876543210", "abcdefgh", "qwertyuiop", "1qaz2wsx",
        "aaaaaaaa", "abcabcabc", "12341234", "password", "Passw0rd123", "woaini1314", "admin888",
        "mima-1234", "huangshan2020", "19750312", "2020-12-31", "13855512345", "abcd1234", "       a",
        "我爱你我爱你我爱你",
    ],
)  # fmt: skip
def test_what_is_guessed_first_cannot_be_set(typed: str) -> None:
    with pytest.raises(DataError) as refused:
        check(typed)
    assert refused.value.field == "passphrase"
    assert is_weak(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "kou-ling-2020",
        "春天的茶园真好看",
        "tea garden in spring",
        "Tea2026-garden",
        "hs7Kd02mLq",
        "839204716502",
    ],
)
def test_a_sentence_or_a_long_random_word_can_be_set(typed: str) -> None:
    check(typed)


def test_a_name_that_everybody_knows_is_not_enough() -> None:
    check("歙县民政股八〇二")
    with pytest.raises(DataError, match="太常见"):
        check("歙县民政股2020", ("歙县民政股",))
    with pytest.raises(DataError, match="太常见"):
        check("汪文书汪文书汪文书", ("汪文书",))
