"""The program of next year, as far as it brings other forms: a copy of the resources with some replaced."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from hsdesk.forms import shipped
from hsdesk.forms.schema import Form, Item, Question
from hsdesk.model import resource


class Upgrade:
    """The program's resources, so that a next version of the program can bring other forms."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder, self._patch = folder, patch

    def to(self, *forms: Form) -> None:
        """Let the program be one that ships these forms, and all its others as before."""
        shutil.copytree(resource.resource_dir(), self._folder)
        compiled = self._folder / "forms" / "compiled"
        for form in forms:
            (compiled / f"{form.form_id}.json").write_bytes(msgspec.json.encode(form))
        (compiled / "DIGEST").write_text("of the next version")
        listed = {one.form_id for one in shipped.index().values()}
        with (self._folder / "forms" / "index.csv").open("a", encoding="utf-8", newline="") as index:
            index.writelines(_row(form) for form in forms if form.form_id not in listed)
        self._patch.setattr(shipped, "resource_dir", lambda: self._folder)
        forget()


def forget() -> None:
    """Let the shipped forms be read again."""
    shipped.index.cache_clear()
    shipped.shipped_form.cache_clear()


def _row(form: Form) -> str:
    return f"{form.form_id},F99,{form.title},其他,,{form.cls},{form.level},,{form.form_id}.md\n"


def changed(form: Form, version: str, **types: str) -> Form:
    """Return a form in another version, with other data types for some questions."""

    def item(one: Item) -> Item:
        if isinstance(one, Question):
            return msgspec.structs.replace(one, data_type=types.get(one.key, one.data_type))
        return msgspec.structs.replace(one, children=tuple(map(item, one.children)))

    children = tuple(map(item, form.children))
    return msgspec.structs.replace(form, version=version, title=f"{form.title}{version}", children=children)
