"""Comparing the log of ops with what the audit trail and the chains of the devices say of it.

Every op that was taken is a row of `hs_op`; of one that was set aside the reason is kept, and one that came
before under another epoch of its device stands there. Every push has an entry in the audit trail with the
chain of its device at its end, with how many rows the log had after it, and with the ops that were taken and
have no row: one that was emptied by an erasure before it came, a move to where the record is already.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from hsdesk.city.people import audit
from hsdesk.city.sql import row_seals, said
from hsdesk.city.sql.database import Connection, Database
from hsdesk.city.sql.said import HeldEpoch
from hsdesk.records.chain import lengthened

Origin = tuple[str, int]
Chains = dict[tuple[str, int, int], bytes]  # by device, epoch, number
LEFT_NOTHING = "nothing"  # in the entry of a push: the numbers of ops taken that came to no row of the log


class KeptHead(msgspec.Struct, frozen=True):
    """An entry of the audit trail as a desk of officials keeps it."""

    n: int
    hash: str


class AuditProblem(msgspec.Struct, frozen=True):
    """What does not fit: `kind` is a word for programs, `text` says it in Chinese."""

    kind: str
    text: str
    device: str = ""
    epoch: int = 0
    seq: int = 0


class ToldPush(msgspec.Struct, frozen=True):
    """The ops of a push, first and last included, and the sum of the seals of their rows."""

    first: int
    last: int
    rows: str


class Trail(msgspec.Struct, frozen=True):
    """What the audit trail says of the pushes of each epoch of a device.

    `chains`: the last op of each, with the chain there. `without_row`: the ops that need no row of the log.
    """

    chains: dict[Origin, list[tuple[int, str]]] = msgspec.field(default_factory=lambda: defaultdict(list))
    without_row: dict[Origin, set[int]] = msgspec.field(default_factory=lambda: defaultdict(set))
    pushes: dict[Origin, list[ToldPush]] = msgspec.field(default_factory=lambda: defaultdict(list))
    log: list[str] = []  # the sum over the log after the last push


def problems(database: Database, kept: Sequence[KeptHead] = ()) -> tuple[AuditProblem, ...]:
    """Return every op that is missing, and every chain that is not what the audit trail says.

    `kept`: what desks of officials keep of the trail; one that was sealed anew is another than theirs.
    """
    with database.reading() as connection:
        chains: Chains = {}
        found: list[AuditProblem] = []
        trail = _trail(connection)
        for device, epochs in _epochs(connection).items():
            found += _of_device(connection, device, epochs, chains, trail)
        found += _unlike_the_trail(trail, chains)
        found += _count(connection)
        found += _changed(connection, trail, found)
        found += [_resealed(one) for one in kept if audit.hash_at(connection, one.n) != one.hash]
    return tuple(found)


def _resealed(kept: KeptHead) -> AuditProblem:
    text = f"审计记录第 {kept.n} 条与上级电脑留存的不一样：审计记录被删改后重新封存过，或恢复过备份。"
    return AuditProblem("resealed", text, seq=kept.n)


def _epochs(connection: Connection) -> dict[str, dict[int, int]]:
    known: dict[str, dict[int, int]] = defaultdict(dict)
    for table in ("hs_progress", "hs_said"):
        rows = connection.all(f"SELECT device, epoch, MAX(last) FROM {table} GROUP BY device, epoch")
        for device, epoch, last in rows:
            known[device][epoch] = max(last, known[device].get(epoch, 0))
    return known


def _of_device(
    connection: Connection, device: str, epochs: dict[int, int], chains: Chains, trail: Trail
) -> Iterator[AuditProblem]:
    hashes: dict[int, list[bytes]] = {}
    for epoch, last in sorted(epochs.items()):
        held = HeldEpoch()
        hashes[epoch] = []
        for chunk in said.chunks(connection, device, epoch):
            hashes[epoch] += chunk.hashes
            held = HeldEpoch(chunk.last, lengthened(held.chain, chunk.hashes))
            chains[device, epoch, chunk.last] = chunk.chain
            if held.chain != chunk.chain or chunk.last != len(hashes[epoch]):
                yield AuditProblem(
                    "chain", f"{device} 的改动链在第 {chunk.last} 条不对。", device, epoch, chunk.last
                )
                break
        if len(hashes[epoch]) != last:
            yield AuditProblem("chain", f"{device} 的改动链缺了末尾。", device, epoch, last)
    for epoch, known in hashes.items():
        spared = trail.without_row[device, epoch]
        for seq in _missing(connection, (device, epoch), known, _elsewhere(hashes, epoch), spared):
            text = f"{device} 的第 {seq} 条改动（第 {epoch} 轮）缺失。"
            yield AuditProblem("missing-op", text, device, epoch, seq)


def _elsewhere(hashes: dict[int, list[bytes]], epoch: int) -> set[bytes]:
    return {one for other, known in hashes.items() if other != epoch for one in known}


def _missing(
    connection: Connection, origin: Origin, hashes: Sequence[bytes], elsewhere: set[bytes], spared: set[int]
) -> Iterator[int]:
    """Yield the numbers of ops that are nowhere: not in the log, not set aside, not here from another epoch.

    `spared`: those of which the trail says that they need no row.
    """
    there = {
        seq
        for table in ("hs_op", "hs_rejected")
        for (seq,) in connection.all(f"SELECT seq FROM {table} WHERE device = ? AND epoch = ?", *origin)
    }
    there |= spared
    return (seq for seq, one in enumerate(hashes, 1) if seq not in there and one not in elsewhere)


def _trail(connection: Connection) -> Trail:
    """Read what the audit trail says of every push."""
    trail = Trail()
    rows = connection.all(
        "SELECT who, action, detail FROM hs_audit WHERE action IN ('push', 'learnt') ORDER BY n"
    )
    for device, action, text in rows:
        detail = json.loads(text)
        origin = (device, detail["epoch"])
        if action == "learnt":  # older ops became known by content: what was said before holds no more
            trail.chains[origin].clear()
            continue
        if "chain" in detail:
            trail.chains[origin].append((detail["last"], detail["chain"]))
        trail.without_row[origin].update(_without_row(detail))
        if "rows" in detail:
            trail.log[:] = [detail["log"]]
            told = ToldPush(detail["last"] - detail["ops"] + 1, detail["last"], detail["rows"])
            trail.pushes[device, abs(detail["epoch"])].append(told)
    return trail


def _without_row(detail: Mapping[str, Any]) -> Iterable[int]:
    """Return the ops of a push that need no row. A program of before did not say which: any of them may."""
    if "total" not in detail:
        return range(detail["last"] - detail["ops"] + 1, detail["last"] + 1)
    return map(int, detail.get(LEFT_NOTHING, "").split())


def _unlike_the_trail(trail: Trail, chains: Chains) -> Iterator[AuditProblem]:
    """Yield the pushes that the trail tells with another chain than is here, or that are gone."""
    for (device, epoch), pushes in trail.chains.items():
        for last, chain in pushes:
            here = chains.get((device, epoch, last))
            if here is None or here.hex() != chain:
                text = f"{device} 的改动（第 {epoch} 轮，到第 {last} 条）与审计记录不一致。"
                yield AuditProblem("chain", text, device, epoch, last)


def _changed(connection: Connection, trail: Trail, found: Sequence[AuditProblem]) -> list[AuditProblem]:
    """Return the pushes whose rows say something else than when they came, beside what was `found`.

    What an erasure emptied is told by the sum over the whole log only.
    """
    erased = set(connection.all("SELECT DISTINCT scope, cls, record FROM hs_erased"))
    sums: dict[tuple[Origin, int], int] = defaultdict(int)
    unclear: set[tuple[Origin, int]] = set()
    total = 0
    for row in row_seals.rows(connection):
        scope, cls, _, device, epoch, seq, record, *_ = row
        seal = row_seals.seal_of(row)
        total += seal
        key = ((device, epoch), _push_of(trail, (device, epoch), seq))
        sums[key] += seal
        if (scope, cls, record) in erased:
            unclear.add(key)
    known = {(one.device, one.epoch, one.seq) for one in found}
    changed = [
        _changed_push(origin, told)
        for origin, pushes in trail.pushes.items()
        for told in pushes
        if (origin, told.last) not in unclear
        and f"{sums[origin, told.last] % row_seals.MODULUS:032x}" != told.rows
        and not any((*origin, seq) in known for seq in range(told.first, told.last + 1))
    ]
    if not (changed or found) and not _is_told(connection, trail, total):
        text = "改动的内容与审计记录不一致：有人在数据库里改过改动，找不出是哪一条。"
        return [AuditProblem("changed-op", text)]
    return changed


def _push_of(trail: Trail, origin: Origin, seq: int) -> int:
    """Return the last op of the push that brought an op, 0 for one that no entry tells."""
    pushes = trail.pushes.get(origin, [])
    at = bisect_left(pushes, seq, key=attrgetter("last"))
    return pushes[at].last if at < len(pushes) and pushes[at].first <= seq else 0


def _changed_push(origin: Origin, told: ToldPush) -> AuditProblem:
    text = (
        f"{origin[0]} 的第 {told.first} 至 {told.last} 条改动（第 {origin[1]} 轮）的内容与审计记录不一致："
        "有人在数据库里改过。"
    )
    return AuditProblem("changed-op", text, *origin, told.last)


def _is_told(connection: Connection, trail: Trail, total: int) -> bool:
    """Tell whether the log says what the last push, and the server, say that it says."""
    here = f"{total % row_seals.MODULUS:032x}"
    return here == f"{row_seals.told(connection):032x}" and all(here == told for told in trail.log)


def _count(connection: Connection) -> Iterator[AuditProblem]:
    counted, total = count(connection), audit.logged_ops(connection)
    if counted != total:
        text = (
            f"改动应有 {total} 条，现在只有 {counted} 条。"
            if counted < total
            else (f"改动应有 {total} 条，现在有 {counted} 条，有来历不明的。")
        )
        yield AuditProblem("count", text)


def count(connection: Connection) -> int:
    """Return how many rows the log of ops has."""
    ((counted,),) = connection.all("SELECT COUNT(*) FROM hs_op")
    return int(counted)
