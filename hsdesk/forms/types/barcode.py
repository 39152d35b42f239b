"""条码: what a scanner types, kept as text. A scanner ends with Enter, which moves on to the next field."""

from __future__ import annotations

from hsdesk.forms.schema import Question
from hsdesk.forms.types.given import Given, written
from hsdesk.forms.types.holding import Holding
from hsdesk.forms.types.question import Lookup, QuestionType
from hsdesk.model.answer import Value
from hsdesk.model.identity import half_width


def read_code(question: Question, given: Given, holding: Holding, _lookup: Lookup) -> Value:
    """Read a code: half-width, whatever the input method made of the scanner's keys. Raises `DataError`."""
    text = half_width(written(question, given))
    return holding.read(question, text) if text else None


QUESTION = QuestionType(
    name="barcode",
    data=("string",),
    words=("barcode",),
    bind="barcode",
    help=(("barcode", "条码，用扫码枪扫，也可以手工输入"),),
    widget="scanned",
    width=30.0,
    is_answered=True,
    is_kept=True,
    is_prose=False,
    is_asked=True,
    is_named=True,
    is_shown=True,
    is_listed=True,
    is_printed=True,
    is_imported=True,
    is_figure=False,
    choosing="",
    endings=(),
    read=read_code,
)
