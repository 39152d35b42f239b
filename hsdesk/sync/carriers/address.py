"""Addresses as people type them: of the city server, and of a proxy on the way to it."""

from __future__ import annotations

import unicodedata
from urllib.parse import SplitResult, urlsplit

from hsdesk.errors import Refused

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_AROUND = "“”\"'<>《》「」,;、"  # what a copied address stands in


def checked_url(url: str) -> str:
    """Return a server's address in one spelling, without a slash at its end.

    Full-width signs, blanks and quotation marks are what an input method or a printed page adds. Raises
    Refused for what is no address, and for http to another computer.

    >>> checked_url(" http：／／127.0.0.1：8000/ ")
    'http://127.0.0.1:8000'
    >>> checked_url("city.example。cn")
    'https://city.example.cn'
    """
    parts = _split(half_width(url), "https")
    if parts is None:
        raise Refused("服务器地址“{url}”不对，应以 https:// 开头。请照登记单重新输入。", url=url.strip())
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Refused("服务器地址应以 https:// 开头，不加密的连接没有使用。")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def checked_proxy(url: str) -> str:
    """Return a proxy's address in one spelling, "" for none. Raises Refused for what is no address.

    >>> checked_proxy("10.0.0.1：3128"), checked_proxy("无"), checked_proxy("")
    ('http://10.0.0.1:3128', '', '')
    """
    text = half_width(url)
    if text in ("", "无", "none"):
        return ""
    parts = _split(text, "http")
    if parts is None:
        raise Refused("代理地址“{url}”不对，例如 http://10.0.0.1:3128；不用代理就填“无”。", url=url.strip())
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(url: str) -> bool:
    """Tell whether an address is of this very computer."""
    return urlsplit(url).hostname in LOOPBACK


def half_width(text: str) -> str:
    """Return an address in half-width signs, without blanks and quotation marks."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").replace("\\", "/")
    return "".join(sign for sign in plain if sign.isprintable() and not sign.isspace()).strip(_AROUND)


def _split(text: str, scheme: str) -> SplitResult | None:
    """Return the parts of an address; None for what is none."""
    try:
        parts = urlsplit(text if "://" in text else f"{scheme}://{text}")
        _ = parts.port  # raises ValueError for what is no number
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None
