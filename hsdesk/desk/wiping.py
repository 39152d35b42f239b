"""A desk that the city ordered wiped (清除): its keys go, and the server is told, at once or when it can be.

What it is told is signed before the keys go and kept in the mark that they leave, so that a word lost on the
way is said again whenever the desk is opened, until the server has heard it.
"""

from __future__ import annotations

from contextlib import suppress

import msgspec

from hsdesk.deskfile.files import Home
from hsdesk.deskfile.wipe import mark_of, refuse_wiped, wipe, wiped
from hsdesk.errors import DeskError, Wiped
from hsdesk.wire.enrolment import Enrolment
from hsdesk.wire.orders import WipeMark, WipeOrder


def obey(home: Home, enrolment: Enrolment, order: WipeOrder) -> Wiped:
    """Carry out an order, tell the server, and return what the person is told. Raises Refused, DiskFull."""
    from hsdesk.sync.carriers import http

    done = http.wipe_done(enrolment, order)
    mark = WipeMark(order, enrolment.url, enrolment.authority, done, enrolment.proxy)
    wipe(home, msgspec.json.encode(mark))
    _tell(home, mark)
    return wiped()


def refuse(home: Home) -> None:
    """Raise Wiped if the desk was wiped, after finishing what was cut short, the word to the server too."""
    try:
        refuse_wiped(home)
    except Wiped:
        with suppress(msgspec.MsgspecError):  # a mark of an earlier version holds no word
            _tell(home, msgspec.json.decode(mark_of(home), type=WipeMark))
        raise


def _tell(home: Home, mark: WipeMark) -> None:
    from hsdesk.sync.carriers import http

    if mark.done is None:
        return
    with suppress(DeskError):  # the keys are gone, whether or not the server hears of it
        http.tell_wiped(mark.url, mark.authority, mark.done, mark.proxy)
        wipe(home, msgspec.json.encode(msgspec.structs.replace(mark, done=None)))
