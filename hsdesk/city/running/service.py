"""What the routes need, put together once: ledger, registrar, brake, and what the server says of itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from hsdesk.city.ledger.blobs import Blobs
from hsdesk.city.ledger.ledger import Ledger
from hsdesk.city.people.accounts import Accounts
from hsdesk.city.people.devices import Devices
from hsdesk.city.people.enrolment import Registrar
from hsdesk.city.people.throttle import Throttle
from hsdesk.city.reference.current import Published
from hsdesk.city.reference.current_forms import publish_shipped
from hsdesk.city.running.readiness import Readiness
from hsdesk.city.sql import migrations
from hsdesk.city.sql.database import Database
from hsdesk.city.sql.schema import setting
from hsdesk.deskfile.layout import Progress
from hsdesk.errors import Missing
from hsdesk.model.clock import wall_milliseconds
from hsdesk.model.place import Directory
from hsdesk.wire.enrolment import Meta

PROTOCOL = 1


class Site(msgspec.Struct, frozen=True):
    """Where a server stands: the address of its database and the folder of its keys, as far as known."""

    database: str = ""
    folder: Path | None = None


class Service(msgspec.Struct, frozen=True):
    """A city server without its network side."""

    database: Database
    ledger: Ledger
    blobs: Blobs
    registrar: Registrar
    accounts: Accounts
    devices: Devices
    throttle: Throttle
    meta: Meta
    site: Site
    readiness: Readiness


def open_service(
    database: Database,
    *,
    directory: Directory | None = None,
    site: Site | None = None,
    now_ms: Callable[[], int] = wall_milliseconds,
    migrating: Progress | None = None,
) -> Service:
    """Open a database that `server init` has prepared. Raises Missing if it has not."""
    migrations.apply(database, migrating)
    with database.reading() as connection:
        epoch, authority = setting(connection, "server_epoch"), setting(connection, "authority")
        fingerprint = setting(connection, "fingerprint")
    if not epoch:
        raise Missing("市级服务器还没有初始化。请先运行 hsdesk server init。")
    publish_shipped(database)
    published, where = Published(directory), site or Site()
    places = partial(published.places, database)
    meta = Meta("hsdesk", product_version(), PROTOCOL, epoch, fingerprint, authority)
    return Service(
        database,
        Ledger(database, published, now_ms),
        Blobs(database, now_ms),
        Registrar(database, places, now_ms),
        Accounts(database, places, now_ms),
        Devices(database, now_ms),
        Throttle(now_ms),
        meta,
        where,
        Readiness(database, where.folder if where.database.startswith("sqlite:") else None),
    )


def product_version() -> str:
    """Return the program's version."""
    try:
        return version("hsdesk")
    except PackageNotFoundError:
        return "0"
