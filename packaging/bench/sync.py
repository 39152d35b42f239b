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

from bench import floors
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
        from hsdesk.city.running import administration
        from hsdesk.deskfile.desk_file import DeskFile
        from hsdesk.forms.schema import Form
        from hsdesk.forms.shipped import shipped_forms
        from hsdesk.sync.carriers.http import Asking, HttpCarrier, enrol

        self.file = DeskFile.create(folder, secrets.token_bytes(32))
        forms: list[Form] = [form(), *shipped_forms()]
        self.file.install_forms(forms)
        code = administration.code(database, (scope,), role)["code"]
        self.carrier = HttpCarrier(enrol(url, code, Asking(self.file.device_id(), role))[0])
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
        yield _edited(given, [desk.sync() for desk in (a, b, a, b)])
        yield from _merged(given, (a, b), village.id, ids)
        a.close()
        b.close()


def _edited(given: Workload, reports: Sequence[Any]) -> Row:
    carried = sum(report.bytes_up + report.bytes_down for report in reports) / 1000
    once = len(_packed(given.mine)) + len(_packed(given.theirs))
    floor = f"zlib of the edits, up and down {2 * once / 1000:.1f} kB"
    return Row("1,000 edits, both ways", "≤ 1.1 ×", carried, "kB", carried * 500 / once, floor)


def _first_load(given: Workload, a: Desk, b: Desk) -> Iterator[Row]:
    packed = len(_packed(given.records)) / MB
    floor = f"zlib of the data {packed:.2f} MB"
    before = _resident_mb(forget_peak=True)
    pushed, push_seconds = taken(a.sync)
    pulled, pull_seconds = taken(b.sync)
    grown = _resident_mb() - before
    up, down = pushed.bytes_up / MB, pulled.bytes_down / MB
    yield Row("push 20,000 records", "≤ 1.05 ×", up, "MB", up / packed, floor)
    yield Row("pull 20,000 records", "≤ 0.9 ×", down, "MB", down / packed, floor)
    raw = floors.plain_insert_seconds(given.records)
    floor = f"plain insert {raw:.2f} s"
    for way, seconds in (("push", push_seconds), ("pull", pull_seconds)):
        figure = f"{way} 20,000, processor of the desk"
        yield Row(figure, "≤ 20 ×", seconds, "s", seconds / raw, floor, "≤ 8 ×")
    size = sum(len(_text(record).encode()) for record in given.records) / MB
    yield Row("memory growth of both", "≤ 5 ×", grown, "MB", grown / size, f"the data as JSON {size:.1f} MB")
    a.sync()
    quiet = b.sync()
    carried = quiet.bytes_up + quiet.bytes_down
    yield Row("nothing to do, bytes", "≤ 1.5 ×", carried, "B", carried / 72, "two identifiers as text 72 B")
    yield Row("nothing to do, requests", "= 1 ×", quiet.requests, "", quiet.requests, "one request")


def _packed(records: Sequence[Answers]) -> bytes:
    return zlib.compress("\n".join(map(_text, records)).encode(), 6)


def _text(record: Answers) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _merged(given: Workload, desks: Sequence[Desk], scope: str, ids: dict[str, str]) -> Iterator[Row]:
    other, same = set(given.plan["diff"]), set(given.plan["same"])
    made = [edit for edit in given.mine + given.theirs if edit["id"] in other]
    kept = min(
        sum(
            (desk.file.state(scope, ids[e["id"]]).answers.get(e["field"]) == e["value"])  # type: ignore[union-attr]
            for e in made
        )
        for desk in desks
    )
    figure = "edits of other answers of one record that live"
    yield Row(figure, "= 1 ×", kept, "", kept / len(made), f"edits made {len(made)}")
    edits = {(ids[e["id"]], e["value"]) for e in given.mine + given.theirs if e["id"] in same}
    losers = min(
        len({(c.record, c.candidates[1].value) for c in desk.file.conflicts()} & edits) for desk in desks
    )
    figure = "losing answers kept on every desk"
    yield Row(figure, "= 1 ×", losers, "", losers / len(same), f"answers that two edited {len(same)}")


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
