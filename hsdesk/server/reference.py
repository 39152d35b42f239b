"""The reference stream (参考数据): forms, code lists, places, settings, rounds.

It precedes data in every sync. Desks are told of the latest version of each thing only.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hsdesk.errors import DataError, Refused
from hsdesk.forms.codelists import digest_of
from hsdesk.forms.schema import Form
from hsdesk.forms.versions import succeed
from hsdesk.forms.wording import worded
from hsdesk.model.resource import resource_dir
from hsdesk.server import merged
from hsdesk.server.database import Connection, Database
from hsdesk.server.registers import ServerRegister
from hsdesk.server.schema import put_setting, setting
from hsdesk.server.shape import FormShape, form_shape
from hsdesk.server.standing import Published, published_lists
from hsdesk.store.tables import ROWS_MADE
from hsdesk.wire.messages import Kind, ReferenceHead, ReferenceItem
from hsdesk.wire.reference import Standing

_ROWS = "rows_made"
_ROWS_MADE = f"{ROWS_MADE} led on"  # here they also follow the rules of `merged`
_form_of = msgspec.json.Decoder(Form).decode


def put_item(connection: Connection, kind: Kind, name: str, version: str, body: bytes) -> bool:
    """Add a thing to the stream; return False if that very thing is there already.

    Raises Refused if another body stands under the same version: desks have it and would not ask again.
    """
    digest = digest_of(body)
    known = connection.all(
        "SELECT digest FROM hs_reference WHERE kind = ? AND id = ? AND version = ?", kind, name, version
    )
    if known:
        if known[0][0] == digest:
            return False
        raise Refused(
            "“{name}”的版本 {version} 已经发布过，内容不同。请改版本号后再发布。", name=name, version=version
        )
    connection.all("SELECT value FROM hs_setting WHERE name = 'server_epoch' FOR UPDATE")
    rev = latest_rev(connection) + 1
    connection.run(
        "INSERT INTO hs_reference (kind, id, version, rev, digest, body) VALUES (?, ?, ?, ?, ?, ?)",
        kind,
        name,
        version,
        rev,
        digest,
        body,
    )
    return True


def put_form(connection: Connection, form: Form) -> bool:
    """Publish a compiled form to every desk, and make its tables here; False if it was published before.

    Raises FormError if the form's name cannot be a table's, or answers of the version before do not fit it.
    """
    form = succeed(_before(connection, form), form)
    register = ServerRegister(form, published_lists(connection))
    if not put_item(connection, "form", form.form_id, form.version, msgspec.json.encode(form)):
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
    """Return the latest version of what was added after a revision, oldest first."""
    rows = connection.all(
        "SELECT kind, id, version, digest FROM hs_reference AS r WHERE rev > ? AND rev ="
        " (SELECT MAX(rev) FROM hs_reference WHERE kind = r.kind AND id = r.id) ORDER BY rev",
        rev,
    )
    return tuple(ReferenceHead(*row) for row in rows)


def item(connection: Connection, kind: Kind, name: str, version: str) -> ReferenceItem:
    """Return one thing. Raises DataError if there is none of that name and version."""
    rows = connection.all(
        "SELECT digest, body FROM hs_reference WHERE kind = ? AND id = ? AND version = ?", kind, name, version
    )
    if not rows:
        raise DataError("市级服务器没有“{name}”的版本 {version}。", name=name, version=version)
    digest, body = rows[0]
    return ReferenceItem(ReferenceHead(kind, name, version, digest), bytes(body))


def shipped_forms() -> Iterable[Form]:
    """Yield the forms that come with the program, compiled."""
    folder = resource_dir() / "forms" / "compiled"
    for path in sorted(folder.glob("*.json")):
        yield _form_of(path.read_bytes())


def publish_shipped(database: Database) -> None:
    """Put the program's own forms into the stream, as far as they are not in it in this version."""
    with database.writing() as connection:
        _make_rows_anew(connection)
        known = {
            (row[0], row[1])
            for row in connection.all("SELECT id, version FROM hs_reference WHERE kind = 'form'")
        }
        for form in shipped_forms():
            if (form.form_id, form.version) not in known:
                put_form(connection, form)


def _make_rows_anew(connection: Connection) -> None:
    """Make the register tables again when another version of the program made them by other rules."""
    if setting(connection, _ROWS) == _ROWS_MADE:
        return
    lists, forms = published_lists(connection), latest_forms(connection)
    merged.know_again(connection, forms.values())
    for form in forms.values():
        ServerRegister(form, lists).make_tables(connection, anew=True)
    put_setting(connection, _ROWS, _ROWS_MADE)


class Shapes:
    """The forms as the ledger needs them, read again when the reference stream has moved."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._rev = -1
        self._standing: Standing | None = None
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
                form_id: ServerRegister(worded(form, now.settings), now.lists)
                for form_id, form in latest.items()
            }
            self._rev, self._standing = rev, now
        return self._shapes


def _joined(forms: list[Form]) -> dict[str, FormShape]:
    shapes: dict[str, FormShape] = {}
    for form in forms:
        latest, earlier = form_shape(form), shapes.get(form.form_id)
        fields = {**earlier.fields, **latest.fields} if earlier else latest.fields
        shapes[form.form_id] = FormShape(form.form_id, form.version, form.stream, fields)
    return shapes
