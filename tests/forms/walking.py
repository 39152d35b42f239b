"""Walking through a form at random, and looking at the whole state of a session."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

from hsdesk.forms.host import BareHost
from hsdesk.forms.live.engine import StepJournal
from hsdesk.forms.live.node import LiveNode
from hsdesk.forms.live.tree import everything
from hsdesk.forms.live.undo import undo_step
from hsdesk.forms.schema import Form, Question, Repeat
from hsdesk.forms.session import Session
from hsdesk.model.answer import Value

NOON = dt.datetime(2026, 3, 15, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


class Still(BareHost):
    """A host whose clock stands still and whose ids count up."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)

    def now(self) -> dt.datetime:
        return NOON

    def username(self) -> str:
        return "王五"

    def new_id(self) -> str:
        return f"id{next(self.numbers):06}"


def state(session: Session) -> dict[str, Any]:
    """Return everything a session knows of every node, `meta` left out."""
    nodes = everything(session._record.root)
    return {
        f"{node.place}{'#' if is_template(node) else ''}": facts(node)
        for node in nodes
        if not node.spec.in_meta
    }


def is_template(node: LiveNode) -> bool:
    return node.spec.repeat and not node.row


def facts(node: LiveNode) -> tuple[Any, ...]:
    question = node.spec.question
    value = node.value
    if question is not None and question.data_type == "select":
        value = " ".join(sorted(str(value).split()))  # a set has no order once it is stored
    return (value, node.relevant, node.readonly, node.required, node.pos)


class Walk:
    """Random steps through one form; the same seed takes the same steps."""

    def __init__(self, form: Form, seed: int) -> None:
        self.form = form
        self.random = random.Random(seed)
        self.session = Session(form, Still())
        self.steps: list[StepJournal] = []

    def step(self) -> str:
        """Take one step, or give the last one up, and say which."""
        last = self.session._record.engine.step
        word = self._step()
        if word != "given up" and self.session._record.engine.step is not last:
            self.steps.append(self.session._record.engine.step)
        return word

    def give_up(self) -> None:
        """Take the last step back, as is done with one that a form stops at."""
        if self.steps:
            undo_step(self.session._record, self.steps.pop())

    def _step(self) -> str:
        word = self.random.choices(("answer", "clear", "add", "remove", "give up"), (60, 8, 12, 6, 14))[0]
        nodes = list(everything(self.session._record.root))
        match word:
            case "answer" | "clear":
                return self._answer(nodes, clear=word == "clear")
            case "add":
                return self._add(nodes)
            case "remove":
                return self._remove(nodes)
        self.give_up()
        return "given up"

    def _answer(self, nodes: list[LiveNode], *, clear: bool) -> str:
        places = [node.place for node in nodes if node.spec.stored and node.spec.calculate is None]
        if not places:
            return "nothing"
        place = self.random.choice(places)
        value = None if clear else self.value(place)
        self.session.answer(place, value)
        return f"{place} = {value!r}"

    def value(self, place: str) -> Value:
        """Return a value of the right type."""
        node = self.session._record.by_place[place]
        question = node.spec.question
        assert question is not None
        choices = [choice.value for choice in self.session._record.texts.choices(node)]
        return random_value(self.random, question, choices)

    def _add(self, nodes: list[LiveNode]) -> str:
        places = [node.place for node in nodes if is_template(node) and not fixed(node)]
        if not places:
            return "nothing"
        place = self.random.choice(places)
        rows = self.session.rows(place)
        if len(rows) > 6:
            return "nothing"
        before = self.random.choice(rows) if rows and self.random.random() < 0.4 else None
        self.session.add_row(place, before=before)
        return f"add {place} before {before}"

    def _remove(self, nodes: list[LiveNode]) -> str:
        places = [node.place for node in nodes if node.row and not fixed(node)]
        if not places:
            return "nothing"
        place = self.random.choice(places)
        self.session.remove_row(place)
        return f"remove {place}"


def fixed(node: LiveNode) -> bool:
    item = node.spec.item
    return isinstance(item, Repeat) and bool(item.count)


def random_value(dice: random.Random, question: Question, choices: list[str]) -> Value:
    """Return a value that a question may hold."""
    if choices and question.data_type == "select":
        return tuple(sorted(dice.sample(choices, dice.randint(1, min(2, len(choices))))))
    if choices:
        return dice.choice(choices)
    made: dict[str, Value] = {
        "int": dice.randint(0, 30),
        "decimal": dice.randint(0, 60) / 2,
        "date": (dt.date(2020, 1, 1) + dt.timedelta(days=dice.randint(0, 3000))).isoformat(),
        "dateTime": (NOON - dt.timedelta(hours=dice.randint(0, 3000))).isoformat(timespec="milliseconds"),
        "time": f"{dice.randint(0, 23):02}:30:00.000+08:00",
        "select": ("a",),
    }
    return made.get(question.data_type, dice.choice(("甲", "yes", "no", "1", "2", "18")))


def reopened(session: Session) -> Session:
    """Return a session opened from what the other one would store."""
    return Session(session.form, Still(), session.answers(), first_load=False)
