"""While a record is typed: is it here already, and is the person known from another register?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from hsdesk.desk.opening import Opened
from hsdesk.forms.duplicates import (
    PERSON,
    DuplicateRule,
    Person,
    asked_keys,
    has_placeholder,
    keys,
    persons,
    plain,
    rules,
    same_person,
    traits,
)
from hsdesk.forms.masking import ROSTER, shown
from hsdesk.forms.schema import Form, Question, class_of, questions, repeats
from hsdesk.model.answer import Value
from hsdesk.model.clock import moment_of
from hsdesk.registers.query import Query, RegisterRow
from hsdesk.reports.checks import reach
from hsdesk.reports.persons import Known, Sighting, gathered, offered

SINGLE = "single"  # whom the title of a form of one card speaks of: the other card of the place
MOST_TWINS = 3  # more would be a list, not a line
RECOGNISED = ("name", "phone", "birth_ym", "id_no")


class DuplicateQuery(msgspec.Struct, frozen=True):
    """A record as it stands on the screen, and the answer just left."""

    form: str
    record: str
    scope: str
    path: str
    answers: dict[str, Value]  # by storage path


class Duplicate(msgspec.Struct, frozen=True):
    """A record that may be the same (可能重复)."""

    form: str
    record: str
    scope: str
    title: str
    told: str  # 1968年5月出生 …, "" when nothing more is known
    by: str
    day: str  # ISO day on which it was first typed


class Offer(msgspec.Struct, frozen=True):
    """A person known from another register, and the answers that can be copied from there."""

    name: str
    register: str  # the title of the register
    told: str
    answers: dict[str, Value]  # by storage path; only those still empty
    labels: tuple[str, ...]
    records: tuple[str, ...]  # whom to set apart when it is somebody else


class FoundDuplicates(msgspec.Struct, frozen=True):
    """What the desk found for an answer."""

    twins: tuple[Duplicate, ...] = ()
    offers: tuple[Offer, ...] = ()


def subjects(form: Form) -> dict[str, str]:
    """Return the answers after which the desk is asked, by path without row ids, and whom they speak of.

    One remark speaks of one subject: a person, a roster, or a set of answers that identifies the record.
    """
    found: dict[str, str] = {}
    for person in persons(form):
        front = f"{person.roster}/" if person.roster else ""
        for role, key in person.answers.items():
            if role in RECOGNISED:
                found.setdefault(front + key, person.roster or person.group or PERSON)
    for rule in rules(form):
        for key in rule.fields:
            found.setdefault(key, rule.name)
    if form.kind == "single":
        found |= {one.key: SINGLE for one in questions(form.children) if one.hs.title}
    return found


class Duplicates:
    """Finds likely records of an open desk by their keys."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._file = opened.file

    def likely(self, asked: DuplicateQuery) -> FoundDuplicates:
        """Return what is like the record as it stands, judged by the answer just left."""
        form = self._file.form(asked.form)
        apart = self._file.likeness.apart(asked.record) | {asked.record}
        if "/" in asked.path:
            roster, row, key = asked.path.split("/")[:3]
            typed = _row(asked.answers, f"{roster}/{row}/")
            return FoundDuplicates(
                (), self._offers(form, asked, (roster, key, typed, f"{roster}/{row}/"), apart)
            )
        twins = tuple(self._twins(form, asked, apart))
        if any(rule.is_person for rule in rules(form)) and twins:
            return FoundDuplicates(twins)
        return FoundDuplicates(twins, self._offers(form, asked, ("", asked.path, asked.answers, ""), apart))

    def set_apart(self, record: str, others: tuple[str, ...]) -> None:
        """Remember that these are not the same."""
        self._file.likeness.set_apart(record, others)

    # Twins

    def _twins(self, form: Form, asked: DuplicateQuery, apart: frozenset[str]) -> Iterator[Duplicate]:
        seen = set(apart)
        if form.kind == "single":
            rows = self._file.query(form.form_id, Query(scopes=(asked.scope,)))
            yield from (self._twin(form, row) for row in rows if row.record not in seen)
            return
        for rule in rules(form):
            if asked.path not in rule.fields:
                continue
            for row in self._alike(form, rule, asked.answers):
                near = row.scope == asked.scope or reach(form.form_id, rule.name) != "place"
                if near and row.record not in seen and len(seen) - len(apart) < MOST_TWINS:
                    seen.add(row.record)
                    yield self._twin(form, row)

    def _alike(self, form: Form, rule: DuplicateRule, answers: Mapping[str, Value]) -> Iterator[RegisterRow]:
        likeness = self._file.likeness
        if not rule.is_person:
            yield from (row for _, row in likeness.alike(keys(rule, answers), form.form_id))
            return
        person = next(one for one in persons(form) if not one.group and not one.roster)
        typed = traits(person, answers)
        for _, row in likeness.alike(asked_keys(typed), form.form_id, _telephone(typed)):
            if same_person(typed, traits(person, row.values)):
                yield row

    def _twin(self, form: Form, row: RegisterRow) -> Duplicate:
        person = next((one for one in persons(form) if not one.group and not one.roster), None)
        first = next(iter(self._file.history(row.scope, row.record)), None)
        return Duplicate(
            form=form.form_id,
            record=row.record,
            scope=row.scope,
            title=row.title or "（未填名称）",
            told=_told(form, person, row.values) if person else "",
            by=first.person if first else "",
            day=moment_of(first.hlc).astimezone().date().isoformat() if first else "",
        )

    # Offers

    def _offers(
        self,
        form: Form,
        asked: DuplicateQuery,
        place: tuple[str, str, Mapping[str, Value], str],
        apart: frozenset[str],
    ) -> tuple[Offer, ...]:
        roster, key, typed, front = place
        person = next(
            (one for one in persons(form) if one.roster == roster and key in one.answers.values()), None
        )
        if person is None:
            return ()
        wanted = self._wanted(form, person, asked.scope)
        seen = [
            one
            for one in self._sightings(form, traits(person, typed), asked.scope, wanted)
            if one.record not in apart
        ]
        made = (self._offer(form, wanted, typed, known, front) for known in gathered(seen))
        return tuple(offer for offer in made if offer.answers)

    def _wanted(self, form: Form, person: Person, scope: str) -> Person:
        """Return the answers of a person that this desk may write here."""
        asked = _questions(form, person.roster)
        return msgspec.structs.replace(
            person,
            answers={
                role: key
                for role, key in person.answers.items()
                if self._opened.may_write(scope, class_of(form, asked[key]))
            },
        )

    def _sightings(
        self, form: Form, typed: Mapping[str, Value], scope: str, wanted: Person
    ) -> Iterator[Sighting]:
        asked = _questions(form, wanted.roster)
        lists = {role: asked[key].list_name for role, key in wanted.answers.items()}
        for name, row in self._file.likeness.alike(asked_keys(typed), "", _telephone(typed)):
            source = self._file.form(name)
            own = _questions(source, "")
            for person in persons(source) if row.scope == scope else ():
                described = traits(person, row.values)
                if person.roster or not same_person(typed, described):
                    continue
                same_codes = {
                    role: value
                    for role, value in described.items()
                    if own[person.answers[role]].list_name == lists.get(role, "")
                }
                yield Sighting(name, row.record, row.scope, same_codes, _told(source, person, row.values))

    def _offer(
        self, form: Form, wanted: Person, typed: Mapping[str, Value], known: Known, front: str
    ) -> Offer:
        asked = _questions(form, wanted.roster)
        first = known.seen[0]
        answers = offered(known, wanted, typed)
        return Offer(
            name=str(known.answers.get("name", "")),
            register=self._file.form(first.register).title,
            told=next((one.told for one in known.seen if one.told), ""),
            answers={front + key: value for key, value in answers.items()},
            labels=tuple(asked[key].label.plain() or key for key in answers),
            records=tuple(one.record for one in known.seen),
        )


def _questions(form: Form, roster: str) -> dict[str, Question]:
    items = (
        next(one.children for one in repeats(form.children) if one.key == roster) if roster else form.children
    )
    return {question.key: question for question in questions(items)}


def _telephone(typed: Mapping[str, Value]) -> str:
    """Return by which number a person is looked for whose name could not be typed whole."""
    return plain(typed.get("phone")) if has_placeholder(typed) else ""


def _row(answers: Mapping[str, Value], front: str) -> dict[str, Value]:
    return {path.removeprefix(front): value for path, value in answers.items() if path.startswith(front)}


def _told(form: Form, person: Person, values: Mapping[str, Value]) -> str:
    """Return what tells a person apart: month of birth and telephone; of an S-level one only the year."""
    asked = _questions(form, "")
    known = {role: str(value or "") for role, value in traits(person, values).items()}
    pieces = []
    year, _, month = known.get("birth_ym", "").partition("-")
    if year and month.isdigit() and class_of(form, asked[person.answers["birth_ym"]]) != "personal":
        pieces.append(f"{year}年{int(month)}月出生")
    elif year:
        pieces.append(f"{year}年出生")
    if known.get("phone"):
        number = shown(form, asked[person.answers["phone"]], known["phone"], ROSTER)
        pieces.append(f"手机{number}")
    return "，".join(pieces)
