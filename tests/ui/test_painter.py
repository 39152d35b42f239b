import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtGui import QFontDatabase

from hsdesk.errors import DiskFull
from hsdesk.reports.content import (
    Bar,
    Card,
    CardItem,
    CardSection,
    Chart,
    Notice,
    PrintColumn,
    Signature,
    Summary,
    Table,
)
from hsdesk.reports.excel import write_workbook
from hsdesk.reports.layout.flow import Flow
from hsdesk.reports.layout.ink import MM, PAPER_HEIGHT, PAPER_WIDTH, LineInk, TextInk
from ui.painter import page_count, pages_of, paint, paint_pdf
from ui.painting.ink import ruler
from ui.printing import chosen_pages

COLUMNS = (
    PrintColumn(("序号",), 10, "center"),
    PrintColumn(("负责人", "姓名"), 20),
    PrintColumn(("负责人", "电话"), 15),
    PrintColumn(("业务范围",), 60),
)
NOTE = "示例数据"
pytestmark = pytest.mark.usefixtures("qapp")


def roster(count: int, words: str = "开展文体活动,服务居民;", **more) -> Summary:
    rows = tuple((str(n), "汪小明", "13900000001", words * (n % 5 + 1)) for n in range(1, count + 1))
    table = Table(COLUMNS, rows, totals=("合计", "", "", ""))
    signature = Signature("定潭村村民委员会", filled_by="汪丽")
    settings = {"paper": "landscape", "note": NOTE, "subtitle": "歙县-深渡镇-定潭村委会"}
    return Summary("roster", "花名册", blocks=(table,), signature=signature, **{**settings, **more})


def texts(page) -> list[str]:
    return [ink.text for ink in page.ink if isinstance(ink, TextInk)]


def test_the_heading_comes_back_on_every_page_and_pages_are_counted():
    pages = pages_of(roster(60))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert {"序号", "姓名", "业务范围", f"第{number}页 共{len(pages)}页", NOTE} <= set(texts(page))
    assert sum("花名册" in texts(page) for page in pages) == 1


def test_a_chart_goes_on_paper_whole_and_into_a_workbook_as_figures(tmp_path: Path):
    chart = Chart("党员：年龄", tuple(Bar(f"{n}岁", n, f"{n}人") for n in range(30)))
    pages = pages_of(Summary("charts", "结构图", blocks=(chart, chart)))
    assert [sum(text.endswith("人") for text in texts(page)) for page in pages] == [30, 30]
    write_workbook((Summary("charts", "结构图", blocks=(chart,)),), tmp_path / "charts.xlsx")
    sheet = load_workbook(tmp_path / "charts.xlsx").active
    assert ("29岁", 29) in {(row[0], row[1]) for row in sheet.iter_rows(values_only=True)}


def test_every_row_is_on_exactly_one_page_in_order():
    pages = pages_of(roster(60))
    numbers = [text for page in pages for text in texts(page) if text.isdigit() and len(text) <= 2]
    assert numbers == [str(number) for number in range(1, 61)]


def test_no_ink_leaves_the_paper():
    for page in pages_of(roster(60)):
        for ink in page.ink:
            if isinstance(ink, LineInk):
                assert 0 < ink.x1 <= ink.x2 < PAPER_HEIGHT
                assert 0 < ink.y1 <= ink.y2 < PAPER_WIDTH - 15 * MM


@pytest.mark.parametrize("count", range(20, 36))
def test_the_signature_line_never_stands_alone(count: int):
    last = texts(pages_of(roster(count))[-1])
    assert any(text.startswith("填报单位(盖章):定潭村村民委员会") for text in last)
    assert "合计" in last


def test_a_telephone_number_stays_in_one_piece_in_a_narrow_column():
    assert "13900000001" in texts(pages_of(roster(1))[0])


def test_a_row_higher_than_a_page_goes_on_on_the_next_and_nothing_is_lost():
    words = "".join(f"第{number}句，" for number in range(1500))  # some 8,000 characters
    pages = pages_of(roster(1, words=words))
    assert len(pages) > 2
    assert sum(text.count("句") for page in pages for text in texts(page)) == 1500 * 2


def test_a_card_that_nearly_fits_is_drawn_closer_on_one_page():
    def card(count: int) -> Summary:
        items = tuple(CardItem(f"栏目{n}", str(n)) for n in range(count))
        return Summary("card", "卡片", blocks=(Card((CardSection("一", items),)),), signature=Signature("甲"))

    counts = [page_count(card(count)) for count in range(30, 90, 4)]
    assert counts == sorted(counts)
    assert page_count(card(50)) == 1
    flow = Flow(card(50), ruler())
    assert flow.room / (8.5 * MM) < 50 / 2 + 6  # more lines than fit at the usual height


def test_an_empty_table_says_so():
    summary = Summary("x", "空表", blocks=(Table(COLUMNS, ()),))
    assert "本期没有记录" in texts(pages_of(summary)[0])


def test_a_notice_is_indented_and_wrapped():
    summary = Summary("n", "公示", blocks=(Notice(("村规民约公示。" * 40,)),))
    lines = [text for text in texts(pages_of(summary)[0]) if "村规民约" in text]
    assert lines[0].startswith("　　")
    assert len(lines) > 5


def extracted(path: Path) -> str:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed")
    return subprocess.run([tool, "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def chinese_font() -> None:
    if not any("WenQuanYi" in family or "Song" in family for family in QFontDatabase.families()):
        pytest.skip("no Chinese font whose text can be copied")


@pytest.mark.usefixtures("chinese_font")
def test_the_text_of_the_pdf_is_plain_chinese_with_rare_characters(tmp_path: Path):
    path = tmp_path / "roster.pdf"
    paint_pdf(roster(3, words="堨晹珰磻靄人口"), path)
    text = extracted(path)
    assert "花名册" in text
    assert "歙县-深渡镇-定潭村委会" in text
    assert "填报单位(盖章):定潭村村民委员会" in text
    assert "堨晹珰磻靄人口" in text
    assert not [character for character in text if 0x2E80 <= ord(character) <= 0x2FDF]  # no radicals


@pytest.mark.usefixtures("chinese_font")
def test_characters_that_no_font_has_are_named(tmp_path: Path):
    assert paint_pdf(roster(1, words="堨晹珰磻靄人口"), tmp_path / "plain.pdf") == ""
    assert paint_pdf(roster(2, words="甲\U000f1234乙"), tmp_path / "boxes.pdf") == "\U000f1234"


def test_several_summaries_make_one_file(tmp_path: Path):
    path = tmp_path / "all.pdf"
    paint_pdf((roster(1), roster(1, paper="portrait")), path)
    assert path.read_bytes().startswith(b"%PDF")
    tool = shutil.which("pdfinfo")
    if tool is None:
        pytest.skip("pdfinfo is not installed")
    said = subprocess.run([tool, "-l", "9", path], capture_output=True, text=True, check=True).stdout
    sizes = [
        line.split(":")[1].split()[:3]
        for line in said.splitlines()
        if line.startswith("Page") and "size" in line
    ]
    assert [(round(float(wide)), round(float(high))) for wide, _, high in sizes] == [(842, 595), (595, 842)]


def test_a_failure_keeps_the_old_file_and_leaves_no_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "roster.pdf"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFull, match="数据都还在"):
        paint_pdf(roster(1), path)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["roster.pdf"]


def test_a_thousand_rows_are_all_drawn_and_every_page_is_in_the_file(tmp_path: Path):
    path, pages = tmp_path / "long.pdf", pages_of(roster(1000))
    numbers = [text for page in pages for text in texts(page) if text.isdigit() and len(text) <= 4]
    assert numbers == [str(number) for number in range(1, 1001)]
    paint_pdf(roster(1000), path)
    assert path.read_bytes().count(b"/Type /Page\n") == len(pages) > 40


def test_a_printer_gets_the_same_pages_from_edge_to_edge(tmp_path: Path):
    from PySide6.QtPrintSupport import QPrinter

    from ui.painter import paint

    path = tmp_path / "printer.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    assert paint(roster(30), printer) == page_count(roster(30))
    assert printer.fullPage()
    assert path.read_bytes().startswith(b"%PDF")


def test_only_the_pages_chosen_in_the_dialog_are_printed(tmp_path):
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "some.pdf"))
    assert chosen_pages(printer) is None
    printer.setFromTo(2, 3)
    two = [roster(60), roster(60)]
    assert page_count(two[0]) == 3  # the pages of both are counted on
    assert paint(two, printer, chosen_pages(printer)) == 2
    printer.setFromTo(3, 4)
    assert paint(two, printer, chosen_pages(printer)) == 2


def test_names_of_two_characters_are_as_wide_as_those_of_three_on_paper_alone(tmp_path):
    columns = (PrintColumn(("姓名",), 20, is_name=True), PrintColumn(("职务",), 20))
    rows = (("程丽", "书记"), ("汪小明", "主任"), ("程*", "会计"), ("Li", "社工"), ("", ""))
    sheet = Summary("names", "名单", blocks=(Table(columns, rows),))
    said = texts(pages_of(sheet)[0])
    assert {"程　丽", "汪小明", "程*", "Li", "书记"} <= set(said) and "程丽" not in said
    write_workbook((sheet,), tmp_path / "names.xlsx")
    cells = {cell.value for row in load_workbook(tmp_path / "names.xlsx").active for cell in row}
    assert "程丽" in cells
