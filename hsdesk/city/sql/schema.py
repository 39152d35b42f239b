"""The tables of layout 1 of the ledger, one text for both databases; `migrations` makes and changes them.

(scope, class) leads every key of synced data.

`BLOB` reads `BYTEA` and `INTEGER` reads `BIGINT` in PostgreSQL. No sequence, no foreign key on synced rows.
The ops of a record part are a chain: `hs_op.before` is the revision of the one before it, 0 for the first.
(An index by record would cost every op a write at a random place.) `hs_state` has its key and no other index:
PostgreSQL then changes a part in its own page and leaves the index alone, and has, before it has statistics,
no other index to take for the look-up of a record.
"""

from __future__ import annotations

from hsdesk.city.sql.database import Connection

FIRST = """
CREATE TABLE IF NOT EXISTS hs_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hs_stream (
    scope TEXT NOT NULL, cls TEXT NOT NULL, rev INTEGER NOT NULL, fence INTEGER NOT NULL,
    digest INTEGER NOT NULL, PRIMARY KEY (scope, cls));
CREATE TABLE IF NOT EXISTS hs_op (
    scope TEXT NOT NULL, cls TEXT NOT NULL, rev INTEGER NOT NULL, device TEXT NOT NULL,
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, record TEXT NOT NULL, form TEXT NOT NULL,
    version TEXT NOT NULL, base_rev INTEGER NOT NULL, hlc INTEGER NOT NULL, received INTEGER NOT NULL,
    person TEXT NOT NULL, body BLOB NOT NULL, resolves TEXT NOT NULL, lost TEXT NOT NULL,
    before INTEGER NOT NULL, PRIMARY KEY (scope, cls, rev));
CREATE INDEX IF NOT EXISTS hs_op_seq ON hs_op (device, epoch, seq);
CREATE TABLE IF NOT EXISTS hs_progress (
    device TEXT NOT NULL, epoch INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (device, epoch));
CREATE TABLE IF NOT EXISTS hs_rejected (
    device TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, received INTEGER NOT NULL,
    reason TEXT NOT NULL, PRIMARY KEY (device, epoch, seq));
CREATE TABLE IF NOT EXISTS hs_state (
    scope TEXT NOT NULL, cls TEXT NOT NULL, record TEXT NOT NULL, form TEXT NOT NULL,
    rev INTEGER NOT NULL, digest INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (scope, cls, record));
DROP INDEX IF EXISTS hs_state_rev;
DROP INDEX IF EXISTS hs_state_after;
CREATE TABLE IF NOT EXISTS hs_conflict (
    scope TEXT NOT NULL, cls TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL,
    record TEXT NOT NULL, open INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (scope, cls, id));
CREATE INDEX IF NOT EXISTS hs_conflict_rev ON hs_conflict (scope, cls, rev);
CREATE INDEX IF NOT EXISTS hs_conflict_record ON hs_conflict (scope, cls, record);
CREATE TABLE IF NOT EXISTS hs_departure (
    scope TEXT NOT NULL, cls TEXT NOT NULL, record TEXT NOT NULL, rev INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (scope, cls, record));
CREATE INDEX IF NOT EXISTS hs_departure_rev ON hs_departure (scope, cls, rev);
CREATE INDEX IF NOT EXISTS hs_departure_record ON hs_departure (record);
CREATE TABLE IF NOT EXISTS hs_erased (
    scope TEXT NOT NULL, cls TEXT NOT NULL, record TEXT NOT NULL, path TEXT NOT NULL, rev INTEGER NOT NULL,
    mark BLOB NOT NULL, PRIMARY KEY (scope, cls, record, path));
CREATE INDEX IF NOT EXISTS hs_erased_rev ON hs_erased (scope, cls, rev);
CREATE TABLE IF NOT EXISTS hs_merged (
    record TEXT NOT NULL, scope TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (record, scope));
CREATE TABLE IF NOT EXISTS hs_reference (
    kind TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, rev INTEGER NOT NULL,
    digest TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, id, version));
CREATE TABLE IF NOT EXISTS hs_blob (digest TEXT PRIMARY KEY, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS hs_blob_part (
    owner TEXT NOT NULL, digest TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (owner, digest, at));
CREATE TABLE IF NOT EXISTS hs_blob_ref (
    scope TEXT NOT NULL, cls TEXT NOT NULL, record TEXT NOT NULL, digest TEXT NOT NULL,
    size INTEGER NOT NULL, held INTEGER NOT NULL, PRIMARY KEY (scope, cls, record, digest));
CREATE INDEX IF NOT EXISTS hs_blob_ref_digest ON hs_blob_ref (digest);
CREATE TABLE IF NOT EXISTS hs_account (
    name TEXT PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, grants BLOB NOT NULL,
    created INTEGER NOT NULL, disabled INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS hs_code (
    hash TEXT PRIMARY KEY, role TEXT NOT NULL, grants BLOB NOT NULL, expires INTEGER NOT NULL,
    used_by TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hs_device (
    id TEXT PRIMARY KEY, public_key TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    grants BLOB NOT NULL, created INTEGER NOT NULL, seen INTEGER NOT NULL, revoked INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS hs_wipe (
    device TEXT PRIMARY KEY, body BLOB NOT NULL, ordered INTEGER NOT NULL, sent INTEGER NOT NULL,
    done INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS hs_token (
    hash TEXT PRIMARY KEY, device TEXT NOT NULL, account TEXT NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS hs_audit (
    n INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
    detail TEXT NOT NULL, hash TEXT NOT NULL);
"""


def setting(connection: Connection, name: str) -> str:
    """Return a setting, "" if it was never put."""
    rows = connection.all("SELECT value FROM hs_setting WHERE name = ?", name)
    return str(rows[0][0]) if rows else ""


def put_setting(connection: Connection, name: str, value: str) -> None:
    """Write a setting."""
    connection.run(
        "INSERT INTO hs_setting (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )
