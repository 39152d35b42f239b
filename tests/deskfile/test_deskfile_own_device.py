"""The number of a device: its own until the city server gives one, and what was typed before."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import KEY, PLACE, desk, save

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.records.chain import START, hash_of, lengthened
from hsdesk.records.edits import Edit

GIVEN = "0190a1b2-0000-7000-8000-0000000000aa"


def test_what_was_typed_before_is_sent_under_the_number_that_the_city_gave(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        save(file, "r1", leader="乙")
        before, old = file.pending_ops(10), file.device_id()
        file.take_enrolment(GIVEN, {"enrolment": "{}"})
        after = file.pending_ops(10)
        assert (file.device_id(), file.get("enrolment")) == (GIVEN, "{}")
        assert [(op.device, op.seq, op.answers) for op in after] == [
            (GIVEN, op.seq, op.answers) for op in before
        ]
        assert file.chain(1, 2) == lengthened(START, map(hash_of, after))
        assert file.chain(1, 2) != lengthened(START, map(hash_of, before))
        assert old not in repr(after)
        save(file, "r1", name="丙")
        assert [op.seq for op in file.pending_ops(10)] == [1, 2, 3]
        assert file.pending_ops(10)[2].seen.seq == 1
    with DeskFile.open(home, KEY) as file:
        state = file.state(PLACE, "r1")
        assert (file.device_id(), file.pending_count(), state and state.answers["name"]) == (GIVEN, 3, "丙")


def test_what_an_erasure_emptied_keeps_the_hash_that_it_had(home: Path) -> None:
    with desk(home) as file:
        save(file, "r1", name="甲")
        hashed = hash_of(file.pending_ops(1)[0])
        file.commit(Edit(PLACE, "social_org", "r1", {"name": None}, "张三", erases=True))
        file.take_enrolment(GIVEN, {})
        first = file.pending_ops(1)[0]
        assert (first.device, first.answers, hash_of(first)) == (GIVEN, {}, hashed)


def test_ops_name_their_writer_by_number_and_the_history_by_name(home: Path) -> None:
    with desk(home) as file:
        file.add_writer("李四")
        for name in ("张三", "李四"):
            file.commit(Edit(PLACE, "social_org", "r1", {"leader": name}, name))
        numbers = {writer.name: str(writer.number) for writer in file.writers()}
        assert [op.person for op in file.pending_ops(10)] == [numbers["张三"], numbers["李四"]]
        assert [entry.person for entry in file.history(PLACE, "r1")] == ["张三", "李四"]
        assert [one.name for one in file.writers_of(file.pending_ops(1))] == ["张三"]


def test_a_name_that_the_city_changed_is_shown_from_then_on(home: Path) -> None:
    with desk(home) as file:
        file.commit(Edit(PLACE, "social_org", "r1", {"leader": "甲"}, "张三"))
        (writer,) = file.writers()
        assert file.has_untold_writers()
        told = type(writer)(writer.number, "张三丰")
        assert file.take_writers((told,)) == (("张三", "张三丰"),)
        assert not file.has_untold_writers()
        assert [entry.person for entry in file.history(PLACE, "r1")] == ["张三丰"]
        file.commit(Edit(PLACE, "social_org", "r1", {"leader": "乙"}, "张三丰"))
        assert len({op.person for op in file.pending_ops(10)}) == 1
