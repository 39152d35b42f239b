"""What every route does with a request: who asks, what is asked, and the answer."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hsdesk.city.people.permission import Caller, Official, Verb
from hsdesk.city.running.service import Service
from hsdesk.errors import DataError, Refused

JSON = "application/json"
T = TypeVar("T")


class Unauthorized(Refused):
    """No token, or one that does not hold any more."""


def answer(value: object) -> Response:
    """Return a value as JSON."""
    return Response(msgspec.json.encode(value), media_type=JSON)


def asked(body: bytes, kind: type[T]) -> T:
    """Return the typed body. Raises DataError."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DataError("请求的内容不对。", detail=str(error)) from error


def number(request: Request, name: str, default: int, most: int) -> int:
    """Return a number of the query, at most `most`. Raises DataError for anything else."""
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise DataError("请求的内容不对。", detail=name)
    return min(int(text), most)


def token_of(request: Request) -> str:
    """Return the bearer token, "" without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def caller(service: Service, request: Request) -> Caller:
    """Return who asks: a device or an account. Raises Unauthorized."""
    token = token_of(request)
    who = (service.registrar.who(token) or service.accounts.who(token)) if token else None
    if who is None:
        raise Unauthorized("登录已过期，请再同步一次。已填内容都保存在本机。")
    number = service.accounts.number(who[0]) if who[1].holder == "account" else 0
    return Caller(*who, number)


def official(service: Service, request: Request, verb: Verb) -> Official:
    """Return who asks, if the verb is his anywhere. Raises Unauthorized, Refused."""
    who = caller(service, request)
    who.reach.require_somewhere(verb)
    return Official(who.device, who.reach)
