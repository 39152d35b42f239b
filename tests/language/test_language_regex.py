"""Regular expressions: what forms mean by them, in linear time; the rest is refused, with a remedy."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hsdesk.language.compiler import check
from hsdesk.language.problem import ExpressionError
from hsdesk.language.regex import matcher, translated

# Patterns that RE2 and the standard library read alike once the Unicode classes are written out.
_SIGNS = "ab1Zz_-/汪岭１ \t\n\u3000·〔〕"
_ATOMS = st.sampled_from(
    ["a", "汪", "1", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", ".", "[^a]", "[a-z汪]", r"[\d_]",
     r"[^\s\dA-Za-z]", r"[\s\S]", r"[]a]", r"[\w-]", r"\.", r"\-", r"[一-龥]",
     r"[\u4e00-\u9fa5]", "[a[]", "_", r"\_"]
)  # fmt: skip
_COUNTS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "{1,2}?"])
_PIECES = st.tuples(_ATOMS, _COUNTS).map("".join)
_GROUPS = st.lists(_PIECES, min_size=1, max_size=3).map("".join)
_PATTERNS = st.recursive(
    _GROUPS,
    lambda inner: st.one_of(
        st.tuples(inner, _COUNTS).map(lambda pair: f"({pair[0]}){pair[1]}"),
        st.tuples(inner, inner).map("|".join),
        st.tuples(inner, inner).map("".join),
        inner.map(lambda one: f"^(?:{one})$"),
    ),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(_PATTERNS, st.text(_SIGNS, max_size=6), st.booleans())
@example(r"^[^\s\dA-Za-z]{2,20}$", "汪　明", True)
@example(r"^1[3-9]\d{9}$", "138１2345678", True)
def test_a_pattern_says_of_a_text_what_the_standard_library_says(
    pattern: str, text: str, anchored: bool
) -> None:
    known = re.compile(pattern.replace("[a[]", r"[a\[]"))
    expected = (known.fullmatch if anchored else known.search)(text)
    if not anchored and "$" in pattern and text.endswith("\n"):
        return  # there `$` may stand before the last line's end, which no form asks for
    assert matcher(pattern, anchored=anchored)(text) == (expected is not None)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a|aa)+$", "a" * 60 + "b"),
        ("^(a*)*$", "a" * 60 + "b"),
        (r"^(\w+\s?)*$", "汪家岭" * 20 + "！"),
        (r"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)=x", "y" * 20_000),
    ],
)
def test_no_pattern_is_slow(pattern: str, text: str) -> None:
    begin = time.process_time()
    assert not matcher(pattern, anchored=True)(text)
    assert time.process_time() - begin < 1.0  # a backtracking engine takes years


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"[\u4e00-\u9fa5]{2,4}", "汪小明"),
        (r"\p{IsHan}{2}[\p{Han}·]*", "汪明·阿依"),
        (r"\p{Alpha}\P{L}[\P{Lu}]", "a1b"),
        (r"\Q1+1=2\E\？?", "1+1=2？"),
        (r"(?<year>\d{4})\h*", "2026 \t"),
        (r"(?i:ABC)[&a]{,", "abc&{,"),
        (r"a\z|b\Z", "b"),
        (r"\p{Punct}[\p{P}]\pN", "#，２"),
    ],
)
def test_what_java_and_people_write_is_understood(pattern: str, text: str) -> None:
    assert matcher(pattern, anchored=True)(text)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"(?=.*\d).+", "向前向后查看"),
        (r"(?<!a)b", "向前向后查看"),
        (r"(a)\1", "引用前面的括号"),
        (r"(?<n>a)\k<n>", "引用前面的括号"),
        (r"a*+b", "独占重复"),
        (r"a{2}+b", "独占重复"),
        (r"(?>a+)b", "一般的括号"),
        (r"(?x)a b", "一般的括号"),
        (r"\bab\b", "词的边界"),
        (r"a{1001}", "1000"),
        (r"a{,3}", "{0,3}"),
        (r"[a-z&&[^b]]", "交集"),
        (r"[a\W]", "方括号外面"),
        (r"(a{500}){500}", "1000"),
        (r"\p{Runes}", "不认识的字符类"),
        (r"[a", "方括号没有成对"),
        (r"(a", "圆括号没有成对"),
        (r"\y", "反斜杠"),
        ("a\\", "反斜杠"),
        (r"\u4e0", "四位"),
    ],
)
def test_what_cannot_run_in_linear_time_is_refused_with_what_to_write_instead(
    pattern: str, said: str
) -> None:
    with pytest.raises(ExpressionError) as refused:
        matcher(pattern, anchored=True)
    assert said in str(refused.value)
    (problem,) = check(f"regex(., '{pattern}')")
    assert problem.column == 10
    assert said in problem.message + problem.remedy


@settings(max_examples=100, deadline=None)
@given(st.text("ab\\[](){}*+?^$|.-&,:<=!1pPdwsuQEk汪", max_size=12), st.text("ab汪\ud800", max_size=4))
def test_any_text_is_a_pattern_or_is_refused(pattern: str, text: str) -> None:
    try:
        matcher(pattern, anchored=False)(text)
    except ExpressionError as refused:
        assert str(refused)
    else:
        translated(pattern)
