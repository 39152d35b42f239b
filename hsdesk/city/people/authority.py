"""The city's certificate authority (市级证书): made once by `server init`, kept in a folder of mode 0600."""

from __future__ import annotations

import ipaddress
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hsdesk.city.people import signing_key
from hsdesk.city.sql.opening import sqlite_path
from hsdesk.errors import Missing
from hsdesk.wire.enrolment import authority_fingerprint

_AUTHORITY_DAYS = 20 * 365
_SERVER_DAYS = 825


class Authority(msgspec.Struct, frozen=True):
    """The authority's certificate, PEM, and its key, PEM or sealed (`signing_key`)."""

    certificate: str
    key: str


class ServerCertificate(msgspec.Struct, frozen=True):
    """A server's certificate with the authority's behind it, and its key, PEM."""

    certificate: str
    key: str


def key_folder(database: str, home: Path) -> Path:
    """Return the folder of the server's keys: beside a SQLite file, else in the home."""
    if database.startswith("sqlite:"):
        return Path(sqlite_path(database)).absolute().parent
    return home / "server"


def make_authority(name: str, now: datetime | None = None) -> Authority:
    """Make a new authority for a city."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"HSDesk {name}"[:60])])
    certificate = (
        _builder(subject, subject, key.public_key(), now or datetime.now(UTC), _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate.public_bytes(Encoding.PEM).decode(), _key_text(key))


def issue(authority: Authority, hosts: tuple[str, ...], now: datetime | None = None) -> ServerCertificate:
    """Issue a certificate for a server reached by these names and addresses, with a new key."""
    key = ec.generate_private_key(ec.SECP256R1())
    return ServerCertificate(certified(authority, key.public_key(), hosts, now), _key_text(key))


def certified(
    authority: Authority, key: ec.EllipticCurvePublicKey, hosts: tuple[str, ...], now: datetime | None = None
) -> str:
    """Return a certificate for a server's key, with the authority's behind it, PEM."""
    issuer = x509.load_pem_x509_certificate(authority.certificate.encode())
    issuer_key = load_pem_private_key(signing_key.opened(authority.key).encode(), None)
    assert isinstance(issuer_key, ec.EllipticCurvePrivateKey)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:60])])
    certificate = (
        _builder(subject, issuer.subject, key, now or datetime.now(UTC), _SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode() + authority.certificate


def sign(authority: Authority, text: bytes) -> str:
    """Return the authority's signature over a text, as hex."""
    key = load_pem_private_key(signing_key.opened(authority.key).encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.sign(text, ec.ECDSA(hashes.SHA256())).hex()


def fingerprint_of(certificate_pem: str) -> str:
    """Return the 80-bit fingerprint that enrolment codes carry."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    return authority_fingerprint(certificate.public_bytes(Encoding.DER))


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read, old or new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_authority(folder: Path) -> Authority:
    """Read the authority that `write_authority` wrote. Raises Missing if it is not there."""
    try:
        return Authority(
            (folder / "ca.pem").read_text(encoding="ascii"), (folder / "ca.key").read_text(encoding="ascii")
        )
    except FileNotFoundError as error:
        raise Missing("找不到市级证书 {path}。请先运行 server init。", path=folder) from error


def write_authority(folder: Path, authority: Authority) -> None:
    """Keep the authority in a folder."""
    write_secret(folder / "ca.key", authority.key)
    write_secret(folder / "ca.pem", authority.certificate)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a laptop's clock may be behind
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _key_text(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
