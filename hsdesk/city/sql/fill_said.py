"""Making `hs_said` in a database that knew receipts by number only: what is known of old ops by content.

Of an op that was taken the log has record and clock reading; one that was set aside left nothing here, and
any content counts as it (`REJECTED_BEFORE`) until its desk says what it was.
"""

from __future__ import annotations

from hsdesk.city.sql.database import Connection
from hsdesk.city.sql.said import HeldEpoch, write
from hsdesk.deskfile.layout import Tell
from hsdesk.records.chain import REJECTED_BEFORE, old_hash

_MAKE = """CREATE TABLE hs_said (
    device TEXT NOT NULL, epoch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    hashes BLOB NOT NULL, chain BLOB NOT NULL, parent BLOB NOT NULL, PRIMARY KEY (device, epoch, first))"""
_AT_ONCE = 500


def fill_said(connection: Connection, tell: Tell) -> None:
    """Make `hs_said` and fill it from log and progress, for each epoch of each device."""
    connection.run(_MAKE)
    known = connection.all("SELECT device, epoch, last FROM hs_progress WHERE last > 0")
    for n, (device, epoch, last) in enumerate(known):
        tell(n, len(known))
        _fill(connection, (device, epoch), last)


def _fill(connection: Connection, origin: tuple[str, int], last: int) -> None:
    rows = connection.all(
        "SELECT seq, record, hlc FROM hs_op WHERE device = ? AND epoch = ? AND seq <= ?", *origin, last
    )
    known = {seq: old_hash(record, hlc) for seq, record, hlc in rows}
    held = HeldEpoch()
    while held.last < last:
        seqs = range(held.last + 1, min(last, held.last + _AT_ONCE) + 1)
        held = write(connection, origin, held, [known.get(seq, REJECTED_BEFORE) for seq in seqs])
