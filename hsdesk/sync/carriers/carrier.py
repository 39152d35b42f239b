"""Who carries messages to the city server and back: the network, a bundle file, or a test's memory."""

from __future__ import annotations

from typing import Protocol

import msgspec

from hsdesk.errors import Offline, Refused
from hsdesk.wire.blobs import BlobState, Piece
from hsdesk.wire.messages import Pull, Pulled, Push, Receipt, ReferenceHead, ReferenceItem
from hsdesk.wire.orders import WipeOrder

NOT_REACHED = "联系不上市级服务器。已填内容都保存在本机，联网后再点一次“数据同步”即可。"


class Traffic(msgspec.Struct, frozen=True):
    """What was carried so far: bytes of bodies as sent, and requests."""

    bytes_up: int = 0
    bytes_down: int = 0
    requests: int = 0


class TimedOut(Offline):
    """The answer did not come in time: a smaller message may get through."""


class Busy(Offline):
    """The server asks to wait; `seconds` says how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__("市级服务器正忙，请稍后再点一次“数据同步”。已填内容都保存在本机。")
        self.seconds = seconds


class WipeOrdered(Refused):
    """The city's authority orders this computer wiped; the signature has been checked."""

    def __init__(self, order: WipeOrder) -> None:
        super().__init__("市级服务器已下令清除这台电脑上的台账。")
        self.order = order


class Cancelled(Exception):
    """A person stopped the sync. Never leaves `hsdesk.sync`."""


class Carrier(Protocol):
    """Carries one message and returns its answer.

    Each raises Offline (or one of its kinds above) when it cannot tell whether the message arrived, Refused
    when the server says no, DataError when the answer is not one.
    """

    def push(self, push: Push) -> Receipt: ...

    def pull(self, pull: Pull) -> Pulled: ...

    def item(self, head: ReferenceHead) -> ReferenceItem: ...

    def blob_state(self, digest: str) -> BlobState: ...

    def send_part(self, digest: str, piece: Piece, body: bytes) -> BlobState: ...

    def fetch_part(self, digest: str, piece: Piece) -> bytes: ...

    def traffic(self) -> Traffic: ...
