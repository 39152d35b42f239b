"""Many records in one live record, one after another: each as if it had been opened alone."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from generated_forms import generated_form
from shipped_world import DEMO_PLACES, Village, VillageHost, shipped
from walking import Still, random_value, state

from hsdesk.errors import DataError, FormError
from hsdesk.forms.host import FormHost
from hsdesk.forms.live.plan import plan_of
from hsdesk.forms.live.series import recurs, recurs_new
from hsdesk.forms.projection import Projector, project
from hsdesk.forms.schema import Form, Question, Repeat, SetValue, questions, repeats
from hsdesk.forms.series import SessionSeries
from hsdesk.forms.session import Session
from hsdesk.forms.types import type_of
from hsdesk.model.answer import Value
from hsdesk.model.resource import resource_dir

SHIPPED = sorted(path.stem for path in (resource_dir() / "forms" / "compiled").glob("*.json"))
RECORDS = 5


@pytest.fixture(scope="module")
def village() -> Village:
    made = Village(DEMO_PLACES[0])
    made.add_demo()
    return made


def some_answers(form: Form, dice: random.Random, host: FormHost) -> dict[str, Value]:
    """Return answers to some of a form's questions, rows of rosters among them."""
    found = level(form, questions(form.children), "", dice, host)
    for roster in repeats(form.children):
        for number in range(dice.randint(0, 3)):
            row = f"{roster.key}/{dice.choice('xyz')}{number}/"
            found |= {f"{row}_pos": dice.choice("GMTW")}
            found |= level(form, questions(roster.children), row, dice, host)
    return found


def level(
    form: Form, asked: tuple[Question, ...], prefix: str, dice: random.Random, host: FormHost
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for question in asked:
        if type_of(question).is_answered and not question.calculation and dice.random() < 0.6:
            listed = form.lists.get(question.list_name) or host.choices(question.list_name)
            codes = [choice.value for choice in listed[:20]]
            found[f"{prefix}{question.key}"] = random_value(dice, question, codes)
    return found


def compared(form: Form, hosts: list[FormHost], seed: int) -> None:
    dice, series = random.Random(seed), SessionSeries(form)
    projector = Projector(form, hosts[0])
    for host in hosts:
        answers = some_answers(form, dice, host)
        ours, alone = series.stored(answers, host), Session(form, host, answers, first_load=False)
        assert state(ours) == state(alone)
        if dice.random() < 0.7:
            assert ours.validate() == alone.validate()
        if dice.random() < 0.3:
            edit_both(ours, alone, dice)
            assert ours.validate() == alone.validate()
        assert ours.answers() == alone.answers()
        assert projector.project(answers) == project(form, answers, hosts[0])


def edit_both(ours: Session, alone: Session, dice: random.Random) -> None:
    """Give the same answers to both, calculated ones too, as a person may."""
    asked = [path for path in ours.effective() if "/" not in path]
    for path in dice.sample(asked, min(3, len(asked))):
        value = random_value(dice, ours.node(path).question, [])
        for session in (ours, alone):
            session.answer(path, value)


def compared_new(form: Form, hosts: list[FormHost], seed: int) -> None:
    dice, series = random.Random(seed), SessionSeries(form)
    for host in hosts:
        ours, alone = series.new(host), Session(form, host)
        if not recurs_new(plan_of(form)):
            continue
        assert state(ours) == state(alone)
        assert ours.first_answers() == alone.first_answers()
        for path, value in some_answers(form, dice, host).items():
            if "/" not in path:
                assert ours.answer(path, value) == alone.answer(path, value)
        for roster in repeats(form.children):
            assert ours.add_row(roster.key, row="new").row == alone.add_row(roster.key, row="new").row
        with pytest.raises(DataError):
            ours.answer("no such answer", "甲")
        assert (ours.validate(), ours.answers()) == (alone.validate(), alone.answers())


@pytest.mark.parametrize("form_id", SHIPPED)
def test_records_of_a_shipped_form_in_turn_are_as_each_alone(form_id: str, village: Village) -> None:
    hosts: list[FormHost] = [VillageHost(village, f"record-{number}") for number in range(RECORDS)]
    compared(shipped(form_id), hosts, seed=1)
    compared_new(shipped(form_id), hosts, seed=2)


@pytest.mark.parametrize("seed", range(20))
def test_records_of_a_made_up_form_in_turn_are_as_each_alone(seed: int) -> None:
    form = generated_form(seed)
    if not recurs(plan_of(form)):
        return  # each record is opened alone
    for compare in (compared, compared_new):
        with suppress(FormError):  # rows that read each other in a circle
            compare(form, [Still()] * RECORDS, seed)


def test_every_shipped_form_is_opened_once_for_many_records() -> None:
    plans = [plan_of(shipped(form_id)) for form_id in SHIPPED]
    assert [plan.form.form_id for plan in plans if not recurs(plan)] == []


@pytest.mark.parametrize(
    "form",
    [
        Form("a", "1", "", children=(Question("t", "t", "calculate", calculation="once(now())"),)),
        Form("b", "1", "", children=(Question("t", "t", "calculate", calculation="uuid()"),)),
        Form("c", "1", "", children=(
            Question("n", "n", "integer", data_type="int"),
            Repeat("r", "r", (Question("x", "x", "text"),), count="/data/n"),
        )),
    ],
)  # fmt: skip
def test_a_form_whose_records_have_something_of_their_own_is_opened_for_each(form: Form) -> None:
    assert not recurs(plan_of(form))
    series = SessionSeries(form)
    assert series.new(Still())._record is not series.new(Still())._record
    assert series.stored({}, Still())._record is not series.stored({}, Still())._record


def test_what_a_first_opening_writes_of_the_open_record_is_written_anew() -> None:
    action = SetValue("/data/t", ("odk-instance-first-load",), "instance('here')/root/item/record")
    form = Form("d", "1", "", children=(Question("t", "t", "text"),), set_values=(action,))
    assert recurs(plan_of(form))
    assert not recurs_new(plan_of(form))
