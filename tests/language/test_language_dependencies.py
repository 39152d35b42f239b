"""What an expression says it reads."""

from __future__ import annotations

import pytest
from language_trees import HOUSEHOLD, World, household, value_of

from hsdesk.language.aggregate import Aggregate
from hsdesk.language.aggregate_calls import as_aggregate
from hsdesk.language.compiler import compile as compile_expression
from hsdesk.language.context import Context
from hsdesk.language.parser import parse
from hsdesk.language.problem import NotHeld
from hsdesk.language.scope import Dependency, Dialect


def reads(source: str, path: tuple[str, ...] = HOUSEHOLD) -> set[tuple[str, int]]:
    compiled = compile_expression(source, context_path=path)
    return {("/".join(each.path), each.anchor) for each in compiled.dependencies}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("/data/姓名", {("data/姓名", 1)}),
        ("../名", {("data/户/成员/名", 3)}),
        (".", {("data/户/成员/年龄", 4)}),
        ("/data/户/号", {("data/户/号", 2)}),
        ("current()/../../号", {("data/户/号", 2)}),
        ("/data/户[号 = 'h1']/成员/年龄", {("data/户/成员/年龄", 1), ("data/户/号", 1)}),
        ("../../成员[年龄 > 3]/名", {("data/户/成员/名", 2), ("data/户/成员/年龄", 2)}),
        ("instance('村')/root/item[town = /data/town]/name", {("data/town", 1)}),
        ("instance('村')/root/item[town = current()/../名]/name", {("data/户/成员/名", 3)}),
        ("count(/data/*)", {("data/*", 1)}),
        ("count(//年龄)", {("**/年龄", 0)}),
        ("indexed-repeat(/data/户/成员/名, /data/户, 1)", {("data/户/成员/名", 1)}),
        ("1 + 1", set()),
    ],
)
def test_every_path_is_named_with_how_far_it_is_tied_to_the_own_rows(
    source: str, expected: set[tuple[str, int]]
) -> None:
    assert expected <= reads(source)


def test_outside_a_repeat_all_rows_are_read() -> None:
    assert reads("sum(/data/户/成员/年龄)", ("data", "人数")) == {("data/户/成员/年龄", 1)}


def test_what_else_matters_is_said() -> None:
    compiled = compile_expression(
        "if(today() > /data/a, instance('村')/root/item[1]/name, jr:itext('hello')) = position(..)",
        context_path=("data", "b"),
    )
    assert compiled.volatile and compiled.positional
    assert compiled.instances == {"村"} and compiled.translations == {"hello"}
    assert {"today", "if", "jr:itext", "position"} <= compiled.functions
    assert compile_expression("pulldata('村', 'a', 'b', 'c')").instances == {"村"}


@pytest.mark.parametrize(
    ("source", "constant"),
    [
        ("true()", True),
        ("1 + 2 * 3", 7.0),
        ("concat('a', 'b')", "ab"),
        ("today()", None),
        ("../x", None),
        (".", None),
    ],
)
def test_a_constant_is_known_as_one(source: str, constant: object) -> None:
    assert compile_expression(source).constant == constant


def test_a_count_over_a_register_is_a_struct() -> None:
    figure = as_aggregate(parse("sum(instance('worker')/root/item[社区 = current()/../社区][在岗 = 1]/工资)"))
    assert figure is not None
    assert figure.query(("城东",)) == Aggregate("worker", "社区 = '城东' and 在岗 = 1", agg="sum", of="工资")


@pytest.mark.parametrize(
    "source",
    [
        "count(/data/户)",
        "count(instance('worker')/root/item[1][position() = 2])",
        "count(instance('w')/root/item/a/b)",
        "count(instance('w')/root/item[count(../item) > 1])",
        "round(1)",
        "sum(instance('w')/root/item[a]/b[c])",
    ],
)
def test_what_only_looks_like_a_figure_stays_an_expression(source: str) -> None:
    assert as_aggregate(parse(source)) is None


def test_the_host_answers_a_figure_over_a_register() -> None:
    root = household()
    dialect = Dialect(registers=frozenset({"worker", "org"}))
    world = World()
    context = Context(root.children["人数"][0], root, world)
    compiled = compile_expression(
        "count(instance('worker')/root/item[姓名 = /data/姓名]) + 1",
        context_path=("data", "人数"),
        dialect=dialect,
    )
    assert compiled.number(context) == 8
    assert world.asked == [Aggregate("worker", "姓名 = '汪小明'")]
    assert compiled.dependencies == (Dependency(("data", "姓名"), 1),)
    assert compiled.instances == {"worker"} and len(compiled.figures) == 1
    with pytest.raises(NotHeld):
        compile_expression("count(instance('org')/root/item)", dialect=dialect).evaluate(context)


def test_an_unplaced_expression_still_evaluates() -> None:
    assert value_of("count(/data/户)", path=("data",)) == 2
