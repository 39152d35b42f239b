"""Forms made at random: groups, rosters, rosters in rosters, expressions of every kind. Never a circle."""

from __future__ import annotations

import random

from hsdesk.errors import FormError
from hsdesk.forms.live.plan import Plan
from hsdesk.forms.schema import Choice, Form, Group, Item, Label, Question, Repeat, SetValue

LISTS = {
    "yn": (Choice("yes", Label({"": ("是",)})), Choice("no", Label({"": ("否",)}))),
    "towns": tuple(Choice(f"t{n}", Label({"": (f"镇{n}",)}), {"county": f"c{n % 3}"}) for n in range(9)),
}


KINDS = ("text", "integer", "integer", "decimal", "select_one", "select_multiple", "calculate")


class Maker:
    """Makes one form. `known` are the paths that a later expression may read, and how deep they lie."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.known: list[tuple[tuple[str, ...], int, str]] = []  # path, how many rosters deep, data type
        self.count = 0
        self.rosters: list[tuple[str, ...]] = []

    def form(self, seed: int) -> Form:
        children = self.items(("data",), 0, self.dice.randint(6, 14))
        events = tuple(self.event() for _ in range(self.dice.randint(0, 2)) if len(self.known) > 3)
        return Form(f"made{seed}", "1", "随机", children=children, lists=LISTS, set_values=events)

    def event(self) -> SetValue:
        free = [entry for entry in self.known if entry[1] == 0]
        answered = [entry for entry in free if entry[2] != "calculate"] or free
        source, target = self.dice.choice(answered), self.dice.choice(answered)
        value = f"concat('x', {absolute(self.dice.choice(free)[0])})"
        return SetValue(absolute(target[0]), ("xforms-value-changed",), value, trigger=absolute(source[0]))

    def items(self, above: tuple[str, ...], deep: int, number: int) -> tuple[Item, ...]:
        return tuple(self.item(above, deep) for _ in range(number))

    def item(self, above: tuple[str, ...], deep: int) -> Item:
        self.count += 1
        roll = self.dice.random()
        if roll < 0.12 and len(above) < 5:
            name = f"g{self.count}"
            relevant = self.truth(above) if self.dice.random() < 0.5 else ""
            return Group(name, self.items((*above, name), deep, self.dice.randint(1, 4)), relevant=relevant)
        if roll < 0.26 and deep < 2:
            return self.roster(above, deep)
        return self.question(above, deep)

    def roster(self, above: tuple[str, ...], deep: int) -> Repeat:
        name = f"r{self.count}"
        path = (*above, name)
        relevant = self.truth(above) if self.dice.random() < 0.3 else ""
        counted = [entry for entry in self.known if entry[1] == 0 and entry[2] == "int"]
        count = (
            f"{absolute(self.dice.choice(counted)[0])} mod 4" if counted and self.dice.random() < 0.25 else ""
        )
        children = self.items(path, deep + 1, self.dice.randint(2, 5))
        self.rosters.append(path)
        return Repeat(name, name, children, relevant=relevant, count=count)

    def question(self, above: tuple[str, ...], deep: int) -> Question:
        name = f"q{self.count}"
        path = (*above, name)
        kind = self.dice.choice(
            ("text", "integer", "integer", "decimal", "select_one", "select_multiple", "calculate")
        )
        data = {"integer": "int", "decimal": "decimal", "select_multiple": "select"}.get(kind, "string")
        question = Question(
            name=name,
            key=name,
            type=kind,  # type: ignore[arg-type]
            data_type=data,  # type: ignore[arg-type]
            relevant=self.truth(above) if self.dice.random() < 0.35 else "",
            required=self.truth(above) if self.dice.random() < 0.2 else "",
            readonly=self.truth(above) if self.dice.random() < 0.1 else "",
            calculation=self.number(above) if kind == "calculate" else "",
            constraint=". != '18'" if self.dice.random() < 0.2 else "",
            default="3" if data == "int" and self.dice.random() < 0.3 else "",
            **self.choices(kind, above),
        )
        self.known.append((path, deep, "calculate" if kind == "calculate" else data))
        return question

    def choices(self, kind: str, above: tuple[str, ...]) -> dict[str, str]:
        if not kind.startswith("select"):
            return {}
        if self.dice.random() < 0.5 or not self.known:
            return {"list_name": "yn", "nodeset": "instance('yn')/root/item"}
        wanted = f"county = concat('c', {self.value(above)} mod 3)"
        return {
            "list_name": "towns",
            "nodeset": f"instance('towns')/root/item[{wanted}]",
            "choice_filter": wanted,
        }

    # --- expressions

    def value(self, above: tuple[str, ...]) -> str:
        """Return a path to something known, or a constant."""
        if not self.known or self.dice.random() < 0.1:
            return str(self.dice.randint(0, 20))
        path = self.dice.choice(self.known)[0]
        if self.dice.random() < 0.5 and path[:-1] == above:
            return f"../{path[-1]}"
        return absolute(path)

    def number(self, above: tuple[str, ...]) -> str:
        one, two = self.value(above), self.value(above)
        forms = [
            f"{one} + {two}", f"concat({one}, '-', {two})", f"if({one} > {two}, {one}, {two})", f"sum({one})",
            f"coalesce({one}, {two})", f"count-non-empty({one})", f"string-length({one})",
            f"position(..) + number({one})",
            f"join(',', {one})", f"max({one})", f"round({one})",
        ]  # fmt: skip
        if self.rosters:
            path = absolute(self.dice.choice(self.rosters))
            forms += [f"count({path})", f"count({path}[position() > 1])"] * 2
        return self.dice.choice(forms)

    def truth(self, above: tuple[str, ...]) -> str:
        one, two = self.value(above), self.value(above)
        return self.dice.choice(
            (f"{one} > 5", f"{one} != ''", f"{one} = {two}", f"selected({one}, 'yes') or {two} = ''",
             f"not({one} >= {two})", f"{one} != 'no' and {two} < 9", f"count({one}) mod 2 = 0")
        )  # fmt: skip


def absolute(path: tuple[str, ...]) -> str:
    return "/" + "/".join(path)


def generated_form(seed: int) -> Form:
    """Return a form that opens; the seed decides which."""
    for attempt in range(50):
        form = Maker(seed * 53 + attempt).form(seed)
        try:
            Plan(form)
        except FormError:  # a made-up expression may go in circles; the next attempt will not
            continue
        return form
    raise AssertionError("no form could be made")
