"""A program that is killed while it undoes leaves the act standing or undone, never half."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from desk_world import VILLAGE, new_desk, new_organization
from quick_start import FORKED

from hsdesk.desk.values import Edit

KILLED = """
import json, os, shutil, signal, sys
from pathlib import Path
from hsdesk.deskfile import journal, undo
from hsdesk.deskfile.batch import Batch
from hsdesk.deskfile.connection import DeskConnection

original, copy, key = Path(sys.argv[1]), Path(sys.argv[2]), bytes.fromhex(sys.argv[3])
scope, record = sys.argv[4], sys.argv[5]
whose = journal.Whose("汪文书", scope)

def undone(stop):
    core, left = DeskConnection(copy, key), [stop]
    def count(statement):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    core.sqlite.set_trace_callback(count)
    undo.UndoLog(core).undo(whose, 1, lambda act, edits: None)
    os._exit(0)

def state():
    core = DeskConnection(copy, key)
    batch = Batch(core)
    batch.take([(scope, record)])
    answers = batch.taken(scope, record).parts["common"].answers
    row = core.one("SELECT leader FROM social_org WHERE _id = ?", (record,))[0]
    acts = [(act.kind, act.undoes > 0, act.undone_by > 0) for act in journal.acts(core, whose, 1)]
    logged = core.one("SELECT count(*) FROM hs_op")[0], core.one("SELECT count(*) FROM hs_act")[0]
    core.close()
    return [answers["leader"], answers["member_n"], row, acts, logged]

stop = 0
while True:
    stop += 2
    shutil.copyfile(original, copy)
    child = os.fork()
    if not child:
        undone(stop)
    killed = os.waitpid(child, 0)[1]
    print(json.dumps(state()), flush=True)
    for end in ("-wal", "-shm"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)
    if not killed:
        break
"""


def test_an_undo_killed_at_any_statement_leaves_the_act_as_it_was_or_undone(
    home: Path, tmp_path: Path
) -> None:
    desk = new_desk(home)
    record, scope = new_organization(desk, "定潭村老年协会", "张三"), desk.records.place(VILLAGE).id
    desk.records.save(Edit("social_org", record, scope, {"leader": "李四", "member_n": 20}))
    key = desk._opened.key.hex()
    desk.close()
    words = map(str, (home / "desk.db", tmp_path / "copy.db", key, scope, record))
    command = [sys.executable, "-c", FORKED + KILLED, *words]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    states = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(states) > 10
    stands = ["李四", 20, "李四", [["save", False, False]]]
    undone = ["张三", 12, "张三", [["save", False, True]]]
    ops, acts = states[0][4]
    assert all(one in ([*stands, [ops, acts]], [*undone, [ops + 1, acts + 1]]) for one in states)
    assert states[0][:4] == stands
    assert states[-1][:4] == undone
