import csv
from collections import Counter

import pytest

from hsdesk.errors import DataError
from hsdesk.model.place import PLACE_COLUMNS, load_directory, place_id, place_row, read_places
from hsdesk.model.resource import resource_dir

DIRECTORY = load_directory()


def test_the_directory_holds_every_place_of_the_city_once():
    assert Counter(place.level for place in DIRECTORY) == {
        "city": 1,
        "county": 7,
        "township": 109,
        "village": 764,
    }
    assert Counter(place.kind for place in DIRECTORY.village_level()) == {
        "villagers_committee": 671,
        "residents_committee": 82,
        "quasi": 11,
    }
    assert len({place.id for place in DIRECTORY}) == len(DIRECTORY) == 881


def test_every_township_but_four_has_an_office():
    townships = [place for place in DIRECTORY if place.level == "township"]
    assert sum(place.kind != "quasi" for place in townships) == 105
    assert sum(not DIRECTORY.has_township_office(place) for place in DIRECTORY.village_level()) == 9


def test_an_id_comes_from_the_code_and_never_changes():
    assert place_id("341000") == "cd0e38c6-3a91-5edb-bfa1-04366e4df6bf"
    assert all(place.id == place_id(place.code) for place in DIRECTORY)


def test_the_kind_of_a_community_follows_its_code_and_its_committee():
    kinds = {"residents_committee": "C", "villagers_committee": "N", "quasi": "Q"}
    assert all(place.community_kind == kinds[place.kind] for place in DIRECTORY.village_level())


def test_a_seal_has_the_legal_name_and_lists_have_the_short_one():
    assert DIRECTORY.by_code("341021101204").legal_name == "定潭村村民委员会"
    assert DIRECTORY.by_code("341002001001").legal_name == "荷花池社区居民委员会"
    assert DIRECTORY.by_code("341021101204").short_name == "定潭村"
    endings = ("村村民委员会", "居民委员会")
    real = [place for place in DIRECTORY.village_level() if place.community_kind != "Q"]
    assert all(place.legal_name.endswith(endings) for place in real)


def test_repeated_names_are_told_apart_by_county_and_township():
    names = Counter(place.short_name for place in DIRECTORY.village_level())
    repeated = {name for name, times in names.items() if times > 1}
    same = [place for place in DIRECTORY.village_level() if place.short_name in repeated]
    assert len(repeated) >= 20
    assert len({DIRECTORY.full_name(place) for place in same}) == len(same)
    assert DIRECTORY.full_name(DIRECTORY.by_code("341021101204")) == "歙县-深渡镇-定潭村委会"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("定潭", "341021101204"),
        ("深渡 定潭", "341021101204"),
        ("歙县 定潭村村民", "341021101204"),
        ("341021101204", "341021101204"),
        ("当金", "341022203209"),  # renamed 珰金村 since
        ("富堨镇", "341021"),
    ],
)
def test_a_place_is_found_by_what_people_type(typed: str, code: str):
    assert any(place.code.startswith(code) for place in DIRECTORY.find(typed))


@pytest.mark.parametrize("typed", ["dingtan", "dt"])
def test_a_place_is_found_by_pinyin_and_initials(typed: str):
    assert "341021101204" in {place.code for place in DIRECTORY.find(typed, level="village", limit=800)}


def test_nothing_typed_finds_nothing():
    assert DIRECTORY.find("  ") == ()


def test_a_filled_up_code_is_understood_and_an_unknown_one_explained():
    assert DIRECTORY.by_code("341021000000").name == "歙县"
    assert DIRECTORY.by_code("341021101000").name == "深渡镇"
    with pytest.raises(DataError, match="999999"):
        DIRECTORY.by_code("999999")


def test_a_closed_village_is_valid_only_in_its_time():
    place = DIRECTORY.by_code("341021101204")
    closed = type(place)(
        **{field: getattr(place, field) for field in PLACE_COLUMNS} | {"valid_to": "2021-01-01"}
    )
    assert closed.is_valid_on("2020-12-31")
    assert not closed.is_valid_on("2021-01-01")


def test_a_form_reads_a_place_as_a_row():
    row = place_row(DIRECTORY, DIRECTORY.by_code("341002001001"))
    assert (row["township"], row["county"], row["community_kind"]) == ("昱东街道", "屯溪区", "C")


def test_a_file_with_other_columns_is_refused_by_name(tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text("id,name\n1,x\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"wrong\.csv"):
        read_places(path)


def test_a_line_of_wrong_length_is_named(tmp_path):
    path = tmp_path / "short.csv"
    path.write_text(",".join(PLACE_COLUMNS) + "\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="第 2 行") as caught:
        read_places(path)
    assert caught.value.line == 2


def test_the_file_is_sorted_parents_first():
    with (resource_dir() / "places.csv").open(encoding="utf-8", newline="") as lines:
        seen: set[str] = set()
        for row in csv.DictReader(lines):
            assert not row["parent"] or row["parent"] in seen
            seen.add(row["id"])
