"""What the administrator of a city server does, without its network side. Results match the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypedDict

from hsdesk.city.ledger import verifying
from hsdesk.city.ledger.epoch import new_name
from hsdesk.city.ledger.standing import Breach, Standing
from hsdesk.city.people import audit, authority, signing_key, staff, wipes, writers
from hsdesk.city.people.permission import ADMINISTRATOR, Official, administrator
from hsdesk.city.people.staff import IssuedCode, ListedDevice, ListedUser, Rights
from hsdesk.city.people.writers import ListedWriter
from hsdesk.city.reference import publishing, stream
from hsdesk.city.reference.current import latest_bodies
from hsdesk.city.reference.current_forms import (
    StandingForm,
    publish_shipped,
    standing_forms,
    take_back,
    unfit,
)
from hsdesk.city.running import recovery_key
from hsdesk.city.running.service import Service, open_service
from hsdesk.city.sql import migrations
from hsdesk.city.sql.database import Connection, Database
from hsdesk.city.sql.opening import open_database
from hsdesk.city.sql.schema import put_setting, setting
from hsdesk.errors import FormError
from hsdesk.forms.naming import id_refused, name_met, version_refused
from hsdesk.forms.problem import errors_of
from hsdesk.forms.reach import unreachable
from hsdesk.forms.schema import Form
from hsdesk.model.clock import wall_milliseconds
from hsdesk.reports.broken import newly_broken, told, unknown_counts
from hsdesk.wire.reference import Unfit, current_reference


class Initialised(TypedDict):
    """`created` is False if the database had been prepared before: nothing was changed then."""

    database: str
    fingerprint: str
    authority: str
    tls_cert: str
    tls_key: str
    created: bool
    signing_key: Literal["plain", "sealed"]
    recovery_key: str  # the file of its private half while it lies here, else ""


class PublishedForm(TypedDict):
    form: str
    version: str
    leaning: list[str]  # a sentence for each definition that is not known any more


def init(database: str, folder: Path, hosts: tuple[str, ...] = (), city: str = "黄山市") -> Initialised:
    """Prepare a database, and make the city's authority and a certificate for this server in `folder`."""
    names = tuple(dict.fromkeys((*hosts, "localhost", "127.0.0.1")))
    opened = open_database(database)
    try:
        migrations.apply(opened)
        with opened.reading() as connection:
            known = setting(connection, "fingerprint")
        is_new = not known
        if is_new:
            known = _make(opened, folder, city)
        _make_recovery_key(opened, folder)
        city_authority = authority.read_authority(folder)
        certificate = authority.issue(city_authority, names)
        kept = signing_key.protected(city_authority.key)
        authority.write_secret(folder / "ca.key", kept)
        authority.write_secret(folder / "server.pem", certificate.certificate)
        authority.write_secret(folder / "server.key", certificate.key)
        publish_shipped(opened)
    finally:
        opened.close()
    return {
        "database": database.rpartition("@")[2],
        "fingerprint": known,
        "authority": str(folder / "ca.pem"),
        "tls_cert": str(folder / "server.pem"),
        "tls_key": str(folder / "server.key"),
        "created": is_new,
        "signing_key": "plain" if signing_key.is_plain(kept) else "sealed",
        "recovery_key": str(folder / recovery_key.FILE) if (folder / recovery_key.FILE).exists() else "",
    }


def _make_recovery_key(opened: Database, folder: Path) -> None:
    with opened.writing() as connection:
        if not setting(connection, recovery_key.SETTING):
            put_setting(connection, recovery_key.SETTING, recovery_key.make(folder))


def _make(opened: Database, folder: Path, city: str) -> str:
    made = authority.make_authority(city)
    authority.write_authority(folder, made)
    fingerprint = authority.fingerprint_of(made.certificate)
    with opened.writing() as connection:
        put_setting(connection, "authority", made.certificate)
        put_setting(connection, "fingerprint", fingerprint)
        put_setting(connection, "server_epoch", new_name(wall_milliseconds()))
        audit.record(connection, wall_milliseconds(), ADMINISTRATOR, "init", city=city)
    return fingerprint


def code(
    database: str,
    scopes: tuple[str, ...],
    role: str,
    classes: tuple[str, ...] = (),
    verbs: tuple[str, ...] = (),
) -> IssuedCode:
    """Make an enrolment code for places given by their codes. Raises Refused or DataError."""
    with _service(database) as service:
        return staff.issue_code(service.registrar, Rights(scopes, role, classes, verbs), _here(service))


@contextmanager
def _service(database: str) -> Iterator[Service]:
    opened = open_database(database)
    try:
        yield open_service(opened)
    finally:
        opened.close()


def _here(service: Service) -> Official:
    return administrator(service.ledger.directory)


def add_form(database: str, form: Form) -> PublishedForm:
    """Publish a compiled form: it reaches desks on their next sync, before data that uses it."""
    with _service(database) as service:
        return publish_form(service, form)


def publish_form(service: Service, form: Form) -> PublishedForm:
    """Publish a compiled form. Raises FormError for an id or a change that cannot be, Refused."""
    with service.database.writing() as connection:
        known = stream.latest_forms(connection)
        if met := name_met(form, known.values()):
            raise FormError("{met}没有发布。请改 form_id，或加 --as 编号。", met=met)
        if why := version_refused(form) if form.form_id in known else id_refused(form):
            raise FormError("{why}没有发布。请改 settings 表，或加 --as 编号。", why=why)
        asked = (*unknown_counts(form), *unreachable(form, known))
        if refused := errors_of(asked):
            first = refused[0].message
            raise FormError("“{title}”没有发布。{first}", asked, title=form.title, first=first)
        leaning = (
            *told(newly_broken(known.values(), form, _settings(connection))),
            *(f"{one.message}{one.remedy}" for one in asked),
        )
        if stream.put_form(connection, form):
            named = {"form": form.form_id, "version": form.version}
            audit.record(connection, wall_milliseconds(), ADMINISTRATOR, "form", **named)
    return {"form": form.form_id, "version": form.version, "leaning": list(leaning)}


def _settings(connection: Connection) -> Mapping[str, str]:
    return current_reference(latest_bodies(connection)).settings


def withdraw_form(database: str, form_id: str, version: str = "") -> PublishedForm:
    """Take the city's word on a form back: the program's stands again, or an earlier version of that name.

    Raises Refused, FormError.
    """
    with _service(database) as service, service.database.writing() as connection:
        before = stream.latest_forms(connection).values()
        form = take_back(connection, form_id, version)
        leaning = told(newly_broken(before, form, _settings(connection)))
        named = {"form": form.form_id, "version": form.version}
        audit.record(connection, wall_milliseconds(), ADMINISTRATOR, "form-withdrawn", **named)
    return {"form": form.form_id, "version": form.version, "leaning": list(leaning)}


def switch_register(database: str, form_id: str, levels: tuple[str, ...] | None) -> bool:
    """Switch a register on for everybody (None) or for levels, off for none; False: it stands so already.

    Raises Refused.
    """
    with _service(database) as service:
        return publishing.switch_register(service.database, form_id, levels)


def forms(database: str) -> tuple[tuple[StandingForm, ...], tuple[Unfit, ...]]:
    """Return the version of every form that stands, and the definitions that were set aside."""
    with _service(database) as service:
        return standing_forms(service.database), unfit(service.database)


def devices(database: str) -> list[ListedDevice]:
    """Return every registered computer."""
    with _service(database) as service:
        return staff.list_devices(service.devices, _here(service))


def revoke(database: str, device: str) -> None:
    """Stop a computer from logging in, at once. Raises Refused if it is not registered."""
    with _service(database) as service:
        service.devices.revoke(device, _here(service))


def writers_of(database: str, device: str = "") -> list[ListedWriter]:
    """Return who types at a computer, or at every one."""
    with _service(database) as service:
        return writers.everyone(service.database, _here(service), device)


def rename_writer(database: str, device: str, number: int, name: str) -> None:
    """Call somebody who types at a computer otherwise. Raises Refused, DataError."""
    with _service(database) as service:
        writers.rename(service.database, (device, number), name, _here(service))


def release(database: str, device: str) -> IssuedCode:
    """Make a code for one computer to register again with a new key. Raises Refused."""
    with _service(database) as service:
        return staff.release_device(service.registrar, device, _here(service))


def wipe(database: str, device: str, folder: Path) -> None:
    """Stop a computer and order it wiped when it next connects. Raises Refused, Missing."""
    with _service(database) as service:
        wipes.order(service.database, device, _here(service), folder)


def add_user(
    database: str,
    name: str,
    password: str,
    role: str,
    scopes: tuple[str, ...],
    *,
    classes: tuple[str, ...] = (),
    verbs: tuple[str, ...] = (),
) -> ListedUser:
    """Make an official's account, or give it a new password and new rights. Raises DataError, Refused."""
    with _service(database) as service:
        staff.add_user(service.accounts, name, password, Rights(scopes, role, classes, verbs), _here(service))
        listed = staff.list_users(service.accounts, _here(service))
    return next(user for user in listed if user["name"] == name)


def disable_user(database: str, name: str) -> None:
    """Stop an account at once. Raises Refused if there is none of that name."""
    with _service(database) as service:
        service.accounts.disable(name, _here(service))


def users(database: str) -> list[ListedUser]:
    """Return every account."""
    with _service(database) as service:
        return staff.list_users(service.accounts, _here(service))


def check_audit(database: str) -> int:
    """Return how many entries the audit chain has. Raises Corrupt if one was changed."""
    opened = open_database(database)
    try:
        return audit.verify(opened)
    finally:
        opened.close()


def audit_problems(
    database: str, kept: tuple[verifying.KeptHead, ...] = ()
) -> tuple[verifying.AuditProblem, ...]:
    """Return what of the log of ops does not fit the audit trail, or the trail what desks keep of it."""
    with _service(database) as service:
        return verifying.problems(service.database, kept)


def standing_breaches(database: str) -> tuple[Breach, ...]:
    """Return the records that stand and would not be taken today, by place, register and record."""
    with _service(database) as service:
        places = service.ledger.directory
        with service.database.reading() as connection:
            shapes = service.ledger.shapes.current(connection)
            found = Standing(connection, shapes, service.ledger.shapes.registers, places)
            return tuple(found.breaches())


def audit_entries(database: str, after: int = 0, limit: int = 1000) -> tuple[audit.AuditEntry, ...]:
    """Return audit entries after a number, oldest first."""
    opened = open_database(database)
    try:
        return audit.entries(opened, after, limit)
    finally:
        opened.close()
