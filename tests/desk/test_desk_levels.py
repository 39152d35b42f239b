"""What one level fills, another may name: the choices of references across levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from city import City
from city.load import fill
from desk_world import PASSPHRASE, VILLAGE, type_into

from hsdesk.desk import Desk, opening
from hsdesk.model.place import load_directory

OTHER = "341002001001"  # of another county
CITY = City(0.0015, seed=3, places=[VILLAGE, OTHER], flaws=0)
TOWNSHIP, COUNTY = VILLAGE[:9], VILLAGE[:6]
REFERENCES = (
    ("seal_use", VILLAGE, "item", "access_item", COUNTY),
    ("task_progress", VILLAGE, "task", "task", "341000"),
    ("visit", VILLAGE, "team", "team", TOWNSHIP),
    ("visit", VILLAGE, "grid", "grid", VILLAGE),
    ("org_support", TOWNSHIP, "org", "social_org", VILLAGE),
    ("tri_project", TOWNSHIP, "orgs", "social_org", VILLAGE),
    ("team", TOWNSHIP, "grids", "grid", VILLAGE),
    ("training", COUNTY, "worker", "worker", VILLAGE),
    ("project_eval", COUNTY, "project", "tri_project", TOWNSHIP),
    ("vol_award", COUNTY, "volunteer", "volunteer", VILLAGE),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("levels") / "home"
    opened, _ = opening.create(home, [site.code for site in CITY.sites()], "汪文书", PASSPHRASE)
    fill(opened.file, CITY.records())
    with closing(Desk(opened)) as made:
        yield made


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda one: f"{one[0]}.{one[2]}")
def test_a_reference_offers_what_the_other_level_holds_for_this_place(
    desk: Desk, reference: tuple[str, str, str, str, str]
) -> None:
    form, place, answer, register, source = reference
    where = load_directory().by_code(source).id
    wanted = {made.record for made in CITY.records([register]) if made.place == where}
    offered = desk.records.entry(form, place=place).session.node(answer).choices
    assert {choice.value for choice in offered} == wanted
    assert wanted


def test_a_team_counts_the_visits_of_the_villages_below(desk: Desk) -> None:
    team = CITY.one("team", TOWNSHIP).record
    before = desk.lists.document("team", team)["services_year"]
    today = dt.datetime.now().astimezone().date().isoformat()
    type_into(desk, desk.records.entry("visit", place=VILLAGE), visit_kind="2", team=team, date=today)
    assert desk.lists.document("team", team)["services_year"] == before + 1


def test_what_is_held_of_no_place_is_not_known(home: Path) -> None:
    opened, _ = opening.create(home, [VILLAGE], "汪文书", PASSPHRASE)
    with closing(Desk(opened)) as made:
        assert made.records.entry("seal_use").session.node("item").choices == ()
