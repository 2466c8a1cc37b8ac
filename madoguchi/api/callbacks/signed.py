"""A callback as it came, for whoever checks its signature."""

from django.conf import settings
from django.http import HttpRequest

from madoguchi.delivery import telephony

# A status is a few hundred bytes.
MOST_BYTES = 16_000


def as_it_came(request: HttpRequest) -> telephony.Callback:
    headers = {name.lower(): value for name, value in request.headers.items()}
    # The address as the gateway was given it; what a proxy in front makes of it is not signed.
    return telephony.Callback(settings.SITE_URL + request.get_full_path(), headers, request.body)


def length(request: HttpRequest) -> int:
    """What the request says its body has, more than is taken where it says nothing."""
    said = request.headers.get("Content-Length", "")
    return int(said) if said.isascii() and said.isdigit() else MOST_BYTES + 1
