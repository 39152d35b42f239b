"""What Ctrl+P does on the page in front: print what is in the preview, or lead there with what is open."""

from __future__ import annotations

from collections.abc import Callable

from ui.pages.page import Page, Target
from ui.words import tr


def print_from(page: Page, go: Callable[[Target], None]) -> None:
    """Print, or go to where it is seen how this record or list would be printed."""
    from ui.pages.print_subject import Subject, listed_in
    from ui.pages.prints import PrintPage
    from ui.pages.register import RegisterPage
    from ui.record.page import RecordPage

    if isinstance(page, PrintPage):
        page.print_it()
        return
    target = Target("prints")
    if isinstance(page, RecordPage):
        entry, words = page.entry, tr("这一条：{name}", name=page.title.text())
        target.subject = Subject(page.form.form_id, words, entry.record, entry.scope)
    elif isinstance(page, RegisterPage) and page.grid is not None:
        target.subject = listed_in(page.grid)
    go(target)
