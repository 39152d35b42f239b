"""Every function by name, and the name nearest to a mistyped one."""

from __future__ import annotations

import difflib

from hsdesk.language.functions.days import DAYS
from hsdesk.language.functions.forms import FORMS
from hsdesk.language.functions.geo import GEO
from hsdesk.language.functions.logic import LOGIC
from hsdesk.language.functions.nodes import NODES
from hsdesk.language.functions.numbers import NUMBERS
from hsdesk.language.functions.own import OWN
from hsdesk.language.functions.selections import SELECTIONS
from hsdesk.language.functions.spec import FunctionSpec
from hsdesk.language.functions.texts import TEXTS

FUNCTIONS: dict[str, FunctionSpec] = {
    spec.name: spec
    for family in (LOGIC, TEXTS, NUMBERS, NODES, SELECTIONS, DAYS, FORMS, GEO, OWN)
    for spec in family
}


def nearest(name: str) -> str:
    """Return the function whose name looks most like this one, or "".

    >>> nearest("count_selected")
    'count-selected'
    """
    found = difflib.get_close_matches(name.lower().replace("_", "-"), FUNCTIONS, n=1, cutoff=0.8)
    return found[0] if found else ""
