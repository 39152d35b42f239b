"""`demo`: walk the whole journey on invented data and print each step with what it counted."""

from __future__ import annotations

import argparse
from pathlib import Path

from hsdesk.cli import journey as walk
from hsdesk.cli.answer import Answer, Setting
from hsdesk.cli.journey import COMMUNITY, TOWNSHIP, Journey, Step
from hsdesk.desk import Desk, sample
from hsdesk.desk.json_records import JsonRecord
from hsdesk.desk.sample import PASSPHRASE, VILLAGE
from hsdesk.desk.values import ListQuery
from hsdesk.errors import Refused

PDFS = (("community_card", "社区(村)基本情况表"), ("social_org_roster", "社区社会组织花名册"))


def demo_home(home: Path) -> Path:
    """Return the folder of the sample village desk below a home, where `hsdesk demo` opens its window."""
    return home / "demo" / VILLAGE


def demo(setting: Setting, options: argparse.Namespace) -> Answer:
    """Walk the journey: desks, records, search, indicators, server, sync, conflict, print-outs."""
    folder = setting.home / "demo"
    sample.fresh_folder(folder)
    journey = Journey(folder, lambda step: _tell(setting, step))
    village = walk.open_sample(journey, VILLAGE, "样例文书")
    community = walk.open_sample(journey, COMMUNITY, "样例社工")
    township = walk.open_sample(journey, TOWNSHIP, "样例专干")
    try:
        _walk(setting, journey, village, community, township)
    finally:
        for desk in (village, community, township):
            desk.close()
    files = next(step.counted["files"] for step in journey.steps if step.name == "print")
    return Answer(
        {
            "steps": [{"name": step.name, **step.counted} for step in journey.steps],
            "files": files,
            "home": str(demo_home(setting.home)),
            "passphrase": PASSPHRASE,
        },
        (f"样例工作台在 {demo_home(setting.home)}，开机口令 {PASSPHRASE}。数据全部虚构，地名真实。",),
    )


def _tell(setting: Setting, step: Step) -> None:
    if not setting.json:
        for line in step.lines:
            setting.out.write(line + "\n")
        setting.out.flush()


def _walk(setting: Setting, journey: Journey, village: Desk, community: Desk, township: Desk) -> None:
    walk.fill(journey, village, VILLAGE)
    walk.fill(journey, community, COMMUNITY)
    walk.find(journey, village)
    walk.indicators(journey, village, "I02")
    walk.indicators(journey, community, "I01")
    with walk.city_server(journey) as server:
        walk.enroll(journey, village, server, VILLAGE, "village")
        walk.enroll(journey, community, server, COMMUNITY, "village")
        walk.enroll(journey, township, server, TOWNSHIP, "township")
        other_answers(journey, village, township)
        same_answer(journey, village, township)
    print_out(setting, journey, village)


def _edit(desk: Desk, record: str, **answers: object) -> None:
    stored = desk.bulk.edit("social_org", [JsonRecord(1, {"_id": record, **answers})])
    if stored.rejected:
        raise Refused("样例修改没有存上：{reason}", reason=stored.rejected[0].reason)


def _answer(desk: Desk, record: str, field: str) -> object:
    return desk.lists.document("social_org", record)[field]


def _exchange(*desks: Desk) -> None:
    for desk in desks:
        desk.exchange.sync()


def other_answers(journey: Journey, village: Desk, township: Desk) -> None:
    """Change different answers of one organization on both desks: both live."""
    record = village.lists.keys("social_org", ListQuery(limit=1))[0].record
    _edit(village, record, member_n=48)
    _edit(township, record, place_area=66.0)
    _exchange(village, township, village)
    held = [
        (_answer(desk, record, "member_n"), _answer(desk, record, "place_area"))
        for desk in (village, township)
    ]
    if held != [(48, 66.0), (48, 66.0)]:
        raise Refused("两边改的不同栏目没有都留下：{held}", held=held)
    journey.done(
        "merge",
        {"record": record, "member_n": 48, "place_area": 66.0},
        "两边改了同一组织的不同栏目：成员数 48（村）、场所面积 66（镇），两边都留下",
    )


def same_answer(journey: Journey, village: Desk, township: Desk) -> None:
    """Change the same answer on both desks: both values are kept, and a person chooses one."""
    record = village.lists.keys("social_org", ListQuery(limit=1))[0].record
    _edit(village, record, place="村文化礼堂（示例）")
    _edit(township, record, place="镇文化站（示例）")
    _exchange(village, township, village)
    (conflict,) = village.exchange.conflicts()
    both = sorted([conflict.a.shown, conflict.b.shown])
    village.exchange.resolve(conflict.id, "mine")
    _exchange(village, township)
    chosen = [_answer(desk, record, "place") for desk in (village, township)]
    left = len(village.exchange.conflicts()) + len(township.exchange.conflicts())
    journey.done(
        "conflict",
        {"record": record, "kept": both, "chosen": chosen, "left": left},
        f"两边改了同一栏目“{conflict.label}”：{both[0]} / {both[1]}，都留着；",
        f"  村里选了“{chosen[0]}”，同步后两边都是“{chosen[1]}”，还有 {left} 处没有取舍",
    )


def print_out(setting: Setting, journey: Journey, desk: Desk) -> None:
    """Write the community card and the roster of organizations as PDF, and the roster as xlsx."""
    out = journey.folder / "out"
    out.mkdir()
    files = []
    if setting.paint_pdf is not None:
        for name, title in (
            ("community_card", "社区(村)基本情况表"),
            ("social_org_roster", "社区社会组织花名册"),
        ):
            files.append(out / f"{title}.pdf")
            setting.paint_pdf(desk.reports.build(name), files[-1])
    files.append(out / "社区社会组织花名册.xlsx")
    desk.reports.export_xlsx("social_org_roster", files[-1])
    lines = [f"打印件：{file}（{file.stat().st_size} 字节）" for file in files]
    if setting.paint_pdf is None:
        lines.append("没有 Qt，没有生成 PDF；用 hsdesk 命令可以生成。")
    journey.done("print", {"files": [str(file) for file in files]}, *lines)
