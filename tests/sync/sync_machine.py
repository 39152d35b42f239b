"""Everything a person could do at three desks, in any order, over a line and with sticks.

People type where the window does: into open pages that stay open over syncs. At every step no screen goes
back; in the end all are equal, and every op is held, waits in a conflict, was overwritten by one who saw it,
was rejected and is on the list, or was erased.
"""

from __future__ import annotations

from random import Random

from sync_days import ANY, in_any_order, number, one_of, rule, run_days, some
from sync_pages import FORM
from sync_three_desks import NAMES, RECORDS, World

from hsdesk.model.answer import SetDelta

DESK = one_of(*NAMES, "c")  # "c": a copy of a disk, once there is one
RECORD = one_of(*RECORDS)
TEXT_PATHS = one_of("name", "asked", "upper", "phone", "members/r1/who", "members/r2/duty")
NUMBER = number(0, 7)
_MOMENTS = ("before", "after")


def _cut(chance: Random) -> tuple[str, int]:
    return chance.choice(_MOMENTS), chance.randint(1, 6)


class SyncMachine:
    """Any order of typing, deleting, settling, syncing over a bad cable, restarting, wrong clocks."""

    world: World

    @rule(page_rows=one_of(1, 2, 1000), chunk_ops=one_of(1, 3, 500), wide=ANY)
    def begin(self, page_rows: int, chunk_ops: int, wide: bool = False, seed: int = 0) -> None:
        self.world = World(page_rows=page_rows, chunk_ops=chunk_ops, wide=wide, seed=seed)
        self.typed = 0

    def at(self, desk: str) -> str:
        """Return which desk is meant: where no disk was copied, the first."""
        return desk if desk in self.world.desks else NAMES[0]

    def text(self, *, same: bool = False) -> str:
        self.typed += not same
        return f"值{self.typed}"

    # Open pages

    @rule(desk=DESK, record=RECORD)
    def open(self, desk: str, record: str) -> None:
        self.world.open(self.at(desk), record)

    @rule(desk=DESK, page=NUMBER, path=TEXT_PATHS, same=ANY)
    def type_on_page(self, desk: str, page: int, path: str, same: bool) -> None:
        name = self.at(desk)
        self.world.type(name, self.world.page(name, page), path, self.text(same=same))

    @rule(desk=DESK, page=NUMBER, number=NUMBER, answer=one_of("mine", "theirs", ""))
    def leave(self, desk: str, page: int, number: int, answer: str) -> None:
        name = self.at(desk)
        shown = self.world.page(name, page)
        if shown.cells:
            self.world.leave(name, shown, sorted(shown.cells)[number % len(shown.cells)], answer)

    @rule(desk=DESK, page=NUMBER, member=one_of(*"xyz"), on=ANY)
    def tick(self, desk: str, page: int, member: str, on: bool) -> None:
        name = self.at(desk)
        writing = self.world.page(name, page).ticked("tags", member, on=on)
        if writing:
            self.world.write(name, writing)

    @rule(desk=DESK, page=NUMBER, member=one_of(*"xyz"), number=NUMBER)
    def answer_and_save_later(self, desk: str, page: int, member: str, number: int) -> None:
        """The file is busy: what was answered, or a cell that was left, is not in it yet."""
        shown = self.world.page(self.at(desk), page)
        if shown.cells:
            shown.left(sorted(shown.cells)[number % len(shown.cells)])
        else:
            shown.ticked("tags", member, on=number % 2 == 0)

    @rule(desk=DESK)
    def save(self, desk: str) -> None:
        self.world.write_all(self.at(desk))

    @rule(desk=DESK, page=NUMBER, what=one_of("delete", "restore", "erase", "bad", "move"))
    def do_on_page(self, desk: str, page: int, what: str) -> None:
        name = self.at(desk)
        shown = self.world.page(name, page)
        record = shown.record
        if what == "delete":
            why = f"误填{self.text()}"
            self.world.do(name, record, lambda desk: desk.records.delete(FORM, record, why))
        elif what == "restore" and shown.is_deleted:
            self.world.do(name, record, lambda desk: desk.records.restore(FORM, record))
        elif what == "erase":
            self.world.do(name, record, lambda desk: desk.erasure.erase(FORM, record, "本人要求", ("name",)))
        elif what == "bad":
            self.world.quickly(name, record, {"count": self.text()})
        elif what == "move" and self.world.is_wide:
            self.world.move(record, name)

    @rule(desk=DESK, count=number(1, 2))
    def undo(self, desk: str, count: int) -> None:
        self.world.take_back(self.at(desk), lambda journal: journal.undo(count))

    @rule(desk=DESK)
    def redo(self, desk: str) -> None:
        self.world.take_back(self.at(desk), lambda journal: journal.redo())

    # Quick writes: an import, a command, another window

    @rule(desk=DESK, record=RECORD, path=TEXT_PATHS, same=ANY)
    def type_text(self, desk: str, record: str, path: str, same: bool) -> None:
        self.world.edit(self.at(desk), record, path, self.text(same=same))

    @rule(desk=DESK, record=RECORD, number=one_of(None, 0, 1, 2))
    def type_number(self, desk: str, record: str, number: int | None) -> None:
        self.world.edit(self.at(desk), record, "count", number)

    @rule(desk=DESK, record=RECORD, member=one_of(*"xyz"), add=ANY)
    def change_set(self, desk: str, record: str, member: str, add: bool) -> None:
        delta = SetDelta(add=(member,)) if add else SetDelta(remove=(member,))
        self.world.edit(self.at(desk), record, "tags", delta)

    @rule(
        desk=DESK,
        record=RECORD,
        path=one_of("_deleted", "members/r1/_deleted"),
        gone=ANY,
    )
    def delete(self, desk: str, record: str, path: str, gone: bool) -> None:
        self.world.edit(self.at(desk), record, path, "误填" if gone else None)

    @rule(desk=DESK, record=RECORD, path=one_of("phone", "name", "tags", "members/r1/who", ""))
    def erase(self, desk: str, record: str, path: str) -> None:
        self.world.erase(self.at(desk), record, path)

    @rule(record=RECORD)
    def move(self, record: str) -> None:
        self.world.move(record)

    @rule(desk=DESK, choice=number(0, 3))
    def settle(self, desk: str, choice: int) -> None:
        self.world.settle(self.at(desk), choice)

    # The line

    @rule(desk=DESK, cuts=some(_cut, 2))
    def sync(self, desk: str, cuts: list[tuple[str, int]]) -> None:
        self.world.sync(self.at(desk), cuts)

    @rule(desk=DESK, record=RECORD, path=TEXT_PATHS, at=number(1, 4))
    def type_while_syncing(self, desk: str, record: str, path: str, at: int) -> None:
        name, value = self.at(desk), self.text()
        self.world.sync_meanwhile(name, "after", at, lambda: self.world.edit(name, record, path, value))

    @rule(desk=DESK, page=NUMBER, number=NUMBER, at=number(1, 4))
    def leave_while_syncing(self, desk: str, page: int, number: int, at: int) -> None:
        """The page hears of what came only when the sync has ended."""
        name = self.at(desk)
        shown = self.world.page(name, page)

        def happens() -> None:
            if shown.cells:
                self.world.leave(name, shown, sorted(shown.cells)[number % len(shown.cells)])

        self.world.sync_meanwhile(name, "after", at, happens)

    @rule(desk=DESK, others=in_any_order(*NAMES), moment=one_of(*_MOMENTS), at=number(1, 3))
    def others_sync_meanwhile(self, desk: str, others: list[str], moment: str, at: int) -> None:
        name = self.at(desk)

        def happens() -> None:
            for other in others:
                if other != name:
                    self.world.sync(other)

        self.world.sync_meanwhile(name, moment, at, happens)

    @rule(desk=DESK)
    def sync_well(self, desk: str) -> None:
        assert self.world.sync(self.at(desk))

    @rule(desk=DESK, ops=number(1, 3), is_lost=ANY)
    def push(self, desk: str, ops: int, is_lost: bool) -> None:
        self.world.push(self.at(desk), ops, is_lost=is_lost)

    @rule(desk=DESK)
    def pull(self, desk: str) -> None:
        self.world.pull(self.at(desk))

    # The stick

    @rule(desk=DESK)
    def export(self, desk: str) -> None:
        self.world.export(self.at(desk))

    @rule(number=NUMBER)
    def city_imports(self, number: int) -> None:
        self.world.city_imports(number)

    @rule(number=NUMBER)
    def desk_imports(self, number: int) -> None:
        self.world.desk_imports(number)

    # Mishaps

    @rule(desk=DESK, page=number(1, 3))
    def die_reading(self, desk: str, page: int) -> None:
        self.world.die_reading(self.at(desk), page)

    @rule(desk=DESK)
    def restart(self, desk: str) -> None:
        self.world.restart(self.at(desk))

    @rule()
    def back_up_server(self) -> None:
        self.world.back_up_server()

    @rule()
    def restore_server(self) -> None:
        self.world.restore_server()

    @rule(desk=DESK, days=one_of(-730, -1, 0, 1, 730))
    def set_clock(self, desk: str, days: int) -> None:
        self.world.set_clock(self.at(desk), days)

    @rule(desk=DESK, chance=NUMBER)
    def steal(self, desk: str, chance: int) -> None:
        if not chance and not self.world.is_stolen:
            self.world.steal(self.at(desk))

    @rule(desk=one_of(*NAMES), chance=NUMBER)
    def clone(self, desk: str, chance: int) -> None:
        if not chance and not self.world.is_stolen:
            self.world.clone(desk)

    def teardown(self) -> None:
        """The day ends: all comes to rest and is compared."""
        self.world.check()

    def close(self) -> None:
        """Leave nothing of the day behind."""
        if "world" in vars(self):
            self.world.close()


def run_machine(days: int, seed: int, *, shorten: bool = True) -> None:
    """Run random days of 30 steps, the same for the same seed. One that goes wrong is printed as a trace."""
    run_days(SyncMachine, days, seed, shorten=shorten)
