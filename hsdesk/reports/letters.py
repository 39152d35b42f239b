"""Official letters (公文): texts of a definition with the answers of one record in their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from hsdesk.model.asked_day import chinese_date
from hsdesk.registers.contract import RegisterRecord, Registers
from hsdesk.reports.content import SAMPLE_NOTE, Letter, Summary
from hsdesk.reports.definitions import Definition
from hsdesk.reports.showing import Shown
from hsdesk.reports.signing import Occasion, legal_name

PLACEHOLDER = re.compile(r"\{(\w+)\}")
UNIT, TODAY = "_unit", "_today"  # placeholders that are no answers


def letter(
    definition: Definition,
    registers: Registers,
    occasion: Occasion,
    answers: Shown,
    record: RegisterRecord,
) -> Summary:
    """Return the letter about a record. A paragraph of which no answer is there is left out."""
    directory = occasion.places_of(registers)
    place = directory.by_id(record.place)
    unit, today = legal_name(registers, place), chinese_date(occasion.day)

    def told(name: str) -> str:
        return {UNIT: unit, TODAY: today}.get(name) or answers.text(record, name)

    title, to = _filled(definition.heading or definition.title, told), _filled(definition.to, told)
    return Summary(
        name=definition.name,
        title=title or definition.title,
        blocks=(Letter(tuple(_paragraphs(definition.text, told)), to=to, unit=unit, day=today),),
        records=1,
        note=SAMPLE_NOTE if occasion.is_sample else "",
        unit=place.short_name,
        record=record.id,
        is_official=True,
    )


def names_in(definition: Definition) -> frozenset[str]:
    """Return the answers that a letter names."""
    texts = (definition.heading, definition.to, *definition.text)
    return frozenset(name for text in texts for name in PLACEHOLDER.findall(text)) - {UNIT, TODAY}


def _paragraphs(texts: tuple[str, ...], told: Callable[[str], str]) -> Iterator[str]:
    for text in texts:
        yield from filter(None, map(str.strip, _filled(text, told).split("\n")))


def _filled(text: str, told: Callable[[str], str]) -> str:
    """Return a text with the answers in their places, "" when it names answers and none is there."""
    answers = {name: told(name) for name in PLACEHOLDER.findall(text)}
    if any(name not in (UNIT, TODAY) for name in answers) and not any(
        value for name, value in answers.items() if name not in (UNIT, TODAY)
    ):
        return ""
    return PLACEHOLDER.sub(lambda found: answers[found[1]], text)
