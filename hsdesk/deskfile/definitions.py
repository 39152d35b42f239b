"""Which form holds on a desk (现行): the city's word first, then one installed by hand, then the program's.

The city's word is what officials published, until they take it back; what the city server's own program
brought counts as a program's. What a new program brings never takes the place of the first two. A form that
cannot be installed is set aside with a sentence: nothing else waits for it, its records stay as parts, and it
is tried again whenever the desk is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

import msgspec

from hsdesk.deskfile import cipher, forms
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.errors import DataError, DeskError, FormError
from hsdesk.forms.naming import name_met
from hsdesk.forms.schema import Form
from hsdesk.forms.versions import succeed
from hsdesk.language.problem import ExpressionError
from hsdesk.wire.messages import ReferenceHead, ReferenceItem
from hsdesk.wire.reference import Unfit, current_reference

Source = Literal["program", "local", "city"]
# What a definition that this program does not understand may raise; failures of the disk are none of these.
_UNFIT = (
    FormError, DataError, ExpressionError, cipher.StatementRefused, msgspec.MsgspecError,
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
_RECEIVED = (
    "市级下发的登记表“{title}”（版本 {version}）在这台电脑上用不了，先放在一边；"
    "原来的登记表和填过的内容都没有改变。请升级程序，或告诉系统管理员。（{detail}）"
)
_SHIPPED = (
    "新程序自带的登记表“{title}”（版本 {version}）接不上现在用的，没有采用；"
    "现在用的登记表和填过的内容都没有改变。请告诉系统管理员。（{detail}）"
)
_UNNAMED = (
    "市级下发的“{}”（版本 {}）的编号或版本这里取不到，先放在一边；别的都照常，填过的内容都没有改变。"
    "请告诉系统管理员：换一个编号重新发布。"
)
_form_of = msgspec.json.Decoder(Form).decode


def unfit(connection: DeskConnection) -> tuple[Unfit, ...]:
    """Return every definition that was set aside here."""
    forms_aside = connection.all("SELECT kind, id, version, reason FROM hs_unfit ORDER BY kind, id")
    others = connection.all("SELECT kind, id, body FROM hs_reference WHERE kind <> 'form'")
    read = current_reference({(kind, name): bytes(body) for kind, name, body in others})
    return (*(Unfit(*row) for row in forms_aside), *read.unfit)


def holds(connection: DeskConnection, head: ReferenceHead) -> bool:
    """Tell whether a form of the reference stream need not be fetched.

    A program's form counts as held when a program brought the same version here.
    """
    row = connection.one("SELECT digest, word FROM hs_reference WHERE kind = 'form' AND id = ?", (head.id,))
    if row is not None:
        return bool(row[0] == head.digest and head.word in ("", row[1]))
    if head.word == "city":
        return False
    installed = "SELECT 1 FROM hs_form WHERE form_id = ? AND version = ? AND body IS NOT NULL"
    return connection.one(installed, (head.id, head.version)) is not None


def receive(connection: DeskConnection, item: ReferenceItem) -> str | None:
    """Keep a form that came and install it; return its form id if tables were made, inside a transaction."""
    head = item.head
    connection.run(
        "INSERT OR REPLACE INTO hs_reference (kind, id, version, digest, body, word)"
        " VALUES ('form', ?, ?, ?, ?, ?)",
        (head.id, head.version, head.digest, item.body, head.word or "city"),
    )
    if head.word == "program" and _source(connection, head.id) == "local":
        return None
    return head.id if _received(connection, head.id) else None


def set_aside(connection: DeskConnection, heads: Iterable[ReferenceHead]) -> None:
    """Note of definitions that they cannot be fetched for their names, inside a transaction."""
    for head in heads:
        connection.run(
            "INSERT OR REPLACE INTO hs_unfit (kind, id, version, source, reason) VALUES (?, ?, ?, 'city', ?)",
            (head.kind, head.id, head.version, _UNNAMED.format(head.id, head.version)),
        )


def _received(connection: DeskConnection, form_id: str) -> bool:
    """Install what the stream said last of a form, or set it aside; return whether tables were made."""
    version, body, word = connection.one(
        "SELECT version, body, word FROM hs_reference WHERE kind = 'form' AND id = ?", (form_id,)
    )
    source: Source = "program" if word == "program" else "city"
    done = _try(
        connection, (form_id, version, source), lambda: _alone(connection, _form_of(bytes(body))), _RECEIVED
    )
    if not done and _is_retired(bytes(body)):  # taken back: then nothing is missed where it cannot stand
        connection.run("DELETE FROM hs_unfit WHERE kind = 'form' AND id = ?", (form_id,))
    return done


def _is_retired(body: bytes) -> bool:
    try:
        return _form_of(body).retired
    except _UNFIT:
        return False


def bring(connection: DeskConnection, shipped: Iterable[Form]) -> int:
    """Install what a program brings where no other word stands, in a transaction; return how many changed."""
    return sum(
        [_bring(connection, form) for form in shipped if _source(connection, form.form_id) == "program"]
    )


def _bring(connection: DeskConnection, form: Form) -> bool:
    return _try(
        connection, (form.form_id, form.version, "program"), lambda: _following(connection, form), _SHIPPED
    )


def retry(connection: DeskConnection) -> None:
    """Try to install those forms of the city again that could not be."""
    waiting = connection.all(
        "SELECT id FROM hs_unfit WHERE kind = 'form' AND source <> 'program'"
        " AND id IN (SELECT id FROM hs_reference WHERE kind = 'form')"  # the others never came
    )
    if waiting:
        with connection.transaction():
            for (form_id,) in waiting:
                _received(connection, form_id)


def _source(connection: DeskConnection, form_id: str) -> Source:
    """Return whose form is installed; "program" when none is."""
    row = connection.one("SELECT source FROM hs_form WHERE form_id = ? AND body IS NOT NULL", (form_id,))
    return row[0] if row else "program"


def _alone(connection: DeskConnection, form: Form) -> Form:
    """Return the form. Raises FormError where its tables would be those of another that is installed."""
    if not forms.has_tables_of(connection, form):
        return form
    if met := name_met(form, forms.everything(connection)):
        raise FormError("{met}这张表没有采用。", met=met)
    return form


def _following(connection: DeskConnection, form: Form) -> Form:
    """Return a form as the successor of the one that is installed. Raises FormError."""
    row = connection.one("SELECT body FROM hs_form WHERE form_id = ? AND body IS NOT NULL", (form.form_id,))
    return succeed(_form_of(bytes(row[0])), form) if row else _alone(connection, form)


def _try(
    connection: DeskConnection, what: tuple[str, str, Source], made: Callable[[], Form], sentence: str
) -> bool:
    """Install a form whole, or note why it cannot be used; return whether tables were made."""
    form_id, version, source = what
    try:
        with _savepoint(connection):
            changed = forms.install(connection, made(), source)
    except _UNFIT as error:
        detail = str(error) if isinstance(error, DeskError) else f"这一版程序读不懂：{type(error).__name__}"
        reason = sentence.format(title=form_id, version=version, detail=detail)
        connection.run(
            "INSERT OR REPLACE INTO hs_unfit (kind, id, version, source, reason) VALUES ('form', ?, ?, ?, ?)",
            (form_id, version, source, reason),
        )
        return False
    connection.run("DELETE FROM hs_unfit WHERE kind = 'form' AND id = ?", (form_id,))
    return changed


@contextmanager
def _savepoint(connection: DeskConnection) -> Iterator[None]:
    """Undo what was done within when an error passes through, and nothing else of the transaction."""
    connection.run("SAVEPOINT definition")
    try:
        yield
    except _UNFIT:
        connection.run("ROLLBACK TO definition")
        connection.run("RELEASE definition")
        connection.forget_forms()
        raise
    connection.run("RELEASE definition")
