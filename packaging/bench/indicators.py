"""All indicators at once: of one village on its desk, and of the whole city on the server; what ends soon.

The city is the invented one at full size (764 villages, 0.8 million records). The floor of each figure is one
grouped count over every register that the indicators read, in the same database.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from statistics import median

from city import City
from city.load import Tables, fill, forms
from devtools.environment import Trouble
from devtools.postgres import private_server, programs

from bench import floors
from bench.table import Row
from hsdesk.model.asked_day import today_is
from hsdesk.reports.indicators import counts_of, indicators, leans_of, terms_of

VILLAGE = "341021101204"  # 歙县深渡镇定潭村
DAY = dt.date(2025, 12, 31)
RUNS = 9
MADE, LOTS = 40_000, 10
READ = tuple(
    sorted(
        {count.register for one in indicators() for term in terms_of(one) for count in counts_of(term)}
        | {register.partition("/")[0] for one in indicators() for register, _column in leans_of(one)}
    )
)


def rows() -> list[Row]:
    """Return the figures of a village, of making the city, and of the city on both databases."""
    with tempfile.TemporaryDirectory(prefix="hsdesk-bench-") as folder:
        made = [*_village(Path(folder))]
        made.append(_making())
        made += _city("SQLite", f"sqlite:///{folder}/city.db")
        where = programs()
        if where is None:
            return [*made, _absent("no PostgreSQL programs here")]
        try:
            with private_server(where) as url:
                return [*made, *_city("PostgreSQL", url)]
        except Trouble as trouble:
            return [*made, _absent(str(trouble).splitlines()[0])]


def _absent(why: str) -> Row:
    return Row("all indicators of the whole city, PostgreSQL", "", None, "ms", None, why)


def _village(folder: Path) -> Iterator[Row]:
    from hsdesk.desk import Desk, opening

    city = City(1, places=[VILLAGE])
    opened, _ = opening.create(folder / "home", [VILLAGE], "示例员", "a passphrase for measuring")
    own = opened.own_places[0].id
    count = fill(opened.file, (made for made in city.records() if made.place == own))
    with closing(Desk(opened)) as desk:
        taken = _milliseconds(lambda: desk.reports.indicators(today_is(DAY)))
        soon = _milliseconds(lambda: desk.reports.reminders(DAY))
        floor = _milliseconds(lambda: [opened.file.count(form_id) for form_id in READ])
    yield _row(f"all indicators of a village with {count:,} records", "≤ 60 ×", taken, floor)
    yield _row("what ends soon in that village", "≤ 20 ×", soon, floor)


def _making() -> Row:
    """Return how fast the invented city itself is made: its figures must not wait for it."""
    drawn = MADE / floors.processor(_drawn, 3)
    speed = MADE / floors.processor(lambda: deque(islice(City().records(), MADE), 0))
    note = f"a draw by lot for each of {LOTS} answers {drawn:,.0f} records/s"
    return Row("records of the invented city made", "≥ 0.1 ×", speed, "per CPU s", speed / drawn, note)


def _drawn() -> None:
    chance = random.Random(5)  # noqa: S311
    deque((tuple(chance.choice("甲乙丙") for _ in range(LOTS)) for _ in range(MADE)), 0)


def _city(name: str, url: str) -> Iterator[Row]:
    from hsdesk.city.ledger.reading import CityRegisters
    from hsdesk.city.sql.opening import open_database
    from hsdesk.registers.tables import quoted
    from hsdesk.reports.indicator_values import evaluate_all

    city = City()
    whole = city.directory.by_code("341000")
    counts = [f"SELECT _scope, count(*) FROM {quoted(form)} GROUP BY _scope" for form in READ]
    with closing(open_database(url)) as database:
        count = Tables(database).fill(city.records())

        def evaluate() -> None:
            with database.reading() as connection:
                evaluate_all(CityRegisters(connection, forms(), city.directory), whole, today_is(DAY))

        def scan() -> None:
            with database.reading() as connection:
                for statement in counts:
                    connection.all(statement)

        first = _once(evaluate)
        taken, floor = _milliseconds(evaluate), _milliseconds(scan)
    yield _row(f"all indicators of the whole city ({count:,} records), {name}", "≤ 15 ×", taken, floor)
    yield _row(f"the same for the first time, {name}", "≤ 30 ×", first, floor)


def _row(figure: str, target: str, taken: float, floor: float) -> Row:
    text = f"one count over each of {len(READ)} registers {floor:.1f} ms"
    return Row(figure, target, taken, "ms", taken / floor, text)


def _milliseconds(act: Callable[[], object]) -> float:
    """Return the median of `RUNS` times, after one that warms up."""
    act()
    return median(_once(act) for _ in range(RUNS))


def _once(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000
