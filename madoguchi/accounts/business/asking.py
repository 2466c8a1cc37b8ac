"""Asking a provider over HTTP: bounded in time and size, never led elsewhere, its description kept for a while."""

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from madoguchi.accounts.business.providers import Provider, safe
from madoguchi.accounts.business.refusals import Refused, Why

# The whole of one question, whatever the pace of the answer.
SECONDS = 8.0
_TIMEOUT = httpx.Timeout(5, connect=3)
_LONGEST = 512 * 1024  # bytes
# How long the description and the keys of a provider are used before they are fetched anew; how long one that did not
# answer is left alone; and how often at most its keys are fetched because one is unknown.
_KEPT, _LEFT_ALONE, _KEYS_AGAIN = 3600.0, 10.0, 60.0
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(slots=True)
class _Known:
    """What this process knows about one issuer."""

    metadata: dict[str, Any] = field(default_factory=dict)
    metadata_until: float = 0.0
    keys: dict[str, Any] = field(default_factory=dict)
    keys_at: float = float("-inf")
    left_alone_until: float = 0.0


_known: dict[str, _Known] = {}
_lock = threading.Lock()


def forget() -> None:
    """Know nothing about any provider."""
    with _lock:
        _known.clear()


def metadata(provider: Provider) -> dict[str, Any]:
    """What the provider says about itself (OpenID Connect Discovery), checked. Raises :class:`Refused`."""
    known = _about(provider)
    if time.monotonic() >= known.metadata_until:
        if time.monotonic() < known.left_alone_until:
            raise Refused(Why.AWAY)
        try:
            known.metadata = _checked(provider, _described(provider))
        except Refused:
            known.left_alone_until = time.monotonic() + _LEFT_ALONE
            raise
        known.metadata_until = time.monotonic() + _KEPT
    return known.metadata


def keys(provider: Provider, *, again: bool = False) -> dict[str, Any]:
    """Its signing keys (a JWK set). ``again``: a token names one we do not know, so they may have changed."""
    known, now = _about(provider), time.monotonic()
    if now - known.keys_at > (_KEYS_AGAIN if again else _KEPT):
        status, said = _ask("GET", metadata(provider)["jwks_uri"])
        if status != 200 or not isinstance(said.get("keys"), list):
            raise Refused(Why.AWAY)
        known.keys, known.keys_at = said, now
    return known.keys


def token(provider: Provider, *, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """The code exchanged for tokens (RFC 6749, 4.1.3, with RFC 7636). Raises :class:`Refused`."""
    about = metadata(provider)
    methods = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
    basic = method == "client_secret_basic"
    body = prepare_token_request("authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=verifier)
    # RFC 6749, 2.3.1: both are form-encoded before they become a user and a password.
    client = ClientAuth(
        quote_plus(provider.client_id) if basic else provider.client_id,
        quote_plus(provider.client_secret) if basic else provider.client_secret,
        method,
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    url, headers, body = client.prepare("POST", about["token_endpoint"], headers, body)
    status, said = _ask("POST", url, headers=headers, body=body)
    if status == 200:
        return said
    # A code that is used, old or not ours; anything else is between the operator and the provider.
    raise Refused(Why.CODE if said.get("error") == "invalid_grant" else Why.PROVIDER)


def userinfo(provider: Provider, *, access_token: str) -> dict[str, Any]:
    """What the provider says of the person beyond the ID token; nothing where it has no such endpoint."""
    url = metadata(provider).get("userinfo_endpoint")
    if not url:
        return {}
    status, said = _ask("GET", url, headers={"Authorization": f"Bearer {access_token}"})
    if status != 200:
        raise Refused(Why.PROVIDER)
    return said


def _about(provider: Provider) -> _Known:
    with _lock:
        return _known.setdefault(provider.issuer, _Known())


def _described(provider: Provider) -> dict[str, Any]:
    status, said = _ask("GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if status != 200:
        raise Refused(Why.AWAY)
    return said


def _checked(provider: Provider, said: dict[str, Any]) -> dict[str, Any]:
    """Discovery 1.0, 4.3: it must be the issuer asked for. And no endpoint may be one to which secrets would leak."""
    if said.get("issuer") != provider.issuer:
        raise Refused(Why.PROVIDER)
    optional = [name for name in ("userinfo_endpoint", "end_session_endpoint") if name in said]
    if not all(_safe_for(provider, said.get(name)) for name in (*_ENDPOINTS, *optional)):
        raise Refused(Why.PROVIDER)
    return said


def _safe_for(provider: Provider, url: object) -> bool:
    """A provider on loopback may lead to loopback, one inside TLS never: it must not make us ask our own machine."""
    return isinstance(url, str) and safe(url) and urlsplit(url).scheme == urlsplit(provider.issuer).scheme


def _ask(
    method: str, url: str, *, headers: dict[str, str] | None = None, body: str | None = None
) -> tuple[int, dict[str, Any]]:
    """Status and JSON object of the answer; an empty one where it is none. Redirects are not followed."""
    ends, said = time.monotonic() + SECONDS, b""
    try:
        # No proxy or .netrc of the environment: they are the machine's, not this setting's.
        with (
            httpx.Client(timeout=_TIMEOUT, trust_env=False) as client,
            client.stream(
                method, url, headers={"Accept": "application/json", **(headers or {})}, content=body
            ) as answer,
        ):
            for piece in answer.iter_bytes():
                said += piece
                if len(said) > _LONGEST or time.monotonic() > ends:
                    raise Refused(Why.AWAY)
            if answer.status_code >= 500:
                raise Refused(Why.AWAY)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise Refused(Why.AWAY) from None
    try:
        found = json.loads(said)
    except ValueError:
        found = None
    return answer.status_code, found if isinstance(found, dict) else {}
