"""A file becomes an answer and a file again; what does not fit is told in one plain sentence."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import PASSPHRASE, new_desk, new_organization, type_into

from hsdesk.cli import main
from hsdesk.desk import Desk
from hsdesk.desk.attachments import USUAL_BYTES, AttachmentState
from hsdesk.errors import DataError, Missing, Refused
from hsdesk.forms.schema import Form, Question, Repeat
from hsdesk.model.attachment import Attachment, read_attachment

FIELD = "charter_file"


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    desk = new_desk(home)
    yield desk
    desk.close()


@pytest.fixture
def charter(tmp_path: Path) -> Path:
    file = tmp_path / "老年协会章程.pdf"
    file.write_bytes(b"%PDF-1.4 " + bytes(range(256)) * 40)
    return file


def test_a_paper_is_attached_shown_opened_and_stored_elsewhere(
    desk: Desk, charter: Path, tmp_path: Path
) -> None:
    record = new_organization(desk, "老年协会", "张三")
    answer = desk.attachments.take("social_org", FIELD, charter)
    type_into(desk, desk.records.entry("social_org", record), **{FIELD: answer})
    size = charter.stat().st_size
    assert desk.attachments.state(answer) == AttachmentState("老年协会章程.pdf", size, True, False, size)
    copy = desk.attachments.open_copy(answer)
    assert (copy.name, copy.read_bytes()) == ("老年协会章程.pdf", charter.read_bytes())
    assert stat.S_IMODE(copy.stat().st_mode) == 0o400
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    out = desk.attachments.export(answer, tmp_path / "另存.pdf")
    assert out.read_bytes() == charter.read_bytes()
    version = desk.lists.history("social_org", record)[-1]
    assert version.answers[0].new_shown == "老年协会章程.pdf"


def test_copies_made_to_be_shown_are_gone_when_the_desk_is_closed_and_after_a_crash(
    desk: Desk, charter: Path, home: Path
) -> None:
    answer = desk.attachments.take("social_org", FIELD, charter)
    copy = desk.attachments.open_copy(answer)
    left = home / "opened" / "left by a crash"
    left.mkdir()
    (left / "a.pdf").write_bytes(b"x")
    desk.close()
    assert not copy.exists()
    assert not (home / "opened").exists()
    left.mkdir(parents=True)
    Desk.open(home, PASSPHRASE).close()
    assert not left.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("表.xlsx", b"x", "只收 doc、docx、pdf 文件，“表.xlsx”没有添加"),
        ("空.pdf", b"", "“空.pdf”是空的，没有添加"),
        ("大.pdf", bytes(USUAL_BYTES + 1), r"“大.pdf”有 5\.0 MB，超过 5 MB，没有添加。请压缩或分成几份"),
        ("没有后缀", b"x", "只收 doc、docx、pdf"),
    ],
)
def test_what_the_form_does_not_take_is_told_and_nothing_is_kept(
    desk: Desk, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DataError, match=said):
        desk.attachments.take("social_org", FIELD, file)


def test_what_is_no_file_or_no_field_for_one_is_told(desk: Desk, tmp_path: Path, charter: Path) -> None:
    with pytest.raises(Missing, match=r"找不到文件“没有\.pdf”"):
        desk.attachments.take("social_org", FIELD, tmp_path / "没有.pdf")
    with pytest.raises(DataError, match="不是文件"):
        desk.attachments.take("social_org", FIELD, tmp_path)
    with pytest.raises(DataError, match="不能放附件"):
        desk.attachments.take("social_org", "org_name", charter)


def test_a_paper_that_is_not_here_is_asked_for_in_plain_words(desk: Desk) -> None:
    answer = str(Attachment("0" * 64, 9, "章程.pdf"))
    assert desk.attachments.state(answer) == AttachmentState("章程.pdf", 9, False, False, 0)
    with pytest.raises(Missing, match=r"“章程\.pdf”还没有下载到这台电脑"):
        desk.attachments.open_copy(answer)
    with pytest.raises(Refused, match="还没有在市级服务器登记"):
        desk.attachments.fetch(answer)


def run(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main(["--home", str(home), "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_the_command_line_takes_a_file_as_at_and_its_name(
    desk: Desk, home: Path, charter: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.close()
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)
    lines = charter.with_name("lines.json")
    lines.write_text(json.dumps({"org_name": "协会", "category": "1", FIELD: f"@{charter}"}))
    code, added = run(home, capsys, "add", "social_org", str(lines))
    assert (code, added["rejected"]) == (0, [])
    (record,) = added["ids"]  # type: ignore[misc]
    code, shown = run(home, capsys, "show", "social_org", str(record))
    answer = shown["record"][FIELD]  # type: ignore[index]
    attachment = read_attachment(answer)
    assert attachment is not None
    assert attachment.name == "老年协会章程.pdf"
    code, edited = run(
        home, capsys, "edit", "social_org", str(record), f"{FIELD}={answer}"
    )  # as it is listed
    assert (code, edited["rejected"]) == (0, [])
    for wrong in ("章程.pdf", f"@{charter}.exe", str(Attachment("0" * 64, 9, "章程.pdf"))):
        code, edited = run(home, capsys, "edit", "social_org", str(record), f"{FIELD}={wrong}")
        assert (code, len(edited["rejected"])) == (1, 1)  # type: ignore[arg-type]
    code, _edited = run(home, capsys, "edit", "social_org", str(record), f"{FIELD}=")
    _code, shown = run(home, capsys, "show", "social_org", str(record))
    assert shown["record"][FIELD] is None  # type: ignore[index]


def test_the_command_line_takes_files_in_the_rows_of_a_roster(
    desk: Desk, home: Path, charter: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = Question(name="paper", key="paper", type="file", data_type="binary")
    spots = Repeat(name="spots", key="spots", children=(paper,))
    desk.file.install(Form("patrol", "1", "巡查登记", children=(spots,)))
    desk.close()
    monkeypatch.setenv("HSDESK_PASSPHRASE", PASSPHRASE)
    lines = charter.with_name("lines.json")
    lines.write_text(json.dumps({"spots": [{"paper": f"@{charter}"}, {}]}))
    code, added = run(home, capsys, "add", "patrol", str(lines))
    assert (code, added["rejected"]) == (0, [])
    _code, listed = run(home, capsys, "list", "patrol")
    (record,) = listed["records"]  # type: ignore[misc]
    first, second = record["spots"]  # type: ignore[index]
    attachment = read_attachment(first["paper"])
    assert attachment is not None
    assert (attachment.name, second["paper"]) == ("老年协会章程.pdf", None)
    lines.write_text(json.dumps({"spots": [{"paper": f"@{charter}.exe"}]}))
    code, wrong = run(home, capsys, "add", "patrol", str(lines))
    assert (code, len(wrong["rejected"])) == (1, 1)  # type: ignore[arg-type]
