import pytest
from openpyxl import load_workbook

from hsdesk.errors import DiskFull
from hsdesk.reports.content import (
    Card,
    CardItem,
    CardSection,
    Letter,
    Notice,
    PrintColumn,
    Signature,
    Summary,
    Table,
)
from hsdesk.reports.excel import write_workbook
from hsdesk.reports.layout.heading import spans

COLUMNS = (
    PrintColumn(("序号",), 10, "center"),
    PrintColumn(("负责人", "姓名"), 20),
    PrintColumn(("负责人", "证件号码"), 40),
    PrintColumn(("成员数",), 15, "right", as_text=False),
)
ROWS = (
    ("1", "汪小明", "34102119650212001X", "32"),
    ("2", "晹某", "341021196502120000", "1.5"),
    ("3", "=cmd()", "007", ""),
)
ROSTER = Summary(
    name="roster",
    title="花名册[一]/二",
    subtitle="歙县-深渡镇-定潭村委会",
    remark="截至2026年11月22日",
    blocks=(Table(COLUMNS, ROWS, totals=("合计", "", "", "33.5")),),
    signature=Signature(unit="定潭村村民委员会"),
    paper="landscape",
    note="示例数据",
)


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "roster.xlsx"
    write_workbook((ROSTER,), path)
    return load_workbook(path).worksheets[0]


def test_the_cells_are_what_was_printed(sheet):
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "花名册[一]/二"
    assert rows[1][0] == "歙县-深渡镇-定潭村委会    截至2026年11月22日"
    assert rows[2] == ("序号", "负责人", None, "成员数")
    assert rows[3] == (None, "姓名", "证件号码", None)
    assert rows[4] == ("1", "汪小明", "34102119650212001X", 32)
    assert rows[5] == ("2", "晹某", "341021196502120000", 1.5)
    assert rows[7][0] == "合计"
    assert rows[9][0] == ROSTER.signature.line()
    assert rows[10][0] == "示例数据"


def test_numbers_of_persons_are_text(sheet):
    cell = sheet["C6"]
    assert (cell.value, cell.data_type, cell.number_format) == ("341021196502120000", "s", "@")
    assert sheet["C7"].value == "007"


def test_what_looks_like_a_formula_is_never_calculated(sheet):
    assert (sheet["B7"].value, sheet["B7"].data_type) == ("=cmd()", "s")


def test_the_sheet_prints_on_a4_with_its_heading_on_every_page(sheet):
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$4"
    assert sheet.freeze_panes == "A5"


def test_the_heading_is_merged_as_on_paper(sheet):
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {"A3:A4", "B3:C3", "D3:D4"} <= merged
    assert "A1:D1" in merged


def test_wide_columns_are_wide(sheet):
    assert sheet.column_dimensions["C"].width > sheet.column_dimensions["B"].width


def test_a_card_takes_four_columns(tmp_path):
    items = (
        CardItem("名称", "甲", wide=True),
        CardItem("户数", "1"),
        CardItem("人口", "2"),
        CardItem("面积", "3"),
    )
    card = Summary("card", "卡片", blocks=(Card((CardSection("一", items),)), Notice(("说明。",))))
    path = tmp_path / "card.xlsx"
    write_workbook((card,), path)
    sheet = load_workbook(path).worksheets[0]
    assert [row[:4] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        ("一", None, None, None),
        ("名称", "甲", None, None),
        ("户数", "1", "人口", "2"),
        ("面积", "3", None, None),
        ("　　说明。", None, None, None),
    ]


def test_several_summaries_are_several_sheets_with_names_of_their_own(tmp_path):
    path = tmp_path / "two.xlsx"
    write_workbook((ROSTER, ROSTER), path)
    assert load_workbook(path).sheetnames == ["花名册一二", "花名册一二2"]


def test_an_empty_roster_says_so(tmp_path):
    path = tmp_path / "empty.xlsx"
    write_workbook((Summary("x", "空表", blocks=(Table(COLUMNS, ()),)),), path)
    assert load_workbook(path).worksheets[0]["A4"].value == "本期没有记录"


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_pieces(tmp_path, monkeypatch):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFull, match="数据都还在"):
        write_workbook((ROSTER,), path)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["roster.xlsx"]


def test_neighbours_share_a_heading_only_when_it_is_not_their_own():
    columns = tuple(PrintColumn(words) for words in (("甲",), ("乙", "一"), ("乙", "二"), ("丙",), ("丙",)))
    assert list(spans(columns, 2)) == [
        (0, 2, 0, 1, "甲"),
        (0, 1, 1, 3, "乙"),
        (0, 2, 3, 4, "丙"),
        (0, 2, 4, 5, "丙"),
        (1, 1, 1, 2, "一"),
        (1, 1, 2, 3, "二"),
    ]


def test_days_of_a_column_of_days_are_days_and_the_same_signs_elsewhere_are_text(tmp_path):
    columns = (PrintColumn(("日期",), is_day=True), PrintColumn(("版本",)))
    rows = (("2026.03.01", "2026.03.01"), ("2026年3月1日", ""), ("1975-**", ""), ("2026.02.30", ""))
    table = Table(columns, rows)
    write_workbook((Summary("x", "表", blocks=(table,)),), tmp_path / "days.xlsx")
    sheet = load_workbook(tmp_path / "days.xlsx").active
    cells = [[str(cell.value) for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [sheet.cell(row, 1).is_date for row in (3, 4, 5)] == [True, True, False]
    assert cells[0] == ["2026-03-01 00:00:00", "2026.03.01"]
    assert [row[0] for row in cells[1:]] == ["2026-03-01 00:00:00", "1975-**", "2026.02.30"]
    assert sheet.print_area.endswith("$B$6")


def test_a_letter_stands_in_a_workbook_with_rows_as_high_as_its_paragraphs(tmp_path):
    letter = Letter(("黄山" * 200,), to="全体村民", unit="示例村", day="2026年3月1日")
    write_workbook((Summary("x", "公示", blocks=(letter,)),), tmp_path / "letter.xlsx")
    sheet = load_workbook(tmp_path / "letter.xlsx").active
    assert [sheet.cell(row, 1).value for row in (2, 4, 5)] == ["全体村民：", "示例村", "2026年3月1日"]
    assert sheet.row_dimensions[3].height > 60


def test_sheets_of_several_places_bear_their_names(tmp_path):
    table = Table((PrintColumn(("甲",)),), ())
    made = [Summary("x", "花名册", unit=place, blocks=(table,)) for place in ("东村", "西村")]
    write_workbook(made, tmp_path / "places.xlsx")
    assert load_workbook(tmp_path / "places.xlsx").sheetnames == ["东村", "西村"]


def test_a_card_keeps_its_columns_whatever_table_stands_below_it(tmp_path):
    card = Card((CardSection("", (CardItem("甲", "长" * 200, wide=True),)),))
    table = Table(tuple(PrintColumn((f"栏{n}",)) for n in range(6)), (("1",) * 6,))
    write_workbook((Summary("x", "表", blocks=(card, table)),), tmp_path / "both.xlsx")
    sheet = load_workbook(tmp_path / "both.xlsx").active
    assert [sheet.column_dimensions[letter].width for letter in "ABCD"] == [18, 26, 18, 26]
    assert sheet.row_dimensions[2].height > 60
