"""What a definition leans on: the columns of registers that it names, and which of them are not there.

An official may take a question out of a form that others read. Each definition that leaned on it is then not
known here (此处不知) and says why; everything else goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import groupby

import msgspec

from hsdesk.errors import DataError, Missing
from hsdesk.forms.schema import Form
from hsdesk.forms.types.columns import kinds_of
from hsdesk.language.aggregate import Related, form_of
from hsdesk.language.ast import Expr, Path, inner, instance_name
from hsdesk.language.parser import parse
from hsdesk.language.problem import ExpressionError
from hsdesk.language.rows import ColumnKind, outer_column, own_column
from hsdesk.registers.aggregates import kinds_of_roster

FormOf = Callable[[str], Form]  # raises DataError or Missing for a register that is not installed
Lean = tuple[str, str]  # register, or `form/roster`, and a column of it
OF_PLACES: dict[str, ColumnKind] = {"_code": "text", "_level": "text", "_kind": "text"}  # added to rows


class Lack(msgspec.Struct, frozen=True):
    """A column that a definition names and that its register has not."""

    register: str
    title: str  # of the register
    column: str

    @property
    def sentence(self) -> str:
        """Return the fact, e.g. 登记表“社区社会组织”没有栏目 expire_on."""
        return f"登记表“{self.title}”没有栏目 {self.column}"


def lacking(leans: Iterable[Lean], form: FormOf) -> Lack | None:
    """Return the first column that its register has not; registers that are not installed are passed over."""
    for register, asked in groupby(sorted(leans), key=lambda lean: lean[0]):
        known = _installed(form_of(register), form)
        columns = _columns(known, register.partition("/")[2]) if known else frozenset()
        for _, column in asked:
            if known is not None and column not in columns:
                return Lack(known.form_id, known.title, column)
    return None


def _installed(register: str, form: FormOf) -> Form | None:
    try:
        return form(register)
    except (DataError, Missing):
        return None


def _columns(form: Form, roster: str) -> frozenset[str]:
    if not roster:
        return frozenset(OF_PLACES).union(kinds_of(form))
    try:
        return frozenset(kinds_of_roster(form, roster))
    except ExpressionError:  # the roster itself is gone
        return frozenset()


def leans_of_rows(register: str, *texts: str) -> frozenset[Lean]:
    """Return what expressions over the rows of a register lean on.

    >>> sorted(leans_of_rows("a", "x = 1 and count(instance('b')/root/item[y = 2]/z) > 0"))
    [('a', 'x'), ('b', 'y'), ('b', 'z')]
    """
    return frozenset(lean for text in texts if text.strip() for lean in _read(text, register, ""))


def leans_of_related(register: str, related: Iterable[Related]) -> frozenset[Lean]:
    """Return what conditions on further registers lean on; `current()` in them is a row of `register`."""
    found: set[Lean] = set()
    for each in related:
        for text in (each.on, each.where):
            found |= _read(text, each.register, register) if text.strip() else frozenset()
        found |= leans_of_related(each.register, each.exists)
    return frozenset(found)


def leans_of_form(text: str) -> frozenset[Lean]:
    """Return what an expression of a form leans on in other registers."""
    return _read(text, "", "")


@lru_cache(maxsize=4096)
def _read(text: str, register: str, outer: str) -> frozenset[Lean]:
    try:
        return frozenset(_named(parse(text), register, outer))
    except ExpressionError:  # it is said where the definition is used
        return frozenset()


def _named(whole: Expr, register: str, outer: str) -> Iterator[Lean]:
    waiting = [(whole, register, outer)]
    while waiting:
        expr, here, above = waiting.pop()
        within = (here, above)
        if isinstance(expr, Path):
            yield from _of_path(expr, here, above)
            if source := instance_name(expr.start):
                within = (source, "")
        waiting.extend((each, *within) for each in inner(expr))


def _of_path(path: Path, here: str, above: str) -> Iterator[Lean]:
    own, outside = own_column(path), outer_column(path)
    if own and here:
        yield here, own
    elif outside and above:
        yield above, outside
    source = instance_name(path.start)
    if source and len(path.steps) == 3 and (column := own_column(Path("", path.steps[2:]))):
        yield source, column
