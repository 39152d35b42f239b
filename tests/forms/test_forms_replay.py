"""Our engine against JavaRosa's recordings."""

from __future__ import annotations

import json
from pathlib import Path

import conformance
import pytest

from hsdesk.forms.replay import replay_files, replay_many

CORPUS = Path(__file__).parents[1] / "corpus"
GOLDEN = sorted((CORPUS / "golden").glob("*.json"))
OUTSIDE = {
    "enketo__enketo-core_test_forms_all-widgets.xml",
    "enketo__enketo-core_test_forms_rank.xml",
    "enketo__enketo-core_test_forms_va_who_v1_5_3.xml",
    "enketo__enketo-core_test_forms_widgets_on_pages.xml",
    "enketo__enketo-transformer_test_forms_widgets.xml",
    "javarosa__jmh_resources_child_vaccination_VOL_tool_v12.xml",
    "pyxform__example_xls_attribute_columns_test.xlsx.xml",
    "pyxform__example_xls_widgets.xls.xml",
    "pyxform__example_xls_xlsform_spec_test.xlsx.xml",
    "web-forms__common_src_fixtures_notes_3-notes-with-markdown.xml",
    "web-forms__common_src_fixtures_preview-service_xforms_all-question-types-v2024091201-3.xml",
}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.name[:70])
def test_every_walk_inside_the_subset_ends_where_javarosa_ended(golden: Path) -> None:
    recorded = json.loads(golden.read_bytes())
    verdict, detail = conformance.verdict(recorded, replay_files(CORPUS / "forms" / recorded["form"], golden))
    wanted = "refused" if recorded["form"] in OUTSIDE else "pass"
    assert (verdict, detail if verdict == "fail" else "") == (wanted, "")


def test_many_replays_answer_line_by_line_and_an_unreadable_pair_stops_nothing(tmp_path: Path) -> None:
    form, golden = CORPUS / "forms" / "enketo__enketo-core_test_forms_calcs.xml", tmp_path / "trace.json"
    golden.write_text('{"trace": []}', encoding="utf-8")
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    lines = [
        f"{form}\t{golden}",
        "no tab",
        f"{form}\t{broken}",
        f"{tmp_path / 'no.xml'}\t{golden}",
        f"{form}\t{golden}",
    ]
    answers = list(replay_many(lines))
    assert [next(iter(answer)) for answer in answers] == ["initial", "error", "error", "error", "initial"]


def test_a_step_to_a_node_that_is_not_there_is_an_error_in_words(tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    trace.write_text('{"trace": [{"op": "set", "ref": "/calcs/none[1]", "value": "1"}]}', encoding="utf-8")
    answer = replay_files(CORPUS / "forms" / "enketo__enketo-core_test_forms_calcs.xml", trace)
    assert "在表里没有" in answer["error"]


def test_the_page_of_the_manual_names_every_project() -> None:
    found = [
        conformance.Outcome("getodk/javarosa", "a.s0.json", "pass"),
        conformance.Outcome("enketo/enketo", "b.s0.json", "refused", "不支持"),
    ]
    text = conformance.page(found)
    assert "| getodk/javarosa | 1 | 0 | 0 |" in text
    assert "| 合计 | 1 | 1 | 0 |" in text
    assert "- `b`:不支持" in text
