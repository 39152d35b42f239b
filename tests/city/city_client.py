"""A client of the application itself, and devices and accounts that have logged in."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette

from hsdesk.city.http.app import make_app
from hsdesk.city.people.permission import Role, Rule, administrator
from hsdesk.city.running.service import Service
from hsdesk.wire.enrolment import EnrolReply, EnrolRequest, LoginRequest, ProblemDetail, Token, challenge_text

PASSWORD = "一个很长的密码不会忘"
T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True):
    status: int
    headers: dict[str, str]
    body: bytes

    def problem(self) -> ProblemDetail:
        assert self.headers["content-type"] == "application/problem+json"
        return msgspec.json.decode(self.body, type=ProblemDetail)


class Client:
    """Speaks ASGI to the application itself, as one address."""

    def __init__(self, app: Starlette, address: str = "127.0.0.9") -> None:
        self._app, self._address = app, address

    def ask(self, method: str, path: str, body: bytes = b"", token: str = "", **headers: str) -> Answer:
        return asyncio.run(self._ask(method, path, body, token, headers))

    async def _ask(self, method: str, path: str, body: bytes, token: str, headers: dict[str, str]) -> Answer:
        sent: list[dict[str, Any]] = []
        path, _, query = path.partition("?")
        said = {**headers, **({"authorization": f"Bearer {token}"} if token else {})}
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
            "query_string": query.encode(), "root_path": "", "scheme": "http", "server": ("127.0.0.1", 1),
            "client": (self._address, 1),
            "headers": [(name.encode(), value.encode()) for name, value in said.items()],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)  # type: ignore[arg-type]
        start = next(m for m in sent if m["type"] == "http.response.start")
        got = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
        return Answer(start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, got)


def logged_in(service: Service, role: Role, *rules: Rule, address: str = "127.0.0.9") -> tuple[str, Client]:
    """A freshly enrolled device's token."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    client, key = Client(make_app(service), address), Ed25519PrivateKey.generate()
    device = f"device-{key.public_key().public_bytes_raw().hex()[:12]}"
    secret = service.registrar.new_code(role, rules, administrator(service.ledger.directory)).code.secret
    public = key.public_key().public_bytes_raw().hex()
    asked = EnrolRequest(secret, device, public, "测试")
    enrolled = client.ask("POST", "/api/v1/enroll", msgspec.json.encode(asked))
    assert msgspec.json.decode(enrolled.body, type=EnrolReply).device == device
    nonce = service.registrar.challenge(device)
    signature = key.sign(challenge_text(service.meta.fingerprint, device, nonce)).hex()
    body = msgspec.json.encode({"device": device, "nonce": nonce, "signature": signature})
    token = msgspec.json.decode(client.ask("POST", "/api/v1/token", body).body, type=Token).token
    return token, client


def account(service: Service, name: str, role: Role, *rules: Rule) -> str:
    """The token of a new account that logged in by password."""
    service.accounts.add(name, PASSWORD, role, rules, administrator(service.ledger.directory))
    body = msgspec.json.encode(LoginRequest(name, PASSWORD))
    answer = Client(make_app(service), f"10.1.1.{len(name)}").ask("POST", "/api/v1/login", body)
    return msgspec.json.decode(answer.body, type=Token).token
