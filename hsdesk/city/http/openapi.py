"""The description of the API (OpenAPI 3.1), made from the very table and structs that the routes use.

`resources/openapi.json` is the same text, checked in; a test holds them equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec
from starlette.responses import Response

from hsdesk.city.http.admission import Pool
from hsdesk.wire.enrolment import ProblemDetail

PACKED = "application/x-hsdesk"
_JSON = "application/json"
_PART = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


class Operation(msgspec.Struct, frozen=True):
    """One route. Packed bodies are zlib-compressed msgpack, named by the message of `wire.messages`."""

    method: Literal["GET", "HEAD", "PATCH", "POST"]
    path: str
    work: Callable[..., Response]
    summary: str
    request: Any = None
    answer: Any = None
    packed_request: str = ""
    packed_answer: str = ""
    takes_part: bool = False  # the body is a part of an attachment
    gives_part: bool = False
    headers: tuple[str, ...] = ()  # that the request must have
    told: tuple[str, ...] = ()  # headers of the answer
    status: int = 200
    is_open: bool = False  # no token is asked for
    pool: Pool = "work"  # where the work is done, see `admission`
    query: tuple[str, ...] = ()  # names of what may be asked for after the path


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the description as OpenAPI wants it."""
    types = [t for one in operations for t in (one.request, one.answer) if t is not None]
    schemas, components = msgspec.json.schema_components(
        [*types, ProblemDetail], ref_template="#/components/schemas/{name}"
    )
    by_type = dict(zip(map(repr, types), schemas, strict=False))
    paths: dict[str, Any] = {}
    for one in operations:
        paths.setdefault(f"/api/v1{one.path}", {})[one.method.lower()] = _described(one, by_type)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "HSDesk city server",
            "version": "1",
            "description": "Registers of villages and communities, merged answer by answer.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def text(operations: Sequence[Operation]) -> str:
    """Return the description as the file that is checked in."""
    return json.dumps(document(operations), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _described(one: Operation, by_type: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": one.summary,
        "operationId": re.sub(r"\W+", "_", f"{one.method.lower()}{one.path}").strip("_"),
        "responses": {
            str(one.status): _done(one, by_type),
            "default": {
                "description": "Not done; `title` says why, in Chinese.",
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetail"}}
                },
            },
        },
    }
    if not one.is_open:
        described["security"] = [{"token": []}]
    if one.takes_part:
        described["requestBody"] = {"required": True, "content": _PART}
    elif one.request is not None or one.packed_request:
        content = _content(one.request, one.packed_request, by_type)
        described["requestBody"] = {"required": True, "content": content}
    places: list[tuple[str, str]] = [(name, "path") for name in re.findall(r"{(\w+)}", one.path)]
    places += [(name, "query") for name in one.query] + [(name, "header") for name in one.headers]
    if places:
        described["parameters"] = [
            {"name": name, "in": place, "required": place != "query", "schema": {"type": "string"}}
            for name, place in places
        ]
    return described


def _done(one: Operation, by_type: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if one.gives_part:
        done["content"] = _PART
    elif one.answer is not None or one.packed_answer:
        done["content"] = _content(one.answer, one.packed_answer, by_type)
    if one.told:
        done["headers"] = {name: {"schema": {"type": "string"}} for name in one.told}
    return done


def _content(kind: Any, packed: str, by_type: dict[str, Any]) -> dict[str, Any]:
    if packed:
        told = f"zlib-compressed msgpack of the message {packed}"
        return {PACKED: {"schema": {"type": "string", "format": "binary", "description": told}}}
    return {_JSON: {"schema": by_type[repr(kind)]}}
