"""The pieces of the journey on invented sample data: desks and a city server on this computer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from hsdesk.desk.values import ListQuery
from hsdesk.errors import Offline

if TYPE_CHECKING:
    from hsdesk.desk import Desk
    from hsdesk.sync.loop import SyncReport

COMMUNITY, TOWNSHIP = "341002001001", "341021101"
_PATIENCE = 30.0  # seconds for the server's first line


@dataclass(frozen=True)
class Step:
    """One step of the journey: its name, what it counted, and the same in words."""

    name: str
    counted: Mapping[str, Any]
    lines: tuple[str, ...]


@dataclass
class Journey:
    """The sample desks and where they lie. `say` is told each step as it is done."""

    folder: Path
    say: Callable[[Step], None]
    steps: list[Step] = field(default_factory=list)

    def done(self, name: str, counted: Mapping[str, Any], *lines: str) -> None:
        """Note a step and tell it."""
        step = Step(name, counted, lines)
        self.steps.append(step)
        self.say(step)

    def home(self, code: str) -> Path:
        """Return the folder of the sample desk of a place."""
        return self.folder / code


def open_sample(journey: Journey, code: str, person: str) -> Desk:
    """Make a sample desk for a place."""
    from hsdesk.desk import Desk, sample

    desk, recovery = Desk.create(journey.home(code), [code], person, sample.PASSPHRASE)
    desk.file.mark_as_sample()
    place = desk.records.place(code)
    name = desk.status().places[0].full_name
    journey.done(
        "open",
        {"place": place.code, "recovery_groups": len(recovery.split("-"))},
        f"新建工作台：{name}({place.code})，开机口令 {sample.PASSPHRASE}",
        f"  恢复码（示例）{recovery}",
    )
    return desk


def fill(journey: Journey, desk: Desk, code: str) -> None:
    """Enter the invented records of a place."""
    from hsdesk.desk import sample

    counted = sample.fill(desk, code)
    titles = {form.form_id: form.title for form in desk.status().registers}
    journey.done(
        "fill",
        {"place": code, "records": counted},
        "录入：" + "，".join(f"{titles[register]} {count} 条" for register, count in counted.items()),
    )


def find(journey: Journey, desk: Desk) -> None:
    """Find one person by name, by pinyin and by initials."""
    from hsdesk.model.pinyin import initials, syllables

    (row,) = desk.lists.rows("social_org", desk.lists.keys("social_org", ListQuery(limit=1)))
    name = str(row.values["leader"])
    spelt = "".join(syllables(name))
    typed = (name, spelt, initials(name))
    counted = {text: len(desk.lists.find(text)) for text in typed}
    journey.done(
        "find",
        {"found": counted},
        "查找：" + "，".join(f"“{text}”找到 {n} 条" for text, n in counted.items()),
    )


def indicators(journey: Journey, desk: Desk, wanted: str) -> None:
    """Show an indicator with its gap to the city's average target."""
    value = next(found for found in desk.reports.indicators() if found.id == wanted)
    gap = sum(short.gap for short in value.short)
    journey.done(
        "indicator",
        {"id": value.id, "value": value.value, "target": value.target, "gap": gap},
        f"考核指标 {value.id} {value.name}：{value.value:g}，目标（全市平均）{value.target:g}，"
        + (f"比平均目标少 {gap:g} 家" if gap else "不少于平均目标"),
    )


@contextmanager
def city_server(journey: Journey) -> Iterator[Server]:
    """Run a real city server in its own process on 127.0.0.1, stopped at the end."""
    from hsdesk.city.running import administration

    folder = journey.folder / "server"
    folder.mkdir(mode=0o700)
    database = f"sqlite:///{folder / 'city.db'}"
    administration.init(database, folder)
    command = [sys.executable, "-m", "hsdesk", "serve", "--database", database, "--port", "0"]
    process = subprocess.Popen(  # noqa: S603 our own program, started by itself
        command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONUTF8": "1"}
    )
    try:
        assert process.stdout is not None
        first = json.loads(_first_line(process.stdout))
        journey.done("serve", {"url": first["url"]}, f"市级服务器：{first['url']}")
        yield Server(first["url"], database)
    finally:
        process.terminate()
        process.wait(_PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


def _first_line(stream: IO[bytes]) -> bytes:
    line = stream.readline()
    if not line:
        raise Offline("市级服务器没有启动。样例没有做完，本机数据都在。")
    return line


@dataclass(frozen=True)
class Server:
    """A running city server."""

    url: str
    database: str

    def code(self, place: str, role: str) -> str:
        """Return a new enrolment code."""
        from hsdesk.city.running import administration

        return str(administration.code(self.database, (place,), role)["code"])


def enroll(journey: Journey, desk: Desk, server: Server, place: str, role: str) -> SyncReport:
    """Enrol a desk and sync for the first time."""
    desk.exchange.enroll(server.url, server.code(place, role))
    report, _ = desk.exchange.sync()
    counts = {form.form_id: form.count for form in desk.status().registers if form.count}
    journey.done(
        "sync",
        {"place": place, "pushed": report.pushed, "pulled": report.pulled, "records": counts},
        f"{desk.records.place(place).name} 设备登记并同步："
        f"上传 {report.pushed} 条改动，下载 {report.pulled} 条；"
        f"现有 {sum(counts.values())} 条",
    )
    return report
