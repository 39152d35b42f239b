"""居民自治: committees, rules, meetings, points, proofs under the seal."""

from __future__ import annotations

from city.dice import Dice, person, phone
from city.site import Answers, Site, without_ending

BODIES = {"C": ("2", "4", "5", "7", "8", "9"), "N": ("1", "3", "5", "6", "7", "10"), "Q": ("2", "5", "7")}
BODY_NAMES = {
    "1": "村民委员会", "2": "居民委员会", "3": "村务监督委员会", "4": "居务监督委员会",
    "5": "社区协商委员会", "6": "村民理事会", "7": "人民调解委员会", "8": "治安保卫委员会",
    "9": "公共卫生委员会", "10": "红白理事会",
}  # fmt: skip
RULES = (
    ("1", "门前三包达标", 2.0), ("2", "喜事新办", 5.0), ("3", "参加志愿服务", 3.0),
    ("4", "邻里调解", 4.0), ("7", "乱堆乱放", -2.0), ("5", "带头种茶", 6.0),
)  # fmt: skip
FORBIDDEN = (
    "亲属关系证明", "居民身份信息证明", "户口登记项目内容变更申请证明", "居民养犬证明", "无犯罪记录证明",
    "社区戒毒社区康复人员情况证明", "人员失踪证明", "婚姻状况证明", "出生证明", "健在证明", "死亡证明",
    "疾病状况证明", "残疾状况证明", "婚育状况证明", "居民就业状况证明", "居民个人档案证明", "居民财产证明",
    "遗产继承权证明", "市场主体住所证明", "证件遗失证明",
)  # fmt: skip
ALLOWED = (
    "居住情况说明",
    "协助发放高龄津贴",
    "协助人口普查",
    "集体土地使用说明",
    "困难情况说明",
    "森林防火巡查",
)


def self_gov_body(site: Site, dice: Dice, number: int) -> Answers:
    kinds = BODIES[site.kind]
    kind = kinds[number % len(kinds)]
    size = dice.between(5, 7) if kind == "2" else dice.between(3, 5)
    answers: Answers = {
        "body_type": kind,
        "name": f"{without_ending(site.place.name)}{BODY_NAMES[kind]}",
        "set_on": dice.day("2016-01-01", "2025-06-30"),
        "term_years": dice.pick((3, 5, 5, 5)),
        "manner": dice.pick("123"),
        "chair": person(site.code, 5000 + number),
        "members_n": size + (3 if dice.chance(0.05) else 0),
        "women_n": 1,
        "party_n": 2,
    }
    if kind in "12":
        answers["kin_in_body"] = "0"
    if kind in "34":
        answers["chair_in_village_committee"] = "0"
    for row in range(dice.between(0, 3)):
        at = f"members/r{row}/"
        answers |= {f"{at}_pos": f"a{row}", f"{at}name": person(site.code, 5100 + number * 10 + row)}
        answers |= {f"{at}gender": dice.pick("12"), f"{at}duty": "委员", f"{at}political": "13"}
        answers[f"{at}phone"] = phone(dice)
    return answers


def charter(site: Site, dice: Dice, number: int) -> Answers:
    nominated = dice.yes(0.1)
    passed = dice.day("2017-01-01", "2025-09-30")
    own = "2" if site.kind == "N" else "3"
    answers: Answers = {
        "charter_type": own if number == 0 else dice.pick("123"),
        "version": f"{passed[:4]}年第{number + 1}版",
        "status": dice.pick("11112223"),
        "passed_on": passed,
        "legal_reviewed": dice.yes(0.7),
        "published": dice.yes(0.8),
        "has_wind": dice.yes(0.6),
        "has_points": dice.yes(0.4),
        "nominated": nominated,
    }
    if dice.chance(0.5):
        answers["meeting"] = site.of("deliberation", 0)
    if dice.chance(0.7):
        answers["filed_on"] = dice.later(passed, 90)
    if nominated == "1":
        answers["award_level"] = dice.pick("0012")
    return answers


def deliberation(site: Site, dice: Dice, number: int) -> Answers:
    kind = "1" if number == 0 else dice.pick(("2", "3", "4", "4", "5", "5", "6", "6", "7", "10"))
    should, held = dice.between(30, 90), dice.day("2018-01-01")
    real, status = should - dice.between(0, 12), dice.pick("13456788889")
    answers: Answers = {
        "meeting_type": kind,
        "topic": f"第{number + 1}次议事：停车与环境（示例）",
        "source": dice.pick("12345"),
        "field": dice.pick("1234569"),
        "held_on": held,
        "place": "村（社区）会议室",
        "body": site.any_of(dice, "self_gov_body"),
        "should_n": should,
        "real_n": real,
        "women_n": real // 3,
        "parties": dice.some("12345678", 4),
        "status": status,
    }
    if kind in ("1", "2", "3"):
        answers |= {"agree_n": real - 5, "against_n": 2, "abstain_n": 1}
    if status in "5678":
        answers["result"] = "同意按方案实施（示例）"
    if status in "78":
        answers |= {"responsible": person(site.code, 5500), "due_on": dice.later(held, 120)}
    if status == "8":
        answers |= {"published_on": dice.later(held, 60), "feedback": dice.pick("112")}
    return answers


def point_rule(site: Site, dice: Dice, number: int) -> Answers:
    kind, item, points = RULES[number % len(RULES)]
    answers: Answers = {
        "code": f"G{number + 1:02d}",
        "kind": kind,
        "item": f"{item}（示例）",
        "points": points,
        "limit_month": dice.between(1, 5),
        "valid_from": dice.day("2019-01-01", "2021-12-31"),
    }
    if dice.chance(0.1):
        answers["valid_to"] = "2035-12-31"
    return answers


def household(site: Site, dice: Dice, number: int) -> Answers:
    answers: Answers = {
        "hh_code": f"{site.code}{number + 1:04d}",
        "head_name": person(site.code, 10_000 + number),
        "group": f"第{dice.between(1, 20)}组",
        "persons": dice.between(1, 7),
    }
    if dice.chance(0.7):
        answers["phone"] = phone(dice)
    if dice.chance(0.8):
        answers["grid"] = site.any_of(dice, "grid")
    return answers


def point_ledger(site: Site, dice: Dice, number: int) -> Answers:
    rule = dice.below(min(site.counts["point_rule"], len(RULES)))
    answers: Answers = {
        "household": site.any_of(dice, "household"),
        "rule": site.of("point_rule", rule),
        "points": RULES[rule][2],
        "happened_on": dice.day("2020-01-01"),
        "recorder": person(site.code, 5600),
        "reviewer": person(site.code, 5601),
        "published": dice.yes(0.7),
    }
    if number and dice.chance(0.03):
        answers |= {"reverse_of": site.of("point_ledger", number - 1), "points": -RULES[rule][2]}
        answers["remark"] = "记错户，冲正（示例）"
    return answers


def redeem(site: Site, dice: Dice, number: int) -> Answers:
    return {
        "household": site.any_of(dice, "household"),
        "goods": "洗衣液（示例）",
        "qty": dice.between(1, 3),
        "cost_points": float(dice.between(1, 10)),
        "date": dice.day("2020-06-01"),
    }


def access_item(site: Site, dice: Dice, number: int) -> Answers:
    if number < len(FORBIDDEN):
        answers: Answers = {"item": FORBIDDEN[number], "access_kind": "5"}
        return answers | {
            "forbidden_code": f"{number + 1:02d}",
            "dept": "有关主管部门",
            "basis": "民发〔2020〕20号",
        }
    kind = "53"[number % 2]
    answers = {"item": ALLOWED[number % len(ALLOWED)], "access_kind": kind, "dept": "某主管部门（示例）"}
    if kind == "3":
        answers |= {
            "fund": float(dice.between(1, 20) * 100),
            "approved_on": dice.day("2020-01-01", "2022-12-31"),
        }
    return answers


def seal_use(site: Site, dice: Dice, number: int) -> Answers:
    answers: Answers = {
        "date": dice.day("2019-01-01"),
        "applicant": person(site.code, 6000 + number),
        "to_unit": "某单位（示例）",
        "copies": dice.between(1, 3),
        "seal_kind": dice.pick("1114"),
        "handled": dice.pick("11123"),
        "approved_by": person(site.code, 6500),
        "operator": person(site.code, 6501),
    }
    forbidden = dice.chance(0.25)
    if dice.chance(0.6):
        item = dice.below(20) if forbidden else dice.between(20, 25)
        answers["item"] = county_record(site, "access_item", item)
    else:
        answers["item_text"] = "无犯罪记录证明" if forbidden else "居住情况说明"
    if forbidden or answers["handled"] == "2":
        answers["reason"] = "请咨询主管部门（示例）"
    return answers


def county_record(site: Site, form: str, number: int) -> str:
    """Return the id of a record that the county of a village publishes downwards."""
    from city.site import record_id

    return record_id(form, site.county, number, site.seed)


def integrity_stat(site: Site, dice: Dice, number: int) -> Answers:
    return {
        "period": f"2025Q{number + 1}",
        "publicized_n": dice.between(0, 12),
        "three_open": dice.between(0, 12),
        "supervise_n": dice.between(0, 8),
        "review_n": dice.between(0, 3),
    }
