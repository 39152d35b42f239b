"""20,000 records of 26 answers and the edits of two desks. Every person is invented.

`HSDESK_WORKLOAD=FILE.py` takes records and edits from another file that offers
`build() -> (records, edits of A, edits of B, plan)`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

N = 20_000
SURNAMES = "汪程胡吴方江洪鲍许曹黄叶王张李单曾仇查金余潘戴孙朱俞章凌倪谢郑姚陆舒宋邵毕罗冯夏"
GIVEN = "志强秀英建国丽娟文彬小红德胜桂兰晓燕国平慧敏春生福林水根玉梅长顺海燕云霞立军明超永庆"
TOWNS = (
    "歙县徽城镇",
    "歙县深渡镇",
    "休宁县海阳镇",
    "黟县宏村镇",
    "祁门县祁山镇",
    "徽州区岩寺镇",
    "黄山区汤口镇",
)
VILLAGES = (
    "新安",
    "前园",
    "洪坑",
    "芳村",
    "龙源",
    "潜口",
    "呈坎",
    "万安",
    "溪口",
    "碧山",
    "南屏",
    "桃源",
    "平里",
)
NOTES = (
    "家中老人独居,每月入户走访一次,有事联系在合肥工作的儿子。",
    "任网格党小组组长,负责三组的信息采集和上报工作。",
    "砖木结构老屋,汛期要重点查看并及时转移人员。",
    "热心志愿服务,参加民歌队和广场舞队,可协助宣传。",
    "反映村内道路路灯损坏,已上报镇政府等待处理。",
    "残疾人家庭,社工站一对一帮扶,辅助器具已申请。",
)
VARIED = {
    "gender": "男 女",
    "nation": "汉族 汉族 汉族 汉族 汉族 畲族 回族",
    "edu": "小学 初中 高中 中专 大专 本科",
    "political": "群众 群众 群众 中共党员 共青团员",
    "relation": "户主 配偶 子 女 父 母 孙子 孙女",
    "occupation": "务农 务工 个体经营 退休 学生 教师 茶农",
    "hukou": "农业户口 非农业户口",
    "is_party_member": "0 1",
    "is_lowincome": "0 0 0 0 0 0 0 1",
    "is_leftbehind": "0 0 0 0 0 1",
    "is_disabled": "0 0 0 0 0 0 0 0 1",
    "org_name": "无 无 无 老年协会 红白理事会 茶叶合作社 志愿服务队",
}

Answers = dict[str, Any]


@dataclass(frozen=True)
class Workload:
    """Records, one-answer edits of two desks, and which records both change in other or the same answers."""

    records: list[Answers]
    mine: list[Answers]
    theirs: list[Answers]
    plan: dict[str, list[str]]


def workload() -> Workload:
    """Return the workload, the same in every run."""
    elsewhere = os.environ.get("HSDESK_WORKLOAD")
    if elsewhere:
        spec = importlib.util.spec_from_file_location("workload", elsewhere)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return Workload(*module.build())
    chance = random.Random(7)  # noqa: S311
    records = [_person(chance, number) for number in range(N)]
    picked = chance.sample([record["id"] for record in records], 880)
    only_a, only_b, other, same = picked[:380], picked[380:760], picked[760:860], picked[860:]
    mine = [_edit(chance, one, ("phone", "occupation", "edu", "address"), "甲") for one in only_a + other]
    theirs = [
        _edit(chance, one, ("note", "political", "relation", "org_name"), "乙") for one in only_b + other
    ]
    mine += [_edit(chance, one, ("phone",), "甲") for one in same]
    theirs += [_edit(chance, one, ("phone",), "乙") for one in same]
    chance.shuffle(mine)
    chance.shuffle(theirs)
    return Workload(records, mine, theirs, {"diff": other, "same": same})


def _person(chance: random.Random, number: int) -> Answers:
    town, village, group = chance.choice(TOWNS), chance.choice(VILLAGES), chance.randint(1, 20)
    born = f"{chance.randint(1935, 2018)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    code = f"3410{chance.randint(1, 14):02}{chance.randint(1, 20):03}{chance.randint(1, 60):03}"
    own = {
        "id": hashlib.sha256(b"person %d" % number).hexdigest()[:32],
        "community_code": code,
        "town": town,
        "village": village + "村",
        "grid_no": f"第{chance.randint(1, 12)}网格",
        "household_no": f"{code[-6:]}{chance.randint(1, 400):04}",
        "name": chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2)))),
        "id_card": f"341{chance.randrange(300):03}{born.replace('-', '')}{chance.randrange(10**4):04}",
        "birth": born,
        "phone": phone(chance),
        "address": f"黄山市{town}{village}村{group}组{chance.randint(1, 200)}号",
        "note": chance.choice(NOTES),
        "collected_at": f"2026-{chance.randint(1, 11):02}-{chance.randint(1, 28):02}"
        f"T{chance.randint(8, 18):02}:{chance.randrange(60):02}:{chance.randrange(60):02}+08:00",
        "collector": f"网格员{chance.randint(1, 300):03}",
    }
    return own | {field: chance.choice(words.split()) for field, words in VARIED.items()}


def phone(chance: random.Random) -> str:
    return f"1{chance.choice('358')}{chance.randrange(10**9):09}"


def _edit(chance: random.Random, record: str, fields: Sequence[str], who: str) -> Answers:
    field = chance.choice(fields)
    changed = chance.choice(NOTES)[: chance.randint(6, 20)]
    value = f"{who}{phone(chance)}" if field == "phone" else f"{who}改:{changed}"
    return {"id": record, "field": field, "value": value}


def form() -> Any:
    from hsdesk.forms.schema import Extension, Form, Question

    fields = [*_person(random.Random(1), 1)]  # noqa: S311
    asked = tuple(
        Question(name, name, "text", hs=Extension(title=name == "name", search=name in ("name", "phone")))
        for name in fields
    )
    return Form("person26", "1", "人员", children=asked)


def place() -> Any:
    from hsdesk.model.place import load_directory

    directory = load_directory()
    return next(p for p in directory if p.level == "village" and directory.has_township_office(p))


def taken(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    done = work()
    return done, time.process_time() - started
