"""志愿服务, 服务设施, 试点与任务: volunteers, buildings, pilots, tasks, documents."""

from __future__ import annotations

from city.dice import Dice, identity_number, person, phone
from city.site import Answers, Site, record_id, without_ending

SMART = ("c4_1", "c4_2", "c4_3", "c4_4", "portal", "platform")
CLAUSES = ("一(一)", "一(二)", "二", "三", "四", "五", "六")
POLICIES = (
    "关于加强基层治理体系和治理能力现代化建设的意见",
    "城乡社区治理三年行动计划",
    "城乡社区服务体系建设规划",
)
INDICATORS = ("I01", "I02", "I03", "I04", "I07", "I11", "I33")


def volunteer(site: Site, dice: Dice, number: int) -> Answers:
    gender = dice.pick("12")
    answers: Answers = {
        "name": person(site.code, 20_000 + number),
        "gender": gender,
        "phone": phone(dice),
        "political": dice.pick(("01", "03", "13", "13")),
        "skills": dice.some("12345679", 2),
        "reg_on": dice.day("2016-01-01"),
    }
    birth = dice.birth_month(1948, 2004)
    if dice.chance(0.1):
        answers["id_no"] = identity_number(dice, birth, gender)
    else:
        answers["birth_ym"] = birth
    if dice.chance(0.3):
        answers["cloud_id"] = f"例{site.code}{number:04d}"
    if dice.chance(0.02):
        answers |= {"birth_ym": "2011-05", "guardian": f"{person(site.code, 29_000)}，已同意"}
        answers.pop("id_no", None)
    if dice.chance(0.3):
        answers["sw_pair"] = site.any_of(dice, "worker")
    if dice.chance(0.2):
        answers["hours_import"] = dice.between(1, 400) / 2
    return answers


def vol_activity(site: Site, dice: Dice, number: int) -> Answers:
    day, hour = dice.day("2019-01-01"), dice.between(8, 15)
    answers: Answers = {
        "title": f"{without_ending(site.place.name)}第{number + 1}次志愿活动（示例）",
        "field": dice.pick("12345679"),
        "organizer": "村（社区）志愿服务站",
        "sw_led": dice.yes(0.4),
        "start_at": f"{day}T{hour:02d}:00:00.000+08:00",
        "end_at": f"{day}T{hour + dice.between(1, 6):02d}:30:00.000+08:00",
        "place": "村口广场",
        "beneficiaries": dice.between(0, 150),
    }
    if site.counts["social_org"]:
        answers["org"] = site.any_of(dice, "social_org")
    return answers


def vol_record(site: Site, dice: Dice, number: int) -> Answers:
    return {
        "volunteer": site.any_of(dice, "volunteer"),
        "activity": site.any_of(dice, "vol_activity"),
        "hours": dice.between(1, 12) / 2,
    }


def vol_award(site: Site, dice: Dice, number: int) -> Answers:
    award = dice.pick("112339")
    answers: Answers = {"award": award, "level": dice.pick("34"), "date": dice.day("2019-01-01")}
    answers["granted_by"] = ("4", "5")
    if award == "2":
        answers["hours_used"] = float(dice.between(1, 20))
    if site.below:
        village = dice.pick(site.below)
        if dice.chance(0.3) and village.counts["social_org"]:
            answers["org"] = village.any_of(dice, "social_org")
        else:
            answers["volunteer"] = village.any_of(dice, "volunteer")
    return answers


def facility(site: Site, dice: Dice, number: int) -> Answers:
    area, mode = dice.between(20, 900), dice.pick("1111123455")
    answers: Answers = {
        "kind": dice.pick(("1", "2", "4", "5", "6", "8", "9", "10", "11")),
        "name": f"{without_ending(site.place.name)}服务用房{number + 1}（示例）",
        "status": dice.pick("1111239"),
        "area": float(area),
        "resident_area": float(area * dice.between(20, 90) // 100),
        "own": dice.pick("1234"),
        "build": dice.pick("123"),
        "in_use_year": dice.between(1990, 2024),
        "invest_wan": dice.between(0, 900) / 10,
        "op_mode": mode,
        "open_hours_week": float(dice.between(10, 84)),
        "visits_month": dice.between(0, 900),
    }
    if number and dice.chance(0.3):
        answers["part_of"] = site.of("facility", 0)
    if mode in "234":
        answers |= {"operator": "某社会组织（示例）", "contract_to": dice.day("2024-01-01")}
    return answers


def open_venue(site: Site, dice: Dice, number: int) -> Answers:
    return {
        "unit": f"某单位{number + 1}（示例）",
        "unit_kind": dice.pick("ABCD"),
        "venue": dice.pick(("操场", "会议室", "停车场")),
        "open_time": "工作日晚间与周末",
        "agreement_on": dice.day("2019-01-01"),
        "plaque": dice.yes(0.6),
        "uses_year": dice.between(0, 60),
    }


def pilot(site: Site, dice: Dice, number: int) -> Answers:
    kind = ("1", "2", "3", "4", "5", "6", "7", "7", "10", "10", "8", "9")[number % 12]
    year = dice.pick((2019, 2020, 2020, 2021, 2023, 2025))
    stage = dice.pick("1234555")
    answers: Answers = {
        "pilot_kind": kind,
        "approved_by": ("4", "5"),
        "level": "3" if kind == "7" else dice.pick("2223"),
        "batch": f"第{number + 1}批",
        "year": year,
        "target": "按要点完成任务（示例）",
        "approved_on": f"{year}-01-20",
        "doc_no": f"黄民基〔{year}〕{number + 1}号",
        "due_on": dice.day(f"{year}-06-01", f"{year}-12-31"),
        "stage": stage,
        "progress_pct": 100 if stage == "5" else dice.between(0, 90),
        "invest_wan": dice.between(0, 2000) / 10,
    }
    if site.below:
        units = {dice.pick(site.below).place.id for _ in range(3)}
        answers["units"] = tuple(sorted(units))
    if kind == "1":
        answers |= {key: dice.yes(0.5) for key in SMART}
    if stage == "5":
        answers |= {
            "accepted_on": dice.day(f"{year}-02-01", f"{year}-12-31"),
            "accept_result": dice.pick("1112"),
        }
    return answers


def exchange(site: Site, dice: Dice, number: int) -> Answers:
    return {
        "partner": dice.pick(("杭州市某区（示例）", "上海市某区（示例）")),
        "mode": dice.pick("1234"),
        "date": dice.day("2019-01-01"),
        "result": "互派干部学习（示例）",
    }


def task(site: Site, dice: Dice, number: int) -> Answers:
    clause = CLAUSES[number % len(CLAUSES)]
    answers: Answers = {
        "task_no": f"2020-{clause}-{number + 1:02d}",
        "source_doc": "黄民基〔2020〕7号",
        "clause": clause,
        "content": f"工作要点任务{number + 1}（示例）",
        "lead_unit": "某科室（示例）",
        "due_on": "2020-12-31",
    }
    if site.below:
        answers["units"] = tuple(sorted({dice.pick(site.below).place.id for _ in range(3)}))
    if number < len(INDICATORS):
        answers |= {"metric": INDICATORS[number], "target_value": 1.0}
    return answers


def task_progress(site: Site, dice: Dice, number: int) -> Answers:
    year = dice.between(2020, 2025)
    return {
        "task": record_id("task", "341000", dice.below(30), site.seed),
        "period": f"{year}Q{dice.between(1, 4)}",
        "status": dice.pick("0111223"),
        "progress": "按计划推进（示例）",
        "current_value": float(dice.between(0, 10)),
        "problem": "人手不足（示例）",
        "next_step": "下季度补齐（示例）",
    }


def policy_doc(site: Site, dice: Dice, number: int) -> Answers:
    kind = "123459"[number]
    status = dice.pick("1234444")
    answers: Answers = {
        "title": POLICIES[number] if number < len(POLICIES) else f"配套文件{number}（示例）",
        "kind": kind,
        "status": status,
        "issuers": ("4", "5"),
    }
    if status == "4":
        answers |= {
            "doc_no": f"黄民基〔2020〕{number + 20}号",
            "issued_on": dice.day("2020-02-01", "2023-12-31"),
        }
    return answers
