"""Where a request comes from."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The caller's IP address, or None where it cannot be told.

    Every proxy of ours appends the address it was called from to ``X-Forwarded-For``; what stands further left was
    written by the caller and proves nothing. So the address is the n-th from the right for n proxies.
    """
    raw = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        raw = hops[-settings.PROXIES] if len(hops) >= settings.PROXIES else raw
    return _read(raw)


@lru_cache(maxsize=1024)
def _read(raw: str) -> str | None:
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return None
    # A server listening on both kinds shows IPv4 callers as ::ffff:203.0.113.9, all of one IPv6 network.
    return str(getattr(address, "ipv4_mapped", None) or address)


def source_network(request: HttpRequest) -> str:
    """What limits count by: an IPv4 address, or the /64 an IPv6 household or phone is given."""
    address = client_address(request)
    if address is None:
        return "unknown"
    if ":" in address:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address
