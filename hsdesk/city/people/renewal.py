"""The server's certificate, renewed before it ends: for the same key and names, by the city's own authority.

Only one file is replaced, so that certificate and key always belong together.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hsdesk.city.people.authority import Authority, certified, read_authority, write_secret
from hsdesk.errors import DeskError

RENEWED_AHEAD = timedelta(days=120)
_TOLD_AHEAD = timedelta(days=60)  # from when an administrator is told what could not be renewed


class Renewal(msgspec.Struct, frozen=True):
    """What was done with a certificate: whether a new one lies there now, and what the log is told."""

    is_new: bool = False
    told: str = ""


def renew(certificate: Path, key: Path, folder: Path | None, now: datetime | None = None) -> Renewal:
    """Renew a server's certificate (PEM files) that ends soon. `folder` holds the city's authority.

    A certificate that somebody else issued is left alone; that it ends soon is told.
    """
    moment = now or datetime.now(UTC)
    standing = x509.load_pem_x509_certificate(certificate.read_bytes())
    left = standing.not_valid_after_utc - moment
    if left > RENEWED_AHEAD:
        return Renewal()
    reason = _renew(certificate, key, folder, moment)
    if not reason:
        return Renewal(is_new=True)
    day = standing.not_valid_after_utc.date().isoformat()
    told = f"服务器证书 {certificate.name} 到 {day} 为止，不能自动更新：{reason}"
    return Renewal(told=told if left <= _TOLD_AHEAD else "")


def _renew(certificate: Path, key: Path, folder: Path | None, now: datetime) -> str:
    """Replace the certificate; return why it could not be done, "" when it was."""
    if folder is None:
        return "不知道市级证书在哪里。"
    standing = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        authority = read_authority(folder)
        if not _is_of(standing, authority):
            return "它不是市级证书签发的，请更换。"
        private = load_pem_private_key(key.read_bytes(), None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            return "它的密钥不是本程序生成的，请更换。"
        write_secret(certificate, certified(authority, private.public_key(), _hosts(standing), now))
    except (DeskError, OSError, ValueError, TypeError) as error:
        return str(error)
    return ""


def _is_of(standing: x509.Certificate, authority: Authority) -> bool:
    try:
        standing.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.certificate.encode()))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _hosts(standing: x509.Certificate) -> tuple[str, ...]:
    names = standing.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return tuple(str(name.value) for name in names)
