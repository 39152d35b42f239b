"""社区基本情况: the profile of a village, its population and its money."""

from __future__ import annotations

from city.dice import Dice, credit_code, person
from city.site import Answers, Site


def community(site: Site, dice: Dice, number: int) -> Answers:
    rural = site.kind == "N"
    households = dice.between(180, 1400)
    registered = households * dice.between(22, 34) // 10
    resident = registered * dice.between(60, 140) // 100
    answers: Answers = {
        "community_code": site.code,
        "community_name": site.place.name,
        "community_kind": site.kind,
        "full_name": site.place.legal_name,
        "legal_rep": site.of("worker", 0),
        "address": f"黄山市{site.place.short_name}（示例地址）",
        "phone": f"0559-2{dice.below(1_000_000):06d}",
        "area_km2": dice.between(5, 300) / 10,
        "natural_villages": dice.between(1, 20),
        "groups": dice.between(3, 30),
        "report_period": f"{dice.between(2020, 2024)}-12-31",
        "hh_registered": households,
        "pop_registered": registered,
        "pop_resident": resident,
        **_people(dice, registered, resident, households),
        "secretary_dual": dice.yes(0.7),
        "filled_by": person(site.code, 900),
    }
    if site.kind == "N" and dice.chance(0.04):
        answers["community_kind"] = "C"  # changed by the county
    if site.place.urban_rural:
        answers["urban_rural_class"] = site.place.urban_rural
    if dice.chance(0.85):
        answers["uscc"] = credit_code("54", int(site.code) % 10_000_000)
        answers["uscc_valid_to"] = dice.day("2024-01-01", "2029-12-31")
    if dice.chance(0.05):
        answers["merged_from"] = "某某村（示例）"
    if rural:
        answers |= {"cultivated_mu": dice.between(2000, 40000) / 10, "geography": dice.pick("112")}
        answers["collective_income_wan"] = dice.between(50, 1500) / 10
    return answers


def _people(dice: Dice, registered: int, resident: int, households: int) -> Answers:
    minors, old = registered * dice.between(8, 16) // 100, registered * dice.between(18, 30) // 100
    poor = households * dice.between(1, 6) // 100
    return {
        "pop_female": registered * dice.between(46, 52) // 100,
        "pop_u14": minors,
        "pop_u16": minors + registered // 80,
        "pop_60plus": old,
        "pop_80plus": old * dice.between(10, 20) // 100,
        "pop_out": registered * dice.between(5, 35) // 100,
        "pop_in": resident * dice.between(1, 20) // 100,
        "lowincome_hh": poor,
        "lowincome_n": poor + poor // 2,
        "special_hardship": poor // 3,
        "disabled": registered * 3 // 100,
        "left_behind": minors // 12,
    }


def population_stat(site: Site, dice: Dice, number: int) -> Answers:
    home, away = dice.between(300, 3000), dice.between(50, 900)
    return {
        "period": f"{2025 - number}H{dice.between(1, 2)}",
        "pop_total": home + away,
        "pipi": home,
        "pipo": away,
        "popi": dice.between(0, 200),
        "pipi_60": home * dice.between(15, 30) // 100,
        "preferential": dice.between(0, 20),
        "insured_pension": home * dice.between(40, 80) // 100,
    }


def fund(site: Site, dice: Dice, number: int) -> Answers:
    return {
        "year": 2025 - number // 2,
        "fund_source": dice.pick("12349"),
        "amount_wan": dice.between(1, 400) / 10,
        "use": dice.pick("123459"),
    }
