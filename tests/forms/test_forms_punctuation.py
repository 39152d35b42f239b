"""The texts of forms carry full-width punctuation: sentences as they are written, names as they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hsdesk.forms.host import BareHost
from hsdesk.forms.schema import Form, Item, Label, Question, questions
from hsdesk.forms.session import Session
from hsdesk.forms.shipped import every_form, shipped_form
from hsdesk.model.punctuation import full_width


def sentences(items: tuple[Item, ...]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Question):
            said = (item.hint, item.guidance, item.required_message, item.constraint_message)
            yield from (text for label in said for text in written(label))
        else:
            yield from sentences(item.children)


def written(label: Label) -> Iterator[str]:
    for pieces in label.texts.values():
        yield "".join(piece if isinstance(piece, str) else "…" for piece in pieces)


def test_hints_and_messages_of_every_form_carry_full_width_punctuation() -> None:
    half = [
        (form.form_id, text)
        for form in every_form()
        for text in sentences(form.children)
        if (bare := re.sub('["“”]', "", text)) != full_width(bare)  # the compiler writes “ as "
    ]
    assert half == []


def test_names_are_kept_as_the_dictionary_writes_them_and_shown_full_width() -> None:
    form: Form = shipped_form("community")
    session = Session(form, BareHost())
    kept = {one.key: one.label.plain() for one in questions(form.children)}
    assert kept["area_km2"] == "辖区面积(平方公里)"
    assert session.node("area_km2").label == "辖区面积（平方公里）"
    assert not [key for key in kept if (shown := session.node(key).label) != full_width(shown)]
