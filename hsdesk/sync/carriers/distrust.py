"""Why a connection was not trusted: a wrong clock, another's certificate, or no encryption at all. Pure.

OpenSSL looks at the dates of a certificate only after it has found its way to the authority that is trusted
here. So where it complains of dates alone, either the clock of this computer is wrong or the certificate is
too old; the time that the server tells, with nobody to prove it, is enough to say which.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from hsdesk.errors import DeskError, Refused

CLOCK_DIFFERS = 600  # seconds from which a person is told; answers take a minute at the most
_WRONG_DAY = 86_400  # seconds: the dates of certificates are looked at no closer
_DATES = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")


def is_about_dates(error: BaseException) -> bool:
    """Tell whether a certificate is the city's, but not valid on the day that this computer has."""
    return any(
        isinstance(one, ssl.SSLCertVerificationError) and one.verify_code in _DATES for one in _causes(error)
    )


def is_unencrypted(error: BaseException) -> bool:
    """Tell whether the other side does not speak TLS."""
    return any(isinstance(one, ssl.SSLError) and one.reason in _NO_TLS for one in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it; libraries keep it in `reason`, in their arguments, or as a cause."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [found for found in inner if isinstance(found, BaseException)]


def time_told(date: str) -> float | None:
    """Return the time of a `Date` header in seconds since 1970, None where there is none.

    >>> time_told("Thu, 01 Jan 1970 00:01:00 GMT"), time_told("")
    (60.0, None)
    """
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None


def wrong_dates(here: float, there: float | None) -> DeskError:
    """Return what is told where a certificate is the city's but not valid now; times in seconds of 1970."""
    if there is None:
        return Refused(
            "市级服务器的证书现在不在有效期内，没有发送任何数据。请先核对这台电脑的日期和时间"
            "（现在是 {here}）；时间没错的，请告诉系统管理员更新证书。已填内容都保存在本机。",
            here=shown(here),
        )
    if abs(there - here) > _WRONG_DAY:
        return Refused(
            "这台电脑的时间不对：电脑上是 {here}，市级服务器上是 {there}，没有同步。"
            "请把电脑的日期和时间调对，再试一次。已填内容都保存在本机。",
            here=shown(here),
            there=shown(there),
        )
    return Refused(
        "市级服务器的证书过期了，没有发送任何数据。请告诉系统管理员更新证书。已填内容都保存在本机。"
    )


def unencrypted() -> DeskError:
    """Return what is told where an address begins with https:// and the server speaks without."""
    return Refused(
        "这个地址上的服务器没有用加密连接，请核对地址开头是 https:// 还是 http://。没有发送任何数据。"
    )


def wrong_certificate(detail: str) -> DeskError:
    """Return what is told where a city server answers that is not this one."""
    return Refused(
        "市级服务器的证书不对，没有发送任何数据。请核对服务器地址，或向上级重新申请登记码。", detail=detail
    )


def shown(seconds: float) -> str:
    """Return a time as this computer's people read it; of one that no calendar has, the nearest.

    >>> import re; bool(re.fullmatch(r"2026-0.-.. ..:..", shown(1_770_000_000)))
    True
    """
    within = min(max(seconds, 0.0), 253_000_000_000.0)
    return datetime.fromtimestamp(within, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
