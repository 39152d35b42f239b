"""How desks and city speak in the random days: over a line, and by sticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sync_desks import Desks

from hsdesk.errors import Offline
from hsdesk.model.answer import DELETED
from hsdesk.records.op import Op
from hsdesk.records.parts import are_equal
from hsdesk.sync import exchange, plan
from hsdesk.sync.exchange import whole
from hsdesk.sync.loop import synchronise
from hsdesk.wire import codec
from hsdesk.wire.messages import Pulled, Receipt


class Carried(Desks):
    """Desks that are spoken to at once or never, or weeks later."""

    # The line: an answer comes at once or never

    def sync(self, name: str, cuts: list[tuple[str, int]] | None = None) -> bool:
        """Sync a desk; the cable breaks where told. True: it came to its end."""
        self.cable.cuts = [(moment, self.cable.carried + number) for moment, number in cuts or ()]
        self._syncing[name] = set()
        try:
            report = synchronise(self.desks[name], self.carriers[name], pause=lambda _: None)
            self.healed += report.healed
        except Offline:
            return False
        finally:
            self.cable.cuts = []
            self._rebase(self.desks[name], self._syncing.pop(name))
        return True

    def known(self, name: str) -> plan.Known:
        desk = self.desks[name]
        return plan.Known(
            desk.device_epoch(), desk.server_epoch(), desk.reference_rev(), desk.grants(), desk.cursors(),
            desk.acked(),
        )  # fmt: skip

    def push(self, name: str, ops: int, *, is_lost: bool = False) -> Receipt | None:
        """Send the first ops that wait, once; the receipt may get lost."""
        desk = self.desks[name]
        if not desk.pending_count():
            return None
        push = whole(desk, plan.chunk(desk.pending_ops(ops), self.known(name), ops))
        receipt = self.carriers[name].push(push)
        if not is_lost and desk.take_receipt(receipt).taken:
            self._check_receipt(name, push.ops[: receipt.last + 1 - receipt.first])
        return receipt

    def _check_receipt(self, name: str, ops: Sequence[Op]) -> None:
        """A receipt that comes at once leaves a desk with the city's present word on what its ops name."""
        for op in ops:
            scope = self.place_of(name, op.record)
            part = self.desks[name]._held(scope, op.record).confirmed.get(op.cls)
            for path in dict.fromkeys((*op.answers, DELETED)):
                now = self.ghosts.city.now.get((scope, op.cls, op.record, path))
                told = part.answers.get(path) if part else None
                assert now is None or are_equal(now.value, told), ("not told", name, path, now, told)

    def ask(self, name: str) -> Pulled:
        """Ask once what is new; forms and grants are taken, the pages not yet."""
        desk, carrier = self.desks[name], self.carriers[name]
        pulled = carrier.pull(plan.ask(self.known(name), with_cursors=True))
        for step in plan.answer_steps(self.known(name), pulled):
            match step:
                case plan.FetchReference(heads, rev):
                    items = [carrier.item(head) for head in desk.missing_reference(heads)]
                    desk.take_reference(items, rev)
                case plan.TakeGrants(grants):
                    desk.take_grants(grants)
                case _:
                    pass
        return pulled

    def pull(self, name: str, scope: str = "", times: int = 1) -> None:
        """Take the next pages, of one place if it is named."""
        for _ in range(times):
            pulled = self.ask(name)
            self.take(name, pulled, scope)

    def take(self, name: str, pulled: Pulled, scope: str = "") -> None:
        """Take the pages of an answer, perhaps a late one."""
        for page in pulled.pages:
            if not scope or page.scope == scope:
                self.desks[name].take_page(page, pulled.server_epoch, (pulled.last, pulled.chain))
        if not pulled.pages:
            self.desks[name].meet(pulled.server_epoch, (pulled.last, pulled.chain))

    # The stick: each leg weeks later, doubled, in any order, or never

    def export(self, name: str) -> None:
        said = codec.pack_export(exchange.export(self.desks[name]))
        self.out = [*self.out, (name, said)][-6:]

    def city_imports(self, number: int) -> None:
        if self.out:
            name, said = self.out[number % len(self.out)]
            answer = self.service.ledger.exchange(self.carriers[name]._who, codec.unpack_export(said))
            self.back = [*self.back, (name, codec.pack_answer(answer))][-6:]

    def desk_imports(self, number: int) -> None:
        if self.back:
            name, said = self.back[number % len(self.back)]
            self.desks[name].take_answer(codec.unpack_answer(said))

    def sync_meanwhile(self, name: str, moment: str, at: int, happens: Callable[[], object]) -> None:
        """Sync a desk; something happens before message `at` arrives, or after, before its answer does."""
        self.cable.meanwhile = (moment, self.cable.carried + at, happens)
        self.sync(name)
        self.cable.meanwhile = None
