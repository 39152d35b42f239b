"""All indicators at once: of one village on its desk, and of the whole city on the server; what ends soon.

The city is the invented one at full size (764 villages, 0.8 million records); of eight villages one is drawn
and seven are copies of it. The floor of each figure is one grouped count over every register that an
indicator names, in the same database; 完整率 reads ten more, which the floor leaves out. Both are the least
of some times: of the processor's, and of the wall's where PostgreSQL works in processes of its own.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from city import City
from city.load import Batch, RowMaker, Tables, copied, fill, forms
from city.site import FORMS
from devtools.environment import Trouble
from devtools.postgres import private_server, programs

from bench import floors
from bench.table import Row
from hsdesk.model.asked_day import AskedDay, today_is
from hsdesk.model.place import Place
from hsdesk.reports.indicators import counts_of, indicators, leans_of, terms_of

VILLAGE = "341021101204"  # 歙县深渡镇定潭村
DAY = dt.date(2025, 12, 31)
PAST = AskedDay(dt.date(2025, 9, 30), DAY, named=True)
RUNS = 7
Clock = Callable[[], float]
DRAWN = 8  # of so many villages one is drawn
MADE, LOTS = 40_000, 10
NAMED = {count.register for one in indicators() for term in terms_of(one) for count in counts_of(term)}
LEANT_ON = {register.partition("/")[0] for one in indicators() for register, _column in leans_of(one)}
READ = tuple(sorted((NAMED | LEANT_ON) & frozenset(FORMS)))  # what is off by default has no table


def rows() -> list[Row]:
    """Return the figures of a village, of making the city, and of the city on both databases."""
    with tempfile.TemporaryDirectory(prefix="hsdesk-bench-") as folder:
        made = [*_village(Path(folder))]
        made.append(_making())
        city = City()
        parts = tuple(_parts(city))
        made += _city("SQLite", f"sqlite:///{folder}/city.db", city, parts)
        where = programs()
        if where is None:
            return [*made, _absent("no PostgreSQL programs here")]
        try:
            with private_server(where) as url:
                return [*made, *_city("PostgreSQL", url, city, parts)]
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


def _city(name: str, url: str, city: City, parts: Sequence[Part]) -> Iterator[Row]:
    from hsdesk.city.ledger.reading import CityRegisters
    from hsdesk.city.sql.opening import open_database
    from hsdesk.registers.tables import quoted
    from hsdesk.reports.indicator_values import evaluate_all

    whole = city.whole.place
    counts = [f"SELECT _scope, count(*) FROM {quoted(form)} GROUP BY _scope" for form in READ]
    with closing(open_database(url)) as database:
        count = _written(Tables(database), parts)

        def evaluate(asked: AskedDay) -> None:
            with database.reading() as connection:
                evaluate_all(CityRegisters(connection, forms(), city.directory), whole, asked)

        def scan() -> None:
            with database.reading() as connection:
                for statement in counts:
                    connection.all(statement)

        clock = time.process_time if name == "SQLite" else time.perf_counter
        first = _once(lambda: evaluate(today_is(DAY)), clock)
        taken = _milliseconds(lambda: evaluate(today_is(DAY)), clock)
        floor = _milliseconds(scan, clock)
        past = _milliseconds(lambda: evaluate(PAST), clock)
    yield _row(f"all indicators of the whole city ({count:,} records), {name}", "≤ 15 ×", taken, floor)
    yield _row(f"the same for the first time, {name}", "≤ 30 ×", first, floor)
    yield _row(f"the same as of a day that is over, {name}", "≤ 20 ×", past, floor)


class Part(NamedTuple):
    """The rows of a place; they are those of `drawn`, which may be another."""

    rows: Sequence[Batch]
    drawn: Place
    place: Place


def _parts(city: City) -> Iterator[Part]:
    """Yield the rows of every place of a city: of each level above all, of the villages one in some."""
    maker = RowMaker()
    above = (city.whole, *city.counties, *city.townships)
    model = Part((), city.whole.place, city.whole.place)
    for at, site in enumerate((*above, *city.villages)):
        if at < len(above) or (at - len(above)) % DRAWN == 0:
            model = Part(tuple(maker.batches(city.of_site(site))), site.place, site.place)
        yield model._replace(place=site.place)


def _written(tables: Tables, parts: Sequence[Part]) -> int:
    """Write the rows of every place, and return how many records they are."""
    return sum(
        tables.write(part.rows if part.drawn is part.place else copied(part.rows, part.drawn, part.place))
        for part in parts
    )


def _row(figure: str, target: str, taken: float, floor: float) -> Row:
    text = f"one count over each of {len(READ)} registers {floor:.1f} ms"
    return Row(figure, target, taken, "ms", taken / floor, text)


def _milliseconds(act: Callable[[], object], clock: Clock = time.process_time) -> float:
    """Return the least of `RUNS` times, after one that warms up."""
    act()
    return min(_once(act, clock) for _ in range(RUNS))


def _once(act: Callable[[], object], clock: Clock = time.process_time) -> float:
    started = clock()
    act()
    return (clock() - started) * 1000
