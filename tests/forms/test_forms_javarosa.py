"""An open form gives what JavaRosa gives where the recordings do not show it."""

from __future__ import annotations

from pathlib import Path

from tables import form_of
from walking import Still

from hsdesk.forms.compiler import compile_file
from hsdesk.forms.session import Session


def test_a_date_with_a_time_is_a_day_in_expressions_and_keeps_its_time_in_a_text() -> None:
    moment = "date('2018-01-01T10:20:30.400')"
    form = form_of(f"""
| survey | | | |
| | type | name | calculation |
| | calculate | kept | {moment} |
| | calculate | again | date({moment}) |
| | calculate | hour | format-date-time({moment}, '%H:%M:%S.%3') |
| | calculate | said | concat({moment}, '') |
| | calculate | same | {moment} = '2018-01-01' and {moment} = date('2018-01-01') |
| | calculate | full | concat(date-time({moment}), '') |
| | calculate | after | if({moment} > date('2018-01-01'), 'later', 'same day') |
""")
    values = Session(form, Still()).effective()
    assert values["kept"] == values["full"] == "2018-01-01T10:20:30.400+08:00"
    assert values["again"] == values["said"] == "2018-01-01"
    assert values["hour"] == "10:20:30.400"
    assert (values["same"], values["after"]) == ("true", "same day")


def test_the_label_of_an_unanswered_choice_is_empty_though_the_list_has_an_entry_for_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "form.xml"
    path.write_text(
        """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>t</h:title><model><instance><data id="t"><town/><said/></data></instance>
<bind nodeset="/data/town" type="select1"/>
<bind nodeset="/data/said" type="string" calculate="jr:choice-name(/data/town, '/data/town')"/>
</model></h:head>
<h:body><select1 ref="/data/town"><label>镇</label><item><label>-</label><value></value></item>
<item><label>深渡</label><value>t1</value></item></select1></h:body></h:html>""",
        encoding="utf-8",
    )
    session = Session(compile_file(path), Still())
    assert "said" not in session.effective()
    session.answer("town", "t1")
    assert session.effective()["said"] == "深渡"


def test_a_new_record_has_no_row_in_a_roster_that_holds_another_roster() -> None:
    table = (
        "| survey | | | |\n| | type | name | label |\n| | begin_repeat | outer | 外 |\n| | text | a | 甲 |\n"
        "| | begin_repeat | inner | 内 |\n| | text | b | 乙 |\n| | end_repeat | | |\n| | end_repeat | | |\n"
    )
    session = Session(form_of(table), Still())
    assert session.rows("outer") == ()
    row = session.add_row("outer").row
    assert session.rows(f"outer/{row}/inner") == ()
