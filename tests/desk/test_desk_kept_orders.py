"""The order of a long register lies in the file: opened again it is not read whole, and is never wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hsdesk.desk import Desk
from hsdesk.desk.grid_values import GridView
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.values import RecordKey
from hsdesk.deskfile import kept_orders
from hsdesk.registers.row_orders import RowOrders

VILLAGE = "341021101204"
PASSPHRASE = "kou-ling-2020"
COUNT = 12


@pytest.fixture(autouse=True)
def _short_registers_count_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_orders, "MANY", COUNT // 2)
    monkeypatch.setattr(kept_orders, "_WORTH", 1)
    monkeypatch.setattr("hsdesk.registers.row_orders._WORTH", 1)


@pytest.fixture
def looked_at(tmp_path: Path) -> Path:
    """A desk of twelve organizations with numbers in their names, whose list was looked at once."""
    desk, _ = Desk.create(tmp_path / "home", (VILLAGE,), "汪文书", PASSPHRASE)
    add(desk, "social_org", *({"org_name": f"第{n}组"} for n in range(COUNT)))
    prepare(desk, "social_org")
    desk.close()
    return tmp_path / "home"


def add(desk: Desk, form: str, *rows: dict[str, object]) -> None:
    assert not desk.bulk.add(form, (JsonRecord(at, one) for at, one in enumerate(rows))).rejected


def prepare(desk: Desk, form: str) -> None:
    desk.grid.prepare(form, lambda _: None)


def listed(desk: Desk, form: str = "social_org") -> list[str]:
    return [row.title for row in desk.grid.listed(form, GridView(), 0, 50).rows]


def key(desk: Desk, name: str) -> RecordKey:
    rows = desk.grid.listed("social_org", GridView(), 0, 50).rows
    return next(row.key for row in rows if row.title == name)


def rename(desk: Desk, before: str, after: str) -> None:
    desk.bulk.edit("social_org", [JsonRecord(1, {"_id": key(desk, before).record, "org_name": after})])


@pytest.fixture
def whole_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the registers that were read as a whole since."""
    seen: list[str] = []
    read = RowOrders.read

    def noted(self: RowOrders, register: Any, column: str, some: Any = None, *, gone: bool = False) -> Any:
        if some is None:
            seen.append(register.form.form_id)
        return read(self, register, column, some, gone=gone)

    monkeypatch.setattr(RowOrders, "read", noted)
    return seen


def test_a_register_opened_again_is_not_read_as_a_whole(looked_at: Path, whole_reads: list[str]) -> None:
    desk = Desk.open(looked_at, PASSPHRASE)
    assert listed(desk) == [f"第{n}组" for n in range(COUNT)]
    assert whole_reads == []
    desk.close()


def test_what_changed_since_is_put_in_its_place(looked_at: Path, whole_reads: list[str]) -> None:
    desk = Desk.open(looked_at, PASSPHRASE)
    rename(desk, "第1组", "第50组")
    desk.records.delete("social_org", key(desk, "第2组").record, "重复登记")
    add(desk, "social_org", {"org_name": "第3组乙"})
    desk.close()  # nothing kept the order again
    desk = Desk.open(looked_at, PASSPHRASE)
    rest = [f"第{n}组" for n in range(4, COUNT)]
    assert listed(desk) == ["第0组", "第3组", "第3组乙", *rest, "第50组"]
    assert whole_reads == []
    desk.close()


def test_what_was_taken_back_is_not_noted(looked_at: Path) -> None:
    desk = Desk.open(looked_at, PASSPHRASE)
    connection = desk.grid._lists._connection
    number = connection.register("social_org").number
    with pytest.raises(ZeroDivisionError), connection.transaction():
        connection.kept_orders.note(number, range(1 << 30))
        raise ZeroDivisionError
    assert connection.kept_orders.load(number) is not None
    desk.close()


def test_an_order_of_other_rules_or_another_count_is_made_anew(
    looked_at: Path, monkeypatch: pytest.MonkeyPatch, whole_reads: list[str]
) -> None:
    desk = Desk.open(looked_at, PASSPHRASE)
    desk.grid._lists._connection.run("UPDATE hs_order SET body = substr(body, 9), filled = filled - 1")
    assert len(listed(desk)) == COUNT
    desk.close()
    monkeypatch.setattr(kept_orders, "_RULES", "another")
    desk = Desk.open(looked_at, PASSPHRASE)
    assert len(listed(desk)) == COUNT
    assert whole_reads == ["social_org"] * 2
    desk.close()


def test_names_that_name_other_records_follow_them(tmp_path: Path) -> None:
    desk, _ = Desk.create(tmp_path / "home", (VILLAGE,), "汪文书", PASSPHRASE)
    add(desk, "grid", {"grid_name": "甲网格"}, {"grid_name": "乙网格"})
    first, second = (row.key.record for row in desk.grid.listed("grid", GridView(), 0, 2).rows)
    add(desk, "visit", *({"date": "2026-03-01", "grid": one} for one in (first, second) * COUNT))
    prepare(desk, "visit")
    before = listed(desk, "visit")
    assert "甲网格" in before[0]
    desk.bulk.edit("grid", [JsonRecord(1, {"_id": first, "grid_name": "自新网格"})])
    desk.close()
    desk = Desk.open(tmp_path / "home", PASSPHRASE)
    prepare(desk, "visit")
    desk.bulk.edit("grid", [JsonRecord(1, {"_id": second, "grid_name": "最后网格"})])
    after = listed(desk, "visit")
    assert "自新网格" in after[0]
    assert "最后网格" in after[-1]
    desk.bulk.edit("grid", [JsonRecord(1, {"_id": second, "grid_name": "安网格"})])
    assert "安网格" in listed(desk, "visit")[0]
    desk.close()
