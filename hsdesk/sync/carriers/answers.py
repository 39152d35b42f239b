"""Whose an answer is, and what a refusal means. Pure.

On the way to the city there may be somebody else who answers: the login page of a network (上网登录页), a
proxy, a router. Every answer of the city bears `X-Request-Id`, and every refusal is a problem as of RFC 9457.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from hsdesk.errors import DataError, DeskError, NotTheCity, Offline, Refused
from hsdesk.sync.carriers.carrier import Busy, TimedOut
from hsdesk.wire.enrolment import ProblemDetail

_OURS = "X-Request-Id"
PROXY_ASKS = HTTPStatus.PROXY_AUTHENTICATION_REQUIRED


class Answer(msgspec.Struct, frozen=True):
    """A body and its headers, which are found in small letters or large."""

    body: bytes
    headers: Mapping[str, str]


class LoginNeeded(Refused):
    """The token does not hold any more."""


def of_city(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Return the answer of a request that was done. Raises the error that any other answer stands for."""
    if is_strangers(status, headers):
        raise login_page(status)
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(body, headers)
    raise _refusal(status, headers, body)


def is_strangers(status: int, headers: Mapping[str, str]) -> bool:
    """Tell whether an answer is certainly not the city's, whatever it says; redirections never are."""
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return _OURS not in headers
    return status < HTTPStatus.BAD_REQUEST


def login_page(status: int = 0) -> NotTheCity:
    """Return what is told when somebody else than the city answered."""
    if status == PROXY_ASKS:
        return NotTheCity(
            "像是上网登录页，请先打开浏览器登录；这里上网要经过代理的，请填代理地址。已填内容都保存在本机。",
            detail=str(int(status)),
        )
    return NotTheCity(
        "像是上网登录页，请先打开浏览器登录，再试一次；已经登录的，请核对服务器地址。已填内容都保存在本机。",
        detail=str(int(status)),
    )


def _refusal(status: int, headers: Mapping[str, str], body: bytes) -> DeskError:
    problem = _problem(body)
    match status:
        case 429 | 503:
            return Busy(_seconds(headers.get("Retry-After", "")))
        case 408 | 413 | 504:
            return TimedOut(problem.title if problem else "市级服务器没有收下这一份。已填内容都保存在本机。")
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Offline(
                "市级服务器出了故障，这次没有同步。已填内容都保存在本机，请稍后再点一次“数据同步”。",
                detail=problem.request_id if problem else "",
            )
        case _:
            return _no(status, problem) if problem and _OURS in headers else login_page(status)


def _no(status: int, problem: ProblemDetail) -> DeskError:
    """Return the city's own refusal as an error."""
    if status == HTTPStatus.UNAUTHORIZED:
        return LoginNeeded(problem.title)
    if status == HTTPStatus.BAD_REQUEST:
        return DataError(problem.title)
    return Refused(problem.title, detail=problem.detail)


def _problem(body: bytes) -> ProblemDetail | None:
    try:
        return msgspec.json.decode(body, type=ProblemDetail)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 5
