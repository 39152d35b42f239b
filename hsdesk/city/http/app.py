"""The network side of the city server: routes, limits, tokens, problems as RFC 9457.

Handlers run on worker threads; bodies are read within limits before. No log holds a token or an answer.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from hsdesk.city.http.admin_routes import ADMINISTRATION
from hsdesk.city.http.blob_routes import ATTACHMENTS
from hsdesk.city.http.openapi import PACKED, Operation, document
from hsdesk.city.http.report_routes import REPORTS
from hsdesk.city.http.requests import JSON, Unauthorized, answer, asked, caller, token_of
from hsdesk.city.ledger.ledger import HistoryEntry, Status
from hsdesk.city.people import wipes
from hsdesk.city.people.throttle import TooFast
from hsdesk.city.running.service import Service
from hsdesk.errors import DataError, DeskError, DiskFull, Locked, Refused
from hsdesk.model.attachment import PART_BYTES
from hsdesk.model.place import Place
from hsdesk.wire import codec
from hsdesk.wire.enrolment import (
    Challenge,
    ChallengeRequest,
    EnrolReply,
    EnrolRequest,
    Health,
    LoginRequest,
    Me,
    Meta,
    ProblemDetail,
    Token,
    TokenRequest,
)
from hsdesk.wire.messages import NO_VERSION, Kind, ReferenceHead
from hsdesk.wire.orders import WipeDone

_PROBLEM = "application/problem+json"
_SMALL_BODY = 16_384
_log = logging.getLogger("hsdesk.city")

Work = Callable[[Service, Request, bytes], Response]
API = "/api/v1"
_ANYWHERE = ("/healthz", "/readyz", "/meta")


class _TooLarge(Refused):
    """A body beyond the limit."""


def make_app(service: Service) -> Starlette:
    """Return the ASGI application of a service."""

    async def openapi(request: Request) -> Response:
        return Response(_description(), media_type=JSON)

    routes = [
        Route(
            prefix + one.path.replace("{version}", "{version:path}"),
            _endpoint(service, one),
            methods=[one.method],
        )
        for one in OPERATIONS
        for prefix in (("", API) if one.path in _ANYWHERE else (API,))
    ]
    return Starlette(
        routes=[*routes, Route(f"{API}/openapi.json", openapi)],
        exception_handlers={404: _not_found, 405: _not_found, 500: _broken},
    )


@cache
def _description() -> bytes:
    """Return the description of the API; it is made when somebody first asks for it."""
    return msgspec.json.encode(document(OPERATIONS))


def _endpoint(service: Service, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        request_id = _request_id(request)
        try:
            body = await _body(request, _limit(operation))
            response = await run_in_threadpool(operation.work, service, request, body)
        except DeskError as error:
            response = _problem(error, request_id)
        except ClientDisconnect:  # the laptop went away in the middle of a sentence; nobody hears the answer
            response = Response(status_code=400)
        response.headers["X-Request-Id"] = request_id
        response.headers["Cache-Control"] = "no-store"
        _log.info("%s %s %s %s", request.method, request.url.path, response.status_code, request_id)
        return response

    return endpoint


def _limit(operation: Operation) -> int:
    if operation.takes_part:
        return PART_BYTES
    return codec.MAX_PACKED if operation.packed_request else _SMALL_BODY


def _request_id(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if given.isalnum() and given.isascii() and len(given) <= 64 else secrets.token_hex(8)


async def _body(request: Request, limit: int) -> bytes:
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise _TooLarge("内容超过大小限制，没有接收。")
        pieces.append(piece)
    return b"".join(pieces)


def _problem(error: DeskError, request_id: str) -> Response:
    status, headers = 500, {}
    match error:
        case TooFast():
            status, headers = 429, {"Retry-After": str(error.seconds)}
        case Unauthorized():
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
    request_id, status = _request_id(request), getattr(error, "status_code", 404)
    problem = ProblemDetail("没有这个地址。", status, request_id=request_id)
    return Response(msgspec.json.encode(problem), status, {"X-Request-Id": request_id}, _PROBLEM)


def _broken(request: Request, error: Exception) -> Response:
    """A mistake of our own: the asker hears that, the log where it was; neither hears what it held."""
    request_id = _request_id(request)
    _log.error("%s %s", request_id, type(error).__name__)
    problem = ProblemDetail(
        "市级服务器出了故障，没有完成。已填内容都保存在本机，请稍后再试。", 500, request_id=request_id
    )
    return Response(msgspec.json.encode(problem), 500, {"X-Request-Id": request_id}, _PROBLEM)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _healthz(service: Service, request: Request, body: bytes) -> Response:
    return answer(Health())


def _readyz(service: Service, request: Request, body: bytes) -> Response:
    service.readiness.check()
    return answer(Health())


def _meta(service: Service, request: Request, body: bytes) -> Response:
    return answer(msgspec.structs.replace(service.meta, server_epoch=service.ledger.server_epoch))


@contextmanager
def _braked(service: Service, kind: str, address: str, name: str) -> Iterator[None]:
    """Hold up who guesses; that the server is busy is nobody's failure."""
    service.throttle.check(kind, address, name)
    try:
        yield
    except Locked:
        raise
    except Refused:
        service.throttle.failed(kind, address, name)
        raise
    service.throttle.succeeded(kind, address, name)


def _enrol(service: Service, request: Request, body: bytes) -> Response:
    wanted = asked(body, EnrolRequest)
    with _braked(service, "code", _address(request), wanted.device):
        return answer(service.registrar.enrol(wanted))


def _challenge(service: Service, request: Request, body: bytes) -> Response:
    return answer(Challenge(service.registrar.challenge(asked(body, ChallengeRequest).device)))


def _token(service: Service, request: Request, body: bytes) -> Response:
    return answer(service.registrar.login(asked(body, TokenRequest)))


def _wiped(service: Service, request: Request, body: bytes) -> Response:
    wipes.confirm(service.database, asked(body, WipeDone))
    return answer(Health())


def _login(service: Service, request: Request, body: bytes) -> Response:
    wanted, address = asked(body, LoginRequest), _address(request)
    with _braked(service, "password", address, wanted.name):
        return answer(service.accounts.login(wanted.name, wanted.password, address))


def _logout(service: Service, request: Request, body: bytes) -> Response:
    caller(service, request)
    service.accounts.logout(token_of(request))
    return answer(Health())


def _me(service: Service, request: Request, body: bytes) -> Response:
    who = caller(service, request)
    return answer(Me(who.device, who.reach.role, who.reach.grants))


def _push(service: Service, request: Request, body: bytes) -> Response:
    receipt = service.ledger.push(caller(service, request), codec.unpack_push(body))
    return Response(codec.pack_receipt(receipt), media_type=PACKED)


def _changes(service: Service, request: Request, body: bytes) -> Response:
    pulled = service.ledger.changes(caller(service, request), codec.unpack_pull(body))
    return Response(codec.pack_pulled(pulled), media_type=PACKED)


def _heads(kind: Kind) -> Work:
    def work(service: Service, request: Request, body: bytes) -> Response:
        caller(service, request)
        return answer(service.ledger.reference_heads(kind))

    return work


def _item(kind: Kind) -> Work:
    def work(service: Service, request: Request, body: bytes) -> Response:
        caller(service, request)
        name, version = request.path_params["id"], request.path_params["version"]
        item = service.ledger.reference_item(kind, name, "" if version == NO_VERSION else version)
        return Response(codec.pack_item(item), media_type=PACKED)

    return work


def _status(service: Service, request: Request, body: bytes) -> Response:
    return answer(service.ledger.status(caller(service, request)))


def _history(service: Service, request: Request, body: bytes) -> Response:
    who, record = caller(service, request), request.path_params["id"]
    return answer(service.ledger.history(who, record))


def _regions(service: Service, request: Request, body: bytes) -> Response:
    caller(service, request)
    return answer(service.ledger.directory.places)


_KINDS: dict[Kind, str] = {
    "form": "form",
    "codelist": "code list",
    "place": "change of places",
    "setting": "choice of settings",
    "round": "round",
}


def _published(kind: Kind, words: str) -> tuple[Operation, Operation]:
    """Return the two routes of a kind of the reference stream."""
    heads = f"Every published {words}."
    return (
        Operation("GET", f"/{kind}s", _heads(kind), heads, answer=tuple[ReferenceHead, ...]),
        Operation(
            "GET", f"/{kind}s/{{id}}/{{version}}", _item(kind), f"One {words}.", packed_answer="ReferenceItem"
        ),
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/healthz", _healthz, "The process runs.", answer=Health, is_open=True),
    Operation(
        "GET",
        "/readyz",
        _readyz,
        "Pushes would be taken now.",
        answer=Health,
        is_open=True,
    ),
    Operation("GET", "/meta", _meta, "Which server this is.", answer=Meta, is_open=True),
    Operation(
        "POST", "/enroll", _enrol, "Register a device with a code.", EnrolRequest, EnrolReply, is_open=True
    ),
    Operation(
        "POST", "/challenge", _challenge, "Ask for a nonce.", ChallengeRequest, Challenge, is_open=True
    ),
    Operation(
        "POST",
        "/token",
        _token,
        "Log in with a signed nonce.",
        TokenRequest,
        Token,
        is_open=True,
    ),
    Operation("POST", "/wiped", _wiped, "Say that a wipe was carried out.", WipeDone, Health, is_open=True),
    Operation("POST", "/login", _login, "Log in by password.", LoginRequest, Token, is_open=True),
    Operation("POST", "/logout", _logout, "Let the token hold no more.", answer=Health),
    Operation("GET", "/me", _me, "Who is asking and what is granted.", answer=Me),
    *(operation for kind, words in _KINDS.items() for operation in _published(kind, words)),
    Operation("GET", "/regions", _regions, "The directory of places.", answer=tuple[Place, ...]),
    Operation("POST", "/sync/push", _push, "Send ops.", packed_request="Push", packed_answer="Receipt"),
    Operation(
        "POST", "/sync/changes", _changes, "Ask what is new.", packed_request="Pull", packed_answer="Pulled"
    ),
    Operation("GET", "/sync/status", _status, "How far the streams go.", answer=Status),
    Operation(
        "GET", "/records/{id}/history", _history, "The ops of a record.", answer=tuple[HistoryEntry, ...]
    ),
    *ATTACHMENTS,
    *ADMINISTRATION,
    *REPORTS,
)
