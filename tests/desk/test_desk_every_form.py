"""Every one of the 40 forms is filled answer by answer, saved, closed and opened again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import NamedTuple

import pytest
from city import City, Made
from city.load import fill
from city.site import FORMS
from desk_world import PASSPHRASE, VILLAGE

from hsdesk.desk import Desk, Entry, opening
from hsdesk.desk.json_records import JsonRecord
from hsdesk.forms.schema import Item, Question, questions, repeats
from hsdesk.forms.shipped import shipped_form
from hsdesk.forms.views import FormChanges
from hsdesk.model.answer import Value

NEVER_GIVEN = {  # 暂不用填; needs a hub in the village; the invented counties break no task down
    ("grid", "boundary"),
    ("social_org", "incubated_by"),
    ("member_checkin", "unit_record"),  # of a register that is off
    ("task", "parent"),
}
CITY = City(0.0015, seed=3, places=[VILLAGE], flaws=0)
PLACES = tuple(site.code for site in CITY.sites())


class Typed(NamedTuple):
    """A record as it was typed, and as it stood in its session before the desk was closed."""

    made: Made
    record: str
    given: Mapping[str, Value]
    kept: Mapping[str, Value]


class Reopened(NamedTuple):
    desk: Desk
    typed: Mapping[str, Typed]


@pytest.fixture(scope="module")
def reopened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reopened]:
    """Fill a desk of a village and all above it, type one more record of each register, close, open again."""
    home = tmp_path_factory.mktemp("every-form") / "home"
    opened, _ = opening.create(home, PLACES, "汪文书", PASSPHRASE)
    fill(opened.file, (made for made in CITY.records() if made.form != "community"))
    with closing(Desk(opened)) as desk:
        typed = {form: type_new(desk, last_of(form)) for form in FORMS}
    with closing(Desk.open(home, PASSPHRASE)) as desk:
        yield Reopened(desk, typed)


def last_of(form: str) -> Made:
    site = next(site for site in reversed(CITY.sites()) if site.counts.get(form))
    return CITY.one(form, site.code, site.counts[form] - 1)


class Typist:
    """Gives answers one by one and saves after each, as leaving a field does."""

    def __init__(self, desk: Desk, entry: Entry) -> None:
        self._desk = desk
        self._entry = entry
        self.given: dict[str, Value] = {}

    def type(self, answers: Mapping[str, Value]) -> None:
        """Answer in the order of the form, then add the rows of each roster."""
        form = self._entry.form
        self._level(form.children, "", "", answers)
        for roster in repeats(form.children):
            for row in dict.fromkeys(
                path.split("/")[1] for path in answers if path.startswith(f"{roster.key}/")
            ):
                added = self._entry.session.add_row(roster.key)
                self._save(added)
                at, source = f"{roster.key}/{added.row}/", f"{roster.key}/{row}/"
                self._level(roster.children, at, source, answers)

    def _level(self, items: tuple[Item, ...], at: str, source: str, answers: Mapping[str, Value]) -> None:
        for question in questions(items):
            value = answers.get(source + question.key)
            if value is not None:
                self._save(self._entry.session.answer(at + question.key, value))
                self.given[at + question.key] = value

    def _save(self, changes: FormChanges) -> None:
        edit = self._entry.edit(changes)
        if edit is not None:
            self._desk.records.save(edit)


def type_new(desk: Desk, made: Made) -> Typed:
    entry = desk.records.entry(made.form, place=made.place)
    typist = Typist(desk, entry)
    typist.type(made.answers)
    return Typed(made, entry.record, typist.given, entry.session.answers())


@pytest.mark.parametrize("form_id", FORMS)
def test_a_form_filled_and_saved_opens_again_with_the_same_answers(reopened: Reopened, form_id: str) -> None:
    typed = reopened.typed[form_id]
    assert len(typed.given) == sum(not path.endswith("_pos") for path in typed.made.answers)
    session = reopened.desk.records.entry(form_id, typed.record).session
    assert session.answers() == typed.kept
    assert {path: typed.kept.get(path) for path in typed.given} == typed.given


@pytest.mark.parametrize("form_id", FORMS)
def test_what_list_prints_of_a_record_is_what_add_takes(reopened: Reopened, form_id: str) -> None:
    desk = reopened.desk
    record = reopened.typed[form_id].record
    printed, is_single = desk.lists.document(form_id, record), shipped_form(form_id).kind == "single"
    if is_single:  # one card a place
        desk.records.delete(form_id, record, "换一张")
    stored = desk.bulk.add(form_id, [JsonRecord(1, json.loads(json.dumps(printed)))], printed["_place"])
    assert stored.rejected == ()
    copied = desk.lists.document(form_id, stored.ids[0])
    computed = {one.key for one in questions(shipped_form(form_id).children) if one.calculation}
    assert {key for key in printed if copied[key] != printed[key]} - computed == {"_id"}
    if is_single:
        desk.records.delete(form_id, stored.ids[0], "换回来")
        desk.records.restore(form_id, record)


@pytest.mark.parametrize("form_id", FORMS)
def test_a_record_without_flaw_has_nothing_that_must_be_changed(reopened: Reopened, form_id: str) -> None:
    session = reopened.desk.records.entry(form_id, reopened.typed[form_id].record).session
    assert [finding for finding in session.finalise() if finding.severity == "error"] == []


def test_the_invented_city_gives_every_answer_that_a_person_can_give() -> None:
    given = {(made.form, generic(path)) for made in City(0.05, seed=2).records() for path in made.answers}
    asked = {
        (form_id, path)
        for form_id in FORMS
        for path, question in every_question(shipped_form(form_id).children)
        if question.type != "file" and not (question.calculation and question.readonly)
    }
    assert asked - given == NEVER_GIVEN


def every_question(items: tuple[Item, ...], prefix: str = "") -> Iterator[tuple[str, Question]]:
    for question in questions(items):
        yield prefix + question.key, question
    for roster in repeats(items):
        yield from every_question(roster.children, f"{prefix}{roster.key}/")


def generic(path: str) -> str:
    return "/".join(path.split("/")[::2])
