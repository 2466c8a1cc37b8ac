"""A person with two windows: one at the counter (Django's test client), one at the provider (a browser of its own)."""

from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.test import Client

from madoguchi.accounts.business.providers import CLAIMS, Provider

START = "/id/business/aoba/"
CALLBACK = "/id/business/aoba/callback/"
CLIENT, SECRET = "counter", "a secret/of the+counter%40 0123456789"


def provider(issuer: str, **changed: Any) -> Provider:
    return Provider(
        **{
            "key": "aoba",
            "name_ja": "あおばビジネス",
            "name_en": "Aoba Business",
            "issuer": issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "claims": CLAIMS,
            **changed,
        }
    )


def go(client: Client, start: str = START, *, browser: httpx.Client | None = None) -> Any:
    """To the provider and back; the counter's answer to what the provider sent back."""
    answer = client.get(start)
    assert answer.status_code == 302, answer.content.decode()
    return client.get(way_back(answer["Location"], browser=browser))


def way_back(address: str, *, browser: httpx.Client | None = None) -> str:
    """The path and query the provider sends the browser back to, from the address it was sent to."""
    home = f"{settings.SITE_URL}{CALLBACK}"
    window = browser or httpx.Client()
    try:
        while not address.startswith(home):
            answer = window.get(address)
            assert answer.has_redirect_location, answer.text
            address = str(answer.next_request.url if answer.next_request else "")
    finally:
        if browser is None:
            window.close()
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
