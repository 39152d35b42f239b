"""Our own functions, prefixed `hs:`: identity numbers (GB 11643), credit codes (GB 32100), ages, place
names.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from hsdesk.language.ast import Call
from hsdesk.language.functions.spec import FunctionSpec
from hsdesk.language.values import NAN, Value, to_text

if TYPE_CHECKING:
    from hsdesk.language.calendar import Calendar
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node
    from hsdesk.model.identity import IdNumber


def _identity(text: str, env: Context) -> IdNumber | None:
    """Read a citizen's number; None when it is not valid."""
    from hsdesk.model.identity import IdNumber, read_id_number

    found = read_id_number(text, env.host.now().date())
    return found if isinstance(found, IdNumber) else None


def _id_valid(builder: Builder, call: Call) -> Closure:
    """`hs:id-valid(number)`: length, characters, check digit and date of birth are right."""
    text = builder.text(call.arguments[0])
    return lambda node, env: _identity(text(node, env), env) is not None


def _id_birth(builder: Builder, call: Call) -> Closure:
    """`hs:id-birth(number)`: the date of birth, "" when the number is not valid."""
    text = builder.text(call.arguments[0])

    def birth(node: Node, env: Context) -> Value:
        found = _identity(text(node, env), env)
        return "" if found is None else found.birth

    return birth


def _id_sex(builder: Builder, call: Call) -> Closure:
    """`hs:id-sex(number)`: 1 男, 2 女 (GB/T 2261.1), "" when the number is not valid."""
    text = builder.text(call.arguments[0])

    def sex(node: Node, env: Context) -> str:
        found = _identity(text(node, env), env)
        return "" if found is None else found.sex

    return sex


def _age(builder: Builder, call: Call) -> Closure:
    """`hs:age(birth or number, on)`: full years on a day (today when left out); NaN when unknown or not
    born.
    """
    born = builder.single(call.arguments[0])
    calendar = builder.calendar
    on = builder.single(call.arguments[1]) if len(call.arguments) > 1 else None
    builder.findings.volatile = builder.findings.volatile or on is None

    def age(node: Node, env: Context) -> float:
        birth = _birth_day(calendar, born(node, env), env)
        day = env.host.now().date() if on is None else _whole_day(calendar, on(node, env))
        if birth is None or day is None or birth > day:
            return NAN
        return float(day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)))

    return age


def _birth_day(calendar: Calendar, value: Any, env: Context) -> dt.date | None:
    day = _whole_day(calendar, value)
    if day is not None:
        return day
    found = _identity(to_text(value), env)
    return None if found is None else found.birth


def _whole_day(calendar: Calendar, value: Any) -> dt.date | None:
    found = calendar.read(value) if isinstance(value, str) else value
    if isinstance(found, dt.datetime):
        return calendar.local(found).date()
    return found if isinstance(found, dt.date) else None


def _uscc_valid(builder: Builder, call: Call) -> Closure:
    """`hs:uscc-valid(code)`: characters and check digit of a 统一社会信用代码 are right."""
    text = builder.text(call.arguments[0])

    def valid(node: Node, env: Context) -> bool:
        from hsdesk.model.identity import is_credit_code

        return is_credit_code(text(node, env))

    return valid


def _place_name(builder: Builder, call: Call) -> Closure:
    """`hs:place-name(code)`: the name of a division by its code, "" when there is none."""
    text = builder.text(call.arguments[0])
    return lambda node, env: env.host.place_name(text(node, env))


OWN = (
    FunctionSpec("hs:id-valid", 1, 1, "truth", _id_valid, pure=False),
    FunctionSpec("hs:id-birth", 1, 1, "any", _id_birth, pure=False),
    FunctionSpec("hs:id-sex", 1, 1, "text", _id_sex, pure=False),
    FunctionSpec("hs:age", 1, 2, "number", _age, pure=False),
    FunctionSpec("hs:uscc-valid", 1, 1, "truth", _uscc_valid, pure=False),
    FunctionSpec("hs:place-name", 1, 1, "text", _place_name, pure=False),
)
