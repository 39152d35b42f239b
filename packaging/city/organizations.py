"""社会组织与三社联动, 社区工作者队伍: organizations, how they are supported, workers and their training."""

from __future__ import annotations

from city.dice import Dice, credit_code, person, phone
from city.party import EDUCATION, someone
from city.site import Answers, Site, without_ending

NAMES = (
    "老年协会", "红白理事会", "广场舞队", "志愿服务队", "矛盾调解室", "徽剧社", "助老互助社",
    "环境议事会", "书画社", "巡逻队", "阅读会", "健步队", "巾帼服务队",
)  # fmt: skip
SUPPORTED = "123456"
DUTIES: tuple[tuple[str, ...], ...] = (
    ("11", "21"), ("12",), ("13", "23"), ("22",), ("24",), ("52",), ("51",), ("31",), ("53",),
)  # fmt: skip


def social_org(site: Site, dice: Dice, number: int) -> Answers:
    founded, name = dice.day("2014-01-01", "2024-06-30"), NAMES[number % len(NAMES)]
    answers: Answers = {
        "org_name": f"{without_ending(site.place.name)}{name}（例）",
        "category": dice.pick("12349"),
        "category5": "12345"[number % 5],
        "category_mca": dice.pick("1234"),
        "founded_on": founded,
        "biz_scope": "邻里互助与文化活动（示例）",
        "home_community": site.place.id,
        "community": (site.place.id,),
        "leader": person(site.code, 3000 + number),
        "leader_gender": dice.pick("12"),
        "leader_phone": phone(dice),
        "leader_political": dice.pick(("01", "13")),
        "member_n": dice.between(8, 120),
        "staff_ft": dice.between(0, 2),
        "sw_n": dice.between(0, 2),
        "party_built": dice.pick("01234"),
        "supervising_unit": "某业务主管单位（示例）",
        "place": "村（社区）活动室",
        "place_area": float(dice.between(10, 200)),
        "place_own": dice.pick("1234"),
        "fund_wan": dice.between(0, 80) / 10,
        "fund_source": dice.some("12349", 2),
    }
    if dice.chance(0.06):  # counted for the village where it is at home, which did not fill it in
        answers |= {"home_community": site.neighbour}
        answers["community"] = tuple(sorted({site.place.id, site.neighbour}))
    answers |= _filing(site, dice, number, founded)
    answers |= _hub(site, dice, number)
    for row in range(dice.between(0, 3)):
        at = f"members/r{row}/"
        answers |= {f"{at}_pos": f"a{row}", f"{at}name": person(site.code, 3100 + number * 10 + row)}
        answers |= {f"{at}gender": dice.pick("12"), f"{at}political": "13", f"{at}group_name": "第1组"}
        answers[f"{at}phone"] = phone(dice)
    return answers


def _filing(site: Site, dice: Dice, number: int, founded: str) -> Answers:
    """Return the state of an organization: registered 1, filed 2, neither 3 and 4, going 8, gone 9."""
    status = dice.pick("1222222222234899")
    if status in "34":
        return {"reg_status": status, "reg_type": "00"}
    registered = status == "1" or (status in "89" and dice.chance(0.5))
    filed = dice.later(founded, 600)
    answers: Answers = {
        "reg_status": status,
        "reg_type": "52" if registered else "00",
        "filed_on": filed,
        "filing_agency": "区县民政局（示例）"
        if registered
        else f"{site.township or site.place.name}（示例）",
    }
    if status == "2":
        answers["org_code"] = f"例备〔2020〕{number + 1:03d}号"
        answers["expire_on"] = f"{int(filed[:4]) + 5}{filed[4:8]}28"
    if registered:
        answers["uscc"] = credit_code("52", int(site.code) * 20 + number)
    if status == "9":
        answers |= {"cancelled_on": dice.later(filed, 1500), "cancel_reason": "成员不足（示例）"}
    return answers


def _hub(site: Site, dice: Dice, number: int) -> Answers:
    if number or not dice.chance(0.4 if site.kind == "C" else 0.1):
        return {"is_hub": "0"}
    covers = {site.place.id, site.neighbour} if dice.chance(0.5) else {site.place.id}
    return {"is_hub": "1", "hub_type": dice.pick("1239"), "hub_covers": tuple(sorted(covers))}


def org_activity(site: Site, dice: Dice, number: int) -> Answers:
    cost = float(dice.between(0, 20) * 100)
    answers: Answers = {
        "org": site.any_of(dice, "social_org"),
        "date": dice.day("2018-01-01"),
        "title": f"第{number + 1}次邻里活动（示例）",
        "participants": dice.between(8, 120),
        "beneficiaries": dice.between(0, 200),
        "cost_yuan": cost,
    }
    if cost:
        answers["source"] = dice.pick("1239")
    return answers


def org_support(site: Site, dice: Dice, number: int) -> Answers:
    kind, started = SUPPORTED[number % 6], dice.day("2018-01-01", "2025-06-30")
    answers: Answers = {
        "support_type": kind,
        "funder": "某民政部门（示例）",
        "start_on": started,
        "end_on": dice.later(started, 400),
    }
    village = dice.pick(site.below) if site.below else None
    if village is not None and village.counts["social_org"]:
        answers["org"] = village.any_of(dice, "social_org")
    if kind in "123":
        answers["amount_yuan"] = float(dice.between(2, 60) * 1000)
    if kind == "4":
        answers["base_name"] = "乡镇社会组织孵化基地（示例）"
    if kind in "12":
        # the first agreement of a township is also the agreement of its first project
        answers["agreement_no"] = f"例协{site.code}-{number}"
    return answers


def tri_project(site: Site, dice: Dice, number: int) -> Answers:
    started, budget = dice.day("2019-01-01", "2024-12-31"), dice.between(20, 300) / 10
    answers: Answers = {
        "title": f"{site.place.name}三社联动项目{number + 1}（示例）",
        "level": dice.pick("2234"),
        "agency": "某社会工作服务中心（示例）",
        "start_on": started,
        "end_on": dice.later(started, 500),
        "status": dice.pick("012223"),
        "budget_wan": budget,
        "paid_wan": round(budget * dice.between(0, 10) / 10, 2),
        "service_n": dice.between(0, 900),
    }
    if site.below:
        village = dice.pick(site.below)
        answers["communities"] = tuple(sorted({village.place.id, site.below[0].place.id}))
        answers["sw_lead"] = village.any_of(dice, "worker")
        if village.counts["social_org"]:
            answers["orgs"] = village.several(dice, "social_org", 2)
    return answers


def project_eval(site: Site, dice: Dice, number: int) -> Answers:
    answers: Answers = {
        "evaluator": "某评估机构（示例）",
        "phase": dice.pick("12"),
        "eval_on": dice.day("2020-01-01"),
        "score_plan": dice.between(20, 40) / 2,
        "score_output": dice.between(30, 60) / 2,
        "score_effect": dice.between(30, 60) / 2,
        "score_fund": dice.between(10, 20) / 2,
        "score_satis": dice.between(10, 20) / 2,
    }
    if site.towns:
        answers["project"] = dice.pick(site.towns).any_of(dice, "tri_project")
    return answers


def worker(site: Site, dice: Dice, number: int) -> Answers:
    answers = someone(site, dice, 4000 + number, EDUCATION)
    hired = dice.day("2014-01-01", "2024-12-31")
    certificate = dice.pick("000000123")
    trained = certificate != "0" or dice.chance(0.15)
    answers |= {
        "ethnic": "01",
        "political": dice.pick(("01", "01", "03", "13")),
        "phone": phone(dice),
        "duties": tuple(sorted(DUTIES[number % len(DUTIES)])),
        "cross_post": dice.yes(0.3),
        "identity": dice.pick("3579"),
        "hired_on": hired,
        "sw_cert": certificate,
        "is_sw": "1" if trained else "0",
        "all_round": dice.yes(0.1),
        "insurances": dice.some("123456", 4),
        "assess_last": dice.pick("1222"),
    }
    if dice.chance(0.8):
        answers["salary_month"] = float(dice.between(24, 60) * 100)
    if trained:
        answers["sw_basis"] = "1" if certificate != "0" else dice.pick("239")
    if certificate != "0":
        got = dice.later(hired, 900)
        answers |= {"cert_no": f"例{dice.below(10**8):08d}", "cert_on": got}
        answers["reg_valid_to"] = f"{int(got[:4]) + 3}-12-31"
    if number < 5:
        answers["term_no"] = "第十一届"
    if dice.chance(0.15):
        answers["left_on"] = dice.later(hired, 2500)
    return answers


def training(site: Site, dice: Dice, number: int) -> Answers:
    kind, started = dice.pick("11112349"), dice.day("2018-01-01", "2025-09-30")
    answers: Answers = {
        "kind": kind,
        "title": f"第{number + 1}期（示例班次）",
        "start_on": started,
        "result": dice.pick("11222234"),
    }
    if site.below:
        answers["worker"] = dice.pick(site.below).any_of(dice, "worker")
    if kind == "1":
        answers["target_edu"] = dice.pick(("31", "31", "21"))
        if answers["result"] == "2":
            answers["end_on"] = dice.later(started, 1100)
    else:
        answers |= {"hours": float(dice.between(4, 60)), "end_on": dice.later(started, 60)}
    return answers
