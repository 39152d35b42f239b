"""Opening the database at an address: SQLite or PostgreSQL, refused when a newer program wrote it."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path

from hsdesk.city.sql.database import Database
from hsdesk.errors import UsageError


def open_database(url: str) -> Database:
    """Open `sqlite:///FILE` or `postgresql://…`.

    Raises UsageError on another address, NewerLayout for a database of a newer program: untouched.
    """
    from hsdesk.city.sql import migrations

    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from hsdesk.city.sql.sqlite_database import SqliteDatabase

        migrations.check_file(Path(sqlite_path(url)))
        return SqliteDatabase(sqlite_path(url))
    if scheme in ("postgresql", "postgres"):
        from hsdesk.city.sql.postgres_database import PostgresDatabase

        with ExitStack() as undo:
            opened = undo.enter_context(closing(PostgresDatabase(url)))
            with opened.reading() as connection:
                migrations.check(connection)
            undo.pop_all()
        return opened
    raise UsageError(
        "数据库地址“{url}”不对，应写作 sqlite:///文件 或 postgresql://主机/库名。",
        url=url.rpartition("@")[2],  # a password in the address is not repeated
    )


def sqlite_path(url: str) -> str:
    """Return the file of a SQLite address, as SQLAlchemy reads it: three slashes relative, four absolute.

    >>> sqlite_path("sqlite:///a/b.db"), sqlite_path("sqlite:////a/b.db")
    ('a/b.db', '/a/b.db')
    """
    return url.removeprefix("sqlite:///")
