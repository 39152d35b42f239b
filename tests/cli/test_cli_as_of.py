"""`--as-of` and `--period` of indicators, report and export, through the command line."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.test_cli_contract import ask, say, started

COLUMNS = "各栏按今天的内容"
TODAY = dt.datetime.now().astimezone().date()
YESTERDAY = (TODAY - dt.timedelta(days=1)).isoformat()
PEOPLE = [
    {"name": "汪示例", "hired_on": "2019-01-01", "left_on": "2020-06-30"},
    {"name": "程示例", "hired_on": "2020-04-01"},
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with two workers and a venue that got its plaque today."""
    folder = tmp_path_factory.mktemp("as-of")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
        patch.setenv("HSDESK_HOME", str(folder / "desk"))
        started(folder / "desk")
        for register, rows in (("worker", PEOPLE), ("open_venue", [{"unit": "定潭小学", "plaque": "1"}])):
            file = folder / f"{register}.jsonl"
            file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
            assert ask("add", register, str(file))[0] == 0
    return folder


@pytest.fixture(autouse=True)
def inside(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    monkeypatch.setenv("HSDESK_HOME", str(home / "desk"))


def cells(file: Path) -> list[str]:
    book = openpyxl.load_workbook(file)
    return [
        str(cell) for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line if cell
    ]


def figure(said: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in said["indicators"] if one["id"] == name)


def test_what_was_set_today_did_not_count_yesterday() -> None:
    told = [ask("indicators", "--as-of", day)[1] for day in (YESTERDAY, TODAY.isoformat())]
    assert [figure(said, "I20")["value"] for said in told] == [0, 1]
    assert [said["as_of"] for said in told] == [YESTERDAY, TODAY.isoformat()]


def test_a_quarter_that_is_over_prints_with_its_name_and_the_rows_of_its_last_day(home: Path) -> None:
    for verb, name in (("report", "worker_roster"), ("export", "worker")):
        out = home / f"{verb}.xlsx"
        code, said = ask(verb, name, "--period", "2020Q1", "--out", str(out))
        assert (code, said["as_of"], said["period"], said["by_today"]) == (0, "2020-03-31", "2020Q1", COLUMNS)
        printed = cells(out)
        assert any("2020年第一季度（截至2020年3月31日）" in cell for cell in printed)
        assert ("汪示例" in printed, "程示例" in printed) == (True, False)


def test_the_quarter_table_of_a_quarter_that_is_over_prints(home: Path) -> None:
    out = home / "quarter.xlsx"
    code, said = ask("report", "社会组织季度汇总表", "--as-of", "2020-03-31", "--out", str(out))
    assert (code, said["as_of"]) == (0, "2020-03-31")
    assert any("截至2020年3月31日" in cell for cell in cells(out))


def test_what_has_no_dates_says_so_on_the_sheet_and_in_json(home: Path) -> None:
    out = home / "household.xlsx"
    assert (
        ask("export", "household", "--as-of", "2020-03-31", "--out", str(out))[1]["by_today"]
        == "按今天的内容"
    )
    assert any("按今天的内容" in cell for cell in cells(out))


def test_a_period_that_is_not_over_is_told_as_of_today_and_says_so() -> None:
    period = f"{TODAY.year}"
    code, said = ask("indicators", "--period", period)
    assert (code, said["as_of"], said["period"]) == (0, TODAY.isoformat(), period)
    assert "还没有结束" in said["note"]
    assert f"{TODAY.year}年（还没有结束" in say("indicators", "--period", period)[1]


@pytest.mark.parametrize("verb", ["indicators", "report worker_roster --out NEW", "export worker --out NEW"])
@pytest.mark.parametrize(
    "words",
    ["--as-of 2020-02-30", "--as-of 2020Q1", "--period 2020-03", "--period 2020Q5",
     "--as-of 2020-03-31 --period 2020Q1"],
)  # fmt: skip
def test_a_wrong_day_or_period_is_wrong_usage_in_one_sentence(home: Path, verb: str, words: str) -> None:
    new = home / "new.xlsx"
    code, _, err = say(*f"{verb} {words}".replace("NEW", str(new)).split())
    assert (code, len(err.strip().splitlines())) == (2, 1), err
    assert not new.exists()


def test_a_folder_gets_a_file_for_each_record_named_by_place_title_and_day(home: Path) -> None:
    out = home / "cards"
    code, said = ask("report", "list/worker", "--out", f"{out}/", "--format", "xlsx")
    assert (code, said["records"], said["reprint"]) == (0, 2, 0)
    (file,) = out.iterdir()
    assert [str(file)] == said["files"]
    assert ask("report", "blank/worker", "--out", str(home / "form.docx"))[0] == 0
    assert (home / "form.docx").read_bytes().startswith(b"PK")
    assert (file.name.startswith("定潭村_"), file.suffix) == (True, ".xlsx")
    assert not {"汪示例", "程示例"} & {file.name[:3], file.stem}
    assert ask("report", "list/worker", "--out", f"{out}/", "--format", "xlsx")[1]["reprint"] == 1
    code, said = ask("report", "list/worker", "--out", f"{home / 'no' / 'folder'}/", "--format", "xlsx")
    assert code == 4 and "文件夹" in said["error"]


def test_picked_records_are_written_and_a_wrong_id_writes_nothing(home: Path) -> None:
    out = home / "picked.xlsx"
    (record,) = [one["_id"] for one in ask("list", "worker")[1]["records"] if one["name"] == "程示例"]
    assert ask("report", "worker_roster", "--out", str(out), "--record", "nobody")[0] == 4
    assert not out.exists()
    assert ask("report", "worker_roster", "--out", str(out), "--record", record)[0] == 0
    assert "程示例" in cells(out) and "汪示例" not in cells(out)
    (line,) = [one for one in ask("audit")[1]["entries"] if one["name"] == "worker_roster"][-1:]
    assert (line["kind"], line["records"]) == ("print", 1)
