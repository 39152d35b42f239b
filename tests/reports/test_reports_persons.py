from shipped_world import shipped

from hsdesk.forms.duplicates import persons
from hsdesk.reports.persons import Sighting, gathered, offered

STAFF = persons(shipped("grid_staff"))[0]
VOLUNTEER = persons(shipped("volunteer"))[0]


def sighting(register: str, number: int, place: str = "a", **answers: str) -> Sighting:
    return Sighting(register, f"r{number}", place, {"name": "汪小明", **answers})


WORKER = sighting(
    "worker", 1, birth_ym="1975-08", phone="13900000001", education="31", political="01", gender="1"
)


def test_a_person_of_another_register_is_offered_with_what_is_still_empty():
    (known,) = gathered([WORKER])
    assert offered(known, STAFF, {"name": "汪小明", "education": "21"}) == {
        "gender": "1",
        "birth_ym": "1975-08",
        "phone": "13900000001",
        "political": "01",
    }


def test_only_answers_that_the_form_asks_for_are_offered():
    assert "education" not in offered(gathered([WORKER])[0], VOLUNTEER, {})


def test_the_same_person_in_two_registers_is_one_and_in_two_places_two():
    staff = sighting("grid_staff", 2, phone="１３９００００００01", id_no="34102119750801001X")
    away = sighting("worker", 3, "b", birth_ym="1975-08", phone="13900000001")
    known = gathered([staff, away, WORKER])
    assert sorted(len(person.seen) for person in known) == [1, 2]
    both = next(person for person in known if len(person.seen) == 2)
    assert both.answers["id_no"] == "34102119750801001X"
    assert both.answers["phone"] == "13900000001"  # a worker's answers go first
    assert both.answers["education"] == "31"


def test_two_of_one_name_with_nothing_in_common_are_never_mixed():
    other = sighting("volunteer", 2, gender="2")
    assert [person.seen for person in gathered([WORKER, other])] == [(WORKER,), (other,)]
