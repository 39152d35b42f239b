"""The forms that stand: each is made once and shows one record after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hsdesk.desk import Entry
    from hsdesk.forms.schema import Form
    from ui.record.page import RecordPage
    from ui.workspace import Workspace

MOST = 4  # forms of four hundred widgets each


class Forms:
    """Keeps the pages of the forms used last."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pages: dict[str, RecordPage] = {}  # by form, the one used last at the end

    def has(self, form: str) -> bool:
        """Tell whether a form stands that records can be shown in."""
        return form in self._pages

    def prepare(self, entry: Entry) -> None:
        """Make the form that a record needs, without opening the record."""
        if not self.has(entry.form.form_id):
            self.page(entry.form).prepare(entry)

    def page(self, form: Form) -> RecordPage:
        """Return the page of a form; the least used one goes."""
        from ui.record.page import RecordPage

        page = self._pages.pop(form.form_id, None)
        if page is not None and page.form is not form:  # a new version of the form
            self._workspace.let_go(page)
            page = None
        if page is None:
            page = RecordPage(self._workspace.office, form)
            self._workspace.listen_to_form(page)
            self._workspace.bench.forms.addWidget(page)  # first: what is made in its place is dressed once
        self._pages[form.form_id] = page
        for old in list(self._pages)[:-MOST]:
            self._workspace.let_go(self._pages.pop(old))
        return page
