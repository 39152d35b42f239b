from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from city import City
from city.dice import MARK, credit_code
from city.lines import write
from city.site import FORMS

from hsdesk.desk import Desk
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import ListQuery
from hsdesk.model.identity import IdNumber, is_credit_code, is_mobile, read_id_number

VILLAGE = "341021101204"  # 歙县深渡镇定潭村


def digest(city: City, limit: int = 3000) -> str:
    mark = hashlib.blake2b(digest_size=8)
    for made in islice(city.records(), limit):
        mark.update(msgspec.json.encode(made))
    return mark.hexdigest()


def test_the_same_city_comes_out_of_every_run() -> None:
    assert digest(City(0.01)) == digest(City(0.01))
    assert digest(City(0.01)) != digest(City(0.01, seed=2))


def test_the_whole_city_has_764_villages_and_some_800_000_records() -> None:
    city = City()
    assert (len(city.villages), len(city.counties)) == (764, 7)
    assert len([site for site in city.townships if site.place.kind != "quasi"]) == 105
    assert 780_000 < city.count() < 820_000


@pytest.mark.parametrize("size", [0.01, 0.05, 0.25])
def test_a_smaller_city_is_as_much_smaller_as_was_asked(size: float) -> None:
    assert City(size).count() == pytest.approx(800_000 * size, rel=0.15)


def test_every_register_is_filled_and_its_count_is_known_before() -> None:
    city = City(0.01)
    found = Counter(made.form for made in city.records())
    assert found.keys() == set(FORMS)
    assert found.total() == city.count()


def test_no_two_records_share_an_id() -> None:
    ids = [made.record for made in City(0.05).records()]
    assert len(ids) == len(set(ids))
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}", one) for one in ids
    )


def test_records_refer_to_records_that_are_there() -> None:
    city = City(0.01, flaws=0)
    known = {made.record for made in city.records()} | {place.id for place in city.directory}
    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-.*")
    for made in city.records():
        for value in made.answers.values():
            for text in value if isinstance(value, tuple) else (value,):
                if (
                    isinstance(text, str)
                    and uuid.fullmatch(text)
                    and made.form not in ("seal_use", "task_progress")
                ):
                    assert text in known, (made.form, text)


def test_a_flawed_record_says_so_and_lacks_one_answer() -> None:
    flawed = [made for made in City(0.01, flaws=0.2).records(["worker"]) if made.flawed]
    assert flawed
    assert all("phone" not in made.answers for made in flawed)
    assert not any(made.flawed for made in City(0.01, flaws=0).records())


def test_invented_people_say_that_they_are() -> None:
    today = date(2026, 1, 1)
    for made in City(0.01).records(["worker", "party_member", "volunteer", "household", "grid_staff"]):
        name = made.answers.get("name") or made.answers["head_name"]
        assert str(name).endswith(MARK)
        assert str(made.answers.get("phone", "154")).startswith("154")
        number = made.answers.get("id_no")
        if number:
            read = read_id_number(str(number), today)
            assert isinstance(read, IdNumber)
            assert str(number).startswith("341099")
            assert read.sex == made.answers["gender"]
            assert f"{read.birth:%Y-%m}" == made.answers.get("birth_ym", f"{read.birth:%Y-%m}")


def test_invented_numbers_meet_their_standards() -> None:
    assert is_credit_code(credit_code("52", 12345))
    assert is_mobile("15400000001")


def test_people_of_one_register_of_a_village_have_names_of_their_own() -> None:
    city = City(places=[VILLAGE])
    names = [made.answers["head_name"] for made in city.records(["household"])]
    assert len(names) == len(set(names)) > 400


def test_what_is_written_can_be_added_to_a_desk(tmp_path: Path, home: Path) -> None:
    city = City(0.001, seed=3, places=[VILLAGE], flaws=0)
    counts = write(city, tmp_path / "city")
    codes = [site.code for site in city.sites()]
    desk, _ = Desk.create(home, codes, "汪文书", "kou-ling-2020")
    for path in sorted((tmp_path / "city").iterdir()):
        register = path.stem.partition("_")[2]
        lines = path.read_text(encoding="utf-8").splitlines()
        stored = desk.bulk.add(
            register, [JsonRecord(n, json.loads(line)) for n, line in enumerate(lines, start=1)]
        )
        assert (len(stored.ids), stored.rejected) == (counts[register], ())
    (leader, *_) = desk.lists.documents("grid_staff", ListQuery(limit=1))[1]
    assert leader["grid"]
    desk.close()
    assert sum(counts.values()) == city.count()
