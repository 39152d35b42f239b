"""The frame of every transaction of either database: one connection per thread, all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any


class Transactions:
    """Connections of one database. `connect` makes one that begins transactions only when it is told to."""

    def __init__(self, connect: Callable[[], Any], is_usable: Callable[[Any], bool] = lambda _: True) -> None:
        self._connect = connect
        self._is_usable = is_usable
        self._local = threading.local()
        self._open: list[Any] = []

    @contextmanager
    def begun(self, begin: str) -> Iterator[Any]:
        """Give this thread's connection inside a transaction; it is undone if an error passes through."""
        connection = self._own()
        connection.execute(begin)
        with ExitStack() as undo:
            undo.callback(connection.rollback)
            yield connection
            connection.commit()
            undo.pop_all()

    def _own(self) -> Any:
        existing = getattr(self._local, "connection", None)
        if existing is not None and self._is_usable(existing):
            return existing
        connection = self._connect()
        self._local.connection = connection
        self._open.append(connection)
        return connection

    def close(self) -> None:
        """Close every connection."""
        for connection in self._open:
            connection.close()
        self._open.clear()
        self._local = threading.local()
