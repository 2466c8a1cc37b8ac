"""Calling an address that a customer gave us, without lending them our place in the network (OWASP, SSRF).

The name is looked up once and what it says is judged; the connection goes to that very address, so that no second
answer can lead elsewhere. Redirects are not followed, the answer's body is not read, and the whole call has one
deadline, whatever the pace of the answer.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# The whole of one call, and of the connection alone.
SECONDS, CONNECT_SECONDS = 10.0, 5.0
# Addresses that carry another one in them, or lead to it: 6to4, Teredo, NAT64 (RFC 3056, 4380, 6052, 8215).
_CARRIERS = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")))


class Unfit(ValueError):
    """The URL cannot be called; the message is one of the words of :data:`FAULTS`."""


# What may be wrong with a URL.
FAULTS = ("form", "scheme", "name", "port", "credentials", "inside")


class NoAnswer(Exception):
    """There was none; the message says why in one word, and shows nothing of the URL."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is HTTP's; ``retry_after`` what the header of that name says in seconds, if it does."""

    status: int
    retry_after: int | None = None


def check(url: str) -> None:
    """Raise :class:`Unfit` for a URL that can be told without asking anybody: not https, an inside address, …"""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unfit("form") from None
    if not url.isascii() or not url.isprintable() or " " in url or not host:
        raise Unfit("form")
    if parts.username is not None or parts.password is not None:
        raise Unfit("credentials")
    literal = _literal(host)
    if literal is not None and _opened(literal):
        return
    if literal is not None and not allowed(literal):
        raise Unfit("inside")
    if parts.scheme != "https":
        raise Unfit("scheme")
    if literal is None and ("." not in host.strip(".") or host.endswith((".local", ".internal", ".localhost"))):
        raise Unfit("name")
    if (port or 443) not in settings.WEBHOOK_PORTS:
        raise Unfit("port")


def post(url: str, *, body: bytes, headers: Mapping[bytes | str, bytes | str]) -> Answer:
    """Send ``body`` and wait for the answer's head. Raises :class:`Unfit`, :class:`NoAnswer`."""
    check(url)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_tls(), network_backend=_Outside(), max_connections=1) as pool,
            pool.stream("POST", url, headers=headers, content=body) as answer,
        ):
            return Answer(answer.status, _seconds(answer.headers))
    except httpcore.TimeoutException:
        raise NoAnswer("timeout") from None
    except httpcore.NetworkError as error:
        raise NoAnswer("tls" if isinstance(error.__context__, ssl.SSLError) else "connection") from None
    except httpcore.ProtocolError:
        raise NoAnswer("protocol") from None


def allowed(address: Address) -> bool:
    """Whether we may call ``address``: it is of the open internet, or the operator opened its network."""
    if _opened(address):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return allowed(address.ipv4_mapped)
        if any(address in network for network in _CARRIERS):
            return False
    return address.is_global and not address.is_multicast


def _opened(address: Address) -> bool:
    return any(address in network for network in _opened_networks(tuple(settings.WEBHOOK_INSIDE)))


@cache
def _opened_networks(words: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(map(ipaddress.ip_network, words))


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:  # 127.1, 0x7f000001 and 2130706433 are addresses too, for whoever connects
        return ipaddress.ip_address(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, UnicodeEncodeError):
        return None


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _seconds(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    said = {name.lower(): value for name, value in headers}.get(b"retry-after", b"").decode("ascii", "replace")
    return int(said) if said.isdigit() and len(said) < 6 else None


class _Outside(httpcore.NetworkBackend):
    """Connects to addresses that are allowed, and holds everything to one deadline."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + SECONDS

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = httpcore.SyncBackend().connect_tcp(
            self._found(host, port), port, min(CONNECT_SECONDS, _left(self._ends)), local_address, socket_options
        )
        return _Bounded(stream, self._ends)

    def _found(self, host: str, port: int) -> str:
        """The address to connect to. One that is not allowed among them condemns the name: nobody honest has both."""
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NoAnswer("name") from None
        addresses = [str(row[4][0]) for row in rows]
        if not all(allowed(ipaddress.ip_address(each.partition("%")[0])) for each in addresses):
            raise Unfit("inside")
        return addresses[0]


class _Bounded(httpcore.NetworkStream):
    """A stream whose every wait ends at one moment."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._ends))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, _left(self._ends)), self._ends)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
