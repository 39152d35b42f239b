"""Which version of a form stands in the city: its officials' word, before what the program brings.

The version that stands is the latest of the reference stream. What officials published stays there through
every upgrade of the program, until they take it back (收回); then the program's own stands again, or an
earlier version that they name. A form of a new program that cannot follow the one that stands is set aside.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hsdesk.city.reference.current import published_lists
from hsdesk.city.reference.stream import TAKEN_BACK, latest_forms, make_rows_anew, put_form, stand
from hsdesk.city.sql import locks
from hsdesk.city.sql.database import Connection, Database
from hsdesk.city.sql.registers import ServerRegister
from hsdesk.errors import FormError, Refused
from hsdesk.forms.codelists import digest_of
from hsdesk.forms.naming import name_met
from hsdesk.forms.schema import Form, Question
from hsdesk.forms.shipped import index, is_off, shipped_form, shipped_forms
from hsdesk.forms.versions import fits, narrower, succeed
from hsdesk.model.answer import generic
from hsdesk.records.parts import Part
from hsdesk.wire.messages import ReferenceHead, Word
from hsdesk.wire.reference import Unfit

_form_of = msgspec.json.Decoder(Form).decode
_part_of = msgspec.msgpack.Decoder(Part).decode


_RETIRED = ".closed"


class StandingForm(msgspec.Struct, frozen=True):
    """The version of a form that stands, and whose word it is."""

    form: str
    version: str
    word: Word


def publish_shipped(database: Database) -> None:
    """Let the program's own forms stand where officials have said nothing; set aside what cannot follow.

    One that is off by default stands here once a desk or the city has switched it on.
    """
    with database.writing() as connection:
        make_rows_anew(connection)
        connection.run("DELETE FROM hs_unfit")
        standing = latest_forms(connection)
        for form in shipped_forms(standing):
            try:
                _bring(connection, form, standing)
            except FormError as error:
                _set_aside(connection, form, error)


def _bring(connection: Connection, form: Form, standing: dict[str, Form]) -> None:
    """Let one form of the program stand where it may, and enter it in the forms that are `standing`."""
    known = _versions(connection, form.form_id)
    mine = [version for version, word in known if word == "city"]
    if mine:
        if known[-1][0] != mine[-1]:  # a program without this order let its own form pass the city's
            stored = _stored(connection, form.form_id, mine[-1])
            standing[form.form_id] = _let_stand(connection, stored, "city")
    elif form.version not in [version for version, _word in known]:
        if met := name_met(form, standing.values()):
            raise FormError("{met}这张表没有采用。", met=met)
        put_form(connection, form, "program")
        standing[form.form_id] = form


def bring_used(database: Database, forms: Iterable[str]) -> None:
    """Let those of these forms stand that the program carries, that are off by default and not here yet.

    A desk that switched one on sends records of it, and an official may ask for it. Where its tables would be
    another's it is set aside.
    """
    off = {form_id for form_id in forms if is_off(form_id)}
    if not off:
        return
    with database.reading() as connection:
        if off <= _names(connection):
            return
    with database.writing() as connection:
        _bring_used(connection, off)


def _bring_used(connection: Connection, off: set[str]) -> None:
    locks.bring_forms(connection)
    standing = latest_forms(connection)
    for form_id in sorted(off - standing.keys()):
        try:
            _bring(connection, shipped_form(form_id), standing)
        except FormError as error:
            _set_aside(connection, shipped_form(form_id), error)


def _names(connection: Connection) -> set[str]:
    rows = connection.all("SELECT DISTINCT id FROM hs_reference WHERE kind = 'form'")
    return {str(name) for (name,) in rows}


def _set_aside(connection: Connection, form: Form, error: FormError) -> None:
    reason = (
        f"新程序自带的登记表“{form.title}”（版本 {form.version}）接不上现在用的，没有采用；"
        f"现在用的登记表和已有的资料都没有改变。（{error}）"
    )
    connection.run(
        "INSERT INTO hs_unfit (kind, id, version, reason) VALUES ('form', ?, ?, ?)"
        " ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, reason = excluded.reason",
        form.form_id,
        form.version,
        reason,
    )


def unfit(database: Database) -> tuple[Unfit, ...]:
    """Return what was set aside when the server was last started."""
    with database.reading() as connection:
        rows = connection.all("SELECT kind, id, version, reason FROM hs_unfit ORDER BY kind, id")
    return tuple(Unfit(*row) for row in rows)


def standing_forms(database: Database) -> tuple[StandingForm, ...]:
    """Return the version of every form that stands, by form id."""
    with database.reading() as connection:
        rows = connection.all("SELECT id, version, word FROM hs_reference WHERE kind = 'form' ORDER BY rev")
    latest = {name: StandingForm(name, version, word) for name, version, word in rows}
    return tuple(latest[name] for name in sorted(latest))


def take_back(connection: Connection, form_id: str, version: str = "") -> Form:
    """Take the city's word on a form back; return what stands from now on, on desks after their next sync.

    That is the form of the program, or the earlier `version` that is named. A form that no program brought
    is retired: desks that hold records of it show them, and nothing more is written. Raises Refused when
    there is none of that name or version, FormError when answers have been given that it cannot hold:
    nothing has changed then.
    """
    known = _versions(connection, form_id)
    if not known:
        raise Refused("服务器上没有登记表“{name}”。用 server forms list 看有哪些。", name=form_id)
    if not version and known[-1][1] != "city":
        raise Refused("登记表“{name}”没有市里发布的版本，用的就是程序自带的，不用收回。", name=form_id)
    target = _named(connection, form_id, version) if version else _program_form(connection, form_id)
    if target is None:
        return _retire(connection, form_id)
    connection.run(
        "UPDATE hs_reference SET word = ? WHERE kind = 'form' AND id = ? AND word = 'city'",
        TAKEN_BACK,
        form_id,
    )
    try:
        return _let_stand(connection, target, "city" if version else "program")
    except FormError as error:
        raise FormError(
            "“{title}”不能收回到版本 {version}：已经填了它放不下的内容。现在用的版本和资料都没有改变。",
            error.problems,
            title=target.title,
            version=target.version,
        ) from error


def _versions(connection: Connection, form_id: str) -> list[tuple[str, str]]:
    """Return (version, whose word) of a form, the one that stands last."""
    rows = connection.all(
        "SELECT version, word FROM hs_reference WHERE kind = 'form' AND id = ? ORDER BY rev", form_id
    )
    return [(version, word) for version, word in rows]


def _named(connection: Connection, form_id: str, version: str) -> Form:
    versions = [one for one, _word in _versions(connection, form_id)]
    if version not in versions:
        raise Refused(
            "登记表“{name}”没有版本 {version}，有：{known}。",
            name=form_id,
            version=version,
            known="、".join(versions),
        )
    return _stored(connection, form_id, version)


def _retire(connection: Connection, form_id: str) -> Form:
    """Let a form that only the city brought be read, and written no more: what was typed is kept."""
    form = latest_forms(connection)[form_id]
    version = f"{form.version}{_RETIRED}"
    form = msgspec.structs.replace(form, retired=True, version=version)
    body = msgspec.json.encode(form)
    stand(connection, ReferenceHead("form", form_id, version, digest_of(body), "city"), body)
    return form


def _program_form(connection: Connection, form_id: str) -> Form | None:
    """Return the form of this program, of an earlier one when this brings it no more; None: of none."""
    if form_id in index():
        return shipped_form(form_id)
    known = _versions(connection, form_id)
    for version, word in reversed(known):
        if word == "program":
            return _stored(connection, form_id, version)
    return None


def _stored(connection: Connection, form_id: str, version: str) -> Form:
    rows = connection.all(
        "SELECT body FROM hs_reference WHERE kind = 'form' AND id = ? AND version = ?", form_id, version
    )
    return _form_of(bytes(rows[0][0]))


def _let_stand(connection: Connection, form: Form, word: Word) -> Form:
    """Let a version stand, its tables made anew. Raises FormError if answers do not fit it."""
    before = latest_forms(connection)[form.form_id]
    fitting = _fitting(connection, form.form_id, narrower(before, form))
    form = succeed(before, form, fitting, going_back=True)
    body = msgspec.json.encode(form)
    stand(connection, ReferenceHead("form", form.form_id, form.version, digest_of(body), word), body)
    ServerRegister(form, published_lists(connection)).make_tables(connection, anew=True)
    return form


def _fitting(connection: Connection, form_id: str, asked: dict[str, Question]) -> frozenset[str]:
    """Return those questions whose every answer fits them, although others would not."""
    left = dict(asked)
    rows = connection.all("SELECT body FROM hs_state WHERE form = ?", form_id) if left else []
    for (body,) in rows:
        for path, value in _part_of(bytes(body)).answers.items():
            question = left.get(generic(path))
            if question is not None and not fits(question, value):
                del left[generic(path)]
    return frozenset(left)
