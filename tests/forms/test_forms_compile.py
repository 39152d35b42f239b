"""What an official writes becomes the form that a laptop fills."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tables import form_of

from hsdesk.errors import FormError
from hsdesk.forms.compiler import compile_file, compile_with_problems
from hsdesk.forms.problem import errors_of
from hsdesk.forms.schema import Form, Repeat, Value, class_of, questions, repeats

CORPUS = Path(__file__).parents[1] / "corpus" / "forms"
ORG = """
| settings | | | | | | | | | |
| | form_title | form_id | version | namespaces | attribute::hs:level | attribute::hs:class | attribute::hs:kind | attribute::hs:publish | attribute::hs:number |
| | 组织 | org | 3 | hs="urn:hsdesk:form" | township | party | single | down | F10 |
| survey | | | | | | | | | | | | | |
| | type | name | label | bind::hs:class | bind::hs:merge | bind::hs:was | bind::hs:search | bind::hs:title | bind::hs:carry | bind::hs:standard | bind::hs:print | hint | parameters |
| | text | name | 名称 | | ask | title, old_name | yes | yes | yes | 民发〔2020〕1号 | 组织名称 | 全称 | |
| | text | phone | 电话 | personal | | | | | | | no | | |
| | select_one_from_file grid.csv | grid | 网格 | | | | | | | | | | |
| | select_multiple_from_file places.csv | served | 服务范围 | | | | | | | | | | |
| | range | score | 打分 | | | | | | | | | | start=0 end=10 step=2 |
| | begin_group | contact | 联系 | | | | | | | | | | |
| | text | name | 联系人 ${phone} | | | | | | | | | | |
| | end_group | | | | | | | | | | | | |
| | begin_repeat | members | 成员 | | | | | | | | | | |
| | text | name | 姓名 | | | | | | | | | | |
| | end_repeat | | | | | | | | | | | | |
"""  # noqa: E501


def org() -> Form:
    return form_of(ORG, "")


def test_the_settings_of_our_namespace_become_level_class_kind_and_number() -> None:
    form = org()
    assert (form.form_id, form.version, form.title, form.number) == ("org", "3", "组织", "F10")
    assert (form.level, form.cls, form.kind, form.publish) == ("township", "party", "single", "down")


def test_the_columns_of_our_namespace_ride_on_the_answer() -> None:
    name, phone, *_rest = questions(org().children)
    assert name.hs.was == ("title", "old_name")
    assert (name.hs.merge, name.hs.search, name.hs.title, name.hs.carry) == ("ask", True, True, True)
    assert (name.hs.standard, name.hs.print) == ("民发〔2020〕1号", "组织名称")
    assert (class_of(org(), name), class_of(org(), phone)) == ("party", "personal")


def test_a_choice_from_a_file_names_the_register_or_the_directory_it_reads() -> None:
    by_key = {question.key: question for question in questions(org().children)}
    assert (by_key["grid"].list_name, by_key["grid"].reference) == ("grid", "grid")
    assert (by_key["served"].type, by_key["served"].reference) == ("select_multiple", "places")


def test_a_name_that_occurs_twice_in_a_record_gets_a_dotted_key_but_a_roster_has_names_of_its_own() -> None:
    form = org()
    assert [question.key for question in questions(form.children)][:2] == ["name", "phone"]
    assert [question.key for question in questions(form.children)][-1] == "contact.name"
    (members,) = repeats(form.children)
    assert [question.key for question in questions(members.children)] == ["name"]


def test_a_label_keeps_its_computed_pieces() -> None:
    contact = list(questions(org().children))[-1]
    assert contact.label.texts[""] == ("联系人 ", Value("/data/phone"))


def test_the_parameters_of_a_range_are_kept() -> None:
    score = next(question for question in questions(org().children) if question.key == "score")
    assert score.parameters == {"start": "0", "end": "10", "step": "2"}


def test_a_form_survives_being_written_as_json() -> None:
    form = org()
    assert msgspec.json.decode(msgspec.json.encode(form), type=Form) == form


def test_labels_in_two_languages_are_told_apart() -> None:
    form = form_of(
        "| survey | | | | |\n| | type | name | label::中文 (zh) | label::English (en) |\n"
        "| | text | a | 名称 | Name |\n"
    )
    assert form.languages == ("中文 (zh)", "English (en)")
    (question,) = questions(form.children)
    assert question.label.plain("English (en)") == "Name"


def test_or_other_adds_a_choice_and_asks_in_chinese_what_it_is() -> None:
    form = form_of(
        "| survey | | | |\n| | type | name | label |\n| | select_one yn or_other | a | 是否 |\n"
        "| choices | | | |\n| | list_name | name | label |\n| | yn | y | 是 |\n"
    )
    assert [choice.value for choice in form.lists["yn"]] == ["y", "other"]
    other = next(question for question in questions(form.children) if question.name == "a_other")
    assert other.label.plain() == "请说明“其他”"


def test_meta_stays_out_of_what_tables_are_made_of() -> None:
    assert all(item.name != "meta" for item in org().children)
    assert {item.name for item in org().meta} == {"instanceID"}


def test_an_xform_keeps_its_rows_templates_and_screen_order() -> None:
    form = compile_file(CORPUS / "enketo__enketo-core_test_forms_collections.xml")
    outer = next(item for item in form.children if isinstance(item, Repeat))
    inner = next(item for item in outer.children if isinstance(item, Repeat))
    assert len(outer.initial) == 1
    assert inner.initial == ()  # a new row starts with no inner row
    assert outer.initial[0].rosters == {"rep2": (outer.initial[0].rosters["rep2"][0],)}


@pytest.mark.parametrize("name", ["a.docx", "b.pdf"])
def test_a_file_of_another_kind_is_refused_with_what_would_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(FormError) as refusal:
        compile_file(tmp_path / name)
    assert ".xlsx" in str(refusal.value)


def test_every_form_of_the_corpus_is_compiled_or_refused_in_chinese() -> None:
    for path in sorted(CORPUS.iterdir()):
        form, problems = compile_with_problems(path)
        assert form is not None or errors_of(problems), path.name
        for problem in problems:
            assert any("一" <= sign <= "鿿" for sign in problem.message), (path.name, problem)
            assert "PyXForm" not in problem.message


def test_a_read_only_text_is_an_answer_and_a_note_is_none() -> None:
    form = form_of(
        "| survey | | | | |\n| | type | name | label | read_only |\n"
        "| | text | code | 代码 | yes |\n| | note | tip | 说明 | |\n"
    )
    assert [(question.key, question.type) for question in questions(form.children)] == [
        ("code", "text"),
        ("tip", "note"),
    ]
