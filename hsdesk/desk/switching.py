"""Which registers are there and open at this desk: by the person's word, else the city's, else the program's.

A register that is off by default is not there: nothing of it is read, made or checked. It is brought when the
person at the desk or the city switches it on, when an open round (填报任务) asks for it, and when records of
it come from elsewhere. Switching off takes it from the screen; it goes altogether when nothing was typed in
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import DataError, Missing
from hsdesk.forms.shipped import index, is_off, shipped_digest, shipped_form, shipped_forms
from hsdesk.model.place import Place
from hsdesk.wire.reference import CurrentReference

_SWITCHED = "open_forms"  # what the person at the desk switched: form id -> on
_BROUGHT = "shipped_forms"  # the digest of the program's forms that were installed last


def said_here(file: DeskFile) -> Mapping[str, bool]:
    """Return what the person at the desk switched on or off."""
    return msgspec.json.decode(file.get(_SWITCHED, "{}"), type=dict[str, bool])


def word_on(
    form_id: str, here: Mapping[str, bool], standing: CurrentReference, own: Sequence[Place]
) -> bool | None:
    """Return whether a register is switched on: the person's word, else the city's; None: nobody said."""
    if form_id in here:
        return here[form_id]
    return standing.switched(form_id, {place.level for place in own})


def bring(file: DeskFile, standing: CurrentReference, own: Sequence[Place]) -> None:
    """Install the forms of this program that are to be there; one of the city or by hand stays as it is."""
    wanted = frozenset(_wanted(file, standing, own))
    mark = shipped_digest()
    if file.get(_BROUGHT) != mark:
        there = {form.form_id for form in file.all_forms()}
        file.install_forms(shipped_forms(wanted | there))
        file.set(_BROUGHT, mark)
        return
    missing = [form_id for form_id in sorted(wanted) if not file.has_form(form_id)]
    if missing:
        file.install_forms(map(shipped_form, missing))


def _wanted(file: DeskFile, standing: CurrentReference, own: Sequence[Place]) -> Iterator[str]:
    """Yield the forms that are off by default and are to be there."""
    yield from filter(is_off, file.only_records())
    for asked in standing.rounds:
        if asked.open and any(asked.asks(place, standing.directory) for place in own):
            yield from filter(is_off, asked.forms)
    here = said_here(file)
    for form_id in filter(is_off, {*here, *standing.switches}):
        if word_on(form_id, here, standing, own):
            yield form_id


def switch(file: DeskFile, form_id: str, on: bool) -> None:
    """Switch a register on or off at this desk, by the word of the person; what was typed in it stays.

    Raises Missing for a register that nobody knows, DataError when it cannot be used here.
    """
    if form_id not in index() and not file.has_form(form_id):
        raise Missing("没有“{name}”这张登记表。用 forms list 看有哪些。", name=form_id)
    file.set(_SWITCHED, msgspec.json.encode({**said_here(file), form_id: on}).decode())
    if not is_off(form_id):
        return
    if not on:
        file.remove_form(form_id)
    elif not file.has_form(form_id):
        file.install_forms((shipped_form(form_id),))
        if not file.has_form(form_id):
            aside = [one.reason for one in file.unfit() if one.id == form_id]
            raise DataError(
                "登记表“{name}”这里用不了，没有打开；填过的内容都没有改变。请告诉系统管理员。（{detail}）",
                name=index()[form_id].title,
                detail="".join(aside),
            )
