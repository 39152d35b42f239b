"""The list of kinds has one home: a type that leaves a rule out is not made, nobody else tells them apart."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from hsdesk.errors import FormError
from hsdesk.forms.schema import Form, Question
from hsdesk.forms.types import holding_of, type_of
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import QuestionType
from hsdesk.forms.types.registry import HOLDING, HOLDINGS, QUESTION_TYPE, QUESTION_TYPES, REFUSED
from hsdesk.forms.types.text import Texts
from hsdesk.registers.tables import register_table

ROOT = Path(__file__).parents[2]
RULES = {name: value for name, value in vars(Texts).items() if not name.startswith("_")}


def test_a_holding_that_forgets_a_fact_does_not_import() -> None:
    facts = {
        name: value for name, value in vars(Texts).items() if name != "word" and not name.startswith("_")
    }
    with pytest.raises(TypeError, match="does not say word"):
        type("Forgetful", (Holding,), facts)


def test_a_holding_that_forgets_how_it_is_read_does_not_import() -> None:
    facts = {
        name: value for name, value in vars(Texts).items() if name != "read" and not name.startswith("_")
    }
    with pytest.raises(TypeError, match="read"):
        type("Forgetful", (Holding,), facts)()


def test_a_question_type_that_forgets_a_rule_does_not_import() -> None:
    rules = {name: getattr(QUESTION_TYPE["text"], name) for name in QuestionType.__struct_fields__}
    assert QuestionType(**rules) == QUESTION_TYPE["text"]
    for name in rules:
        with pytest.raises(TypeError, match=name):
            QuestionType(**{key: value for key, value in rules.items() if key != name})


def test_every_type_holds_data_that_is_listed_and_no_word_means_two() -> None:
    assert {data for one in QUESTION_TYPES for data in one.data} <= set(HOLDING)
    assert {one.input for one in HOLDINGS} <= set(QUESTION_TYPE)
    assert {wider for one in HOLDINGS for wider in one.widens_to} <= set(HOLDING)
    words = Counter(word.lower() for one in QUESTION_TYPES for word in {word.lower() for word in one.words})
    binds = Counter(bind for one in HOLDINGS for bind in one.binds)
    assert [word for word, times in (words | binds).items() if times > 1 and word not in binds] == []
    assert [bind for bind, times in binds.items() if times > 1] == []
    assert not {*words} & {*REFUSED}


def test_a_form_with_a_type_of_a_newer_program_is_refused_in_words() -> None:
    for question in (Question("q", "q", "hologram"), Question("q", "q", "text", "tensor")):
        with pytest.raises(FormError, match="请先升级程序"):
            register_table(Form("newer", "1", "新表", children=(question,)))


def _switches(path: Path) -> list[str]:
    """Return where a module compares a question's type with the name of one."""
    names = {*QUESTION_TYPE, *HOLDING}
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Compare(left=ast.Attribute(attr="type" | "data_type")):
                said = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
                is_switch = bool(said & names)
            case ast.Match(subject=ast.Attribute(attr="type" | "data_type")):
                is_switch = True
            case _:
                is_switch = False
        if is_switch:
            found.append(f"{path.relative_to(ROOT)}:{node.lineno}")  # type: ignore[attr-defined]
    return found


def test_nobody_but_the_registry_tells_question_types_apart() -> None:
    modules = [path for top in ("hsdesk", "ui") for path in (ROOT / top).rglob("*.py")]
    asked = [path for path in modules if "forms/types" not in path.as_posix()]
    assert len(asked) > 300
    assert [place for path in asked for place in _switches(path)] == []


def test_what_a_question_holds_follows_its_data_and_how_it_looks_its_type() -> None:
    rated = Question("q", "q", "range", "decimal")
    assert (holding_of(rated).sql, type_of(rated).widget) == ("real", "number")
