"""Of a set that could not be saved, what was changed is neither lost nor made twice by later changes."""

from __future__ import annotations

from hsdesk.desk.values import Edit
from hsdesk.errors import DiskFull
from hsdesk.model.answer import Value
from ui.record.unsaved import Save, Unsaved

NO_ROOM = DiskFull("磁盘满了。")


def ticked(stood: Value, now: Value) -> Save:
    edit = Edit("social_org", "r", "s", {"fund_source": now}, stood={"fund_source": stood})
    return Save(edit, frozenset(edit.answers))


def test_a_tick_that_failed_goes_with_the_next_one() -> None:
    unsaved, first = Unsaved(), ticked(("1",), ("1", "2"))
    unsaved.sent(first)
    unsaved.failed(first, NO_ROOM)
    second = unsaved.on_file(ticked(("1", "2"), ("1", "2", "3")).edit)
    assert second.stood == {"fund_source": ("1",)}


def test_a_tick_that_failed_while_the_next_one_was_under_way_is_tried_again() -> None:
    unsaved, first, second = Unsaved(), ticked(("1",), ("1", "2")), ticked(("1", "2"), ("1", "2", "3"))
    unsaved.sent(first)
    unsaved.sent(second)
    unsaved.failed(first, NO_ROOM)
    (again,) = unsaved.take(lambda _: True)
    assert again.edit.answers == {"fund_source": ("1", "2")}
    assert again.edit.stood == {"fund_source": ("1",)}


def test_a_tick_that_the_next_one_took_back_is_not_tried_again() -> None:
    unsaved, first, second = Unsaved(), ticked(("1",), ("1", "2")), ticked(("1", "2"), ("1",))
    unsaved.sent(first)
    unsaved.sent(second)
    unsaved.failed(first, NO_ROOM)
    assert unsaved.take(lambda _: True) == ()
