"""The network side of the city server: routes, limits, tokens, problems as RFC 9457.

Handlers run on worker threads (`admission`); who asks is known before a body is read within limits. No log
holds a token or an answer.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from hsdesk.city.http.admin_routes import ADMINISTRATION
from hsdesk.city.http.admission import Admission, Greedy
from hsdesk.city.http.blob_routes import ATTACHMENTS
from hsdesk.city.http.bodies import Incoming
from hsdesk.city.http.guard import Guard, address_of, put_off
from hsdesk.city.http.openapi import PACKED, Operation, document
from hsdesk.city.http.problems import broken, not_found, problem, request_id
from hsdesk.city.http.report_routes import REPORTS
from hsdesk.city.http.requests import JSON, answer, asked, caller, token_of
from hsdesk.city.http.security_log import SecurityLog
from hsdesk.city.ledger.ledger import HistoryEntry, Status
from hsdesk.city.people import wipes, writers
from hsdesk.city.running.service import Service
from hsdesk.errors import DataError, DeskError, Locked, Refused
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
    Token,
    TokenRequest,
    WritersTold,
)
from hsdesk.wire.messages import NO_VERSION, Kind, ReferenceHead
from hsdesk.wire.orders import WipeDone

_SMALL_BODY = 16_384
_log = logging.getLogger("hsdesk.city")

Work = Callable[[Service, Request, bytes], Response]
API = "/api/v1"
_ANYWHERE = ("/healthz", "/readyz", "/meta")


def make_app(
    service: Service, admission: Admission | None = None, log: SecurityLog | None = None
) -> Starlette:
    """Return the ASGI application of a service; `log` hears of every request but those of monitoring."""
    admission = admission or Admission()

    async def openapi(request: Request) -> Response:
        return Response(_description(), media_type=JSON)

    routes = [
        Route(
            prefix + one.path.replace("{version}", "{version:path}"),
            _endpoint(service, admission, one),
            methods=[one.method],
        )
        for one in OPERATIONS
        for prefix in (("", API) if one.path in _ANYWHERE else (API,))
    ]
    return Starlette(
        routes=[*routes, Route(f"{API}/openapi.json", openapi)],
        middleware=[Middleware(Guard, admission=admission, log=log)],
        exception_handlers={404: not_found, 405: not_found, 500: broken},
    )


@cache
def _description() -> bytes:
    """Return the description of the API; it is made when somebody first asks for it."""
    return msgspec.json.encode(document(OPERATIONS))


def _endpoint(
    service: Service, admission: Admission, operation: Operation
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        asked_as, incoming = request_id(request), Incoming(request.receive, admission.limits)
        try:
            response = await _answered(service, admission, operation, request, incoming)
        except DeskError as error:
            wait = admission.limits.refused_seconds
            await (put_off(incoming, wait) if isinstance(error, Greedy) else incoming.let_pass(wait))
            response = problem(error, asked_as)
        except ClientDisconnect:  # the laptop went away in the middle of a sentence; nobody hears the answer
            response = Response(status_code=400)
        if not incoming.is_done:
            response.headers["Connection"] = "close"  # else what is still to come would hold the line
        response.headers["X-Request-Id"] = asked_as
        response.headers["Cache-Control"] = "no-store"
        _log.info("%s %s %s %s", request.method, request.url.path, response.status_code, asked_as)
        return response

    return endpoint


async def _answered(
    service: Service, admission: Admission, operation: Operation, request: Request, incoming: Incoming
) -> Response:
    """Ask who it is before a byte of the body is read; then read it, and do the work in its pool."""
    request.state.what = f"{operation.method} {operation.path}"
    request.state.is_unlogged = operation.path in _ANYWHERE
    if operation.pool == "loop":
        await incoming.let_pass(0)
        return operation.work(service, request, b"")
    address, device = address_of(request), ""
    if not operation.is_open:
        who = await admission.run("light", address, "", partial(caller, service, request))
        device, request.state.who = who.device, who.logged_as
    elif operation.path == "/challenge":
        admission.challenge(address)
    with admission.turn(address, device, operation.pool), admission.room.visitor() as share:
        body = await incoming.read(_limit(operation), share)
        if operation.takes_part:
            admission.attach(device, len(body))
        work = partial(operation.work, service, request, body)
        try:
            return await admission.run(operation.pool, address, device, work)
        except DataError:
            if operation.packed_request:
                admission.wrong(device)
            raise


def _limit(operation: Operation) -> int:
    if operation.takes_part:
        return PART_BYTES
    return codec.MAX_PACKED if operation.packed_request else _SMALL_BODY


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
    with _braked(service, "code", address_of(request), wanted.device or wanted.public_key):
        reply = service.registrar.enrol(wanted)
        request.state.who = f"device {reply.device}"
        return answer(reply)


def _challenge(service: Service, request: Request, body: bytes) -> Response:
    return answer(Challenge(service.registrar.challenge(asked(body, ChallengeRequest).device)))


def _token(service: Service, request: Request, body: bytes) -> Response:
    wanted = asked(body, TokenRequest)
    if service.registrar.knows(wanted.device):
        request.state.who = f"device {wanted.device}"
    return answer(service.registrar.login(wanted))


def _wiped(service: Service, request: Request, body: bytes) -> Response:
    wipes.confirm(service.database, asked(body, WipeDone))
    return answer(Health())


def _login(service: Service, request: Request, body: bytes) -> Response:
    wanted, address = asked(body, LoginRequest), address_of(request)
    if number := service.accounts.number(wanted.name):
        request.state.who = f"account {number}"
    with _braked(service, "password", address, wanted.name):
        return answer(service.accounts.login(wanted.name, wanted.password, address))


def _logout(service: Service, request: Request, body: bytes) -> Response:
    caller(service, request)
    service.accounts.logout(token_of(request))
    return answer(Health())


def _me(service: Service, request: Request, body: bytes) -> Response:
    who = caller(service, request)
    return answer(Me(who.device, who.reach.role, who.reach.grants))


def _writers(service: Service, request: Request, body: bytes) -> Response:
    who, told = caller(service, request), asked(body, WritersTold).writers
    return answer(WritersTold(writers.tell(service.database, who, told)))


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
        Operation("GET", f"/{kind}s", _heads(kind), heads, answer=tuple[ReferenceHead, ...], pool="light"),
        Operation(
            "GET", f"/{kind}s/{{id}}/{{version}}", _item(kind), f"One {words}.", packed_answer="ReferenceItem"
        ),
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/healthz", _healthz, "The process runs.", answer=Health, is_open=True, pool="loop"),
    Operation(
        "GET",
        "/readyz",
        _readyz,
        "Pushes would be taken now.",
        answer=Health,
        is_open=True,
        pool="light",
    ),
    Operation("GET", "/meta", _meta, "Which server this is.", answer=Meta, is_open=True, pool="loop"),
    Operation(
        "POST",
        "/enroll",
        _enrol,
        "Register a device with a code.",
        EnrolRequest,
        EnrolReply,
        is_open=True,
        pool="light",
    ),
    Operation(
        "POST",
        "/challenge",
        _challenge,
        "Ask for a nonce.",
        ChallengeRequest,
        Challenge,
        is_open=True,
        pool="light",
    ),
    Operation(
        "POST",
        "/token",
        _token,
        "Log in with a signed nonce.",
        TokenRequest,
        Token,
        is_open=True,
        pool="light",
    ),
    Operation(
        "POST",
        "/wiped",
        _wiped,
        "Say that a wipe was carried out.",
        WipeDone,
        Health,
        is_open=True,
        pool="light",
    ),
    Operation(
        "POST", "/login", _login, "Log in by password.", LoginRequest, Token, is_open=True, pool="password"
    ),
    Operation("POST", "/logout", _logout, "Let the token hold no more.", answer=Health, pool="light"),
    Operation("GET", "/me", _me, "Who is asking and what is granted.", answer=Me, pool="light"),
    Operation("POST", "/writers", _writers, "Tell who types at a computer.", WritersTold, WritersTold),
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
