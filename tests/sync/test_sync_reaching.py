"""On the way to the city: typed addresses, login pages, proxies, wrong clocks, certificates that end."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from cryptography import x509
from sync_process import Running, start, stop
from sync_world import a_village, new_desk, new_ids, person_form, places, put

from hsdesk.city.people import authority
from hsdesk.city.people.renewal import renew
from hsdesk.city.running import administration
from hsdesk.errors import NotTheCity, Refused
from hsdesk.sync.carriers.http import Asking, HttpCarrier, enrol
from hsdesk.sync.loop import synchronise
from hsdesk.wire.enrolment import Enrolment, new_code

VILLAGE = a_village(places())
DEVICE = "0190a1b2-0000-7000-8000-000000000001"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reaching")


@pytest.fixture(scope="module")
def city(folder: Path) -> str:
    database = f"sqlite:///{folder}/server/city.db"
    administration.init(database, folder / "server", hosts=("city.example",))
    administration.add_form(database, person_form())
    return database


@pytest.fixture(scope="module")
def server(city: str) -> Iterator[Running]:
    running = start(city)
    yield running
    assert stop(running)[0] == 0


_RENEWS_SOON = """
from hsdesk.city.http import serving
serving._RENEWAL_SECONDS = 0.05
look_after = serving._renewing
def _renewing(*given):
    look, looks = look_after(*given), []
    return lambda: bool(looks.append(1)) or (len(looks) > 1 and look())  # not before it serves
serving._renewing = _renewing
"""


@pytest.fixture(scope="module")
def encrypted(city: str, folder: Path) -> Iterator[Running]:
    """A server that began with a certificate of the city which ends soon."""
    made = authority.read_authority(folder / "server")
    issued = authority.issue(made, ("city.example", "127.0.0.1"), datetime.now(UTC) - timedelta(days=800))
    running = start(city, tls=written(folder, issued), before=_RENEWS_SOON)
    yield running
    assert stop(running)[0] == 0


def written(folder: Path, issued: authority.ServerCertificate) -> tuple[str, str]:
    pem, key = folder / "server.pem", folder / "server.key"
    authority.write_secret(pem, issued.certificate)
    authority.write_secret(key, issued.key)
    return str(pem), str(key)


def code(city: str) -> str:
    return administration.code(city, (VILLAGE,), "village")["code"]


class Stranger(BaseHTTPRequestHandler):
    """Answers whatever it is asked in one way, as the network of an hotel does."""

    status, headers_told, body = 200, {"Content-Type": "text/html"}, "<html>请登录</html>".encode()

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(self.status)
        for name, value in {**self.headers_told, "Content-Length": str(len(self.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # nobody reads a page of 18 MB to its end
            self.wfile.write(self.body)

    do_GET = do_POST = do_HEAD = do_PATCH = _answer  # noqa: N815 - names of `http.server`

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler], tls: tuple[str, str] | tuple[()] = ()) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


STRANGERS: dict[str, dict[str, object]] = {
    "a page": {},
    "a page larger than any answer": {"body": b"<p>" * 6_000_000},
    "nothing": {"status": 204, "body": b""},
    "another place": {"status": 302, "headers_told": {"Location": "http://10.0.0.1/login"}, "body": b""},
    "a proxy": {"status": 407},
    "not here": {"status": 404},
    "forbidden": {"status": 403},
    "JSON of another program": {"headers_told": {"Content-Type": "application/json"}, "body": b"{}"},
}


@pytest.mark.parametrize("kind", STRANGERS)
def test_a_login_page_in_place_of_the_city_is_named_and_nothing_is_lost(
    kind: str, city: str, folder: Path, tmp_path: Path
) -> None:
    certificate = authority.read_authority(folder / "server").certificate
    mark = authority.fingerprint_of(certificate)
    with listening(type("Told", (Stranger,), STRANGERS[kind])) as url, new_desk(tmp_path) as desk:
        with pytest.raises(NotTheCity, match="像是上网登录页，请先打开浏览器登录") as told:
            enrol(url, str(new_code(mark)), Asking(DEVICE, "一"))
        assert told.value.exit_code == 3
        desk.install_forms([person_form()])
        put(desk, VILLAGE, next(new_ids(1)), {"name": "张三"})
        enrolment = Enrolment(url, mark, certificate, DEVICE, "11" * 32, token="t", token_expires=1 << 40)
        with pytest.raises(NotTheCity), HttpCarrier(enrolment) as carrier:
            synchronise(desk, carrier)
        assert desk.pending_count() == 1


def test_an_address_in_full_width_with_blanks_around_it_is_understood(city: str, server: Running) -> None:
    typed = "　" + server.url.replace(":", "：").replace("/", "／").replace(".", "。") + " \n"
    enrolment, _ = enrol(typed, code(city), Asking(DEVICE[:-1] + "2", "一"))
    assert enrolment.url == server.url


@pytest.mark.parametrize("url", ["http：//", "https://127.0.0.1:八千", "ftp://city", "http://[::1", ""])
def test_what_is_no_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(Refused, match="服务器地址"):
        enrol(url, str(new_code("0" * 16)), Asking(DEVICE, "一"))


def test_https_for_a_server_without_tls_is_told_so_and_http_for_one_with_it(
    city: str, server: Running, encrypted: Running
) -> None:
    with pytest.raises(Refused, match="没有用加密连接，请核对地址开头"):
        enrol(server.url.replace("http:", "https:"), code(city), Asking(DEVICE, "一"))
    with pytest.raises(Refused, match="地址应以 https:// 开头"):
        enrol(encrypted.url.replace("https:", "http:"), code(city), Asking(DEVICE, "一"))


def city_at(moment: datetime) -> type[Stranger]:
    """What a city server says whose clock shows another time."""
    told = {"X-Request-Id": "1", "Date": format_datetime(moment, usegmt=True)}
    said = {"headers_told": told, "date_time_string": lambda *_: told.pop("Date")}
    return type("At", (Stranger,), said)


def refusal(url: str, made: authority.Authority) -> str:
    """Return what a desk is told that trusts this authority."""
    mark = authority.fingerprint_of(made.certificate)
    with (
        pytest.raises(Refused) as told,
        HttpCarrier(Enrolment(url, mark, made.certificate, DEVICE, "11" * 32)) as carrier,
    ):
        carrier.blob_state("0" * 64)
    return str(told.value)


@pytest.mark.parametrize("years", [-12, 3])
def test_a_clock_that_is_years_off_is_named_with_both_times_before_the_certificate_is(
    years: int, tmp_path: Path
) -> None:
    """The city is as far off as a laptop would be the other way, with certificates of its own time."""
    there = datetime.now(UTC) + timedelta(days=365 * years)
    made = authority.make_authority("黄山市", there)
    pair = written(tmp_path, authority.issue(made, ("127.0.0.1",), there))
    with listening(city_at(there), pair) as url:
        told = refusal(url, made)
    assert "这台电脑的时间不对" in told
    assert f"电脑上是 {datetime.now().astimezone():%Y-%m-%d}" in told
    assert f"市级服务器上是 {there.astimezone():%Y-%m-%d}" in told
    assert "登记码" not in told


def test_a_certificate_that_has_ended_is_called_that_where_the_clock_is_right(tmp_path: Path) -> None:
    made, now = authority.make_authority("黄山市"), datetime.now(UTC)
    pair = written(tmp_path, authority.issue(made, ("127.0.0.1",), now - timedelta(days=900)))
    with listening(city_at(now), pair) as url:
        assert "证书过期了" in refusal(url, made)


def test_a_login_page_behind_a_certificate_of_its_own_is_named_and_another_city_is_not_trusted(
    tmp_path: Path,
) -> None:
    made, other = authority.make_authority("黄山市"), authority.make_authority("别处")
    pair = written(tmp_path, authority.issue(other, ("127.0.0.1",)))
    with listening(Stranger, pair) as url, pytest.raises(NotTheCity, match="上网登录页"):
        enrolment = Enrolment(
            url, authority.fingerprint_of(made.certificate), made.certificate, DEVICE, "11" * 32
        )
        with HttpCarrier(enrolment) as carrier:
            carrier.blob_state("0" * 64)
    with listening(city_at(datetime.now(UTC)), pair) as url:
        assert "证书不对，没有发送任何数据" in refusal(url, made)


def test_a_sync_with_a_clock_an_hour_off_is_done_and_tells_it(
    city: str, server: Running, tmp_path: Path
) -> None:
    with new_desk(tmp_path, person_form()) as desk:
        enrolment, _ = enrol(server.url, code(city), Asking(desk.device_id(), "一"))
        with HttpCarrier(enrolment, now=lambda: time.time() + 3600) as carrier:
            assert synchronise(desk, carrier).complete
            found = carrier.wrong_clock()
            assert found is not None
            here, there = (datetime.fromisoformat(one) for one in found)
            assert timedelta(minutes=58) < here - there < timedelta(minutes=62)
        with HttpCarrier(carrier.enrolment) as carrier:
            synchronise(desk, carrier)
            assert carrier.wrong_clock() is None


def test_a_laptop_years_ahead_logs_in_once_for_a_sync_not_for_each_request(
    city: str, server: Running, tmp_path: Path
) -> None:
    asked = []
    for ahead in (0, 3 * 365 * 86_400):
        with new_desk(tmp_path / str(ahead), person_form()) as desk:
            enrolment, _ = enrol(server.url, code(city), Asking(desk.device_id(), "一"))
            with HttpCarrier(enrolment, now=lambda: time.time() + ahead) as carrier:  # noqa: B023
                asked.append(synchronise(desk, carrier).requests)
    assert asked[0] == asked[1]


class Proxy(BaseHTTPRequestHandler):
    """A proxy that knows one host by name; without a password, where it wants one, it asks for it."""

    behind = 0
    asks = False
    seen: ClassVar[list[str]] = []

    def do_CONNECT(self) -> None:
        self.seen.append(self.path)
        if self.asks:
            self.send_error(407)
            return
        with socket.create_connection(("127.0.0.1", self.behind)) as city:
            self.send_response(200)
            self.end_headers()
            ends = [self.connection, city]
            while True:
                for one in select.select(ends, [], [])[0]:
                    piece = one.recv(65_536)
                    if not piece:
                        return
                    (city if one is self.connection else self.connection).sendall(piece)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def test_a_desk_behind_a_proxy_reaches_the_city_and_one_that_is_asked_to_log_in_hears_of_it(
    city: str, encrypted: Running, tmp_path: Path
) -> None:
    port = int(encrypted.url.rpartition(":")[2])
    here: dict[str, object] = {"behind": port, "seen": []}
    with listening(type("Here", (Proxy,), here)) as proxy, new_desk(tmp_path, person_form()) as desk:
        url = f"https://city.example:{port}"
        enrolment, _ = enrol(url, code(city), Asking(desk.device_id(), "一"), proxy=proxy)
        put(desk, VILLAGE, next(new_ids(1)), {"name": "张三"})
        with HttpCarrier(enrolment) as carrier:
            assert synchronise(desk, carrier).pushed == 1
        assert here["seen"]
    with (
        listening(type("Asks", (Proxy,), {"asks": True, "seen": []})) as proxy,
        HttpCarrier(msgspec.structs.replace(enrolment, proxy=proxy)) as carrier,
        pytest.raises(NotTheCity, match="代理"),
    ):
        carrier.blob_state("0" * 64)


def test_a_certificate_that_ends_soon_is_renewed_for_the_same_key_and_names_and_one_that_lasts_is_left(
    folder: Path, tmp_path: Path
) -> None:
    made = authority.read_authority(folder / "server")
    issued = authority.issue(made, ("city.example", "10.0.0.7"))
    pem, key = map(Path, written(tmp_path, issued))
    assert not renew(pem, key, folder / "server").is_new
    then = datetime.now(UTC) + timedelta(days=800)
    assert renew(pem, key, folder / "server", then).is_new
    old, new = (
        x509.load_pem_x509_certificate(text) for text in (issued.certificate.encode(), pem.read_bytes())
    )
    assert new.not_valid_after_utc > then + timedelta(days=800)
    assert new.public_key() == old.public_key()
    names = [one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value for one in (old, new)]
    assert names[0] == names[1]
    new.verify_directly_issued_by(x509.load_pem_x509_certificate(made.certificate.encode()))


def test_a_certificate_from_elsewhere_is_left_alone_and_its_end_is_told(folder: Path, tmp_path: Path) -> None:
    issued = authority.issue(authority.make_authority("别处"), ("city.example",))
    pem, key = map(Path, written(tmp_path, issued))
    found = renew(pem, key, folder / "server", datetime.now(UTC) + timedelta(days=800))
    assert not found.is_new
    assert "不是市级证书签发的" in found.told
    assert pem.read_text() == issued.certificate


def test_a_server_that_runs_hands_out_the_renewed_certificate_without_a_restart(encrypted: Running) -> None:
    port, until = int(encrypted.url.rpartition(":")[2]), datetime.now(UTC) + timedelta(days=700)
    for _ in range(500):
        shown = ssl.get_server_certificate(("127.0.0.1", port))
        if x509.load_pem_x509_certificate(shown.encode()).not_valid_after_utc > until:
            return
    pytest.fail("the old certificate is shown still")
