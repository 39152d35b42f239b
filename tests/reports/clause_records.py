"""What five desks type for the policy: plain content, as the command line's `add` takes it.

Every person, organization and number is invented. "@name" stands for a record that was typed before under
that name, /N of the village and /C of the community; `mark` is a text of it that a print-out must show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

Content = Mapping[str, Any]
TODAY = datetime.now().astimezone().date()
DAY, YEAR = TODAY.isoformat(), TODAY.year
LONG_AGO, ENDED = f"{YEAR - 2}-03-18", (TODAY - timedelta(days=30)).isoformat()
NEW_YEARS_EVE, NEXT_YEAR = f"{YEAR}-12-31", f"{YEAR + 1}-06-30"
QUARTER = f"{YEAR}Q{(TODAY.month + 2) // 3}"
LAST_YEAR = str(YEAR - 1)
PLACES = {
    "village": "341021100204", "community": "341021100007", "township": "341021100", "county": "341021",
    "city": "341000",
}  # fmt: skip
CHANGED_AFTERWARDS = (  # desk, register, record, what is typed once the other record is there
    *(
        (desk, "grid", f"@grid/{own}", {"grid_leader": f"@grid_staff/{own}"})
        for desk, own in (("village", "N"), ("community", "C"))
    ),
)


class Item(NamedTuple):
    """One record that a desk types. `turn`: how many rounds of sync lie before it."""

    desk: str
    register: str
    mark: str
    content: Content
    name: str = ""
    turn: int = 0


def items() -> Iterator[Item]:
    """Yield all records in the order in which they can be typed."""
    for turn in range(4):
        for desk in ("village", "community"):
            yield from (item for item in local(desk) if item.turn == turn)
        yield from (item for item in upper() if item.turn == turn)


def local(desk: str) -> Iterator[Item]:
    """Yield what a village or a community types."""
    here, who, own, ten = (
        (PLACES[desk], "定", "N", "1") if desk == "village" else (PLACES[desk], "荷", "C", "2")
    )

    def item(register: str, mark: str, content: Content, turn: int = 0, name: str = "") -> Item:
        return Item(desk, register, mark, content, f"{name or register}/{own}", turn)

    yield from grid_and_party(item, here, who, own, ten)
    yield from workers(item, here, who, ten)
    yield from profile(item, who, own)
    yield from bodies(item, who, own)
    yield from organization(item, here, who, own, ten)
    yield from volunteers(item, who, own, ten)
    yield from party_work(item, who, own, ten)
    yield from points(item, who, own)
    yield from proofs(item, who)
    yield from services(item, who, own)


def grid_and_party(item: Any, here: str, who: str, own: str, ten: str) -> Iterator[Item]:
    """Yield a party branch, a grid with a person in it, and a member."""
    yield item("party_org", f"{who}村党支部", {
        "org_name": f"{who}村党支部", "org_type": "3", "parent_name": "徽城镇党委", "community": here,
        "founded_on": LONG_AGO, "last_election": LONG_AGO, "linked_unit": f"{who}山医院党支部",
    })  # fmt: skip
    yield item("grid", f"{who}东片网格", {
        "grid_code": f"{here}001", "grid_name": f"{who}东片网格", "grid_type": "2" if own == "N" else "1",
        "scope_text": "东片各组", "households": 600, "population": 1500, "valid_from": LONG_AGO,
        "party_form": "1", "party_org": f"@party_org/{own}", "party_leader": f"程{who}书",
    })  # fmt: skip
    yield item("grid_staff", f"程{who}网", {
        "name": f"程{who}网", "gender": "1", "birth_ym": "1980-05", "phone": f"1391111000{ten}",
        "political": "13", "education": "31", "role": ["1"], "grid": [f"@grid/{own}"], "full_time": "1",
        "on_since": LONG_AGO,
    })  # fmt: skip
    yield item("party_member", f"汪{who}党", {
        "name": f"汪{who}党", "gender": "2", "birth_ym": "1970-04", "education": "31", "category": "1",
        "joined_on": "2000-06-30", "full_on": "2001-06-30", "member_status": "1",
        "party_org": f"@party_org/{own}", "flow": "0", "grid": f"@grid/{own}",
    })  # fmt: skip


def profile(item: Any, who: str, own: str) -> Iterator[Item]:
    """Yield the profile of the place, its people, money and rules."""
    yield item("community", f"{who}山路1号", {
        "natural_villages": 6, "groups": 14, "address": f"{who}山路1号", "hh_registered": 1200,
        "pop_registered": 3600, "pop_resident": 3000, "report_period": f"{LAST_YEAR}-12-31",
        "secretary_dual": "1", "uscc": "54341021MF2000001R" if own == "N" else "54341002MF10000013",
    })  # fmt: skip
    yield item("population_stat", "4321", {"period": QUARTER, "pop_total": 4321, "pipi": 4000, "pipo": 321})
    yield item("fund", "12.34", {"year": YEAR, "fund_source": "1", "amount_wan": 12.34, "use": "3"})
    yield item("charter", f"{who}村{YEAR}年版", {
        "charter_type": "2" if own == "N" else "3", "version": f"{who}村{YEAR}年版", "status": "1",
        "passed_on": LONG_AGO, "legal_reviewed": "1", "published": "1", "nominated": "1", "award_level": "1",
    })  # fmt: skip


def proofs(item: Any, who: str) -> Iterator[Item]:
    """Yield a proof that was given though it should not have been, and one that was refused."""
    yield item("seal_use", f"余{who}申", {
        "date": DAY, "applicant": f"余{who}申", "item": "@proof", "reason": "当事人急用", "handled": "1",
        "to_unit": "县医院", "copies": 1, "seal_kind": "1", "approved_by": "江某批", "operator": "江某办",
    }, 1)  # fmt: skip
    yield item("seal_use", f"余{who}拒", {
        "date": DAY, "applicant": f"余{who}拒", "item": "@proof", "reason": "请到派出所办理", "handled": "2",
        "to_unit": "县医院", "copies": 1, "seal_kind": "1", "approved_by": "江某批", "operator": "江某办",
    }, 1, "refused")  # fmt: skip


def services(item: Any, who: str, own: str) -> Iterator[Item]:
    """Yield rooms, a visit of the township's team, and what is reported of tasks."""
    yield item("facility", f"{who}村服务站", {
        "kind": "2", "name": f"{who}村服务站", "status": "1", "area": 120, "resident_area": 70, "own": "1",
        "op_mode": "2", "operator": f"{who}山社工中心", "contract_to": NEXT_YEAR,
    })  # fmt: skip
    yield item("open_venue", f"{who}山中学", {
        "unit": f"{who}山中学", "unit_kind": "B", "venue": "操场", "open_time": "周末",
        "agreement_on": LONG_AGO,
        "plaque": "1",
    })  # fmt: skip
    visit = {
        "date": DAY, "grid": f"@grid/{own}", "households_n": 3, "visitors": [f"@grid_staff/{own}"],
        "issue_kind": "1", "solved": "0",
    }  # fmt: skip
    yield item("visit", f"{who}村路灯不亮", visit | {
        "visit_kind": "2", "team": "@team", "issue": f"{who}村路灯不亮",
    }, 2)  # fmt: skip
    yield item("task_progress", f"{who}村已建成", {
        "task": "@task/city", "period": LAST_YEAR, "status": "2", "progress": f"{who}村已建成",
    }, 1)  # fmt: skip
    yield item("task_progress", f"{who}村的一份也建成", {
        "task": "@task/township", "period": LAST_YEAR, "status": "2", "progress": f"{who}村的一份也建成",
    }, 3, "progress/part")  # fmt: skip


def workers(item: Any, here: str, who: str, ten: str) -> Iterator[Item]:
    """Yield three social workers: one with a certificate, one below college, one of neither kind."""
    for number, education in enumerate(("31", "60", "21"), 1):
        name = f"方{who}{'甲乙丙'[number - 1]}"
        certified = {"sw_cert": "1", "cert_no": f"ZS{here}", "cert_on": LONG_AGO, "sw_basis": "1"}
        yield item("worker", name, {
            "name": name, "gender": "2", "birth_ym": f"198{number}-09", "political": "13",
            "education": education, "phone": f"1392222{ten}00{number}", "duties": ["51"], "identity": "3",
            "hired_on": LONG_AGO, "is_sw": "1", "all_round": "1", "salary_month": 3000 + 100 * number,
            **(certified if number == 1 else {"sw_cert": "0", "sw_basis": "3"}),
        }, 0, f"worker{number}")  # fmt: skip


def bodies(item: Any, who: str, own: str) -> Iterator[Item]:
    """Yield what supervises, what deliberates and, in a village, the council; and a meeting that was held."""
    chair = f"郑{who}监"
    supervision = {
        "body_type": "3" if own == "N" else "4", "name": f"{who}村监督委员会", "set_on": LONG_AGO,
        "manner": "1",
        "chair": chair, "members_n": 3, "women_n": 1, "chair_in_village_committee": "0",
        "members": [{"name": chair}, {"name": "郑某甲"}, {"name": "郑某乙"}],
    }  # fmt: skip
    yield item("self_gov_body", f"{who}村监督委员会", supervision, 0, "supervision")
    for code, word in (("5", "协商委员会"), ("6", "理事会")) if own == "N" else (("5", "协商委员会"),):
        yield item("self_gov_body", f"{who}村{word}", {
            "body_type": code, "name": f"{who}村{word}", "set_on": LONG_AGO, "manner": "2", "chair": chair,
            "members_n": 3, "members": supervision["members"],
        }, 0, f"body{code}")  # fmt: skip
    yield item("deliberation", f"{who}村停车位", {
        "meeting_type": "4", "topic": f"{who}村停车位", "source": "3", "field": "1", "held_on": DAY,
        "body": f"@body5/{own}", "should_n": 10, "real_n": 9, "status": "8", "result": "划线停放",
        "responsible": "江某某", "due_on": DAY, "published_on": DAY,
    })  # fmt: skip


def organization(item: Any, here: str, who: str, own: str, ten: str) -> Iterator[Item]:
    """Yield an organization that is filed, a hub in the community, and what it did."""
    hub = {"is_hub": "1", "hub_type": "1", "hub_covers": [here]} if own == "C" else {"is_hub": "0"}
    yield item("social_org", f"{who}村老年协会", {
        "org_name": f"{who}村老年协会", "category": "1", "founded_on": LONG_AGO, "biz_scope": "助老服务",
        "home_community": here, "community": [here], "reg_status": "2", "reg_type": "00",
        "org_code": f"徽〔{YEAR - 2}〕{ten}号", "filed_on": LONG_AGO, "filing_agency": "徽城镇人民政府",
        "leader": f"吴{who}长", "leader_phone": f"1393333000{ten}", "member_n": 20, **hub,
    })  # fmt: skip
    yield item("org_activity", f"{who}村重阳敬老", {
        "org": f"@social_org/{own}", "date": ENDED, "title": f"{who}村重阳敬老", "participants": 30,
    })  # fmt: skip


def volunteers(item: Any, who: str, own: str, ten: str) -> Iterator[Item]:
    """Yield a volunteer, an activity led by a social worker, and the hours."""
    yield item("volunteer", f"胡{who}愿", {
        "name": f"胡{who}愿", "birth_ym": "1985-06", "gender": "1", "phone": f"1394444000{ten}",
        "political": "13", "reg_on": LONG_AGO, "sw_pair": f"@worker1/{own}",
    })  # fmt: skip
    yield item("vol_activity", f"{who}村清洁家园", {
        "title": f"{who}村清洁家园", "field": "4", "organizer": f"{who}村委会", "sw_led": "1",
        "start_at": f"{ENDED}T09:00:00.000+08:00", "end_at": f"{ENDED}T11:00:00.000+08:00",
    })  # fmt: skip
    yield item("vol_record", f"胡{who}愿", {
        "volunteer": f"@volunteer/{own}", "activity": f"@vol_activity/{own}", "hours": 2,
    })  # fmt: skip


def party_work(item: Any, who: str, own: str, ten: str) -> Iterator[Item]:
    """Yield a member who reported to the community and served, a pledge that was kept,
    a post that is held."""
    yield item("member_checkin", f"{who}山小学党支部", {
        "checkin_kind": "1", "name": f"许{who}到", "unit": f"{who}山小学党支部", "phone": f"1395555000{ten}",
        "checkin_on": LONG_AGO, "services": [{"service_on": DAY, "content": "义诊", "hours": 2}],
    })  # fmt: skip
    yield item("pledge", f"{who}村修好水渠", {
        "member": f"@party_member/{own}", "year": YEAR, "content": f"{who}村修好水渠", "pledge_kind": "2",
        "due_on": NEW_YEARS_EVE, "published": "1", "status": "3", "done_on": DAY,
    })  # fmt: skip
    yield item("post", f"{who}村政策宣传岗", {
        "post_kind": "1", "post_name": f"{who}村政策宣传岗", "duty": "宣传政策", "quota": 2,
        "holders": [f"@party_member/{own}"],
    })  # fmt: skip


def points(item: Any, who: str, own: str) -> Iterator[Item]:
    """Yield a rule, a household, points that it got and what it took for them."""
    yield item("point_rule", f"{who}村庭院整洁", {
        "code": "A1", "kind": "1", "item": f"{who}村庭院整洁", "points": 5, "valid_from": LONG_AGO,
    })  # fmt: skip
    yield item("household", f"潘{who}户", {"head_name": f"潘{who}户", "group": "1组"})
    yield item("point_ledger", f"江{who}记", {
        "household": f"@household/{own}", "rule": f"@point_rule/{own}", "points": 5, "happened_on": DAY,
        "recorder": f"江{who}记",
    })  # fmt: skip
    yield item("redeem", f"{who}村牙膏", {
        "household": f"@household/{own}", "goods": f"{who}村牙膏", "qty": 1, "cost_points": 3, "date": DAY,
    })  # fmt: skip


def upper() -> Iterator[Item]:
    """Yield what township, county and city type."""
    both = [PLACES["village"], PLACES["community"]]
    yield Item("township", "team", "医疗服务一队", {
        "team_name": "医疗服务一队", "leader": "孙某某", "grids": ["@grid/N", "@grid/C"],
        "members": [{"name": f"孙某{letter}", "unit": "镇卫生院"} for letter in "甲乙丙"],
    }, "team", 1)  # fmt: skip
    yield Item("township", "org_support", "镇财政所", {
        "org": "@social_org/N", "support_type": "1", "amount_yuan": 5000, "funder": "镇财政所",
        "start_on": LONG_AGO,
    }, "org_support", 1)  # fmt: skip
    yield Item("township", "tri_project", "邻里守望项目", {
        "title": "邻里守望项目", "level": "3", "communities": both, "orgs": ["@social_org/N"],
        "sw_lead": "@worker1/N", "agency": "徽州社工中心", "start_on": LONG_AGO, "end_on": ENDED,
        "status": "2",
        "budget_wan": 5, "paid_wan": 3,
    }, "tri_project", 1)  # fmt: skip
    yield Item("township", "integrity_stat", "17", {
        "period": QUARTER, "publicized_n": 2, "three_open": 17, "supervise_n": 3, "review_n": 1,
    })  # fmt: skip
    yield from county(both)
    yield from of_the_city(both)
    for desk, above in (("county", "city"), ("township", "county")):
        yield Item(desk, "task", f"{desk}分解的示范点任务", {
            "parent": f"@task/{above}", "clause": "四", "content": f"{desk}分解的示范点任务",
            "lead_unit": "县委社会工作部", "units": both, "due_on": NEW_YEARS_EVE,
        }, f"task/{desk}", 1 if desk == "county" else 2)  # fmt: skip
        yield Item(desk, "task_progress", f"{desk}报的进展", {
            "task": f"@task/{above}", "period": LAST_YEAR, "status": "2", "progress": f"{desk}报的进展",
        }, f"progress/{desk}", 1 if desk == "county" else 2)  # fmt: skip


def county(both: list[str]) -> Iterator[Item]:
    """Yield what the county types."""
    yield Item("county", "access_item", "亲属关系证明", {
        "item": "亲属关系证明", "access_kind": "5", "dept": "公安机关", "forbidden_code": "01",
    }, "proof")  # fmt: skip
    pilot = {
        "year": YEAR, "units": both, "approved_on": LONG_AGO, "approved_by": ["4", "5"],
        "due_on": NEW_YEARS_EVE,
        "stage": "5", "progress_pct": 100, "accepted_on": DAY, "accept_result": "1",
    }  # fmt: skip
    for kind, level, target in (
        ("1", "2", "建成智慧社区"),
        ("6", "2", "三治融合成型"),
        ("7", "3", "建成示范点"),
    ):
        smart = {"c4_1": "1", "c4_2": "1", "c4_3": "0", "c4_4": "0", "portal": "1", "platform": "0"}
        yield Item("county", "pilot", target, {
            **pilot, "pilot_kind": kind, "level": level, "target": target, **(smart if kind == "1" else {}),
        }, f"pilot{kind}")  # fmt: skip
    yield Item("county", "training", "开放大学专科", {
        "worker": "@worker2/N", "kind": "1", "title": "开放大学专科", "start_on": LONG_AGO,
        "target_edu": "31",
        "result": "1",
    }, "training", 1)  # fmt: skip
    yield Item("county", "project_eval", "徽州评估所", {
        "project": "@tri_project", "evaluator": "徽州评估所", "phase": "2", "eval_on": DAY, "score_plan": 15,
        "score_output": 25, "score_effect": 25, "score_fund": 10, "score_satis": 8,
    }, "project_eval", 2)  # fmt: skip
    yield Item("county", "vol_award", "胡定愿", {
        "volunteer": "@volunteer/N", "award": "3", "level": "4", "granted_by": ["4", "5"], "date": DAY,
    }, "vol_award", 1)  # fmt: skip
    yield Item("county", "exchange", "杭州市上城区", {
        "partner": "杭州市上城区", "mode": "1", "date": DAY, "result": "结对共建",
    })  # fmt: skip
    yield Item("county", "policy_doc", "歙县治理意见", {
        "title": "歙县治理意见", "kind": "1", "doc_no": "歙民〔2020〕3号", "status": "4",
        "issuers": ["4", "5"],
        "issued_on": LONG_AGO,
    }, "policy/county")  # fmt: skip


def of_the_city(both: list[str]) -> Iterator[Item]:
    """Yield what the city types."""
    yield Item("city", "task", "全市示范点任务", {
        "task_no": "2020-4-01", "clause": "四", "content": "全市示范点任务", "metric": "I07",
        "target_value": 4,
        "lead_unit": "市民政局", "units": both, "due_on": NEW_YEARS_EVE,
    }, "task/city")  # fmt: skip
    yield Item("city", "policy_doc", "全市治理行动计划", {
        "title": "全市治理行动计划", "kind": "2", "doc_no": "黄民基〔2020〕8号", "status": "4",
        "issuers": ["4"],
        "issued_on": LONG_AGO,
    }, "policy/city")  # fmt: skip
