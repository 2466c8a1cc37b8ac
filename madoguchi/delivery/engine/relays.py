"""The relays letters are handed over to: what the setting says of each, and which of several is used.

No clock and no network here; the rule of failover is a table in ``docs/delivery.md``.
"""

import ipaddress
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import parse_qsl, unquote, urlsplit

# Not SMTP: a provider's API, by the name of its backend in django-anymail ("anymail:postmark").
PROVIDER = "anymail"
_PROVIDER_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """Where letters are handed over. ``security`` is ``smtp``, ``smtps`` or ``smtp+starttls``, or :data:`PROVIDER` with
    the provider's name as ``host``.

    ``connections`` serve every lane, ``codes`` says whether one more serves codes alone. ``messages`` go over one
    connection before it is renewed; ``rate`` is letters a second, 0 for as fast as it takes them. ``authority``,
    ``certificate`` and ``key`` are files in PEM: whom to trust instead of the system's authorities, and how to show
    who we are.
    """

    host: str
    port: int
    security: str = "smtp"
    user: str = ""
    password: str = ""
    hello: str = "localhost"
    connections: int = 10
    codes: bool = True
    messages: int = 1000
    rate: float = 0.0
    authority: str = ""
    certificate: str = ""
    key: str = ""

    @classmethod
    def of(cls, url: str, *, hello: str, connections: int = 10, messages: int = 1000) -> "Relay":
        """From ``scheme://user:password@host:port?connections=…&messages=…&rate=…&ca=…&certificate=…&key=…&hello=…``.

        Raises :class:`ValueError` with a message that shows no password.
        """
        parts = urlsplit(url)
        if parts.scheme not in {*PORTS, PROVIDER}:
            raise ValueError("a relay begins with smtp:, smtps:, smtp+starttls: or anymail:")
        if parts.scheme == PROVIDER and (parts.netloc or not _PROVIDER_NAME.fullmatch(parts.path)):
            raise ValueError("after anymail: comes a provider's name, such as postmark")
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        unknown = set(query) - {"connections", "messages", "rate", "ca", "certificate", "key", "hello"}
        if unknown:
            raise ValueError(f"{unknown.pop()} is not a limit of a relay")
        host = parts.path if parts.scheme == PROVIDER else parts.hostname or "127.0.0.1"
        if parts.username and parts.scheme == "smtp" and not _on_this_machine(host):
            raise ValueError("a password is sent over smtps: or smtp+starttls: only")
        limit = int(_number(query, "connections", 0))
        return cls(
            host=host,
            port=parts.port or PORTS.get(parts.scheme, 443),
            security=parts.scheme,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            hello=query.get("hello", hello),
            # A limit of the relay's is kept to: one of so many is then for codes, where there are two.
            connections=max(1, limit - 1) if limit else connections,
            codes=limit != 1,
            messages=int(_number(query, "messages", messages)),
            rate=_number(query, "rate", 0),
            authority=query.get("ca", ""),
            certificate=query.get("certificate", ""),
            key=query.get("key", ""),
        )

    @property
    def name(self) -> str:
        """What the console calls it."""
        if self.security == PROVIDER:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def context(self) -> ssl.SSLContext | None:
        """How to speak TLS to it, its certificate verified; ``None`` where it is spoken to in clear."""
        if self.security == "smtp":
            return None
        context = ssl.create_default_context(cafile=self.authority or None)
        if self.certificate:
            context.load_cert_chain(self.certificate, self.key or None)
        return context


def relays(urls: str, *, hello: str, connections: int = 10, messages: int = 1000) -> tuple[Relay, ...]:
    """The relays named in ``urls``, which spaces separate, the preferred one first. Raises :class:`ValueError`."""
    return tuple(Relay.of(url, hello=hello, connections=connections, messages=messages) for url in urls.split())


def _number(query: Mapping[str, str], name: str, default: float) -> float:
    value = float(query.get(name, default))
    if name in query and not value >= 1:
        raise ValueError(f"{name} of a relay is 1 or more")
    return value


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Standing(Enum):
    """What is known of a relay at a moment."""

    WELL = auto()
    AWAY = auto()  # it was not reached or refused, and is left alone
    TRIED = auto()  # the same, and may be tried again by now


def choose(standings: Sequence[Standing]) -> tuple[int | None, tuple[int, ...]]:
    """Which relay the letters go through, and which get one connection to see whether they are back: indexes.

    ``standings`` are in order of preference. The first that is well carries; those preferred to it are tried.
    """
    carrier = next((number for number, one in enumerate(standings) if one is Standing.WELL), None)
    before = standings if carrier is None else standings[:carrier]
    return carrier, tuple(number for number, one in enumerate(before) if one is Standing.TRIED)
