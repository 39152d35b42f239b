"""The reference stream (参考数据): forms, code lists, places, settings, rounds.

It precedes data in every sync. Desks are told of the latest version of each thing only.
"""

from __future__ import annotations

import msgspec

from hsdesk.city.reference.current import Published, published_lists
from hsdesk.city.sql import redirects
from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.registers import ServerRegister
from hsdesk.city.sql.schema import put_setting, setting
from hsdesk.errors import DataError, Refused
from hsdesk.forms.city_wording import with_city_wording
from hsdesk.forms.codelists import digest_of
from hsdesk.forms.schema import Form
from hsdesk.forms.shipped import is_off
from hsdesk.forms.versions import succeed
from hsdesk.records.form_shape import FormShape, form_shape
from hsdesk.registers.tables import ROWS_MADE
from hsdesk.wire.messages import Kind, ReferenceHead, ReferenceItem, Word
from hsdesk.wire.reference import CurrentReference

_ROWS = "rows_made"
_ROWS_MADE = f"{ROWS_MADE} led on"  # here they also follow the rules of `merged`
TAKEN_BACK = "taken back"  # of a form that was the city's word and is it no more
_form_of = msgspec.json.Decoder(Form).decode


def put_item(
    connection: Connection, kind: Kind, name: str, version: str, body: bytes, *, word: Word = "city"
) -> bool:
    """Add a thing to the stream; return False if that very thing is there already.

    Raises Refused if another body stands under the same version: desks have it and would not ask again.
    """
    digest = digest_of(body)
    known = connection.all(
        "SELECT digest, word FROM hs_reference WHERE kind = ? AND id = ? AND version = ?", kind, name, version
    )
    if known and known[0][0] != digest:
        raise Refused(
            "“{name}”的版本 {version} 已经发布过，内容不同。请改版本号后再发布。", name=name, version=version
        )
    if known and known[0][1] != TAKEN_BACK:
        return False
    stand(connection, ReferenceHead(kind, name, version, digest, word), body)
    return True


def stand(connection: Connection, head: ReferenceHead, body: bytes) -> None:
    """Let a thing be the latest of its name in the stream, whether or not it was there before."""
    connection.all("SELECT value FROM hs_setting WHERE name = 'server_epoch' FOR UPDATE")
    connection.run(
        "INSERT INTO hs_reference (kind, id, version, rev, digest, body, word) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, id, version) DO UPDATE SET rev = excluded.rev, digest = excluded.digest,"
        " body = excluded.body, word = excluded.word",
        head.kind,
        head.id,
        head.version,
        latest_rev(connection) + 1,
        head.digest,
        body,
        head.word,
    )


def put_form(connection: Connection, form: Form, word: Word = "city") -> bool:
    """Publish a compiled form to every desk, and make its tables here; False if it was published before.

    Raises FormError if the form's name cannot be a table's, or answers of the version before do not fit it.
    """
    form = succeed(_before(connection, form), form)
    register = ServerRegister(form, published_lists(connection))
    if not put_item(connection, "form", form.form_id, form.version, msgspec.json.encode(form), word=word):
        return False
    register.make_tables(connection)
    return True


def latest_forms(connection: Connection) -> dict[str, Form]:
    """Return the latest version of every form, by form_id."""
    rows = connection.all("SELECT id, body FROM hs_reference WHERE kind = 'form' ORDER BY rev")
    return {name: _form_of(body) for name, body in {name: bytes(body) for name, body in rows}.items()}


def _before(connection: Connection, form: Form) -> Form | None:
    """Return the version that was published before this one, None for a new form."""
    rows = connection.all(
        "SELECT body FROM hs_reference WHERE kind = 'form' AND id = ? AND version <> ?"
        " ORDER BY rev DESC LIMIT 1",
        form.form_id,
        form.version,
    )
    return msgspec.json.decode(bytes(rows[0][0]), type=Form) if rows else None


def latest_rev(connection: Connection) -> int:
    """Return the revision of the reference stream."""
    return int(str(connection.all("SELECT COALESCE(MAX(rev), 0) FROM hs_reference")[0][0]))


def heads_after(connection: Connection, rev: int) -> tuple[ReferenceHead, ...]:
    """Return the latest version of what was added after a revision, oldest first.

    A form of the program that is off by default is not told: desks carry it, and it is switched on by name.
    """
    rows = connection.all(
        "SELECT kind, id, version, digest, word FROM hs_reference AS r WHERE rev > ? AND rev ="
        " (SELECT MAX(rev) FROM hs_reference WHERE kind = r.kind AND id = r.id) ORDER BY rev",
        rev,
    )
    heads = (ReferenceHead(*row) for row in rows)
    return tuple(head for head in heads if not _is_untold(connection, head))


def _is_untold(connection: Connection, head: ReferenceHead) -> bool:
    """Tell whether a form is the program's, off by default, and was never the city's word."""
    if head.kind != "form" or head.word == "city" or not is_off(head.id):
        return False
    said = "SELECT 1 FROM hs_reference WHERE kind = 'form' AND id = ? AND word <> 'program' LIMIT 1"
    return not connection.all(said, head.id)


def item(connection: Connection, kind: Kind, name: str, version: str) -> ReferenceItem:
    """Return one thing. Raises DataError if there is none of that name and version."""
    rows = connection.all(
        "SELECT digest, word, body FROM hs_reference WHERE kind = ? AND id = ? AND version = ?",
        kind,
        name,
        version,
    )
    if not rows:
        raise DataError("市级服务器没有“{name}”的版本 {version}。", name=name, version=version)
    digest, word, body = rows[0]
    return ReferenceItem(ReferenceHead(kind, name, version, digest, word), bytes(body))


def make_rows_anew(connection: Connection) -> None:
    """Make the register tables again when another version of the program made them by other rules."""
    if setting(connection, _ROWS) == _ROWS_MADE:
        return
    lists, forms = published_lists(connection), latest_forms(connection)
    redirects.know_again(connection, forms.values())
    for form in forms.values():
        ServerRegister(form, lists).make_tables(connection, anew=True)
    put_setting(connection, _ROWS, _ROWS_MADE)


class Shapes:
    """The forms as the ledger needs them, read again when the reference stream has moved."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._rev = -1
        self._standing: CurrentReference | None = None
        self._shapes: dict[str, FormShape] = {}
        self.registers: dict[str, ServerRegister] = {}  # of the latest version of each form

    def current(self, connection: Connection) -> dict[str, FormShape]:
        """Return the shape of every form by form_id; earlier versions' own fields are part of it.

        A laptop two versions back still sends answers that the latest version no longer asks.
        """
        rev, now = latest_rev(connection), self._published.current(connection)
        if rev != self._rev or now is not self._standing:
            rows = connection.all("SELECT body FROM hs_reference WHERE kind = 'form' ORDER BY rev")
            forms = [_form_of(bytes(body)) for (body,) in rows]
            self._shapes = _joined(forms)
            latest = {form.form_id: form for form in forms}
            self.registers = {
                form_id: ServerRegister(with_city_wording(form, now.settings), now.lists)
                for form_id, form in latest.items()
            }
            self._rev, self._standing = rev, now
        return self._shapes


def _joined(forms: list[Form]) -> dict[str, FormShape]:
    shapes: dict[str, FormShape] = {}
    for form in forms:
        shapes[form.form_id] = form_shape(form).after(shapes.get(form.form_id))
    return shapes
