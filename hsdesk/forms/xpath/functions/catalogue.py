"""Every function by name, and the name nearest to a mistyped one."""

from __future__ import annotations

import difflib

from hsdesk.forms.xpath.functions.days import DAYS
from hsdesk.forms.xpath.functions.forms import FORMS
from hsdesk.forms.xpath.functions.geo import GEO
from hsdesk.forms.xpath.functions.logic import LOGIC
from hsdesk.forms.xpath.functions.nodes import NODES
from hsdesk.forms.xpath.functions.numbers import NUMBERS
from hsdesk.forms.xpath.functions.own import OWN
from hsdesk.forms.xpath.functions.selections import SELECTIONS
from hsdesk.forms.xpath.functions.spec import Spec
from hsdesk.forms.xpath.functions.texts import TEXTS

FUNCTIONS: dict[str, Spec] = {
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
