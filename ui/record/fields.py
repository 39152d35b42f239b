"""What a sheet's fields have in common, whether they stand on the page or are cells of a roster."""

from __future__ import annotations

from hsdesk.errors import DataError
from hsdesk.model.answer import generic
from ui.record.sheet import Sheet
from ui.words import tr

MOST = 30  # characters of an answer that a sentence quotes


def is_on_page(sheet: Sheet, path: str) -> bool:
    """Tell whether an answer has a field of its own on the page."""
    return path in sheet.lines or any(box.model.find(path).isValid() for box in sheet.rosters.values())


def whereabouts(sheet: Sheet, path: str) -> str:
    """Return which cell of a roster an answer is, to begin a sentence with; "" for a field of the page."""
    for box in sheet.rosters.values():
        index = box.model.find(path)
        if index.isValid():
            name = box.model.columns[index.column()].label.plain()
            return tr("第 {n} 行“{name}”：", n=index.row() + 1, name=name)
    return ""


def readable(sheet: Sheet, path: str, text: str, *, whole: bool = False) -> str:
    """Return a text of an answer as a sentence may quote it: personal data hidden, long text cut.

    `whole`: nothing is hidden, as in the field with the focus.
    """
    plain = " ".join(text.split())
    shown = plain if whole else sheet.masked(sheet.entry.session.node(path).question, plain)
    return shown if len(shown) <= MOST else shown[: MOST - 1] + "…"


def show_hidden(sheet: Sheet, path: str) -> None:
    """Show a hidden answer while 按住显示 is held, as soon as that is in the log of this desk."""
    form, record = sheet.entry.form.form_id, sheet.entry.record
    sheet.autosave.office.ask(
        lambda desk: desk.audit.note_record("reveal", form, record, generic(path)),
        lambda _: sheet.lines[path].editor.reveal() if path in sheet.lines else None,
        owner=sheet,
    )


def hand_over(sheet: Sheet, path: str) -> None:
    """Enter what is typed into a field."""
    if path in sheet.lines:
        sheet.lines[path].editor.flush()
    elif (roster := path.partition("/")[0]) in sheet.rosters:
        sheet.rosters[roster].flush()


def let_go(sheet: Sheet, path: str) -> None:
    """Give up what is typed into a field: it shows the stored answer."""
    line = sheet.lines.get(path)
    if line is not None:
        line.say("")
        line.editor.let_go()
    elif (roster := path.partition("/")[0]) in sheet.rosters:
        sheet.rosters[roster].let_go(path)
    sheet.show_answer(path)


def names(sheet: Sheet, paths: tuple[str, ...]) -> list[str]:
    """Return the labels of answers and rosters that can be seen, in screen order, each once."""
    seen = sorted((path for path in paths if sheet.is_shown(path)), key=sheet.place)
    found = []
    for path in seen:
        try:
            found.append(sheet.entry.session.label(path.partition("/")[0]))
        except DataError:
            continue
    return list(dict.fromkeys(filter(None, found)))
