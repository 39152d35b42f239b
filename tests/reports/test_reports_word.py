"""Word documents: paragraphs and tables that can be edited, whatever stands in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from invented_registers import PLACE, Invented

from hsdesk.errors import DiskFull, Missing
from hsdesk.model.asked_day import today_is
from hsdesk.reports.content import Bar, Chart, Letter, PrintColumn, Signature, Summary, Table
from hsdesk.reports.definitions import Definition, definitions
from hsdesk.reports.layout.ink import PAPER_HEIGHT
from hsdesk.reports.signing import Occasion
from hsdesk.reports.summaries import build
from hsdesk.reports.word import write_document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
COLUMNS = (PrintColumn(("序号",)), PrintColumn(("负责人", "姓名")), PrintColumn(("负责人", "电话")))


def written(folder: Path, *made: Summary) -> ElementTree.Element:
    """Write a document; return its body, every part of the file read as XML."""
    path = folder / "made.docx"
    write_document(made, path)
    with ZipFile(path) as parts:
        found = {name: ElementTree.fromstring(parts.read(name)) for name in parts.namelist()}
    return next(iter(found["word/document.xml"]))


def texts(body: ElementTree.Element) -> list[str]:
    return ["".join(t.text or "" for t in one.iter(f"{W}t")) for one in body.iter(f"{W}p")]


def test_a_table_has_its_heading_on_every_page_and_rows_that_stay_whole(tmp_path: Path):
    table = Table(COLUMNS, (("1", "汪示例", "139"),), totals=("合计", "", ""))
    sheet = Summary("x", "花名册", blocks=(table,), signature=Signature("示例村"), paper="landscape")
    body = written(tmp_path, sheet)
    rows = list(body.iter(f"{W}tr"))
    assert [row.find(f".//{W}tblHeader") is not None for row in rows] == [True, True, False, False]
    assert all(row.find(f".//{W}cantSplit") is not None for row in rows)
    assert [one.get(f"{W}val") for one in rows[0].iter(f"{W}gridSpan")] == ["2"]
    assert [one.get(f"{W}val") for row in rows for one in row.iter(f"{W}vMerge")] == ["restart", None]
    size = next(body.iter(f"{W}pgSz"))
    assert int(size.get(f"{W}w", "")) == round(PAPER_HEIGHT * 2)
    assert any(text.startswith("填报单位(盖章):示例村") for text in texts(body))


def test_a_letter_is_paragraphs_in_the_type_of_official_letters(tmp_path: Path):
    letter = Letter(("一、会议情况", "应到40人。"), to="全体村民", unit="示例村", day="2026年3月1日")
    body = written(tmp_path, Summary("x", "公示", blocks=(letter,), is_official=True))
    assert texts(body)[:4] == ["公示", "全体村民：", "一、会议情况", "应到40人。"]
    by_text = dict(zip(texts(body), body.iter(f"{W}p"), strict=True))
    fonts = {text: next(one.iter(f"{W}rFonts"), None) for text, one in by_text.items()}
    faces = [found.get(f"{W}eastAsia") for found in fonts.values() if found is not None]
    assert faces[2:4] == ["黑体", "仿宋"]
    assert next(by_text["应到40人。"].iter(f"{W}spacing")).get(f"{W}line") == "578"
    assert not list(body.iter(f"{W}drawing"))


def test_signs_that_xml_cannot_hold_do_not_spoil_the_file(tmp_path: Path):
    chart = Chart("<图&表>", (Bar("甲\x07", 1, "1人"),))
    table = Table((PrintColumn(("名\x00称",)),), (("a<b>&\x1b\ufffe𠮷\n第二行",),))
    body = written(tmp_path, Summary("x", "\x0c<题>&", blocks=(table, chart)))
    assert "a<b>&𠮷第二行" in texts(body) and "甲" in texts(body)


@pytest.mark.parametrize("definition", definitions(), ids=lambda one: one.name)
def test_every_print_out_is_a_document_with_all_it_shows(definition: Definition, tmp_path: Path):
    occasion = Occasion((PLACE.id,), PLACE.id, today_is(date(2026, 11, 22)), "示例员")
    made = build(definition, Invented("long", 1), occasion)
    told = "".join(texts(written(tmp_path, *made)))
    for summary in made:
        tables = [block for block in summary.blocks if isinstance(block, Table)]
        assert summary.title in told
        assert all(cell.replace("\n", "") in told for block in tables for row in block.rows for cell in row)


def test_a_document_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Missing):
        write_document((Summary("x", "表"),), tmp_path / "none" / "x.docx")
    path = tmp_path / "x.docx"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFull, match="数据都还在"):
        write_document((Summary("x", "表"),), path)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("x.docx", b"old")]
