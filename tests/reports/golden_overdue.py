"""逾期率 a second way: which records have a day to keep on a day, and which are past it, in plain Python."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from golden_city import Answers, Golden

Dated = Iterator[tuple[str, str]]  # who owns the record, its day


def dated(golden: Golden, *sorts: str) -> list[tuple[str, str]]:
    """有期限的: owner and day of each record that has a day to keep."""
    wanted = [find for name, several in SORTS.items() if name in (sorts or SORTS) for find in several]
    return [one for find in wanted for one in find(golden)]


def begun(row: Answers, key: str, g: Golden) -> bool:
    return not row.get(key) or row[key] <= g.day


def filings(g: Golden) -> Dated:
    for row in g.of("social_org"):
        leaving = row["reg_status"] in ("8", "9") and row.get("cancelled_on", "") > g.day
        if (
            row.get("expire_on")
            and begun(row, "filed_on", g)
            and (row["reg_status"] in ("1", "2") or leaving)
        ):
            yield row["owner"], row["expire_on"]


def certificates(g: Golden) -> Dated:
    for row in g.of("community"):
        if row.get("uscc_valid_to"):
            yield row["owner"], row["uscc_valid_to"]


def social_workers(g: Golden) -> Dated:
    for row in g.of("worker"):
        if row.get("reg_valid_to") and g.employed(row) and begun(row, "cert_on", g):
            yield row["owner"], row["reg_valid_to"]


def elections(g: Golden) -> Dated:
    """A branch's next election is its last one and the years of its term (computed by the form)."""
    for row in g.of("party_org"):
        if row.get("last_election") and row.get("term_years") and begun(row, "last_election", g):
            yield row["owner"], later(row["last_election"], row["term_years"])


def later(begin: str, years: int) -> str:
    year, month, day = map(int, begin.split("-"))
    return date(year + years, month, min(day, calendar.monthrange(year + years, month)[1])).isoformat()


def terms(g: Golden) -> Dated:
    bodies = [row for row in g.of("self_gov_body") if row["set_on"] <= g.day]
    bodies = [row for row in bodies if row["body_type"] != "12"]

    def body(row: Answers) -> tuple[str, ...]:
        own = () if row["body_type"] in ("1", "2", "3", "4") else (row.get("name", ""),)
        return (row["owner"], row["body_type"], *own)

    newest = {}
    for row in bodies:
        newest[body(row)] = max(newest.get(body(row), ""), row["set_on"])
    for row in bodies:
        if row["set_on"] == newest[body(row)] and row.get("term_years"):
            yield row["owner"], later(row["set_on"], row["term_years"])


def contracts(g: Golden) -> Dated:
    for row in g.of("facility"):
        if row.get("contract_to") and (row["status"] == "1" or row["contract_to"] >= g.day):
            yield row["owner"], row["contract_to"]


def agreements(g: Golden) -> Dated:
    last = (g.date - timedelta(days=30)).isoformat()
    for row in g.of("org_support"):
        if row.get("end_on") and begun(row, "start_on", g) and row["end_on"] >= last:
            yield row["owner"], row["end_on"]


def projects(g: Golden) -> Dated:
    for row in g.of("tri_project"):
        is_open = row["status"] in ("0", "1", "3") or row["end_on"] >= g.day
        if row.get("end_on") and begun(row, "start_on", g) and is_open:
            yield row["owner"], row["end_on"]


def pilots(g: Golden) -> Dated:
    for row in g.of("pilot"):
        is_known = row["approved_on"] <= g.day if row.get("approved_on") else row["year"] <= g.date.year
        done = row.get("accepted_on") or (row["due_on"] if row["stage"] in ("5", "6") else "")
        is_open = (
            row["stage"] not in ("5", "6") or done > g.day or (not row.get("accepted_on") and done == g.day)
        )
        if row.get("due_on") and is_known and is_open:
            yield row["owner"], row["due_on"]


def pledges(g: Golden) -> Dated:
    for row in g.of("pledge"):
        is_open = row["status"] in ("0", "1", "2") or (
            row["done_on"] > g.day if row.get("done_on") else row["due_on"] >= g.day
        )
        if row.get("due_on") and row["year"] <= g.date.year and is_open:
            yield row["owner"], row["due_on"]


def decisions(g: Golden) -> Dated:
    """落实时限 is asked for in the states 7 and 8, and 8 is done."""
    for row in g.of("deliberation"):
        is_open = row["status"] == "7" or (row["status"] == "8" and row.get("due_on", "") >= g.day)
        if row.get("due_on") and row["held_on"] <= g.day and is_open:
            yield row["owner"], row["due_on"]


SORTS: dict[str, tuple[Callable[[Golden], Dated], ...]] = {
    "renewal": (filings, certificates, social_workers, elections, terms, contracts, agreements),
    "task": (projects, pilots, pledges, decisions),
}
