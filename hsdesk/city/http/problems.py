"""What a request that was not done is told: problems as RFC 9457, in Chinese, and nothing of what it held."""

from __future__ import annotations

import logging
import secrets

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hsdesk.city.http.bodies import TooLarge, TooSlow
from hsdesk.city.http.requests import Unauthorized
from hsdesk.city.people.throttle import TooFast
from hsdesk.errors import DataError, DeskError, DiskFull, Locked, Refused
from hsdesk.wire.enrolment import ProblemDetail

_PROBLEM = "application/problem+json"
_COME_AGAIN = 5  # seconds, where the error names none
_STATUS: tuple[tuple[type[DeskError], int], ...] = (  # the first that fits
    (TooFast, 429),
    (Unauthorized, 401),
    (TooLarge, 413),
    (TooSlow, 408),
    (Locked, 503),
    (DiskFull, 507),
    (Refused, 403),
    (DataError, 400),
)
_log = logging.getLogger("hsdesk.city")


def request_id(request: Request) -> str:
    """Return the id that the asker gave the request, or a new one."""
    given = request.headers.get("x-request-id", "")
    return given if given.isalnum() and given.isascii() and len(given) <= 64 else secrets.token_hex(8)


def problem(error: DeskError, asked: str) -> Response:
    """Return the answer that an error of ours stands for; `asked` is the id of the request."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if status in (429, 503):
        headers["Retry-After"] = str(getattr(error, "seconds", _COME_AGAIN))
    if status == 500:
        _log.error("%s %s", asked, type(error).__name__)
    detail = error.detail if status < 500 else ""  # what a database says stays in the house
    told = ProblemDetail(str(error), status, detail=detail, request_id=asked)
    return Response(msgspec.json.encode(told), status, headers, _PROBLEM)


def not_found(request: Request, error: Exception) -> Response:
    """There is no such address."""
    asked, status = request_id(request), getattr(error, "status_code", 404)
    told = ProblemDetail("没有这个地址。", status, request_id=asked)
    return Response(msgspec.json.encode(told), status, {"X-Request-Id": asked}, _PROBLEM)


def broken(request: Request, error: Exception) -> Response:
    """A mistake of our own: the asker hears that, the log where it was; neither hears what it held."""
    asked = request_id(request)
    _log.error("%s %s", asked, type(error).__name__)
    told = ProblemDetail(
        "市级服务器出了故障，没有完成。已填内容都保存在本机，请稍后再试。", 500, request_id=asked
    )
    return Response(msgspec.json.encode(told), 500, {"X-Request-Id": asked}, _PROBLEM)
