"""The indicators a second way: plain Python over the answers as they were given.

Written from the list of indicators of the city and its rule book, not from resources/indicators.json. What a
form computes (城乡社区工作者, 未达大专, 规范达标, 双网融合) is computed here from the answers once more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

from golden_city import Answers, Golden, Pair

FORBIDDEN_WORDS = ("无犯罪", "犯罪记录")  # those of the list that the invented city writes
STAFF = {"11", "12", "13", "14", "15", "21", "22", "23", "24", "31", "51", "52", "53"}
COLLEGE = {"10", "11", "14", "17", "20", "21", "30", "31"}


def organizations(kind: str) -> Callable[[Golden, set[str]], Pair]:
    def count(g: Golden, area: set[str]) -> Pair:
        villages = g.villages(area, kind)
        homes = [row["home_community"] for row in g.of("social_org") if g.filed(row)]
        return sum(home in villages for home in homes), len(villages)

    return count


def i03(g: Golden, area: set[str]) -> Pair:
    hubs = [row for row in g.of("social_org") if g.held(row, row["is_hub"] == "1", "hub") and g.filed(row)]
    covered = {row["home_community"] for row in hubs}
    covered |= {place for row in hubs if row["is_hub"] == "1" for place in row["hub_covers"]}
    return g.share(area, "C", covered)


def social_worker(g: Golden, row: Answers) -> bool:
    """One by a certificate is one from the day of the certificate on."""
    by_certificate = row["sw_cert"] != "0" and row.get("sw_basis", "1") == "1"
    known = row.get("cert_on", "") if by_certificate else ""
    return g.held(row, row["is_sw"] == "1", "is_sw", known) and g.employed(row)


def i04(g: Golden, area: set[str]) -> Pair:
    return g.share(area, "CN", g.owners("worker", lambda row: social_worker(g, row)))


def is_staff(row: Answers) -> bool:
    return bool(STAFF & set(row["duties"]))


def i05(g: Golden, area: set[str]) -> Pair:
    here = [row for row in g.own("worker", area) if g.employed(row)]
    certified = [row for row in here if row["sw_cert"] != "0" and g.past(row, "cert_on")]
    return len(certified), sum(map(is_staff, here))


def i06(g: Golden, area: set[str]) -> Pair:
    start = g.start(6)
    studies = [row for row in g.of("training") if row["kind"] == "1" and row.get("worker")]
    graduated = {
        row["worker"]
        for row in studies
        if row["result"] == "2" and row["target_edu"] == "31" and row["end_on"] >= start
    }
    studying = {row["worker"] for row in studies if row["result"] in ("1", "2") and g.past(row, "start_on")}
    base = [
        row
        for row in g.own("worker", area)
        if g.employed(row, start)
        and is_staff(row)
        and (row["education"] not in COLLEGE or row["id"] in graduated)
    ]
    return sum(row["id"] in studying and g.employed(row) for row in base), len(base)


def i07(g: Golden, area: set[str]) -> Pair:
    done = [
        row
        for row in g.own("pilot", area)
        if row["pilot_kind"] == "7"
        and row["level"] == "3"
        and row.get("accept_result") == "1"
        and row["year"] == g.date.year
        and g.past(row, "accepted_on")
    ]
    return len(done), None


def i08(g: Golden, area: set[str]) -> Pair:
    done = [row for row in g.of("pilot") if row["pilot_kind"] in ("7", "10") and g.past(row, "accepted_on")]
    return g.share(
        area, "C", {place for row in done if row["accept_result"] == "1" for place in row["units"]}
    )


def six_pilots(g: Golden, area: set[str], kinds: str = "123456") -> Pair:
    there = [
        row
        for row in g.own("pilot", area)
        if row["level"] == "2" and row["pilot_kind"] in tuple(kinds) and g.past(row, "approved_on")
    ]
    done = [row for row in there if row["stage"] == "5" and g.past(row, "accepted_on")]
    return sum(row["accepted_on"] <= row["due_on"] for row in done), len(there)


def i10(g: Golden, area: set[str]) -> Pair:
    there = [row for row in g.own("pilot", area) if row["pilot_kind"] == "1" and g.past(row, "approved_on")]
    cells = ("c4_1", "c4_2", "c4_3", "c4_4", "portal", "platform")
    return sum(g.held(row, row[cell] == "1", cell) for row in there for cell in cells), 6 * len(there)


def with_party(g: Golden, row: Answers) -> bool:
    return g.held(row, row["party_form"] in ("1", "2"), "party")


def grids(fits: Callable[[Golden, Answers], bool]) -> Callable[[Golden, set[str]], Pair]:
    def count(g: Golden, area: set[str]) -> Pair:
        there = [row for row in g.own("grid", area) if g.in_force(row)]
        return sum(fits(g, row) for row in there), len(there)

    return count


def i13(g: Golden, area: set[str]) -> Pair:
    there = [
        row
        for row in g.own("member_checkin", area)
        if row["checkin_kind"] == "1" and g.past(row, "checkin_on")
    ]
    return sum(
        any(path.endswith("/service_on") and g.start(12) <= value <= g.day for path, value in row.items())
        for row in there
    ), len(there)


def i14(g: Golden, area: set[str]) -> Pair:
    given = [row for row in g.own("pledge", area) if row["year"] == g.date.year and row["status"] != "0"]
    given = [row for row in given if row.get("pledged_on", "") <= g.day]
    kept = [row for row in g.own("pledge", area) if row["year"] == g.date.year and row["status"] == "3"]
    return sum(g.past(row, "done_on") for row in kept), len(given)


def i15(g: Golden, area: set[str]) -> Pair:
    posts = [row for row in g.own("post", area) if row["year"] == g.date.year]
    taken = [row for row in posts if g.held(row, row.get("holders"), "holders")]
    return sum(len(row.get("holders", ())) for row in taken), sum(row["quota"] for row in posts)


def is_complete(g: Golden, row: Answers) -> bool:
    """规范达标 of a supervision committee: a chair, three to five members, the term not over."""
    end = f"{int(row['set_on'][:4]) + row['term_years']}{row['set_on'][4:]}"
    return bool(row["chair"]) and 3 <= row["members_n"] <= 5 and g.past(row, "set_on") and end > g.day


def by_kind(g: Golden, area: set[str], rural: set[str], urban: set[str]) -> Pair:
    """What a village must have is not what a community must have."""
    having = (g.villages(area, "N") & rural) | (g.villages(area, "C") & urban)
    return len(having), len(g.villages(area, "CN"))


def i16(g: Golden, area: set[str]) -> Pair:
    def has(code: str) -> set[str]:
        return g.owners("self_gov_body", lambda row: row["body_type"] == code and is_complete(g, row))

    return by_kind(g, area, has("3"), has("4"))


def i17(g: Golden, area: set[str]) -> Pair:
    def good(row: Answers) -> bool:
        in_force = row["status"] == "1" or row.get("ended_on", "") > g.day
        return in_force and g.held(row, row["published"] == "1", "published") and g.past(row, "passed_on")

    def has(code: str) -> set[str]:
        return g.owners("charter", lambda row: row["charter_type"] == code and good(row))

    return by_kind(g, area, has("2"), has("3"))


def body(code: str, kinds: str) -> Callable[[Golden, set[str]], Pair]:
    def count(g: Golden, area: set[str]) -> Pair:
        has = g.owners("self_gov_body", lambda row: row["body_type"] == code and g.past(row, "set_on"))
        return g.share(area, kinds, has)

    return count


def i18(g: Golden, area: set[str]) -> Pair:
    held = [
        row
        for row in g.own("deliberation", area)
        if row["meeting_type"] in ("4", "5", "6") and g.start(3) <= row["held_on"] <= g.day
    ]
    return sum(row["status"] == "8" and row.get("done_on", "") <= g.day for row in held), len(held)


def i19(g: Golden, area: set[str]) -> Pair:
    past = [row for row in g.of("point_ledger") if row["happened_on"] <= g.day]
    undone = {row["reverse_of"] for row in past if row.get("reverse_of")}
    taken = {row["reverse_of"] for row in past if row.get("reverse_of") and row["id"] not in undone}
    return g.share(
        area,
        "CN",
        g.owners(
            "point_ledger",
            lambda row: (
                g.start(3) <= row["happened_on"] <= g.day
                and not row.get("reverse_of")
                and row["id"] not in taken
            ),
        ),
    )


def i20(g: Golden, area: set[str]) -> Pair:
    has = g.owners(
        "open_venue",
        lambda row: g.held(row, row["plaque"] == "1", "plaque") and g.past(row, "agreement_on"),
    )
    return g.share(area, "CN", has)


def i21(g: Golden, area: set[str]) -> Pair:
    bad = {row["id"] for row in g.of("access_item") if row.get("forbidden_code")}
    given = [
        row
        for row in g.own("seal_use", area)
        if row["handled"] == "1" and max(g.start(1), "2020-04-27") <= row["date"] <= g.day
    ]  # the list of what must not be proven was published on that day
    named = [row.get("item_text", "") for row in given]
    return sum(row.get("item") in bad for row in given) + sum(
        any(word in text for word in FORBIDDEN_WORDS) for text in named
    ), None


def i22(g: Golden, area: set[str]) -> Pair:
    registered = sum(g.past(row, "reg_on") for row in g.own("volunteer", area))
    return registered, sum(row["pop_resident"] for row in g.own("community", area))


def i23(g: Golden, area: set[str]) -> Pair:
    done = [row for row in g.own("vol_activity", area) if row["start_at"][:10] <= g.day]
    return sum(row["sw_led"] == "1" for row in done), len(done)


def i24(g: Golden, area: set[str]) -> Pair:
    return sum(g.start(12) <= row["date"] <= g.day for row in g.own("vol_award", area)), None


def in_use(g: Golden, row: Answers) -> bool:
    """In use since its first day or, where the year is another one, since that year."""
    year, now = row.get("in_use_year"), g.date.year
    known = "" if not year or year == now else "0001-01-01" if year < now else "9999-12-31"
    return g.held(row, row["status"] == "1", "used", known)


def buildings(g: Golden, area: set[str]) -> list[Answers]:
    return [row for row in g.own("facility", area) if in_use(g, row) and not row.get("part_of")]


def i25(g: Golden, area: set[str]) -> Pair:
    inside = sum(row["area"] for row in buildings(g, area) if row["kind"] != "8")
    return 100 * inside, sum(row["hh_registered"] for row in g.own("community", area))


def i26(g: Golden, area: set[str]) -> Pair:
    there = [row for row in buildings(g, area) if row["kind"] != "8"]  # 室外活动场地 is no building
    return sum(row["resident_area"] for row in there), sum(row["area"] for row in there)


def i27(g: Golden, area: set[str]) -> Pair:
    there = [row for row in g.own("facility", area) if in_use(g, row)]
    return sum(g.held(row, row["op_mode"] in ("2", "3", "4"), "op") for row in there), len(there)


def i28(g: Golden, area: set[str]) -> Pair:
    done = [row for row in g.own("tri_project", area) if row["status"] == "2"]
    ended = [row for row in done if g.past(row, "end_on") or g.past(row, "done_on")]
    seen = {row.get("project") for row in g.of("project_eval") if g.past(row, "eval_on")}
    return sum(row["id"] in seen for row in ended), len(ended)


def i29(g: Golden, area: set[str]) -> Pair:
    yuan = sum(row.get("amount_yuan", 0) for row in g.own("org_support", area) if g.past(row, "start_on"))
    wan = sum(row["paid_wan"] for row in g.own("tri_project", area) if g.past(row, "start_on"))
    return yuan / 10_000 + wan, None


def i30(g: Golden, area: set[str]) -> float | None:
    """The median pay; None for fewer than five social workers on duty."""
    there = [row for row in g.own("worker", area) if social_worker(g, row)]
    paid = [row["salary_month"] for row in there if "salary_month" in row]
    return median(paid) if len(there) >= 5 else None


def last_day(period: str) -> str:
    """2025Q3 is over on 2025-09-30."""
    year, rest = int(period[:4]), period[4:]
    month = {"": 12, "H": 6, "Q": 3, "M": 1}[rest[:1]] * int(rest[1:] or 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return (after - timedelta(days=1)).isoformat()


def i31(g: Golden, area: set[str]) -> Pair:
    """Tasks that were not broken down from others: done when all said so last, of its parts as well."""

    def done(task: Answers) -> bool:
        said = [
            (last_day(row["period"]), row["status"])
            for row in g.of("task_progress")
            if row["task"] == task["id"] and last_day(row["period"]) <= g.day
        ]
        parts = [row for row in g.of("task") if row.get("parent") == task["id"]]
        last = {status for end, status in said if end == max(said)[0]}
        return (last or {"2" if parts else ""}) == {"2"} and all(map(done, parts))

    tasks = [row for row in g.own("task", area) if not row.get("parent")]
    return sum(map(done, tasks)), len(tasks)


def i33(g: Golden, area: set[str]) -> Pair:
    return g.share(area, "CN", g.owners("community", lambda row: g.held(row, row.get("uscc"), "uscc")))


def i34(g: Golden, area: set[str]) -> Pair:
    return sum(
        row["kind"] in ("1", "2", "3") and row["status"] == "4" and g.past(row, "issued_on")
        for row in g.own("policy_doc", area)
        if g.directory.by_id(row["owner"]).level == "city"
    ), 3


def i35(g: Golden, area: set[str]) -> Pair:
    running = [row for row in g.of("tri_project") if row["level"] in ("2", "3") and g.past(row, "start_on")]
    places = {place for row in running for place in row.get("communities", ())}
    return len(places & g.villages(area, "CNQ")), None


def i36(g: Golden, area: set[str]) -> Pair:
    return g.share(
        area, "CN", g.owners("party_org", lambda row: g.held(row, row.get("linked_unit"), "linked"))
    )


def i37(g: Golden, area: set[str]) -> Pair:
    return sum(g.start(12) <= row["date"] <= g.day for row in g.own("exchange", area)), None


def i38(g: Golden, area: set[str]) -> Pair:
    quarters = {f"{g.date.year}Q{number}" for number in range(1, (g.date.month - 1) // 3 + 2)}
    there = [row for row in g.own("integrity_stat", area) if row["period"] in quarters]
    return sum(row.get("three_open", 0) for row in there), None


def i39(g: Golden, area: set[str]) -> Pair:
    there = [row for row in g.own("visit", area) if row["visit_kind"] == "2"]
    return sum(g.start(12) <= row["date"] <= g.day for row in there), None


OFF = frozenset({"I13b"})  # over registers that are off by default: test_desk_checkin_rate
GOLDEN: dict[str, Callable[[Golden, set[str]], Pair]] = {
    "I01": organizations("C"), "I02": organizations("N"), "I03": i03, "I04": i04, "I05": i05, "I06": i06,
    "I07": i07, "I08": i08, "I09": six_pilots, "I10": i10,
    "I11": grids(lambda g, row: with_party(g, row) and g.held(row, row.get("grid_leader"), "leader")),
    "I12": grids(with_party),
    "I13": i13,
    "I14": i14, "I15": i15, "I16": i16, "I16b": body("5", "CN"), "I16c": body("6", "N"), "I17": i17,
    "I18": i18, "I19": i19, "I20": i20, "I21": i21, "I22": i22, "I23": i23, "I24": i24, "I25": i25,
    "I26": i26, "I27": i27, "I28": i28, "I29": i29, "I31": i31, "I33": i33, "I34": i34, "I35": i35,
    "I36": i36, "I37": i37, "I38": i38, "I39": i39,
}  # fmt: skip
