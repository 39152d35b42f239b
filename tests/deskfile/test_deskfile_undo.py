"""The journal of a file: whatever was done, undoing all of it step by step passes every state there was."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest
from deskfile_forms import ORG, PLACE, desk, text

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.journal import Act, Doing, Whose
from hsdesk.forms.schema import Extension
from hsdesk.model.answer import DELETED, Value
from hsdesk.records.edits import Edit

RECORDS = ("r1", "r2", "r3")
ME = Whose("张三", PLACE)


def allowed(_act: Act, _edits: tuple[Edit, ...]) -> None:
    """Forbid nothing."""


def shown(file: DeskFile) -> dict[str, dict[str, Value]]:
    """Return what is shown of each record that is there, rows that were taken out left away."""
    states = ((record, file.state(PLACE, record)) for record in RECORDS)
    return {record: _living(state.answers) for record, state in states if state and not state.deleted}


def _living(answers: dict[str, Value]) -> dict[str, Value]:
    gone = tuple(path[: -len(DELETED)] for path in answers if path.endswith(f"/{DELETED}"))
    return {path: value for path, value in answers.items() if not gone or not path.startswith(gone)}


class Days:
    """Random acts of one person in a file."""

    def __init__(self, file: DeskFile, seed: int) -> None:
        self.file = file
        self.random = random.Random(seed)
        self.rows = 0

    def act(self) -> None:
        """Change one record, or two in one act."""
        count = self.random.choice((1, 1, 2, 3))
        edits = [self._edit(record) for record in self.random.choices(RECORDS, k=count)]
        self.file.commit_many(edits, Doing("edit", "张三"))

    def _edit(self, record: str) -> Edit:
        paths = self.random.sample(
            ["name", "phone", "members", "kinds", "row", "in row", "row gone", DELETED], k=2
        )
        answers = dict(self._answer(record, what) for what in paths)
        if "/_pos" in str(list(answers)):
            answers |= {path.replace("_pos", "id_number"): "1" for path in answers if path.endswith("/_pos")}
        return Edit(PLACE, "social_org", record, answers, "张三")  # type: ignore[arg-type]

    def _answer(self, record: str, what: str) -> tuple[str, Value]:
        state = self.file.state(PLACE, record)
        rows = sorted({path.split("/")[1] for path in (state.answers if state else {}) if "/" in path})
        number = self.random.randrange(4)
        if what in ("in row", "row gone") and rows:
            return self._in_row(self.random.choice(rows), what, number)
        if what.startswith("row") or what == "in row":
            self.rows += 1
            return f"staff/n{self.rows}/_pos", f"a{self.rows:03}"
        value: dict[str, Value] = {
            "members": self.random.choice((None, number)),
            "kinds": tuple(sorted(self.random.sample(["a", "b", "c"], k=number % 3))),
            DELETED: self.random.choice(("误填", None)) if state else None,
        }
        return what, value.get(what, self.random.choice((None, f"文字{number}")))

    def _in_row(self, row: str, what: str, number: int) -> tuple[str, Value]:
        if what == "in row":
            return f"staff/{row}/staff_name", f"人{number}"
        return f"staff/{row}/_deleted", self.random.choice(("走了", None))


@pytest.mark.parametrize("seed", range(12))
def test_undoing_and_redoing_passes_every_state_there_was(home: Path, seed: int) -> None:
    with desk(home) as file:
        days, states = Days(file, seed), [shown(file)]
        for _ in range(25):
            days.act()
            if len(file.undo_log.acts(ME, 100)) == len(states):  # it changed something
                states.append(shown(file))
        for before in reversed(states[:-1]):
            assert file.undo_log.undo(ME, 1, allowed).left == ()
            assert shown(file) == before
        assert file.undo_log.undo(ME, 1, allowed).acts == ()
        for after in states[1:]:
            assert file.undo_log.redo(ME, 1, allowed).left == ()
            assert shown(file) == after
        file.undo_log.undo(ME, len(states), allowed)
        assert shown(file) == states[0]


def test_an_answer_given_under_a_new_name_gives_way_to_the_one_under_the_old_name(home: Path) -> None:
    with desk(home) as file:
        file.commit(Edit(PLACE, "social_org", "r1", {"leader": "李四"}, "张三"), Doing("save", "张三"))
        children = (text("head", hs=Extension(was=("leader",))), *ORG.children[:1], *ORG.children[2:])
        file.install_form(msgspec.structs.replace(ORG, version="2", children=children))
        file.commit(Edit(PLACE, "social_org", "r1", {"head": "王五"}, "张三"), Doing("save", "张三"))
        file.undo_log.undo(ME, 1, allowed)
        assert shown(file)["r1"] == {"head": "李四"}
        file.undo_log.redo(ME, 1, allowed)
        assert shown(file)["r1"] == {"head": "王五"}
        file.undo_log.undo(ME, 2, allowed)
        assert shown(file) == {}


def test_thousands_of_records_of_one_batch_go_in_one_transaction_and_little_is_kept_of_it(
    home: Path,
) -> None:
    count = 2_000
    with desk(home) as file:
        edits = (Edit(PLACE, "social_org", f"r{n}", {"name": f"第{n}会"}, "张三") for n in range(count))
        batch = file.commit_many(edits, Doing("add", "张三", "orgs.jsonl", is_batch=True)).batch
        (act,) = file.undo_log.batches()
        assert (act.batch, act.made, act.changed) == (batch, count, 0)
        done = file.undo_log.undo_act(act, "张三", allowed)
        assert (len(done.committed[0].records), done.left) == (count, ())
        assert file.count("social_org") == 0
        assert file._connection.one("SELECT count(*) FROM hs_act")[0] == 2
