"""The first thing any request meets: an address that asks too often is told so, late, and no more is done.

A refusal at once would be asked again at once, and saying no costs the loop as much as a cheap answer. Told a
second later, an address gets no more refusals a second than it may have connections.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from hsdesk.city.http.admission import Admission, Greedy
from hsdesk.city.http.bodies import Incoming
from hsdesk.city.http.limits import address_key
from hsdesk.city.http.problems import problem, request_id


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app, self._admission = app, admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            self._admission.request(address_of(request))
        except Greedy as error:
            answer = problem(error, request_id(request))
            answer.headers["Connection"] = "close"
            await put_off(Incoming(receive, self._admission.limits), self._admission.limits.refused_seconds)
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def address_of(request: Request) -> str:
    """Return the address that asks."""
    return address_key(request.client.host) if request.client else ""


async def put_off(incoming: Incoming, seconds: float) -> None:
    """Let the body pass and wait, so many seconds in all."""
    began = asyncio.get_running_loop().time()
    await incoming.let_pass(seconds)
    await asyncio.sleep(began + seconds - asyncio.get_running_loop().time())
