"""An open form tells exactly what changed."""

from __future__ import annotations

import pytest
from tables import form_of
from walking import Still

from hsdesk.errors import DataError, FormError
from hsdesk.forms.projection import project
from hsdesk.forms.schema import Choice, Form, Label
from hsdesk.forms.session import Session
from hsdesk.forms.views import FormChanges, Roster

HOUSE = form_of(
    """
| survey | | | | | | | | | | |
| | type | name | label | relevant | required | constraint | calculation | constraint_message | choice_filter | default |
| | text | head | 户主 | | yes | | | | | |
| | integer | people | 人数 | | | . >= 0 | | 人数不能是负数。 | | |
| | calculate | double | | | | | ${people} * 2 | | | |
| | begin_group | poor | 低保 | ${people} > 3 | | | | | | |
| | decimal | income | 收入 | | ${people} > 5 | | | | | |
| | end_group | | | | | | | | | |
| | select_one county | county | 县 | | | | | | | |
| | select_one town | town | 镇 | | | | | | county = ${county} | |
| | select_multiple lang | lang | 方言 | | | | | | | |
| | date | born | 生日 | | | | | | | |
| | text | note | 备注 ${head} | | | | | | | 无 |
| choices | | | | |
| | list_name | name | label | county |
| | county | c1 | 歙县 | |
| | county | c2 | 黟县 | |
| | town | t1 | 深渡 | c1 |
| | town | t2 | 宏村 | c2 |
| | lang | a | 徽语 | |
| | lang | b | 官话 | |
"""  # noqa: E501
)
ROSTER = form_of(
    """
| survey | | | | | | |
| | type | name | label | relevant | calculation | repeat_count |
| | integer | wanted | 份数 | | | |
| | begin_repeat | rows | 流水 | | | |
| | integer | amount | 金额 | | | |
| | calculate | place | | | position(..) | |
| | calculate | share | | | ${amount} div sum(/data/rows/amount) | |
| | end_repeat | | | | | |
| | calculate | total | | | sum(${amount}) | |
| | calculate | n | | | count(${rows}) | |
| | begin_repeat | slips | 单据 | | | ${wanted} |
| | text | no | 号 | | | |
| | end_repeat | | | | | |
"""
)


def house(**answers: object) -> Session:
    session = Session(HOUSE, Still())
    for key, value in answers.items():
        session.answer(key, value)  # type: ignore[arg-type]
    return session


def test_an_answer_tells_what_it_changed_and_nothing_else() -> None:
    session = house(head="张三", people=2)
    changes = session.answer("people", 6)
    assert changes.values == {"people": 6, "double": "12"}
    assert changes.relevant == {
        "@poor": True,
        "poor.income" if "poor.income" in changes.relevant else "income": True,
    }
    assert changes.required == {"income": True}
    assert changes.answers == {"people": 6}
    assert session.answer("people", 6) == FormChanges()


def test_a_calculation_is_shown_but_never_logged() -> None:
    changes = house().answer("people", 3)
    assert "double" in changes.values
    assert "double" not in changes.answers
    assert "double" not in house(people=3).answers()


def test_what_was_typed_comes_back_when_the_group_is_relevant_again() -> None:
    session = house(people=6, income=300.5)
    session.answer("people", 1)
    assert "income" not in session.effective()
    assert session.answers()["income"] == 300.5
    session.answer("people", 6)
    assert session.effective()["income"] == 300.5


def test_a_filter_clears_a_choice_that_it_no_longer_offers_and_logs_it() -> None:
    session = house(county="c1", town="t1")
    changes = session.answer("county", "c2")
    assert changes.answers == {"county": "c2", "town": None}
    assert "town" in changes.choices
    assert [choice.value for choice in session.node("town").choices] == ["t2"]


def test_a_violated_constraint_is_a_message_and_the_answer_is_kept() -> None:
    changes = house().answer("people", -1)
    assert changes.problems == {"people": "人数不能是负数。"}
    assert changes.answers == {"people": -1}


def test_a_problem_that_is_mended_is_reported_as_gone() -> None:
    session = house(people=-1)
    assert session.answer("people", 1).problems["people"] == ""


def test_an_empty_answer_that_must_be_there_says_so_in_plain_words() -> None:
    findings = {finding.path: finding for finding in house().validate()}
    assert (findings["head"].rule, findings["head"].message) == ("required", "必填，还没有填。")


def test_a_label_that_shows_another_answer_follows_it() -> None:
    session = house()
    changes = session.answer("head", "李四")
    assert changes.labels == ("note",)
    assert session.node("note").label == "备注 李四"


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("people", "１２", 12),
        ("people", " 1,200 ", 1200),
        ("income", "３．５", 3.5),  # noqa: RUF001
        ("born", "2026年3月5日", "2026-03-05"),
        ("born", "20260305", "2026-03-05"),
        ("born", "2026/3/5", "2026-03-05"),
        ("lang", "b、a", ("a", "b")),
        ("head", "", None),
    ],
)  # fmt: skip
def test_what_a_person_types_is_read_by_its_type(key: str, typed: str, kept: object) -> None:
    session = house()
    session.enter(key, typed)
    assert session.node(key).value == kept


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [("people", "约30", "“人数”要填整数"), ("income", "很少", "“收入”要填数字"),
     ("born", "2026-02-30", "“生日”要填日期")],
)  # fmt: skip
def test_what_does_not_parse_is_no_answer_and_says_what_is_wanted(key: str, typed: str, said: str) -> None:
    session = house()
    with pytest.raises(DataError, match=said):
        session.enter(key, typed)
    assert session.node(key).value is None


def test_opening_a_new_record_writes_its_defaults_once() -> None:
    session = Session(HOUSE, Still())
    assert session.first_answers() == {"note": "无"}
    reopened = Session(HOUSE, Still(), {"head": "张三"})
    assert reopened.first_answers() == {}
    assert reopened.node("note").value is None


def test_a_roster_row_comes_with_an_id_and_an_order_key() -> None:
    session = Session(ROSTER, Still())
    first = session.add_row("rows")
    assert first.rows == ("rows",)
    assert first.answers == {f"rows/{first.row}/_pos": "V"}
    assert first.values["n"] == "1"
    second = session.add_row("rows", before=f"rows/{first.row}")
    assert session.rows("rows") == (f"rows/{second.row}", f"rows/{first.row}")
    assert second.values[f"rows/{first.row}/place"] == "2"


def test_a_total_follows_its_rows() -> None:
    session = Session(ROSTER, Still())
    one, two = (session.add_row("rows").row for _ in range(2))
    session.answer(f"rows/{one}/amount", 3)
    changes = session.answer(f"rows/{two}/amount", 4)
    assert changes.values["total"] == "7"
    gone = session.remove_row(f"rows/{one}")
    assert gone.values["total"] == "4"
    assert gone.answers == {f"rows/{one}/_deleted": "删除"}


def test_a_counted_roster_grows_and_shrinks_with_its_count() -> None:
    session = Session(ROSTER, Still())
    changes = session.answer("wanted", 3)
    assert len(session.rows("slips")) == 3
    assert sum(path.endswith("_pos") for path in changes.answers) == 3
    shrunk = session.answer("wanted", 1)
    assert len(session.rows("slips")) == 1
    assert shrunk.answers == {"wanted": 1}
    assert shrunk.rows == ("slips",)
    assert len(session.layout()[-1].rows) == 1


def test_rows_come_back_as_they_were_when_the_count_falls_and_rises_again() -> None:
    session = Session(ROSTER, Still())
    session.answer("wanted", 3)
    rows = session.rows("slips")
    for number, row in enumerate(rows):
        session.answer(f"{row}/no", f"A{number}")
    session.answer("wanted", 1)
    assert [path for path in session.effective() if path.startswith("slips/")] == [f"{rows[0]}/no"]
    opened = Session(ROSTER, Still(), session.answers())
    for one in (session, opened):
        assert one.rows("slips") == rows[:1]
        one.answer("wanted", 3)
        assert one.rows("slips") == rows
        assert [one.stored_value(f"{row}/no") for row in rows] == ["A0", "A1", "A2"]
        assert one.answer("wanted", 1).rows == ("slips",)
        assert one.rows("slips") == rows[:1]


def test_a_row_past_the_count_is_in_no_table_and_breaks_no_rule() -> None:
    form = form_of(
        "| survey | | | | | |\n| | type | name | label | required | repeat_count |\n"
        "| | integer | n | 份数 | | |\n| | begin_repeat | slips | 单据 | | ${n} |\n"
        "| | text | no | 号 | yes | |\n| | end_repeat | | | | |\n"
    )
    session = Session(form, Still())
    session.answer("n", 2)
    first, second = session.rows("slips")
    session.answer(f"{first}/no", "A")
    assert [finding.path for finding in session.validate()] == [f"{second}/no"]
    session.answer("n", 1)
    assert session.validate() == ()
    shown = project(form, session.answers(), Still())
    assert [row.row for row in shown.rosters["slips"]] == [{"no": "A"}]
    assert (shown.complete.required, shown.complete.filled) == (1, 1)


def test_stored_answers_open_as_they_were_left() -> None:
    session = Session(ROSTER, Still())
    row = session.add_row("rows").row
    session.answer(f"rows/{row}/amount", 5)
    again = Session(ROSTER, Still(), session.answers())
    assert again.answers() == session.answers()
    assert again.effective() == session.effective()


def test_a_removed_row_stays_away_when_the_record_is_opened() -> None:
    answers = {"rows/a/amount": 1, "rows/a/_pos": "V", "rows/b/amount": 2, "rows/b/_deleted": "重复"}
    assert Session(ROSTER, Still(), answers).rows("rows") == ("rows/a",)


def test_answers_the_form_does_not_know_are_passed_over() -> None:
    session = Session(HOUSE, Still(), {"old": 1, "x/y/z": 2, "head": "张三"})
    assert session.answers() == {"head": "张三"}


def test_setvalue_runs_when_its_trigger_changes_and_is_logged() -> None:
    form = form_of(
        "| survey | | | | | |\n| | type | name | label | trigger | calculation |\n"
        "| | text | a | 甲 | | |\n| | text | b | 乙 | ${a} | concat(${a}, '!') |\n"
    )
    session = Session(form, Still())
    assert session.answer("a", "好").answers == {"a": "好", "b": "好!"}
    session.answer("b", "自己写的")
    assert session.node("b").value == "自己写的"


def test_a_dynamic_default_is_written_on_the_first_opening_only() -> None:
    table = "| survey | | | | |\n| | type | name | label | default |\n| | date | day | 日期 | today() |\n"
    form = form_of(table)
    assert Session(form, Still()).first_answers() == {"day": "2026-03-15"}
    assert Session(form, Still(), {"day": "2025-01-01"}).answers() == {"day": "2025-01-01"}


def test_once_is_written_once() -> None:
    table = "| survey | | | |\n| | type | name | calculation |\n| | calculate | key | once(uuid()) |\n"
    form = form_of(table)
    first = Session(form, Still()).first_answers()
    assert list(first) == ["key"]
    host = Still()
    host.new_id()
    assert Session(form, host, first).answers() == first


class Grids(Still):
    """A desk with two grids."""

    def choices(self, list_name: str) -> tuple[Choice, ...]:
        found = (
            Choice("u1", Label({"": ("第一网格",)}), {"kind": "a"}),
            Choice("u2", Label({"": ("第二网格",)}), {"kind": "b"}),
        )
        return found if list_name == "grid" else ()


def grid_form() -> Form:
    return form_of(
        "| survey | | | | |\n| | type | name | label | choice_filter |\n| | text | kind | 类 | |\n"
        "| | select_one_from_file grid.csv | grid | 网格 | kind = ${kind} or ${kind} = '' |\n"
    )


def test_a_reference_offers_the_records_of_the_living_register() -> None:
    session = Session(grid_form(), Grids())
    assert [choice.value for choice in session.node("grid").choices] == ["u1", "u2"]
    session.answer("kind", "b")
    assert [choice.value for choice in session.node("grid").choices] == ["u2"]


def test_a_reference_to_a_record_that_is_gone_is_a_finding() -> None:
    session = Session(grid_form(), Grids(), {"grid": "u9"})
    (finding,) = session.validate()
    assert (finding.rule, finding.severity) == ("reference", "warn")
    assert "恢复" in finding.message


def test_the_layout_shows_what_the_screen_shows() -> None:
    session = Session(ROSTER, Still())
    session.add_row("rows")
    kinds = [(type(item).__name__, item.path) for item in session.layout()]
    assert kinds == [("Field", "wanted"), ("Roster", "rows"), ("Roster", "slips")]
    roster = session.layout()[1]
    assert isinstance(roster, Roster)
    assert [field.path.rpartition("/")[2] for field in roster.rows[0].items] == ["amount"]


@pytest.mark.parametrize("path", ["nothing", "rows/x/amount", "rows", ""])
def test_a_path_that_is_no_answer_is_refused_in_words(path: str) -> None:
    with pytest.raises(DataError):
        Session(ROSTER, Still()).answer(path, 1)


def ledger(balance: str) -> Form:
    return form_of(
        "| survey | | | | |\n| | type | name | label | calculation |\n| | begin_repeat | rows | 流水 | |\n"
        f"| | integer | amount | 金额 | |\n| | calculate | balance | | {balance} |\n| | end_repeat | | | |\n"
    )


def test_rows_that_count_on_the_row_before_carry_a_balance_along() -> None:
    before = "indexed-repeat(${balance}, ${rows}, position(..) - 1)"
    session = Session(ledger(f"if(position(..) > 1, {before}, 0) + ${{amount}}"), Still())
    rows = [session.add_row("rows").row for _ in range(3)]
    for number, row in enumerate(rows, start=1):
        session.answer(f"rows/{row}/amount", number)
    assert session.effective()[f"rows/{rows[2]}/balance"] == "6"
    session.answer(f"rows/{rows[0]}/amount", 10)
    assert session.effective()[f"rows/{rows[2]}/balance"] == "15"


def test_rows_that_read_each_other_in_a_circle_stop_in_words_and_leave_the_record_as_it_was() -> None:
    session = Session(ledger("sum(/data/rows[position() > 0]/balance) + ${amount}"), Still())
    row = session.add_row("rows").row
    with pytest.raises(FormError, match="停不下来"):
        session.answer(f"rows/{row}/amount", 1)
    assert session.node(f"rows/{row}/amount").value is None
