"""What a desk sends goes to its own city alone: no redirect, no proxy, no plain line to another computer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cli_city import ask, enrolled, served

VILLAGE = "341021101204"


class Asked(ThreadingHTTPServer):
    """A server that keeps what it was asked and answers with one status, pointing at one address."""

    def __init__(self, port: int, status: int, location: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.status, self.location = status, location
        self.tokens: list[str] = []
        self.bodies: list[bytes] = []


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        assert isinstance(self.server, Asked)
        self.server.tokens.append(self.headers.get("Authorization", ""))
        self.server.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        self.send_response(self.server.status)
        self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_HEAD = do_PATCH = answer  # noqa: N815 — http.server looks for these names

    def log_message(self, *_: object) -> None:
        """Say nothing on the error stream."""


@contextmanager
def asked(port: int, status: int = 200, location: str = "") -> Iterator[Asked]:
    with Asked(port, status, location) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, int]:
    """Return the home of a desk with a valid token and a record to send, and the port its server left."""
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    with served(tmp_path) as url:
        home = enrolled(tmp_path, url, VILLAGE, "village")
        assert ask(home, "sync")[0] == 0
    record = tmp_path / "record.json"
    record.write_text(json.dumps({"name": "江红霞"}), encoding="utf-8")
    assert ask(home, "add", "grid_staff", str(record))[1]["rejected"] == []
    return home, int(url.rpartition(":")[2])


def test_a_desk_follows_no_redirect_with_its_token_or_its_records(desk: tuple[Path, int]) -> None:
    home, port = desk
    waiting = ask(home, "status")[1]["waiting"]
    with asked(0) as elsewhere:
        for status in (302, 307, 308):
            target = f"http://127.0.0.1:{elsewhere.server_port}/api/v1/sync/push"
            with asked(port, status, target) as city:
                code, document = ask(home, "sync")
            assert (code in (3, 4), "保存在本机" in document["error"]) == (True, True)
            assert city.tokens[0].startswith("Bearer ")
            assert any(city.bodies)
        assert (elsewhere.tokens, elsewhere.bodies) == ([], [])
    assert ask(home, "status")[1]["waiting"] == waiting > 0


def test_a_desk_asks_its_city_whatever_proxy_the_computer_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with served(tmp_path) as url, asked(0) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.server_port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.server_port}")
        home = enrolled(tmp_path, url, VILLAGE, "village")
        assert ask(home, "sync")[0] == 0
        assert proxy.tokens == []


def test_a_desk_talks_to_no_other_computer_without_encryption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HSDESK_PASSPHRASE", "kou-ling-2020")
    home = tmp_path / "village"
    assert ask(home, "init", "--place", VILLAGE, "--person", "汪文书")[0] == 0
    code, document = ask(home, "enroll", "http://shiju.example", "0000-0000-0000-0000-0000-0000-0000")
    assert (code, document["kind"]) == (4, "Refused")
    assert document["error"] == "服务器地址应以 https:// 开头，不加密的连接没有使用。"
