"""Forms and desks that the tests of the store share. All names of people are invented."""

from __future__ import annotations

from pathlib import Path

from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.forms.schema import Extension, Form, Group, Label, Question, Repeat
from hsdesk.records.edits import Committed, Edit

KEY = bytes(range(32))
PLACE = "11111111-1111-5111-8111-111111111111"
OTHER = "22222222-2222-5222-8222-222222222222"


def text(name: str, **more: object) -> Question:
    return Question(name, name, "text", label=Label({"": (name,)}), **more)  # type: ignore[arg-type]


ORG = Form(
    "social_org",
    "1",
    "社会组织",
    number="F10",
    children=(
        text("name", hs=Extension(title=True, search=True)),
        text("leader", hs=Extension(search=True)),
        text("phone", hs=Extension(cls="personal", search=True)),
        Question("members", "members", "integer", "int"),
        Question("funds", "funds", "decimal", "decimal"),
        Question("kinds", "kinds", "select_multiple", "select"),
        Group(
            "more",
            (Question("founded", "founded", "date", "date"), text("note", relevant="../../members > 9")),
        ),
        Repeat(
            "staff",
            "staff",
            (
                text("staff_name"),
                text("id_number", hs=Extension(cls="personal")),
                Repeat("posts", "posts", (text("post"),)),
            ),
        ),
    ),
)


def desk(home: Path, *forms: Form) -> DeskFile:
    file = DeskFile.create(home, KEY)
    file.install_forms(forms or (ORG,))
    return file


def save(file: DeskFile, record: str, *, scope: str = PLACE, **answers: object) -> Committed:
    return file.commit(Edit(scope, "social_org", record, answers, "张三"))  # type: ignore[arg-type]
