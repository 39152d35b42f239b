"""A block of cells for a roster (子表) of an open record: previewed on a trial, then put as one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hsdesk.desk.block_values import BlockCell, BlockPreview, BlockRow, as_it_is
from hsdesk.desk.pasting import RowReading
from hsdesk.desk.values import Sentence
from hsdesk.errors import DataError
from hsdesk.forms.masking import SCREEN, shown
from hsdesk.forms.schema import Question
from hsdesk.forms.session import Session
from hsdesk.forms.types import show
from hsdesk.forms.views import FormChanges
from hsdesk.model.answer import Value


class RosterBlock(msgspec.Struct, frozen=True):
    """What a block would do: as it is shown, and the answers of each row, from the row `first` on."""

    preview: BlockPreview
    first: int
    rows: tuple[dict[str, Value], ...]


def roster_block(
    session: Session,
    path: str,
    first: int,
    asked: Sequence[Question],
    texts: Sequence[Sequence[str]],
    *,
    adds: bool,
) -> RosterBlock:
    """Return what putting texts into a roster would do. The session stays as it is.

    `path`: of the roster. `asked`: the questions of the columns. `adds`: rows beyond the last are made.
    """
    trial = session.trial()
    shown_rows: list[BlockRow] = []
    answers: list[dict[str, Value]] = []
    cut: Sentence | None = None
    for number, given in enumerate(texts, first):
        is_new = number >= len(trial.rows(path))
        if is_new and not _is_added(trial, path, adds=adds):
            cut = Sentence("子表下面没有行了，多出来的没有粘贴。")
            break
        row = trial.rows(path)[number]
        cells, read = _filled(trial, row, asked, given)
        shown_rows.append(BlockRow(str(number + 1), cells, is_new))
        answers.append(read)
    headings = tuple(one.label.plain() for one in asked)
    preview = BlockPreview(session.form.form_id, headings, tuple(shown_rows), cut=cut)
    return RosterBlock(preview, first, tuple(answers))


def put_block(session: Session, path: str, block: RosterBlock) -> FormChanges:
    """Put a block into the roster of a record; return what changed, as one step."""
    steps: list[FormChanges] = []
    while len(session.rows(path)) < block.first + len(block.rows):
        steps.append(session.add_row(path))
    rows = session.rows(path)[block.first :]
    for row, answers in zip(rows, block.rows, strict=False):
        steps.append(session.fill({f"{row}/{key}": value for key, value in answers.items()}))
    return joined(steps)


def joined(steps: Sequence[FormChanges]) -> FormChanges:
    """Return what several steps changed together."""
    made: dict[str, object] = {}
    for name in ("values", "relevant", "required", "readonly", "problems", "answers"):
        held: dict[str, object] = {}
        for step in steps:
            held |= getattr(step, name)
        made[name] = held
    for name in ("choices", "labels", "rows"):
        made[name] = tuple(dict.fromkeys(one for step in steps for one in getattr(step, name)))
    return FormChanges(**made)  # type: ignore[arg-type]


def _is_added(trial: Session, path: str, *, adds: bool) -> bool:
    """Make one more row; tell whether there is one."""
    before = len(trial.rows(path))
    if adds:
        trial.add_row(path)
    return len(trial.rows(path)) > before


def _filled(
    trial: Session, row: str, asked: Sequence[Question], texts: Sequence[str]
) -> tuple[tuple[BlockCell, ...], dict[str, Value]]:
    before = {one.key: _held(trial, f"{row}/{one.key}") for one in asked}
    said = {one.key: _words(trial, one, f"{row}/{one.key}", before[one.key]) for one in asked}
    reading = RowReading(trial, before, prefix=f"{row}/")
    given = {one.key: (one, text.strip()) for one, text in zip(asked, texts, strict=False)}
    reading.put_all(given)
    cells = []
    for one, text in zip(asked, texts, strict=False):
        key = one.key
        if key in reading.reasons:
            cells.append(BlockCell(text, "refused", said[key], reason=reading.reasons[key]))
        elif reading.read[key] == before[key]:
            cells.append(BlockCell(text, "same", said[key], said[key]))
        else:
            becomes = _words(trial, one, f"{row}/{key}", reading.read[key])
            problem = reading.problems.get(f"{row}/{key}", "")
            cells.append(BlockCell(text, "changed", said[key], becomes, as_it_is(problem)))
    changed = {key: value for key, value in reading.read.items() if value != before[key]}
    return tuple(cells), changed


def _held(trial: Session, path: str) -> Value:
    try:
        return trial.stored_value(path)
    except DataError:
        return None


def _words(trial: Session, question: Question, path: str, value: Value) -> str:
    """Return an answer as the screen shows it: choices by their labels."""
    if value is None:
        return ""
    labels: Mapping[str, str] = {one.value: one.label.plain() for one in trial.node(path).choices}
    held = value if isinstance(value, tuple) else (show(question, value),)
    text = "、".join(labels.get(code) or code for code in held)
    return shown(trial.form, question, text, SCREEN)
