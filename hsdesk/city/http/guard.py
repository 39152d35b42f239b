"""The first thing any request meets: an address that asks too often is told so, late, and no more is done.

A refusal at once would be asked again at once, and saying no costs the loop as much as a cheap answer. Told a
second later, an address gets no more refusals a second than it may have connections.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hsdesk.city.http.admission import Admission, Greedy
from hsdesk.city.http.bodies import Incoming
from hsdesk.city.http.limits import address_key
from hsdesk.city.http.problems import problem, request_id
from hsdesk.city.http.security_log import SecurityLog


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, admission: Admission, log: SecurityLog | None = None) -> None:
        self._app, self._admission, self._log = app, admission, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        told = _Told(send)
        try:
            await self._answer(request, scope, receive, told.send)
        finally:
            if self._log is not None and not getattr(request.state, "is_unlogged", False):
                who, what = (getattr(request.state, name, "") for name in ("who", "what"))
                self._log.note((who, address_of(request), what or "other", told.status))

    async def _answer(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._admission.request(address_of(request))
        except Greedy as error:
            answer = problem(error, request_id(request))
            answer.headers["Connection"] = "close"
            await put_off(Incoming(receive, self._admission.limits), self._admission.limits.refused_seconds)
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Told:
    """Hears what status is told; 500 where an error of ours passes through and nothing is."""

    def __init__(self, send: Send) -> None:
        self._send, self.status = send, 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def address_of(request: Request) -> str:
    """Return the address that asks."""
    return address_key(request.client.host) if request.client else ""


async def put_off(incoming: Incoming, seconds: float) -> None:
    """Let the body pass and wait, so many seconds in all."""
    began = asyncio.get_running_loop().time()
    await incoming.let_pass(seconds)
    await asyncio.sleep(began + seconds - asyncio.get_running_loop().time())
