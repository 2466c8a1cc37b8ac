"""Speaking with the protocol engine: an authorization request read and checked, and the answer to it.

Everything here is about addresses and parameters; who the customer is and what they want stands elsewhere.
"""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.oauth2_backends import OAuthLibCore, get_oauthlib_core

from madoguchi.accounts.assurance import Standing
from madoguchi.accounts.models import SignIn
from madoguchi.provider import authorize
from madoguchi.provider.authorize import Wish
from madoguchi.provider.models import AuthorizationRequest, Site

LONGEST = {"nonce": 255, "code_challenge": 43}
_LONGEST = 2000
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 in base64url (RFC 7636, 4.2)
_MAX_AGE = re.compile(r"\d{1,9}")


class BadRequest(Exception):
    """Nobody may be sent anywhere with this: the site or its address is not what was registered."""


class Refused(Exception):
    """An error that the site is told at its address."""

    def __init__(self, error: str, description: str, *, to: str, state: str | None) -> None:
        super().__init__(error)
        self.address = answer(to, {"error": error, "error_description": description, "state": state})


class ToSite(HttpResponseRedirect):
    """On to a site. The address holds a code or an error: kept nowhere, and told to nobody by the browser."""

    allowed_schemes = ["https", "http"]

    def __init__(self, address: str, *, after_form: bool = False) -> None:
        super().__init__(address)
        if after_form:
            self.status_code = 303  # a form's content never goes along (RFC 9700, 4.12)
        self["Cache-Control"] = "no-store"
        self["Referrer-Policy"] = "no-referrer"


@lru_cache(maxsize=1)
def core() -> OAuthLibCore:
    return get_oauthlib_core()


def read(request: HttpRequest) -> Wish:
    """The authorization request in the address (or the form); raises :class:`BadRequest` or :class:`Refused`."""
    given = request.GET if request.method == "GET" else request.POST
    if any("\0" in value or len(value) > _LONGEST for value in given.values()):
        raise BadRequest
    try:
        _scopes, found = core().validate_authorization_request(request)
    except FatalClientError:
        raise BadRequest from None
    except OAuthToolkitError as refused:
        error = refused.oauthlib_error
        if not error.redirect_uri:
            raise BadRequest from None
        raise Refused(error.error, error.description or "", to=error.redirect_uri, state=error.state) from None
    except ValueError:  # not encoded as an address is
        raise BadRequest from None
    parameters = {name: given[name] for name in authorize.READ if name in given}
    parameters["redirect_uri"] = found["redirect_uri"]
    _check(given.dict(), parameters)
    return Wish(Site.objects.get(client_id=found["client_id"]), parameters, timezone.now())


def _check(given: dict[str, Any], read: dict[str, str]) -> None:
    """What the protocol engine lets through and we do not."""

    def refuse(error: str, description: str) -> None:
        raise Refused(error, description, to=read["redirect_uri"], state=read.get("state"))

    for name in ("request", "request_uri", "registration"):
        if name in given:
            refuse(f"{name}_not_supported", f"{name} is not supported")
    if given.get("response_mode", "query") != "query":
        refuse("invalid_request", "response_mode must be query")
    if set(read.get("prompt", "").split()) - set(authorize.PROMPTS):
        refuse("invalid_request", "prompt may be none, login and consent")
    if not _MAX_AGE.fullmatch(read.get("max_age", "0")):
        refuse("invalid_request", "max_age is a number of seconds")
    if not _CHALLENGE.fullmatch(read.get("code_challenge", "")):
        refuse("invalid_request", "code_challenge must be the SHA-256 of the verifier, in base64url")
    if len(read.get("nonce", "")) > LONGEST["nonce"]:
        refuse("invalid_request", "nonce is too long")


def keep(wish: Wish) -> AuthorizationRequest:
    return AuthorizationRequest.objects.create(site=wish.site, parameters=wish.parameters, asked_at=wish.asked_at)


def kept(handle: str) -> Wish | None:
    """What waits under ``handle``; None once that was more than an hour ago, or the site no longer has the address."""
    found = AuthorizationRequest.objects.waiting().select_related("site").filter(handle=handle).first()
    if found is None or not found.site.redirect_uri_allowed(found.parameters["redirect_uri"]):
        return None
    return Wish(found.site, found.parameters, found.asked_at)


def code(request: HttpRequest, wish: Wish, *, sign_in: SignIn, standing: Standing) -> str:
    """The site's address with a new code."""
    given = authorize.credentials(wish, sign_in=sign_in, standing=standing)
    try:
        address, _headers, _body, _status = core().create_authorization_response(
            request, wish.scopes, given, allow=True
        )
    except OAuthToolkitError as refused:  # the site was changed while the customer made up their mind
        return error(wish, refused.oauthlib_error.error)
    return str(address)


def error(wish: Wish, name: str) -> str:
    """The site's address with an error."""
    return answer(wish.parameters["redirect_uri"], {"error": name, "state": wish.parameters.get("state")})


def answer(address: str, parameters: dict[str, str | None]) -> str:
    """``address`` with ``parameters``, those that are None left out, and who answers (RFC 9207)."""
    parts = urlsplit(address)
    told = [(name, value) for name, value in parameters.items() if value is not None] + [("iss", settings.SITE_URL)]
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *told])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
