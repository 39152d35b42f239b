"""The network to the city server. The only file that knows `requests`.

Nothing of the computer's own proxy or certificate settings is trusted: only the city's authority, known by
the 80 bits of its fingerprint that the enrolment code carries. Without TLS only this very computer is talked
to.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec
import requests

from hsdesk.errors import DataError, DeskError, Offline, Refused
from hsdesk.sync.carriers.carrier import NOT_REACHED, Busy, TimedOut, Traffic, WipeOrdered
from hsdesk.wire import blobs, codec
from hsdesk.wire.blobs import BlobState, Piece
from hsdesk.wire.enrolment import (
    Challenge,
    ChallengeRequest,
    Enrolment,
    EnrolReply,
    EnrolRequest,
    Health,
    Meta,
    ProblemDetail,
    Token,
    TokenRequest,
    authority_fingerprint,
    challenge_text,
    read_code,
)
from hsdesk.wire.messages import NO_VERSION, Pull, Pulled, Push, Receipt, ReferenceHead, ReferenceItem
from hsdesk.wire.orders import WipeDone, WipeOrder, is_genuine, wiped_text

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 60.0
_SLOWEST = 2000  # bytes a second: a part of an attachment may take longer than any answer
_TOKEN_MARGIN = 300  # seconds before its end a token is no longer used
_PACKED = "application/x-hsdesk"
_JSON = "application/json"

T = TypeVar("T")


class _Line:
    """A connection to one server that counts what it carries."""

    def __init__(self, url: str, authority: str = "") -> None:
        self.url = checked_url(url)
        self.traffic = Traffic()
        self._session = requests.Session()
        self._session.trust_env = False  # REQUESTS_CA_BUNDLE would silently replace the city's authority
        self._session.headers["Accept-Encoding"] = "identity"
        self._authority_file: Path | None = None
        if authority:
            self._trust(authority)

    def _trust(self, authority: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False, encoding="ascii") as file:
            file.write(authority)
        self._authority_file = Path(file.name)
        self._session.verify = file.name

    def trust_nobody_yet(self) -> None:
        """Talk to whoever answers, to learn who it says it is."""
        self._session.verify = False

    def close(self) -> None:
        self._session.close()
        if self._authority_file:
            self._authority_file.unlink(missing_ok=True)

    def send(self, method: str, path: str, body: bytes = b"", *, kind: str = _JSON, token: str = "") -> bytes:
        """Send one request and return the body of its answer. Raises Offline, Refused or DataError."""
        headers = {"Content-Type": kind} if body else {}
        return self.exchange(method, path, body, headers, token).body

    def exchange(self, method: str, path: str, body: bytes, headers: dict[str, str], token: str) -> _Answer:
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
            raise Refused(
                "市级服务器的证书不对，没有发送任何数据。请核对服务器地址，或向上级重新申请登记码。",
                detail=str(error),
            ) from error
        except requests.RequestException as error:
            raise Offline(NOT_REACHED, detail=str(error)) from error
        finally:
            self._count(len(body), 0, 1)
        self._count(0, len(answer), 0)
        if requests.codes.ok <= response.status_code < requests.codes.multiple_choices:
            return _Answer(answer, response.headers)
        raise _refusal(response, answer)

    def _count(self, up: int, down: int, asked: int) -> None:
        t = self.traffic
        self.traffic = Traffic(t.bytes_up + up, t.bytes_down + down, t.requests + asked)

    def ask(self, path: str, message: object, kind: type[T]) -> T:
        """Ask in JSON and return the typed answer."""
        return _typed(self.send("POST", path, msgspec.json.encode(message)), kind)


class _Answer(msgspec.Struct, frozen=True):
    """A body and its headers, which are found in small letters or large."""

    body: bytes
    headers: Mapping[str, str]


class LoginNeeded(Refused):
    """The token does not hold any more."""


def _read(response: requests.Response) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_content(65_536):
        size += len(piece)
        if size > codec.MAX_ANSWER:
            raise DataError("市级服务器的回答过大，没有读入。已填内容都保存在本机。")
        pieces.append(piece)
    return b"".join(pieces)


def _refusal(response: requests.Response, answer: bytes) -> DeskError:
    """Return the error that an answer other than 200 stands for."""
    try:
        problem = msgspec.json.decode(answer, type=ProblemDetail)
    except msgspec.MsgspecError:
        problem = ProblemDetail("市级服务器没有正常回答。已填内容都保存在本机。", response.status_code)
    match response.status_code:
        case 401:
            return LoginNeeded(problem.title)
        case 429 | 503:
            return Busy(_seconds(response.headers.get("Retry-After", "")))
        case 408 | 413 | 504:
            return TimedOut(problem.title)
        case 400:
            return DataError(problem.title)
        case status if status >= 500:
            return Offline(
                "市级服务器出了故障，这次没有同步。已填内容都保存在本机，请稍后再点一次“数据同步”。",
                detail=problem.request_id,
            )
        case _:
            return Refused(problem.title, detail=problem.detail)


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 5


def _typed(answer: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(answer, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise DataError("这个地址上的不是市级服务器，请核对地址。已填内容都保存在本机。") from error


def checked_url(url: str) -> str:
    """Return the address without a slash at its end. Raises Refused for http to another computer.

    >>> checked_url("http://127.0.0.1:8000/")
    'http://127.0.0.1:8000'
    """
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("服务器地址“{url}”不对，应以 https:// 开头。", url=url)
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise Refused("服务器地址应以 https:// 开头，不加密的连接没有使用。")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def enrol(url: str, code: str, device: str, name: str) -> tuple[Enrolment, EnrolReply]:
    """Register this device at the server with a code; return what to keep, and what was granted.

    The secret is sent only to a server whose authority has the fingerprint printed in the code. Raises
    Refused for a wrong code or a wrong server, DataError for a code that cannot be one, Offline.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    asked = read_code(code)
    meta = _meta(url)
    if _fingerprint(meta.authority) != asked.fingerprint:
        raise Refused("登记码不属于这台服务器，没有登记。请核对服务器地址和登记码。")
    key = Ed25519PrivateKey.generate()
    line = _Line(url, meta.authority)
    try:
        public = key.public_key().public_bytes_raw().hex()
        request = EnrolRequest(asked.secret, device, public, name[:100])
        reply = line.ask("/api/v1/enroll", request, EnrolReply)
    finally:
        line.close()
    enrolment = Enrolment(
        line.url,
        asked.fingerprint,
        meta.authority,
        device,
        key.private_bytes_raw().hex(),
        reply.role,
        reply.server_epoch,
    )
    return enrolment, reply


def _meta(url: str) -> Meta:
    """Ask a server for its authority, before anything can be trusted: nothing of ours is sent."""
    line = _Line(url)
    line.trust_nobody_yet()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # urllib3 warns of what is done here on purpose
            return _typed(line.send("GET", "/api/v1/meta"), Meta)
    finally:
        line.close()


def _fingerprint(authority: str) -> str:
    import ssl

    try:
        return authority_fingerprint(ssl.PEM_cert_to_DER_cert(authority))
    except ValueError as error:
        raise DataError("服务器的证书读不懂，没有登记。") from error


class HttpCarrier:
    """Carries messages over HTTP as an enrolled device. `keep` is told each new token, to be stored."""

    def __init__(
        self,
        enrolment: Enrolment,
        keep: Callable[[Enrolment], None] = lambda _: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        if _fingerprint(enrolment.authority) != enrolment.fingerprint:
            raise Refused("本机保存的服务器证书不对，请重新登记。已填内容都保存在本机。")
        self.enrolment = enrolment
        self._keep = keep
        self._now = now
        self._line = _Line(enrolment.url, enrolment.authority)

    def __enter__(self) -> HttpCarrier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    def traffic(self) -> Traffic:
        return self._line.traffic

    def push(self, push: Push) -> Receipt:
        return codec.unpack_receipt(self._authorized("POST", "/api/v1/sync/push", codec.pack_push(push)))

    def pull(self, pull: Pull) -> Pulled:
        return codec.unpack_pulled(self._authorized("POST", "/api/v1/sync/changes", codec.pack_pull(pull)))

    def item(self, head: ReferenceHead) -> ReferenceItem:
        version = quote(head.version, safe="") or NO_VERSION
        path = f"/api/v1/{head.kind}s/{quote(head.id, safe='')}/{version}"
        return codec.unpack_item(self._authorized("GET", path))

    def blob_state(self, digest: str) -> BlobState:
        return blobs.read_state(self._exchange("HEAD", f"/api/v1/blobs/{digest}", b"", {}).headers)

    def send_part(self, digest: str, piece: Piece, body: bytes) -> BlobState:
        headers = {"Content-Type": blobs.CONTENT, blobs.CONTENT_RANGE: blobs.content_range(piece)}
        return blobs.read_state(self._exchange("PATCH", f"/api/v1/blobs/{digest}", body, headers).headers)

    def fetch_part(self, digest: str, piece: Piece) -> bytes:
        headers = {blobs.RANGE: blobs.asked_range(piece)}
        return self._exchange("GET", f"/api/v1/blobs/{digest}", b"", headers).body

    def _authorized(self, method: str, path: str, body: bytes = b"") -> bytes:
        return self._exchange(method, path, body, {"Content-Type": _PACKED} if body else {}).body

    def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> _Answer:
        """Send with the token; log in when there is none or it does not hold any more."""
        if self.enrolment.token and self.enrolment.token_expires - _TOKEN_MARGIN > self._now():
            try:
                return self._line.exchange(method, path, body, headers, self.enrolment.token)
            except LoginNeeded:
                pass
        self._login()
        return self._line.exchange(method, path, body, headers, self.enrolment.token)

    def _login(self) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        device = self.enrolment.device
        nonce = self._line.ask("/api/v1/challenge", ChallengeRequest(device), Challenge).nonce
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.enrolment.private_key))
        text = challenge_text(self.enrolment.fingerprint, device, nonce)
        signed = TokenRequest(device, nonce, key.sign(text).hex())
        token = self._line.ask("/api/v1/token", signed, Token)
        if token.order is not None:
            raise WipeOrdered(self._proved(token.order, key.public_key().public_bytes_raw().hex()))
        self.enrolment = msgspec.structs.replace(
            self.enrolment, token=token.token, token_expires=token.expires
        )
        self._keep(self.enrolment)

    def _proved(self, order: WipeOrder, public_key: str) -> WipeOrder:
        """Return an order if it is for this computer and the pinned authority signed it. Raises Refused."""
        own = (self.enrolment.device, public_key, self.enrolment.fingerprint)
        named = (order.device, order.public_key, order.fingerprint)
        if named != own or not is_genuine(order, self.enrolment.authority):
            raise Refused("收到一份来历不明的清除命令，没有执行。资料没有改变，请联系系统管理员。")
        return order


def wipe_done(enrolment: Enrolment, order: WipeOrder) -> WipeDone:
    """Return the word that an order was carried out: the last thing this computer's key signs."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(enrolment.private_key))
    return WipeDone(order.device, order.at, key.sign(wiped_text(order)).hex())


def tell_wiped(url: str, authority: str, done: WipeDone) -> None:
    """Tell the server that an order was carried out; no key and no token is needed. Raises DeskError."""
    line = _Line(url, authority)
    try:
        line.ask("/api/v1/wiped", done, Health)
    finally:
        line.close()
