"""The network to the city server: enrolment, login and messages.

Only the city's authority is trusted, known by the 80 bits of its fingerprint that the enrolment code carries.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from urllib.parse import quote

import msgspec

from hsdesk.errors import DataError, DeskError, Offline, Refused
from hsdesk.model.writer import Writer
from hsdesk.sync.carriers import distrust
from hsdesk.sync.carriers.answers import Answer, LoginNeeded
from hsdesk.sync.carriers.carrier import Traffic, WipeOrdered
from hsdesk.sync.carriers.line import Line, typed
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
    Token,
    TokenRequest,
    WritersTold,
    authority_fingerprint,
    challenge_text,
    enrolment_text,
    read_code,
)
from hsdesk.wire.messages import NO_VERSION, Pull, Pulled, Push, Receipt, ReferenceHead, ReferenceItem
from hsdesk.wire.orders import WipeDone, WipeOrder, is_genuine, wiped_text

_TOKEN_MARGIN = 300  # seconds before its end a token is no longer used
_PACKED = "application/x-hsdesk"


def new_key() -> str:
    """Return a new private key of a device, hex."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


class Asking(msgspec.Struct, frozen=True):
    """The computer that asks to be registered.

    `device`: the number that a server gave it before, "" for none. `name`: what it is called in lists.
    With the same `private_key` (hex) a request may be repeated whose answer was lost; "" for a new one.
    `writers`: who types at it.
    """

    device: str
    name: str
    private_key: str = ""
    writers: tuple[Writer, ...] = ()


def enrol(url: str, code: str, asking: Asking, *, proxy: str = "") -> tuple[Enrolment, EnrolReply]:
    """Register a computer at the server with a code; return what to keep, and what was granted.

    The number that holds from now on is in the enrolment.

    The secret is sent only to a server whose authority has the fingerprint printed in the code. Raises
    Refused for a wrong code or a wrong server, DataError for a code that cannot be one, Offline.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    asked = read_code(code)
    meta = _meta(url, proxy)
    if _fingerprint(meta.authority) != asked.fingerprint:
        raise Refused("登记码不属于这台服务器，没有登记。请核对服务器地址和登记码。")
    key, device = (
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(asking.private_key or new_key())),
        asking.device,
    )
    line = Line(url, meta.authority, proxy)
    try:
        public = key.public_key().public_bytes_raw().hex()
        signature = key.sign(enrolment_text(asked.fingerprint, device, asked.secret)).hex() if device else ""
        request = EnrolRequest(asked.secret, device, public, asking.name[:100], signature, asking.writers)
        reply = line.ask("/api/v1/enroll", request, EnrolReply)
    finally:
        line.close()
    enrolment = Enrolment(
        line.url,
        asked.fingerprint,
        meta.authority,
        reply.device,
        key.private_bytes_raw().hex(),
        reply.role,
        reply.server_epoch,
        proxy=proxy,
    )
    return enrolment, reply


def _meta(url: str, proxy: str) -> Meta:
    """Ask a server for its authority, before anything can be trusted: nothing of ours is sent.

    Raises Refused also for an address that begins with http:// where the server speaks TLS.
    """
    line = Line(url, proxy=proxy)
    try:
        return typed(line.anonymously("/api/v1/meta"), Meta)
    except Offline:
        if line.url.startswith("http://") and _speaks_tls(line.url.replace("http:", "https:", 1)):
            raise Refused("这台服务器用加密连接，地址应以 https:// 开头。请改好再登记。") from None
        raise
    finally:
        line.close()


def _speaks_tls(url: str) -> bool:
    line = Line(url)
    try:
        return line.anonymously("/healthz") != b""
    except DeskError:
        return False
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
        self._line = Line(enrolment.url, enrolment.authority, enrolment.proxy, now)
        self._has_logged_in = False

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

    def wrong_clock(self) -> tuple[str, str] | None:
        """Return this computer's time and the city's where the last answer shows that they differ."""
        here, there = self._line.clock or (0.0, 0.0)
        if abs(there - here) <= distrust.CLOCK_DIFFERS:
            return None
        return distrust.shown(here), distrust.shown(there)

    def has_token(self) -> bool:
        """Tell whether requests go without a login first."""
        is_fresh = self._has_logged_in or self.enrolment.token_expires - _TOKEN_MARGIN > self._now()
        return bool(self.enrolment.token) and is_fresh

    def tell_writers(self, writers: tuple[Writer, ...]) -> tuple[Writer, ...]:
        """Tell the city who types at this computer; return them as the city calls them."""
        body = msgspec.json.encode(WritersTold(writers))
        answer = self._exchange("POST", "/api/v1/writers", body, {"Content-Type": "application/json"})
        return typed(answer.body, WritersTold).writers

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

    def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send with the token; log in when there is none or it does not hold any more.

        A token got just now is used whatever this computer's clock says of it.
        """
        if self.has_token():
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
        self._has_logged_in = True
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


def tell_wiped(url: str, authority: str, done: WipeDone, proxy: str = "") -> None:
    """Tell the server that an order was carried out; no key and no token is needed. Raises DeskError."""
    line = Line(url, authority, proxy)
    try:
        line.ask("/api/v1/wiped", done, Health)
    finally:
        line.close()
