"""Words of a form that the city may replace."""

from __future__ import annotations

import pytest
from shipped_world import shipped
from tables import form_of, problems_of

from hsdesk.forms.city_wording import with_city_wording, wording_settings
from hsdesk.forms.host import BareHost
from hsdesk.forms.schema import Form, Question, questions
from hsdesk.forms.session import Session
from hsdesk.reports.settings import settings

TABLE = (
    "| survey |\n| | type | name | label | bind::hs:setting | bind::hs:print |\n"
    "| | integer | one | 中心一(名称由市局设定) | centre_1 | 中心一 |\n"
    "| | integer | two | 中心二(名称由市局设定) | centre_2 | no |\n"
    "| | begin_repeat | visits | 走访 |\n| | text | three | 中心三 | centre_3 | |\n| | end_repeat |\n"
    "| | text | other | 其他 | | |\n"
)


def by_name(form: Form) -> dict[str, Question]:
    return {question.name: question for question in questions(form.children, into_repeats=True)}


def test_a_name_the_city_gave_stands_in_place_of_the_forms_words():
    form = with_city_wording(form_of(TABLE), {"centre_1": "党群服务中心", "centre_3": "养老服务中心"})
    labels = {name: question.label.plain() for name, question in by_name(form).items()}
    assert labels == {
        "one": "党群服务中心",
        "two": "中心二(名称由市局设定)",
        "three": "养老服务中心",
        "other": "其他",
    }
    assert Session(form, BareHost()).label("one") == "党群服务中心"


def test_on_paper_the_name_stands_too_and_what_is_not_printed_stays_so():
    form = with_city_wording(form_of(TABLE), {"centre_1": "党群服务中心", "centre_2": "养老服务中心"})
    assert [by_name(form)[name].hs.print for name in ("one", "two")] == ["", "no"]


def test_only_words_change_never_what_is_stored():
    form = form_of(TABLE)
    named = with_city_wording(form, {"centre_1": "党群服务中心"})
    kept = [(question.key, question.type, question.data_type) for question in by_name(form).values()]
    assert [(one.key, one.type, one.data_type) for one in by_name(named).values()] == kept
    assert with_city_wording(form, {}) is form
    assert with_city_wording(form, {"fused_target": "60"}) is form


def test_every_language_of_a_label_takes_the_name():
    table = (
        "| survey |\n| | type | name | label::中文 (zh) | label::English (en) | bind::hs:setting |\n"
        "| | integer | one | 中心一 | Centre one | centre_1 |\n"
    )
    label = by_name(with_city_wording(form_of(table), {"centre_1": "党群服务中心"}))["one"].label
    assert set(label.texts.values()) == {("党群服务中心",)}
    assert len(label.texts) == 2


@pytest.mark.parametrize("name", ["no_such_setting", "hub_scope", "fused_target"])
def test_a_form_may_only_name_a_setting_that_is_text(name: str):
    (problem,) = problems_of(TABLE.replace("| centre_1 |", f"| {name} |"))
    assert problem.severity == "error"
    assert (problem.sheet, problem.cell) == ("survey", "D2")
    assert "centre_1" in problem.remedy


def test_the_four_centres_of_the_pilot_form_are_the_citys_to_name():
    named = {q.hs.setting: name for name, q in by_name(shipped("pilot")).items() if q.hs.setting}
    assert named == {f"centre_{n}": f"c4_{n}" for n in range(1, 5)}
    assert wording_settings() == {one.name for one in settings() if one.kind == "text"}
