from registers_world import Memory
from shipped_world import DIRECTORY

from hsdesk.reports.persons import candidates, offer, persons

RURAL = DIRECTORY.by_code("341021101204").id
NEXT = DIRECTORY.by_code("341021101205").id


def record(number: int, place: str = RURAL, **answers):
    return {"_id": f"r{number}", "_place": place, "_title": "", "name": "汪小明", **answers}


WORKER = record(1, birth_ym="1975-08", phone="13900000001", education="31", political="01", gender="1")
REGISTERS = Memory({"worker": [WORKER], "grid_staff": [], "volunteer": []})


def test_a_person_of_another_register_is_offered_with_what_is_still_empty():
    known = persons(REGISTERS, [RURAL])
    (found,) = candidates(known, {"name": "汪 小明", "phone": ""}, "grid_staff")
    assert offer(REGISTERS, found, {"name": "汪小明", "education": "21"}, "grid_staff") == {
        "gender": "1",
        "birth_ym": "1975-08",
        "phone": "13900000001",
        "political": "01",
    }


def test_only_answers_that_the_form_asks_for_are_offered():
    (found,) = candidates(persons(REGISTERS, [RURAL]), {"name": "汪小明"}, "volunteer")
    assert "education" not in offer(REGISTERS, found, {}, "volunteer")


def test_another_month_of_birth_or_telephone_is_another_person():
    known = persons(REGISTERS, [RURAL])
    assert candidates(known, {"name": "汪小明", "birth_ym": "1980-01"}, "grid_staff") == ()
    assert candidates(known, {"name": "汪小明", "phone": "13900000002"}, "grid_staff") == ()
    assert len(candidates(known, {"name": "汪小明", "phone": "１３９００００００01"}, "grid_staff")) == 1


def test_nobody_is_offered_to_the_register_that_has_them_or_without_a_name():
    known = persons(REGISTERS, [RURAL])
    assert candidates(known, {"name": "汪小明"}, "worker") == ()
    assert candidates(known, {"name": ""}, "grid_staff") == ()


def test_the_same_person_in_two_registers_is_one_and_in_two_places_two():
    staff = record(2, birth_ym="1975-08", phone="13900000001", id_no="34102119750801001X")
    away = record(3, NEXT, birth_ym="1975-08", phone="13900000001")
    known = persons(Memory({"worker": [WORKER, away], "grid_staff": [staff]}), [RURAL, NEXT])
    assert [len(person.seen) for person in known] == [2, 1]
    assert known[0].answers["id_no"] == "34102119750801001X"
    assert known[0].answers["education"] == "31"
