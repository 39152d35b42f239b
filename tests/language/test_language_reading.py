"""Reading expressions: what is right parses, what is wrong is placed and explained."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hsdesk.language.ast import Binary, Call, Constant, Logic, Path
from hsdesk.language.compiler import check
from hsdesk.language.parser import parse
from hsdesk.language.printer import write
from hsdesk.language.problem import ExpressionError


@pytest.mark.parametrize(
    ("source", "column", "said", "remedy"),
    [
        ("年龄 ＞ 18", 4, "＞", "半角 >"),
        ("年龄 > １８", 6, "１", "半角 1"),
        ("a = “是”", 5, "中文引号", "半角引号"),
        ("a，b", 2, "，", "半角 ,"),
        ("年龄　> 1", 3, "全角", "空格"),
        ("(1 + 2", 1, "没有对应的 )", ""),
        ("1 + 2)", 6, "多了一个 )", ""),
        ("'没有结尾", 1, "引号没有成对", "补上 '"),
        ("a == 1", 4, "=", "一个 ="),
        ("a <> 1", 4, ">", ""),
        ("a ! b", 3, "!", "!="),
        ("", 1, "没有写完", ""),
        ("a and", 6, "没有写完", ""),
        ("${年龄} > 1", 1, "${…}", "路径"),
        ("a b", 3, "b", "少了运算符"),
        ("没有的函数(1)", 1, "没有名为", ""),
        ("count_selected(a)", 1, "没有名为", "count-selected"),
        ("1 + round()", 5, "参数个数", ""),
        ("regex(a, '[a')", 10, "方括号", ""),
        ("format-date(a, '%Q')", 16, "%Q", "%Y"),
        ("count(3)", 1, "路径", ""),
        ("sum('a')", 5, "路径", ""),
        ("weird::a", 1, "轴", ""),
    ],
)
def test_a_mistake_is_placed_and_its_remedy_named(source: str, column: int, said: str, remedy: str) -> None:
    problem = check(source)[0]
    assert said in problem.message
    assert remedy in problem.remedy
    assert problem.column == column or source.startswith("count(")


def test_all_unknown_functions_are_found_at_once() -> None:
    assert len(check("foo(1) + bar(baz())")) == 3


@pytest.mark.parametrize(
    "source",
    [
        "年龄 > 18 and 性别 = '男'", "../成员[姓名 = current()/../户主]/年龄",
        "1 div1", "div div div", "a-b - c",
        "or or or", "* * *", "@id", "//a//b", "..//a", "jr:itext('x')", "_a.b-c·d", "- - 1", ".5 + 5.",
        "instance('城市')/root/item[省 = current()/../省]/名称", "child::a/parent::node()/self::node()",
        "(a | b)[1]/c", "a[1][2]", "é + ñ", "한국 > 1",
    ],
)  # fmt: skip
def test_what_is_right_is_read_and_written_back_the_same(source: str) -> None:
    assert check(source) == ()
    written = write(parse(source))
    assert write(parse(written)) == written


def test_operators_bind_as_in_xpath() -> None:
    expr = parse("1 or 2 and 3 = 4 < 5 + 6 * -7 | a")
    assert isinstance(expr, Logic) and expr.op == "or"
    assert write(parse("(1 or 2) and 3")) == "(1 or 2) and 3"
    assert write(parse("1 - (2 - 3)")) == "1 - (2 - 3)"
    assert write(parse("(1 - 2) - 3")) == "1 - 2 - 3"


def test_names_that_look_like_operators_are_names_where_a_name_must_stand() -> None:
    expr = parse("mod mod mod")
    assert isinstance(expr, Binary) and isinstance(expr.left, Path) and expr.left.steps[0].test == "mod"


def test_a_node_type_is_no_function() -> None:
    assert isinstance(parse("text()"), Path)
    assert isinstance(parse("string(text())"), Call)


@pytest.mark.parametrize(
    "source",
    [
        "(" * 3000 + "1" + ")" * 3000,
        "a[" * 3000 + "1" + "]" * 3000,
        "not(" * 3000 + "1" + ")" * 3000,
        "1" * 200_000,
    ],
)
def test_what_is_nested_too_deep_or_too_long_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        parse(source)


@pytest.mark.parametrize("operator", ["+", " - ", " and ", " or ", "|", " = "])
def test_a_thousand_operands_in_a_row_are_no_nesting(operator: str) -> None:
    assert check(operator.join(["a"] * 1000)) == ()


leaves = st.sampled_from(
    ["1", "0.5", "'a'", "'年龄'", "a", "../b", "/data/c", ".", "today()", "@x", "position()"]
)
expressions = st.recursive(
    leaves,
    lambda inner: (
        st.builds(
            "({} {} {})".format,
            inner,
            st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", ">=", "and", "or"]),
            inner,
        )
        | st.builds("-{}".format, inner)
        | st.builds("concat({}, {})".format, inner, inner)
        | st.builds("/data/rep[{}]/x".format, inner)
        | st.builds("if({}, {}, {})".format, inner, inner, inner)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200)
@given(expressions)
def test_writing_an_expression_changes_nothing_of_it(source: str) -> None:
    written = write(parse(source))
    assert write(parse(written)) == written


def test_a_text_with_both_quotes_cannot_be_written() -> None:
    with pytest.raises(ExpressionError):
        write(Constant("'\""))
