"""Official letters: what is not answered is left out, days are written as on paper, numbers stay hidden."""

from __future__ import annotations

from datetime import date

from registers_world import Memory
from shipped_world import DIRECTORY

from hsdesk.model.asked_day import today_is
from hsdesk.reports.content import Letter, Summary
from hsdesk.reports.definitions import definition_named
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import build

PLACE = DIRECTORY.by_code("341021101204")
TALK = {
    "_id": "d", "_place": PLACE.id, "_title": "修路", "topic": "修通组公路", "held_on": "2026-03-01",
    "meeting_type": "1", "should_n": 40, "real_n": 36, "agree_n": 30, "against_n": 4, "abstain_n": 2,
    "result": "同意修路。\n由村委会组织实施。",
}  # fmt: skip


def made(name: str, **held: list[dict[str, object]]) -> tuple[Summary, ...]:
    occasion = Occasion((PLACE.id,), PLACE.id, today_is(date(2026, 3, 5)), "示例员")
    return build(definition_named(name), Memory({"community": [], **held}), occasion)


def test_the_record_of_a_meeting_is_a_letter_with_title_unit_and_day():
    (summary,) = made("协商会议记录", deliberation=[TALK])
    (letter,) = summary.blocks
    assert isinstance(letter, Letter) and summary.is_official
    assert summary.title == "关于“修通组公路”的协商会议记录"
    assert (letter.unit, letter.day) == ("定潭村村民委员会", "2026年3月5日")
    assert "应到40人，实到36人。" in letter.paragraphs
    assert "表决：同意30人，不同意4人，弃权2人。" in letter.paragraphs
    assert "时　　间：2026年3月1日" in letter.paragraphs


def test_a_paragraph_without_an_answer_is_left_out_and_each_line_of_an_answer_is_one():
    (summary,) = made("协商会议记录", deliberation=[TALK])
    (letter,) = summary.blocks
    assert isinstance(letter, Letter)
    assert not [one for one in letter.paragraphs if "妇女" in one or "办结" in one]
    at = letter.paragraphs.index("同意修路。")
    assert letter.paragraphs[at + 1] == "由村委会组织实施。"


def test_a_refusal_is_told_to_who_asked():
    asked = {
        "_id": "s", "_place": PLACE.id, "_title": "", "date": "2026-03-01", "applicant": "汪示例",
        "handled": "2", "item_text": "无犯罪记录证明", "reason": "应由公安机关出具", "to_unit": "示例公司",
    }  # fmt: skip
    (summary,) = made("不予出具告知单", seal_use=[asked])
    (letter,) = summary.blocks
    assert isinstance(letter, Letter)
    assert letter.to == "汪示例"
    assert letter.paragraphs[0].startswith("你于2026年3月1日申请出具的“无犯罪记录证明”（使用单位：示例公司）")


def test_the_notice_of_a_charter_says_who_how_and_until_when():
    charter = {
        "_id": "c", "_place": PLACE.id, "_title": "", "charter_type": "2", "version": "2026年", "status": "1",
        "passed_on": "2026-02-01", "published_from": "2026-03-01",
    }  # fmt: skip
    (summary,) = made("村规民约(居民公约)公示稿", charter=[charter])
    (letter,) = summary.blocks
    assert isinstance(letter, Letter)
    assert "已于2026年2月1日经村（居）民会议通过" in letter.paragraphs[0]
    assert "公示期自2026年3月1日起" in letter.paragraphs[1] and summary.title.endswith("公示")
