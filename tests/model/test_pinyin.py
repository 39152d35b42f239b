"""Pinyin of names."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from hsdesk.model import pinyin as ours


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("单田芳", "shan tian fang"),
        ("曾国藩", "zeng guo fan"),
        ("仇英", "qiu ying"),
        ("查良镛", "zha liang yong"),
        ("解缙", "xie jin"),
        ("区寄", "ou ji"),
        ("歙县", "she xian"),
        ("黟县", "yi xian"),
        ("吕女", "lv nv"),
    ],
)
def test_surnames_and_places_are_read_as_people_say_them(name: str, sound: str) -> None:
    assert " ".join(ours.syllables(name)) == sound


@pytest.mark.parametrize("character", "单曾仇查解区盖乐")
def test_surnames_with_two_readings_give_both(character: str) -> None:
    assert len(ours.readings(character)) >= 2


def test_common_characters_agree_with_the_source() -> None:
    silent = {chr(code) for code in range(0x4E00, 0x9FA6) if not ours.is_han(chr(code))}
    assert len(silent) <= 10  # signs without a syllable in any reading
    common = [chr(code) for code in range(0x4E00, 0x9FA6) if chr(code) not in silent]
    differ = [c for c in common if ours.syllables(c)[0] != pinyin(c, style=Style.NORMAL)[0][0]]
    several = {c for c in common if len(ours.readings(c)) > 1}
    assert set(differ) <= several
    assert len(differ) < 60


pieces = st.lists(
    st.sampled_from(
        ["zhang", "san", "ling", "fang", "hui", "nan", "shi", "xin", "e", "an", "gong", "zhuang"]
    ),
    min_size=1,
)


@given(pieces, st.data())
@settings(deadline=None)
def test_folding_keeps_prefixes_so_that_search_narrows_while_typing(
    parts: list[str], data: st.DataObject
) -> None:
    whole = "".join(parts)
    typed = whole[: data.draw(st.integers(0, len(whole)))]
    assert ours.folded(whole).startswith(ours.folded(typed))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zhi", "zi"),
        ("cheng", "cen"),
        ("shan", "san"),
        ("nan", "lan"),
        ("fu", "hu"),
        ("fang", "han"),
        ("xing", "xin"),
    ],
)
def test_confused_sounds_are_one(one: str, other: str) -> None:
    assert ours.folded(one) == ours.folded(other)


def test_text_without_characters_has_no_sound() -> None:
    assert ours.readings("，（）") == ((),)
    assert ours.initials("A1张") == "a1z"


def test_the_table_takes_little_memory_and_time() -> None:
    script = (
        "import tracemalloc, sys; from hsdesk.model import pinyin; tracemalloc.start();"
        "pinyin.syllables('张');"
        "assert 'pypinyin' not in sys.modules; print(tracemalloc.get_traced_memory()[1])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 10_000_000
