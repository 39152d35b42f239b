"""One line to one server over HTTP. The only file that knows `requests`.

Nothing of the computer's own proxy or certificate settings is trusted: only the city's authority, and the
proxy that a person wrote down here. Without TLS only this very computer is talked to.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import requests

from hsdesk.errors import DataError, DeskError, NotTheCity, Offline, Refused
from hsdesk.sync.carriers import distrust
from hsdesk.sync.carriers.address import checked_url, is_loopback
from hsdesk.sync.carriers.answers import PROXY_ASKS, Answer, is_strangers, login_page, of_city
from hsdesk.sync.carriers.carrier import NOT_REACHED, TimedOut, Traffic
from hsdesk.wire import codec

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 60.0
_SLOWEST = 2000  # bytes a second: a part of an attachment may take longer than any answer
_JSON = "application/json"

T = TypeVar("T")


class Line:
    """A connection to one server that counts what it carries.

    `clock`: this computer's time at the last answer and the server's, seconds since 1970; None where the
    server did not say.
    """

    def __init__(
        self, url: str, authority: str = "", proxy: str = "", now: Callable[[], float] = time.time
    ) -> None:
        self.url = checked_url(url)
        self.traffic = Traffic()
        self.clock: tuple[float, float] | None = None
        self._now = now
        self._session = requests.Session()
        self._session.trust_env = False  # REQUESTS_CA_BUNDLE would silently replace the city's authority
        self._session.headers["Accept-Encoding"] = "identity"
        if proxy and not is_loopback(self.url):
            self._session.proxies = {"http": proxy, "https": proxy}
        self._authority_file: Path | None = None
        if authority:
            self._trust(authority)

    def _trust(self, authority: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False, encoding="ascii") as file:
            file.write(authority)
        self._authority_file = Path(file.name)
        self._session.verify = file.name

    def close(self) -> None:
        self._session.close()
        if self._authority_file:
            self._authority_file.unlink(missing_ok=True)

    def send(self, method: str, path: str, body: bytes = b"", *, kind: str = _JSON, token: str = "") -> bytes:
        """Send one request and return the body of its answer. Raises Offline, Refused or DataError."""
        headers = {"Content-Type": kind} if body else {}
        return self.exchange(method, path, body, headers, token).body

    def exchange(self, method: str, path: str, body: bytes, headers: dict[str, str], token: str) -> Answer:
        """Send one request with these headers and return its answer. Raises like `send`."""
        if token:
            headers = {**headers, "Authorization": f"Bearer {token}"}
        patience = _ANSWER_SECONDS + (len(body) / _SLOWEST if method == "PATCH" else 0)
        try:
            response = self._session.request(
                method,
                self.url + path,
                data=body or None,
                headers=headers,
                timeout=(_CONNECT_SECONDS, patience),
                allow_redirects=False,
                stream=True,
            )
            answer = _read(response)
        except (requests.ReadTimeout, requests.ConnectTimeout) as error:
            raise TimedOut(NOT_REACHED, detail=type(error).__name__) from error
        except requests.exceptions.SSLError as error:
            raise self._distrusted(error) from error
        except requests.exceptions.ProxyError as error:
            raise _proxy_trouble(error) from error
        except requests.RequestException as error:
            raise Offline(NOT_REACHED, detail=str(error)) from error
        finally:
            self._count(len(body), 0, 1)
        self._count(0, len(answer), 0)
        self._note_time(response)
        return of_city(response.status_code, response.headers, answer)

    def _note_time(self, response: requests.Response) -> None:
        told = distrust.time_told(response.headers.get("Date", ""))
        self.clock = None if told is None else (self._now(), told)

    def _distrusted(self, error: requests.exceptions.SSLError) -> DeskError:
        """Return why TLS failed: another clock, no TLS, a login page, or another's certificate."""
        if distrust.is_unencrypted(error):
            return distrust.unencrypted()
        try:
            clock = _asked_of_anybody(self.url, self._session.proxies.get("https", ""), self._now)
        except NotTheCity as stranger:
            return stranger
        if distrust.is_about_dates(error):
            here, there = clock or (self._now(), None)
            return distrust.wrong_dates(here, there)
        return distrust.wrong_certificate(str(error))

    def _count(self, up: int, down: int, asked: int) -> None:
        t = self.traffic
        self.traffic = Traffic(t.bytes_up + up, t.bytes_down + down, t.requests + asked)

    def anonymously(self, path: str) -> bytes:
        """Ask whoever answers for what is open to all, before he can be trusted. Raises like `send`."""
        assert self._authority_file is None
        self._session.verify = False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # urllib3 warns of what is done here on purpose
            return self.send("GET", path)

    def ask(self, path: str, message: object, kind: type[T]) -> T:
        """Ask in JSON and return the typed answer."""
        return typed(self.send("POST", path, msgspec.json.encode(message)), kind)


def _asked_of_anybody(url: str, proxy: str, now: Callable[[], float]) -> tuple[float, float] | None:
    """Return this computer's time and that of whoever answers at an address; None where nobody says it.

    Nothing of ours is sent, and nothing but the time is believed. Raises NotTheCity where the one who answers
    is no city server at all.
    """
    line = Line(url, proxy=proxy, now=now)
    try:
        line.anonymously("/healthz")
    except NotTheCity:
        raise
    except (Refused, DataError, Offline):
        pass
    finally:
        line.close()
    return line.clock


def _proxy_trouble(error: requests.exceptions.ProxyError) -> DeskError:
    if str(int(PROXY_ASKS)) in str(error):
        return login_page(PROXY_ASKS)
    return Offline("经过代理联系不上市级服务器，请核对代理地址。已填内容都保存在本机。", detail=str(error))


def _read(response: requests.Response) -> bytes:
    """Return the body of an answer; what is certainly not the city's is not read."""
    if is_strangers(response.status_code, response.headers):
        response.close()
        return b""
    pieces, size = [], 0
    for piece in response.iter_content(65_536):
        size += len(piece)
        if size > codec.MAX_ANSWER:
            raise DataError("市级服务器的回答过大，没有读入。已填内容都保存在本机。")
        pieces.append(piece)
    return b"".join(pieces)


def typed(answer: bytes, kind: type[T]) -> T:
    """Return the value that a JSON answer holds. Raises DataError where it is none."""
    try:
        return msgspec.json.decode(answer, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DataError("这个地址上的不是市级服务器，请核对地址。已填内容都保存在本机。") from error
