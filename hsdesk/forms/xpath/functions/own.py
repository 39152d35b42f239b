"""Our own functions, prefixed `hs:`: identity numbers (GB 11643), credit codes (GB 32100), ages, place names."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from hsdesk.forms.xpath.ast import Call
from hsdesk.forms.xpath.functions.spec import Spec, simple
from hsdesk.forms.xpath.values import NAN

if TYPE_CHECKING:
    pass


OWN: tuple[Spec, ...] = ()
_ = (dt, Call, simple, NAN, Any)
