"""The rules of the law, by their days: what breaks them, and that no article is cited that was not read."""

import datetime as dt
import re
from itertools import combinations

import pytest
from registers_world import Memory
from shipped_world import DIRECTORY, Village, VillageHost, shipped

from hsdesk.forms.schema import questions
from hsdesk.forms.session import Session
from hsdesk.forms.types.columns import kinds_of
from hsdesk.language.rows import row_predicate
from hsdesk.model.answer import Value
from hsdesk.model.resource import resource_dir
from hsdesk.reports.checks import RowCheck, checks, findings
from hsdesk.reports.laws import Edition, Law, Statutes, statutes

RURAL = DIRECTORY.by_code("341021101204")
URBAN = DIRECTORY.by_code("341002001001")
OF_2020, OF_2026 = dt.date(2020, 6, 30), dt.date(2026, 11, 22)
OFFICIAL = re.compile(r"(村民委员会组织法|城市居民委员会组织法)(第[一二三四五六七八九十]+条)")


def messages(register: str, place=RURAL, today: dt.date = OF_2026, **answers: Value) -> list[str]:
    rows = {register: [{"_id": "r1", "_place": place.id, "_title": "一条", **answers}]}
    return [
        finding.message.removeprefix("一条:")
        for finding in findings(Memory(rows), [place.id], today, register)
        if finding.rule == "row"
    ]


def committee(kind: str, **answers: Value) -> dict[str, Value]:
    return {"body_type": kind, "set_on": "2026-03-18", "term_years": 5, "women_n": 1, **answers}


@pytest.mark.parametrize(
    ("kind", "today", "cited"),
    [
        ("1", OF_2020, "村民委员会组织法第六条"),
        ("1", OF_2026, "村民委员会组织法第八条"),
        ("2", OF_2020, ""),  # the law of the residents' committees said nothing of women before 2026
        ("2", OF_2026, "城市居民委员会组织法第八条"),
    ],
)
def test_a_committee_without_a_woman_is_asked_about_by_the_law_of_its_day(kind, today, cited):
    found = messages("self_gov_body", today=today, **committee(kind, women_n=0))
    assert [cited in message for message in found] == ([True] if cited else [])


@pytest.mark.parametrize(
    ("place", "meeting", "held_on", "enough", "cited"),
    [
        (RURAL, "1", "2025-12-31", 46, "村民委员会组织法第二十二条"),
        (RURAL, "1", "2026-01-01", 46, "村民委员会组织法第二十六条"),
        (URBAN, "1", "2025-12-31", 46, "城市居民委员会组织法第九条"),
        (URBAN, "1", "2026-01-01", 46, "城市居民委员会组织法第二十七条"),
        (RURAL, "5", "2026-01-01", 60, "村民委员会组织法第二十六条"),
        (URBAN, "5", "2026-01-01", 46, "城市居民委员会组织法第二十七条"),
        (RURAL, "2", "2025-12-31", 60, "村民委员会组织法第二十六条"),
        (RURAL, "2", "2026-01-01", 60, "村民委员会组织法第三十条"),
        (URBAN, "2", "2025-12-31", 46, "城市居民委员会组织法第九条"),
        (URBAN, "2", "2026-01-01", 60, "城市居民委员会组织法第二十九条"),
    ],
)
def test_a_meeting_needs_the_number_that_the_law_of_its_day_asks_for(place, meeting, held_on, enough, cited):
    def of(came: int) -> list[str]:
        asked = {"meeting_type": meeting, "held_on": held_on, "should_n": 90, "real_n": came}
        return messages("deliberation", place, **asked)

    assert of(enough) == []  # 46 of 90 is more than half, 60 is two thirds
    (message,) = of(enough - 1)
    assert message.endswith(f"({cited})")


@pytest.mark.parametrize(
    ("households", "of_2020", "of_2026"),
    [(99, True, True), (700, False, True), (999, True, True), (1000, True, False), (3001, True, True)],
)
def test_the_size_of_a_community_is_judged_by_the_law_of_the_day(households, of_2020, of_2026):
    for today, asked in ((OF_2020, of_2020), (OF_2026, of_2026)):
        found = messages("community", URBAN, today, community_kind="C", hh_registered=households)
        assert bool(found) == asked
        assert messages("community", RURAL, today, community_kind="N", hh_registered=households) == []


def test_a_term_is_judged_by_the_law_of_the_day_it_began():
    def asked(kind: str, set_on: str) -> list[str]:
        return messages("self_gov_body", **committee(kind, set_on=set_on, term_years=3))

    assert asked("1", "2018-12-28") == []  # three years were the law until then
    assert "村民委员会组织法第十一条" in asked("1", "2018-12-29")[0]
    assert "城市居民委员会组织法第十四条" in asked("2", "2026-01-01")[0]
    assert asked("4", "2025-12-31") == []
    assert "城市居民委员会组织法第三十六条" in asked("4", "2026-01-01")[0]


def test_a_proof_given_before_the_list_was_made_is_not_held_against_it():
    given = {"handled": "1", "forbidden_hit": "1"}
    assert messages("seal_use", date="2020-04-26", **given) == []
    (message,) = messages("seal_use", date="2020-04-27", **given)
    assert message.endswith("(民发〔2020〕20号)")


@pytest.mark.parametrize(
    ("place", "law"), [(RURAL, "村民委员会组织法第三十五条"), (URBAN, "城市居民委员会组织法第三十四条")]
)
def test_published_affairs_hang_for_fifteen_days_since_the_law_of_2026(place, law):
    def of(day: str, until: str) -> list[str]:
        return messages("disclosure", place, kind="2", published_on=day, until=until)

    (message,) = of("2026-03-01", "2026-03-15")
    assert message.endswith(f"({law})")
    assert of("2026-03-01", "2026-03-16") == of("2025-12-31", "2026-01-02") == []


class Then(VillageHost):
    """A host whose clock stands on an earlier day."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(Village(RURAL.code), "r1")
        self._day = day

    def now(self) -> dt.datetime:
        return dt.datetime.combine(self._day, dt.time(10), dt.timezone(dt.timedelta(hours=8)))


def of_form(day: dt.date, path: str, answers: dict[str, Value]) -> bool:
    session = Session(shipped("self_gov_body"), Then(day), answers)
    return any(finding.path == path and finding.rule == "constraint" for finding in session.validate())


def of_law(rule: str, day: dt.date, answers: dict[str, Value]) -> bool:
    kinds = kinds_of(shipped("self_gov_body"))
    noon = dt.datetime.combine(day, dt.time(12))
    return any(
        version.in_force(day.isoformat()) and row_predicate(version.where, kinds, noon)(answers)
        for version in statutes().rule(rule).versions
    )


@pytest.mark.parametrize("day", [OF_2020, OF_2026])
@pytest.mark.parametrize("kind", ["1", "2", "3"])
@pytest.mark.parametrize("members", [2, 3, 4, 5, 7, 8, 9, 10])
def test_the_form_asks_for_the_members_that_the_law_asks_for(day, kind, members):
    rule = "watch_size" if kind == "3" else "committee_size"
    answers: dict[str, Value] = {"body_type": kind, "members_n": members}
    assert of_form(day, "members_n", answers) == of_law(rule, day, answers)


@pytest.mark.parametrize("day", [OF_2020, OF_2026])
@pytest.mark.parametrize("kin", ["0", "1"])
@pytest.mark.parametrize("kind", ["1", "2", "3", "4"])
def test_the_form_asks_about_kin_as_the_law_of_the_day_does(day, kin, kind):
    path, rule = (
        ("kin_in_body", "committee_kin") if kind in "12" else ("chair_in_village_committee", "watch_kin")
    )
    answers: dict[str, Value] = {"body_type": kind, path: kin}
    assert of_form(day, path, answers) == of_law(rule, day, answers)


def test_every_rule_reads_answers_that_exist_and_every_check_names_a_rule_that_exists():
    for check in checks():
        if isinstance(check, RowCheck) and check.rule:
            known = {question.key for question in questions(shipped(check.register).children)} | {""}
            assert check.day in known
            assert check.versions()


def test_no_day_has_two_versions_of_one_rule_for_the_same_rows():
    for rule in statutes().rules:
        for one, other in combinations(rule.versions, 2):
            apart = one.law != other.law or (one.until and one.until < other.since)
            assert apart, (rule.id, one.article, other.article)


def test_a_version_lies_within_one_edition_of_its_law():
    laws = {law.id: law for law in statutes().laws}
    for rule in statutes().rules:
        for version in rule.versions:
            editions = laws[version.law].editions
            assert any(
                one.since <= version.since and version.until <= (one.until or "9999") for one in editions
            )
            assert not version.article or any(one.read != "no" for one in editions)


def test_a_law_that_was_not_read_is_cited_by_its_name_alone():
    edition = Edition(since="2026-01-01", text="", read="no")
    unread = Statutes(laws=(Law("villagers", "村民委员会组织法", (edition,)),), rules=statutes().rules)
    version = statutes().rule("quorum_assembly").versions[1]
    assert unread.cited(version) == "村民委员会组织法"
    assert statutes().cited(version) == "村民委员会组织法第二十六条"


def test_every_article_that_stands_in_forms_lists_and_help_is_one_of_the_rules():
    known = {(law.name, version.article) for law in statutes().laws for rule in statutes().rules
             for version in rule.versions if version.law == law.id}  # fmt: skip
    cited = set()
    for path in resource_dir().rglob("*"):
        if path.suffix in {".md", ".csv", ".json", ".toml"} and path.name != "laws.json":
            cited |= set(OFFICIAL.findall(path.read_text(encoding="utf-8")))
    assert cited and cited <= known
