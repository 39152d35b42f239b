"""Sync of 20,000 records between two desks and a server process: bytes, processor time, what is kept."""

from __future__ import annotations

import json
import resource
import secrets
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.table import Row
from bench.workload import Answers, Workload, form, place, taken, workload

MB = 1_000_000


def rows() -> list[Row]:
    """Return the figures of sync."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_journey(workload(), Path(folder))]


@contextmanager
def server(database: str) -> Iterator[str]:
    program = "import sys; from hsdesk.city.http.serving import serve; serve(sys.argv[1])"
    process = subprocess.Popen([sys.executable, "-c", program, database], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


class Desk:
    """A desk file enrolled at the server."""

    def __init__(self, folder: Path, database: str, url: str, scope: str, role: str) -> None:
        from hsdesk.city.reference.current_forms import shipped_forms
        from hsdesk.city.running import administration
        from hsdesk.deskfile.desk_file import DeskFile
        from hsdesk.forms.schema import Form
        from hsdesk.sync.carriers.http import HttpCarrier, enrol

        self.file = DeskFile.create(folder, secrets.token_bytes(32))
        forms: list[Form] = [form(), *shipped_forms()]
        self.file.install_forms(forms)
        code = administration.code(database, (scope,), role)["code"]
        self.carrier = HttpCarrier(enrol(url, code, self.file.device_id(), role)[0])
        self.sync()

    def sync(self) -> Any:
        from hsdesk.sync.loop import synchronise

        return synchronise(self.file, self.carrier)

    def type(self, scope: str, edits: Sequence[tuple[str, Answers]], person: str) -> None:
        from hsdesk.records.edits import Edit

        self.file.commit_many(
            Edit(scope, "person26", record, dict(answers), person) for record, answers in edits
        )

    def go_through(self, url: str) -> None:
        """Reach the server by another address from now on."""
        from msgspec.structs import replace

        from hsdesk.sync.carriers.http import HttpCarrier

        enrolment = replace(self.carrier.enrolment, url=url)
        self.carrier.close()
        self.carrier = HttpCarrier(enrolment)

    def close(self) -> None:
        self.carrier.close()
        self.file.close()


def _journey(given: Workload, folder: Path) -> Iterator[Row]:
    from hsdesk.city.running import administration
    from hsdesk.model.identity import new_id

    database = f"sqlite:///{folder}/server/city.db"
    administration.init(database, folder / "server")
    administration.add_form(database, form())
    village = place()
    ids = {record["id"]: new_id() for record in given.records}
    with server(database) as url:
        a = Desk(folder / "a", database, url, village.id, "village")
        b = Desk(folder / "b", database, url, village.parent, "township")
        whole = [(ids[r["id"]], {k: str(v) for k, v in r.items()}) for r in given.records]
        a.type(village.id, whole, "张三")
        yield from _first_load(given, a, b)
        a.type(village.id, [(ids[e["id"]], {e["field"]: e["value"]}) for e in given.mine], "张三")
        b.type(village.id, [(ids[e["id"]], {e["field"]: e["value"]}) for e in given.theirs], "李四")
        reports = [desk.sync() for desk in (a, b, a, b)]
        carried = sum(report.bytes_up + report.bytes_down for report in reports) / 1000
        yield Row("1,000 edits, both ways", "≤ 70", carried, "kB")
        yield from _merged(given, (a, b), village.id, ids)
        a.close()
        b.close()


def _first_load(given: Workload, a: Desk, b: Desk) -> Iterator[Row]:
    packed = len(zlib.compress("\n".join(map(_text, given.records)).encode(), 6)) / MB
    floor = f"zlib of the data {packed:.2f} MB"
    before = _resident_mb(forget_peak=True)
    pushed, push_seconds = taken(a.sync)
    pulled, pull_seconds = taken(b.sync)
    grown = _resident_mb() - before
    up, down = pushed.bytes_up / MB, pulled.bytes_down / MB
    yield Row("push 20,000 records", "≤ 2.4", up, "MB", up / packed, floor)
    yield Row("pull 20,000 records", "≤ 2.3", down, "MB", down / packed, floor)
    yield Row("push 20,000, processor of the desk", "≤ 1.5", push_seconds, "s")
    yield Row("pull 20,000, processor of the desk", "≤ 1.5", pull_seconds, "s")
    yield Row("memory growth of both", "≤ 80", grown, "MB")
    a.sync()
    quiet = b.sync()
    yield Row("nothing to do, bytes", "≤ 500", quiet.bytes_up + quiet.bytes_down, "B")
    yield Row("nothing to do, requests", "≤ 2", quiet.requests, "")


def _text(record: Answers) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _merged(given: Workload, desks: Sequence[Desk], scope: str, ids: dict[str, str]) -> Iterator[Row]:
    other, same = set(given.plan["diff"]), set(given.plan["same"])
    kept = min(
        sum(
            (desk.file.state(scope, ids[e["id"]]).answers.get(e["field"]) == e["value"])  # type: ignore[union-attr]
            for e in given.mine + given.theirs
            if e["id"] in other
        )
        for desk in desks
    )
    yield Row("edits of other answers of one record that live", "200", kept, "of 200")
    edits = {(ids[e["id"]], e["value"]) for e in given.mine + given.theirs if e["id"] in same}
    losers = min(
        len({(c.record, c.candidates[1].value) for c in desk.file.conflicts()} & edits) for desk in desks
    )
    yield Row("losing answers kept on every desk", "20", losers, "of 20")


def _resident_mb(*, forget_peak: bool = False) -> float:
    """Return the peak of resident memory; with `forget_peak` what is resident now, where the peak starts."""
    status, forget = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if forget_peak:
        forget.write_text("5")
    name = "VmRSS" if forget_peak else "VmHWM"
    return (
        next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(name)) / 1024
    )
