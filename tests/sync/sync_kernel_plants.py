"""Mistakes of the record kernel, to be planted on purpose: each is found by the story of the same name.

`seen_any_stream` needs both places where a stream is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from hsdesk.city.ledger import changes, receipts, seen_revisions
from hsdesk.city.ledger.push import Compared, PushWork
from hsdesk.city.sql.said import chain_at
from hsdesk.desk import Entry, records
from hsdesk.deskfile import departures, erasing, inbox, log, outbox, restored, streams
from hsdesk.deskfile.batch import Batch, HeldRecord
from hsdesk.deskfile.connection import DeskConnection
from hsdesk.deskfile.inbox import Taken
from hsdesk.model.answer import Class, Value
from hsdesk.records import layers, merge, transfer
from hsdesk.records.edits import Edit, Screen
from hsdesk.records.op import NOTHING, Op, Seen
from hsdesk.records.parts import Mark, Part
from hsdesk.registers.register import Register
from hsdesk.wire.messages import Cursor, Receipt
from hsdesk.wire.messages import Page as StreamPage

Plant = Callable[[pytest.MonkeyPatch], None]
_replace = msgspec.structs.replace


def base_from_file(patch: pytest.MonkeyPatch) -> None:
    """What the author saw is read from the file when he saves."""
    seen = log.Ledger._seen

    def planted(self: log.Ledger, register: Register, edit: Edit, *rest: object) -> object:
        return seen(self, register, _replace(edit, screen=None), *rest)  # type: ignore[arg-type]

    patch.setattr(log.Ledger, "_seen", planted)


def whole_sets(patch: pytest.MonkeyPatch) -> None:
    """A set leaves whole, as it stands on the screen, and is compared with the file."""
    patch.setattr(records, "_written", lambda _edit, _path, value: value)
    base_from_file(patch)


def drop_at_ack(patch: pytest.MonkeyPatch) -> None:
    """Ops leave with the receipt, and the states that it tells are left to the next page."""
    take = inbox._take_states
    patch.setattr(inbox, "own_rows", lambda *_a: [])
    patch.setattr(inbox, "_take_states", lambda core, said, acked: take(core, _replace(said, told=()), acked))


def drop_at_page(patch: pytest.MonkeyPatch) -> None:
    """A page lets all ops leave that the city holds."""
    take = inbox._take_page

    def planted(core: DeskConnection, page: StreamPage, epoch: str, held: tuple[int, bytes]) -> Taken:
        taken = take(core, page, epoch, held)
        if held[0] > outbox.acked(core):
            outbox.acknowledge(core, core.epoch(), held[0])
        return taken

    patch.setattr(inbox, "_take_page", planted)


def page_over_receipt(patch: pytest.MonkeyPatch) -> None:
    """What a page says takes the place of what is known, whatever its revision."""
    take, confirmed = inbox._take_page, inbox.confirmed

    def over(part: Part | None, told: Part) -> Part:
        if part is None:
            return told
        others = {path: told.mark(path) or told.base for path in told.answers}
        return _replace(part, answers={**part.answers, **told.answers}, others={**part.others, **others})

    def planted(core: DeskConnection, *said: object) -> Taken:
        with pytest.MonkeyPatch.context() as while_taking:
            while_taking.setattr(inbox, "confirmed", over)
            return take(core, *said)  # type: ignore[arg-type]

    assert confirmed is layers.confirmed
    patch.setattr(inbox, "_take_page", planted)


def ack_by_number(patch: pytest.MonkeyPatch) -> None:
    """A number that is here is acknowledged, whatever stands under it, and the desk believes it."""
    take = inbox._take_receipt

    def compare(self: PushWork, _hashes: Sequence[bytes]) -> Compared:
        from hsdesk.city.sql import said

        held = said.held(self._connection, *self._origin, lock=bool(self._ops))
        if not self._ops or self._ops[0].seq > held.last + 1:
            return Compared(held, held.chain)
        first = self._ops[0].seq
        ahead = chain_at(self._connection, *self._origin, first - 1)
        return Compared(held, ahead, min(len(self._ops), held.last + 1 - first))

    def believe(core: DeskConnection, receipt: Receipt) -> Taken:
        own = outbox.chain(core, receipt.epoch, receipt.last) or b""
        return take(core, _replace(receipt, chain=own))

    patch.setattr(PushWork, "_compare", compare)
    patch.setattr(inbox, "_take_receipt", believe)


def cursor_by_receipt(patch: pytest.MonkeyPatch) -> None:
    """A receipt moves the cursor to the revision that it gives."""
    take = inbox._take_states

    def planted(core: DeskConnection, receipt: Receipt, acked: int) -> object:
        taken = take(core, receipt, acked)
        ops = outbox.ops_between(core, receipt.epoch, receipt.first, receipt.last)
        for op, rev in zip(ops, receipt.revs, strict=True):
            core.run(
                "UPDATE hs_stream SET since = max(since, ?1), after = max(after, ?1)"
                " WHERE scope = ?2 AND cls = ?3",
                (rev, op.scope, op.cls),
            )
        core.forget_streams()
        return taken

    patch.setattr(inbox, "_take_states", planted)


def smaller_seq(patch: pytest.MonkeyPatch) -> None:
    """Whoever wrote before on the same computer counts as seen."""

    def planted(op: Op, path: str, mark: Mark) -> bool:
        is_own = (mark.device, mark.epoch) == (op.device, op.epoch)
        return mark.rev <= op.seen_of(path).rev or (is_own and mark.seq < op.seq)

    for module in (merge, seen_revisions, transfer):
        patch.setattr(module, "has_seen", planted)


def no_inherit(patch: pytest.MonkeyPatch) -> None:
    """An own value that is shown makes seen what lies below it, not what its author had seen."""

    def planted(op: Op, path: str, was: Seen, _here: layers.Here) -> Seen:
        return Seen(was.rev, *layers.own_shown(op, path, was))

    patch.setattr(layers, "_own", planted)


def part_rev(patch: pytest.MonkeyPatch) -> None:
    """One revision for a whole part: the highest that any answer of it has."""
    seen = log.Ledger._seen

    def planted(self: log.Ledger, *said: Any) -> tuple[Seen, dict[str, Seen]]:
        common, apart = seen(self, *said)
        _register, _edit, held, cls, _written = said
        part = held.confirmed.get(cls)
        top = max((mark.rev for mark in (part.base, *part.others.values())), default=0) if part else 0
        return _replace(common, rev=top), {path: _replace(one, rev=top) for path, one in apart.items()}

    patch.setattr(log.Ledger, "_seen", planted)


def own_always(patch: pytest.MonkeyPatch) -> None:
    """An own value always shows itself, though its author had not seen the own one before it."""

    def planted(op: Op, _path: str, _was: Seen) -> tuple[int, int]:
        return op.epoch, op.seq

    patch.setattr(layers, "own_shown", planted)
    patch.setattr(log, "own_shown", planted)


def question_is_seen(patch: pytest.MonkeyPatch) -> None:
    """A page that is closed without an answer to its question says that the value asked about was seen."""
    finish = Entry._finish

    def planted(self: Entry, answers: dict[str, Value]) -> dict[str, Seen]:
        for path in self.questions.keys() & answers.keys():
            self.typing[path] = _replace(self.typing[path], was=self.questions[path].seen)
        return finish(self, answers)

    patch.setattr(Entry, "_finish", planted)


def echo_all(patch: pytest.MonkeyPatch) -> None:
    """Pages leave out everything that a device wrote itself, its receipt taken or not."""
    own = changes._is_own

    def planted(mark: Mark, asker: changes.Asker | None) -> bool:
        return own(mark, _replace(asker, acked=None) if asker else None)

    patch.setattr(changes, "_is_own", planted)


def echo_in_whole(patch: pytest.MonkeyPatch) -> None:
    """Pages leave out own writings while a stream is read from its beginning, too."""
    page_of = changes._page

    def planted(
        connection: object, asker: changes.Asker, head: changes.Head, cursor: Cursor, budget: int
    ) -> object:
        return page_of(connection, asker, head, _replace(cursor, full=False), budget)  # type: ignore[arg-type]

    patch.setattr(changes, "_page", planted)


def ack_beyond_message(patch: pytest.MonkeyPatch) -> None:
    """A receipt speaks of all that the city holds, not of the message alone."""
    run = PushWork.run

    def planted(self: PushWork, further: object) -> Receipt:
        receipt = run(self, further)  # type: ignore[arg-type]
        more = (0,) * (receipt.holds - receipt.last)
        return _replace(receipt, last=receipt.holds, chain=receipt.held, revs=(*receipt.revs, *more))

    patch.setattr(PushWork, "run", planted)


def lost_only_named(patch: pytest.MonkeyPatch) -> None:
    """A receipt tells of the values that hold, and nothing where the op's own lost."""
    naming = receipts._last_naming

    def planted(ops: Sequence[Op], part: Part) -> dict[str, Op | None]:
        found = naming(ops, part)
        marks = {path: part.mark(path) for path in found}
        return {
            path: op
            for path, op in found.items()
            if op and (mark := marks[path]) and (mark.device, mark.seq) == (op.device, op.seq)
        }

    patch.setattr(receipts, "_last_naming", planted)


def no_side_effects(patch: pytest.MonkeyPatch) -> None:
    """A receipt tells of the paths that its ops name, not of what they changed beside."""
    patch.setattr(receipts, "_beside", lambda _op, _part: iter(()))


def gaps_taken(patch: pytest.MonkeyPatch) -> None:
    """A receipt that begins after the first waiting op is taken."""
    take = inbox._take_receipt

    def planted(core: DeskConnection, receipt: Receipt) -> Taken:
        first = min(receipt.first, outbox.acked(core) + 1)
        revs = (*((0,) * (receipt.first - first)), *receipt.revs)
        return take(core, _replace(receipt, first=first, revs=revs))

    patch.setattr(inbox, "_take_receipt", planted)


def early_since(patch: pytest.MonkeyPatch) -> None:
    """`since` moves with every page."""
    move = inbox._move_cursor

    def planted(core: DeskConnection, page: StreamPage) -> object:
        done = move(core, page)
        where = (page.scope, page.cls)
        core.run("UPDATE hs_stream SET since = after WHERE scope = ? AND cls = ?", where)
        core.forget_streams()
        return done

    patch.setattr(inbox, "_move_cursor", planted)


def cursor_any_page(patch: pytest.MonkeyPatch) -> None:
    """The cursor follows a page that does not join what was read."""
    move = inbox._move_cursor
    patch.setattr(inbox, "_move_cursor", lambda core, page: move(core, _replace(page, since=0, frm=0)))


def epoch_unordered(patch: pytest.MonkeyPatch) -> None:
    """Another epoch of the server is a newer one."""

    def planted(core: DeskConnection, server_epoch: str, own: tuple[int, int, bytes]) -> tuple[()]:
        if server_epoch != core.server_epoch():
            core.begin_server_epoch(server_epoch)
            kept = own[1] if outbox.chain(core, own[0], own[1]) == own[2] else 0
            outbox.wait_again(core, own[0], kept, restored=True)
            streams.begin_again(core)
        return ()

    for module in (inbox, restored):
        patch.setattr(module, "meet", planted)


def no_gone_rev(patch: pytest.MonkeyPatch) -> None:
    """What the old stream says late is written back there."""
    patch.setattr(departures, "is_gone", lambda *_a: False)


def no_arrival(patch: pytest.MonkeyPatch) -> None:
    """A departure is believed that lies before a known arrival."""
    patch.setattr(departures, "_note_arrival", lambda *_a: None)


def gone_drops(patch: pytest.MonkeyPatch) -> None:
    """A record that departs goes from view before its new place has told it."""
    carry = departures._carry

    def planted(core: DeskConnection, batch: Batch, held: HeldRecord, cls: Class) -> list[HeldRecord]:
        held.let_go(cls)
        return carry(core, batch, held, cls)

    patch.setattr(departures, "_carry", planted)


def seen_any_stream(patch: pytest.MonkeyPatch) -> None:
    """A revision that was seen in one stream counts in every other."""
    follow = departures._follow

    def planted(core: DeskConnection, stream: tuple[str, Class], moved: object) -> None:
        record = moved.record  # type: ignore[attr-defined]
        kept = core.all("SELECT seen, path FROM hs_draft WHERE record = ?", (record,))
        follow(core, stream, moved)  # type: ignore[arg-type]
        for seen, path in kept:
            core.run("UPDATE hs_draft SET seen = ? WHERE record = ? AND path = ?", (seen, record, path))

    patch.setattr(departures, "_follow", planted)
    patch.setattr(Screen, "of", lambda self, path, *_a: self.seen.get(path, NOTHING))


def hash_of_redacted(patch: pytest.MonkeyPatch) -> None:
    """A redacted op gets the hash of what is left of it."""
    redacted = erasing.redacted_op

    def planted(op: Op, paths: tuple[str, ...]) -> Op:
        return _replace(redacted(op, paths), kept_hash=b"")

    patch.setattr(erasing, "redacted_op", planted)


def repeat_by_number(patch: pytest.MonkeyPatch) -> None:
    """An op is known again by its number alone: under another epoch it is taken twice."""
    patch.setattr(PushWork, "_taken_before", lambda *_a: {})


PLANTS: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        base_from_file, whole_sets, drop_at_ack, drop_at_page, page_over_receipt, ack_by_number,
        cursor_by_receipt, smaller_seq, no_inherit, part_rev, own_always, question_is_seen, echo_all,
        echo_in_whole, ack_beyond_message, lost_only_named, no_side_effects, gaps_taken, early_since,
        cursor_any_page, epoch_unordered, no_gone_rev, no_arrival, gone_drops, seen_any_stream,
        hash_of_redacted, repeat_by_number,
    )
}  # fmt: skip
