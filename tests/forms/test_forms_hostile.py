"""Files from anywhere: they are refused in words, never with a traceback, and never run away."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from hsdesk.forms.compiler import check_file

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>&b;</h:title></h:head></h:html>"""
FILES = {
    "laughs.xml": LAUGHS,
    "outside.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "empty.xml": b"",
    "cut.xml": b"<h:html xmlns:h='x'><h:head>",
    "deep.xml": b"<a>" * 5000 + b"</a>" * 5000,
    "other.xml": b"<note><to>x</to></note>",
    "encoding.xml": b"<?xml version='1.0' encoding='nonsense'?><a/>",
    "nothing.xlsx": b"",
    "text.xlsx": b"this is no workbook",
    "half.xlsx": b"PK\x03\x04" + b"\0" * 40,
    "text.xls": b"this is no workbook",
    "ole.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "empty.md": b"",
    "prose.md": "只是一段话".encode(),
    "gbk.md": "| survey |\n| | 类型 |".encode("gbk"),
    "heads.md": b"| survey |\n| | type | name |\n",
    "nul.csv": b"survey\n,type,name\n,te\0xt,a\n",
    "odd.csv": b'survey\n,"type,name\n',
    "loop.md": b"| survey | | |\n| | type | name |\n| | end_repeat | |\n| | begin_repeat | a |\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_broken_or_hostile_file_is_refused_in_words(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    problems = check_file(path)
    assert any(problem.severity == "error" for problem in problems)
    for problem in problems:
        assert problem.file == name
        assert any("一" <= sign <= "鿿" for sign in problem.message)


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(310):
            member.write(b"\0" * 1024 * 1024)
    (problem,) = check_file(path)
    assert "太大" in problem.message


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    for name in ("a.xml", "a.xlsx", "a.md", "a.csv", "a.xls"):
        (problem,) = check_file(tmp_path / name)
        assert "读不出来" in problem.message
