"""Followers' addresses: looked at before they are kept, and again each time they are rung."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

from notifications.errors import AddressRefused
from notifications.gateway.settings import settings
from notifications.gateway.trusting import web_authorities

RING_S: Final = 10
"""Seconds a follower has to answer."""
PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Rung:
    """What a follower answered: the status, or why there was none."""

    ok: bool
    answered: str


def require_address(url: str) -> str:
    """Return the host of an address that may be rung at.

    Raises AddressRefused.
    """
    parts = _parts(url)
    _resolve(parts)
    return str(parts.hostname)


def ring(url: str, body: bytes, headers: Mapping[str, str]) -> Rung:
    """Give a follower news and return what it answered; only a status of 2xx took it in.

    The connection goes to the very address that was looked at, whatever the name says a moment
    later; redirects are not followed, proxies of the environment not asked.
    """
    try:
        parts = _parts(url)
        address = _resolve(parts)
        return _post(parts, address, body, headers)
    except AddressRefused as error:
        return Rung(ok=False, answered=f"address: {error.facts['why']}")
    except httpx.HTTPError as error:
        return Rung(ok=False, answered=type(error).__name__)


def _post(parts: SplitResult, address: str, body: bytes, headers: Mapping[str, str]) -> Rung:
    host = f"[{address}]" if ":" in address else address
    port = parts.port or PORTS[parts.scheme]
    target = parts._replace(netloc=f"{host}:{port}", fragment="").geturl()
    name = str(parts.hostname)
    with (
        httpx.Client(
            timeout=RING_S, trust_env=False, follow_redirects=False, verify=web_authorities()
        ) as client,
        client.stream(
            "POST",
            target,
            content=body,
            headers={**headers, "Host": parts.netloc, "Content-Type": "application/json"},
            extensions={"sni_hostname": name},
        ) as answer,
    ):
        return Rung(ok=answer.is_success, answered=str(answer.status_code))


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(why="scheme") from error
    allowed = PORTS if settings().webhook_private else {"https"}
    if parts.scheme not in allowed or not parts.hostname or "@" in parts.netloc or port == 0:
        raise AddressRefused(why="scheme")
    return parts


def _resolve(parts: SplitResult) -> str:
    """Return one address of a host, all of whose addresses may be rung at."""
    try:
        found = socket.getaddrinfo(
            parts.hostname, parts.port or PORTS[parts.scheme], type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError) as error:
        raise AddressRefused(why="unknown") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not settings().webhook_private and not all(_is_open(each) for each in addresses):
        raise AddressRefused(why="address")
    return addresses[0]


def _is_open(text: str) -> bool:
    address = ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast
