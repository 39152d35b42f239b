"""The order in which formulas are evaluated: each after all it reads; a cycle is named along its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hsdesk.errors import FormError
from hsdesk.forms.live.spec import FormNode, Formula, FormulaKind, Path

_PRODUCERS = (FormulaKind.RELEVANT, FormulaKind.CALCULATE)


class Cycle(Exception):
    """Formulas of which each reads the next; the last is the first again."""

    def __init__(self, formulas: tuple[Formula, ...]) -> None:
        super().__init__()
        self.formulas = formulas

    def words(self) -> str:
        """Return the circle as a person reads it: 「甲 → 乙 → 甲」."""
        return " → ".join(formula.spec.name for formula in self.formulas)


def rank_formulas(formulas: list[Formula], specs: Mapping[Path, FormNode]) -> list[Formula]:
    """Return the formulas in evaluation order and set their ranks. Raises `FormError` for a cycle."""
    try:
        return ordered(formulas, specs)
    except Cycle as cycle:
        raise FormError("表单的计算绕成了圈：{circle}。", circle=cycle.words()) from cycle


def ordered(formulas: list[Formula], specs: Mapping[Path, FormNode]) -> list[Formula]:
    """Return the formulas in evaluation order and set their ranks. Raises `Cycle`."""
    done: dict[Formula, None] = {}
    for formula in formulas:
        if formula not in done:
            _visit(formula, specs, done)
    producers = [formula for formula in done if formula.kind in _PRODUCERS]
    others = sorted(
        (formula for formula in done if formula.kind not in _PRODUCERS), key=lambda formula: formula.kind
    )
    result = producers + others
    for rank, formula in enumerate(result):
        formula.rank = rank
    return result


def _visit(start: Formula, specs: Mapping[Path, FormNode], done: dict[Formula, None]) -> None:
    """Put what a formula reads before it, depth first and without recursion: chains may be thousands long."""
    trail: list[tuple[Formula, Iterator[Formula]]] = [(start, _reads(start, specs))]
    on_trail = {start: 0}
    while trail:
        formula, pending = trail[-1]
        following = next(pending, None)
        if following is None:
            done[formula] = None
            trail.pop()
            del on_trail[formula]
        elif following in on_trail:
            circle = [entry for entry, _rest in trail[on_trail[following] :]]
            raise Cycle((*circle, following))
        elif following not in done:
            on_trail[following] = len(trail)
            trail.append((following, _reads(following, specs)))


def _reads(formula: Formula, specs: Mapping[Path, FormNode]) -> Iterator[Formula]:
    """Yield the formulas whose outcome this one sees: calculations and relevances of what it reads."""
    for dependency in formula.code.dependencies:
        for spec in _named(dependency.path, specs):
            yield from _producers(spec, formula)


def _named(path: Path, specs: Mapping[Path, FormNode]) -> Iterator[FormNode]:
    spec = specs.get(path)
    if spec is not None:
        yield spec
    elif "*" in path or "**" in path:
        base = path[: next(place for place, name in enumerate(path) if name in ("*", "**"))]
        below = specs.get(base)
        if below is not None:
            yield from below.walk()


def _producers(spec: FormNode, reader: Formula) -> Iterator[Formula]:
    for formula in spec.formulas:
        if formula.kind in _PRODUCERS and formula is not reader:
            yield formula
    above = spec.parent
    while above is not None and above is not reader.spec:
        yield from (
            formula
            for formula in above.formulas
            if formula.kind is FormulaKind.RELEVANT and formula is not reader
        )
        above = above.parent
