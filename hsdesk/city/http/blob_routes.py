"""The routes of attachments: how much is here, the next part, one part back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hsdesk.city.http.openapi import Operation
from hsdesk.city.http.requests import caller
from hsdesk.city.running.service import Service
from hsdesk.wire import blobs


def _state(service: Service, request: Request, body: bytes) -> Response:
    state = service.blobs.state(caller(service, request), request.path_params["sha256"])
    return Response(headers=blobs.state_headers(state))


def _take(service: Service, request: Request, body: bytes) -> Response:
    who, digest = caller(service, request), request.path_params["sha256"]
    piece = blobs.read_content_range(request.headers.get(blobs.CONTENT_RANGE, ""))
    state = service.blobs.take(who, digest, piece, body)
    return Response(status_code=204, headers=blobs.state_headers(state))


def _part(service: Service, request: Request, body: bytes) -> Response:
    who, digest = caller(service, request), request.path_params["sha256"]
    start = blobs.read_range(request.headers.get(blobs.RANGE, ""))
    part, piece = service.blobs.read(who, digest, start)
    headers = {"X-Content-Type-Options": "nosniff"}
    if piece is None:
        return Response(part, media_type=blobs.CONTENT, headers=headers)
    headers[blobs.CONTENT_RANGE] = blobs.content_range(piece)
    return Response(part, 206, headers, blobs.CONTENT)


_PATH = "/blobs/{sha256}"
_TOLD = (blobs.OFFSET, blobs.LENGTH)
ATTACHMENTS: tuple[Operation, ...] = (  # HEAD first: a route for GET would answer it too
    Operation("HEAD", _PATH, _state, "How much of an attachment is here.", told=_TOLD),
    Operation(
        "PATCH",
        _PATH,
        _take,
        "Send the next part of an attachment.",
        takes_part=True,
        headers=(blobs.CONTENT_RANGE,),
        told=_TOLD,
        status=204,
    ),
    Operation(
        "GET",
        _PATH,
        _part,
        "One part of an attachment.",
        gives_part=True,
        headers=(blobs.RANGE,),
        told=(blobs.CONTENT_RANGE,),
        status=206,
    ),
)
