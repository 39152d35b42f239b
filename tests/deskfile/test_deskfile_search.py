"""Finding records: 张三, zhangsan, zs, parts of names, ends of numbers, sounds that people confuse."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from deskfile_forms import PLACE, desk, save

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.records.edits import Edit
from hsdesk.registers import search_words
from hsdesk.registers.query import Query

NAMES = {
    "1": "张三", "2": "章珊", "3": "李四", "4": "单雄信", "5": "曾国藩", "6": "仇英", "7": "查良镛",
    "8": "徽州民歌队", "9": "富堨镇老年协会", "10": "胡兰", "11": "傅南", "12": "Tai Ji 太极拳队",
    "13": "反感", "14": "吕布", "15": "𠮷田",
}  # fmt: skip
PEOPLE = {"1": "13812345678", "2": "341021198703154321", "3": "0559-2512345"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory):
    file = desk(tmp_path_factory.mktemp("desk"))
    file.commit_many(
        Edit(PLACE, "social_org", record, {"name": name, "phone": PEOPLE.get(record)}, "张三")
        for record, name in NAMES.items()
    )

    def by(typed: str) -> set[str]:
        listed = {row.title for row in file.query("social_org", Query(search=typed))}
        assert {hit.title for hit in file.search(typed)} == listed
        return listed

    yield by
    file.close()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("张三", {"张三"}),
        ("三", {"张三"}),
        ("zhangsan", {"张三", "章珊"}),
        ("ZhangSan", {"张三", "章珊"}),
        ("zangshan", {"张三", "章珊"}),
        ("zhangs", {"张三", "章珊"}),
        ("zs", {"张三", "章珊"}),
        ("民歌", {"徽州民歌队"}),
        ("州民", {"徽州民歌队"}),
        ("民州", set()),
        ("hzmgd", {"徽州民歌队"}),
        ("huizhou", {"徽州民歌队"}),
        ("shanxiongxin", {"单雄信"}),
        ("danxiong", {"单雄信"}),
        ("sxx", {"单雄信"}),
        ("zengguofan", {"曾国藩"}),
        ("qiuying", {"仇英"}),
        ("chouyin", {"仇英"}),
        ("zhaliangyong", {"查良镛"}),
        ("堨", {"富堨镇老年协会"}),
        ("fuelao", set()),
        ("laonian", {"富堨镇老年协会"}),
        ("lnxh", {"富堨镇老年协会"}),
        ("nianxie", {"富堨镇老年协会"}),
        ("minge", {"徽州民歌队"}),
        ("guofan", {"曾国藩"}),
        ("aonian", set()),
        ("fulan", {"胡兰", "傅南"}),
        ("hunan", {"胡兰", "傅南"}),
        ("fangan", {"反感"}),
        ("fang", {"反感"}),
        ("lvbu", {"吕布"}),
        ("𠮷", {"𠮷田"}),
        ("tai", {"Tai Ji 太极拳队"}),
        ("tai ji", {"Tai Ji 太极拳队"}),
        ("太极 ji", {"Tai Ji 太极拳队"}),
        ("tjqd", {"Tai Ji 太极拳队"}),
        ("138", {"张三"}),
        ("5678", {"张三"}),
        ("345678", {"张三"}),
        ("4321", {"章珊"}),
        ("2512345", {"李四"}),
        ("9999", set()),
        ("张三 138", {"张三"}),
        ("张三 139", set()),
        ("，", set()),
        ('" OR words:* "', set()),
    ],
)
def test_a_record_is_found_by(found, typed: str, names: set[str]) -> None:
    assert found(typed) == names


def test_a_changed_name_is_found_by_the_new_one_only(home: Path) -> None:
    with desk(home) as file:
        save(file, "1", name="老年协会", leader="汪秀英")
        save(file, "1", name="红白理事会")
        assert [hit.title for hit in file.search("hblsh")] == ["红白理事会"]
        assert file.search("老年") == ()
        assert [hit.record for hit in file.search("wangxiu")] == ["1"]
        save(file, "1", name=None, leader=None)
        assert file.search("红白") == ()


def test_search_looks_only_where_it_is_told(home: Path) -> None:
    with desk(home) as file:
        save(file, "1", name="老年协会")
        save(file, "2", scope="elsewhere", name="老年协会")
        assert [hit.scope for hit in file.search("老年", scopes=("elsewhere",))] == ["elsewhere"]
        assert len(file.search("老年", limit=1)) == 1


words = st.text(
    st.one_of(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), st.sampled_from("ab19 -，()\"'*:^")),
    max_size=12,
)


@pytest.fixture(scope="module")
def any_desk(tmp_path_factory: pytest.TempPathFactory):
    with desk(tmp_path_factory.mktemp("any")) as file:
        yield file


@given(words, st.data())
@settings(deadline=None, max_examples=150)
def test_every_piece_of_a_name_finds_it(any_desk: DeskFile, name: str, data: st.DataObject) -> None:
    save(any_desk, "only", name=name)
    start = data.draw(st.integers(0, len(name)))
    piece = name[start : data.draw(st.integers(start, len(name)))]
    expression = search_words.match(piece)
    tokens = search_words._pieces(search_words._normal(piece))
    whole = not name[:start] or not (name[start - 1 : start].isascii() and name[start - 1 : start].isalnum())
    if expression and whole and all(token for token in tokens):
        assert [hit.record for hit in any_desk.search(piece)] == ["only"], (name, piece)


@given(st.text(max_size=30))
@settings(deadline=None, max_examples=300)
def test_whatever_is_typed_is_a_query(any_desk: DeskFile, typed: str) -> None:
    any_desk.search(typed)
    any_desk.query("social_org", Query(search=unicodedata.normalize("NFD", typed)))
