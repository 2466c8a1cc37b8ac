"""Questions to the DNS, through dnspython: the system's servers, or those of ``MADOGUCHI_DNS``."""

from collections.abc import Iterator
from functools import cached_property
from ipaddress import ip_address
from typing import Any

import dns.exception
import dns.resolver
import dns.reversename
from django.conf import settings
from dns.nameserver import Do53Nameserver
from dns.rdatatype import RdataType

_SECONDS = 5.0


class Unanswered(Exception):
    """The servers do not answer, or answer that they failed. Not: there is no such record."""


class Names:
    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        servers = [_server(address) for address in settings.DNS_SERVERS]
        try:
            resolver = dns.resolver.Resolver(configure=not servers)
        except dns.exception.DNSException as error:
            raise Unanswered from error
        if servers:
            resolver.nameservers = servers
        resolver.lifetime = _SECONDS
        return resolver

    def texts(self, name: str) -> list[str]:
        """The TXT records of ``name``, each joined from its strings; empty where there are none."""
        return [b"".join(record.strings).decode("ascii", "replace") for record in self._ask(name, RdataType.TXT)]

    def mail_servers(self, name: str) -> list[str]:
        """Hosts of the MX records, the most preferred first. ``""`` is the null MX: takes no mail (RFC 7505)."""
        records = sorted(self._ask(name, RdataType.MX), key=lambda record: int(record.preference))
        return [record.exchange.to_text().rstrip(".") for record in records]

    def addresses(self, name: str) -> list[str]:
        found = [*self._ask(name, RdataType.A), *self._ask(name, RdataType.AAAA)]
        return [record.address for record in found]

    def of_address(self, address: str) -> list[str]:
        """The names an IP address has (PTR)."""
        reverse = dns.reversename.from_address(address).to_text()
        return [record.target.to_text().rstrip(".") for record in self._ask(reverse, RdataType.PTR)]

    # What a record has depends on its kind, which types cannot say.
    def _ask(self, name: str, kind: RdataType) -> Iterator[Any]:
        try:
            yield from self._resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return
        except dns.exception.DNSException as error:
            raise Unanswered from error


def _server(address: str) -> Do53Nameserver:
    """``192.0.2.1``, ``192.0.2.1:5353``, ``[2001:db8::1]:53``."""
    host, _colon, port = address.rpartition(":") if address.count(":") == 1 or "]:" in address else (address, "", "")
    return Do53Nameserver(str(ip_address(host.strip("[]"))), int(port or 53))
