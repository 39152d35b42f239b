"""A row predicate as a person gives it: what is wrong with it is said in plain words."""

from __future__ import annotations

from hsdesk.errors import UsageError
from hsdesk.forms.schema import Form
from hsdesk.language.problem import ExpressionError
from hsdesk.registers.aggregates import RowCondition, row_condition


def condition(form: Form, where: str) -> RowCondition:
    """Return the condition of a predicate over a register's answers, e.g. `reg_status = '1'`.

    Raises:
        UsageError: the predicate cannot be read; the message names the place.
    """
    try:
        return row_condition(form, where)
    except ExpressionError as error:
        raise UsageError("筛选条件写得不对：{reason}", reason=error) from error
