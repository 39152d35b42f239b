"""Any text is a value or a placed error, never anything else."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from language_trees import World, household

from hsdesk.language.compiler import check
from hsdesk.language.compiler import compile as compile_expression
from hsdesk.language.context import Context
from hsdesk.language.document import read_document
from hsdesk.language.functions.catalogue import FUNCTIONS
from hsdesk.language.problem import ExpressionError, NotSql
from hsdesk.language.scope import Dialect
from hsdesk.language.sql import SqlColumn, predicate_sql

ROOT = household()
WORLD = World()
DOCUMENT = read_document("<data a='1'><x>3</x><x>年</x><!-- c --><y><z>2026-01-01</z></y></data>")
PIECES = [
    "1",
    "0",
    "-1",
    "1.5",
    "99999999999999999999",
    "''",
    "'a b'",
    "'2026-01-31'",
    "'[('",
    "年龄",
    "/data/姓名",
    "/data/户",
    "/data/登记日",
    "/data/时刻",
    "../x",
    ".",
    "..",
    "/",
    "//x",
    "@a",
    "*",
    "today()",
    "now()",
    "true()",
    "position()",
    "last()",
    "current()/../人数",
    "instance('村')/root/item[name = 'v1']/label",
    "/data/户[2]/成员[年龄 > 9]/名",
    "ancestor::*",
    "'%Y %q'",
    "preceding::node()",
    "(1 div 0)",
    "(0 div 0)",
    "number('')",
    "'/data/性别'",
    "text()",
    "child::node()[last()]",
]
OPERATORS = ["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or", "|"]

expressions = st.recursive(
    st.sampled_from(PIECES),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner)
        | st.builds("-{}".format, inner)
        | st.builds("({})[{}]".format, inner, inner)
        | st.builds("{}/{}".format, inner, st.sampled_from(["年龄", "..", "*", "@a", "text()"]))
        | st.builds(
            "{}({})".format, st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, max_size=4).map(", ".join)
        )
    ),
    max_leaves=8,
)
texts = st.text(max_size=30) | st.lists(
    st.sampled_from(
        [*PIECES, *OPERATORS, "(", ")", "[", "]", ",", "'", '"', "＞", "“", "${", "::", "!", "\0", " "]
    ),
    max_size=12,
).map("".join)


def attempt(source: str) -> None:
    check(source)
    for path, dialect in ((("data", "人数"), Dialect()), (None, Dialect(document=True))):
        node: Any = ROOT.children["人数"][0] if path else DOCUMENT
        context = Context(node, ROOT if path else DOCUMENT.content[0], WORLD)
        try:
            compiled = compile_expression(source, context_path=path, dialect=dialect, strict=False)
            compiled.evaluate(context)
            for asked in (compiled.boolean, compiled.string, compiled.number, compiled.nodes):
                asked(context)
        except ExpressionError as problem:
            assert problem.message
    with suppress(ExpressionError, NotSql):
        predicate_sql(source, {"年龄": SqlColumn("年龄", "integer")}, "sqlite")


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(expressions | texts)
def test_any_text_is_a_value_or_an_error_in_words(source: str) -> None:
    attempt(source)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(deadline=None, max_examples=100_000, suppress_health_check=[HealthCheck.too_slow])
@given(expressions | texts)
def test_any_of_a_hundred_thousand_texts_is_a_value_or_an_error_in_words(source: str) -> None:
    attempt(source)


@given(st.text(max_size=40))
def test_a_syntax_error_lies_inside_the_text(source: str) -> None:
    for problem in check(source):
        assert 0 <= problem.column <= len(source) + 1
