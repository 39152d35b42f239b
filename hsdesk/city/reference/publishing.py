"""What officials publish to every desk beside forms: code lists, places, settings, rounds (下发).

Only what differs from the program's own is published. Each change is a new version of the whole thing; desks
are given the latest on their next sync, before data that uses it, and this server uses it at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from hsdesk.city.people import audit
from hsdesk.city.people.permission import ADMINISTRATOR
from hsdesk.city.reference import stream
from hsdesk.city.reference.current import Published
from hsdesk.city.reference.current_forms import bring_used
from hsdesk.city.reference.list_workbook import ListChange, compare
from hsdesk.city.sql.database import Connection, Database
from hsdesk.city.sql.registers import ServerRegister
from hsdesk.errors import DataError, Refused
from hsdesk.forms.codelists import (
    VALID_TO,
    Choices,
    CodeLists,
    code_lists,
    digest_of,
    is_offered,
    keeps_labels_of,
    list_body,
)
from hsdesk.forms.schema import Choice
from hsdesk.forms.shipped import index
from hsdesk.model.clock import wall_milliseconds
from hsdesk.model.place import Directory, Place, load_directory
from hsdesk.model.place_checks import place_problems
from hsdesk.model.round import Round, check_round
from hsdesk.reports.settings import check_settings
from hsdesk.wire.messages import Kind
from hsdesk.wire.reference import (
    EVERYBODY,
    NOBODY,
    PLACES,
    REGISTERS,
    SETTINGS,
    CurrentReference,
    places_body,
    settings_body,
    shipped_digest,
)

_BY = ADMINISTRATOR


def standing_of(database: Database) -> CurrentReference:
    """Return what holds on this server."""
    with database.reading() as connection:
        return Published().current(connection)


def publish_lists(database: Database, lists: Mapping[str, Choices], by: str = _BY) -> tuple[str, ...]:
    """Publish code lists; return the names of those that changed.

    A code that is missing in a new list is kept as withdrawn (停用) from today, so that what was chosen
    before stays valid and readable. Raises DataError for a list that the program does not know.
    """
    for name in lists:
        if name not in code_lists():
            raise DataError("没有代码表“{name}”。用 server codelists export all 看有哪些。", name=name)
    with database.writing() as connection:
        known = Published().current(connection).lists
        put: list[str] = []
        for name, choices in lists.items():
            body = list_body(kept_codes(known.choices(name) or (), choices))
            if _put(connection, "codelist", name, body):
                put.append(name)
        if put:
            _retell(connection, frozenset(put))
            audit.record(connection, wall_milliseconds(), by, "codelist", names=",".join(put))
    return tuple(put)


def kept_codes(old: Choices, new: Choices) -> Choices:
    """Return a new list with the codes of the old one that it lacks, withdrawn from today at the latest."""
    day = _today()
    there = {choice.value for choice in new}
    gone = (choice for choice in old if choice.value not in there)
    return (*new, *(choice if not is_offered(choice, day) else _withdrawn(choice, day) for choice in gone))


def _withdrawn(choice: Choice, day: str) -> Choice:
    return msgspec.structs.replace(choice, extra={**choice.extra, VALID_TO: day})


def _retell(connection: Connection, names: frozenset[str]) -> None:
    """Make rows again that hold words of these lists."""
    lists = Published().current(connection).lists
    for form in stream.latest_forms(connection).values():
        if keeps_labels_of(form, names):
            ServerRegister(form, lists).refill(connection)


def list_changes(now: CodeLists, lists: Mapping[str, Choices]) -> tuple[ListChange, ...]:
    """Return what new lists would change, as `publish_lists` takes them; nothing for those that are equal."""
    changes = (
        compare(name, old := now.choices(name) or (), kept_codes(old, new), _today())
        for name, new in lists.items()
    )
    return tuple(change for change in changes if not change.is_none)


def publish_places(database: Database, rows: Iterable[Place], by: str = _BY) -> bool:
    """Publish changed places; return False if they hold already.

    `rows` are all rows of each place that is named: its times with their names, codes and parents, and for a
    closed one the places it went into. Places not named stay as they are. Raises DataError if they do not fit
    together.
    """
    with database.writing() as connection:
        before = Published().current(connection).directory
        changed = tuple(rows)
        after = before.with_rows(changed)
        for problem in place_problems(changed, after):
            raise DataError(
                "“{name}”（{code}）不能发布：{reason}{remedy}", name=problem.row.name, code=problem.row.code,
                reason=problem.reason, remedy=problem.remedy,
            )  # fmt: skip
        if not _put(connection, "place", PLACES, places_body(_different(after))):
            return False
        audit.record(connection, wall_milliseconds(), by, "place", places=len({row.id for row in changed}))
    return True


def _different(directory: Directory) -> Iterator[Place]:
    """Yield every row of each place that differs from the shipped directory."""
    shipped = load_directory()
    for place in directory:
        rows = directory.versions(place.id)
        if rows != shipped.versions(place.id):
            yield from rows


def publish_settings(database: Database, choices: Mapping[str, str], by: str = _BY) -> bool:
    """Publish choices of settings; return False if they hold already. Raises DataError for an unknown one.

    Settings that are not named stay as they are.
    """
    with database.writing() as connection:
        chosen = check_settings({**Published().current(connection).settings, **choices})
        if not _put(connection, "setting", SETTINGS, settings_body(chosen)):
            return False
        audit.record(connection, wall_milliseconds(), by, "setting", **dict(sorted(choices.items())))
    return True


def switch_register(database: Database, form_id: str, levels: Collection[str] | None, by: str = _BY) -> bool:
    """Switch a register on for everybody (None) or some levels, off for none; False if it stands so already.

    A form of the program that was off stands on this server from then on. Raises Refused for an unknown one.
    """
    word = EVERYBODY if levels is None else ",".join(levels) or NOBODY
    if levels is None or levels:
        bring_used(database, (form_id,))
    with database.writing() as connection:
        if form_id not in index() and form_id not in stream.latest_forms(connection):
            raise Refused("服务器上没有登记表“{name}”。用 server forms list 看有哪些。", name=form_id)
        switches = {**Published().current(connection).switches, form_id: word}
        if not _put(connection, "setting", REGISTERS, settings_body(switches)):
            return False
        audit.record(connection, wall_milliseconds(), by, "register", form=form_id, levels=word)
    return True


def open_round(database: Database, asked: Round, by: str = _BY) -> bool:
    """Send out a round (填报任务), or change one; False if it was sent out just so. Raises DataError."""
    with database.writing() as connection:
        now = Published().current(connection)
        check_round(asked, now.directory, stands=any(one.id == asked.id for one in now.rounds))
        _refuse_alike(asked.id, now.rounds)
        known = stream.latest_forms(connection)
        for form in asked.forms:
            if form not in known:
                raise DataError("服务器上没有登记表“{name}”。", name=form, field="forms")
        return _put_round(connection, asked, by)


def _refuse_alike(name: str, rounds: Sequence[Round]) -> None:
    """Raise DataError for an id that differs from a standing one in capitals only: they would be one file."""
    alike = [one.id for one in rounds if one.id != name and one.id.casefold() == name.casefold()]
    if alike:
        raise DataError(
            "已有填报任务“{other}”，编号只差大小写，不能再用“{name}”。", other=alike[0], name=name, field="id"
        )


def close_round(database: Database, name: str, by: str = _BY) -> Round:
    """Close a round: nothing more is to be handed in. Raises Refused if there is none of that id."""
    with database.writing() as connection:
        for asked in Published().current(connection).rounds:
            if asked.id == name:
                closed = msgspec.structs.replace(asked, open=False)
                _put_round(connection, closed, by)
                return closed
    raise Refused("没有填报任务“{name}”。用 server round list 看有哪些。", name=name)


def _put_round(connection: Connection, asked: Round, by: str) -> bool:
    if not _put(connection, "round", asked.id, msgspec.json.encode(asked)):
        return False
    audit.record(connection, wall_milliseconds(), by, "round", round=asked.id, open=int(asked.open))
    return True


def _put(connection: Connection, kind: Kind, name: str, body: bytes) -> bool:
    """Publish a body as the next version; False if it is what holds already, published or shipped."""
    rows = connection.all(
        "SELECT digest FROM hs_reference WHERE kind = ? AND id = ? ORDER BY rev", kind, name
    )
    if digest_of(body) == (rows[-1][0] if rows else shipped_digest(kind, name)):
        return False
    return stream.put_item(connection, kind, name, str(len(rows) + 1), body)


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()
