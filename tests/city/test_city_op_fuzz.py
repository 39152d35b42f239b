"""Any op from any caller: nothing moves that is not his, and all rows can be made anew.

Verb × place × class × form × level × system answer × erasure, drawn by chance, sensible or not. What an op
may have changed is told from the caller's grant alone, not from the table that decided.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from filled_city import every_class_form
from sync_databases import KINDS, fresh
from sync_server import Spoken, a_village, caller, new_ids, places, prepared_service, township_of
from test_city_validation import ABOVE, EVERY, MAIN, PARTY

from hsdesk.city.ledger import validation
from hsdesk.city.ledger.owners import Owner
from hsdesk.city.ledger.standing import Standing
from hsdesk.city.people.permission import Reach
from hsdesk.city.reference.stream import make_rows_anew
from hsdesk.city.running.service import Service
from hsdesk.forms.schema import Form, class_of, questions
from hsdesk.model.answer import CLASSES, DELETED, ERASURE, MERGED_INTO, MOVED_TO, Class, SetDelta, Written
from hsdesk.records.erasure import ErasureRequest
from hsdesk.records.op import ALL_SEEN, Op

NOW = 1_763_800_000_000
ONE, TWO = a_village(places()), a_village(places(), 1)
TOWNSHIP = township_of(places(), ONE)
CITYWIDE = every_class_form("every_city", "city")
FORMS = {form.form_id: form for form in (PARTY, MAIN, EVERY, ABOVE, CITYWIDE)}
SCOPES = (ONE, TWO, TOWNSHIP, places().by_id(TOWNSHIP).parent, "nowhere")
AT_ONCE = 16  # ops in a message
Cells = dict[tuple[str, ...], Any]


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[Service]:
    with pytest.MonkeyPatch.context() as patch:
        for room in ("administration", "service"):
            patch.setattr(f"hsdesk.city.running.{room}.publish_shipped", lambda database: None)
        for database in fresh(request.param, tmp_path, postgres_url):
            opened = prepared_service(database, tmp_path / "server", *FORMS.values(), now_ms=lambda: NOW)
            yield opened
            opened.database.close()


class City:
    """The callers, the records that were named so far, and what the ledger holds."""

    def __init__(self, service: Service, seed: int) -> None:
        self.service, self.chance, self.ids = service, Random(seed), new_ids(seed)
        self.records = [next(self.ids) for _ in range(3)]
        self.callers = [
            self._caller("all", "village", ONE),
            self._caller("common", "village", ONE, classes=("common",)),
            self._caller("eraser", "village", ONE, classes=("common",), disposes=True),
            self._caller("other", "village", TWO),
            self._caller("township", "township", TOWNSHIP),
            self._caller("office", "township", TOWNSHIP, disposes=True),
            self._caller("county", "county", SCOPES[3]),
        ]
        self.outcomes: Counter[str] = Counter()

    def _caller(self, name: str, *said: Any, **more: Any) -> Spoken:
        return Spoken(self.service, caller(self.service, name, *said, **more), now=NOW)

    def say(self) -> tuple[Reach, bool]:
        """Let one caller send some ops; return what he may, and whether all were refused."""
        who = self.chance.choice(self.callers)
        receipt = who.push(*(self._op(who) for _ in range(AT_ONCE)))
        reasons = [told.reason for told in receipt.results if told.outcome == "rejected"]
        self.outcomes.update(re.sub("“.*”", "", reason) for reason in reasons)
        self.outcomes[""] += AT_ONCE - len(reasons)
        return who.who.reach, len(reasons) == AT_ONCE

    def _op(self, who: Spoken) -> Op:
        sensible = self.chance.random() < 0.6
        scope, form, cls = self._where(who.who.reach, sensible=sensible)
        erases = self.chance.random() < 0.2
        answers = self._answers(form, cls, sensible=sensible)
        if erases and self.chance.random() < 0.8:
            answers = {DELETED: "清除"} if self.chance.random() < 0.4 else dict.fromkeys(answers)
        record = self._record(scope, form)
        said: dict[str, Any] = {"erases": erases, "seen": ALL_SEEN.rev}
        return who.op(answers, record=record, scope=scope, cls=cls, form=form, **said)

    def _where(self, reach: Reach, *, sensible: bool) -> tuple[str, str, Class]:
        choice = self.chance.choice
        if not sensible:
            return choice(SCOPES), choice([*FORMS, "nothing"]), choice(CLASSES)
        scope = choice([one for one in SCOPES[:4] if reach.may("write", one)] or [ONE])
        level = places().by_id(scope).level
        form = choice([form for form in FORMS.values() if form.level == level] or [EVERY])
        granted = [cls for cls in CLASSES if reach.may_write(scope, cls)]
        return scope, form.form_id, choice([form.stream, *granted])

    def _record(self, scope: str, form: str) -> str:
        """Return a record of the place and form, most of the time; else any, or a new one."""
        with self.service.database.reading() as connection:
            rows = connection.all("SELECT record FROM hs_owner WHERE scope = ? AND form = ?", scope, form)
        if rows and self.chance.random() < 0.7:
            return str(self.chance.choice(sorted(rows))[0])
        if self.chance.random() < 0.4:
            self.records.append(next(self.ids))
        return self.chance.choice(self.records)

    def _answers(self, form: str, cls: Class, *, sensible: bool) -> dict[str, Written]:
        chance = self.chance
        known = [
            one.key
            for one in questions(FORMS.get(form, EVERY).children)
            if class_of(FORMS.get(form, EVERY), one) == cls and one.data_type == "string"
        ]
        own: list[tuple[str, Written]] = [(key, f"{chance.random():.5f}") for key in known if key != "head"]
        other, place = chance.choice(self.records), chance.choice(SCOPES)
        system: list[tuple[str, Written]] = [
            (DELETED, chance.choice(["错", None])),
            (MERGED_INTO, chance.choice([other, None])),
            (MOVED_TO, place),
            (ERASURE, chance.choice([ErasureRequest("本人要求").answer(), None])),
            ("members/r1/_deleted", "错"),
            ("members/r1/_pos", "a"),
            ("rows/r1/_pos", "b"),
        ]
        odd: list[tuple[str, Written]] = [
            ("count", chance.choice([3, "三", 1.5])),
            ("head", other),
            ("tags", SetDelta(add=("a",))),
            ("members/r1/who", "丁"),
            ("rows/r1/who", "戊"),
            ("unknown", "x"),
            ("_pos", "a"),
            ("members/r1/_moved_to", place),
            ("a//b", "x"),
        ]
        if sensible and own and chance.random() < 0.6:
            return dict(chance.sample(own, 1))
        if sensible:
            return dict([chance.choice(system + odd[:6])])
        return dict(chance.sample(own + system + odd, min(chance.randint(1, 3), len(system))))

    def held(self) -> Cells:
        """Return every part by (part, place, class, record), every logged op, and where references lead."""
        with self.service.database.reading() as connection:
            parts = connection.all("SELECT scope, cls, record, digest FROM hs_state")
            logged = connection.all("SELECT scope, cls, rev, body FROM hs_op")
            merged = connection.all("SELECT scope, record, target FROM hs_merged")
        found: Cells = {("part", scope, cls, record): digest for scope, cls, record, digest in parts}
        found |= {("log", scope, cls, str(rev)): bytes(body) for scope, cls, rev, body in logged}
        return found | {("merged", scope, record): target for scope, record, target in merged}

    def cells(self) -> Cells:
        """Return every cell of every row by (form, place, record, column), but what follows from others."""
        found: Cells = {}
        with self.service.database.reading() as connection:
            for form in FORMS.values():
                columns = ("_deleted", "_merged_into", *_columns(form))
                rows = connection.all(f"SELECT _scope, _id, {', '.join(columns)} FROM {form.form_id}")
                for scope, record, *values in rows:
                    for column, value in zip(columns, values, strict=True):
                        if value is not None:
                            found[form.form_id, scope, record, column] = value
        return found


def _columns(form: Form) -> tuple[str, ...]:
    return tuple(one.key for one in questions(form.children) if one.key != "head")  # leads on when merged


def class_of_column(form: Form, column: str) -> Class:
    """Return the class whose grant a change of a column needs."""
    by_key = {one.key: class_of(form, one) for one in questions(form.children)}
    return by_key.get(column, form.stream)


def changed(before: Cells, after: Cells) -> list[tuple[str, ...]]:
    return [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]


def check_parts(city: City, reach: Reach, before: Cells, after: Cells) -> None:
    """Parts change where the caller writes their class; what was logged changes only for who may erase."""
    for kind, scope, *rest in changed(before, after):
        if kind == "merged":
            assert reach.may("write", scope)
            into, was_merged = after.get((kind, scope, *rest)), any(key[2:] == tuple(rest) for key in before)
            assert into is None or was_merged or is_at_home(city, into, scope)
        else:
            assert reach.may_write(scope, rest[0])  # type: ignore[arg-type]
        if kind == "log" and (kind, scope, *rest) in before:
            assert reach.may("dispose", scope)


def is_at_home(city: City, record: str, scope: str) -> bool:
    with city.service.database.reading() as connection:
        return bool(connection.all("SELECT 1 FROM hs_owner WHERE record = ? AND scope = ?", record, scope))


def check_rows(reach: Reach, before: Cells, after: Cells) -> None:
    """A cell changes where the caller writes its class, or the main part, which deletes and moves all."""
    for form_id, scope, _, column in changed(before, after):
        form = FORMS[form_id]
        assert reach.may_write(scope, class_of_column(form, column)) or reach.may_write(scope, form.stream)
        assert places().by_id(scope).level == form.level


def check_owners(city: City) -> None:
    """Every record lives in one place and one form, and is known to."""
    with city.service.database.reading() as connection:
        rows = connection.all("SELECT DISTINCT record, scope, form FROM hs_state")
        known = connection.all("SELECT record, scope, form FROM hs_owner")
    held = {record: Owner(scope, form) for record, scope, form in rows}
    assert len(held) == len(rows)
    assert held == {record: Owner(scope, form) for record, scope, form in known}


def check_standing(city: City) -> None:
    """Nothing stands that would be refused; what moved since may be named by those it left."""
    left = (validation.MERGED_ELSEWHERE, validation.NAMED_ELSEWHERE.format(path="head"))
    ledger = city.service.ledger
    with city.service.database.reading() as connection:
        shapes = ledger.shapes.current(connection)
        found = Standing(connection, shapes, ledger.shapes.registers, places()).breaches()
        assert [one for one in found if one.reason not in left] == []


def walk(city: City, messages: int) -> None:
    before, rows = city.held(), city.cells()
    for _ in range(messages):
        reach, all_refused = city.say()
        after, rows_after = city.held(), city.cells()
        if all_refused:
            assert (after, rows_after) == (before, rows)
        check_parts(city, reach, before, after)
        check_rows(reach, rows, rows_after)
        before, rows = after, rows_after
    check_owners(city)
    check_standing(city)
    with city.service.database.writing() as connection:
        connection.run("UPDATE hs_setting SET value = '' WHERE name = 'rows_made'")
        make_rows_anew(connection)
    assert city.cells() == rows


def test_no_op_moves_what_is_not_its_callers_and_all_rows_can_be_made_anew(service: Service) -> None:
    city = City(service, 12)
    walk(city, 150)
    assert city.outcomes[""] > 500
    assert len(city.outcomes) > 18  # reasons that were met


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_no_op_of_many_moves_what_is_not_its_callers(service: Service, seed: int) -> None:
    walk(City(service, seed), 1000)
