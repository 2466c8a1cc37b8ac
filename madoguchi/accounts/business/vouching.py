"""One business login: over to the provider, and back with what it vouches for.

Authorization code with PKCE, `state` bound to the session, `nonce` bound to the ID token (OpenID Connect Core 1.0, RFC
7636, RFC 9700). Nothing that comes back is believed before its signature, issuer, audience, times and nonce are right.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from joserfc.jws import JWSRegistry

from madoguchi.accounts import sealed
from madoguchi.accounts.business import asking
from madoguchi.accounts.business.providers import Provider
from madoguchi.accounts.business.refusals import Refused, Why
from madoguchi.lib.addresses import BadAddress, normal_address
from madoguchi.lib.kana import NotKatakana, katakana_name
from madoguchi.lib.tokens import new_token

_log = logging.getLogger(__name__)
Purpose = Literal["login", "prove", "connect"]
# Only signatures by a key that is the provider's alone: no `none`, no shared secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
# How long a person may take at the provider, how far two clocks may differ, how many logins one browser may have open.
SECONDS_AWAY = 600
CLOCKS_DIFFER = 60
_AT_ONCE = 5
# At login an older one than this is proven anew at the provider: as long as a session of ours lasts.
OLDEST = 12 * 3600
_LONGEST_SUBJECT = 255  # Core 1.0, 2
_LONGEST_CODE = 4096
_BEGUN = "business_logins"


@dataclass(frozen=True, slots=True)
class Begun:
    """What this browser set out for."""

    provider: str
    purpose: Purpose
    account: int | None  # who is signed in, where it matters
    next: str
    nonce: str
    verifier: str
    at: float


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider says of a person, checked. ``email`` is empty unless the provider has confirmed it."""

    provider: str
    issuer: str
    subject: str
    email: str
    family_name_kana: str
    given_name_kana: str
    proven_at: float  # seconds since 1970: when it was proven to the provider, at the latest
    two_factors: bool

    @property
    def when(self) -> datetime:
        return datetime.fromtimestamp(self.proven_at, UTC)


def provider_of(key: str) -> Provider | None:
    return next((provider for provider in settings.BUSINESS_PROVIDERS if provider.key == key), None)


def begin(request: HttpRequest, provider: Provider, *, purpose: Purpose, next: str, language: str) -> str:
    """The address at the provider to send the person to. Raises :class:`Refused`."""
    # The language stands in front, so that even an answer nobody waits for any more can be told off in it.
    state = f"{language}.{new_token()}"
    account = request.user.pk if purpose != "login" else None
    begun = Begun(provider.key, purpose, account, next, new_token(), new_token(), time.time())
    endpoint = asking.metadata(provider)["authorization_endpoint"]
    _keep(request, {**_all(request), state: asdict(begun)})
    return str(
        prepare_grant_uri(
            endpoint,
            client_id=provider.client_id,
            response_type="code",
            redirect_uri=redirect_uri(provider),
            scope="openid email profile",
            state=state,
            nonce=begun.nonce,
            code_challenge=create_s256_code_challenge(begun.verifier),
            code_challenge_method="S256",
            max_age=str(OLDEST if purpose == "login" else 0),
            prompt=None if purpose == "login" else "login",
            ui_locales=language,
        )
    )


def redirect_uri(provider: Provider) -> str:
    """One for each provider (RFC 9700, 4.4.2), the same in every language: it is registered there."""
    with override(settings.LANGUAGE_CODE):
        return str(settings.SITE_URL) + reverse("business:callback", args=[provider.key])


def language_of(state: str) -> str:
    return "en" if state.startswith("en.") else "ja"


def set_out(request: HttpRequest, provider: Provider, state: str) -> Begun:
    """What this browser set out for with ``state``, which is used up by it. Raises :class:`Refused`."""
    waiting = _all(request)
    found = waiting.pop(state, None)
    _keep(request, waiting)
    if found is None or found["provider"] != provider.key:
        raise Refused(Why.STATE)
    return Begun(**found)


def code_of(provider: Provider, answer: Mapping[str, str]) -> str:
    """The code in what came back, or why there is none (RFC 6749, 4.1.2.1). Raises :class:`Refused`.

    Who answers must be who was asked (RFC 9207): a provider that says its name has to say it, and rightly.
    """
    says_its_name = asking.metadata(provider).get("authorization_response_iss_parameter_supported") is True
    if answer.get("iss", "" if says_its_name else provider.issuer) != provider.issuer:
        raise Refused(Why.STATE)
    match answer.get("error", ""):
        case "":
            pass
        case "access_denied" | "login_required" | "interaction_required":
            raise Refused(Why.DENIED)
        case "temporarily_unavailable" | "server_error":
            raise Refused(Why.AWAY)
        case _:
            raise Refused(Why.PROVIDER)
    code = answer.get("code", "")
    if not code or len(code) > _LONGEST_CODE:
        raise Refused(Why.STATE)
    return code


def finish(provider: Provider, begun: Begun, *, code: str) -> Vouched:
    """What the provider vouches for in exchange for ``code``. Raises :class:`Refused`."""
    tokens = asking.token(provider, code=code, verifier=begun.verifier, redirect_uri=redirect_uri(provider))
    claims = _checked(provider, begun, tokens)
    if provider.claims["email"] not in claims and isinstance(tokens.get("access_token"), str):
        more = asking.userinfo(provider, access_token=tokens["access_token"])
        if more and more.get("sub") != claims["sub"]:  # Core 1.0, 5.3.2
            raise Refused(Why.TOKEN)
        claims = {**more, **claims}
    return Vouched(
        provider=provider.key,
        issuer=provider.issuer,
        subject=claims["sub"],
        email=_confirmed_address(provider, claims),
        family_name_kana=_name(claims.get(provider.claims["family_name_kana"])),
        given_name_kana=_name(claims.get(provider.claims["given_name_kana"])),
        proven_at=_proven_at(begun, claims),
        two_factors=_two_factors(provider, claims),
    )


def _checked(provider: Provider, begun: Begun, tokens: dict[str, Any]) -> dict[str, Any]:
    """The claims of the ID token (Core 1.0, 3.1.3.7)."""
    raw = tokens.get("id_token")
    if not isinstance(raw, str):
        raise Refused(Why.TOKEN)
    try:
        signed = _verified(provider, raw)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "sub": {"essential": True},
            },
            {"nonce": begun.nonce, "client_id": provider.client_id, "access_token": tokens.get("access_token")},
        )
        claims.validate(now=int(time.time()), leeway=CLOCKS_DIFFER)
    except ExpiredTokenError:
        raise _untrusted(provider, "expired", Why.CLOCK) from None
    except InvalidClaimError as wrong:
        why = Why.CLOCK if wrong.claim in ("iat", "nbf", "exp") else Why.TOKEN
        raise _untrusted(provider, wrong.claim, why) from None
    except (JoseError, ValueError, TypeError, KeyError) as wrong:
        raise _untrusted(provider, type(wrong).__name__, Why.TOKEN) from None
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= _LONGEST_SUBJECT or "\0" in claims["sub"]:
        raise _untrusted(provider, "sub", Why.TOKEN)
    return dict(claims)


def _verified(provider: Provider, raw: str) -> jwt.Token:
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        return jwt.decode(raw, _keys(provider), registry=registry)
    except InvalidKeyIdError:
        return jwt.decode(raw, _keys(provider, again=True), registry=registry)


def _keys(provider: Provider, *, again: bool = False) -> KeySet:
    return KeySet.import_key_set(cast(KeySetSerialization, asking.keys(provider, again=again)))


def _untrusted(provider: Provider, what: str, why: Why) -> Refused:
    """Noted for the operator: which provider and which claim, never its value."""
    _log.warning("the ID token of %s is refused: %s", provider.key, what)
    return Refused(why)


def _proven_at(begun: Begun, claims: dict[str, Any]) -> float:
    """When the person proved it to the provider: as it says, else the oldest that was asked for (ASVS 5.0, 6.8.4)."""
    said = claims.get("auth_time")
    known = isinstance(said, int | float) and not isinstance(said, bool) and 0 < said <= time.time() + CLOCKS_DIFFER
    if begun.purpose == "login":
        return min(float(said), time.time()) if known and said else begun.at - OLDEST
    if not known or not said or said < begun.at - CLOCKS_DIFFER:
        raise Refused(Why.STALE)
    return min(float(said), time.time())


def _two_factors(provider: Provider, claims: dict[str, Any]) -> bool:
    """Only by the values the operator has agreed on with this provider; else one is assumed (ASVS 5.0, 6.8.4)."""
    said = claims.get("amr")
    values = [claims.get("acr"), *(said if isinstance(said, list) else [])]
    return any(isinstance(value, str) and value in provider.two_factors for value in values)


def _confirmed_address(provider: Provider, claims: dict[str, Any]) -> str:
    """An address the provider does not say it has confirmed could be anybody's, and counts for nothing."""
    address = claims.get(provider.claims["email"])
    if claims.get(provider.claims["email_verified"]) is not True or not isinstance(address, str):
        return ""
    try:
        return normal_address(address)
    except BadAddress:
        return ""


def _name(said: object) -> str:
    try:
        return katakana_name(said)[:60] if isinstance(said, str) else ""
    except NotKatakana:
        return ""


def _all(request: HttpRequest) -> dict[str, Any]:
    kept: dict[str, Any] = sealed.kept(request, _BEGUN, seconds=SECONDS_AWAY) or {}
    return {state: begun for state, begun in kept.items() if time.time() - begun["at"] <= SECONDS_AWAY}


def _keep(request: HttpRequest, waiting: dict[str, Any]) -> None:
    sealed.keep(request, _BEGUN, dict(list(waiting.items())[-_AT_ONCE:]))
