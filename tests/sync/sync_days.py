"""Random days: the steps a machine offers, how a day is drawn from its seed, run, printed, made shorter."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol, TypeVar

Draw = Callable[[Random], Any]
Method = TypeVar("Method", bound=Callable[..., None])
STEPS = 30
_SHARES = (0.4, 0.7, 1.0)  # of the rules that a day may use: one that can do less does it more often
_MOST_TRIES = 300  # runs to make a day shorter
_DRAWS = "__draws__"


class Machine(Protocol):
    """What days are run on: rules, one of them `begin`; `teardown` checks how all ended."""

    def teardown(self) -> None: ...

    def close(self) -> None: ...


def one_of(*values: Any) -> Draw:
    """One of some values."""
    return lambda chance: chance.choice(values)


def number(first: int, last: int) -> Draw:
    """A whole number, both ends included."""
    return lambda chance: chance.randint(first, last)


def some(draw: Draw, most: int) -> Draw:
    """A list of what is drawn, of any length up to `most`."""
    return lambda chance: [draw(chance) for _ in range(chance.randint(0, most))]


def in_any_order(*values: Any) -> Draw:
    """A list of all these values."""
    return lambda chance: chance.sample(values, len(values))


ANY = one_of(False, True)


def rule(**draws: Draw) -> Callable[[Method], Method]:
    """Mark what may happen at any step, and from what its arguments are drawn."""

    def marked(method: Method) -> Method:
        setattr(method, _DRAWS, draws)
        return method

    return marked


@dataclass(frozen=True)
class Step:
    """One thing that happens."""

    name: str
    given: dict[str, Any]

    def run(self, machine: Machine) -> None:
        getattr(machine, self.name)(**self.given)

    def __str__(self) -> str:
        return f"state.{self.name}({', '.join(f'{key}={value!r}' for key, value in self.given.items())})"


def drawn(kind: type[Machine], seed: str, steps: int = STEPS) -> list[Step]:
    """Return the steps of a day: the same for the same seed, wherever and after whatever it is asked for."""
    chance = Random(seed)
    rules = {name: getattr(method, _DRAWS) for name, method in vars(kind).items() if hasattr(method, _DRAWS)}
    begin = Step("begin", _given(rules.pop("begin"), chance) | {"seed": chance.getrandbits(32)})
    names = sorted(rules)
    allowed = chance.sample(names, round(len(names) * chance.choice(_SHARES)))
    found = (chance.choice(allowed) for _ in range(steps))
    return [begin, *(Step(name, _given(rules[name], chance)) for name in found)]


def _given(draws: dict[str, Draw], chance: Random) -> dict[str, Any]:
    return {name: draw(chance) for name, draw in draws.items()}


def run(kind: type[Machine], steps: Iterable[Step]) -> None:
    """Run the steps of a day, and look at how it ends. Another day can be run after it in any case."""
    machine = kind()
    try:
        for step in steps:
            step.run(machine)
        machine.teardown()
    finally:
        machine.close()


def run_days(kind: type[Machine], days: int, seed: int, *, shorten: bool = True) -> None:
    """Run random days. The error of the first that goes wrong is raised, with that day as a note."""
    for day in range(days):
        steps = drawn(kind, f"{seed}/{day}")
        error = failure(kind, steps)
        if error is not None:
            steps = shortened(kind, steps, error) if shorten else steps
            error.add_note(printed(f"day {day} of seed {seed}", steps))
            raise error


def failure(kind: type[Machine], steps: Iterable[Step]) -> Exception | None:
    """Return what goes wrong in a day, if anything does."""
    caught = _Caught()
    with caught:
        run(kind, steps)
    return caught.error


class _Caught:
    """Keeps what goes wrong in its block."""

    error: Exception | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


def shortened(kind: type[Machine], steps: list[Step], error: Exception) -> list[Step]:
    """Leave out steps, from the last to the first, as long as the day goes wrong at the same place."""
    size, tries = len(steps) // 2, 0
    while size and tries < _MOST_TRIES:
        end, before = len(steps), len(steps)
        while end > 1 and tries < _MOST_TRIES:
            tries += 1
            less = [*steps[: max(1, end - size)], *steps[end:]]
            other = failure(kind, less)
            if other is not None and _where(other) == _where(error):
                steps = less
            end -= size
        if len(steps) == before:
            size //= 2
    return steps


def _where(error: Exception) -> tuple[type[Exception], str, str]:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return type(error), last.filename, last.name


def printed(name: str, steps: Iterable[Step]) -> str:
    """Return a day as the body of a trace."""
    return "\n    ".join((f"{name}, as the body of a trace:", *map(str, steps), "state.teardown()"))
