"""The network side of the city server: routes, limits, tokens, problems as RFC 9457.

Handlers run on worker threads; bodies are read within limits before. No log holds a token or an answer.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from hsdesk.errors import DataError, DeskError, DiskFull, Locked, Refused
from hsdesk.server.ledger import Caller
from hsdesk.server.rates import TooFast
from hsdesk.server.service import Service
from hsdesk.wire import codec
from hsdesk.wire.enrolment import Challenge, ChallengeRequest, EnrolRequest, ProblemDetail, TokenRequest

PACKED = "application/x-hsdesk"
_JSON = "application/json"
_PROBLEM = "application/problem+json"
_SMALL_BODY = 16_384
_log = logging.getLogger("hsdesk.server")

T = TypeVar("T")
Work = Callable[[Service, Request, bytes], Response]


class _Unauthorized(Refused):
    """No token, or one that does not hold any more."""


class _TooLarge(Refused):
    """A body beyond the limit."""


def make_app(service: Service) -> Starlette:
    """Return the ASGI application of a service."""

    def route(path: str, work: Work, method: str = "GET", limit: int = _SMALL_BODY) -> Route:
        return Route(path, _endpoint(service, work, limit), methods=[method])

    return Starlette(
        routes=[
            route("/healthz", _healthz),
            route("/readyz", _readyz),
            route("/meta", _meta),
            route("/api/v1/healthz", _healthz),
            route("/api/v1/readyz", _readyz),
            route("/api/v1/meta", _meta),
            route("/api/v1/enroll", _enrol, "POST"),
            route("/api/v1/challenge", _challenge, "POST"),
            route("/api/v1/token", _token, "POST"),
            route("/api/v1/me", _me),
            route("/api/v1/sync/push", _push, "POST", codec.MAX_PACKED),
            route("/api/v1/sync/changes", _changes, "POST", codec.MAX_PACKED),
            route("/api/v1/forms", _forms),
            route("/api/v1/forms/{id}/{version}", _form),
        ],
        exception_handlers={404: _not_found, 405: _not_found},
    )


def _endpoint(service: Service, work: Work, limit: int) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        request_id = _request_id(request)
        try:
            body = await _body(request, limit)
            response = await run_in_threadpool(work, service, request, body)
        except DeskError as error:
            response = _problem(error, request_id)
        except ClientDisconnect:  # the laptop went away in the middle of a sentence; nobody hears the answer
            response = Response(status_code=400)
        response.headers["X-Request-Id"] = request_id
        response.headers["Cache-Control"] = "no-store"
        _log.info("%s %s %s %s", request.method, request.url.path, response.status_code, request_id)
        return response

    return endpoint


def _request_id(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if given.isalnum() and given.isascii() and len(given) <= 64 else secrets.token_hex(8)


async def _body(request: Request, limit: int) -> bytes:
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise _TooLarge("内容超过大小限制,没有接收。")
        pieces.append(piece)
    return b"".join(pieces)


def _problem(error: DeskError, request_id: str) -> Response:
    status, headers = 500, {}
    match error:
        case TooFast():
            status, headers = 429, {"Retry-After": str(error.seconds)}
        case _Unauthorized():
            status, headers = 401, {"WWW-Authenticate": "Bearer"}
        case _TooLarge():
            status = 413
        case Locked():
            status, headers = 503, {"Retry-After": "5"}
        case DiskFull():
            status = 507
        case Refused():
            status = 403
        case DataError():
            status = 400
        case _:
            _log.error("%s %s", request_id, type(error).__name__)
    detail = error.detail if status < 500 else ""  # what a database says stays in the house
    problem = ProblemDetail(str(error), status, detail=detail, request_id=request_id)
    return Response(msgspec.json.encode(problem), status, headers, _PROBLEM)


def _not_found(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    problem = ProblemDetail("没有这个地址。", status, request_id=_request_id(request))
    return Response(msgspec.json.encode(problem), status, media_type=_PROBLEM)


def _answer(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type=_JSON)


def _asked(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DataError("请求的内容不对。", detail=str(error)) from error


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _caller(service: Service, request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    who = service.registrar.who(token) if scheme.lower() == "bearer" and token else None
    if who is None:
        raise _Unauthorized("登录已过期,请再同步一次。已填内容都保存在本机。")
    return Caller(*who)


def _healthz(service: Service, request: Request, body: bytes) -> Response:
    return _answer({"status": "ok"})


def _readyz(service: Service, request: Request, body: bytes) -> Response:
    with service.database.reading() as connection:
        connection.all("SELECT 1")
    return _answer({"status": "ok"})


def _meta(service: Service, request: Request, body: bytes) -> Response:
    return _answer(service.meta)


def _enrol(service: Service, request: Request, body: bytes) -> Response:
    asked, address = _asked(body, EnrolRequest), _address(request)
    service.brake.check("code", address)
    try:
        reply = service.registrar.enrol(asked)
    except Refused:
        service.brake.failed("code", address)
        raise
    service.brake.succeeded("code", address)
    return _answer(reply)


def _challenge(service: Service, request: Request, body: bytes) -> Response:
    return _answer(Challenge(service.registrar.challenge(_asked(body, ChallengeRequest).device)))


def _token(service: Service, request: Request, body: bytes) -> Response:
    return _answer(service.registrar.login(_asked(body, TokenRequest)))


def _me(service: Service, request: Request, body: bytes) -> Response:
    caller = _caller(service, request)
    return _answer({"device": caller.device, "role": caller.reach.role, "grants": caller.reach.grants})


def _push(service: Service, request: Request, body: bytes) -> Response:
    receipt = service.ledger.push(_caller(service, request), codec.unpack_push(body))
    return Response(codec.pack_receipt(receipt), media_type=PACKED)


def _changes(service: Service, request: Request, body: bytes) -> Response:
    pulled = service.ledger.changes(_caller(service, request), codec.unpack_pull(body))
    return Response(codec.pack_pulled(pulled), media_type=PACKED)


def _forms(service: Service, request: Request, body: bytes) -> Response:
    _caller(service, request)
    return _answer(service.ledger.form_heads())


def _form(service: Service, request: Request, body: bytes) -> Response:
    _caller(service, request)
    item = service.ledger.reference_item("form", request.path_params["id"], request.path_params["version"])
    return Response(codec.pack_item(item), media_type=PACKED)
