"""Registers of one card for each place (基本情况): no second one is made here; one that came is told.

Two laptops that have not synced may each make one. Both are kept and shown, figures take the one that was
made first, as ids begin with their time, and the two can be merged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hsdesk.desk.values import DeskFinding
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.errors import Refused
from hsdesk.forms.schema import Form
from hsdesk.model.place import Place
from hsdesk.registers.query import Query


def cards(file: DeskFile, form: Form, scope: str) -> tuple[str, ...]:
    """Return the records that a place has of a form, the one that counts first."""
    return tuple(sorted(row.record for row in file.query(form.form_id, Query(scopes=(scope,)))))


def keep_single(
    file: DeskFile, form: Form, place: Place, record: str = "", *, made: Collection[str] = ()
) -> None:
    """Raise Refused where a place would get a second card of a form of one card.

    `made`: the places that have got one just now and that the file does not know of yet.
    """
    if form.kind != "single" or (record and file.state(place.id, record) is not None):
        return
    if place.id in made or cards(file, form, place.id):
        raise Refused(
            "“{form}”每个单位只有一张，“{place}”已经有了，没有新增。请打开原来那张修改。",
            form=form.title,
            place=place.name,
        )


def single_findings(file: DeskFile, form: Form) -> Iterator[DeskFinding]:
    """Yield each card of a place beside the one that counts."""
    if form.kind != "single":
        return
    by_place: dict[str, list[str]] = {}
    for row in file.query(form.form_id):
        by_place.setdefault(row.scope, []).append(row.record)
    for records in by_place.values():
        for record in sorted(records)[1:]:
            message = (
                f"“{form.title}”每个单位只有一张，这里有{len(records)}张，统计只算最早的一张。"
                "请核对后把这一张合并到最早的一张。"
            )
            yield DeskFinding("error", form.form_id, record, "", "single", message)
