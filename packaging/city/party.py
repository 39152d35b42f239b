"""网格党建: grids, their staff, party organizations and members, what members do."""

from __future__ import annotations

from city.dice import Dice, identity_number, person, phone
from city.site import Answers, Site, record_id, without_ending

EDUCATION = ("11", "14", "21", "21", "31", "31", "31", "41", "44", "61", "61", "71", "81")
POSTS = ("环境监督岗", "矛盾调解岗", "政策宣传岗", "为民代办岗", "安全巡查岗", "文体活动岗", "助老服务岗")
CIVIL = ("04", "12", "13", "13", "13", "13")


def party_org(site: Site, dice: Dice, number: int) -> Answers:
    kind = "2" if number == 0 else dice.pick("3336")
    name = f"中共{site.township}{without_ending(site.place.name)}"
    ending = {"2": "总支部委员会", "3": f"第{number}支部委员会", "6": f"第{number}党小组"}[kind]
    founded = dice.day("2012-01-01", "2018-12-31")
    answers: Answers = {
        "org_name": name + ending,
        "org_type": kind,
        "parent_name": f"中共{site.township or site.place.name}委员会",
        "community": site.place.id,
        "founded_on": founded,
        "term_years": dice.pick((3, 5)),
        "last_election": dice.day("2019-01-01", "2025-06-30"),
        "secretary": site.any_of(dice, "party_member"),
        "committee_n": 3,
        "venue": "党群服务中心",
    }
    if number:
        answers["parent"] = site.of("party_org", 0)
        answers["grid"] = site.any_of(dice, "grid")
    if site.counts["party_member"] > 1 and dice.chance(0.3):
        answers |= {
            "secretary": site.of("party_member", 0),
            "deputy": site.of("party_member", 1),
        }
    if dice.chance(0.3):
        answers["linked_unit"] = "某机关支部（示例）"
    return answers


def grid(site: Site, dice: Dice, number: int) -> Answers:
    form = dice.pick("112230")
    answers: Answers = {
        "grid_code": f"{site.code}{number + 1:03d}",
        "grid_name": f"{without_ending(site.place.name)}第{number + 1}网格",
        "grid_type": "1" if site.kind == "C" else "2",
        "scope_text": f"第{number * 3 + 1}至第{number * 3 + 3}村（居）民小组",
        "households": dice.between(60, 400),
        "population": dice.between(200, 1200),
        "key_places": dice.between(0, 12),
        "valid_from": dice.day("2017-01-01", "2023-06-30"),
        "party_form": form,
        "center_households": dice.between(0, 4),
    }
    if dice.chance(0.8):
        answers["grid_leader"] = site.of("grid_staff", number)
    if dice.chance(0.06):
        answers |= {"grid_type": "3", "exclusive_kind": dice.pick("123456789")}
    if form in "12":
        answers["party_org"] = site.any_of(dice, "party_org")
    if form != "0":
        answers["party_leader"] = person(site.code, 1500 + number)
    if dice.chance(0.1):
        answers["valid_to"] = dice.day("2023-07-01", "2025-12-31")
    return answers


def grid_staff(site: Site, dice: Dice, number: int) -> Answers:
    answers = someone(site, dice, number, EDUCATION)
    leads = number < site.counts["grid"]
    own = site.of("grid", number if leads else dice.below(site.counts["grid"]))
    started = dice.day("2017-01-01", "2024-12-31")
    answers |= {
        "phone": phone(dice),
        "political": dice.pick(("01", "01", *CIVIL)),
        "role": ("1",) if leads else dice.some("4568", 2),
        "grid": (own,),
        "full_time": dice.pick("12"),
        "subsidy_month": float(dice.between(1, 30) * 100),
        "on_since": started,
    }
    if dice.chance(0.2):
        answers["concurrent_post"] = "护林员"
    if dice.chance(0.1):
        answers["off_on"] = dice.later(started, 900)
    return answers


def someone(site: Site, dice: Dice, number: int, education: tuple[str, ...]) -> Answers:
    """Return name, sex, month of birth and education of an invented person, sometimes an identity number."""
    gender, birth = dice.pick("12"), dice.birth_month()
    answers: Answers = {
        "name": person(site.code, number),
        "gender": gender,
        "birth_ym": birth,
        "education": dice.pick(education),
    }
    if dice.chance(0.2):
        answers["id_no"] = identity_number(dice, birth, gender)
    return answers


def party_member(site: Site, dice: Dice, number: int) -> Answers:
    answers = someone(site, dice, 1000 + number, EDUCATION)
    year = max(2012, int(str(answers["birth_ym"])[:4]) + 19)
    joined = dice.day(f"{year}-01-01", f"{max(year, 2024)}-12-31")
    full = dice.chance(0.95)
    answers |= {
        "ethnic": "01" if dice.chance(0.97) else dice.pick(("03", "22", "15")),
        "post_type": dice.pick("1234569"),
        "category": "1" if full else "2",
        "joined_on": joined,
        "member_status": "1" if dice.chance(0.94) else dice.pick("23456"),
        "party_org": site.any_of(dice, "party_org"),
        "flow": "0" if dice.chance(0.85) else dice.pick("12"),
        "lost_contact": dice.yes(0.01),
        "grid": site.any_of(dice, "grid"),
        "is_center_hh": dice.yes(0.1),
    }
    if full:
        answers["full_on"] = dice.later(joined, 400)
    if dice.chance(0.9):
        answers["phone"] = phone(dice)
    return answers


def member_checkin(site: Site, dice: Dice, number: int) -> Answers:
    kind = dice.pick("11123")
    checked = dice.day("2018-01-01", "2025-09-30")
    answers: Answers = {
        "checkin_kind": kind if number else "4",
        "name": person(site.code, 2000 + number) if number else "某单位党支部（示例）",
        "unit": "某机关党支部（示例）",
        "unit_contact": f"{person(site.code, 2200)} {phone(dice)}",
        "phone": phone(dice),
        "checkin_on": checked,
        "grid": site.any_of(dice, "grid"),
        "skills": dice.some("12345679", 3),
        "service_wish": dice.some("12345679", 2),
    }
    if dice.chance(0.4):
        answers["volunteer"] = site.any_of(dice, "volunteer")
    for row in range(dice.between(0, 3)):
        at = f"services/r{row}/"
        answers[f"{at}_pos"] = f"a{row}"
        answers[f"{at}service_on"] = dice.later(checked, 900)
        answers[f"{at}content"] = "环境整治志愿服务（示例）"
        answers[f"{at}hours"] = dice.between(1, 8) / 2
        answers[f"{at}witness"] = person(site.code, 2100 + row)
    if dice.chance(0.5):
        answers |= {"evaluation": dice.pick("1123"), "feedback_on": dice.later(checked, 300)}
    return answers


def pledge(site: Site, dice: Dice, number: int) -> Answers:
    year, status = dice.between(2019, 2025), dice.pick("0123334445")
    answers: Answers = {
        "member": site.any_of(dice, "party_member"),
        "year": year,
        "content": f"带头参加本网格环境整治第{number + 1}项（示例承诺）",
        "pledge_kind": dice.pick("1239"),
        "due_on": f"{year}-12-31",
        "published": dice.yes(0.8),
        "status": status,
    }
    if status in "34":
        answers["done_on"] = dice.day(f"{year}-03-01", f"{year}-12-31")
        answers |= {"review": dice.pick("112"), "proof": "有现场照片（示例）"}
    return answers


def post(site: Site, dice: Dice, number: int) -> Answers:
    quota = dice.between(1, 6)
    answers: Answers = {
        "post_kind": dice.pick("12345679"),
        "post_name": POSTS[number % len(POSTS)],
        "duty": "按岗位要求服务群众（示例）",
        "quota": quota,
        "term": "本年度",
        "year": 2019 + number % 8,
        "organization": site.of("party_org", 0),
        "review": "112"[number % 3],
        "reviewed_on": f"{2019 + number % 7}-12-20",
        "review_note": "按时到岗（示例）",
    }
    if dice.chance(0.85):
        answers["holders"] = site.several(dice, "party_member", quota)
    return answers


def visit(site: Site, dice: Dice, number: int) -> Answers:
    day, solved = dice.day("2019-01-01"), dice.pick("0001123")
    answers: Answers = {
        "visit_kind": dice.pick("123456"),
        "date": day,
        "grid": site.any_of(dice, "grid"),
        "households_n": dice.between(1, 12),
        "visitors": site.several(dice, "grid_staff", 2),
        "solved": solved,
    }
    if solved != "0":
        answers |= {"issue": "路灯损坏需要维修（示例）", "issue_kind": dice.pick("12349")}
    if solved == "1":
        answers["closed_on"] = dice.later(day, 30)
    if answers["visit_kind"] == "2":
        answers["team"] = record_id("team", site.town, 0, site.seed)
    if dice.chance(0.2):
        answers["household"] = site.any_of(dice, "household")
    if dice.chance(0.3):
        answers["visitor_members"] = site.several(dice, "party_member", 2)
    answers |= _visitors(site, dice, answers)
    if "team_name" in answers:
        del answers["team"]
    return answers


def _visitors(site: Site, dice: Dice, visit: Answers) -> Answers:
    """Return who else came, and the name of a team that its village does not hold."""
    others = dice.chance(0.1)
    came = ("1", *(("2",) if "visitor_members" in visit else ()), *(("3",) if others else ()))
    found: Answers = {"visit_by": came}
    if others:
        found["visitor_others"] = person(site.code, 10 + dice.below(9))
    if visit["visit_kind"] == "2" and dice.chance(0.3):
        found["team_name"] = "镇服务团（示例）"
    return found


def team(site: Site, dice: Dice, number: int) -> Answers:
    answers: Answers = {
        "team_name": f"{site.place.name}第{number + 1}服务团（示例）",
        "leader": person(site.code, 10 + number),
    }
    if site.below:
        answers["grids"] = tuple(sorted(village.of("grid", 0) for village in site.below[:4]))
    for row in range(dice.between(2, 5)):
        answers[f"members/r{row}/_pos"] = f"a{row}"
        answers[f"members/r{row}/unit"] = "某站所（示例）"
        answers[f"members/r{row}/name"] = person(site.code, 20 + number * 10 + row)
        answers[f"members/r{row}/skill"] = "政策咨询"
    return answers
