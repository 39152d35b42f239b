"""Places that were closed, merged, split, renamed or recoded."""

import msgspec
import pytest

from hsdesk.errors import DataError
from hsdesk.model.place import Directory, Place, load_directory

SHIPPED = load_directory()
WEST, EAST = SHIPPED.by_code("341021101204"), SHIPPED.by_code("341021101205")
JOINED = Place(
    "a-new-village",
    "341021101299",
    "新定潭村委会",
    "village",
    "villagers_committee",
    WEST.parent,
    "2024-07-01",
)


def _until(place: Place, day: str, into: str = "") -> Place:
    return msgspec.structs.replace(place, valid_to=day, into=into)


def _merged() -> Directory:
    """Two villages went into a new one on 1 July 2024."""
    closed = (_until(place, "2024-07-01", JOINED.id) for place in (WEST, EAST))
    return SHIPPED.with_rows((*closed, JOINED))


def _renamed() -> Directory:
    """One village was renamed and recoded on 1 July 2024."""
    later = msgspec.structs.replace(
        WEST, name="大定潭村委会", code="341021101298", was=WEST.name, valid_from="2024-07-01"
    )
    return SHIPPED.with_rows((_until(WEST, "2024-07-01"), later))


def test_a_merged_village_names_its_successor_and_the_successor_its_predecessors():
    merged = _merged()
    assert merged.successors(WEST.id) == (JOINED,)
    assert {place.id for place in merged.predecessors(JOINED.id)} == {WEST.id, EAST.id}
    assert merged.successors(JOINED.id) == ()
    assert SHIPPED.predecessors(WEST.id) == ()


def test_heirs_are_followed_through_every_step_to_those_who_stand():
    last = msgspec.structs.replace(JOINED, id="the-last", code="341021101297", valid_from="2025-01-01")
    twice = _merged().with_rows((_until(JOINED, "2025-01-01", f"{last.id} {EAST.id}"), last))
    assert [place.id for place in twice.heirs(WEST.id, "2025-06-01")] == [last.id]
    assert [place.id for place in twice.heirs(WEST.id, "2024-08-01")] == [JOINED.id]
    assert [place.id for place in twice.heirs(WEST.id, "2024-01-01")] == [WEST.id]


def test_lineage_that_runs_in_a_circle_ends():
    circle = SHIPPED.with_rows((_until(WEST, "2024-01-01", EAST.id), _until(EAST, "2024-01-01", WEST.id)))
    assert circle.heirs(WEST.id, "2025-01-01") == ()


def test_places_valid_on_a_day_are_those_of_that_day():
    before = {place.id for place in _merged().valid_on("2024-06-30", "village")}
    after = {place.id for place in _merged().valid_on("2024-07-01", "village")}
    assert before - after == {WEST.id, EAST.id}
    assert after - before == {JOINED.id}


def test_a_closed_village_can_be_read_but_is_not_found_for_anything_new():
    merged = _merged()
    assert merged.by_id(WEST.id).name == WEST.name
    assert WEST.id in {place.id for place in merged.find("定潭")}
    assert WEST.id not in {place.id for place in merged.find("定潭", day="2024-07-01")}
    assert len(merged) == len(SHIPPED) + 1


def test_a_renamed_village_has_the_name_and_code_of_the_day():
    renamed = _renamed()
    assert renamed.seen_on("2024-06-30").by_id(WEST.id).legal_name == "定潭村村民委员会"
    assert renamed.seen_on("2024-07-01").by_id(WEST.id).legal_name == "大定潭村村民委员会"
    assert len(renamed) == len(SHIPPED)
    assert [row.name for row in renamed.versions(WEST.id)] == ["定潭村委会", "大定潭村委会"]


def test_a_place_without_a_row_for_the_day_is_seen_by_the_nearest():
    begun = SHIPPED.with_rows(
        (
            msgspec.structs.replace(WEST, valid_from="2010-01-01", valid_to="2020-01-01"),
            msgspec.structs.replace(
                WEST, name="大定潭村委会", valid_from="2020-01-01", valid_to="2022-01-01"
            ),
        )
    )
    named = {
        day: begun.seen_on(day).by_id(WEST.id).name for day in ("2000-01-01", "2015-01-01", "2024-01-01")
    }
    assert named == {"2000-01-01": "定潭村委会", "2015-01-01": "定潭村委会", "2024-01-01": "大定潭村委会"}
    assert not begun.seen_on("2024-01-01").by_id(WEST.id).is_valid_on("2024-01-01")


def test_a_directory_knows_the_day_it_is_seen_on_even_where_nothing_differs():
    assert SHIPPED.seen_on("2024-01-01").day == "2024-01-01"
    assert SHIPPED.seen_on("2024-01-01").places == SHIPPED.places
    soon = SHIPPED.with_rows((_until(WEST, "2030-01-01", EAST.id),)).seen_on("2026-11-24")
    assert [place.id for place in soon.heirs(WEST.id, soon.day)] == [WEST.id]


def test_an_old_code_leads_to_the_place_that_had_it():
    renamed = _renamed()
    assert renamed.by_code("341021101204").name == "大定潭村委会"
    assert renamed.by_code("341021101204", "2024-06-30").name == "定潭村委会"
    assert renamed.by_code("341021101298").id == WEST.id
    with pytest.raises(DataError):
        renamed.by_code("341021101204", "2024-07-01")


def test_a_code_given_to_another_village_leads_to_whoever_stands():
    newcomer = msgspec.structs.replace(JOINED, code=WEST.code)
    again = SHIPPED.with_rows((_until(WEST, "2024-07-01", newcomer.id), newcomer))
    assert again.by_code(WEST.code).id == newcomer.id
    assert again.by_code(WEST.code, "2024-06-30").id == WEST.id


def test_a_renamed_village_is_found_by_the_name_it_had():
    assert WEST.id in {place.id for place in _renamed().find("定潭村委会")}
    assert WEST.id in {place.id for place in _renamed().find("341021101204")}


def test_a_village_put_below_another_township_was_below_the_former_until_then():
    other = SHIPPED.by_code("341021102")
    moved = SHIPPED.with_rows(
        (_until(WEST, "2024-07-01"), msgspec.structs.replace(WEST, parent=other.id, valid_from="2024-07-01"))
    )
    assert WEST.id in {place.id for place in moved.children(other.id)}
    assert WEST.id in {place.id for place in moved.seen_on("2024-06-30").children(WEST.parent)}
    assert WEST.id not in {place.id for place in moved.seen_on("2024-06-30").children(other.id)}
