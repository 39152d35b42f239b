"""Running the city server: one process, TLS with the city's certificate, or loopback only."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import json
import logging
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import msgspec

from hsdesk.city.http.connections import Connections, Listener
from hsdesk.city.http.limits import LIMITS, Limits
from hsdesk.city.http.security_log import LEAST_DAYS, SecurityLog
from hsdesk.city.people.authority import key_folder
from hsdesk.city.people.renewal import renew
from hsdesk.city.reference.current_forms import unfit
from hsdesk.city.running.service import Service, Site, open_service
from hsdesk.city.sql.opening import open_database
from hsdesk.deskfile.layout import Progress
from hsdesk.errors import Missing, Refused, UsageError

if TYPE_CHECKING:
    import uvicorn

_RENEWAL_SECONDS = 6 * 3600.0  # from one look at the certificate to the next
_LONGEST_HEAD = 16_384  # bytes of the head of a request
_QUEUE = 512  # that may wait for being accepted
_ACCEPTED_AT_ONCE = 32  # before the loop looks at its other connections again
_SWITCH_SECONDS = 0.0005  # after which a thread that works lets the loop of the server have its turn
_OTHER_FILES = 200  # databases, logs, the libraries
_NEW_OBJECTS = 50_000  # a chunk makes some thousand, and lets go of all of them
_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def serve(
    database: str,
    host: str = "127.0.0.1",
    port: int = 0,
    tls_cert: str = "",
    tls_key: str = "",
    *,
    folder: Path | None = None,
    migrating: Progress | None = None,
    network: Network | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. Prints {"url", "fingerprint"} as its first line once it answers.

    `folder` is where the server's keys lie; beside a SQLite file, if it is not given. `migrating` hears
    how far a database of an earlier program has been brought up to this one.

    Raises Refused if asked to serve others than this computer without a certificate, and UsageError if the
    port is taken.
    """
    _check(host, tls_cert, tls_key)
    with ExitStack() as closing:
        opened = open_database(database)
        closing.callback(opened.close)
        service = open_service(opened, site=_site(database, folder), migrating=migrating)
        for one in unfit(opened):
            sys.stderr.write(f"{one.reason}\n")
        _follow_mergers(service)
        settle()
        network = network or Network()
        connections = Connections(_fitting(network.limits), network.proxies)
        listener = _listener(host, port, connections)
        url = f"{'https' if tls_cert else 'http'}://{_shown(host)}:{listener.getsockname()[1]}"
        renewing = _renewing(tls_cert, tls_key, service.site.folder)
        renewing()
        log = _security_log(service.site.folder, network.log_days)
        closing.callback(log.close if log else int)
        server = _server(service, tls_cert, tls_key, Asked(network, connections, log))
        _announce(server, json.dumps({"url": url, "fingerprint": service.meta.fingerprint}), renewing)
        with _quiet_signals(), _discreet_logs():
            server.run(sockets=[listener])


def _security_log(folder: Path | None, days: int) -> SecurityLog | None:
    return SecurityLog(folder / "log", days) if folder else None


def settle() -> None:
    """Let the garbage collector leave out what stays, and not go round within each chunk of ops."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    sys.setswitchinterval(_SWITCH_SECONDS)


def _site(database: str, folder: Path | None) -> Site:
    is_known = folder is not None or not database.startswith("sqlite:")
    return Site(database, folder if is_known else key_folder(database, Path()))


def _follow_mergers(service: Service) -> None:
    """Let records go where their village went, if its merger was published for a day that has come since."""
    from hsdesk.city.people.permission import administrator
    from hsdesk.city.running.erasure_and_transfer import RecordRemoval

    RecordRemoval(service.ledger, administrator(service.ledger.directory)).follow_mergers()


def _check(host: str, tls_cert: str, tls_key: str) -> None:
    if bool(tls_cert) != bool(tls_key):
        raise UsageError("--tls-cert 和 --tls-key 要一起给出。")
    if not tls_cert and not is_loopback(host):
        raise Refused("没有证书时只能在本机（127.0.0.1）上服务。请给出 --tls-cert 和 --tls-key。")
    for path in filter(None, (tls_cert, tls_key)):
        if not Path(path).is_file():
            raise Missing("找不到证书文件 {path}。", path=path)


class Network(msgspec.Struct, frozen=True):
    """What a server is told of its network.

    `proxies`: addresses of reverse proxies whose `X-Forwarded-For` is believed; nobody else's is, not even on
    this computer. `limits`: how much one asker may take. `log_days`: how long the security log is kept.
    """

    proxies: tuple[str, ...] = ()
    limits: Limits = LIMITS
    log_days: int = LEAST_DAYS


class Asked(msgspec.Struct, frozen=True):
    """What is around a service: its network, its connections, its log."""

    network: Network
    connections: Connections
    log: SecurityLog | None


def _server(service: Service, tls_cert: str, tls_key: str, around: Asked) -> uvicorn.Server:
    import uvicorn

    from hsdesk.city.http.admission import Admission
    from hsdesk.city.http.app import make_app
    from hsdesk.city.http.connections import protocol

    proxies, limits = around.network.proxies, around.connections.limits
    config = uvicorn.Config(
        make_app(service, Admission(limits), around.log),
        http=protocol(around.connections),
        ws="none",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        lifespan="off",
        server_header=False,
        ssl_certfile=tls_cert or None,
        ssl_keyfile=tls_key or None,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        backlog=_ACCEPTED_AT_ONCE,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )
    return uvicorn.Server(config)


def _fitting(limits: Limits) -> Limits:
    return msgspec.structs.replace(limits, connections=_openable(limits.connections))


def _openable(wanted: int) -> int:
    """Return how many connections this process may hold open beside its files; it asks for room first."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = hard if hard != resource.RLIM_INFINITY else max(soft, wanted + _OTHER_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(room, max(soft, wanted + _OTHER_FILES)), hard))
    return min(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _OTHER_FILES)


def is_loopback(host: str) -> bool:
    """Return whether only this computer can reach the address.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0"), is_loopback("localhost")
    (True, False, True)
    """
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _listener(host: str, port: int, connections: Connections) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's delay (40 ms an answer) only where the protocol is named
    listener = Listener(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.connections = connections
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        raise UsageError(
            "端口 {port} 不能使用，可能已有服务器在运行。", port=port, detail=str(error)
        ) from error
    listener.listen(_QUEUE)
    return listener


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


@contextmanager
def _quiet_signals() -> Iterator[None]:
    """Being asked to stop is not an error: uvicorn raises the signal again once it has stopped."""
    asked = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(one, lambda *_: None) for one in asked]
    try:
        yield
    finally:
        for one, handler in zip(asked, before, strict=True):
            signal.signal(one, handler)


class _Discreet(logging.Formatter):
    """Says what kind of error it was and where, never its words: they may quote what a person typed."""

    def formatException(self, ei: _ErrorInfo) -> str:  # noqa: N802 - the name is that of `logging`
        kind, _error, trace = ei
        frames = [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
        return "\n".join([*frames, kind.__name__ if kind else ""])


@contextmanager
def _discreet_logs() -> Iterator[None]:
    """Let all that this process logs, the libraries' warnings too, go to its error stream, discreetly."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def _renewing(tls_cert: str, tls_key: str, folder: Path | None) -> Callable[[], bool]:
    """Return what renews the certificate when it is time, and says whether it did."""

    def look() -> bool:
        if not tls_cert:
            return False
        found = renew(Path(tls_cert), Path(tls_key), folder)
        if found.told:
            sys.stderr.write(f"{found.told}\n")
        return found.is_new

    return look


def _keep_renewed(server: uvicorn.Server, renewing: Callable[[], bool]) -> None:
    """Look after the certificate again and again; who connects from then on gets the new one."""
    config = server.config
    if renewing() and config.ssl and config.ssl_certfile:
        config.ssl.load_cert_chain(config.ssl_certfile, config.ssl_keyfile)
    asyncio.get_running_loop().call_later(_RENEWAL_SECONDS, _keep_renewed, server, renewing)


def _announce(server: uvicorn.Server, line: str, renewing: Callable[[], bool]) -> None:
    """Make the server say where it is as soon as it accepts connections, and keep its certificate valid."""
    begin = server.startup

    async def startup(sockets: list[socket.socket] | None = None) -> None:
        await begin(sockets=sockets)
        for one in sockets or ():
            one.listen(_QUEUE)  # uvicorn has one number for those waiting and those let in at once
        asyncio.get_running_loop().call_later(_RENEWAL_SECONDS, _keep_renewed, server, renewing)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    server.startup = startup  # type: ignore[method-assign]
