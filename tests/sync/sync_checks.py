"""What must hold when all has come to rest: all agree, nothing typed is lost, late sticks do nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import msgspec
from sync_ghosts import Uid
from typed_rows import CLOCK, typed_rows

from hsdesk.city.ledger import validation, verifying
from hsdesk.city.ledger.stream import conflict_of, part_of
from hsdesk.city.people import audit
from hsdesk.city.running.service import Service
from hsdesk.city.sql.database import Connection
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.model.answer import MOVED_TO, Value
from hsdesk.records.chain import HASH_BYTES, hash_of
from hsdesk.records.op import Op
from hsdesk.records.parts import filled

if TYPE_CHECKING:
    from sync_three_desks import World

# Why an op that comes late is set aside.
CAME_LATE = (validation.ERASED, validation.NO_RIGHT, validation.NO_RECORD, validation.IS_THERE)
_ROUNDS = 4
_OP = msgspec.json.Decoder(Op)
# Where an assertion stands that is a check, and no stumbling of planted code.
CHECKS = tuple(
    f"sync_{name}.py" for name in ("ghosts", "sight", "checks", "desks", "carried", "three_desks", "stories")
)


def check(world: World) -> None:
    """Let every cell be left, sync until nothing moves, then compare everything with everything."""
    for name, pages in world.pages.items():
        world.write_all(name)
        for page in pages:
            for path in list(page.cells):
                world.leave(name, page, path)
    for _ in range(2):
        come_to_rest(world)
    quiet(world)
    if not world.is_blind:
        late_sticks(world)
        quiet(world)
    trail(world)


def trail(world: World) -> None:
    """Whatever happened, the log of ops and the audit trail fit, and no desk has anything to report."""
    database = world.service.database
    assert audit.verify(database) > 0
    assert [one.text for one in verifying.problems(database)] == []
    kept = {name: desk.city_audit() for name, desk in world.desks.items()}
    assert [one.text for found in kept.values() if found for one in found.alarms] == []


def come_to_rest(world: World) -> None:
    for _ in range(_ROUNDS):
        for name in world.desks:
            assert world.sync(name)
        if not any(desk.pending_count() for desk in world.desks.values()):
            return


def late_sticks(world: World) -> None:
    """Every stick comes once more: the city does not move, nor does what a desk shows."""
    before = _city(world)
    for number in range(len(world.out)):
        world.city_imports(number)
    assert _city(world) == before, "a late stick changed the city"
    for number in range(len(world.back)):
        world.desk_imports(number)


def _city(world: World) -> list[object]:
    with world.service.database.reading() as connection:
        states = connection.all("SELECT scope, cls, record, rev, body FROM hs_state ORDER BY 1, 2, 3")
        streams = connection.all("SELECT scope, cls, rev, digest FROM hs_stream WHERE rev > 0 ORDER BY 1, 2")
    return [*states, *streams]


def quiet(world: World) -> None:
    waiting = {name: desk.pending_count() for name, desk in world.desks.items()}
    assert not any(waiting.values()), ("kept for ever", waiting)
    _check_shown(world)
    _check_conflicts(world)
    _check_streams(world)
    assert world.healed == 0 or world.is_blind
    check_rows(world)
    _check_nothing_lost(world)
    if not world.is_blind:
        check_acknowledged(world)


def held_at(world: World, name: str) -> tuple[str, ...]:
    from sync_three_desks import OTHER, VILLAGE

    return (VILLAGE, OTHER) if world.is_wide or world.original(name) == "t" else (VILLAGE,)


def _check_shown(world: World) -> None:
    """Each desk shows what the city holds."""
    city: dict[tuple[str, str], dict[str, Value]] = {}
    with world.service.database.reading() as connection:
        rows = connection.all("SELECT scope, record, cls, body FROM hs_state ORDER BY cls = 'common'")
    for scope, record, _cls, body in rows:
        city.setdefault((scope, record), {}).update(part_of(body).answers)
    truth = {key: filled(answers) for key, answers in city.items()}
    for name, desk in world.desks.items():
        keys = desk._connection.all("SELECT scope, record FROM hs_record")
        shown = {(scope, record): world.answers(name, record, scope) for scope, record in keys}
        here = {key: answers for key, answers in truth.items() if key[0] in held_at(world, name)}
        assert shown == here, ("shown is not what the city holds", name, shown, here)


def _check_conflicts(world: World) -> None:
    from sync_three_desks import VILLAGE

    kept = [
        {one for one in desk.conflicts(open_only=False) if one.scope == VILLAGE}
        for desk in world.desks.values()
    ]
    assert all(one == kept[0] for one in kept), ("conflicts differ", kept)


def _check_streams(world: World) -> None:
    with world.service.database.reading() as connection:
        rows = connection.all("SELECT scope, cls, digest FROM hs_stream WHERE rev > 0")
        logged = connection.all(
            "SELECT COUNT(*), MAX(rev), COUNT(DISTINCT device || '/' || epoch || '/' || seq) FROM hs_op"
            " GROUP BY scope, cls"
        )
    assert all(count == rev == distinct for count, rev, distinct in logged), "double, or a gap"
    for scope, cls, digest in rows:
        told = {n: desk.digest(scope, cls) for n, desk in world.desks.items() if scope in held_at(world, n)}
        assert set(told.values()) <= {digest}, ("diverged", scope, cls, told, digest)


def check_rows(world: World) -> None:
    """The city's register rows are those of the desks, and of tables made again from the record parts."""
    from sync_three_desks import OTHER, VILLAGE

    with world.service.database.writing() as connection:
        world.service.ledger.shapes.current(connection)
        register = world.service.ledger.shapes.registers["mixed"]
        asked = ((register.form,), (VILLAGE, OTHER))
        before, city = typed_rows(connection.all, *asked), typed_rows(connection.all, *asked, without=CLOCK)
        register.make_tables(connection, anew=True)
        assert typed_rows(connection.all, *asked) == before
    for name, desk in world.desks.items():
        rows = typed_rows(
            lambda sql, *values, desk=desk: desk._connection.all(sql, values), *asked, without=CLOCK
        )
        for table, here in rows.items():
            there = [row for row in city[table] if row[0] in held_at(world, name)]
            assert here == there, ("register rows differ", name, table, here, there)


def _check_nothing_lost(world: World) -> None:
    """Every op is held, waits in a conflict, was overwritten by one who saw it, was rejected, or erased."""
    aside: set[Uid] = set()
    for desk in world.desks.values():
        for one in desk.rejected_ops():
            is_known = one.reason in CAME_LATE or world.is_bad(one.op)
            assert is_known, ("rejected without a reason of ours", one)
            aside.add(hash_of(one.op))
        for (body,) in desk._connection.all("SELECT body FROM hs_op"):
            op = world.decoded(body)
            if op.redacted or MOVED_TO in op.answers:
                world.ghosts.erased.add(hash_of(op))
    if world.is_blind:
        return
    gone = world.ghosts.vanished(aside)
    assert not gone, ("vanished", gone)
    _check_disputes(world, aside)


class Holding(Protocol):
    """Desks, and a city that has told them what is safe."""

    @property
    def service(self) -> Service: ...
    @property
    def desks(self) -> Mapping[str, DeskFile]: ...


def check_acknowledged(world: Holding) -> None:
    """What a desk was told to be safe lies in the city, by content, or was named as set aside.

    Whoever spoke in its name, whatever was restored, and under whatever number it came in.
    """
    with world.service.database.reading() as connection:
        taken = set(connection.all("SELECT device, ABS(epoch), seq FROM hs_op"))
        aside = set(connection.all("SELECT device, epoch, seq FROM hs_rejected"))
        taken |= _left_nothing(connection)
        lie = {}
        for device, epoch, first, packed in connection.all(
            "SELECT device, epoch, first, hashes FROM hs_said"
        ):
            for n in range(len(packed) // HASH_BYTES):
                one = bytes(packed[n * HASH_BYTES : (n + 1) * HASH_BYTES])
                lie.setdefault((device, one), []).append((epoch, first + n))
    for name, desk in world.desks.items():
        acknowledged = desk._connection.all(
            "SELECT device, epoch, n & 1099511627775, hash, body FROM hs_op"
            " JOIN hs_origin ON number = n >> 40"
            " WHERE (n & 1099511627775) <= acked"
        )
        for device, epoch, seq, one, body in acknowledged:
            at = lie.get((device, bytes(one)), [])
            assert (epoch, seq) in at, ("acknowledged, and another op stands there", name, epoch, seq)
            found = any((device, *where) in taken or (device, *where) in aside for where in at)
            assert found, ("acknowledged, and neither stored nor named", name, _OP.decode(body))


def _left_nothing(connection: Connection) -> set[tuple[str, int, int]]:
    """Return the ops of which the audit trail says that they were taken and came to no row."""
    pushes = connection.all("SELECT who, detail FROM hs_audit WHERE action = 'push'")
    told = [(device, json.loads(detail)) for device, detail in pushes]
    return {
        (device, abs(detail["epoch"]), int(seq))
        for device, detail in told
        for seq in detail.get(verifying.LEFT_NOTHING, "").split()
    }


def _check_disputes(world: World, aside: set[Uid]) -> None:
    """What is said to wait in a conflict is found there."""
    with world.service.database.reading() as connection:
        kept = [conflict_of(body) for (body,) in connection.all("SELECT body FROM hs_conflict")]
    waiting = {(one.record, one.path, candidate.value) for one in kept for candidate in one.candidates}
    ghosts = world.ghosts
    now = set().union(*(state.ghost for state in ghosts.city.now.values()), set())
    for uid in ghosts.city.disputed - now - ghosts.over.keys() - ghosts.erased - aside:
        typed = ghosts.typed.get(uid)
        for path, written in typed.op.answers.items() if typed else ():
            assert (typed.op.record, path, written) in waiting or not written, ("in no conflict", typed)
