"""One table decides every op: what a laptop that may write something sent, and what it did to others.

Each test is one thing that was seen: an op that a device with a rightful grant sent by hand. What the city
refuses is set aside with a sentence, and no row or figure of others has moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count, product
from typing import Any

import msgspec
import pytest
from filled_city import every_class_form
from sync_databases import KINDS, fresh
from sync_server import Spoken, a_village, caller, new_ids, places, prepared_service, township_of

from hsdesk.city.ledger import validation
from hsdesk.city.ledger.standing import UNREADABLE, Standing
from hsdesk.city.reference.stream import make_rows_anew, put_form
from hsdesk.city.running.service import Service, open_service
from hsdesk.forms.schema import Extension, Form, Question, Repeat
from hsdesk.model.answer import DELETED, MERGED_INTO, MOVED_TO, Class, Written
from hsdesk.records.op import ALL_SEEN

NOW = 1_763_800_000_000
ONE, TWO = a_village(places()), a_village(places(), 1)
TOWNSHIP = township_of(places(), ONE)
COUNTY = places().by_id(TOWNSHIP).parent
PARTY = Form(
    "rule",
    "1",
    "党务表",
    children=(
        Question(name="name", key="name", type="text", hs=Extension(title=True)),
        Question(name="head", key="head", type="select_one", data_type="string", reference="every"),
        Question(name="phone", key="phone", type="text", hs=Extension(cls="personal")),
    ),
    cls="party",
)
MAIN = Form(
    "main",
    "1",
    "党务表带公开栏目",
    children=(
        *PARTY.children,
        Question(name="open", key="open", type="text", hs=Extension(cls="common")),
        Question(name="notice", key="notice", type="text", hs=Extension(cls="published")),
        Repeat("rows", "rows", children=(Question(name="who", key="who", type="text"),)),
    ),
    cls="party",
)
EVERY, ABOVE = every_class_form("every", "village"), every_class_form("every_above", "township")
BOTH = msgspec.structs.replace(every_class_form("both", "township"), further_levels=("village",))
FORMS = (PARTY, MAIN, EVERY, ABOVE, BOTH)
_ids, _devices = new_ids(3), count()


@pytest.fixture(scope="module", params=KINDS)
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("validation")
    with pytest.MonkeyPatch.context() as patch:
        for database in fresh(request.param, folder, postgres_url):
            patch.setattr("hsdesk.city.running.administration.publish_shipped", lambda database: None)
            patch.setattr("hsdesk.city.running.service.publish_shipped", lambda database: None)
            opened = prepared_service(database, folder / "server", *FORMS, now_ms=lambda: NOW)
            yield opened
            opened.database.close()


class Laptop(Spoken):
    """A new device of a village that sends one op at a time."""

    def say(self, answers: Mapping[str, Written], scope: str = ONE, **said: Any) -> str:
        """Return why an op was refused, "" if it was taken."""
        known = {"record": self.record, "form": "every", "seen": ALL_SEEN.rev, **said}
        told = self.push(self.op(answers, scope=scope, **known))
        return told.results[0].reason if told.results else ""


def laptop(service: Service, scope: str = ONE, role: str = "village", **classes: Any) -> Laptop:
    who = caller(service, f"laptop-{next(_devices)}", role, scope, **classes)  # type: ignore[arg-type]
    made = Laptop(service, who, now=NOW)
    made.record = next(_ids)
    return made


def row(service: Service, form: str, record: str, *columns: str, scope: str = "") -> tuple[Any, ...]:
    with service.database.reading() as connection:
        (found,) = connection.all(
            f"SELECT {', '.join(columns)} FROM {form} WHERE _id = ? AND (_scope = ? OR ? = '')",
            record,
            scope,
            scope,
        )
    return found


def standing(service: Service) -> list[tuple[Any, ...]]:
    """Return what every part holds and where references lead."""
    with service.database.reading() as connection:
        return [
            *connection.all("SELECT scope, cls, record, digest FROM hs_state ORDER BY scope, cls, record"),
            *connection.all("SELECT record, scope, target FROM hs_merged ORDER BY record"),
        ]


def test_a_part_that_the_form_has_not_is_refused_and_the_form_is_published_again(service: Service) -> None:
    """Taken, it made no row: the form could not be published again, and the server did not start."""
    one = laptop(service)
    assert one.say({"anything": "x"}, form="rule", cls="common") == validation.NO_PART
    assert one.say({"name": "甲"}, form="rule", cls="party") == ""
    with service.database.writing() as connection:
        service.ledger.shapes.registers["rule"].make_tables(connection, anew=True)
    assert row(service, "rule", one.record, "name") == ("甲",)


def test_only_the_main_part_says_that_a_record_is_deleted_or_merged(service: Service) -> None:
    """A common part that said `_deleted` voided the party record it stood beside."""
    owner = laptop(service)
    assert owner.say({"name": "甲"}, form="main", cls="party") == ""
    before = standing(service)
    stranger = laptop(service, classes=("common", "personal"))
    beside: tuple[Class, ...] = ("common", "personal", "published")
    for cls, name in product(beside, (DELETED, MERGED_INTO, "rows/r1/_deleted", "rows/r1/_pos")):
        said = stranger.say({name: owner.record}, form="main", cls=cls, record=owner.record)
        assert said == validation.NOT_MAIN.format(path=name)
    assert standing(service) == before
    assert row(service, "main", owner.record, "_deleted", "_merged_into") == (None, None)


def test_a_laptop_that_may_write_a_class_erases_nothing_in_it(service: Service) -> None:
    """One request of a common-only laptop erased all 282 grids of its place for everybody, for ever."""
    owner, laptops = laptop(service), laptop(service, classes=("common",))
    assert (
        owner.say({"name": "甲", "members/r1/who": "丁"}) == owner.say({"phone": "1"}, cls="personal") == ""
    )
    before = standing(service)
    for answers in ({DELETED: "清除"}, {"name": None}, {"members/r1/who": None}):
        assert laptops.say(answers, record=owner.record, erases=True) == validation.NO_DISPOSAL
    assert owner.say({DELETED: "清除"}, cls="personal", erases=True) == validation.NO_DISPOSAL
    assert standing(service) == before
    official = laptop(service, TOWNSHIP, "township", disposes=True)
    assert official.say({"name": None}, record=owner.record, erases=True) == ""
    assert row(service, "every", owner.record, "name", "phone") == (None, "1")


def test_who_may_erase_beside_the_main_part_does_not_delete_by_it(service: Service) -> None:
    owner = laptop(service)
    assert owner.say({"name": "甲"}, form="main", cls="party") == ""
    assert owner.say({"open": "乙"}, form="main", cls="common") == ""
    official = laptop(service, classes=("common",), disposes=True)
    told = official.say({DELETED: "清除"}, form="main", record=owner.record, erases=True)
    assert told == validation.NO_RIGHT
    assert row(service, "main", owner.record, "name", "open", "_deleted") == ("甲", "乙", None)


def test_what_the_city_never_had_is_forgotten_without_asking(service: Service) -> None:
    """A desk that was not enrolled erases at once: its ops then say nothing, and nothing is left to erase."""
    before = standing(service)
    assert laptop(service).say({DELETED: "清除"}, erases=True) == ""
    assert standing(service) == before


def test_a_record_of_another_place_is_neither_made_again_nor_merged_by_a_stranger(service: Service) -> None:
    """A merge under the known UUID of another place led the city's references away: I21 went from 1 to 0."""
    owner, stranger = laptop(service), laptop(service, TWO)
    assert owner.say({"name": "甲"}) == ""
    assert stranger.say({"name": "乙"}, TWO) == ""
    before = standing(service)
    for answers in ({MERGED_INTO: stranger.record}, {"name": "假"}, {DELETED: "假"}, {"tags": None}):
        assert stranger.say(answers, TWO, record=owner.record) == validation.OWNED_ELSEWHERE
    assert (
        stranger.say({"phone": "1"}, TWO, cls="personal", record=owner.record) == validation.OWNED_ELSEWHERE
    )
    assert standing(service) == before


def test_a_record_is_merged_only_into_one_of_its_own_place_and_register(service: Service) -> None:
    owner, other, away = laptop(service), laptop(service), laptop(service, TWO)
    party = laptop(service)
    assert (owner.say({"name": "甲"}), other.say({"name": "乙"}), away.say({"name": "丙"}, TWO)) == (
        "",
        "",
        "",
    )
    assert party.say({"name": "党"}, form="rule", cls="party") == ""
    for into in (away.record, party.record, owner.record, "nobody"):
        assert owner.say({MERGED_INTO: into}) == validation.MERGED_ELSEWHERE
    assert owner.say({MERGED_INTO: other.record}) == ""
    assert owner.say({MERGED_INTO: None}) == ""


def test_a_reference_names_records_of_its_own_line_of_places(service: Service) -> None:
    owner, away, mine = laptop(service), laptop(service, TWO), laptop(service)
    assert (owner.say({"name": "甲"}), away.say({"name": "丙"}, TWO)) == ("", "")
    party: dict[str, Any] = {"form": "rule", "cls": "party"}
    assert mine.say({"head": owner.record}, **party) == ""
    assert mine.say({"head": away.record}, **party) == validation.NAMED_ELSEWHERE.format(path="head")
    assert mine.say({"head": "not here yet"}, **party) == ""


def test_a_place_fills_the_forms_of_its_own_level(service: Service) -> None:
    """A village pushed 50 tasks of the city: I31's denominator went from 2 to 52."""
    village, township = laptop(service), laptop(service, TOWNSHIP, "township")
    name = places().by_id(ONE).name
    assert village.say({"name": "假"}, form="every_above") == validation.WRONG_LEVEL.format(place=name)
    assert township.say({"name": "镇"}, TOWNSHIP, form="every_above") == ""
    assert "不填这张登记表" in township.say({"name": "镇"}, TOWNSHIP, form="every", record=next(_ids))
    assert township.say({MOVED_TO: ONE}, TOWNSHIP, form="every_above") == validation.OTHER_LEVEL


def test_each_level_of_a_form_makes_records_of_its_own_and_moves_them_within_it(service: Service) -> None:
    village, township, county = (
        laptop(service),
        laptop(service, TOWNSHIP, "township"),
        laptop(service, COUNTY, "county"),
    )
    assert village.say({"name": "村"}, form="both") == ""
    assert township.say({"name": "镇"}, TOWNSHIP, form="both") == ""
    assert "不填这张登记表" in county.say({"name": "县"}, COUNTY, form="both")
    assert township.say({MOVED_TO: ONE}, TOWNSHIP, form="both") == validation.OTHER_LEVEL
    assert township.say({MOVED_TO: TWO}, ONE, form="both", record=village.record) == ""


def test_the_record_of_one_form_takes_no_answers_of_another(service: Service) -> None:
    """Answers of another form's types could not be written into the row any more."""
    owner = laptop(service)
    assert owner.say({"count": 3}) == ""
    assert owner.say({"name": "x"}, form="rule", cls="party") == validation.OTHER_FORM
    assert owner.say({"phone": "x"}, form="rule", cls="personal") == validation.OTHER_FORM


def test_a_system_answer_stands_where_it_belongs(service: Service) -> None:
    owner = laptop(service)
    assert owner.say({"name": "甲"}) == ""
    for path in ("members/r1/_moved_to", "members/r1/_merged_into", "_pos"):
        assert owner.say({path: ONE}) == "栏目编号不对。"
    assert owner.say({"members/r1/who": "丁", "members/r1/_pos": "a"}) == ""
    assert owner.say({"members/r1/_deleted": "错"}) == ""


def test_what_stands_and_would_be_refused_today_is_edited_and_deleted_by_its_owner(service: Service) -> None:
    """Of the wrong level, or under an id of another place, from before: its own place goes on with it."""
    owner, twin = laptop(service), laptop(service, TWO)
    assert owner.say({"name": "甲"}) == ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation.Validation, "_owner_problem", lambda *_: "")
        assert twin.say({"name": "从前"}, TWO, form="every_above") == ""
        assert twin.say({"name": "从前"}, TWO, record=owner.record) == ""
    again = laptop(service, TWO)
    assert again.say({"name": "改"}, TWO, form="every_above", record=twin.record) == ""
    assert again.say({"phone": "1"}, TWO, form="every_above", record=twin.record, cls="personal") == ""
    assert again.say({"name": "改"}, TWO, record=owner.record) == ""
    assert again.say({"phone": "1"}, TWO, record=owner.record, cls="personal") == ""
    assert again.say({DELETED: "错"}, TWO, record=owner.record) == ""
    with service.database.reading() as connection:
        rows = connection.all("SELECT _scope, name FROM every WHERE _id = ? ORDER BY name", owner.record)
    assert sorted(rows) == sorted([(ONE, "甲"), (TWO, "改")])


def test_a_record_that_moved_is_owned_where_it_went(service: Service) -> None:
    above, village, late = laptop(service, TOWNSHIP, "township"), laptop(service), laptop(service, TWO)
    assert above.say({"name": "甲"}) == ""
    assert above.say({MOVED_TO: TWO}) == ""
    assert late.say({"count": 4}, TWO, record=above.record) == ""
    assert village.say({"count": 5}, record=above.record) == validation.NO_RIGHT
    assert above.say({"since": "2020-01-01"}) == ""
    assert row(service, "every", above.record, "_scope", "count", "since") == (TWO, 4, "2020-01-01")


@contextmanager
def anything_taken() -> Iterator[None]:
    """Let the city take every op, as a program did that looked at little."""
    with pytest.MonkeyPatch.context() as patch:
        for judged in ("refused", "refused_beside"):
            patch.setattr(validation.Validation, judged, lambda *_: "")
        yield


def test_whatever_stands_is_made_into_rows_anew_named_and_goes_on(service: Service) -> None:
    """An op of class common for a party form stood in the ledger: the server did not start any more."""
    party: dict[str, Any] = {"form": "rule", "cls": "party"}
    good, unknown, twin, text = laptop(service), laptop(service), laptop(service, TWO), laptop(service)
    merged, above, beside = laptop(service), laptop(service), laptop(service)
    assert good.say({"name": "甲", "head": None}, **party) == ""
    assert beside.say({"name": "己"}, form="main", cls="party") == ""
    assert text.say({"count": 3}) == text.say({"members/r1/who": "丁"}) == ""
    with anything_taken():
        assert unknown.say({"anything": "x"}, form="rule", cls="common") == ""
        assert twin.say({"name": "乙", "head": text.record}, TWO, record=good.record, **party) == ""
        assert text.say({"count": "三", "members/r1/who": 5, "name": 7}) == ""
        assert merged.say({"name": "丙", MERGED_INTO: twin.record}) == ""
        assert above.say({"name": "戊"}, form="every_above") == ""
        assert beside.say({DELETED: "x"}, form="main", cls="common") == ""
    again = open_service(service.database)
    with service.database.writing() as connection:
        connection.run("UPDATE hs_setting SET value = '' WHERE name = 'rows_made'")
        make_rows_anew(connection)
        put_form(connection, msgspec.structs.replace(PARTY, version="2"))
        found = Standing(
            connection, again.ledger.shapes.current(connection), again.ledger.shapes.registers, places()
        )
        breaches = {(one.record, one.reason) for one in found.breaches()}
    named = {
        (unknown.record, validation.NO_PART),
        (good.record, validation.OWNED_ELSEWHERE),
        (good.record, validation.NAMED_ELSEWHERE.format(path="head")),
        (text.record, UNREADABLE),
        (merged.record, validation.MERGED_ELSEWHERE),
        (above.record, validation.WRONG_LEVEL.format(place=places().by_id(ONE).name)),
        (beside.record, validation.NOT_MAIN.format(path=DELETED)),
    }
    assert named - breaches == set()
    assert row(service, "rule", good.record, "name", scope=ONE) == ("甲",)
    assert row(service, "every", text.record, "count", "since") == (None, None)
    assert text.say({"count": 4, "name": "改", "members/r1/who": "丁"}) == ""
    assert row(service, "every", text.record, "name", "count") == ("改", 4)
    assert twin.say({DELETED: "重复"}, TWO, record=good.record, **party) == ""


def test_a_record_that_a_part_beside_the_main_one_deleted_is_brought_back_by_its_owner(
    service: Service,
) -> None:
    owner = laptop(service)
    assert owner.say({"name": "己"}, form="main", cls="party") == ""
    with anything_taken():
        assert owner.say({DELETED: "x"}, form="main", cls="common") == ""
    assert row(service, "main", owner.record, "_deleted") == ("x",)
    assert owner.say({DELETED: None}, form="main", cls="party") == ""
    assert row(service, "main", owner.record, "_deleted") == (None,)
