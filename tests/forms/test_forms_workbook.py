"""A form goes out as a workbook and comes back the same."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from tables import form_of
from test_forms_session import HOUSE

from hsdesk.errors import DataError
from hsdesk.forms.compiler import compile_file, compile_with_problems
from hsdesk.forms.problem import errors_of
from hsdesk.forms.schema import Form
from hsdesk.forms.workbook import export_workbook, markdown_of
from hsdesk.model.resource import resource_dir

CORPUS = Path(__file__).parents[1] / "corpus" / "forms"
BOOKS = sorted(
    [
        *resource_dir().glob("forms/*.md"),
        *(path for path in CORPUS.glob("*.xls*") if path.suffix in (".xls", ".xlsx")),
    ]
)


def sheet_of(form: Form, name: str, folder: Path) -> Worksheet:
    export_workbook(form, folder / "out.xlsx")
    found = openpyxl.load_workbook(folder / "out.xlsx")[name]
    assert isinstance(found, Worksheet)
    return found


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.name[-50:])
def test_what_is_exported_installs_as_the_same_form(path: Path, tmp_path: Path) -> None:
    form, problems = compile_with_problems(path)
    if form is None or errors_of(problems):
        pytest.skip("outside the subset")
    export_workbook(form, tmp_path / "out.xlsx")
    assert compile_file(tmp_path / "out.xlsx") == form


def test_the_markdown_of_a_form_installs_as_the_same_form(tmp_path: Path) -> None:
    (tmp_path / "out.md").write_text(markdown_of(HOUSE), encoding="utf-8")
    assert compile_file(tmp_path / "out.md") == HOUSE


def test_the_workbook_is_pleasant_to_edit(tmp_path: Path) -> None:
    survey = sheet_of(HOUSE, "survey", tmp_path)
    assert survey.freeze_panes == "C2"
    assert survey["A1"].font.bold
    assert survey.column_dimensions["G"].width > survey.column_dimensions["B"].width
    offered = {
        str(rule.sqref).partition(":")[0]: rule.formula1 for rule in survey.data_validations.dataValidation
    }
    assert "说明" in offered["A2"]
    assert offered["E2"] == '"yes,no"'


def test_the_workbook_brings_its_help(tmp_path: Path) -> None:
    texts = [cell.value for row in sheet_of(HOUSE, "说明", tmp_path).iter_rows() for cell in row]
    assert "bind::hs:class" in texts
    assert "select_one 选项表" in texts


def test_long_numbers_and_texts_that_look_like_formulas_stay_texts(tmp_path: Path) -> None:
    table = (
        "| survey | | | | |\n| | type | name | label | default |\n"
        "| | text | id | =SUM(A1) | 341002199001011234 |\n"
    )
    form = form_of(table)
    survey = sheet_of(form, "survey", tmp_path)
    assert survey["D2"].value == "341002199001011234"
    assert (survey["C2"].data_type, survey["C2"].value) == ("s", "=SUM(A1)")
    assert compile_file(tmp_path / "out.xlsx") == form


def test_a_failed_export_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"old")
    (tmp_path / "out.xlsx.part").mkdir()
    with pytest.raises(OSError):
        export_workbook(HOUSE, out)
    assert out.read_bytes() == b"old"


def test_a_form_that_came_as_plain_xform_is_not_bent_into_a_workbook(tmp_path: Path) -> None:
    form = compile_file(CORPUS / "enketo__enketo-core_test_forms_collections.xml")
    with pytest.raises(DataError, match="XForm"):
        export_workbook(form, tmp_path / "out.xlsx")
    assert not list(tmp_path.iterdir())
